"""A lesson's script becomes a notebook; what is wrong with it becomes sentences."""

import ast
import hashlib
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import jupytext
from nbformat import NotebookNode, from_dict

FLAGS = {
    "answer": {"grade": False, "solution": True, "locked": False},
    "manual": {"grade": True, "solution": True, "locked": False},
    "check": {"grade": True, "solution": False, "locked": True},
    "practice": {"grade": False, "solution": False, "locked": True},
}
LOCKED = ("check", "practice")
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
SOLUTION = re.compile(rf"^[ \t]*{BEGIN}\n(.*?)^[ \t]*{END}[ \t]*$", re.DOTALL | re.MULTILINE)
FOREIGN = ("HIDDEN TESTS", "AUTOTEST", "MARK SCHEME")
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}


class BuildError(ValueError):
    """The lessons cannot be built as they are; the message says where and what to change."""


class Place(NamedTuple):
    """A cell of a script, as a person would look for it."""

    script: Path
    number: int
    cell: NotebookNode

    def __str__(self):
        first = next(iter(self.cell.source.strip().splitlines()), "empty")
        return f"{'/'.join(self.script.parts[-3:])}, cell {self.number} ({first[:40]})"


def read(script: Path) -> NotebookNode:
    """The script as a notebook that still has its short metadata; raises BuildError."""
    try:
        return jupytext.reads(script.read_text(encoding="utf-8"), fmt="py:percent")
    except Exception as error:
        raise BuildError(f"{script} cannot be read as a percent script ({error}); mend it and build again.") from error


def places(script: Path, notebook: NotebookNode) -> list[Place]:
    """Every cell with its number."""
    return [Place(script, number, cell) for number, cell in enumerate(notebook.cells, start=1)]


def kind(cell: NotebookNode) -> str | None:
    """What the cell is to nbgrader, or None for plain text and code."""
    return next((name for name in FLAGS if name in cell.metadata), None)


def solution(cell: NotebookNode) -> str:
    """The part of the cell that learners do not get: the marked region, or a whole hand-marked answer."""
    marked = "\n".join(SOLUTION.findall(cell.source))
    return marked or (cell.source if kind(cell) == "manual" else "")


def unsolved(cell: NotebookNode) -> str:
    """The part of the cell that learners get."""
    return SOLUTION.sub("", cell.source) if BEGIN in cell.source or kind(cell) != "manual" else ""


def expand(notebook: NotebookNode) -> NotebookNode:
    """The notebook with nbgrader's metadata and with cell ids that depend on the content alone."""
    cells, seen = [], Counter[str]()
    for short in notebook.cells:
        cell = from_dict({**short, "metadata": _long_metadata(short)})
        name = cell.metadata.get("nbgrader", {}).get("grade_id") or _digest(short)
        seen[name] += 1
        cell["id"] = name if seen[name] == 1 else f"{name}-{seen[name]}"
        cells.append(cell)
    return from_dict({"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5})


def _digest(cell: NotebookNode) -> str:
    return "c-" + hashlib.sha1((cell.cell_type + cell.source).encode()).hexdigest()[:8]


def _long_metadata(cell: NotebookNode) -> dict:
    metadata = {key: cell.metadata[key] for key in ("tags",) if key in cell.metadata}
    if name := kind(cell):
        points = {"points": cell.metadata["points"]} if FLAGS[name]["grade"] else {}
        metadata["nbgrader"] = {"grade_id": cell.metadata[name], "schema_version": 3, "task": False,
                                **FLAGS[name], **points}
        metadata["deletable"] = False
        if name in LOCKED:
            metadata["editable"] = False
    return metadata


def problems(script: Path, notebook: NotebookNode) -> list[str]:
    """One sentence for everything that would confuse nbgrader or lose a learner's points."""
    everywhere = places(script, notebook)
    unclear = [f"{place} {fault}." for place in everywhere for fault in _metadata_faults(place.cell)]
    if unclear:
        return unclear
    faults = [f"{place} {fault}." for place in everywhere for fault in _cell_faults(place.cell)]
    return faults + [f"{place} {fault}." for place, fault in _pair_faults(everywhere)]


def _metadata_faults(cell):
    allowed = {*FLAGS, "points", "tags"}
    if "incorrectly_encoded_metadata" in cell.metadata:
        yield f"has metadata that cannot be read ({cell.metadata.incorrectly_encoded_metadata}): write key=\"value\""
        return
    for key in sorted(set(cell.metadata) - allowed - {"lines_to_next_cell", "lines_to_end_of_cell_marker"}):
        yield f"has the unknown metadata {key!r}: use one of {', '.join(sorted(allowed))}"
    if len(roles := [name for name in FLAGS if name in cell.metadata]) > 1:
        yield f"is {' and '.join(roles)} at once: choose one"
    if roles and not re.fullmatch(r"[A-Za-z0-9_-]{1,60}", str(cell.metadata[roles[0]])):
        yield f"has the id {cell.metadata[roles[0]]!r}: use letters, digits and hyphens, in quotes"


def _cell_faults(cell):
    yield from _points_faults(cell)
    yield from _solution_faults(cell)
    if kind(cell) in LOCKED and not _is_one_check(cell):
        yield f"must be exactly one call, check(\"{cell.metadata[kind(cell)]}\", the learner's answer)"
    if kind(cell) in ("answer", *LOCKED) and cell.cell_type != "code":
        yield "must be a code cell: only a manual answer may be text"
    for marker in FOREIGN:
        if marker in cell.source:
            yield f"holds the marker {marker}: hidden cases belong to the exercise's judge, not to the notebook"


def _points_faults(cell):
    points = cell.metadata.get("points")
    graded = kind(cell) in ("check", "manual")
    if graded and (isinstance(points, bool) or not isinstance(points, int | float) or not points > 0):
        yield f"needs points above 0, such as points=4, and has {points!r}"
    if not graded and points is not None:
        yield "has points but nothing marks it: only check and manual cells have points"


def _solution_faults(cell):
    begins, ends, regions = cell.source.count(BEGIN), cell.source.count(END), len(SOLUTION.findall(cell.source))
    if kind(cell) not in ("answer", "manual") and (begins or ends):
        yield "holds a solution but is no answer cell: give it answer=\"...\""
    elif not begins == ends == regions:
        yield f"needs each {BEGIN} closed by one {END}, each on a line of its own"
    elif kind(cell) == "answer" and not regions:
        yield f"is an answer without a solution: put it between {BEGIN} and {END}"


def _is_one_check(cell) -> bool:
    try:
        body = ast.parse(cell.source).body
    except SyntaxError:
        return False
    call = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
    return (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "check"
            and len(call.args) == 2 and not call.keywords and isinstance(call.args[0], ast.Constant)
            and call.args[0].value == cell.metadata[kind(cell)])


def _pair_faults(everywhere):
    named = [(place, kind(place.cell)) for place in everywhere if kind(place.cell)]
    ids = [place.cell.metadata[role] for place, role in named]
    answered = {_item(id_) for (_, role), id_ in zip(named, ids, strict=True) if role not in LOCKED}
    checked = {id_ for (_, role), id_ in zip(named, ids, strict=True) if role in LOCKED}
    for index, ((place, role), id_) in enumerate(zip(named, ids, strict=True)):
        if id_ in ids[:index]:
            yield place, f"has the id {id_!r} a second time: every id is used once"
        if role == "answer" and _item(id_) not in checked:
            yield place, f"is an answer without a check: add a cell with check=\"{_item(id_)}\" or practice"
        if role in LOCKED and id_ not in answered:
            yield place, f"is a check without an answer: add a cell with answer=\"{id_}-answer\""


def _item(id_: str) -> str:
    return id_.partition("-")[0]
