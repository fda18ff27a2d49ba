"""What a student reads: one page for each lesson, and the same as JSON."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .classroom import UNKNOWN, write_whole
from .pages import bullets, document, heading, named_rows, paragraph, plain, table
from .verdict import Mark, Verdict, settled

OF_THE_EXCHANGE = ("timestamp.txt", "submission_secret.txt")     # nbgrader's release_feedback reads them there
ROWS = (("Check", "check"), ("You got", "got"), ("Expected property", "expected"), ("Why it matters", "why"),
        ("Where to look", "where"))
WAITS = "A person reads this."
READ = "A person has read this."
ADVICE = (
    "Open the notebook that you handed in. If it opens, choose 'Restart Kernel and Run All Cells', save it, and hand "
    "in that .ipynb file again.",
    "If it does not open, or if you handed in another file: take a fresh copy of the lesson, put your answers in its "
    "answer cells, save it, and hand it in.",
    "Hand in one notebook for each lesson. If this page comes again, show it to your teacher.",
)


def scored(verdict: Verdict, scores: Mapping[str, float]) -> Verdict:
    """The verdict with the points that a person gave, by item."""
    marks = tuple(mark._replace(points=scores.get(mark.item, mark.points)) for mark in verdict.marks)
    return verdict._replace(marks=marks, state="error" if verdict.state == "error" else settled(marks))


def shown_state(verdict: Verdict) -> str:
    """The state as it is shown: "graded, repaired"."""
    return f"{verdict.state}, repaired" if verdict.repairs else verdict.state


def content(verdict: Verdict, scores: Mapping[str, float] | None = None) -> dict[str, Any]:
    """All that the page says, as plain JSON values.

    student, lesson: what was graded. state: "graded", "needs manual" or "error", with ", repaired" behind it
    where something was. points: the sum, null for an error or while a person has to read something; most: what there
    was to earn. summary: both in a sentence. problem, advice: for an error, what is wrong and what to do. repairs,
    notes: sentences. items: for each graded cell item, points (null while it waits), most, passed and total (checks),
    remark, and messages, each with code, check, got, expected, why and where.
    """
    verdict = scored(verdict, scores or {})
    return {
        "student": plain(verdict.student), "lesson": plain(verdict.lesson or "unknown lesson"),
        "state": shown_state(verdict), "points": verdict.points, "most": verdict.most, "summary": summary(verdict),
        "problem": plain(verdict.problem), "advice": list(ADVICE) if verdict.state == "error" else [],
        "repairs": [plain(sentence) for sentence in verdict.repairs],
        "notes": [plain(sentence) for sentence in verdict.notes],
        "items": [item_content(mark) for mark in verdict.marks],
    }


def item_content(mark: Mark) -> dict[str, Any]:
    """What there is to say about one graded cell."""
    messages = [{"code": message.code, "check": message.title, "got": message.got, "expected": message.expected,
                 "why": message.why, "where": message.where} for message in mark.messages]
    return {"item": plain(mark.item), "points": mark.points, "most": mark.most, "passed": mark.passed,
            "total": mark.total, "remark": remark(mark),
            "messages": [{name: plain(text) for name, text in message.items()} for message in messages]}


def remark(mark: Mark) -> str:
    """The sentence beside the points."""
    if mark.points is None:
        return WAITS
    checks = f"{mark.passed} of {mark.total} check{'s' * (mark.total != 1)} passed." if mark.total else ""
    return plain(f"{checks} {mark.note}".strip() or READ)


def summary(verdict: Verdict) -> str:
    """The points in a sentence."""
    if verdict.state == "error":
        return "This submission could not be graded. That is not a zero: there is no mark yet."
    waiting = sum(mark.most for mark in verdict.marks if mark.points is None)
    if waiting:
        return f"{verdict.earned:g} of {verdict.most - waiting:g} points so far; {waiting:g} more wait for a person."
    return f"{verdict.points:g} of {verdict.most:g} points."


def page(verdict: Verdict, scores: Mapping[str, float] | None = None) -> str:
    """The page of one student and lesson; `scores` are points that a person gave, by item."""
    found = content(verdict, scores)
    return document(f"Feedback on {found['lesson']} for {found['student']}", parts(found))


def parts(found: Mapping[str, Any]) -> Iterator[str]:
    """The page from top to bottom."""
    yield heading(1, f"Feedback on {found['lesson']}")
    yield paragraph(f"For {found['student']}. State: {found['state']}.")
    yield paragraph(found["summary"], "state error" if found["advice"] else "state")
    if found["advice"]:
        yield from (heading(2, "What is wrong"), paragraph(found["problem"]))
        yield from (heading(2, "What to do"), bullets(found["advice"], "ol"))
    elif found["items"]:
        yield from (heading(2, "Points"), points_table(found))
    if found["repairs"]:
        yield from (heading(2, "What was repaired, and why"), bullets(found["repairs"]))
    if found["notes"]:
        yield from (heading(2, "Notes"), bullets(found["notes"]))
    yield from explained(found["items"])


def points_table(found: Mapping[str, Any]) -> str:
    """A row for each graded cell, with the sum below."""
    rows = [(item["item"], shown(item["points"], item["most"]), item["remark"]) for item in found["items"]]
    total = ("Total", shown(found["points"], found["most"]), "")
    return table("Points by exercise", ("Exercise", "Points", "Remark"), rows, total)


def shown(points: float | None, most: float) -> str:
    """Points as a table shows them."""
    return f"waits, of {most:g}" if points is None else f"{points:g} of {most:g}"


def explained(items: list[dict[str, Any]]) -> Iterator[str]:
    """The messages, below the item that they belong to."""
    told = [item for item in items if item["messages"]]
    if told:
        yield heading(2, "What to look at")
    for item in told:
        yield heading(3, f"Exercise {item['item']}")
        for message in item["messages"]:
            yield named_rows(f"Message {message['code']}", [(name, message[key]) for name, key in ROWS])


def write(folder: Path, verdict: Verdict, scores: Mapping[str, float] | None = None) -> Path:
    """Write STUDENT/LESSON/LESSON.html below `folder`, and beside it the same as JSON; return the page's path."""
    lesson = verdict.lesson or UNKNOWN
    path = folder / verdict.student / lesson / f"{lesson}.html"
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"'{verdict.student}' and '{lesson}' are not names that a folder can have; rename them.")
    write_whole(path.with_suffix(".json"), json.dumps(content(verdict, scores), indent=1) + "\n")
    write_whole(path, page(verdict, scores))
    submitted = folder.with_name("submitted") / verdict.student / lesson
    for name in filter(lambda name: (submitted / name).is_file(), OF_THE_EXCHANGE):
        write_whole(path.with_name(name), (submitted / name).read_bytes())
    return path
