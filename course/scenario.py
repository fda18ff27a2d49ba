"""A scenario: traffic, promises, budget and mishaps of a use case, on which every design can be tried."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING, Any

from .faults import Crash
from .prices import HOURS_IN_A_MONTH, Prices
from .run import Interval, Run, measure, percentile_interval
from .simulation import replicate
from .workload import Arrivals, Bursty, LogNormal, Replay, Request, Work, Workload

if TYPE_CHECKING:
    from pandas import DataFrame

MONTH = HOURS_IN_A_MONTH * 3600.0       # seconds
OTHERS = ("cold starts", "queue", "connections", "first token", "other tokens", "bus", "log", "dead letters")


@dataclass(frozen=True)
class Slo:
    """A promise: `percentile` percent of the requests are answered within `seconds`.

    What is promised is the end of the job in pool `until` where that is named, as for the first word of an answer.
    """

    percentile: float
    seconds: float
    until: str = ""

    def verdict(self, measured: Interval, unfinished: float) -> str:
        """Whether the promise is kept, as far as the interval can tell; who is still waiting was not answered."""
        if measured.low > self.seconds or unfinished > 1 - self.percentile / 100:
            return "missed"
        return "met" if measured.high <= self.seconds else "not clear"


@dataclass(frozen=True)
class CrashOfLargestPool:
    """The pool with the most servers dies with all that is in it, in whatever design. Times in seconds.

    It is one that a design has for its own work, as functions have their instances; others run the pools in OTHERS.
    """

    start: float
    duration: float

    def strike(self, env, pools):
        largest = max((pool for pool in pools.values() if pool.name not in OTHERS), key=lambda pool: pool.planned)
        yield from Crash(largest.name, self.start, self.duration).strike(env, pools)


@dataclass(frozen=True)
class SeveralModels:
    """`workload`, each request for one of several models, which its luck chooses; the kinds are "model 1" and so on.

    `models` has rows of (share of the requests, inference as a multiple of what the workload says).
    """

    workload: Workload
    models: tuple[tuple[float, float], ...]

    @property
    def duration(self) -> float:
        """Seconds in which requests arrive."""
        return self.workload.duration

    def replication(self, number: int) -> "SeveralModels":
        """The same traffic with another seed, so many further on."""
        return replace(self, workload=self.workload.replication(number))

    def requests(self) -> Iterator[Request]:
        """The requests of the workload, each with its model."""
        bounds = list(accumulate(share for share, _ in self.models[:-1]))
        for request in self.workload.requests():
            place = bisect_right(bounds, request.chance("model"))
            infer = request.work.infer * self.models[place][1]
            yield request._replace(kind=f"model {place + 1}", work=request.work._replace(infer=infer))


@dataclass(frozen=True)
class Scenario:
    """A use case as a value: what arrives, what is promised, what it may cost, and what goes wrong.

    Rates in requests a second, work and durations in seconds, budget in US dollars a month. A stretch of `duration`
    is simulated; in a month, `mishaps_per_month` stretches contain the `mishap`.
    """

    id: str
    name: str
    use_case: str           # the use case that is meant, in our words
    story: str
    mean_rate: float
    peak_rate: float
    arrivals: Arrivals | Replay
    mean_work: Work
    slo: Slo
    budget: float
    availability: float     # share of the time
    most_lost: float        # share of the requests
    gb_per_day: float
    teams: int
    changes_per_week: float
    duration: float
    mishap: tuple[Any, ...] = ()
    mishaps_per_month: float = 4.0
    variety: float = 1.0    # coefficient of variation of the work
    models: tuple[tuple[float, float], ...] = ()    # when there are several: see SeveralModels

    @property
    def workload(self) -> Workload | SeveralModels:
        """The traffic of one stretch; a replication is another stretch."""
        workload = Workload(self.mean_rate, self.duration, self.mean_work, arrivals=self.arrivals,
                            distribution=LogNormal(self.variety), kind=self.id)
        return SeveralModels(workload, self.models) if self.models else workload

    def monthly(self, share: float) -> float:
        """A share lost in stretches with a mishap, as a share of the requests of a month."""
        return share * self.mishaps_per_month * self.duration / MONTH

    def down(self) -> float:
        """The share of a month in which the mishap lasts."""
        return self.mishaps_per_month * sum(fault.duration for fault in self.mishap) / MONTH


def bursts(mean_rate: float, peak_rate: float, burst: float, share: float) -> Bursty:
    """Bursts of `burst` seconds at the peak rate, which hold the given share of all requests."""
    peak = peak_rate / mean_rate
    return Bursty(peak, burst, burst * (peak / share - 1))


def model_family(shares: tuple[float, ...], largest: float) -> tuple[tuple[float, float], ...]:
    """Models with these shares of the requests, each larger than the one before; the last is `largest` times the first.

    Together they leave the mean work as it is.
    """
    sizes = [largest ** (place / (len(shares) - 1)) for place in range(len(shares))]
    mean = sum(share * times for share, times in zip(shares, sizes))
    return tuple((share, times / mean) for share, times in zip(shares, sizes))


def evaluate(scenario: Scenario, design, units: int = 1, operations: float = 100.0, traces: int = 10,
             prices: Prices | None = None) -> "DataFrame":
    """One row for a design in a scenario: US dollars a month, the promise, losses, and whether it passes.

    `units` are what has to be operated, at `operations` US dollars a month each. The budget is for the cloud's bill;
    the total stands beside it. Losses and availability count the month's mishaps.
    """
    from pandas import DataFrame

    usual = replicate(design, scenario.workload, traces)
    row = {"scenario": f"{scenario.id} {scenario.name}", "design": str(design),
           **money(scenario, usual, units * operations, prices or Prices.read()), **promises(scenario, usual),
           **losses(scenario, replicate(design, scenario.workload, traces, scenario.mishap))}
    kept = (row["within_budget"], row["slo"] == "met", row["losses_allowed"], row["available"])
    return DataFrame([row | {"passes": all(kept)}])


def money(scenario: Scenario, runs: list[Run], operations: float, prices: Prices) -> dict[str, Any]:
    """US dollars a month: the cloud's bill, and with operations; whether the bill is within the budget."""
    cloud = measure(runs, lambda run: sum(run.design.bill(run, prices).values()) * MONTH / run.end)
    return {"cloud_usd": cloud.mean, "total_usd": cloud.mean + operations,
            "within_budget": cloud.high <= scenario.budget}


def promises(scenario: Scenario, runs: list[Run]) -> dict[str, Any]:
    """The percentile that was promised, in seconds, with its interval, and what became of the promise."""
    runs = [run.until(scenario.slo.until) for run in runs] if scenario.slo.until else runs
    unfinished = measure(runs, lambda run: run.share("unfinished")).mean
    response = Interval(inf, inf, inf, len(runs))
    if any(len(run.response_times) for run in runs):
        response = percentile_interval(runs, scenario.slo.percentile)
    return {"response": response.mean, "response_low": response.low, "response_high": response.high,
            "unfinished": unfinished, "slo": scenario.slo.verdict(response, unfinished)}


def losses(scenario: Scenario, runs: list[Run]) -> dict[str, Any]:
    """The share of a month's requests that its mishaps cost, and whether that is allowed."""
    lost = measure(runs, lambda run: scenario.monthly(run.refused))
    return {"lost": lost.mean, "losses_allowed": lost.high <= scenario.most_lost,
            "available": 1 - scenario.down() >= scenario.availability}


def grown(scenario: Scenario, times: float) -> Scenario:
    """The same scenario with `times` the traffic."""
    return replace(scenario, mean_rate=scenario.mean_rate * times, peak_rate=scenario.peak_rate * times)
