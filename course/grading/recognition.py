"""Which released cell each cell of a submission is: by its ids, else by what it calls and defines, else by likeness."""

import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

from nbformat import NotebookNode

from .reading import Cell, bound, called, defined

ALIKE = 0.6


def marked(released: NotebookNode) -> dict[str, NotebookNode]:
    """The released cells that nbgrader knows, by grade id."""
    return {cell.metadata.nbgrader.grade_id: cell for cell in released.cells if "nbgrader" in cell.metadata}


def plain(released: NotebookNode) -> dict[str, NotebookNode]:
    """The other released cells, by id."""
    return {cell.id: cell for cell in released.cells if "nbgrader" not in cell.metadata}


def locked(original: NotebookNode) -> bool:
    """Whether a released cell is a check, which only the course writes."""
    return not original.metadata.nbgrader.solution


def changed(source: str, original: NotebookNode) -> bool:
    """Whether a source says something else than the released cell."""
    return source.strip().splitlines() != original.source.strip().splitlines()


def by_ids(cells: list[Cell], released: NotebookNode) -> list[Cell]:
    """Cells that name their released cell in their metadata or id, or still have a blank answer's text."""
    known = marked(released)
    names = {original.id: role for role, original in known.items()}
    blanks = {original.source.strip(): role for role, original in known.items() if not locked(original)}
    claims = Counter(cell.claim for cell in cells)

    def role(cell):
        own = names.get(cell.id, "")
        if cell.claim in known and not (own and claims[cell.claim] > 1):    # metadata are copied, and ids are not
            return cell.claim
        return own or blanks.get(cell.source.strip(), "")

    return _with_ids([cell._replace(role=role(cell), answers=role(cell)) for cell in cells], released)


def _with_ids(cells, released):
    """Plain cells that lost their id get it back, if their text is still the released one."""
    known, used = plain(released), {cell.id for cell in cells}
    free = {original.source.strip(): name for name, original in known.items() if name not in used}
    return [cell._replace(id=free.pop(cell.source.strip(), cell.id)) if not cell.role and cell.id not in known else cell
            for cell in cells]


def by_call(cells: list[Cell], released: NotebookNode) -> list[Cell]:
    """The last cell that does nothing but call a check is that check, if no other cell is."""
    cells = list(cells)
    for role, original in marked(released).items():
        if locked(original) and not any(cell.role == role for cell in cells):
            callers = [place for place, cell in _unknown(cells, released)
                       if cell.kind == "code" and ("check", role) in called(cell.source) and not bound(cell.source)]
            for place in callers[-1:]:
                cells[place] = cells[place]._replace(role=role, answers=role)
    return cells


def by_name(cells: list[Cell], released: NotebookNode) -> list[Cell]:
    """Cells that define what an answer should, if its own cell is missing or still blank."""
    cells = list(cells)
    for role, original in marked(released).items():
        blank = not any(cell.role == role and changed(cell.source, original) for cell in cells)
        if not locked(original) and blank:
            for place in _answering(cells, released, original):
                cells[place] = cells[place]._replace(role=role, answers=role)
    return cells


def _answering(cells, released, original) -> list[int]:
    """Where an answer stands: what makes the same prediction, or defines the same names."""
    predicted, origins = _predictions(original.source), plain(released)
    names = set() if predicted else defined(original.source) or bound(original.source)
    return [place for place, cell in _unknown(cells, released) if cell.kind == "code"
            and predicted == _predictions(cell.source) and (predicted or names & _own_names(cell, origins))]


def _predictions(source):
    return {item for function, item in called(source) if function == "predict"}


def _own_names(cell, origins):
    """What a cell defines and did not define when it was released."""
    return bound(cell.source) - (bound(origins[cell.id].source) if cell.id in origins else set())


def by_likeness(cells: list[Cell], released: NotebookNode) -> list[Cell]:
    """The cell most like a blank answer, or in its place, if nothing else is that answer."""
    cells = list(cells)
    for role, original in marked(released).items():
        if not locked(original) and not any(cell.role == role for cell in cells):
            place = _most_alike(cells, released, original)
            if place is None:
                place = _between_neighbours(cells, released, original)
            if place is not None:
                cells[place] = cells[place]._replace(role=role, answers=role)
    return cells


def _most_alike(cells, released, original):
    compared = SequenceMatcher(autojunk=False)
    compared.set_seq2(_words(original.source))
    best, found = ALIKE, None
    for place, cell in _unknown(cells, released):
        compared.set_seq1(_words(cell.source))
        if cell.kind == original.cell_type and _likeness(compared, best) >= best:
            best, found = compared.ratio(), place
    return found


def _words(source):
    return re.findall(r"\w+|[^\w\s]", source)


def _likeness(compared, least):
    quick = min(compared.real_quick_ratio(), compared.quick_ratio())
    return compared.ratio() if quick >= least else 0.0


def _between_neighbours(cells, released, original):
    """The one unknown cell between those that were released before and behind the answer."""
    names = ["", *(one.id for one in released.cells), ""]
    at = names.index(original.id)
    own = ["", *(cell.role or cell.id for cell in cells), ""]
    for place, cell in _unknown(cells, released):
        if cell.kind == original.cell_type and [own[place], own[place + 2]] == [names[at - 1], names[at + 1]]:
            return place
    return None


def _unknown(cells, released) -> Iterator[tuple[int, Cell]]:
    """The learner's own cells, and plain ones that the learner changed."""
    known = {original.source.strip() for original in plain(released).values()}
    return ((place, cell) for place, cell in enumerate(cells) if not cell.role and cell.source.strip() not in known)
