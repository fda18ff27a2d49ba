"""A delivery of a message, in memory: what a consumer can do with it, and its death after a step."""

from collections.abc import Callable
from pickle import dumps, loads
from typing import Any, NamedTuple


class Died(BaseException):
    """Not an Exception, so that `except Exception` in the learner's function does not catch it."""


class Message(NamedTuple):
    """A payment: its number, the same at each delivery, who is paid, and how much; unreadable without an amount."""

    id: int
    account: str
    amount: Any


class Delivery:
    """One delivery: what it may change, and how it goes."""

    def __init__(self, message: Message, stored: dict[Any, bytes], last: int):
        self.message, self.stored, self.last = message, stored, last
        self.steps, self.died = 0, False
        self.outcome = "open"
        self.failure: Exception | None = None

    def live(self) -> None:
        """Nothing can be done by the dead."""
        if self.died:
            raise Died

    def step(self) -> None:
        """A step is done; it may have been the last one."""
        self.steps += 1
        if self.steps == self.last:
            self.died = True
            raise Died

    def leave(self, message: Any, outcome: str) -> None:
        """The message leaves the queue."""
        self.live()
        if getattr(message, "id", message) != self.message.id:
            raise ValueError(f"message {self.message.id} is the one in hand, got {message!r}")
        self.outcome = outcome if self.outcome == "open" else self.outcome
        self.step()


class Queue:
    """What a consumer sees of the queue."""

    __slots__ = ("_delivery", "consumer", "window")

    def __init__(self, delivery: Delivery, window: int, consumer: int):
        self._delivery, self.window, self.consumer = delivery, window, consumer

    def acknowledge(self, message: Message) -> None:
        """It is done: take it out of the queue."""
        self._delivery.leave(message, "acknowledged")

    def set_aside(self, message: Message) -> None:
        """Nobody can read it: take it out of the queue, for a person to look at."""
        self._delivery.leave(message, "set aside")


class Store:
    """What consumers keep; each gets copies."""

    __slots__ = ("_delivery",)

    def __init__(self, delivery: Delivery):
        self._delivery = delivery

    def get(self, name: Any, default: Any = None) -> Any:
        """What was stored last under a name."""
        self._delivery.live()
        kept = self._delivery.stored.get(name)
        return default if kept is None else loads(kept)

    def put(self, values: dict[Any, Any]) -> None:
        """Store several values under their names, all or none; None removes a name."""
        self._delivery.live()
        kept = {name: dumps(value) for name, value in values.items()}
        self._delivery.stored.update(kept)
        for name in [name for name, value in values.items() if value is None]:
            del self._delivery.stored[name]
        self._delivery.step()


def deliver(consume: Callable, delivery: Delivery, window: int, consumer: int = 0) -> Delivery:
    """Let a consumer work on a delivery; a failure of its function is its end as well."""
    try:
        delivery.step()
        consume(delivery.message, Queue(delivery, window, consumer), Store(delivery))
    except Died:
        pass
    except Exception as failure:
        delivery.failure, delivery.died = failure, True
    return delivery
