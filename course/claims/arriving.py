"""Experiments on events that are worked on as they arrive: at once, at the next look, or in the caller's own call."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ..patterns.event_driven import Consumers, EventDriven
from ..patterns.monolith import Monolith
from ..policies.batching import Batched
from ..policies.polled import Polled
from ..simulation import simulate
from ..workload import Diurnal, Work, Workload
from .claim import Sides

EASE = 0.001    # seconds until all who come to the same look are there


@dataclass(frozen=True)
class ArrivingOrLookedFor:
    """Seconds from an event to its action; the knob is how busy the events keep the consumers that they are pushed to.

    Compared with a job that looks every `period` seconds and does all that is new in one go: `fixed` seconds, and
    `each` for every event in it. A consumer takes both for each event. Events end before the run, so that all is done.
    """

    consumers: int = 1
    fixed: float = 0.36
    each: float = 0.04
    period: float = 60.0
    arriving: float = 600.0
    low: float = 0.05           # share of the time in which a consumer is busy when there is little to do
    usual: float = 0.5
    high: float = 1.2

    def sides(self, knob, traces):
        return self.against(self.pushed, self.looking(self.period), knob, traces)

    def others(self, traces):
        together, direct = EventDriven(self.job(100)), Monolith(self.consumers)
        last = "seconds from the last event to its action"
        return [*(("hold", f"half busy, against a job that looks every {period:g} s",
                   self.against(self.pushed, self.looking(period), self.usual, traces)) for period in (10.0, 1.0)),
                ("hold", "more than they can do, by consumers that take up to 100 waiting events in one go",
                 self.against(together, self.looking(self.period), self.high, traces)),
                ("fail", "little to do, against a direct call", self.against(self.pushed, direct, self.low, traces)),
                ("fail", "more than they can do", self.against(self.pushed, self.looking(self.period), self.high,
                                                               traces, of=of_last)._replace(metric=last))]

    @property
    def pushed(self) -> EventDriven:
        """Whoever of the consumers is free takes the next event."""
        return EventDriven(Consumers(self.consumers))

    def job(self, most: int) -> Batched:
        """Machines that do up to `most` events in one go."""
        return Batched(machines=self.consumers, most=most, wait=EASE, fixed=self.fixed)

    def looking(self, period: float) -> Polled:
        """A job that does whatever is new, so many seconds apart."""
        return Polled(self.job(10**6), period)

    def workload(self, busy: float) -> Workload:
        """Events that keep consumers busy for this share of their time, for a while, and then a third of it without."""
        rate = busy * self.consumers / (self.fixed + self.each)
        return Workload(0.75 * rate, self.arriving / 0.75, Work(self.fixed, self.each, 0.0),
                        arrivals=Diurnal((1, 1, 1, 0), self.arriving / 0.75))

    def against(self, pushed: Any, other: Any, busy: float, traces: int, of: Callable | None = None) -> Sides:
        """Mean seconds on each trace of both, or another measure."""
        of, workload = of or of_all, self.workload(busy)
        own, others = ([of(design, workload.replication(trace)) for trace in range(traces)]
                       for design in (pushed, other))
        return Sides(own, others)


def of_all(design: Any, workload: Workload) -> float:
    """Mean seconds from an event to its action."""
    return float(np.mean(until_action(design, workload)))


def of_last(design: Any, workload: Workload) -> float:
    """Seconds from the last event to its action."""
    return float(until_action(design, workload)[-1])


@lru_cache(maxsize=512)
def until_action(design: Any, workload: Workload) -> np.ndarray:
    """Seconds from each event to its action, kept; what is not done when the run ends counts until then."""
    run = simulate(design, workload)
    return np.where(np.isnan(run.departure_times), run.end, run.departure_times) - run.arrival_times
