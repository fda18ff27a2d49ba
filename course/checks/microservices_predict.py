"""Exercise 2P: what ten servers lose and win when they are split between two kinds of requests."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from ..workload import Deterministic, Mixed, Work, Workload
from . import oracle
from .commitment import Prediction
from .exercise import maker

KINDS = ("A", "B")
SERVERS = 10                            # shared, or half of them for each kind
MEASURES = ("mean", "p99")
# For each mix of jobs: requests per second and seconds of work, of kind A and of kind B.
MIXES = {"equal": ((190, 0.020), (190, 0.020)), "unequal": ((190, 0.020), (10, 0.300))}
DURATION, TIMES = 40, 10                # as on the page
QUESTION = ("What does the split do to the mean and the p99 of kind A: up, down, or the same? Guess for two mixes: "
            "why you think so, in five words or more")


class Observed(NamedTuple):
    """Milliseconds for requests of kind A: the mean over the runs of the mean, and the p99 of all runs together."""

    mean: float
    p99: float


def observe(run_at: Callable[..., list[Any]]) -> dict[str, list[Observed]]:
    """What the runs on the page show of each mix, shared and split."""
    results = {}
    for mix in MIXES:
        shared, split = run_at(mix)
        first = [np.array([request.kind == KINDS[0] for request in run.workload.requests()]) for run in shared]
        results[mix] = [observed([of_kind(run, mine) for run, mine in zip(runs, first)]) for runs in (shared, split)]
    return results


def of_kind(run: Any, mine: np.ndarray) -> np.ndarray:
    """Response times of the completed requests that are `mine`."""
    done = (run.outcomes == 0) & mine
    return run.departure_times[done] - run.arrival_times[done]


def observed(responses: list[np.ndarray]) -> Observed:
    """The two measures over several runs."""
    return Observed(1000 * float(np.mean([np.mean(times) for times in responses])),
                    1000 * float(np.percentile(np.concatenate(responses), 99)))


def beside(guesses: Any, results: dict[str, list[Observed]]) -> str:
    """A table of prediction and result."""
    lines = [f"{'jobs':8}  {'measure':7}  {'shared':>8}  {'split':>8}  {'change':>7}  your prediction"]
    for mix, pair in results.items():
        for place, measure in enumerate(MEASURES):
            shared, split = (getattr(one, measure) for one in pair)
            lines.append(f"{mix:8}  {measure:7}  {shared:5.1f} ms  {split:5.1f} ms  {split / shared - 1:+7.1%}  "
                         f"{guesses[mix][place].strip()[:40]}")
    return "\n".join(lines)


@lru_cache(maxsize=4)
def seen(mix: tuple[tuple[float, float], ...], duration: float, times: int) -> list[Observed]:
    """What the page shows of one mix, computed anew by recursion: shared, then split."""
    shared, split = [], []
    for seed in range(1, times + 1):
        requests = list(workload_of(mix, duration, seed).requests())
        arrivals, mine = np.array([one.arrival_time for one in requests]), [one.kind == KINDS[0] for one in requests]
        work = np.array([sum(one.work) for one in requests])
        together = np.array(oracle.response_times(arrivals.tolist(), work.tolist(), [(0, SERVERS)]))[mine]
        arrivals, work = arrivals[mine], work[mine]
        apart = np.array(oracle.response_times(arrivals.tolist(), work.tolist(), [(0, SERVERS // 2)]))
        shared.append(together[arrivals + together < duration])
        split.append(apart[arrivals + apart < duration])
    return [observed(shared), observed(split)]


def workload_of(mix: tuple[tuple[float, float], ...], duration: float, seed: int) -> Mixed:
    """The requests of both kinds; every job of a kind takes the same time."""
    return Mixed(tuple(Workload(rate, duration, Work(0, work, 0), seed, distribution=Deterministic(), kind=kind)
                       for kind, (rate, work) in zip(KINDS, mix)))


def targets(case: dict[str, Any]) -> list[float]:
    """Numbers that a learner can have read in the table: milliseconds, seconds, changes in percent."""
    found = []
    for mix in case["mixes"]:
        shared, split = seen(tuple(map(tuple, mix)), case["duration"], case["times"])
        found += [*shared, *split, *(value / 1000 for value in (*shared, *split))]
        found += [abs(100 * (after / before - 1)) for before, after in zip(shared, split)]
    return found


message = maker("P", "The two cells above the run in exercise 2P.")
COMPLAINTS = {
    "blank": message("W1", "A full prediction", "no prediction, or one with gaps.",
                     "For equal and unequal jobs: where mean and p99 go, a confidence from 1 to 4, and a reason.",
                     "Those who commit to a guess see more in the result, also when the guess is wrong."),
    "alike": message("W5", "A reason for each mix", "the same reason for equal and unequal jobs.",
                     "Each mix of jobs has a reason of its own.",
                     "The servers are the same and the jobs are not. Ask what long jobs do to the short ones behind "
                     "them."),
    "unquoted": message("W4", "The number you saw", "a text without a number from the table.",
                        "A sentence with a time or a change from the table, within 2 %.",
                        "To correct a belief, put the guess and the number side by side."),
}
CASE = {"mixes": [[list(part) for part in mix] for mix in MIXES.values()], "duration": DURATION, "times": TIMES}
EXERCISES = (Prediction("2P", QUESTION, tuple(MIXES), CASE, targets, observe, beside, COMPLAINTS),)
