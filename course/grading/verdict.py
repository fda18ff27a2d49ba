"""What grading says of one submission: a mark for each graded cell, or the sentence of an error."""

import json
from typing import Any, NamedTuple

from course.checks.exercise import Message


class Mark(NamedTuple):
    """One graded cell; `points` is None while it waits for a person, and `note` says why there was nothing to judge."""

    item: str
    points: float | None
    most: float
    passed: int = 0
    total: int = 0
    messages: tuple[Message, ...] = ()
    note: str = ""


class Verdict(NamedTuple):
    """The marks of one submission; an error has none, and says in `problem` what is wrong and what to do."""

    student: str
    lesson: str
    state: str                      # "graded", "needs manual" or "error"
    marks: tuple[Mark, ...] = ()
    repairs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""
    digest: str = ""                # of what was handed in and of what graded it: the same digest, the same marks

    @property
    def points(self) -> float | None:
        """The sum of all marks; None for an error, and while a mark waits for a person."""
        return self.earned if self.state == "graded" else None

    @property
    def earned(self) -> float:
        """The sum of the marks that are known."""
        return round(sum(mark.points or 0.0 for mark in self.marks), 2)

    @property
    def most(self) -> float:
        """The sum of what the cells can give."""
        return round(sum(mark.most for mark in self.marks), 2)

    def as_json(self) -> str:
        """The same text for the same verdict."""
        marks = [mark._asdict() | {"messages": [message._asdict() for message in mark.messages]} for mark in self.marks]
        return json.dumps(self._asdict() | {"marks": marks}, indent=1, sort_keys=True) + "\n"


def from_json(text: str) -> Verdict:
    """The verdict that `as_json` wrote; raises ValueError for anything else."""
    try:
        fields = json.loads(text)
        return Verdict(**fields | {"marks": tuple(_mark(mark) for mark in fields["marks"]),
                                   "repairs": tuple(fields["repairs"]), "notes": tuple(fields["notes"])})
    except (TypeError, KeyError) as error:
        raise ValueError(f"this is not a verdict ({error})") from error


def _mark(fields: dict[str, Any]) -> Mark:
    return Mark(**fields | {"messages": tuple(Message(**message) for message in fields["messages"])})


def settled(marks: tuple[Mark, ...]) -> str:
    """The state that marks give: "needs manual" as long as one of them waits for a person."""
    return "needs manual" if any(mark.points is None for mark in marks) else "graded"
