"""What an exercise is: cases to ask, and a judge that turns a learner's raw answers into points and messages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isnan
from textwrap import fill
from typing import Any, NamedTuple, Protocol, runtime_checkable

WIDTH = 100
SHOWN = 3       # messages: more at once are not read


class Message(NamedTuple):
    """One thing to learn from an answer; `code` is stable, for statistics over a class."""

    code: str
    title: str
    got: str
    expected: str
    why: str
    where: str

    def __str__(self):
        rows = (("Check", f"{self.title} [{self.code}]"), ("You got", self.got), ("Expected property", self.expected),
                ("Why it matters", self.why), ("Where to look", self.where))
        return "\n".join(fill(text, WIDTH, initial_indent=f"{name + ':':19}", subsequent_indent=" " * 19)
                         for name, text in rows)


def maker(item: str, where: str) -> Callable[..., Message]:
    """A function that makes the messages of one item, which all point to one place."""
    def message(code: str, title: str, got: str, expected: str, why: str) -> Message:
        return Message(f"{item}-{code}", title, got, expected, why, where)

    return message


@dataclass(frozen=True)
class Report:
    """The verdict on one answer: `passed` of `total` checks, and the messages for the others."""

    item: str
    points: float
    most: float
    passed: int
    total: int
    messages: tuple[Message, ...] = ()

    def __str__(self):
        points = f"{self.points:g} of {self.most:g} points, " if self.most else ""
        head = f"{self.item}: {points}{self.passed} of {self.total} checks passed"
        return "\n\n".join([head, *map(str, self.messages[:SHOWN]), *[self.others] * bool(self.others)])

    @property
    def others(self) -> str:
        """How many checks have a message that is given already; nothing where all messages differ, or some wait."""
        count, given = self.total - self.passed - len(self.messages), len(self.messages)
        if count < 1 or not 1 <= given <= SHOWN:
            return ""
        those = "this message" if given == 1 else "one of these messages"
        return f"{count} more {'check has' if count == 1 else 'checks have'} {those}."


class Outcome(NamedTuple):
    """One check: the points it can give, the share that was earned, and what to say when that is not all."""

    points: float
    share: float
    message: Message | None = None


class Exercise(Protocol):
    """What `check` and the grader need of an exercise."""

    @property
    def id(self) -> str:
        """The item, such as 1C."""
        ...

    @property
    def points(self) -> float:
        """The most that the check can give."""
        ...

    @property
    def hidden(self) -> int:
        """How many checks run on hidden cases after submission."""
        ...

    def cases(self, variant: int) -> list[Any]:
        """What is asked, as plain JSON values; variant 0 is what the learner can see."""
        ...

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        """Points and messages: a pure function that accepts raw answers of any form."""
        ...


@runtime_checkable
class PredictedExercise(Protocol):
    """What `predict` and `reveal` need of an exercise besides."""

    def problems(self, guesses: Any) -> list[Message]:
        """What keeps a prediction from being complete."""
        ...

    def observe(self, run_at: Callable[..., list[Any]]) -> Any:
        """What the experiment on the page shows."""
        ...

    def beside(self, guesses: Any, observed: Any) -> str:
        """A table of prediction and result."""
        ...


def verdict(item: str, most: float, outcomes: Sequence[Outcome]) -> Report:
    """The report on all checks of an answer; a message that several checks have is given once."""
    earned = sum(outcome.points * outcome.share for outcome in outcomes)
    messages = {outcome.message.code: outcome.message for outcome in outcomes if outcome.message and outcome.share < 1}
    passed = sum(outcome.share >= 1 for outcome in outcomes)
    return Report(item, award(earned, most), most, passed, len(outcomes), tuple(messages.values()))


def award(points: Any, most: float) -> float:
    """Points as nbgrader reads them: a Python float from 0 to `most`; raises ValueError for not a number."""
    number = float(points)
    if isnan(number):
        raise ValueError("points must be a number, got nan")
    return float(round(min(max(number, 0.0), float(most)), 2))
