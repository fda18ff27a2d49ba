"""Exercise 3P: how long a queue lasts after ten minutes of overload, and what twice the consumers change then."""

from collections.abc import Callable
from functools import lru_cache
from heapq import heapify, heapreplace
from typing import Any, NamedTuple

import numpy as np

from ..patterns.event_driven import EventDriven
from ..run import Interval, interval
from ..workload import Deterministic, Diurnal, Work, Workload
from .commitment import Prediction
from .exercise import maker

PARTS = ("same", "double")                  # what happens to the consumers when the overload is over
CONSUMERS, WORK = 5, 0.5                    # seconds for each event: ten events a second
OVERLOAD, ON_THE_WAY = 600, EventDriven().publish_time      # seconds
RATES, DURATION, TIMES = (12, 9, 9, 9), 2400, 10    # as on the page; each rate lasts as long as the overload
QUESTION = ("After the overload, how long until the queue is empty, and how late is the last event that came during "
            "the overload? Guess for as many consumers as before and for twice as many: why you think so, in five "
            "words or more")


class Observed(NamedTuple):
    """Over all runs: the most events that waited, minutes until none does, seconds that the last one was late."""

    waiting: Interval
    drained: Interval
    late: Interval


class Seen(NamedTuple):
    """One run: when each event came to the consumers and began, and how late the last one of the overload was."""

    came: np.ndarray
    began: np.ndarray
    late: float


def observe(run_at: Callable[..., list[Any]]) -> dict[str, Observed]:
    """What the runs on the page show of both parts."""
    return {part: summed([seen_in(run) for run in run_at(part)]) for part in PARTS}


def seen_in(run: Any) -> Seen:
    """What a run on the page shows; an event that waits at its end begins never."""
    jobs, last = run.jobs["consumers"], np.searchsorted(run.arrival_times, OVERLOAD) - 1
    late = run.departure_times[last] - run.arrival_times[last]
    return Seen(jobs.arrived, np.nan_to_num(jobs.started, nan=np.inf), float(late))


def summed(seen: list[Seen]) -> Observed:
    """The three measures over several runs."""
    return Observed(interval([most_waiting(one) for one in seen]), interval([drained(one) for one in seen]),
                    interval([one.late for one in seen]))


def most_waiting(seen: Seen) -> float:
    """The most events that waited at once: those that had come less those that had begun, whenever one came."""
    come = np.arange(1, len(seen.came) + 1)
    return float(np.max(come - np.searchsorted(seen.began, seen.came, side="right")))


def drained(seen: Seen) -> float:
    """Minutes from the end of the overload until the queue is empty for the first time, or else the run ends."""
    emptied = seen.began[:-1][(seen.began[:-1] >= OVERLOAD) & (seen.came[1:] >= seen.began[:-1])]
    return float(np.append(emptied, seen.came[-1])[0] - OVERLOAD) / 60


def beside(guesses: Any, results: dict[str, Observed]) -> str:
    """A table of the results, and under each row the prediction."""
    lines = [f"{'consumers':10}{'most waiting':>15}{'empty after':>18}{'last event late':>19}"]
    for part, found in results.items():
        lines.append(f"{part:10}{shown(found.waiting, 0):>15}{shown(found.drained, 2):>14} min"
                     f"{shown(found.late, 1):>17} s")
        empty, late = (said.strip()[:40] for said in guesses[part][:2])
        lines.append(f"    your prediction for {part}: empty after {empty}, last event late by {late}")
    return "\n".join([*lines, f"95 % intervals of the mean over {results[PARTS[0]].late.n} traces"])


def shown(found: Interval, digits: int) -> str:
    """A mean and how far its interval reaches."""
    return f"{found.mean:.{digits}f} ± {found.high - found.mean:.{digits}f}"


@lru_cache(maxsize=4)
def seen(part: str, rates: tuple[float, ...], duration: float, times: int) -> Observed:
    """What the page shows of one part, computed anew by recursion."""
    return summed([again(part, workload_of(rates, duration, seed)) for seed in range(1, times + 1)])


def workload_of(rates: tuple[float, ...], duration: float, seed: int) -> Workload:
    """The events of one run."""
    return Workload(sum(rates) / len(rates), duration, Work(0, WORK, 0), seed, Diurnal(rates, duration),
                    Deterministic())


def again(part: str, workload: Workload) -> Seen:
    """One run: each event goes to the consumer that is free first; the second half is free from the overload on."""
    free = [0.0] * CONSUMERS + [float(OVERLOAD)] * (CONSUMERS if part == "double" else 0)
    heapify(free)
    published = np.array([event.arrival_time for event in workload.requests()])
    came, began = published + ON_THE_WAY, []
    for moment in came:
        began.append(max(moment, free[0]))
        heapreplace(free, began[-1] + WORK)
    last = np.searchsorted(published, OVERLOAD) - 1
    return Seen(came, np.array(began), float(began[last] + WORK - published[last]))


def targets(case: dict[str, Any]) -> list[float]:
    """Numbers that a learner can have read in the table: events, minutes and seconds."""
    rows = [seen(part, tuple(case["rates"]), case["duration"], case["times"]) for part in PARTS]
    return [number for row in rows
            for number in (row.waiting.mean, row.drained.mean, 60 * row.drained.mean, row.late.mean)]


message = maker("P", "The two cells above the run in exercise 3P.")
COMPLAINTS = {
    "blank": message("W1", "A full prediction", "no prediction, or one with gaps.",
                     "For the same consumers and for twice as many: both times, how sure you are, and a reason.",
                     "Those who commit to a guess see more in the result, also when the guess is wrong."),
    "alike": message("W5", "A reason for each", "the same reason for the same consumers and for twice as many.",
                     "Each of the two has a reason of its own.",
                     "New events still come while the old ones wait. Ask how much of the consumers is left for the "
                     "old ones."),
    "unquoted": message("W4", "The number you saw", "a text without a number from the table.",
                        "A sentence with a number or a time from the table, within 2 %.",
                        "To correct a belief, put the guess and the number side by side."),
}
CASE = {"rates": list(RATES), "duration": DURATION, "times": TIMES}
EXERCISES = (Prediction("3P", QUESTION, PARTS, CASE, targets, observe, beside, COMPLAINTS),)
