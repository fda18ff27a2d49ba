"""Exercise 5P: how many calls are cold, from one an hour to ten a second, and when the ten come in bursts."""

from collections.abc import Callable
from functools import lru_cache
from heapq import heappop, heappush
from typing import Any, NamedTuple

import numpy as np

from .. import data
from ..workload import Bursty, Poisson, Work, Workload
from .commitment import Prediction
from .exercise import maker

PARTS = ("steady", "bursts")
# For each row of the table: calls an hour, the hours of a run, and for bursts: how high, how long, and how far apart.
TRAFFIC = {
    "1 an hour": (1, 400, None), "10 an hour": (10, 100, None), "1 a minute": (60, 10, None),
    "1 a second": (3600, 0.5, None), "10 a second": (36_000, 0.35, None),
    "10 in bursts": (36_000, 0.35, (20, 10, 190)),
}
COLD_START, KEEP_ALIVE = 2.0, 600       # seconds
TIMES = 10                              # as on the page
QUESTION = ("Where do the cold share and the p99 go as traffic grows from one call an hour to ten a second, and then "
            "when the ten a second come in bursts: up, down, or the same? why you think so, in five words or more")


class Observed(NamedTuple):
    """Over all runs: the share of calls that waited for a cold start, and the p99 of the response time in seconds."""

    cold: float
    p99: float


def observe(run_at: Callable[..., list[Any]]) -> dict[str, Observed]:
    """What the runs on the page show of each kind of traffic."""
    return {row: measured(run_at(row)) for row in TRAFFIC}


def measured(runs: list[Any]) -> Observed:
    """The two measures over several runs."""
    cold, calls = (sum(len(run.jobs[pool].arrived) for run in runs) for pool in ("cold starts", "instances"))
    return Observed(cold / calls, float(np.percentile(np.concatenate([run.response_times for run in runs]), 99)))


def beside(guesses: Any, results: dict[str, Observed]) -> str:
    """A table of the results, and the predictions under the rows that they speak of."""
    lines = [f"{'calls':14}{'cold':>10}{'p99':>11}"]
    for row, found in results.items():
        lines.append(f"{row:14}{100 * found.cold:8.3g} %{found.p99:9.3f} s")
        if part := {"10 a second": "steady", "10 in bursts": "bursts"}.get(row):
            cold, p99 = (said.strip()[:40] for said in guesses[part][:2])
            lines.append(f"    your prediction for {part}: cold share {cold}, p99 {p99}")
    return "\n".join(lines)


@lru_cache(maxsize=16)
def seen(an_hour: float, hours: float, bursts: tuple[float, ...] | None) -> Observed:
    """What the page shows of one kind of traffic, computed anew by recursion."""
    cold = calls = 0
    responses: list[float] = []
    for seed in range(1, TIMES + 1):
        workload = workload_of(an_hour, hours, bursts, seed)
        starts = list(answered([(call.arrival_time, sum(call.work)) for call in workload.requests()]))
        cold += sum(waited > 0 for _, waited, _ in starts)
        calls += sum(arrival + waited < workload.duration for arrival, waited, _ in starts)
        responses += [waited + work for arrival, waited, work in starts if arrival + waited + work < workload.duration]
    return Observed(cold / calls, float(np.percentile(responses, 99)))


def answered(calls: list[tuple[float, float]]):
    """For each call: arrival, seconds of a cold start or none, work; the instance used last is used first."""
    busy: list[float] = []      # when each ends its call
    idle: list[float] = []      # since when, in that order
    for arrival, work in calls:
        while busy and busy[0] <= arrival:
            idle.append(heappop(busy))
        warm = idle and idle[-1] + KEEP_ALIVE > arrival
        if warm:
            idle.pop()
        waited = 0.0 if warm else COLD_START
        heappush(busy, arrival + waited + work)
        yield arrival, waited, work


def workload_of(an_hour: float, hours: float, bursts: Any, seed: int) -> Workload:
    """The calls of one run."""
    arrivals = Bursty(*bursts) if bursts else Poisson()
    return Workload(an_hour / 3600, 3600 * hours, Work(*data.work("image_classifier")), seed, arrivals=arrivals)


def targets(case: dict[str, Any]) -> list[float]:
    """Numbers that a learner can have read in the table: percent and shares, seconds and milliseconds."""
    rows = [seen(an_hour, hours, tuple(bursts) if bursts else None) for an_hour, hours, bursts in case["traffic"]]
    return [number for row in rows for number in (row.cold, 100 * row.cold, row.p99, 1000 * row.p99)]


message = maker("P", "The two cells above the run in exercise 5P.")
COMPLAINTS = {
    "blank": message("W1", "A full prediction", "no prediction, or one with gaps.",
                     "For steady traffic and for bursts: where both measures go, how sure you are, and a reason.",
                     "Those who commit to a guess see more in the result, also when the guess is wrong."),
    "alike": message("W5", "A reason for each", "the same reason for steady traffic and for bursts.",
                     "Each of the two has a reason of its own.",
                     "As many calls come in a minute, and not at the same time. Ask what an instance does between two "
                     "calls."),
    "unquoted": message("W4", "The number you saw", "a text without a number from the table.",
                        "A sentence with a share or a time from the table, within 2 %.",
                        "To correct a belief, put the guess and the number side by side."),
}
CASE = {"traffic": [[an_hour, hours, bursts and list(bursts)] for an_hour, hours, bursts in TRAFFIC.values()]}
EXERCISES = (Prediction("5P", QUESTION, PARTS, CASE, targets, observe, beside, COMPLAINTS),)
