"""Scenarios: use cases with their traffic, promises, budget and mishaps, on which every design can be tried."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from .faults import Crash
from .prices import HOURS_IN_A_MONTH, Prices
from .run import OUTCOMES, Interval, Run, measure, percentile_interval
from .simulation import replicate
from .workload import Arrivals, Bursty, LogNormal, Replay, Request, Work, Workload

if TYPE_CHECKING:
    from pandas import DataFrame

MONTH = HOURS_IN_A_MONTH * 3600.0       # seconds
OTHERS = ("cold starts", "queue", "connections", "first token", "other tokens")     # pools that somebody else runs


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

    It is one that a design has for its own work: functions have their instances.
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


U1 = Scenario(
    id="U1", name="Office documents", use_case="a small application of limited scope",
    story="Documents of one office are sorted on weekdays, in waves when the post comes; a failed one is sent again.",
    mean_rate=0.1, peak_rate=1.0, arrivals=bursts(0.1, 1.0, burst=300.0, share=0.5),
    mean_work=Work(0.010, 0.150, 0.010), slo=Slo(99, 2.0), budget=200.0, availability=0.99, most_lost=1e-3,
    gb_per_day=0.1, teams=1, changes_per_week=1.0, duration=86_400.0, mishap=(CrashOfLargestPool(40_000.0, 60.0),),
)

U2 = Scenario(
    id="U2", name="Proof of concept", use_case="a prototype that has to convince somebody",
    story="Quiet for hours; then somebody shows it around for a minute.",
    mean_rate=0.002, peak_rate=0.2, arrivals=bursts(0.002, 0.2, burst=60.0, share=0.5),
    mean_work=Work(0.010, 0.300, 0.010), slo=Slo(99, 5.0), budget=50.0, availability=0.95, most_lost=1e-2,
    gb_per_day=0.01, teams=1, changes_per_week=2.0, duration=604_800.0, mishap=(CrashOfLargestPool(300_000.0, 600.0),),
)

U3 = Scenario(
    id="U3", name="A start-up's service", use_case="a system where quick development matters more than scale",
    story="One team changes it ten times a week; traffic grows by a tenth a month and comes in rushes.",
    mean_rate=5.0, peak_rate=20.0, arrivals=bursts(5.0, 20.0, burst=60.0, share=0.4),
    mean_work=Work(0.010, 0.050, 0.010), slo=Slo(99, 0.5), budget=800.0, availability=0.99, most_lost=1e-3,
    gb_per_day=1.0, teams=1, changes_per_week=10.0, duration=3600.0, mishap=(CrashOfLargestPool(1800.0, 60.0),),
)

U4 = Scenario(
    id="U4", name="A platform for millions", use_case="a large application of many parts",
    story="Eight teams; the inference needs GPUs, the rest CPUs; at this size some machine dies every three days.",
    mean_rate=600.0, peak_rate=1500.0, arrivals=bursts(600.0, 1500.0, burst=2.0, share=0.3),
    mean_work=Work(0.040, 0.012, 0.020), slo=Slo(99, 0.4), budget=60_000.0, availability=0.999, most_lost=1e-4,
    gb_per_day=200.0, teams=8, changes_per_week=20.0, duration=30.0, mishap=(CrashOfLargestPool(15.0, 10.0),),
    mishaps_per_month=10.0,
)

U5 = Scenario(
    id="U5", name="A model that is never finished", use_case="models that are updated all the time",
    story="Three teams release a model ten times a week, to a few requests first; a bad one is taken back.",
    mean_rate=80.0, peak_rate=200.0, arrivals=bursts(80.0, 200.0, burst=10.0, share=0.4),
    mean_work=Work(0.010, 0.050, 0.010), slo=Slo(99, 0.5), budget=5000.0, availability=0.999, most_lost=1e-4,
    gb_per_day=50.0, teams=3, changes_per_week=10.0, duration=150.0, mishap=(CrashOfLargestPool(75.0, 30.0),),
)

U6 = Scenario(
    id="U6", name="Five models", use_case="several models that need different services",
    story="Five models, the largest twenty times the smallest; the one in the middle gets four of five requests.",
    mean_rate=40.0, peak_rate=100.0, arrivals=bursts(40.0, 100.0, burst=10.0, share=0.4),
    mean_work=Work(0.010, 0.080, 0.010), slo=Slo(99, 0.6), budget=4000.0, availability=0.999, most_lost=1e-4,
    gb_per_day=20.0, teams=3, changes_per_week=5.0, duration=150.0, mishap=(CrashOfLargestPool(75.0, 30.0),),
    variety=0.5, models=model_family((0.05, 0.05, 0.80, 0.05, 0.05), largest=20.0),
)

U13 = Scenario(
    id="U13", name="A chatbot", use_case="assistants that people talk to",
    story="People come in waves; each turn waits for a language model, and its first word should come soon.",
    mean_rate=0.5, peak_rate=10.0, arrivals=bursts(0.5, 10.0, burst=15.0, share=0.4),
    mean_work=Work(0.010, 0.050, 0.010), slo=Slo(99, 3.0, until="first token"), budget=400.0, availability=0.99,
    most_lost=1e-3, gb_per_day=0.5, teams=1, changes_per_week=2.0, duration=3600.0,
    mishap=(CrashOfLargestPool(1800.0, 30.0),),
)

U14 = Scenario(
    id="U14", name="Image recognition", use_case="recognising what is on an image",
    story="Hours of little, then hundreds of uploads in a few seconds; an answer may take half a minute.",
    mean_rate=0.8, peak_rate=60.0, arrivals=bursts(0.8, 60.0, burst=5.0, share=0.5),
    mean_work=Work(0.050, 0.400, 0.050), slo=Slo(99, 30.0), budget=500.0, availability=0.99, most_lost=1e-4,
    gb_per_day=10.0, teams=1, changes_per_week=2.0, duration=3600.0, mishap=(CrashOfLargestPool(1800.0, 30.0),),
)

U15 = Scenario(
    id="U15", name="A small prediction", use_case="light predictions that are asked for now and then",
    story="A small model that is idle nearly all day and has to answer a rush now and then.",
    mean_rate=0.05, peak_rate=5.0, arrivals=bursts(0.05, 5.0, burst=10.0, share=0.5),
    mean_work=Work(0.010, 0.050, 0.010), slo=Slo(99, 1.5), budget=60.0, availability=0.99, most_lost=1e-3,
    gb_per_day=0.05, teams=1, changes_per_week=1.0, duration=43_200.0, mishap=(CrashOfLargestPool(20_000.0, 60.0),),
)

SCENARIOS = (U1, U2, U3, U4, U5, U6, U13, U14, U15)


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
    runs = [until(run, scenario.slo.until) for run in runs]
    unfinished = measure(runs, lambda run: run.share("unfinished")).mean
    response = Interval(inf, inf, inf, len(runs))
    if any(len(run.response_times) for run in runs):
        response = percentile_interval(runs, scenario.slo.percentile)
    return {"response": response.mean, "response_low": response.low, "response_high": response.high,
            "unfinished": unfinished, "slo": scenario.slo.verdict(response, unfinished)}


def losses(scenario: Scenario, runs: list[Run]) -> dict[str, Any]:
    """The share of a month's requests that its mishaps cost, and whether that is allowed."""
    lost = measure(runs, lambda run: scenario.monthly(1 - run.share("completed") - run.share("unfinished")))
    return {"lost": lost.mean, "losses_allowed": lost.high <= scenario.most_lost,
            "available": 1 - scenario.down() >= scenario.availability}


def until(run: Run, pool: str) -> Run:
    """The run as if each request were answered when its job in `pool` ends; without a name, the run itself."""
    if not pool:
        return run
    jobs, departure = run.jobs[pool], np.full(len(run.arrival_times), np.nan)
    departure[jobs.request] = jobs.finished
    refused = (run.outcomes != 0) & (run.outcomes != OUTCOMES.index("unfinished"))
    early = np.where(np.isnan(departure), OUTCOMES.index("unfinished"), 0)
    outcomes = np.where(refused, run.outcomes, early).astype(np.int8)
    return replace(run, departure_times=departure, outcomes=outcomes)


def grown(scenario: Scenario, times: float) -> Scenario:
    """The same scenario with `times` the traffic."""
    return replace(scenario, mean_rate=scenario.mean_rate * times, peak_rate=scenario.peak_rate * times)
