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
    """Store a prediction as it is: the judge finds what is missing."""
    plain = probe.value(guesses)
    predictions.note_prediction(item, plain, plain)
    print("Your prediction is stored.")


def reveal(item: str) -> None:
    """Store that the run comes here, without making it."""
    if record := predictions.uncovered(item):
        predictions.note_run(item, record)
    print("The run is left out while answers are graded." if record else predictions.COVERED)
