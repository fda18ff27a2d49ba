"""Exercise 4P: how wrong three answers to one question are, when some events are late and when none is."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from ..laws import Sometimes, UniformLaw
from ..patterns.lambda_architecture import LambdaArchitecture
from ..run import Interval, interval
from ..workload import Work, Workload
from .commitment import Prediction
from .exercise import maker

PARTS = ("late", "prompt")                  # some events are late, or none is
VIEWS = ("batch", "speed", "merged")
HOUR, DAY = 3_600, 86_400                   # seconds
INTERVAL, RUNTIME, PATIENCE = 6 * HOUR, HOUR, HOUR      # of the batch layer; how late the speed layer takes an event
WAY = Sometimes(0.03, UniformLaw(0, 12 * HOUR))         # of late events to the log
RATE, WORK, DURATION, TIMES = 0.05, Work(0, 0.01, 0), 3 * DAY, 10       # as on the page
ASKED = range(DAY, DURATION, 600)           # when the question is asked: how many events in the last 24 hours?
QUESTION = ("How wrong are the batch view alone, the speed view alone and both merged? Rank them and guess the errors, "
            "for late and for prompt events: why you think so, in five words or more")


class Errors(NamedTuple):
    """The mean distance from the truth, in percent, over all runs."""

    batch: Interval
    speed: Interval
    merged: Interval


def observe(run_at: Callable[..., list[Any]]) -> dict[str, Errors]:
    """What the answers on the page show of both parts."""
    return {part: errors([[answers.error(view) for view in VIEWS] for answers in run_at(part)]) for part in PARTS}


def errors(rows: list[list[float]]) -> Errors:
    """The errors of the three views over several runs."""
    return Errors(*(interval(column) for column in zip(*rows)))


def beside(guesses: Any, results: dict[str, Errors]) -> str:
    """A table of the results, and under each row the prediction."""
    lines = [f"{'events':10}{'batch only':>18}{'speed only':>18}{'merged':>18}"]
    for part, found in results.items():
        lines.append(f"{part:10}" + "".join(f"{shown(error):>16} %" for error in found))
        order, sizes = (said.strip()[:40] for said in guesses[part][:2])
        lines.append(f"    your prediction for {part}: from best to worst {order}; errors {sizes}")
    return "\n".join([*lines, f"95 % intervals of the mean error over {results[PARTS[0]].merged.n} traces"])


def shown(found: Interval) -> str:
    """A mean and how far its interval reaches."""
    return f"{found.mean:.2f} ± {found.high - found.mean:.2f}"


@lru_cache(maxsize=4)
def seen(part: str, rate: float, duration: float, times: int) -> Errors:
    """What the page shows of one part, counted anew without a simulation."""
    return errors([again(part, Workload(rate, duration, WORK, seed)) for seed in range(1, times + 1)])


def again(part: str, workload: Workload) -> list[float]:
    """The errors of one trace; the workers of the speed layer are taken to be free whenever an event comes."""
    events = list(workload.requests())
    happened, work = (np.array(column) for column in zip(*((event.arrival_time, event.work.infer) for event in events)))
    way = np.array([WAY.quantile(event.chance("way")) if part == "late" else 0.0 for event in events])
    logged = happened + way
    taken = np.where(way <= PATIENCE, logged + LambdaArchitecture().append_time + work, np.inf)
    rows = []
    for now in ASKED:
        recent = (happened > now - DAY) & (happened <= now)
        batch = recent & (logged < (now - RUNTIME) // INTERVAL * INTERVAL)      # the cut of the last run that is over
        speed = recent & (taken <= now)
        rows.append([1 - view.sum() / recent.sum() for view in (batch, speed, batch | speed)])
    return [float(error) for error in 100 * np.mean(rows, axis=0)]


def targets(case: dict[str, Any]) -> list[float]:
    """Errors in percent that a learner can have read in the table."""
    rows = [seen(part, case["rate"], case["duration"], case["times"]) for part in PARTS]
    return [number for row in rows for error in row for number in {error.mean, round(error.mean, 2)}]


message = maker("P", "The two cells above the run in exercise 4P.")
COMPLAINTS = {
    "blank": message("W1", "A full prediction", "no prediction, or one with gaps.",
                     "For late and for prompt events: the order, three errors, how sure you are, and a reason.",
                     "Those who commit to a guess see more in the result, also when the guess is wrong."),
    "alike": message("W5", "A reason for each", "the same reason with late events and without.",
                     "Each of the two has a reason of its own.",
                     "Ask of each view which events it does not know yet, and which it will never know."),
    "unquoted": message("W4", "The number you saw", "a text without a number from the table.",
                        "A sentence with an error from the table, within 2 %.",
                        "To correct a belief, put the guess and the number side by side."),
}
CASE = {"rate": RATE, "duration": DURATION, "times": TIMES}
EXERCISES = (Prediction("4P", QUESTION, PARTS, CASE, targets, observe, beside, COMPLAINTS),)
