"""Proves that nbgrader, with the course's configuration, gives the points that an answer earned and no others."""

import csv
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from course.build import build
from course.grading import ANSWERS, Judge, ShortOutput, answers, read_secret, variant, within

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]
NBGRADER = Path(sys.executable).with_name("nbgrader")
SAMPLE = '''\
"""One exercise, to double a number, that counts one point for each of its four cases."""

import os
from typing import NamedTuple

from IPython.display import display


class Report(NamedTuple):
    points: float

    def __str__(self):
        return f"{self.points:g} of 4 numbers were doubled"


class Double:
    id, points = "1C", 4

    def cases(self, variant):
        return [variant % 1000 * 2 + n for n in range(4)]

    def ask(self, answer, case):
        try:
            return answer(case)
        except Exception as error:
            return {"error": str(error)}

    def judge(self, cases, raw):
        return Report(float(sum(type(one) is int and one == 2 * case for case, one in zip(cases, raw))))


EXERCISES = {"1C": Double()}


def check(item, answer):
    exercise, variant = EXERCISES[item], int(os.environ.get("COURSE_VARIANT", 0))
    cases = exercise.cases(variant)
    raw = [exercise.ask(answer, case) for case in cases]
    if variant:
        display({"application/vnd.course.answers+json": {"item": item, "answers": raw}}, raw=True)
    return exercise.judge(cases, raw).points
'''
LESSON = '''\
# %%
import os

import ipywidgets
from IPython.display import display
from sample_checks import EXERCISES, check

ipywidgets.IntSlider(description="workers")

# %% answer="1C-answer"
def double(number):
    """Twice the number."""
    ### BEGIN SOLUTION
    return 2 * number
    ### END SOLUTION

# %% check="1C" points=4
check("1C", double)

# %% [markdown] manual="1E-answer" points=2
# Because a queue grows without end.
'''
FULL, NOTHING = 4.0, 0.0
RIGHT = "def double(number):\n    return 2 * number\n"
HIDDEN = 'EXERCISES["1C"].cases(int(os.environ["COURSE_VARIANT"]))'
SUBMISSIONS = {   # what stands in the answer cell, and the points that it earns
    "half": ("print('VARIANT', os.environ['COURSE_VARIANT'])\n"
             "def double(number):\n    return 2 * number if number % 2 == 0 else 0", 2.0),   # two of four are even
    "warns": ("import sys, warnings\n" + RIGHT.replace(
        "    return", "    warnings.warn('old')\n    print('old', file=sys.stderr)\n    return"), FULL),
    "talks": (RIGHT + "print('x' * 3_000_000)", FULL),
    "numpy": ("import numpy\ndouble = None\ncheck = lambda *all: numpy.float64(0.0)", NOTHING),
    "equal": ("class Equal:\n    def __eq__(self, other):\n        return True\n"
              "def double(number):\n    return Equal()", NOTHING),
    "forged": (f"double = None\ncheck = lambda *all: display({{'{ANSWERS}': {{'item': '1C', 'points': 4.0, "
               "'answers': [1, 2, 3, 4]}, 'text/plain': '4.0'}, raw=True)", NOTHING),
    "twice": ("def double(number):\n"
              f"    display({{'{ANSWERS}': {{'item': '1C', 'answers': [2 * case for case in {HIDDEN}]}}}}, raw=True)\n"
              "    return 0", NOTHING),
    "unfinished": ("def double(number)", NOTHING),
}


def nbgrader(root, *arguments):
    """Run nbgrader in the course, as an instructor does; return what it said."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(root / "modules")])}
    done = subprocess.run([NBGRADER, *arguments], cwd=root, env=environment, capture_output=True, text=True,
                          timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stderr


def submit(root, lesson, student, notebook):
    folder = root / "classroom" / "submitted" / student / lesson
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{lesson}.ipynb")
    return folder


def filled(notebook, sources):
    """The notebook with some cells' sources replaced, by id."""
    for cell in notebook.cells:
        cell.source = sources.get(cell.id, cell.source)
    return notebook


def scores(root):
    with open(root / "classroom" / "grades.csv", newline="") as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class that handed in honest, clumsy and hostile answers, graded by nbgrader from the command line."""
    root = tmp_path_factory.mktemp("class")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    for path, text in (("modules/sample_checks.py", SAMPLE), ("solutions/01-tiny/01-tiny.py", LESSON)):
        (root / path).parent.mkdir(parents=True)
        (root / path).write_text(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(root / "modules"))
        build(root=root)
    nbgrader(root, "generate_assignment", "01-tiny")
    hand_in(root)
    nbgrader(root, "autograde", "01-tiny", "--Judge.exercises=sample_checks.EXERCISES")
    nbgrader(root, "generate_feedback", "01-tiny")
    nbgrader(root, "export")
    return root


def hand_in(root):
    released, solved = root / "notebooks/01-tiny/01-tiny.ipynb", root / "solutions/01-tiny/01-tiny.ipynb"
    submit(root, "01-tiny", "blank", nbformat.read(released, 4))
    submit(root, "01-tiny", "solved", nbformat.read(solved, 4))
    for student, (source, _) in SUBMISSIONS.items():
        submit(root, "01-tiny", student, filled(nbformat.read(released, 4), {"1C-answer": source}))
    shadow = submit(root, "01-tiny", "shadow", nbformat.read(released, 4))
    (shadow / "sample_checks.py").write_text(SAMPLE.replace("return answer(case)", "return 2 * case"))


def outputs(root, student, cell_id):
    notebook = nbformat.read(root / "classroom/autograded" / student / "01-tiny/01-tiny.ipynb", 4)
    return next(cell.outputs for cell in notebook.cells if cell.id == cell_id)


def test_nbgrader_generates_what_the_build_released(graded):
    generated = graded / "classroom/release/01-tiny/01-tiny.ipynb"
    assert generated.read_bytes() == (graded / "notebooks/01-tiny/01-tiny.ipynb").read_bytes()
    assert [path.name for path in generated.parent.iterdir()] == ["01-tiny.ipynb"]
    assert "widgets" in nbformat.read(graded / "solutions/01-tiny/01-tiny.ipynb", 4).metadata


@pytest.mark.parametrize("student, points", [
    ("solved", FULL), ("blank", NOTHING), ("shadow", NOTHING),
    *((student, points) for student, (_, points) in SUBMISSIONS.items()),
])
def test_points(graded, student, points):
    assert scores(graded)[student] == points


def test_the_report_of_the_judge_is_all_that_a_check_cell_shows(graded):
    for student, points in (("half", 2.0), ("warns", 4.0), ("solved", 4.0)):
        report, result = outputs(graded, student, "1C")
        assert (report.name, report.text) == ("stdout", f"{points:g} of 4 numbers were doubled\n")
        assert result.data == {"text/plain": str(points)}


@pytest.mark.parametrize("student, sentence", [
    ("numpy", "No points: the check reported no answer."),
    ("unfinished", "No points: the check reported no answer, because the cell stopped with NameError"),
    ("twice", "No points: answers to 1C were reported 5 times, and a check reports once."),
    ("forged", "0 of 4 numbers were doubled"),
])
def test_no_points_come_with_a_sentence(graded, student, sentence):
    assert outputs(graded, student, "1C")[0].text.startswith(sentence)


def test_what_a_cell_prints_is_cut_to_a_readable_length(graded):
    notebook = graded / "classroom/autograded/talks/01-tiny/01-tiny.ipynb"
    assert notebook.stat().st_size < 200_000
    assert outputs(graded, "talks", "1C-answer")[0].text.endswith("(the rest was cut)")


def test_the_kernel_knows_its_students_variant(graded):
    number = variant(read_secret(graded / "classroom/secret"), "half", "01-tiny")
    assert outputs(graded, "half", "1C-answer")[0].text == f"VARIANT {number}\n"
    assert "COURSE_VARIANT" not in os.environ


def test_feedback_shows_the_report(graded):
    page = (graded / "classroom/feedback/half/01-tiny/01-tiny.html").read_text()
    assert "2 of 4 numbers were doubled" in page


def test_a_written_answer_waits_for_a_person_and_a_blank_one_does_not(graded):
    with Gradebook(f"sqlite:///{graded}/classroom/gradebook.db") as book:
        waits = {student: book.find_grade("1E-answer", "01-tiny", "01-tiny", student).needs_manual_grade
                 for student in ("solved", "blank")}
    assert waits == {"solved": True, "blank": False}


def test_a_failed_release_leaves_the_learners_notebook(graded, tmp_path):
    shutil.copytree(graded, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("classroom"))
    (tmp_path / "solutions/01-tiny/01-tiny.ipynb").write_text("{ not json")
    before = (tmp_path / "notebooks/01-tiny/01-tiny.ipynb").read_bytes()
    with pytest.raises(AssertionError, match="01-tiny"):
        nbgrader(tmp_path, "generate_assignment", "01-tiny")
    assert (tmp_path / "notebooks/01-tiny/01-tiny.ipynb").read_bytes() == before


def test_secret_is_made_once_and_is_the_owners_alone(tmp_path):
    path = tmp_path / "classroom" / "secret"
    secret = read_secret(path)
    assert read_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret"]


def test_a_damaged_secret_is_a_sentence(tmp_path):
    (tmp_path / "secret").write_text("")
    with pytest.raises(ValueError, match="does not hold a class secret: restore it"):
        read_secret(tmp_path / "secret")


def test_variants_differ_between_students_lessons_and_classes():
    pairs = [("ann", "01-a"), ("bob", "01-a"), ("ann", "02-a"), ("ann0", "1-a")]
    numbers = {variant(secret, *pair) for secret in (b"one", b"two") for pair in pairs}
    assert len(numbers) == 8
    assert all(0 < number < 2**53 for number in numbers)   # exact in JSON, and never the visible 0


@pytest.mark.parametrize("points, kept", [
    (2.5, 2.5), (3, 3.0), (-1, 0.0), (9, 4.0), (float("nan"), 0.0), (float("inf"), 0.0), (1 / 3, 0.33),
])
def test_points_are_a_float_within_the_cells_points(points, kept):
    assert within(points, 4.0) == kept
    assert type(within(points, 4.0)) is float


def check_cell(*reports):
    cell = nbformat.v4.new_code_cell("", outputs=[
        nbformat.v4.new_output("display_data", {ANSWERS: report}) for report in reports])
    cell.metadata["nbgrader"] = {"grade": True, "solution": False, "grade_id": "1C", "points": 4}
    return cell


@pytest.mark.parametrize("report, sentence", [
    ({"item": "1C", "answers": [1, 2]}, ""),
    ({"item": "1C", "answers": [1]}, "does not hold one answer to 1C for each of its 2 cases"),
    ({"item": "1D", "answers": [1, 2]}, "does not hold one answer"),
    ({"item": "1C", "answers": "12"}, "does not hold one answer"),
    ({"item": "1C"}, "does not hold one answer"),
    ("1C", "does not hold one answer"),
    ({"item": "1C", "answers": ["x" * 1000, 2]}, "is larger than 1,000 bytes"),
])
def test_reports_of_another_form_are_not_judged(report, sentence):
    raw, complaint = answers(check_cell(report), "1C", cases=2, most_bytes=1000)
    assert sentence in complaint
    assert raw == ([] if sentence else [1, 2])


class Fragile:
    """An exercise whose judge cannot bear text."""

    def cases(self, variant):
        return [1]

    def judge(self, cases, raw):
        return sum(raw)


FRAGILE = {"1C": Fragile()}


def judged(cell, tmp_path, exercises):
    judge = Judge(secret_file=str(tmp_path / "secret"), exercises=exercises)
    names = {"nbgrader": {"student": "ann", "assignment": "01-tiny"}}
    return judge.preprocess_cell(cell, names, 0)[0]


@pytest.mark.parametrize("text", ["True", "'4.0'", "np.float64(0.0)", "4.0", "1000.0", "-1", "nan", "IntSlider()"])
def test_a_value_that_the_kernel_shows_is_never_points(text, tmp_path):
    cell = check_cell()
    cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": text}, execution_count=1),
                    nbformat.v4.new_output("stream", name="stderr", text="old")]
    assert [output.output_type for output in judged(cell, tmp_path, f"{__name__}.FRAGILE").outputs] == [
        "stream", "execute_result"]
    assert cell.outputs[1].data == {"text/plain": "0.0"}


def test_a_judge_that_fails_gives_no_points_and_says_so(tmp_path):
    cell = judged(check_cell({"item": "1C", "answers": ["text"]}), tmp_path, f"{__name__}.FRAGILE")
    assert cell.outputs[0].text.startswith("No points: the answers to 1C have a form that cannot be judged")
    assert cell.outputs[1].data == {"text/plain": "0.0"}


def test_a_check_without_an_exercise_is_an_error_and_not_a_zero(tmp_path):
    cell = check_cell()
    cell.metadata.nbgrader["grade_id"] = "9Z"
    with pytest.raises(ValueError, match="There is no exercise 9Z"):
        judged(cell, tmp_path, f"{__name__}.FRAGILE")


def test_long_data_and_tracebacks_are_cut_too():
    cell = nbformat.v4.new_code_cell("", outputs=[
        nbformat.v4.new_output("display_data", {"text/html": "x" * 200, "text/plain": "short"}),
        nbformat.v4.new_output("error", ename="E", evalue="y" * 200, traceback=["z" * 200])])
    short, _ = ShortOutput(most_letters=10).preprocess_cell(cell, {}, 0)
    assert short.outputs[0].data == {"text/plain": "short"}
    assert len(json.dumps(short.outputs[1])) < 150


def lessons_with_checks():
    """Those that nbgrader grades here; the others it only validates, in the tests of the browser, to save time."""
    return [path for path in sorted(ROOT.glob("solutions/*/*.ipynb")) if path.stem[:2] in ("01", "03", "04")]


def points_of(notebook):
    """The points of each check, by its id."""
    return {cell.id: cell.metadata.nbgrader.points for cell in notebook.cells
            if cell.metadata.get("nbgrader", {}).get("grade") and not cell.metadata.nbgrader.solution}


def handed_in(name, solved, released):
    """What students hand in, with its points; one lesson shows for all that a single answer earns its own only."""
    points = points_of(solved)
    if name != "01-monolith":
        return {"solved": (solved, sum(points.values()))}
    one = list(points)[len(points) // 2]
    own = {cell.id: cell.source for cell in solved.cells if cell.id.startswith(f"{one}-")}
    return {"solved": (solved, sum(points.values())), "one": (filled(released, own), points[one])}


@pytest.mark.parametrize("lesson", lessons_with_checks(), ids=lambda path: path.stem)
def test_a_lessons_solution_earns_all_points_and_one_answer_its_own(lesson, tmp_path):
    name = lesson.stem
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(lesson.parent, tmp_path / "solutions" / name)
    students = handed_in(name, *(nbformat.read(path, 4) for path in (lesson, ROOT / "notebooks" / name / lesson.name)))
    nbgrader(tmp_path, "generate_assignment", name)
    for student, (notebook, _) in students.items():
        submit(tmp_path, name, student, notebook)
    nbgrader(tmp_path, "autograde", name)
    nbgrader(tmp_path, "export")
    assert scores(tmp_path) == {student: points for student, (_, points) in students.items()}
    generated = tmp_path / "classroom/release" / name / lesson.name
    assert generated.read_bytes() == (ROOT / "notebooks" / name / lesson.name).read_bytes()
