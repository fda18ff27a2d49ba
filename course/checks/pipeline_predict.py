"""Exercise 7P: where p95 and throughput go when a step that is not the bottleneck gets faster, and when the one is."""

from collections.abc import Callable
from functools import lru_cache
from heapq import heapify, heapreplace
from typing import Any, NamedTuple

import numpy as np

from ..workload import Work, Workload
from .commitment import Prediction
from .exercise import maker

PARTS = ("prepare", "infer", "quiet")
WORK = Work(0.020, 0.060, 0.010)        # seconds
SERVERS = (1, 1, 2, 1)                  # of the gateway and the three steps
GATEWAY, HOP = 0.0005, 0.0005           # seconds
SECONDS, TIMES = 60, 5                  # as on the page
# For each row of the table: requests a second, and how many times faster prepare and infer are.
ROWS = {
    "quiet, as it is": (10, 1, 1), "quiet, prepare halved": (10, 2, 1), "quiet, infer halved": (10, 1, 2),
    "busy, as it is": (36, 1, 1), "busy, prepare halved": (36, 2, 1), "busy, infer halved": (36, 1, 2),
}
SPEAKS_OF = {"quiet, infer halved": "quiet", "busy, prepare halved": "prepare", "busy, infer halved": "infer"}
QUESTION = ("Where do p95 and throughput go when prepare takes half the time, and when infer does, in a busy system "
            "and in a quiet one: up, down, or the same? why you think so, in five words or more")


class Observed(NamedTuple):
    """Over all runs: the p95 of the response time in seconds, and completed requests a second."""

    p95: float
    throughput: float


def observe(run_at: Callable[..., list[Any]]) -> dict[str, Observed]:
    """What the runs on the page show of each row."""
    return {row: measured(run_at(row)) for row in ROWS}


def measured(runs: list[Any]) -> Observed:
    """The two measures over several runs."""
    responses = np.concatenate([run.response_times for run in runs])
    return Observed(float(np.percentile(responses, 95)), float(np.mean([run.throughput for run in runs])))


def beside(guesses: Any, results: dict[str, Observed]) -> str:
    """A table of the results, and the predictions under the rows that they speak of."""
    lines = [f"{'':24}{'p95':>11}{'throughput':>14}"]
    for row, found in results.items():
        lines.append(f"{row:24}{found.p95:9.3f} s{found.throughput:12.2f}/s")
        if part := SPEAKS_OF.get(row):
            p95, throughput = (said.strip()[:40] for said in guesses[part][:2])
            lines.append(f"    your prediction for {part}: p95 {p95}, throughput {throughput}")
    return "\n".join(lines)


@lru_cache(maxsize=16)
def seen(arrival_rate: float, prepare: float, infer: float) -> Observed:
    """What the page shows of one row, computed anew by recursion."""
    work = Work(WORK.prepare / prepare, WORK.infer / infer, WORK.respond)
    responses = [answered(Workload(arrival_rate, SECONDS, work, seed)) for seed in range(1, TIMES + 1)]
    pooled = np.concatenate(responses)
    return Observed(float(np.percentile(pooled, 95)), len(pooled) / TIMES / SECONDS)


def answered(workload: Workload) -> np.ndarray:
    """Response times of those who are answered before the end."""
    requests = list(workload.requests())
    arrived = np.array([request.arrival_time for request in requests])
    work = np.array([(GATEWAY, *request.work) for request in requests]).T
    times = arrived
    for seconds, servers in zip(work, SERVERS):
        times = served(times + HOP, seconds, servers)
    done = times + HOP
    return (done - arrived)[done < workload.duration]


def served(arrived: np.ndarray, seconds: np.ndarray, servers: int) -> np.ndarray:
    """When each is done at servers that share a queue."""
    free, done = [0.0] * servers, np.empty(len(arrived))
    heapify(free)
    for place in np.argsort(arrived, kind="stable"):
        done[place] = max(free[0], arrived[place]) + seconds[place]
        heapreplace(free, done[place])
    return done


def targets(case: dict[str, Any]) -> list[float]:
    """Numbers read in the table: seconds, milliseconds, and requests a second where they are not those offered."""
    rows = [(row[0], seen(*row)) for row in case["rows"]]
    below = [found.throughput for arrival_rate, found in rows if found.throughput < 0.97 * arrival_rate]
    return [*(number for _, found in rows for number in (found.p95, 1000 * found.p95)), *below]


message = maker("P", "The two cells above the run in exercise 7P.")
COMPLAINTS = {
    "blank": message("W1", "A full prediction", "no prediction, or one with gaps.",
                     "For each of the three lines: where both measures go, how sure you are, and a reason.",
                     "Those who commit to a guess see more in the result, also when the guess is wrong."),
    "alike": message("W5", "A reason for each", "the same reason more than once.",
                     "Each of the three lines has a reason of its own.",
                     "A faster step means something else where a queue is, and where there is none."),
    "unquoted": message("W4", "The number you saw", "a text without a number from the table.",
                        "A sentence with a time or a throughput from the table, within 2 %.",
                        "To correct a belief, put the guess and the number side by side."),
}
CASE = {"rows": [list(row) for row in ROWS.values()]}
EXERCISES = (Prediction("7P", QUESTION, PARTS, CASE, targets, observe, beside, COMPLAINTS),)
