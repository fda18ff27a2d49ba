"""A delivery of a message, in memory: what a consumer can do with it, and its death after a step."""

from collections.abc import Callable
from pickle import dumps, loads
from typing import Any, NamedTuple

from .probe import text_of


class Died(BaseException):
    """Not an Exception, so that `except Exception` in the learner's function does not catch it."""


class Told(Exception):
    """A failure in another process, in the words of its log."""


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
        self.log: list[Any] = []        # a list of pairs for each put, a text for a word to the queue or a failure

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
        self.log.append(outcome)
        self.outcome = outcome if self.outcome == "open" else self.outcome
        self.step()

    def keep(self, values: dict[Any, bytes | None]) -> None:
        """Several values are stored, all or none; in place of one that is None, nothing."""
        self.live()
        self.log.append([*values.items()])
        self.stored.update({name: value for name, value in values.items() if value is not None})
        for name in [name for name, value in values.items() if value is None]:
            self.stored.pop(name, None)
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
        self._delivery.keep({name: None if value is None else dumps(value) for name, value in values.items()})


def total(value: Any) -> Any:
    """A balance that is kept as a number, or as a dict of amounts."""
    amounts = list(value.values()) if isinstance(value, dict) else [None]
    return sum(amounts) if all(isinstance(amount, int | float) for amount in amounts) else value


def named(failure: Exception) -> str:
    """The failure with its name, as in "KeyError: 7"."""
    return text_of(failure) if isinstance(failure, Told) else f"{type(failure).__name__}: {text_of(failure)}"


def deliver(consume: Callable, delivery: Delivery, window: int, consumer: int = 0) -> Delivery:
    """Let a consumer work on a delivery; a failure of its function is its end as well, unless it is dead already."""
    try:
        delivery.step()
        consume(delivery.message, Queue(delivery, window, consumer), Store(delivery))
    except Died:
        pass
    except Exception as failure:
        if not delivery.died:
            delivery.log.append(named(failure))
            delivery.failure, delivery.died = failure, True
    return delivery
