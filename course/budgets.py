"""What a lesson may ask of its reader: so many cells, so many words, so many lines."""

import re
from ast import Import, ImportFrom, parse
from pathlib import Path
from statistics import median

from nbformat import NotebookNode

from course.lesson import LOCKED, kind, places, unsolved

CELLS = (36, 60)
WORDS = (1500, 2400)
LINES = 15
MEDIAN_LINES = (2, 4)
BYTES = 2_000_000
PATTERN_LESSONS = range(1, 6)


def over_budget(script: Path, notebook: NotebookNode) -> list[str]:
    """One sentence for each budget that the lesson breaks."""
    number = int(script.stem[:2])
    faults = [f"{place} has {lines} lines of code: at most {LINES}, so split it."
              for place in places(script, notebook)
              if (lines := code_lines(place.cell)) > LINES and not only_imports(place.cell)]
    faults += _outside(script, "lines of code in its median cell", _median_lines(notebook), MEDIAN_LINES)
    if number >= 1:
        faults += _outside(script, "cells", len(notebook.cells), CELLS)
    if number in PATTERN_LESSONS:
        faults += _outside(script, "words of prose", sum(map(words, notebook.cells)), WORDS)
    return faults


def too_large(path: Path, content: str) -> list[str]:
    """A sentence when a notebook's file is larger than a browser likes."""
    length = len(content.encode())
    return [f"{path} has {length:,} bytes: at most {BYTES:,}, so make its figures smaller."] if length > BYTES else []


def words(cell: NotebookNode) -> int:
    """Words of prose in a text cell, without diagrams, tags, and what is folded away, such as hints."""
    if cell.cell_type != "markdown":
        return 0
    prose = re.sub(r"```.*?```|<details>.*?</details>|<[^>]*>|\]\([^)]*\)", " ", cell.source, flags=re.DOTALL)
    return sum(any(letter.isalnum() for letter in word) for word in prose.split())


def code_lines(cell: NotebookNode) -> int:
    """Lines that a learner reads in a code cell, without blank ones and without the solution."""
    if cell.cell_type != "code":
        return 0
    return sum(bool(line.strip()) for line in unsolved(cell).splitlines())


def only_imports(cell: NotebookNode) -> bool:
    """Whether a code cell is the list of what the page uses."""
    return all(isinstance(statement, Import | ImportFrom) for statement in parse(cell.source).body)


def _median_lines(notebook):
    lines = [code_lines(cell) for cell in notebook.cells if cell.cell_type == "code" and kind(cell) not in LOCKED]
    return median(lines) if lines else MEDIAN_LINES[0]


def _outside(script, what, count, limits):
    low, high = limits
    if low <= count <= high:
        return []
    return [f"{'/'.join(script.parts[-3:])} has {count:g} {what}: it must have {low:,} to {high:,}."]
