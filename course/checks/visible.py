"""What a learner is told of an answer, by the checks that everybody can see."""

from typing import Any

from ..asking import ask
from .catalogue import EXERCISES
from .exercise import Exercise, Report


def check(item: str, answer: Any) -> float | None:
    """Print what the sanity checks of an exercise find in `answer`; return the points they give, None in practice."""
    exercise = EXERCISES[item]
    cases = exercise.cases(0)
    report = exercise.judge(cases, ask(item, answer, cases))
    print(report)
    print(f"\n{closing(exercise, report)}")
    return report.points if exercise.points else None


def closing(exercise: Exercise, report: Report) -> str:
    """The last lines under a report on the visible checks."""
    if report.passed < report.total:
        return "Change your answer where the message points, run its cell, then run this one again."
    if not exercise.hidden:
        return f"Sanity checks passed ({report.passed} of {report.total} checks)"
    return (f"Sanity checks passed ({report.passed} of {report.total + exercise.hidden} checks; "
            "the rest run after you submit)\nThey catch careless mistakes and do not confirm that an answer is right.")
