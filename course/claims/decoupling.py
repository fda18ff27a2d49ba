"""Experiments on a consumer that becomes slow, or is joined by a second one: what whoever publishes notices of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from ..faults import Hang, Slow
from ..patterns.event_driven import Consumers, EventDriven
from ..patterns.microservices import Service
from ..patterns.monolith import Monolith
from ..policies.chained import Chained
from ..policies.queued import Queued
from ..policies.timeout import Timeout
from ..run import Run
from ..simulation import simulate
from ..workload import Work, Workload
from .claim import Sides

ROOM = 2000         # events: more than gather


@dataclass(frozen=True)
class SlowConsumer:
    """Seconds that whoever publishes waits; the knob is the events that there is room for, before publishers must wait.

    For `lasts` seconds the consumers take `times` as long for each event. Compared with callers of the same servers who
    wait for the result, and give up after `patience` seconds.
    """

    rate: float = 20.0
    seconds: float = 0.03
    servers: int = 4
    times: float = 10.0
    start: float = 10.0
    lasts: float = 60.0
    patience: float = 1.0
    duration: float = 90.0

    def sides(self, knob, traces):
        return self.noticed(self.bounded(round(knob)), self.impatient, traces)

    def others(self, traces):
        patient = Monolith(self.servers)
        return [("hold", "callers who wait as long as it takes",
                 self.noticed(self.bounded(ROOM), patient, traces)),
                ("hold", "consumers that stand still for as long",
                 self.noticed(self.bounded(ROOM), self.impatient, traces, Hang)),
                ("fail", "room for 100, then publishers have to wait",
                 self.noticed(self.bounded(100), self.impatient, traces)),
                ("fail", "publishers who wait for the result on another queue",
                 self.noticed(self.bounded(ROOM), self.impatient, traces, until="")),
                ("hold", "a second consumer is added", self.joined(traces)),
                ("fail", "a field that all of them use is changed", self.agreed(traces))]

    @property
    def impatient(self) -> Timeout:
        """Servers that are called, by callers who give up."""
        return Timeout(Monolith(self.servers), self.patience)

    @property
    def group(self) -> Consumers:
        """As many consumers."""
        return Consumers(self.servers)

    @property
    def joined_by_another(self) -> tuple[EventDriven, Chained]:
        """Both designs when something else is to be done with every event."""
        another = Consumers(self.servers, name="more consumers")
        return EventDriven(self.group, (another,)), Chained((Monolith(self.servers), Service("infer", self.servers)))

    @property
    def workload(self) -> Workload:
        """Events at a steady rate."""
        return Workload(self.rate, self.duration, Work(0.0, self.seconds, 0.0))

    def bounded(self, room: int) -> Queued:
        """Events on the bus and in work, as many as there is room for; who finds none waits to publish."""
        return Queued(EventDriven(self.group), room, messages=0)

    def noticed(self, published: Any, called: Any, traces: int, fault: Callable | None = None,
                until: str = "bus") -> Sides:
        """Seconds that 99 % of publishers, and of callers, do not wait longer than, on each trace."""
        own, others = ([float(np.percentile(waits(design, self.workload.replication(trace), end,
                                                  (self.trouble(pool, fault),)), 99)) for trace in range(traces)]
                       for design, pool, end in ((published, "consumers", until), (called, "workers", "")))
        return Sides(own, others)

    def trouble(self, pool: str, fault: Callable | None) -> Slow | Hang:
        """What happens to the consumers, or to the servers that are called."""
        return fault(pool, self.start, self.lasts) if fault else Slow(pool, self.start, self.lasts, self.times)

    def joined(self, traces: int) -> Sides:
        """Milliseconds that a second consumer adds to what publishers, and callers, wait for on average."""
        published, called = self.joined_by_another
        calm = replace(self.workload, duration=self.start)
        own, others = ([1000 * float(np.mean(waits(more, workload, end) - waits(less, workload, end)))
                        for workload in map(calm.replication, range(traces))]
                       for more, less, end in ((published, EventDriven(self.group), "bus"),
                                               (called, Monolith(self.servers), "")))
        return Sides(own, others, "milliseconds that a second consumer adds to the wait, mean")

    def agreed(self, traces: int) -> Sides:
        """Parts that have to change together with a field of the event: who sends it, and all who read it."""
        published, called = self.joined_by_another
        return Sides([1 + len(published.groups)] * traces, [1 + len(called.parts)] * traces,
                     "parts that change when the event changes")


def waits(design: Any, workload: Workload, until: str, faults: tuple = ()) -> np.ndarray:
    """Seconds that whoever sends an event waits: until the bus has it, or for the result, or until the run ends."""
    run = trial(design, workload, faults)
    run = run.until(until) if until else run
    return np.where(np.isnan(run.departure_times), run.end, run.departure_times) - run.arrival_times


@lru_cache(maxsize=128)
def trial(design: Any, workload: Workload, faults: tuple) -> Run:
    """A run, kept."""
    return simulate(design, workload, faults)
