"""Exercise 1P: how response times grow with utilisation, predicted before the run."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import isinf
from typing import Any, NamedTuple

import numpy as np

from .. import data
from ..workload import Work, Workload
from . import oracle, predictions, probe
from .answers import failed, paired, quoted, words
from .exercise import Message, Outcome, Report, verdict

UTILISATIONS = (0.5, 0.8, 0.95)
DURATION, TIMES = 1000, 10              # as on the page
MEASURES = ("mean", "p99")
BANDS = {"A": "less than 1.5 times", "B": "1.5 to 3 times", "C": "3 to 6 times", "D": "6 to 12 times",
         "E": "more than 12 times"}
QUESTION = ("How do the mean and the p99 of the response time grow, as a multiple of their values at 50 %? "
            "why you think so, in five words or more")
FEWEST_WORDS = 5
ACCURACY = 0.02
WHERE = "The two cells above the run in exercise 1P."


class Observed(NamedTuple):
    """Seconds: the mean over the runs of the mean response time, and the p99 of all their requests together."""

    mean: float
    p99: float


@dataclass(frozen=True)
class Predict:
    """A band for each measure and utilisation, a confidence, a reason; after the run a sentence about the result."""

    id: str = "1P"
    points: float = 2.0
    hidden: int = 0

    def cases(self, variant: int) -> list[Any]:
        return [{"utilisations": list(UTILISATIONS), "duration": DURATION, "times": TIMES}]

    def ask(self, answer: Any, case: Any) -> Any:
        return {"record": predictions.recall(self.id), "reconcile": probe.value(answer)}

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        case, answer = paired(cases, raw)[0]
        answer = answer if isinstance(answer, dict) else {}
        complaints = committed(answer.get("record")), reconciled(answer.get("reconcile"), case)
        return verdict(self.id, self.points, [Outcome(1.0, float(complaint is None), complaint)
                                              for complaint in complaints])

    def problems(self, guesses: Any) -> list[Message]:
        """What keeps a prediction from being complete."""
        return problems(guesses)

    def observe(self, run_at: Callable[[float], list[Any]]) -> list[Observed]:
        """What the runs on the page show, for each utilisation."""
        return [observed([run.response_times for run in run_at(utilisation)]) for utilisation in UTILISATIONS]

    def beside(self, guesses: Any, observed: list[Observed]) -> str:
        """A table of prediction and result."""
        lines = [f"{'busy':>5}  {'measure':7}  {'observed':>9}  {'multiple':>8}  your prediction"]
        for place, utilisation in enumerate(UTILISATIONS):
            for measure in MEASURES:
                seconds, half = getattr(observed[place], measure), getattr(observed[0], measure)
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


def committed(record: Any) -> Message | None:
    """What is wrong with the record of a prediction."""
    if not isinstance(record, dict):
        return BLANK
    guesses = record.get("guesses")
    if complaints := problems(record.get("latest") if guesses is None else guesses):
        return complaints[0]
    if record.get("latest") != guesses:
        return CHANGED
    predicted, ran = record.get("predicted_at"), record.get("ran_at")
    in_order = isinstance(predicted, int) and isinstance(ran, int) and 0 < predicted < ran
    return None if in_order else UNSEEN


def problems(guesses: Any) -> list[Message]:
    """What keeps a prediction from being complete."""
    parts: list[Any] = [guesses.get(measure) for measure in MEASURES] if isinstance(guesses, dict) else []
    if not parts or not all(map(complete, parts)):
        return [BLANK]
    reasons = [simplified(part[3]) for part in parts]
    found = [THIN] if any(words(reason) < FEWEST_WORDS or reason in simplified(QUESTION) for reason in reasons) else []
    return found + [SAME] * (len(set(reasons)) < len(reasons))


def complete(part: Any) -> bool:
    """Two bands in letters or words, a confidence from 1 to 4, and a text."""
    if not isinstance(part, list) or len(part) != 4:
        return False
    *bands, confidence, reason = part
    return (all(isinstance(text, str) and text.strip(" ?.-_") for text in (*bands, reason))
            and not isinstance(confidence, bool) and confidence in (1, 2, 3, 4))


def simplified(text: str) -> str:
    """A text without the differences that do not count."""
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text.casefold()).split())


def reconciled(text: Any, case: dict[str, Any]) -> Message | None:
    """What is wrong with the sentence after the run."""
    if not isinstance(text, str) or not text.strip():
        return failed("1P", {"error": "Blank"}, WHERE)
    wanted = targets(case)
    read = [number for readings in quoted(text) for number in readings if not isinf(number)]
    near = any(abs(number - target) <= ACCURACY * target for number in read for target in wanted)
    if near and words(text) >= FEWEST_WORDS:
        return None
    return UNQUOTED._replace(got="a text with numbers, and none of them is from the table."
                             if quoted(text) and not near else UNQUOTED.got)


def message(code: str, title: str, got: str, expected: str, why_it_matters: str) -> Message:
    """A message of this exercise."""
    return Message(f"P-{code}", title, got, expected, why_it_matters, WHERE)


BLANK = message("W1", "A full prediction", "no prediction, or one with gaps.",
                "For mean and p99: a band at both loads, a confidence from 1 to 4, and a reason.",
                "Those who commit to a guess see more in the result, also when the guess is wrong.")
CHANGED = message("W2", "The prediction came first", "a prediction that was changed after the run.",
                  "What is stored last is what was stored before the run.",
                  "A right guess afterwards shows nothing. A wrong one before it earns the point: put yours back.")
UNSEEN = message("W2", "The prediction came first", "a prediction without a run after it.",
                 "The cell with the prediction is run first, then the cell with the run.",
                 "The two are worth a point together: a guess is only a guess until it meets a result.")
THIN = message("W3", "A reason of your own", "a reason that is very short, or repeats the question.",
               "Five words or more that say what makes the time grow.",
               "The reason is what you compare with the result. Without one there is nothing to correct.")
SAME = message("W5", "A reason for each measure", "the same reason for mean and p99.",
               "Each measure has a reason of its own.",
               "The mean speaks of all users and the p99 of the unlucky ones. What moves one need not move the other.")
UNQUOTED = message("W4", "The number you saw", "a text without a number from the table.",
                   "A sentence with a value or multiple at one of the two higher loads, within 2 %.",
                   "To correct a belief, put the guess and the number side by side.")
EXERCISES = (Predict(),)
