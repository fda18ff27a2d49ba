"""Schedules of crashes: which consumers die after which steps, and what is stored in the end; or all schedules."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from pickle import loads
from typing import Any, NamedTuple

from .deliveries import Delivery, Message, deliver, total
from .restart import restarted

POINTS = 4          # a delivery goes well, or its consumer dies after the first, second or third step
PATIENCE = 20       # deliveries of a message: then it has no end
SHOWN = 20          # lines of a log


class Plan(NamedTuple):
    """What happens to the messages: after which steps consumers die at their deliveries, and what comes twice."""

    messages: list[Message]
    window: int
    behind: int                                # deliveries of others before an open message comes again
    crashes: dict[int, Sequence[int]]       # by message: for each delivery the step after which the consumer dies, or 0
    again: dict[int, int]                   # by message: after so many others it comes although it was acknowledged
    consumers: int = 1


class Rehearsal:
    """What has become of a plan."""

    def __init__(self, consume: Callable, plan: Plan):
        self.plan, self.again = plan, dict(plan.again)
        self.workers = [restarted(consume) for _ in range(plan.consumers)]
        self.stored: dict[Any, bytes] = {}
        self.waiting = deque(plan.messages)
        self.came: Counter[int] = Counter()
        self.log: list[tuple[Message, str]] = []
        self.aside: set[int] = set()
        self.most = [0, 0]                  # bytes in the store, in the first half of the messages and later
        self.failure: Exception | None = None
        while self.waiting and self.came[self.waiting[0].id] < PATIENCE:
            self.next(consume)

    def next(self, consume: Callable) -> None:
        """The next delivery."""
        message = self.waiting.popleft()
        consumer = (message.id + self.came[message.id]) % self.plan.consumers
        points = [*self.plan.crashes.get(message.id, ()), *[0] * (self.came[message.id] + 1)]
        delivery = Delivery(message, self.stored, points[self.came[message.id]])
        self.came[message.id] += 1
        deliver(self.workers[consumer], delivery, self.plan.window, consumer)
        if delivery.died:
            self.workers[consumer] = restarted(consume)
        self.note(delivery)
        self.put_back(delivery)

    def note(self, delivery: Delivery) -> None:
        """Keep what is asked for later."""
        self.failure = self.failure or delivery.failure
        self.log.append((delivery.message, told(delivery)))
        if delivery.outcome == "set aside":
            self.aside.add(delivery.message.id)
        half = int(2 * len(self.came) > len(self.plan.messages))
        self.most[half] = max(self.most[half], sum(map(len, self.stored.values())))

    def put_back(self, delivery: Delivery) -> None:
        """A message that is still open comes again, and so does one that is planned to."""
        number = delivery.message.id
        if delivery.outcome == "open":
            self.waiting.insert(self.plan.behind, delivery.message)
        elif number in self.again:
            self.waiting.insert(self.again.pop(number), delivery.message)

    @property
    def balances(self) -> dict[str, Any]:
        """What is stored for each account."""
        return balances(self.stored, self.plan.messages)

    def __str__(self):
        lines = [f"message {message.id}: {how}" for message, how in self.log]
        shown = lines if len(lines) <= SHOWN else [*lines[:SHOWN - 2], "...", lines[-1]]
        sums = paid(self.plan.messages)
        return "\n".join([*shown, *(f"{name}: {self.balances[name]} of {sums[name]}" for name in sums)])


def told(delivery: Delivery) -> str:
    """How a delivery went, in words."""
    if delivery.failure:
        return f"the function stopped with {type(delivery.failure).__name__}: {str(delivery.failure)[:60]}"
    died = f"the consumer died after step {delivery.steps}" if delivery.died else ""
    return died or ("not acknowledged" if delivery.outcome == "open" else delivery.outcome)


def balances(stored: dict[Any, bytes], messages: Iterable[Message]) -> dict[str, Any]:
    """What is stored for each account; amounts of which a balance is the sum are added."""
    kept = {message.account: stored.get(message.account) for message in messages}
    return {account: total(loads(value)) if value else 0 for account, value in kept.items()}


def paid(messages: Iterable[Message]) -> Counter[str]:
    """How much was paid to each account."""
    sums = Counter[str]()
    for message in messages:
        sums[message.account] += message.amount or 0
    return sums


class Exhaustive:
    """All schedules in which each consumer dies at most once; no delivery is tried twice on the same store.

    That is possible because each delivery meets a consumer that has just started.
    """

    def __init__(self, consume: Callable, messages: Sequence[Message], window: int):
        self.consume, self.messages, self.window = consume, messages, window
        self.stores: list[dict[Any, bytes]] = [{}]
        self.numbers = {frozenset[Any](): 0}
        self.tried: dict[tuple[int, int, int], tuple[int, bool]] = {}

    def schedules(self) -> Iterable[tuple[int, ...]]:
        """Every choice of a point for each message."""
        return product(range(POINTS), repeat=len(self.messages))

    def run(self, points: Sequence[int]) -> tuple[int, list[int], list[int]]:
        """What is stored in the end, which messages are open, and how often each came."""
        stored, waiting, came = 0, deque(range(len(points))), [0] * len(points)
        while waiting and came[waiting[0]] < PATIENCE:
            place = waiting.popleft()
            stored, is_open = self.after(stored, place, 0 if came[place] else points[place])
            came[place] += 1
            if is_open:
                waiting.append(place)
        return stored, [self.messages[place].id for place in sorted(waiting)], came

    def after(self, before: int, place: int, point: int) -> tuple[int, bool]:
        """The number of what is stored after a delivery, and whether the message is still open."""
        if (before, place, point) not in self.tried:
            delivery = Delivery(self.messages[place], dict(self.stores[before]), point)
            deliver(restarted(self.consume), delivery, self.window)
            self.tried[before, place, point] = self.number(delivery.stored), delivery.outcome == "open"
        return self.tried[before, place, point]

    def number(self, stored: dict[Any, bytes]) -> int:
        """The number of a content of the store."""
        found = self.numbers.setdefault(frozenset(stored.items()), len(self.stores))
        if found == len(self.stores):
            self.stores.append(stored)
        return found
