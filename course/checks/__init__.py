"""What grades an exercise: `check(item, answer)` asks the learner's answer, judges it, and says what to look at."""

import os
from typing import Any

from .catalogue import EXERCISES
from .exercise import ANSWERS, Exercise, GivenExercise, Report
from .guesses import contrast, looking_back, remember
from .predictions import predict, reveal

__all__ = ["EXERCISES", "check", "contrast", "given", "looking_back", "predict", "remember", "reveal"]


def check(item: str, answer: Any) -> float | None:
    """Print what the sanity checks of an exercise find in `answer`; return the points they give, None in practice."""
    exercise = EXERCISES[item]
    variant = os.environ.get("COURSE_VARIANT", "")
    if variant:
        report_answers(exercise, answer, int(variant))
    cases = exercise.cases(0)
    report = exercise.judge(cases, ask(exercise, answer, cases))
    print(report)
    print(f"\n{closing(exercise, report)}")
    return report.points if exercise.points else None


def ask(exercise: Exercise, answer: Any, cases: list[Any]) -> list[Any]:
    """Raw answers to the cases; after one that ran out of time the others are not tried."""
    raw: list[Any] = []
    for case in cases:
        stopped = raw and isinstance(raw[-1], dict) and raw[-1].get("error") == "OutOfTime"
        raw.append(raw[-1] if stopped else exercise.ask(answer, case))
    return raw


def report_answers(exercise: Exercise, answer: Any, variant: int) -> None:
    """Hand the raw answers to the hidden cases to the grader, who decides in another process."""
    from IPython.display import display

    raw = ask(exercise, answer, exercise.cases(variant))
    display({ANSWERS: {"item": exercise.id, "answers": raw}, "text/plain": ""}, raw=True)


def closing(exercise: Exercise, report: Report) -> str:
    """The last lines under a report on the visible checks."""
    if report.passed < report.total:
        return "Change your answer where the message points, run its cell, then run this one again."
    if not exercise.hidden:
        return f"Sanity checks passed ({report.passed} of {report.total} checks)"
    return ("They catch careless mistakes and do not confirm that an answer is right.\n"
            f"Sanity checks passed ({report.passed} of {report.total + exercise.hidden} checks; "
            "the rest run after you submit)")


def given(item: str) -> Any:
    """What an exercise hands to its reader, such as the table of 1E; raises ValueError when it has nothing to hand."""
    exercise = EXERCISES[item]
    if not isinstance(exercise, GivenExercise):
        raise ValueError(f"exercise {item} hands nothing to its reader")
    return exercise.given()
