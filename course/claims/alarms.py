"""Experiments on watching and improving: which alarm rings how soon at which failure, and which step is worth work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..faults import Crash, Hang, Outage, Slow
from ..patterns.event_driven import Consumers, EventDriven
from ..patterns.monolith import Monolith
from ..policies.release import BigBang, Released
from ..policies.timeout import Timeout
from ..run import Run, interval
from ..workload import Diurnal, LogNormal, Work, Workload
from .claim import Sides, runs, unanswered
from .scaling import PerStagePools
from .silence import by_waiting, errors_ring, first_ring, trial

if TYPE_CHECKING:
    from pandas import DataFrame

LATE = "percent of requests not answered within a second"


class Failure(NamedTuple):
    """A service, its traffic, and what strikes it."""

    design: Any
    workload: Any
    faults: tuple = ()


@dataclass(frozen=True)
class Alarms:
    """Seconds from a failure until an alarm on the p99 rings, against one on errors; the knob is the p99 at which it
    rings, in seconds.

    Both look at the answers of the last `window` seconds. Callers give up after `patience`: that is an error, and an
    answer as late as that. An alarm that stays silent counts as `watched`.
    """

    rate: float = 25.0
    seconds: float = 0.1
    servers: int = 4
    fails: float = 60.0
    watched: float = 120.0
    patience: float = 4.0
    window: float = 60.0
    wrong: float = 0.05
    waiting: int = 50               # requests that wait or are in work, at which an alarm on the lag rings
    looked_at: float = 0.02         # share of the answers that somebody who knows better looks at
    false: float = 0.1              # share of the answers that is wrong or lost after a bad release

    def sides(self, knob, traces):
        return self.against("half of the servers lost", self.by_p99(knob), self.by_errors, traces)

    def others(self, traces):
        p99 = self.by_p99(0.5)
        return [("hold", "consumers die: lag, against errors",
                 self.against("consumers die", self.by_lag, self.by_errors, traces)),
                ("fail", "a crash: p99, against errors", self.against("a crash", p99, self.by_errors, traces)),
                ("fail", "wrong answers: p99, against a look at 1 answer in 50",
                 self.against("wrong answers", p99, self.by_looking, traces)),
                ("hold", "the busiest step twice as fast, against another step twice as fast",
                 Sides(late("infer", 2, traces), late("prepare", 2, traces), LATE)),
                ("fail", "another step twice as fast, against the busiest step a tenth faster",
                 Sides(late("prepare", 2, traces), late("infer", 1.1, traces), LATE))]

    @property
    def failures(self) -> dict[str, Failure]:
        """What may happen, by name, each from `fails` to the end."""
        service, start = Timeout(Monolith(self.servers), self.patience), self.fails
        strikes: dict[str, Any] = {
            "a crash": Crash("workers", start, inf), "a hang": Hang("workers", start, inf),
            "half of the servers lost": Outage("workers", start, inf, self.servers // 2),
            "work takes 2 times as long": Slow("workers", start, inf, 2)}
        release = Released(service, BigBang(), start, self.false, inf)
        dead = (Hang("consumers", start, inf),)
        return {**{name: Failure(service, self.steady, (strike,)) for name, strike in strikes.items()},
                "4 times the requests": Failure(service, self.rise(4.0)),
                "consumers die": Failure(EventDriven(Consumers(self.servers)), self.steady, dead),
                "a tenth is lost": Failure(release, self.steady), "wrong answers": Failure(service, self.steady)}

    @property
    def steady(self) -> Workload:
        """Requests at the usual rate."""
        return Workload(self.rate, self.fails + self.watched, Work(0.0, self.seconds, 0.0),
                        distribution=LogNormal(0.5))

    def rise(self, times: float) -> Workload:
        """The usual requests, and so many times as many from the failure on."""
        parts = round(self.watched / self.fails)
        profile, duration = (1.0,) + (times,) * parts, self.fails * (1 + parts)
        return replace(self.steady, arrival_rate=self.rate * float(np.mean(profile)), duration=duration,
                       arrivals=Diurnal(profile, duration))

    def against(self, failure: str, alarm: Callable, other: Callable, traces: int) -> Sides:
        """Seconds until either alarm rings at that failure, on each trace."""
        found = self.found(failure, traces)
        return Sides([alarm(run) for run in found], [other(run) for run in found])

    def found(self, failure: str, traces: int) -> list[Run]:
        """A run with that failure for each trace."""
        design, workload, faults = self.failures[failure]
        return [trial(design, workload.replication(trace), faults) for trace in range(traces)]

    def by_errors(self, run: Run) -> float:
        """Seconds until this share of the latest answers are errors: those of the bus, where there is one."""
        answers = run.until("bus") if "bus" in run.jobs else run
        return errors_ring(answers, self.fails, self.window, self.wrong)

    def by_p99(self, seconds: float) -> Callable[[Run], float]:
        """An alarm that rings when more than 1 % of the latest answers took longer: when their p99 is above that."""
        return lambda run: slow_ring(run, self.fails, self.window, seconds)

    def by_lag(self, run: Run) -> float:
        """Seconds until so many requests wait or are in work."""
        return by_waiting(run, "consumers" if "consumers" in run.jobs else "workers", self.fails, self.waiting)

    def by_looking(self, run: Run) -> float:
        """Seconds until somebody sees a wrong answer, if answers are from the failure on."""
        seen = [request.chance("wrong") < self.false and request.chance("looked at") < self.looked_at
                for request in run.workload.requests()][:len(run.departure_times)]
        return first_ring(run.departure_times, np.array(seen), self.fails, run.end)

    def table(self, p99: float = 0.5, traces: int = 4) -> "DataFrame":
        """Seconds until each alarm rings, with intervals, for each failure; "silent" where it never does."""
        from pandas import DataFrame

        alarms: dict[str, Callable] = {"errors": self.by_errors, f"p99 above {p99:g} s": self.by_p99(p99),
                                       f"lag of {self.waiting}": self.by_lag}
        rows = {name: [said([alarm(run) for run in self.found(name, traces)], self.watched)
                       for alarm in alarms.values()] for name in self.failures}
        looks = dict.fromkeys(rows, "") | {"wrong answers": said(
            [self.by_looking(run) for run in self.found("wrong answers", traces)], self.watched)}
        return DataFrame({name: [*cells, looks[name]] for name, cells in rows.items()},
                         index=[*alarms, "a look at 1 answer in 50"]).T


def slow_ring(run: Run, since: float, window: float, seconds: float) -> float:
    """Seconds from `since` until more than 1 % of the answers of the last `window` took longer, or to the end."""
    answered = ~np.isnan(run.departure_times)
    order = np.argsort(run.departure_times[answered], kind="stable")
    times = run.departure_times[answered][order]
    slow = (times - run.arrival_times[answered][order]) > seconds
    counted = np.concatenate([[0], np.cumsum(slow)])
    first = np.searchsorted(times, times - window)
    number = np.arange(1, len(times) + 1)
    return first_ring(times, counted[1:] - counted[first] > 0.01 * (number - first), since, run.end)


def said(seconds: Sequence[float], watched: float) -> str:
    """The mean with its interval, or "silent"; with how many rang, where not all did."""
    rang = [value for value in seconds if value < watched]
    if not rang:
        return "silent"
    found = interval(seconds)
    return f"{found.mean:.2g} [{max(0, found.low):.2g}, {found.high:.2g}]" if len(rang) == len(seconds) else (
        f"{len(rang)} of {len(seconds)} rang")


def late(step: str, times: float, traces: int) -> list[float]:
    """Percent not answered within a second on each trace, when one step of three is so many times as fast.

    One server prepares and one responds, two infer; more requests come than these two can do.
    """
    usual = Work(0.020, 0.090, 0.010)
    work = usual._replace(**{step: getattr(usual, step) / times})
    return [unanswered(run, 1.0) for run in runs(PerStagePools(1, 2, 1), Workload(25, 60, work), traces)]
