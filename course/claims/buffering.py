"""Experiments on a burst and a crash: events that wait in a durable queue, and calls that somebody waits for."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf
from typing import Any, NamedTuple

import numpy as np

from ..faults import Crash
from ..patterns.event_driven import Consumers, EventDriven
from ..patterns.monolith import Monolith
from ..policies.redelivery import Redelivered
from ..policies.timeout import Timeout
from ..simulation import simulate
from ..workload import Diurnal, LogNormal, Mixed, Work, Workload
from .claim import Sides

PART = 10.0     # seconds: how long the burst lasts


class Results(NamedTuple):
    """When events came, the seconds from then to their result (infinite: none) and the end of the run."""

    came: np.ndarray
    seconds: np.ndarray
    end: float


@dataclass(frozen=True)
class BurstInAQueue:
    """Percent of events without a result within `useful` seconds; the knob is the work that comes beside a burst, as a
    multiple of what the servers can do.

    The burst is `burst` times what they can do. Compared with a service of as many servers that callers wait for: they
    give up after `patience` seconds, and it refuses who finds `waiting` others for each server.
    """

    servers: int = 1
    seconds: float = 0.2
    burst: float = 4.0
    patience: float = 1.0
    waiting: int = 2            # for each server; whoever finds as many is refused
    useful: float = 60.0
    parts: int = 24
    usual: float = 0.5
    down: float = 20.0          # seconds, after a crash
    partitions: int = 8
    hot: float = 0.8            # share of the events that have the same key

    def sides(self, knob, traces):
        return self.against(self.queue, self.service(self.servers), self.workload(knob), traces)

    def others(self, traces):
        usual, service = self.workload(self.usual), self.service(self.servers)
        stubborn = Timeout(Monolith(self.servers), self.patience)
        split, pooled = EventDriven(Consumers(self.partitions, self.partitions)), self.service(self.partitions)
        lost, slowest = "percent of events that never have a result", "seconds to the result, 99th percentile"
        soon = f"percent of events without a result within {self.patience:g} s"
        return [("hold", "a service that works on for callers who have given up",
                 self.against(self.queue, stubborn, usual, traces)),
                ("hold", "a burst", self.against(self.queue, service, usual, traces, lost_of)._replace(metric=lost)),
                ("hold", "a burst, and later all servers are down for a while", self.crashed(traces, lost)),
                ("comparison", "a burst",
                 self.against(self.queue, service, usual, traces, p99)._replace(metric=slowest)),
                ("fail", "a burst, and the result is of use at once or never",
                 self.against(self.queue, service, usual, traces, lambda found: late(found, self.patience))._replace(
                     metric=soon)),
                ("comparison", "8 partitions and 100 keys alike", self.against(split, pooled, self.even, traces)),
                ("fail", f"8 partitions, {100 * self.hot:g} % of the events have one key",
                 self.against(split, pooled, self.uneven, traces))]

    @property
    def queue(self) -> EventDriven:
        """Consumers that take events when they are free."""
        return EventDriven(Consumers(self.servers))

    def service(self, servers: int) -> Timeout:
        """Servers that refuse who would find too many waiting."""
        return Timeout(Monolith(servers, self.waiting * servers), self.patience)

    def workload(self, busy: float) -> Workload:
        """Events that keep the servers so busy, and a burst from 20 s on."""
        profile = (busy, busy, self.burst) + (busy,) * (self.parts - 3)
        duration = PART * self.parts
        return Workload(float(np.mean(profile)) * self.servers / self.seconds, duration, Work(0.0, self.seconds, 0.0),
                        arrivals=Diurnal(profile, duration), distribution=LogNormal(0.5))

    @property
    def even(self) -> Mixed:
        """Steady events for 90 s and as many consumers as there are partitions, one key as good as another."""
        rate = 0.625 * self.partitions / self.seconds
        return Mixed((Workload(rate, 90.0, Work(0.0, self.seconds, 0.0), distribution=LogNormal(0.5)),))

    @property
    def uneven(self) -> Mixed:
        """As many events, of which most have the same key."""
        (part,) = self.even.parts
        shares = ((self.hot, 1), (1 - self.hot, part.keys))
        return Mixed(tuple(replace(part, arrival_rate=share * part.arrival_rate, keys=keys) for share, keys in shares))

    def crashed(self, traces: int, metric: str) -> Sides:
        """Percent lost on each trace when all servers die after the burst; the bus delivers again what they had."""
        usual, start = self.workload(self.usual), PART * self.parts / 2
        again = EventDriven(Redelivered(Consumers(self.servers), visibility=1.0))
        own, others = ([lost_of(results(design, usual.replication(trace), (Crash(pool, start, self.down),)))
                        for trace in range(traces)]
                       for design, pool in ((again, "consumers"), (Monolith(self.servers), "workers")))
        return Sides(own, others, metric)

    def against(self, queue: Any, service: Any, workload: Any, traces: int, of: Callable | None = None) -> Sides:
        """Percent without a result in time on each trace, of both, or another measure."""
        of = of or (lambda found: late(found, self.useful))
        own, others = ([of(results(design, workload.replication(trace))) for trace in range(traces)]
                       for design in (queue, service))
        return Sides(own, others)


@lru_cache(maxsize=128)
def results(design: Any, workload: Any, faults: tuple = ()) -> Results:
    """When the events of one run had their results, kept."""
    run = simulate(design, workload, faults)
    seconds = np.where(run.outcomes == 0, run.departure_times - run.arrival_times, inf)
    return Results(run.arrival_times, seconds, run.end)


def late(found: Results, within: float) -> float:
    """Percent of events without a result within so many seconds, of those for which these are over."""
    return 100 * float(np.mean(found.seconds[found.came <= found.end - within] > within))


def lost_of(found: Results) -> float:
    """Percent of events without a result at all, of those that came a minute or more before the end."""
    return 100 * float(np.mean(np.isinf(found.seconds[found.came <= found.end - 60])))


def p99(found: Results) -> float:
    """Seconds from an event to its result, 99th percentile of those that have one."""
    return float(np.percentile(found.seconds[np.isfinite(found.seconds)], 99))
