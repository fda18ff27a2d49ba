"""Whatever was handed in as a notebook, read as cells that can be used and sentences about what was wrong."""

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

KINDS = ("code", "markdown", "raw")
NEWEST = (4, 5)
MOST_CELLS, MOST_LETTERS = 1_000, 500_000
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
DEFINED = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
ASSIGNED = re.compile(r"^(?:(\w+)[ \t]*:[^=\n]*|(\w[\w \t,=]*))(?<![=!<>])=(?!=)", re.MULTILINE)
CALLED = re.compile(r"""\b(check|predict)\(\s*["']([\w-]+)["']""")


class Cell(NamedTuple):
    """A cell as it was handed in, and what is known about it."""

    kind: str
    source: str
    id: str = ""
    nbgrader: Mapping[str, Any] = MappingProxyType({})
    role: str = ""                  # the grade id of the released cell that it is
    answers: str = ""               # the grade id of the released cell that it is a version of

    @property
    def claim(self) -> str:
        """The grade id that the cell's own metadata names."""
        name = self.nbgrader.get("grade_id")
        return name if isinstance(name, str) else ""


class Read(NamedTuple):
    """The cells that could be read, and a sentence for everything that could not."""

    cells: list[Cell]
    sentences: list[str]


def read(text: str | bytes) -> Read:
    """The cells of a notebook of any format; raises ValueError, with a sentence, when it cannot be read at all."""
    notebook = _parsed(text)
    raw_cells = _raw_cells(notebook)
    if len(raw_cells) > MOST_CELLS:
        raise ValueError(f"The notebook has {len(raw_cells):,} cells, and at most {MOST_CELLS:,} are read: "
                         "ask for one of ordinary length.")
    cells = [_cell(raw) for raw in raw_cells if isinstance(raw, dict)]
    if (letters := sum(len(cell.source) for cell in cells)) > MOST_LETTERS:
        raise ValueError(f"The cells of the notebook hold {letters:,} letters, and at most {MOST_LETTERS:,} are read: "
                         "ask for one of ordinary length.")
    faults = [fault for number, raw in enumerate(raw_cells, 1) for fault in _faults(raw, number)]
    return Read(cells, [*_format_faults(notebook), *faults])


def _parsed(text):
    if not text.strip():
        raise ValueError("The file is empty: ask for the notebook once more.")
    try:
        notebook = json.loads(text.removeprefix("\ufeff") if isinstance(text, str) else text)
    except json.JSONDecodeError as error:
        raise ValueError(_broken(error)) from None
    except (ValueError, RecursionError):
        raise ValueError("The file is not a notebook: its text cannot be read as JSON. Ask for the notebook once more, "
                         "saved by Jupyter.") from None
    if not isinstance(notebook, dict):
        raise ValueError("The file is JSON, but not a notebook: ask for the file that ends in .ipynb.")
    return notebook


def _broken(error: json.JSONDecodeError) -> str:
    if error.msg.startswith("Unterminated string") or error.pos >= len(error.doc.rstrip()):
        return "The file ends in the middle: it was cut off when it was saved or sent. Ask for the notebook once more."
    return f"The file is not a notebook: line {error.lineno} is not JSON. Ask for the notebook once more."


def _raw_cells(notebook):
    sheets = notebook.get("worksheets", [notebook])     # until format 3, cells lay in worksheets
    lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)] if isinstance(sheets, list) else []
    found = [cells for cells in lists if isinstance(cells, list)]
    if not found:
        raise ValueError("The file is JSON, but not a notebook: it has no cells. Ask for the file that ends in .ipynb.")
    return [cell for cells in found for cell in cells]


def _format_faults(notebook):
    version = notebook.get("nbformat"), notebook.get("nbformat_minor", 0)
    if not all(type(number) is int for number in version):
        yield "The notebook did not say its format; it was read as well as it could be."
    elif version < NEWEST:
        yield f"The notebook had the old format {version[0]}.{version[1]}; it was brought up to date."


def _cell(raw) -> Cell:
    kind, own = raw.get("cell_type"), raw.get("id")
    metadata = raw.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return Cell(_kind(raw), _heading(raw) * (kind == "heading") + _plain(_text(raw)),
                own if isinstance(own, str) and CELL_ID.fullmatch(own) else "",
                nbgrader if isinstance(nbgrader, dict) else {})


def _kind(raw):
    kind = raw.get("cell_type")
    if kind in ("heading", "html"):         # of format 3
        return "markdown"
    if isinstance(kind, str) and kind in KINDS:
        return kind
    return "code" if {"outputs", "execution_count", "input"} & set(raw) else "raw"


def _heading(raw):
    level = raw.get("level")
    return "#" * (level if type(level) is int and 1 <= level <= 6 else 1) + " "


def _text(raw):
    source = raw.get("source", raw.get("input"))
    lines = [source] if isinstance(source, str) else source if isinstance(source, list) else []
    return "".join(line for line in lines if isinstance(line, str))


def _plain(text):
    return text.encode("utf-8", "replace").decode()     # half a character cannot be written to a file


def _faults(raw, number):
    if not isinstance(raw, dict):
        yield f"Cell {number} could not be read; it was left out."
        return
    source = raw.get("source", raw.get("input"))
    whole = all(isinstance(line, str) for line in source) if isinstance(source, list) else isinstance(source, str)
    if not whole or _plain(_text(raw)) != _text(raw) or raw.get("cell_type") not in (*KINDS, "heading", "html"):
        yield f"Cell {number} was damaged; what could be read of it was kept."
    if raw.get("attachments"):
        yield f"The pictures that were pasted into cell {number} were left out."


def defined(source: str) -> set[str]:
    """The functions and classes that a cell defines; read line by line, since hostile text can overwhelm a parser."""
    return set(DEFINED.findall(source))


def bound(source: str) -> set[str]:
    """All names that a cell defines or assigns."""
    return defined(source) | {name for pair in ASSIGNED.findall(source) for name in re.findall(r"\w+", "".join(pair))}


def called(source: str) -> set[tuple[str, str]]:
    """The calls of the course in a cell: ("check", "1C")."""
    return set(CALLED.findall(source))
