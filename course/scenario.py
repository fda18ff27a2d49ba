"""A scenario: traffic, promises, budget and mishaps of a use case, on which every design can be tried."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import inf, nan
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .environment import Environment
from .faults import Crash
from .laws import Sometimes
from .policies.late import Late
from .prices import HOURS_IN_A_MONTH, Prices
from .run import UNFINISHED, Interval, Run, interval, measure
from .simulation import replicate
from .slo import Slo
from .views import ask, watched
from .workload import Arrivals, Bursty, LogNormal, Replay, Request, Work, Workload

if TYPE_CHECKING:
    from pandas import DataFrame

MONTH = HOURS_IN_A_MONTH * 3600.0       # seconds
DAY = 86_400.0
BY_THE_RUN = ("batch", "replay")        # paid while a run lasts, so that a few seconds say nothing of a day
OTHERS = ("cold starts", "queue", "connections", "first token", "other tokens", "bus", "log", "dead letters")


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
    late: Sometimes | None = None       # seconds that an event is on its way
    lateness: float = 60.0              # seconds, after which what looks at events as they come ignores them
    most_error: float = inf             # percent that the final number of a day may be wrong
    tries: int = 1                      # of a caller, when what failed may be sent again
    gpu: str = ""                       # the machine that inference needs, a row of the price table; else any will do

    @property
    def workload(self) -> Workload | SeveralModels:
        """The traffic of one stretch; a replication is another stretch."""
        workload = Workload(self.mean_rate, self.duration, self.mean_work, arrivals=self.arrivals,
                            distribution=LogNormal(self.variety), kind=self.id)
        return SeveralModels(workload, self.models) if self.models else workload

    @property
    def days(self) -> Workload:
        """Three days with a few of its requests, which show how right the numbers are, and not how busy a design is."""
        return Workload(0.01, 3 * DAY, self.mean_work, kind=self.id)

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
    the total stands beside it. Losses and availability count the month's mishaps. How wrong the numbers of a day are
    stands there where somebody cares, or where a design computes them again.
    """
    from pandas import DataFrame

    row = judged(scenario, trial(scenario, design, traces), units * operations, prices or Prices.read())
    return DataFrame([{"scenario": f"{scenario.id} {scenario.name}", "design": str(design), **row}])


class Trial(NamedTuple):
    """Runs of a design: stretches as usual, the same ones struck by the mishap, and days if they say something."""

    usual: list[Run]
    struck: list[Run]
    days: list[Run]


def trial(scenario: Scenario, design, traces: int = 10) -> Trial:
    """Run a design on all that its row is made of."""
    return Trial(replicate(design, scenario.workload, traces),
                 replicate(design, scenario.workload, traces, scenario.mishap), several_days(scenario, design, traces))


def judged(scenario: Scenario, seen: Trial, operations: float, prices: Prices) -> dict[str, Any]:
    """What a design costs and keeps in a scenario, with `operations` US dollars a month, and whether it passes."""
    row = {**money(scenario, seen.usual, operations, prices, seen.days), **promises(scenario, seen.usual),
           **losses(scenario, seen.struck, seen.usual)}
    if seen.days or scenario.most_error < inf:
        row |= accuracy(scenario, seen.days)
    kept = (row["within_budget"], row["slo"] == "met", row["losses_allowed"], row["available"],
            row.get("accurate", True))
    return row | {"passes": all(kept)}


def several_days(scenario: Scenario, design, traces: int) -> list[Run]:
    """Days on a design that computes again what a log keeps, or that has to be right; else none."""
    pools = {pool.name for pool in design.deploy(Environment()).pools}
    if not pools & {"log", "replay"} and scenario.most_error == inf:
        return []
    return replicate(Late(design, scenario.late) if scenario.late else design, scenario.days, traces)


def compared(tried: Mapping[Scenario, Mapping[str, Any]], traces: int = 10) -> "DataFrame":
    """A row of `evaluate` for each scenario and each of the designs that are tried on it, by their names."""
    from pandas import concat

    rows = [evaluate(scenario, design, traces=traces).assign(design=name)
            for scenario, designs in tried.items() for name, design in designs.items()]
    return concat(rows).set_index(["scenario", "design"])


def money(scenario: Scenario, runs: list[Run], operations: float, prices: Prices, days: Sequence[Run] = (),
          ) -> dict[str, Any]:
    """US dollars a month: the cloud's bill, and with operations; whether the bill is within the budget.

    What is paid while a batch run lasts is taken from `days`, if there are any.
    """
    cloud = interval(bills(runs, prices, days))
    return {"cloud_usd": cloud.mean, "total_usd": cloud.mean + operations,
            "within_budget": cloud.high <= scenario.budget}


def bills(runs: Sequence[Run], prices: Prices, days: Sequence[Run] = ()) -> list[float]:
    """US dollars a month of the cloud, for each stretch."""
    again = [by_the_run(run, prices) for run in days or runs]
    return [monthly(run, prices) - by_the_run(run, prices) + sum(again) / len(again) for run in runs]


def monthly(run: Run, prices: Prices, *items: str) -> float:
    """US dollars a month of some items of a bill, or of all."""
    bill = run.design.bill(run, prices)
    return sum(bill.get(item, 0.0) for item in items or bill) * MONTH / run.end


def by_the_run(run: Run, prices: Prices) -> float:
    """US dollars a month of what is paid while a batch run or a replay lasts."""
    return monthly(run, prices, *BY_THE_RUN)


def promises(scenario: Scenario, runs: list[Run]) -> dict[str, Any]:
    """The percentile that was promised, in seconds, the share of late requests, and what became of the promise."""
    slo = scenario.slo
    late, times = slo.late_share(runs), np.concatenate([slo.seen(run).response_times for run in runs])
    response = float(np.percentile(times, slo.percentile)) if len(times) else inf
    return {"response": response, "late": late.mean, "late_low": late.low, "late_high": late.high,
            "slo": slo.verdict(late)}


def losses(scenario: Scenario, struck: Sequence[Run], usual: Sequence[Run] = ()) -> dict[str, Any]:
    """The share of a month's requests that get lost in stretches with a mishap, and in others if they are given."""
    otherwise = [gone(run) * max(0.0, 1 - scenario.monthly(1.0)) for run in usual] or [0.0] * len(struck)
    lost = interval([scenario.monthly(gone(run)) + more for run, more in zip(struck, otherwise)])
    return {"lost": lost.mean, "losses_allowed": lost.high <= scenario.most_lost,
            "available": 1 - scenario.down() >= scenario.availability}


def gone(run: Run) -> float:
    """The share of the requests that left without an answer, and that no log has for the next batch run."""
    if "log" not in run.jobs:
        return run.refused
    log = run.jobs["log"]
    lost = (run.outcomes != 0) & (run.outcomes != UNFINISHED)
    lost[log.request[log.done]] = False
    return float(np.mean(lost)) if len(lost) else 0.0


def accuracy(scenario: Scenario, days: list[Run]) -> dict[str, Any]:
    """Percent that the final number of a day is wrong, and whether that is allowed; not a number without views."""
    error = measure(days, lambda run: final(scenario, run)) if days else Interval(nan, nan, nan, 0)
    return {"error": error.mean, "accurate": scenario.most_error == inf or error.high <= scenario.most_error}


def final(scenario: Scenario, run: Run) -> float:
    """Percent that the number of a day's events is wrong a day later; not a number for a design without views."""
    if watched(run) is None:
        return nan
    times = np.arange(2 * DAY, run.end, 3600.0) + 1800.0
    two, one = (ask(run, times, days * DAY, scenario.lateness) for days in (2, 1))
    return 100 * float(np.mean(np.abs((two.merged - one.merged) / (two.truth - one.truth) - 1)))


def grown(scenario: Scenario, times: float) -> Scenario:
    """The same scenario with `times` the traffic."""
    return replace(scenario, mean_rate=scenario.mean_rate * times, peak_rate=scenario.peak_rate * times)
