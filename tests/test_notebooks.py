"""Proves that every lesson runs: as its script says, and learners' copies up to the answers to be written."""

import ast
import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from course.build import BuildError, check
from course.checks import EXERCISES
from course.lesson import expand, kind, read

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 120
BLANK = "NotImplementedError", "No answer yet: replace this line by yours."
scripts = pytest.mark.parametrize("script", sorted(ROOT.glob("solutions/*/*.py")), ids=lambda path: path.stem)


def learners(script):
    return nbformat.read(ROOT / "notebooks" / script.stem / f"{script.stem}.ipynb", 4)


@pytest.fixture
def installed(monkeypatch):
    """Kernels import the course from this checkout."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]))


@pytest.mark.slow
@scripts
def test_the_notebooks_are_what_the_script_gives(script):
    try:
        check((script.stem,))
    except BuildError as error:
        pytest.fail(str(error))


@pytest.mark.slow
@scripts
def test_learners_copy_stops_only_where_an_answer_is_missing(script, installed, tmp_path):
    notebook = learners(script)
    client = NotebookClient(notebook, timeout=SECONDS, allow_errors=True, resources={"metadata": {"path": tmp_path}})
    client.execute()
    open_names: set[str] = set()
    for number, cell in enumerate(notebook.cells, 1):
        open_names |= names_of_answers(cell)
        for error in (one for one in cell.get("outputs", ()) if one.output_type == "error"):
            assert (error.ename, error.evalue) == BLANK, f"cell {number} ({cell.source[:60]})"
            assert open_names & names_in(cell), f"cell {number} fails although it asks for no answer"


def names_of_answers(cell):
    """The names that an answer cell will define once a learner has filled it."""
    answer = cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code"
    return names_in(cell) if answer else set()


def names_in(cell):
    tree = ast.walk(ast.parse(cell.source))
    return {getattr(node, "id", getattr(node, "name", None)) for node in tree} - {None, "NotImplementedError"}


@scripts
def test_every_check_has_an_exercise_worth_its_points(script):
    points = {cell.metadata.check: cell.metadata.points for cell in read(script).cells if kind(cell) == "check"}
    practised = [cell.metadata.practice for cell in read(script).cells if kind(cell) == "practice"]
    assert {item: EXERCISES[item].points for item in points} == points
    assert all(item in EXERCISES for item in practised)


@scripts
def test_nothing_in_the_notebooks_speaks_of_this_machine(script):
    for path in (script.with_suffix(".ipynb"), ROOT / "notebooks" / script.stem / f"{script.stem}.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert not [private for private in (str(ROOT), sys.prefix, str(Path.home()) + "/") if private in text]


@scripts
def test_cell_ids_are_unique_and_those_of_graded_cells_are_readable(script):
    cells = expand(read(script)).cells
    assert len({cell.id for cell in cells}) == len(cells)
    assert all(cell.id == cell.metadata.nbgrader.grade_id for cell in cells if "nbgrader" in cell.metadata)
