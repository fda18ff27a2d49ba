"""What the bank of an exercise holds, and how an answer is graded: ask on hidden cases, then judge."""

import contextlib
import io
import os
import tempfile
from collections.abc import Callable
from typing import Any, NamedTuple

from course.asking import ask
from course.checks import EXERCISES, predict, reveal


class Bank(NamedTuple):
    """Answers to one exercise, right and wrong; each module of the bank ends in one."""

    item: str
    right: Any                              # gets all points: a function, a tuple of functions, a value or Steps
    ways: int                               # wrong ways on the list, each with its message: W1 to W<ways>
    wrong: tuple[tuple[str, Any], ...]      # the message that it must get, and the answer
    accepted: tuple[tuple[str, Any], ...]   # the name of the way, and an answer with all points on every variant
    path: tuple[Any, ...]                   # from blank to right, with points that never fall
    sets: int                               # sets of hidden cases that all variants share; 0: tested elsewhere, or none
    hard_coded: tuple[Any, ...] = ()        # at most a fifth of the points
    survivors: frozenset[str] = frozenset()     # mutants that change nothing which a caller can see
    secrets: tuple[str, ...] = ()           # what no message may say
    numbers: Callable[[], list[float]] = list   # secret numbers besides those of the right answers

    @property
    def functions(self) -> tuple[Callable, ...]:
        """The functions of the right answer, which mutants are made of."""
        parts = self.right if isinstance(self.right, tuple) else (self.right,)
        return parts if all(map(callable, parts)) else ()


class Steps(NamedTuple):
    """A learner's way through a prediction: guess, run, perhaps guess again, and look back."""

    item: str
    guesses: Any = None
    run_at: Any = None      # the experiment of the page; without it there is no run
    text: Any = None
    afterwards: Any = None

    def take(self) -> Any:
        """Take the steps, and give the text for the check."""
        if self.guesses is not None:
            predict(self.item, self.guesses)
        if self.run_at is not None:
            reveal(self.item, self.run_at)
        if self.afterwards is not None:
            predict(self.item, self.afterwards)
        return self.text


def graded(item, answer, variant=1):
    """The report on an answer; variant 0 is what the learner sees."""
    if isinstance(answer, Steps):
        return stepped(item, answer, variant)
    exercise = EXERCISES[item]
    cases = exercise.cases(variant)
    return exercise.judge(cases, ask(item, answer, cases))


def stepped(item, steps, variant):
    """The report after some steps that were taken in an empty folder."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                text = steps.take()
            return graded(item, text, variant)
        finally:
            os.chdir(before)


def codes(report):
    """The codes of a report's messages."""
    return [message.code for message in report.messages]
