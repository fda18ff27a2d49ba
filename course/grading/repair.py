"""A submission becomes a notebook that holds every graded cell once, as it was released, and all of the learner's code.

A learner's cells run in the learner's order. What is locked has its released text; a check stands behind its answers.
"""

import copy
import hashlib
import json
import re
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from .reading import Cell, bound, called, defined, read
from .recognition import by_call, by_ids, by_likeness, by_name, changed, locked, marked, plain

MEANING = ("grade_id", "grade", "solution", "locked", "points", "schema_version", "task")
IMPORTS_CHECK = re.compile(r"\bimport\b[^;]{0,400}?\bcheck\b")


class Repaired(NamedTuple):
    """The notebook to run, and a sentence for everything that was mended."""

    notebook: NotebookNode
    sentences: tuple[str, ...]


def repair(text: str | bytes, released: NotebookNode) -> Repaired:
    """The submission with the released cells, metadata and locked texts; raises ValueError if it cannot be read."""
    cells, sentences = read(text)
    for step in (recognised, single, restored, complete, in_order):
        cells, said = step(cells, released)
        sentences = [*sentences, *said]
    metadata = copy.deepcopy(released.metadata)
    notebook = {"cells": nodes(cells, released), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return Repaired(nbformat.from_dict(notebook), tuple(sentences))


def recognised(cells: list[Cell], released: NotebookNode) -> tuple[list[Cell], list[str]]:
    """Every cell with its role; several may have the same."""
    claimed = by_ids(cells, released)
    cells = by_likeness(by_name(by_call(claimed, released), released), released)
    moved = [f"The answer {role} stood in another cell; it was taken from there."
             for role in marked(released)
             if _having(claimed, role) and len(_having(cells, role)) > len(_having(claimed, role))]
    return cells, moved


def _having(cells, role) -> list[int]:
    return [place for place, cell in enumerate(cells) if cell.role == role]


def single(cells: list[Cell], released: NotebookNode) -> tuple[list[Cell], list[str]]:
    """One cell for each role; of copies, the learner's code stays, and the last one counts."""
    said = []
    for role, original in marked(released).items():
        places = _having(cells, role)
        if len(places) > 1:
            own = [cell for cell in cells if role in (cell.claim, cell.id)]
            said += [_copies(role, original, len(own))] * (len(own) > 1)
            cells = (_one_check if locked(original) else _one_answer)(cells, role, original, places)
    return cells, said


def _copies(role, original, count):
    if locked(original):
        return f"The check cell {role} was there {count} times; one stayed."
    return f"The answer cell {role} was there {count} times; all of them run, and the last filled one counts."


def _one_check(cells, role, original, places):
    kept = ([place for place in places if not changed(cells[place].source, original)] or places)[-1]
    lost = {place for place in places if place != kept and not _has_code(cells[place], original)}
    return [cell._replace(role="") if place in places and place != kept else cell
            for place, cell in enumerate(cells) if place not in lost]


def _has_code(cell, original):
    """Whether a changed check holds something that the learner may need."""
    return changed(cell.source, original) and bool(bound(cell.source))


def _one_answer(cells, role, original, places):
    filled = [place for place in places if changed(cells[place].source, original)]
    if not filled:
        return [cell for place, cell in enumerate(cells) if place not in places[:-1]]
    names = bound(original.source)
    kept = ([place for place in filled if names & bound(cells[place].source)] or filled)[-1]
    answered = set().union(*(bound(cells[place].source) for place in filled))
    blank = [] if defined(original.source) <= answered else [_copy_of(original, answers=role)]
    return [one for place, cell in enumerate(cells) if place not in places or place in filled
            for one in (blank if place == filled[0] else [])
            + [cell._replace(role="") if place in filled and place != kept else cell]]


def _copy_of(original, role="", answers=""):
    return Cell(original.cell_type, original.source, original.id * bool(role or not answers),
                original.metadata.get("nbgrader", {}) if role else {}, role, answers)


def restored(cells: list[Cell], released: NotebookNode) -> tuple[list[Cell], list[str]]:
    """Released types, metadata and locked texts; code from a changed check stays in a cell before it."""
    known = marked(released)
    lost = [cell.role for cell in cells if cell.role and not _same_metadata(cell, known[cell.role])]
    said = [f"The metadata of {', '.join(lost)} was lost or changed; it was put back."] if lost else []
    mended: list[Cell] = []
    for cell in cells:
        if cell.role:
            original = known[cell.role]
            said += _changes(cell, original)
            if locked(original) and _has_code(cell, original):
                mended.append(Cell("code", cell.source, answers=cell.role))
            cell = cell._replace(kind=original.cell_type, source=original.source if locked(original) else cell.source)
        mended.append(cell)
    return mended, said


def _same_metadata(cell, original):
    return all(cell.nbgrader.get(key) == original.metadata.nbgrader.get(key) for key in MEANING)


def _changes(cell, original):
    if locked(original) and changed(cell.source, original):
        stays = " What you wrote there stays in a cell before it." if _has_code(cell, original) else ""
        return [f"The check cell {cell.role} was changed; its released text was put back.{stays}"]
    if cell.kind != original.cell_type:
        return [f"The cell {cell.role} was turned into {cell.kind}; it is {original.cell_type} again."]
    return []


def complete(cells: list[Cell], released: NotebookNode) -> tuple[list[Cell], list[str]]:
    """Cells that were missing, blank where they are the learner's to fill, and the cell that imports `check`."""
    said = []
    for role, original in marked(released).items():
        if _having(cells, role):
            continue
        if not _predicts(original):
            place = _place(cells, released, original)
            cells = [*cells[:place], _copy_of(original, role=role, answers=role), *cells[place:]]
        said.append(_missing(role, original))
    imports = _missing_imports(cells, released)
    return imports + cells, said + ["The cell with the imports was missing; it was put back."] * bool(imports)


def _predicts(original):
    """Whether it stores a prediction: a blank one would undo what is stored already."""
    return any(function == "predict" for function, _ in called(original.source))


def _missing(role, original):
    """What is said of a cell that no other stands for."""
    if locked(original) or original.metadata.nbgrader.grade:
        return f"The {'check' if locked(original) else 'hand-marked'} cell {role} was missing; it was put back."
    back = "" if _predicts(original) else " A blank one was put back, so that its check can run."
    return f"The answer cell {role} is missing, and no other cell holds that answer.{back}"


def _missing_imports(cells, released):
    if any(cell.kind == "code" and IMPORTS_CHECK.search(cell.source) for cell in cells):
        return []
    return [_copy_of(original) for original in plain(released).values()
            if original.cell_type == "code" and IMPORTS_CHECK.search(original.source)][:1]


def _place(cells, released, original):
    """Behind the answers of a check, else behind the nearest released cell that stands before, else at the end.

    What is not a check comes before all that a learner has written under its names elsewhere.
    """
    last = _last_answer(cells, released, original)
    if last is not None:
        return last + 1
    here = {cell.role or cell.id: place for place, cell in enumerate(cells)}
    before = [one.id for one in released.cells[:[one.id for one in released.cells].index(original.id)]]
    nearest = next((here[name] + 1 for name in reversed(before) if name in here), len(cells))
    return nearest if locked(original) else min([nearest, *_written(cells, released, bound(original.source))])


def _written(cells, released, names):
    """Where a learner's cells bind one of the names."""
    origins = plain(released)
    return [place for place, cell in enumerate(cells) if cell.id not in origins and names & bound(cell.source)]


def _last_answer(cells, released, original):
    if not locked(original):
        return None
    roles = _answers_of(released, original)
    places = [place for place, cell in enumerate(cells) if cell.answers in roles and cell.role != original.id]
    return max(places, default=None)


def _answers_of(released, original):
    """The grade ids that a check needs: those released before it, and its own changed text."""
    roles = list(marked(released))
    item = original.metadata.nbgrader.grade_id
    return {role for role in roles[:roles.index(item) + 1] if role.partition("-")[0] == item}


def in_order(cells: list[Cell], released: NotebookNode) -> tuple[list[Cell], list[str]]:
    """Each check behind all that answers it."""
    said = []
    for role, original in marked(released).items():
        place, last = (_having(cells, role) or [len(cells)])[0], _last_answer(cells, released, original)
        if last is not None and place < last:
            cells = [*cells[:place], *cells[place + 1:last + 1], cells[place], *cells[last + 1:]]
            said.append(f"The check cell {role} stood before its answer; it was moved behind it.")
    return cells, said


def nodes(cells: list[Cell], released: NotebookNode) -> list[dict]:
    """The cells as nbformat has them, each with an id of its own and with the released metadata or none."""
    origins = plain(released)
    known = marked(released)
    used = {original.id for original in known.values()}
    made = []
    for cell in cells:
        name = known[cell.role].id if cell.role else _free_id(cell, used)
        used.add(name)
        origin = known[cell.role] if cell.role else origins.get(name)
        outputs: dict = {"outputs": [], "execution_count": None} if cell.kind == "code" else {}
        made.append({"cell_type": cell.kind, "id": name, "source": cell.source, **outputs,
                     "metadata": copy.deepcopy(origin.metadata) if origin else {}})
    return made


def _free_id(cell, used):
    digest = "s-" + hashlib.sha256((cell.kind + cell.source).encode()).hexdigest()[:8]
    name, number = cell.id or digest, 1
    while name in used:
        number += 1
        name = f"{digest}-{number}"
    return name


class Repair(NbGraderPreprocessor):
    """The same repair inside `nbgrader autograde`; comes before the other sanitising preprocessors."""

    released = Unicode("notebooks", help="The folder with the released notebooks.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources):
        """Repair the notebook, and leave the sentences in its metadata."""
        name = resources["nbgrader"]["assignment"]
        path = Path(self.released, name, f"{name}.ipynb")
        if not path.is_file():
            raise ValueError(f"{path} is missing: Repair.released must name the folder with the released notebooks.")
        notebook, sentences = repair(json.dumps(nb), nbformat.read(path, 4))
        notebook.metadata["course_repairs"] = list(sentences)
        return notebook, resources
