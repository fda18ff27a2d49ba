"""Experiments on events that overtake one another, come twice, or cannot be worked on: what is written in the end."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ..events import effects
from ..laws import ExponentialLaw
from ..patterns.event_driven import Consumers, EventDriven
from ..policies.crashing import Crashing
from ..policies.front_end import FrontEnd
from ..policies.late import Late
from ..policies.once import Once
from ..policies.poison import Poisoned
from ..policies.redelivery import Redelivered
from ..run import Run
from ..simulation import simulate
from ..workload import Diurnal, Mixed, Replay, Request, Work, Workload
from .claim import Sides

Rule = Callable[[Any, Request], Any]    # from what stands under a key, and an event, to what stands there then


def last(before: Request | None, event: Request) -> Request:
    """Each event replaces the one before."""
    return event


def number(before: int | None, event: Request) -> int:
    """Each event adds one."""
    return (before or 0) + 1


def largest(before: float | None, event: Request) -> float:
    """The highest value of all events, for which their luck stands."""
    return max(before or 0.0, event.luck)


def distinct(before: frozenset | None, event: Request) -> frozenset:
    """All events, each once."""
    return (before or frozenset()) | {event.id}


@dataclass(frozen=True)
class Newest:
    """An event replaces one that is older by the producers' clocks, which differ by up to `skew` seconds."""

    skew: float = 0.0

    def __call__(self, before: Request | None, event: Request) -> Request:
        return before if before and self.stamp(before) > self.stamp(event) else event

    def stamp(self, event: Request) -> float:
        """When it happened, by the clock of whoever sent it."""
        return event.arrival_time + self.skew * (event.chance("clock") - 0.5)


@dataclass(frozen=True)
class OutOfOrder:
    """Percent of keys that end wrong when each event replaces the one before; the knob is how far clocks differ.

    Events are on their way for `way` seconds on average. Compared with consumers that go by the time on the event, in
    seconds of the producers' clocks.
    """

    way: float = 0.5
    rate: float = 60.0
    keys: int = 300
    seconds: float = 0.2
    consumers: int = 24
    duration: float = 30.0      # a quarter of it without new events, so that all are done
    twice: float = 0.005        # share of the deliveries that come again
    visibility: float = 2.0
    most: int = 3               # deliveries, after which an event is a dead letter
    stalled: float = 100.0      # seconds after a poisoned event

    def sides(self, knob, traces):
        return self.end_wrong((self.late, last), (self.late, Newest(knob)), traces)

    def others(self, traces):
        again = Redelivered(Crashing(self.group, after=self.twice), self.visibility)
        once = Redelivered(Crashing(Once(self.group), after=self.twice), self.visibility)
        shared, ordered = EventDriven(Consumers(self.consumers)), EventDriven(self.group)
        return [("hold", "nobody is late, and consumers take events from one queue",
                 self.end_wrong((shared, last), (ordered, last), traces)),
                ("hold", "events add up, and some come twice",
                 self.end_wrong((EventDriven(again), number), (EventDriven(once), number), traces)),
                ("hold", "an event that nobody can work on, no dead letters", self.behind_poison(traces)),
                ("fail", "late events, of which the largest counts",
                 self.end_wrong((self.late, largest), (self.late, Newest()), traces)),
                ("fail", "events that come twice, each of which counts once",
                 self.end_wrong((EventDriven(again), distinct), (EventDriven(once), distinct), traces)),
                ("fail", "nobody is late, and each key has one partition",
                 self.end_wrong((ordered, last), (ordered, Newest()), traces))]

    @property
    def group(self) -> Consumers:
        """Consumers with a partition each."""
        return Consumers(self.consumers, self.consumers)

    @property
    def late(self) -> Late:
        """Events that reach the bus some time after they happened; from there on they keep their order."""
        return Late(EventDriven(self.group), ExponentialLaw(self.way))

    @property
    def workload(self) -> Workload:
        """Events for many keys, and then a while without."""
        return Workload(self.rate, self.duration, Work(0.0, self.seconds, 0.0), keys=self.keys,
                        arrivals=Diurnal((1, 1, 1, 0), self.duration))

    def end_wrong(self, careless: tuple[Any, Rule], careful: tuple[Any, Rule], traces: int) -> Sides:
        """Percent of keys that end wrong on each trace, of two designs with their rules."""
        own, others = ([wrong(trial(design, self.workload.replication(trace)), rule) for trace in range(traces)]
                       for design, rule in (careless, careful))
        return Sides(own, others)

    def behind_poison(self, traces: int) -> Sides:
        """Mean seconds that the events behind a poisoned one wait, without dead letters and with them."""
        rate, work = 0.25 / self.seconds, Work(0.0, self.seconds, 0.0)
        poison = Workload(0.5 / self.stalled, self.stalled, work, arrivals=Replay((0.0, 1.0)), kind="poison")
        events = Mixed((poison, Workload(rate, self.stalled, work)))
        own, others = ([stalled(simulate(self.partition(most), events.replication(trace))) for trace in range(traces)]
                       for most in (np.inf, self.most))
        return Sides(own, others, "seconds that events behind a poisoned one wait, mean")

    def partition(self, most: float) -> EventDriven:
        """One partition: its consumer takes an event when the one before is done with, or a dead letter."""
        poisoned = Redelivered(Poisoned(Consumers(1)), self.visibility, most)
        return EventDriven(FrontEnd(poisoned, threads=1))


@lru_cache(maxsize=64)
def trial(design: Any, workload: Workload) -> Run:
    """A run, kept."""
    return simulate(design, workload)


def wrong(run: Run, rule: Rule) -> float:
    """Percent of keys that end with something else than if each event had its effect once, in order of happening."""
    events, order = list(run.workload.requests()), effects(run)[0].tolist()
    found = written([events[place] for place in order], rule)
    right = written([events[place] for place in sorted(set(order))], last if isinstance(rule, Newest) else rule)
    return 100 * float(np.mean([found[key] != right[key] for key in found]))


def written(events: list[Request], rule: Rule) -> dict[int, Any]:
    """What stands under each key after these events, in this order."""
    stands: dict[int, Any] = {}
    for event in events:
        stands[event.key] = rule(stands.get(event.key), event)
    return stands


def stalled(run: Run) -> float:
    """Mean seconds of all events but the first, until they are done with or the run ends."""
    left = np.where(np.isnan(run.departure_times), run.end, run.departure_times)
    return float(np.mean((left - run.arrival_times)[1:]))
