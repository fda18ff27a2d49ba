"""Experiments on consumers that crash: what is lost or done twice, by when an event is acknowledged."""

from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Any

from ..events import Fates, effects, fates
from ..faults import Crash, Hang
from ..patterns.event_driven import Consumers, EventDriven
from ..patterns.monolith import Monolith
from ..policies.crashing import Crashing
from ..policies.once import Once
from ..policies.queued import Queued
from ..policies.redelivery import Redelivered
from ..run import Run
from ..simulation import simulate
from ..workload import Work, Workload
from .claim import Sides

MANY = 10_000       # events, of which so many are counted


@dataclass(frozen=True)
class CrashingConsumers:
    """Events lost, of 10,000, when each is acknowledged first; the knob is how long the queue keeps one, in seconds.

    That is the queue of what it is compared with: consumers that acknowledge last and know what they have done. A
    consumer dies at a share `crashes` of the events, half before the effect and half after it; in each trace all of
    them are away for `outage` seconds.
    """

    crashes: float = 0.005
    rate: float = 20.0
    seconds: float = 0.03
    consumers: int = 2
    visibility: float = 1.0
    outage: float = 30.0
    start: float = 40.0
    duration: float = 120.0
    keeps: float = 60.0         # seconds: longer than the outage

    def sides(self, knob, traces):
        return Sides(self.lost(self.first, traces), self.lost(self.once(knob), traces))

    def others(self, traces):
        first, last, once = (self.trials(design, traces) for design in (self.first, self.last, self.once(self.keeps)))
        lost = [MANY * fate.lost for fate, _ in once]
        doubled = [[MANY * fate.doubled for fate, _ in each] for each in (last, once)]
        too_many = [[too_many for _, too_many in each] for each in (first, last, once)]
        twice, net = "events done twice, of 10,000", "effects more than events, of 10,000"
        return [("hold", "each is acknowledged last, against consumers that know what they have done",
                 Sides(*doubled, twice)),
                ("comparison", "each is acknowledged first", Sides(too_many[0], too_many[2], net)),
                ("comparison", "each is acknowledged last", Sides(too_many[1], too_many[2], net)),
                ("fail", "acknowledged last, known, and kept for longer than the outage; against a direct call",
                 Sides(lost, self.called(traces)))]

    @property
    def dying(self) -> Crashing:
        """Consumers that die now and then."""
        return self.crashing(Consumers(self.consumers))

    def crashing(self, design: Any) -> Crashing:
        """Whoever works on an event in `design` dies now and then, before the effect or after it."""
        return Crashing(design, self.crashes / 2, self.crashes / 2)

    @property
    def first(self) -> EventDriven:
        """The bus forgets an event when a consumer takes it."""
        return self.kept(self.dying)

    @property
    def last(self) -> EventDriven:
        """The bus forgets an event when a consumer says that it is done; before that, it comes again."""
        return self.kept(Redelivered(self.dying, self.visibility))

    def once(self, retention: float) -> EventDriven:
        """The same, and the consumers know what they have done."""
        known = self.crashing(Once(Consumers(self.consumers)))
        return self.kept(Redelivered(known, self.visibility), retention)

    def kept(self, group: Any, retention: float = inf) -> EventDriven:
        """The bus keeps what waits for so long."""
        return EventDriven(Queued(group, self.consumers, messages=0, retention=retention))

    @property
    def workload(self) -> Workload:
        """Events at a steady rate."""
        return Workload(self.rate, self.duration, Work(0.0, self.seconds, 0.0))

    def trials(self, design: Any, traces: int) -> list[tuple[Fates, float]]:
        """What became of the events on each trace, and the effects too many, with an outage of all consumers."""
        away = (Hang("consumers", self.start, self.outage),)
        return [trial(design, self.workload.replication(trace), away) for trace in range(traces)]

    def lost(self, design: Any, traces: int) -> list[float]:
        """Events lost on each trace, of 10,000."""
        return [MANY * fate.lost for fate, _ in self.trials(design, traces)]

    def called(self, traces: int) -> list[float]:
        """Calls lost on each trace, of 10,000, when somebody calls the servers and they are away."""
        away = (Crash("workers", self.start, self.outage),)
        return [MANY * simulate(Monolith(self.consumers), self.workload.replication(trace), away).refused
                for trace in range(traces)]


@lru_cache(maxsize=256)
def trial(design: Any, workload: Workload, faults: tuple) -> tuple[Fates, float]:
    """What became of the events of one run, and the effects too many; kept."""
    run = simulate(design, workload, faults)
    return fates(run), surplus(run)


def surplus(run: Run) -> float:
    """Effects more than events, of 10,000 events; those that still wait do not count."""
    events = len(run.outcomes)
    return MANY * (len(effects(run)[0]) / events - (1 - fates(run).waiting))
