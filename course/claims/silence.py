"""Experiments on a consumer that dies and nobody is told: alarms that ring or do not, and traces that are cut."""

from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Any

import numpy as np

from .. import events
from ..faults import Hang
from ..patterns.event_driven import Consumers, EventDriven
from ..patterns.monolith import Monolith
from ..policies.timeout import Timeout
from ..run import Run
from ..simulation import simulate
from ..workload import Work, Workload
from .claim import Sides


@dataclass(frozen=True)
class DeadConsumers:
    """Seconds until an alarm rings after all consumers have died; the knob is the waiting events at which one rings.

    An alarm on errors rings when `wrong` of the answers in the last `window` seconds were errors: those of the bus, and
    those of a service whose callers give up after `patience` seconds, with which it is compared.
    """

    rate: float = 10.0
    seconds: float = 0.1
    servers: int = 2
    dies: float = 60.0
    watched: float = 120.0
    patience: float = 1.0
    window: float = 60.0
    wrong: float = 0.05
    hops: int = 20
    cut: float = 0.02           # share of the hops at which an event loses the id of what it belongs to

    def sides(self, knob, traces):
        return Sides(self.noticed(EventDriven(Consumers(self.servers)), "consumers", knob, traces), self.called(traces))

    def others(self, traces):
        return [("hold", f"{self.hops} hops, against one", self.untold(self.cut, self.hops, traces)),
                ("fail", f"{self.hops} hops that all keep the id, against one", self.untold(0.0, self.hops, traces)),
                ("fail", "one hop", self.untold(self.cut, 1, traces))]

    @property
    def workload(self) -> Workload:
        """Events at a steady rate."""
        return Workload(self.rate, self.dies + self.watched, Work(0.0, self.seconds, 0.0))

    def called(self, traces: int) -> list[float]:
        """Seconds until errors ring the alarm, on each trace, when callers wait for the servers that die."""
        return self.noticed(Timeout(Monolith(self.servers), self.patience), "workers", inf, traces)

    def noticed(self, design: Any, pool: str, waiting: float, traces: int) -> list[float]:
        """Seconds on each trace until the first of the two alarms rings, or those that are watched."""
        dead = (Hang(pool, self.dies, inf),)
        runs = (trial(design, self.workload.replication(trace), dead) for trace in range(traces))
        return [min(self.by_errors(run), by_waiting(run, pool, self.dies, waiting)) for run in runs]

    def by_errors(self, run: Run) -> float:
        """Seconds from the death until the alarm on errors rings; to the end when it never does."""
        answers = run.until("bus") if "bus" in run.jobs else run
        return errors_ring(answers, self.dies, self.window, self.wrong)

    def untold(self, cut: float, hops: int, traces: int) -> Sides:
        """Percent of events on each trace whose way cannot be told, over so many hops and over one hop."""
        lists = [list(self.workload.replication(trace).requests()) for trace in range(traces)]
        several, one = ([100 * float(np.mean([(event.chances("id", number) < share).any() for event in listed]))
                         for listed in lists] for number, share in ((hops, cut), (1, self.cut)))
        return Sides(several, one, "percent of events whose way cannot be told")


@lru_cache(maxsize=64)
def trial(design: Any, workload: Workload, faults: tuple) -> Run:
    """A run, kept."""
    return simulate(design, workload, faults)


def errors_ring(run: Run, since: float, window: float, share: float) -> float:
    """Seconds from `since` until this share of the answers in the last `window` seconds are errors, or to the end."""
    answered = ~np.isnan(run.departure_times)
    order = np.argsort(run.departure_times[answered], kind="stable")
    times = run.departure_times[answered][order]
    errors = np.concatenate([[0], np.cumsum(run.outcomes[answered][order] != 0)])
    first = np.searchsorted(times, times - window)
    number = np.arange(1, len(times) + 1)
    return first_ring(times, (errors[1:] - errors[first]) / (number - first) >= share, since, run.end)


def by_waiting(run: Run, pool: str, since: float, most: float) -> float:
    """Seconds from `since` until so many events wait or are in work, or to the end."""
    times, waiting = events.lag(run, pool)
    return first_ring(times, waiting >= most, since, run.end)


def first_ring(times: np.ndarray, rings: np.ndarray, since: float, end: float) -> float:
    """Seconds from `since` to the first time from then on at which it rings, or to the end."""
    found = times[rings & (times >= since)]
    return float(found[0] if len(found) else end) - since
