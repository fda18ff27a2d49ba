"""Proves that a damaged submission comes out with every graded cell once, as released, and with all of its own code."""

import copy
import json
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings, strategies as st
from nbformat import from_dict
from nbgrader.api import Base, Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import CheckCellMetadata
from nbgrader.utils import compute_checksum
from sqlalchemy import create_engine
from traitlets.config import Config

from course.grading.repair import Repair, repair

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ("01-monolith", "03-event-driven")
STUB = 'raise NotImplementedError("No answer yet: replace this line by yours.")'


def read(folder, lesson):
    return nbformat.read(ROOT / folder / lesson / f"{lesson}.ipynb", 4)


RELEASED = {lesson: read("notebooks", lesson) for lesson in LESSONS}
SOLVED = {lesson: read("solutions", lesson) for lesson in LESSONS}
MONOLITH = RELEASED["01-monolith"]


def mended(notebook, lesson="01-monolith"):
    return repair(json.dumps(notebook), RELEASED[lesson])


def solved(lesson="01-monolith"):
    """A solved notebook as JupyterLab saves it: with outputs, in the released file."""
    notebook = copy.deepcopy(RELEASED[lesson])
    for cell, own in zip(notebook.cells, SOLVED[lesson].cells, strict=True):
        cell.source = own.source
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = own.outputs, own.execution_count
    return notebook


def place(notebook, name):
    return next(number for number, cell in enumerate(notebook.cells) if cell.get("id") == name)


def cell_of(notebook, name):
    return notebook.cells[place(notebook, name)]


def code(source, **fields):
    return from_dict({"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source,
                      **fields})


def without(notebook, *names):
    notebook.cells = [cell for cell in notebook.cells if cell.id not in names]
    return notebook


def marked(notebook):
    return [cell for cell in notebook.cells if "nbgrader" in cell.metadata]


def assert_gradable(notebook, lesson):
    """All that nbgrader and a judge rely on."""
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    found = {cell.metadata.nbgrader.grade_id: cell for cell in marked(notebook)}
    assert len(found) == len(marked(notebook))
    for origin in marked(RELEASED[lesson]):
        info = origin.metadata.nbgrader
        if info.grade or info.locked:
            cell = found[info.grade_id]
            assert (cell.metadata, cell.cell_type, cell.id) == (origin.metadata, origin.cell_type, origin.id)
            if info.locked:
                assert cell.source == origin.source
                assert compute_checksum(cell) == info.checksum
    assert not any(cell.get("outputs") or cell.get("attachments") for cell in notebook.cells)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_fine_notebook_keeps_all_but_its_outputs(lesson):
    notebook = solved(lesson)
    assert any(cell.get("outputs") for cell in notebook.cells)
    notebook.cells.insert(5, code("mine = 1", id="own-cell"))
    expected = copy.deepcopy(notebook)
    for cell in expected.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata["widgets"] = {"state": "pictures"}
    notebook.cells[1].metadata["jupyter"] = {"source_hidden": True}
    assert mended(notebook, lesson) == (expected, ())


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_repaired_notebook_needs_no_repair(lesson):
    notebook = solved(lesson)
    notebook.cells = [cell for cell in notebook.cells if "answer" in cell.id or "p" in cell.source[:2]]
    once = mended(notebook, lesson).notebook
    assert mended(once, lesson) == (once, tuple(said for said in mended(once, lesson).sentences if "no other" in said))


@pytest.mark.parametrize("text, sentence", [
    ("", "The file is empty"), ("  \n", "The file is empty"), (json.dumps(MONOLITH)[:-1000], "it was cut off"),
    (json.dumps(MONOLITH)[:500], "it was cut off"), ("<html>", "line 1 is not JSON"), ("[1]", "but not a notebook"),
    ("{}", "it has no cells"), ('{"cells": 3}', "it has no cells"), ('{"worksheets": {}}', "it has no cells"),
    ("[" * 100_000, "cannot be read as JSON"), (b"\xff\xfe\xff", "cannot be read as JSON"),
    (json.dumps({"cells": [{}] * 1_001}), "1,001 cells"),
    (json.dumps({"cells": [code("x" * 500_001)]}), "500,001 letters"),
])
def test_what_cannot_be_read_is_one_sentence(text, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        repair(text, MONOLITH)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_any_encoding_that_json_allows_is_read(encoding):
    assert repair(json.dumps(MONOLITH, ensure_ascii=False).encode(encoding), MONOLITH) == (MONOLITH, ())
    assert repair("\ufeff" + json.dumps(MONOLITH), MONOLITH) == (MONOLITH, ())


def old_format(notebook, version):
    """The notebook as older programs write it."""
    if version == 3:
        return nbformat.convert(copy.deepcopy(notebook), 3)
    for cell in notebook.cells:
        del cell["id"]
    notebook.nbformat_minor = version - 40
    return notebook


@pytest.mark.parametrize("version, called", [(3, "3.0"), (40, "4.0"), (44, "4.4")])
def test_old_formats_are_brought_up_to_date(version, called):
    result = mended(old_format(solved(), version))
    assert result.sentences == (f"The notebook had the old format {called}; it was brought up to date.",)
    assert [(cell.id, cell.source) for cell in result.notebook.cells] == [
        (cell.id, cell.source) for cell in solved().cells]
    assert_gradable(result.notebook, "01-monolith")


BROKEN = [
    (3, "Cell 2 could not be read; it was left out."), (None, "Cell 2 could not be read; it was left out."),
    ({"cell_type": "code"}, "Cell 2 was damaged"), ({"cell_type": [], "source": "x"}, "Cell 2 was damaged"),
    ({"cell_type": "code", "source": ["a\n", 3, "b"]}, "Cell 2 was damaged"), ({}, "Cell 2 was damaged"),
    ({"cell_type": "code", "source": "a = '\ud800'"}, "Cell 2 was damaged"),
    ({"cell_type": "markdown", "source": "", "attachments": {"a.png": {"image/png": "AAAA"}}},
     "The pictures that were pasted into cell 2 were left out."),
    ({"cell_type": "code", "source": "", "id": 7, "metadata": 3, "outputs": "x"}, ""),
    ({"cell_type": "code", "source": "", "id": "a b", "metadata": {"nbgrader": [1]}}, ""),
    ({"cell_type": "code", "source": "", "metadata": {"nbgrader": {"grade_id": ["1C"], "points": -3}}}, ""),
    ({"cell_type": "code", "source": "", "metadata": {"nbgrader": {"grade_id": "9Z", "grade": True}}}, ""),
]


@pytest.mark.parametrize("raw, sentence", BROKEN)
def test_invalid_cells_are_mended_or_left_out(raw, sentence):
    notebook = solved()
    notebook.cells.insert(1, raw)
    result = mended(notebook)
    assert [said.startswith(sentence) for said in result.sentences] == [True] * bool(sentence)
    assert_gradable(result.notebook, "01-monolith")
    nbformat.writes(result.notebook).encode("utf-8")


def test_cells_that_were_pasted_into_a_new_notebook_are_recognised():
    notebook = solved()
    notebook.metadata = {}
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell["id"] = {}, f"new-{number}"
    result = mended(notebook)
    named = ", ".join(cell.id for cell in marked(MONOLITH))
    assert result.sentences == (f"The metadata of {named} was lost or changed; it was put back.",)
    assert [cell.metadata for cell in result.notebook.cells] == [cell.metadata for cell in MONOLITH.cells]
    assert result.notebook.metadata == MONOLITH.metadata


def test_changed_points_are_put_back():
    notebook = solved()
    cell_of(notebook, "1C").metadata.nbgrader.update(points=400, locked=False)
    del cell_of(notebook, "1M-answer").metadata["nbgrader"]
    result = mended(notebook)
    assert result.sentences == ("The metadata of 1C, 1M-answer was lost or changed; it was put back.",)
    assert_gradable(result.notebook, "01-monolith")


def test_a_missing_check_is_put_back_behind_its_answer():
    result = mended(without(solved(), "1C", "1E-answer"))
    assert result.sentences == ("The check cell 1C was missing; it was put back.",
                                "The hand-marked cell 1E-answer was missing; it was put back.")
    assert place(result.notebook, "1C") == place(result.notebook, "1C-answer") + 1
    assert cell_of(result.notebook, "1E-answer").source == cell_of(MONOLITH, "1E-answer").source
    assert place(result.notebook, "1E-answer") < place(result.notebook, "1E")
    assert_gradable(result.notebook, "01-monolith")


def test_a_changed_check_is_put_back():
    notebook = solved()
    cell_of(notebook, "1C").source = 'print("4 of 4")'
    result = mended(notebook)
    assert result.sentences == ("The check cell 1C was changed; its released text was put back.",)
    assert len(result.notebook.cells) == len(notebook.cells)
    assert_gradable(result.notebook, "01-monolith")


def test_an_answer_that_was_written_into_a_check_still_runs_before_it():
    notebook = solved()
    text = cell_of(notebook, "1C-answer").source + '\ncheck("1C", mm1_response)'
    cell_of(notebook, "1C").source = text
    result = mended(notebook)
    assert "What you wrote there stays in a cell before it." in result.sentences[0]
    assert result.notebook.cells[place(result.notebook, "1C") - 1].source == text
    assert_gradable(result.notebook, "01-monolith")


def test_of_a_copied_check_one_stays_and_the_answer_runs_first():
    notebook = solved()
    check = copy.deepcopy(cell_of(notebook, "1C"))
    check["id"] = "copied"
    notebook.cells.insert(2, check)
    result = mended(notebook)
    assert result.sentences == ("The check cell 1C was there 2 times; one stayed.",)
    assert place(result.notebook, "1C-answer") < place(result.notebook, "1C")
    assert [cell.source for cell in result.notebook.cells] == [cell.source for cell in solved().cells]


def test_all_copies_of_an_answer_run_and_the_last_filled_one_counts():
    notebook = solved()
    blank = cell_of(MONOLITH, "1C-answer")
    first, second = (code(f"def mm1_response(a, s):\n    return {value}", metadata=blank.metadata) for value in (1, 2))
    notebook.cells[place(notebook, "1C-answer")] = first
    notebook.cells.insert(place(notebook, "1C") + 2, second)
    notebook.cells.append(blank)
    result = mended(notebook)
    assert result.sentences == (
        "The answer cell 1C-answer was there 3 times; all of them run, and the last filled one counts.",
        "The check cell 1C stood before its answer; it was moved behind it.")
    sources = [cell.source for cell in result.notebook.cells]
    assert cell_of(result.notebook, "1C-answer").source.endswith("return 2")
    assert sources.index(first.source) < place(result.notebook, "1C-answer") < place(result.notebook, "1C")
    assert blank.source not in sources      # it would undo the answers before it
    assert_gradable(result.notebook, "01-monolith")


def test_a_copy_of_a_written_answer_is_for_a_person_to_mark():
    notebook = solved()
    notebook.cells.append(code('record = """The newer one."""', metadata=cell_of(MONOLITH, "1E-answer").metadata))
    result = mended(notebook).notebook
    assert cell_of(result, "1E-answer").source == 'record = """The newer one."""'
    assert cell_of(solved(), "1E-answer").source in [cell.source for cell in result.cells]
    assert place(result, "1E") == place(result, "1E-answer") + 1


def test_an_answer_below_its_check_is_found_when_its_own_cell_is_blank():
    notebook = solved()
    answer = cell_of(notebook, "1C-answer").source
    cell_of(notebook, "1C-answer").source = cell_of(MONOLITH, "1C-answer").source
    notebook.cells.insert(place(notebook, "1C") + 1, code(answer))
    result = mended(notebook)
    assert result.sentences[0] == "The answer 1C-answer stood in another cell; it was taken from there."
    assert cell_of(result.notebook, "1C-answer").source == answer
    assert place(result.notebook, "1C") == place(result.notebook, "1C-answer") + 1
    assert not any(STUB in cell.source for cell in result.notebook.cells)


def test_what_a_learner_tries_below_a_check_changes_nothing():
    notebook = solved()
    notebook.cells.insert(place(notebook, "1D") + 1, code("replicas = (1, 1, 1)", id="try-1"))
    notebook.cells.insert(place(notebook, "1D") + 2, code('check("1D", replicas)', id="try-2"))
    result = mended(notebook)
    assert result.sentences == ()
    assert [cell.source for cell in result.notebook.cells] == [cell.source for cell in notebook.cells]


def test_parts_of_an_answer_in_cells_of_their_own_do_not_lose_the_parts_that_are_blank():
    notebook, blank = copy.deepcopy(RELEASED["03-event-driven"]), cell_of(RELEASED["03-event-driven"], "3C-answer")
    part = "def max_delay(segments, capacity):\n    return 3"
    notebook.cells.insert(place(notebook, "3C") + 1, code(part))
    result = mended(notebook, "03-event-driven").notebook
    sources = [cell.source for cell in result.cells]
    assert sources.index(blank.source) < sources.index(part) == place(result, "3C-answer") < place(result, "3C")


def test_a_check_that_was_merged_into_its_answer_is_put_back_behind_it():
    notebook = without(solved(), "1C")
    answer = cell_of(notebook, "1C-answer")
    answer.source, answer["id"], answer.metadata = answer.source + '\ncheck("1C", mm1_response)', "new", {}
    result = mended(notebook).notebook
    assert cell_of(result, "1C-answer").source == answer.source
    assert place(result, "1C") == place(result, "1C-answer") + 1


def test_a_renamed_function_is_recognised_by_its_likeness():
    notebook = solved()
    cell = cell_of(notebook, "1C-answer")
    cell.source, cell.metadata, cell["id"] = cell_of(MONOLITH, "1C-answer").source.replace(
        "mm1_response", "mm1_responses").replace(STUB, "return 1, 2, 3"), {}, "new"
    notebook.cells.remove(cell)
    notebook.cells.insert(2, cell)
    assert "mm1_responses" in cell_of(mended(notebook).notebook, "1C-answer").source


def test_a_text_in_the_place_of_a_hand_marked_text_is_that_text():
    manual = {"grade": True, "solution": True, "locked": False, "points": 2, "grade_id": "1X-answer",
              "schema_version": 3, "task": False, "cell_type": "markdown"}
    released = copy.deepcopy(MONOLITH)
    text = {"cell_type": "markdown", "source": "*Replace*", "id": "1X-answer", "metadata": {"nbgrader": manual}}
    released.cells.insert(2, from_dict(text))
    notebook = copy.deepcopy(released)
    notebook.cells[2] = from_dict({**text, "id": "other", "source": "Because.", "metadata": {}})
    result = repair(json.dumps(notebook), released)
    assert cell_of(result.notebook, "1X-answer").source == "Because."
    assert len(result.sentences) == 1


def test_cells_get_their_released_type_back():
    notebook = solved()
    for name, kind in (("1E-answer", "markdown"), ("1C", "raw")):
        cell_of(notebook, name).update(cell_type=kind)
    result = mended(notebook)
    assert result.sentences == ("The cell 1C was turned into raw; it is code again.",
                                "The cell 1E-answer was turned into markdown; it is code again.")
    assert_gradable(result.notebook, "01-monolith")


def test_an_empty_notebook_gets_all_checks_and_the_cell_that_imports_them():
    result = mended({"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}})
    assert_gradable(result.notebook, "01-monolith")
    assert ("The answer cell 1C-answer is missing, and no other cell holds that answer. A blank one was put back, so "
            "that its check can run.") in result.sentences
    assert "The answer cell 1P-prediction is missing, and no other cell holds that answer." in result.sentences
    assert result.sentences[-1] == "The cell with the imports was missing; it was put back."
    assert "from course.checks import check" in result.notebook.cells[0].source


def test_a_deleted_answer_is_put_back_blank_at_its_place():
    notebook = without(solved(), "1P-reconcile", "1C-answer")
    result = mended(notebook)
    assert [said[:38] for said in result.sentences] == [
        "The answer cell 1P-reconcile is missin", "The answer cell 1C-answer is missing, "]
    assert [cell.id for cell in result.notebook.cells] == [cell.id for cell in solved().cells]
    for name in ("1P-reconcile", "1C-answer"):
        assert cell_of(result.notebook, name) == cell_of(MONOLITH, name)


def test_a_deleted_prediction_stays_away_for_a_blank_one_would_undo_what_is_stored():
    result = mended(without(solved(), "1P-prediction"))
    assert result.sentences == ("The answer cell 1P-prediction is missing, and no other cell holds that answer.",)
    assert "1P-prediction" not in [cell.id for cell in result.notebook.cells]


def test_a_blank_answer_stands_before_what_was_written_in_another_answers_cell():
    notebook = without(solved(), "1P-reconcile")
    cell_of(notebook, "1P-prediction").source += "\nreconcile = 'The mean was 10.15 times as long.'"
    found = [cell.id for cell in mended(notebook).notebook.cells]
    assert found.index("1P-reconcile") == found.index("1P-prediction") - 1


def test_moved_cells_are_accepted():
    notebook = solved()
    start, end = place(notebook, "c-cb1dc571"), place(notebook, "1M") + 1     # a whole exercise, in front of all others
    notebook.cells = [*notebook.cells[:2], *notebook.cells[start:end], *notebook.cells[2:start], *notebook.cells[end:]]
    result = mended(notebook)
    assert result.sentences == ()
    assert [cell.id for cell in result.notebook.cells] == [cell.id for cell in notebook.cells]


CHANGES = ("delete", "copy", "move", "metadata", "id", "both", "outputs")


def damage(notebook, changes):
    for change, here, there in changes:
        if not notebook.cells:
            break
        cell = notebook.cells[here % len(notebook.cells)]
        if change in ("delete", "move"):
            notebook.cells.remove(cell)
        if change in ("copy", "move"):
            notebook.cells.insert(there % (len(notebook.cells) + 1), copy.deepcopy(cell))
        if change in ("metadata", "both"):
            cell.metadata = {}
        if change in ("id", "both"):
            cell.pop("id", None)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(LESSONS), st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 99), st.integers(0, 99)),
                                          max_size=40))
def test_whatever_happened_every_graded_cell_is_there_once_and_answers_run_before_checks(lesson, changes):
    notebook = from_dict(copy.deepcopy(SOLVED[lesson]))
    damage(notebook, changes)
    kept = {cell.source for cell in notebook.cells}
    result = mended(notebook, lesson).notebook
    assert_gradable(result, lesson)
    sources = [cell.source for cell in result.cells]
    for own in marked(SOLVED[lesson]):
        if own.metadata.nbgrader.solution and own.source in kept:
            assert own.source in sources
            item = own.id.partition("-")[0]
            if place(SOLVED[lesson], item) > place(SOLVED[lesson], own.id):
                assert sources.index(own.source) < place(result, item)


TINY = {"grade": True, "solution": False, "locked": True, "points": 4, "grade_id": "1C", "schema_version": 3,
        "task": False, "cell_type": "code"}


@pytest.fixture
def tiny(tmp_path):
    """A course of one lesson in nbgrader's folders, and its released notebook."""
    answer = {**TINY, "grade": False, "solution": True, "locked": False, "grade_id": "1C-answer"}
    del answer["points"]
    notebook = from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
        code("def double(number):\n    raise NotImplementedError", id="1C-answer", metadata={"nbgrader": answer}),
        code('check("1C", double)', id="1C", metadata={"nbgrader": TINY})]})
    for cell in notebook.cells:
        cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
    path = tmp_path / "notebooks" / "01-tiny" / "01-tiny.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    return tmp_path, notebook


def register(root, notebook):
    """What generate_assignment leaves in the gradebook."""
    Base.metadata.create_all(create_engine(f"sqlite:///{root}/gradebook.db"))       # a new one would start alembic
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        book.add_assignment("01-tiny")
        book.add_notebook("01-tiny", "01-tiny")
        for cell in notebook.cells:
            info = cell.metadata.nbgrader
            book.add_source_cell(info.grade_id, "01-tiny", "01-tiny", cell_type="code", source=cell.source,
                                 checksum=info.checksum, locked=info.locked)
        book.add_grade_cell("1C", "01-tiny", "01-tiny", max_score=4, cell_type="code")
        book.add_solution_cell("1C-answer", "01-tiny", "01-tiny")


def autograded(root, submitted, **settings):
    """The submission as nbgrader's own autograde leaves it, without running it."""
    path = root / "submitted" / "ann" / "01-tiny" / "01-tiny.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(submitted))
    config = Config({"CourseDirectory": {"root": str(root), "db_url": f"sqlite:///{root}/gradebook.db"},
                     "Repair": {"released": str(root / "notebooks")},
                     "Autograde": {"autograde_preprocessors": [CheckCellMetadata]}})
    directory = CourseDirectory(config=config, assignment_id="01-tiny")
    grader = Autograde(coursedir=directory, config=config)
    grader.sanitize_preprocessors = [Repair, *grader.sanitize_preprocessors]
    grader.start()
    return nbformat.read(root / "autograded" / "ann" / "01-tiny" / "01-tiny.ipynb", 4)


def test_nbgrader_takes_copies_and_lost_metadata_after_the_repair(tiny):
    root, released = tiny
    register(root, released)
    answer, check = copy.deepcopy(released.cells)
    answer.source = "def double(number):\n    return 2 * number"
    check.metadata = {}
    submitted = {**released, "cells": [answer, {**answer, "id": "copy"}, check]}
    result = autograded(root, submitted)
    assert [cell.id for cell in marked(result)] == ["1C-answer", "1C"]
    assert result.metadata["course_repairs"] == [
        "The answer cell 1C-answer was there 2 times; all of them run, and the last filled one counts.",
        "The metadata of 1C was lost or changed; it was put back."]


def test_a_released_notebook_that_is_not_there_is_a_sentence(tmp_path):
    names = {"nbgrader": {"assignment": "01-tiny"}}
    with pytest.raises(ValueError, match="must name the folder with the released notebooks"):
        Repair(released=str(tmp_path)).preprocess(MONOLITH, names)
