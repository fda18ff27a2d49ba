"""Proves that points which a person gave count, up to the most and for what that person saw, and wait for all else."""

import os
import shutil
from copy import deepcopy

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.utils import compute_checksum
from tiny_course import NAME, NBGRADER, give, scores

from course.grading.gradebook import Book
from course.grading.judging import WAITS
from course.grading.showing import harmless
from course.grading.verdict import Mark, Verdict, settled

CHECK = {"grade_id": "1C", "points": 4, "grade": True, "solution": False, "locked": True, "cell_type": "code"}
TEXT = {"grade_id": "1E", "points": 2, "grade": True, "solution": True, "locked": False, "cell_type": "markdown"}


def released():
    """A lesson with a check and a text."""
    cells = [new_code_cell("check()"), new_markdown_cell("Your answer.")]
    for cell, settings in zip(cells, (CHECK, TEXT)):
        cell.metadata["nbgrader"] = {"schema_version": 3, "task": False, **settings}
        cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
    return new_notebook(cells=cells)


def judged(text="Because. (1)", report="1C: 1 of 4", points="1.0"):
    """What is recorded of a submission: the judge's report, and the text as formgrader shows it."""
    notebook = released()
    notebook.cells[0].outputs = [new_output("stream", text=report),
                                 new_output("execute_result", {"text/plain": points})]
    notebook.cells[1].source = text
    return harmless(notebook, released())


def verdict(check=1.0, text=None, note=""):
    marks = Mark("1C", check, 4.0, note=note), Mark("1E", text, 2.0)
    return Verdict("ann", NAME, settled(marks), marks)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The file of a gradebook with one recorded submission."""
    file = tmp_path_factory.mktemp("class") / "gradebook.db"
    book = Book(f"sqlite:///{file}", "ai-architecture")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{NBGRADER.parent}{os.pathsep}{os.environ['PATH']}")      # nbgrader calls alembic
        book.prepare(NAME, released())
    book.record(verdict(), judged())
    return file


@pytest.fixture
def book(recorded, tmp_path):
    """A copy of that gradebook."""
    return Book(f"sqlite:///{shutil.copy(recorded, tmp_path)}", "ai-architecture")


def waiting(book):
    """What a person must look at."""
    return {item for (_, item), (_, needed) in scores(book.url).items() if needed}


def test_given_points_are_settled_as_long_as_the_text_is_the_same(book):
    assert waiting(book) == {"1E"}
    give(book.url, "ann", "1E", 1.5)
    book.record(verdict(2.0), judged(report="1C: 2 of 4", points="2.0"))      # as after another secret
    assert waiting(book) == set()
    assert book.final([verdict(2.0)])[0].points == 3.5
    book.record(verdict(), judged("Because. (2)"))
    book.record(verdict(), judged("Because. (2)"))       # still to be looked at
    assert waiting(book) == {"1E"}
    assert scores(book.url)["ann", "1E"] == (1.5, True)
    give(book.url, "ann", "1E", 1.5)
    book.record(verdict(), judged("Because. (2)"))
    assert waiting(book) == set()


def test_points_that_were_never_given_are_not_settled(book):
    book.record(verdict(), judged())
    assert waiting(book) == {"1E"}
    assert book.final([verdict()])[0].points is None


def test_points_for_a_check_are_settled_as_long_as_answers_and_report_are_the_same(book):
    give(book.url, "ann", "1E", 1.0)
    give(book.url, "ann", "1C", 4.0)
    book.record(verdict(), judged())
    assert waiting(book) == set()
    book.record(verdict(2.0), judged(report="1C: 2 of 4", points="2.0"))
    assert waiting(book) == {"1C"}
    give(book.url, "ann", "1C", 4.0)
    book.record(verdict(), judged("Another text."))
    assert waiting(book) == {"1C", "1E"}


def test_a_judge_that_failed_the_same_way_again_asks_nobody_twice(book):
    failing = judged(report=f"{WAITS}the judge failed on this answer", points="0.0")
    give(book.url, "ann", "1E", 1.0)
    book.record(verdict(None), deepcopy(failing))
    assert waiting(book) == {"1C"}
    give(book.url, "ann", "1C", 3.0)
    book.record(verdict(None), deepcopy(failing))
    assert waiting(book) == set()
    (final,) = book.final([verdict(None, note=f"{WAITS}the judge failed on this answer.")])
    assert (final.points, final.marks[0].note) == (4.0, "")


def test_extra_credit_counts_up_to_the_most_of_the_cell(book):
    give(book.url, "ann", "1E", 1.5)
    with book.opened() as opened:
        opened.find_grade("1E", NAME, NAME, "ann").extra_credit = 1.0
        opened.db.commit()
    assert book.final([verdict()])[0].marks[1].points == 2.0


@pytest.mark.parametrize("points, note", [(1.0, ""), (0.0, "No points: the check reported no answer.")])
def test_why_there_were_no_points_is_said_as_long_as_there_are_none(book, points, note):
    nothing = verdict(0.0, note="No points: the check reported no answer.")
    book.record(nothing, judged(report="No points", points="0.0"))
    assert book.final([nothing])[0].marks[0].note == nothing.marks[0].note
    give(book.url, "ann", "1C", points)
    assert book.final([nothing])[0].marks[0].note == note
    give(book.url, "ann", "1E", 1.0, "Well said.")
    assert book.final([nothing])[0].marks[1].note == "Well said."
