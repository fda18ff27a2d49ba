"""In a grader's kernel: cases come from a file, raw answers go out as an output, and nothing is judged."""

import json
import os
from pathlib import Path
from typing import Any

from . import ask, predictions, probe

ANSWERS = "application/vnd.course.answers+json"     # the kind of output that carries raw answers to the grader


def is_graded() -> bool:
    """Whether COURSE_CASES names a file of cases: {item: [case, ...]}."""
    return bool(os.environ.get("COURSE_CASES"))


def check(item: str, answer: Any) -> None:
    """Hand out the raw answers to the cases of an item, once; nothing for an item that is not in the file."""
    from IPython.display import display

    cases = json.loads(Path(os.environ["COURSE_CASES"]).read_text(encoding="utf-8"))
    if item in cases:
        raw = ask(item, answer, cases[item])
        display({ANSWERS: {"item": item, "answers": raw}, "text/plain": ""}, raw=True)


def predict(item: str, guesses: Any) -> None:
    """Store a prediction as it is: the judge finds what is missing, and whether the run was covered then."""
    note(item, {"predicted": probe.value(guesses)})
    print("Your prediction is stored.")


def reveal(item: str) -> None:
    """Store that the run comes here, without making it."""
    note(item, "ran")
    print("The run is left out while answers are graded.")


def note(item: str, step: Any) -> None:
    """Store a step beside what is known of a prediction: the judge follows them all."""
    record = predictions.recall(item) or {}
    predictions.keep(item, record | {"graded": [*record.get("graded", []), step]})
