"""Exercise 1P: how response times grow with utilisation, predicted before the run."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from .. import data
from ..workload import Work, Workload
from . import oracle
from .commitment import Prediction
from .exercise import maker

UTILISATIONS = (0.5, 0.8, 0.95)
DURATION, TIMES = 1000, 10              # as on the page
MEASURES = ("mean", "p99")
BANDS = {"A": "less than 1.5 times", "B": "1.5 to 3 times", "C": "3 to 6 times", "D": "6 to 12 times",
         "E": "more than 12 times"}
QUESTION = ("How do the mean and the p99 of the response time grow, as a multiple of their values at 50 %? "
            "why you think so, in five words or more")


class Observed(NamedTuple):
    """Seconds: the mean over the runs of the mean response time, and the p99 of all their requests together."""

    mean: float
    p99: float


def observe(run_at: Callable[..., list[Any]]) -> list[Observed]:
    """What the runs on the page show, for each utilisation."""
    return [observed([run.response_times for run in run_at(utilisation)]) for utilisation in UTILISATIONS]


def beside(guesses: Any, results: list[Observed]) -> str:
    """A table of prediction and result."""
    lines = [f"{'busy':>5}  {'measure':7}  {'observed':>9}  {'multiple':>8}  your prediction"]
    for place, utilisation in enumerate(UTILISATIONS):
        for measure in MEASURES:
            seconds, half = getattr(results[place], measure), getattr(results[0], measure)
            said = band(guesses[measure][place - 1]) if place else ""
            line = f"{utilisation:5.0%}  {measure:7}  {seconds:7.3f} s  {seconds / half:8.2f}  {said}"
            lines.append(line.rstrip())
    return "\n".join(lines)


def band(said: str) -> str:
    """What a letter stands for; other words as they are."""
    letter = said.strip().upper()
    return f"{letter}: {BANDS[letter]}" if letter in BANDS else said.strip()[:40]


def observed(responses: list[np.ndarray]) -> Observed:
    """The two measures over several runs."""
    return Observed(float(np.mean([np.mean(times) for times in responses])),
                    float(np.percentile(np.concatenate(responses), 99)))


@lru_cache(maxsize=8)
def seen(utilisation: float, duration: float, times: int) -> Observed:
    """What the page shows, computed anew by recursion."""
    seconds = sum(data.work("image_classifier"))
    runs = []
    for seed in range(1, times + 1):
        requests = list(Workload(utilisation / seconds, duration, Work(0, seconds, 0), seed).requests())
        arrivals = [request.arrival_time for request in requests]
        responses = oracle.response_times(arrivals, [sum(request.work) for request in requests], [(0, 1)])
        done = np.add(arrivals, responses) < duration
        runs.append(np.array(responses)[done])
    return observed(runs)


def targets(case: dict[str, Any]) -> list[float]:
    """Numbers that a learner can have read in the table: seconds, milliseconds, multiples."""
    half, *busier = [seen(one, case["duration"], case["times"]) for one in case["utilisations"]]
    seconds = [value for one in busier for value in one]
    multiples = [value / base for one in busier for value, base in zip(one, half)]
    return [*seconds, *(1000 * value for value in seconds), *multiples]


message = maker("P", "The two cells above the run in exercise 1P.")
COMPLAINTS = {
    "blank": message("W1", "A full prediction", "no prediction, or one with gaps.",
                     "For mean and p99: a band at both loads, a confidence from 1 to 4, and a reason.",
                     "Those who commit to a guess see more in the result, also when the guess is wrong."),
    "alike": message("W5", "A reason for each measure", "the same reason for mean and p99.",
                     "Each measure has a reason of its own.",
                     "The mean speaks of all users and the p99 of the unlucky ones. What moves one need not move the "
                     "other."),
    "unquoted": message("W4", "The number you saw", "a text without a number from the table.",
                        "A sentence with a value or multiple at one of the two higher loads, within 2 %.",
                        "To correct a belief, put the guess and the number side by side."),
}
CASE = {"utilisations": list(UTILISATIONS), "duration": DURATION, "times": TIMES}
EXERCISES = (Prediction("1P", QUESTION, MEASURES, CASE, targets, observe, beside, COMPLAINTS),)
