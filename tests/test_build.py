"""Proves that a build gives the same bytes again, and that each thing that can be wrong with a lesson is refused."""

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest

from course.budgets import code_lines, over_budget, too_large, words
from course.build import BuildError, build, check
from course.execution import normalised
from course.lesson import expand, read
from course.release import leaks

ROOT = Path(__file__).resolve().parents[1]
LESSON = '''\
# %% [markdown]
# # A tiny lesson

# %%
def check(item, answer):
    """Stands for the course's own check."""
    return 4.0

# %% answer="1C-answer"
def double(number):
    """Twice the number."""
    ### BEGIN SOLUTION
    return number + number
    ### END SOLUTION

# %% check="1C" points=4
check("1C", double)

# %% [markdown] manual="1E-answer" points=2
# Because a queue grows without end.
'''
RESTLESS = '''
# %%
import sys

import ipywidgets
import pandas

print(object(), sys._getframe().f_code.co_filename, set("abc"))
pandas.DataFrame({"a": [1, 2]}).style.highlight_max()

# %%
ipywidgets.VBox([ipywidgets.IntSlider(description="workers"), ipywidgets.HTML("picture")])
'''


@pytest.fixture
def course(tmp_path):
    """A course with one lesson and nbgrader's configuration."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    write(tmp_path, LESSON)
    return tmp_path


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The same course, built once for all tests that only change a copy of it."""
    root = tmp_path_factory.mktemp("built")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    write(root, LESSON)
    build(root=root)
    return root


@pytest.fixture
def copy(built, tmp_path):
    """A copy of the built course, to spoil."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path


def write(root, lesson, name="00-tiny"):
    script = root / "solutions" / name / f"{name}.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(lesson, encoding="utf-8")
    return script


def solved(root):
    return root / "solutions" / "00-tiny" / "00-tiny.ipynb"


def released(root):
    return root / "notebooks" / "00-tiny" / "00-tiny.ipynb"


def spoil(path, change):
    notebook = json.loads(path.read_text())
    change(notebook)
    path.write_text(json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def complaint(root):
    with pytest.raises(BuildError) as refused:
        check(root=root)
    return str(refused.value)


def test_two_builds_give_the_same_bytes_though_ids_paths_and_addresses_change(course):
    write(course, LESSON + RESTLESS)
    build(root=course)
    first = solved(course).read_bytes(), released(course).read_bytes()
    build(root=course)
    assert (solved(course).read_bytes(), released(course).read_bytes()) == first
    check(root=course)


def test_widget_references_still_agree_after_renaming(course):
    write(course, LESSON + RESTLESS)
    build(root=course)
    notebook = nbformat.read(solved(course), 4)
    state = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"].state
    shown = re.findall(r'"model_id": "(\w+)"', json.dumps(notebook.cells))
    referred = re.findall(r"IPY_MODEL_(\w+)", json.dumps(state))
    assert shown and referred
    assert {*shown, *referred} <= set(state)


def test_a_base64_picture_is_left_as_it_is():
    picture = "0xdeadbeef00T_0123"
    cell = nbformat.v4.new_code_cell("", outputs=[nbformat.v4.new_output("display_data", {"image/png": picture})])
    assert normalised(nbformat.v4.new_notebook(cells=[cell]), "/no/such/folder").cells[0].outputs[0].data == {
        "image/png": picture}


def test_solution_keeps_its_outputs_and_its_answer(built):
    cells = {cell.id: cell for cell in nbformat.read(solved(built), 4).cells}
    assert cells["1C"].outputs[0].data["text/plain"] == "4.0"
    assert "return number + number" in cells["1C-answer"].source


def test_release_has_neither_outputs_nor_answers(built):
    text = released(built).read_text()
    cells = {cell.id: cell for cell in nbformat.read(released(built), 4).cells}
    assert "number + number" not in text and "grows without end" not in text
    assert 'raise NotImplementedError("No answer yet' in cells["1C-answer"].source
    assert [cell.get("outputs", []) for cell in cells.values()] == [[]] * 5


def test_short_metadata_become_nbgraders(built):
    cells = {cell.id: cell.metadata for cell in nbformat.read(solved(built), 4).cells}
    assert cells["1C"] == {"deletable": False, "editable": False, "nbgrader": {
        "grade": True, "grade_id": "1C", "locked": True, "points": 4, "schema_version": 3, "solution": False,
        "task": False}}
    assert cells["1C-answer"] == {"deletable": False, "nbgrader": {
        "grade": False, "grade_id": "1C-answer", "locked": False, "schema_version": 3, "solution": True,
        "task": False}}
    assert cells["1E-answer"].nbgrader.grade and cells["1E-answer"].nbgrader.solution


def test_practice_is_locked_and_has_no_points(tmp_path):
    script = write(tmp_path, LESSON.replace('check="1C" points=4', 'practice="1C"'))
    cell = next(cell for cell in expand(read(script)).cells if cell.id == "1C")
    assert cell.metadata.nbgrader == {"grade": False, "grade_id": "1C", "locked": True, "schema_version": 3,
                                      "solution": False, "task": False}


def test_equal_cells_get_different_ids(tmp_path):
    script = write(tmp_path, "# %%\n1\n\n# %%\n1\n")
    assert len({cell.id for cell in expand(read(script)).cells}) == 2


@pytest.mark.parametrize("cell, complaint", [
    ("1 / 0", "cell 6 (1 / 0) raises ZeroDivisionError"),
    ("import warnings\nwarnings.warn('old')", "cell 6 (import warnings) writes to stderr"),
    ("import os\nos._exit(1)", "cell 6 (import os) ended its kernel"),
])
def test_a_cell_that_fails_is_named_and_leaves_the_files_as_they_were(copy, cell, complaint):
    before = solved(copy).read_bytes(), released(copy).read_bytes()
    write(copy, f"{LESSON}\n# %%\n{cell}\n")
    with pytest.raises(BuildError, match=re.escape(complaint)):
        build(root=copy)
    assert (solved(copy).read_bytes(), released(copy).read_bytes()) == before


def test_if_one_lesson_fails_none_is_written(course):
    write(course, "# %%\n1 / 0\n", "01-broken")
    with pytest.raises(BuildError, match="01-broken"):
        build(root=course)
    assert not solved(course).exists()


def test_a_place_that_cannot_be_written_is_a_sentence_and_leaves_nothing_behind(course):
    (course / "notebooks").write_text("a file where a folder should be")
    with pytest.raises(BuildError, match=r"notebooks.* cannot be written .*: nothing was changed"):
        build(root=course)
    assert [path.name for path in solved(course).parent.iterdir()] == ["00-tiny.py"]


@pytest.mark.parametrize("old, new, complaint", [
    ('answer="1C-answer"', 'anwser="1C-answer"', "unknown metadata 'anwser'"),
    ('answer="1C-answer"', 'answer="1C-answer" hint="x"', "unknown metadata 'hint'"),
    ('answer="1C-answer"', 'answer=1C-answer', "metadata that cannot be read"),
    ('answer="1C-answer"', 'answer="1C-answer" check="1C"', "is answer and check at once"),
    ('answer="1C-answer"', 'answer="1C answer"', "has the id '1C answer'"),
    ('answer="1C-answer"', 'answer="1C-answer" points=3', "has points but nothing marks it"),
    ('check="1C" points=4', 'check="1C"', "needs points above 0"),
    ('check="1C" points=4', 'check="1C" points=0', "needs points above 0"),
    ('check="1C" points=4', 'check="1C" points="4"', "needs points above 0"),
    ('manual="1E-answer" points=2', 'manual="1E-answer"', "needs points above 0"),
    ('manual="1E-answer"', 'manual="1C-answer"', "has the id '1C-answer' a second time"),
    ('check="1C" points=4', 'check="1D" points=4', "must be exactly one call"),
    ('answer="1C-answer"', 'answer="1D-answer"', "is an answer without a check"),
    ('answer="1C-answer"', 'answer="1D-answer"', "is a check without an answer"),
    ('check("1C", double)', 'check("1C", double)\nprint("more")', "must be exactly one call"),
    ('check("1C", double)', 'points = check("1C", double)', "must be exactly one call"),
    ('check("1C", double)', 'check("1C", double) and 4', "must be exactly one call"),
    ('check("1C", double)', 'check("1C", double', "must be exactly one call"),
    ('check("1C", double)', '### BEGIN HIDDEN TESTS\ncheck("1C", double)\n### END HIDDEN TESTS',
     "holds the marker HIDDEN TESTS"),
    ("    ### END SOLUTION\n", "", "needs each ### BEGIN SOLUTION closed"),
    ("    ### BEGIN SOLUTION\n    return number + number\n    ### END SOLUTION\n", "    return number + number\n",
     "is an answer without a solution"),
    ("# # A tiny lesson", "# ### BEGIN SOLUTION\n# x\n# ### END SOLUTION", "holds a solution but is no answer cell"),
    ('answer="1C-answer"', '[markdown] answer="1C-answer"', "must be a code cell"),
])
def test_a_script_that_would_confuse_nbgrader_is_refused(course, old, new, complaint):
    assert old in LESSON
    script = write(course, LESSON.replace(old, new))
    for command in (build, check):
        with pytest.raises(BuildError) as refused:
            command(root=course)
        assert complaint in str(refused.value)
        assert re.search(r"solutions/00-tiny/00-tiny\.py, cell \d \(", str(refused.value))
    assert list(script.parent.iterdir()) == [script]


def test_the_sample_itself_is_accepted(copy):
    check(root=copy)


def lose_metadata(notebook):
    del notebook["cells"][3]["metadata"]["nbgrader"]


def change_source(notebook):
    notebook["cells"][1]["source"] = ["pass"]


def change_output(notebook):
    notebook["cells"][3]["outputs"][0]["data"]["text/plain"] = ["3.0"]


def drop_cell(notebook):
    notebook["cells"].pop()


def give_away(notebook):
    notebook["cells"][2]["source"][-1] = "    return number + number"


def give_away_in_another_cell(notebook):
    notebook["cells"][1]["source"] = ["    return number + number"]


def give_away_a_manual_answer(notebook):
    notebook["cells"][4]["source"] = ["Because a queue grows without end."]


def keep_widgets(notebook):
    notebook["metadata"]["widgets"] = {}


def keep_outputs(notebook):
    notebook["cells"][3]["outputs"] = [{"name": "stdout", "output_type": "stream", "text": ["right"]}]


GIVES = "gives away an answer in "


@pytest.mark.parametrize("in_solution, first, in_release, second", [
    (change_source, "cell 2 (def check(item, answer):) differs in its source", lose_metadata,
     "cell 4 (1C) differs in its metadata"),
    (change_output, "cell 4 (1C) differs in its outputs", give_away_in_another_cell, GIVES + "cell 2"),
    (lose_metadata, "cell 4 (1C) differs in its metadata", give_away,
     GIVES + "cell 3 ('return number + number' comes from a solution)"),
    (drop_cell, "it has 4 cells instead of 5", give_away_a_manual_answer, GIVES + "cell 5"),
    (keep_widgets, "its own metadata or its layout differs", keep_widgets,
     GIVES + "the metadata (it holds the state of widgets)"),
    (drop_cell, "it has 4 cells instead of 5", keep_outputs, GIVES + "cell 4 (it has outputs)"),
])
def test_a_notebook_that_drifted_from_its_script_is_refused(copy, in_solution, first, in_release, second):
    spoil(solved(copy), in_solution)
    spoil(released(copy), in_release)
    said = complaint(copy)
    assert f"solutions/00-tiny/00-tiny.ipynb is not what its script gives: {first}" in said
    assert second in said
    assert "notebooks/00-tiny/00-tiny.ipynb is not what its script gives" in said


@pytest.mark.parametrize("file", [solved, released])
def test_a_notebook_that_is_missing_or_not_json_is_a_sentence(copy, file):
    other = released if file is solved else solved
    file(copy).write_text("{ not json")
    other(copy).unlink()
    said = complaint(copy)
    assert f"{file(copy).relative_to(copy)} is not a notebook" in said
    assert f"{other(copy).relative_to(copy)} is missing: run `course build`." in said


def test_check_says_everything_that_is_wrong_at_once(copy):
    (copy / "notebooks" / "09-old").mkdir()
    shutil.copy(released(copy), copy / "notebooks" / "09-old" / "09-old.ipynb")
    spoil(solved(copy), change_output)
    spoil(released(copy), lose_metadata)
    first, *rest = complaint(copy).splitlines()
    assert first.startswith("notebooks/09-old/09-old.ipynb has no script solutions/09-old/09-old.py")
    assert len(rest) == 2


@pytest.mark.parametrize("answer, elsewhere, shown, leaked", [
    ("return number + number", "pass", "x = 1\n  return number + number", ["return number + number"]),
    ("return number + number", "return number + number", "x = 1\n  return number + number", []),
    ("return 2", "pass", "return 2", []),   # too short to be anyone's secret
    ("x = 1\n    return x", "x = 1", "x = 1\n\nreturn x", ["x = 1"]),   # two lines in a row are
    ("x = 1\n    return x", "x = 1", "return x\nx = 1", []),
])
def test_a_solution_leaks_unless_learners_see_its_lines_anyway(tmp_path, answer, elsewhere, shown, leaked):
    lesson = LESSON.replace("return number + number", answer) + f"\n# %%\n{elsewhere}\n"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(shown)])
    found = leaks(read(write(tmp_path, lesson)), notebook)
    assert found == [f"cell 1 ({line!r} comes from a solution)" for line in leaked]


@pytest.mark.parametrize("names, content, sentence", [
    (("02-absent",), LESSON, "There is no lesson 02-absent: choose from 00-tiny."),
    ((), None, "has no lesson"),
])
def test_a_lesson_that_is_not_there_is_a_sentence(course, names, content, sentence):
    if content is None:
        shutil.rmtree(course / "solutions")
    with pytest.raises(BuildError, match=re.escape(sentence)):
        build(names, root=course)


def test_a_script_that_is_not_text_is_a_sentence(course):
    (course / "solutions" / "00-tiny" / "00-tiny.py").write_bytes(b"\xff\xfe\x00")
    for command in (build, check):
        with pytest.raises(BuildError, match=r"00-tiny\.py cannot be read as a percent script"):
            command(root=course)


def test_a_folder_without_nbgraders_configuration_is_a_sentence(course):
    (course / "nbgrader_config.py").unlink()
    with pytest.raises(BuildError, match=r"has no nbgrader_config\.py"):
        build(root=course)


def lesson_of(cells, words_each, lines_each):
    text = "\n\n".join("# %% [markdown]\n# " + "word " * words_each for _ in range(cells // 2))
    code = "\n\n".join("# %%\n" + "\n".join(f"x{n} = {n}" for n in range(lines_each)) for _ in range(cells // 2))
    return f"{text}\n\n{code}\n"


@pytest.mark.parametrize("name, cells, words_each, lines_each, faults", [
    ("01-good", 40, 100, 3, []),
    ("01-short", 34, 100, 3, ["34 cells"]),
    ("01-long", 62, 60, 3, ["62 cells"]),
    ("01-terse", 40, 74, 3, ["1480 words of prose"]),
    ("01-wordy", 40, 121, 3, ["2420 words of prose"]),
    ("08-capstone", 40, 121, 3, []),
    ("00-start", 10, 10, 3, []),
    ("00-dense", 10, 10, 5, ["5 lines of code in its median cell"]),
    ("00-thin", 10, 10, 1, ["1 lines of code in its median cell"]),
    ("00-heavy", 2, 10, 16, ["cell 2 (x0 = 0) has 16 lines of code", "16 lines of code in its median cell"]),
])
def test_budgets(tmp_path, name, cells, words_each, lines_each, faults):
    script = write(tmp_path, lesson_of(cells, words_each, lines_each), name)
    found = over_budget(script, read(script))
    assert len(found) == len(faults)
    assert all(fault in sentence for fault, sentence in zip(faults, found, strict=True))


def test_words_are_prose_without_diagrams_and_tags():
    cell = nbformat.v4.new_markdown_cell("Two words.\n```mermaid\nflowchart LR\n```\n<b>one</b> - [link text](a/b.c)")
    assert words(cell) == 2 + 1 + 2


def test_code_lines_leave_out_the_solution_and_blank_lines(tmp_path):
    answer = read(write(tmp_path, LESSON)).cells[2]
    assert code_lines(answer) == 2


def test_a_file_over_two_megabytes_is_refused():
    assert too_large(Path("a.ipynb"), "é" * 1_000_000) == []
    assert "2,000,001 bytes" in too_large(Path("a.ipynb"), "x" * 2_000_001)[0]
