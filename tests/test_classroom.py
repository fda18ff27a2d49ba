"""Proves that nbgrader's own commands give the marks of `course grade`, for a tiny course and for a whole lesson."""

import json
import shutil
from itertools import groupby

import nbformat
import pytest
from conftest import need
from tiny_course import (
    HALF,
    NAME,
    RIGHT,
    ROOT,
    bare,
    filled,
    graded,
    made,
    nbgrader,
    notebook,
    put,
    says,
    scores,
    solved,
    sqlite,
)

from course.asking import predictions
from course.grading.sandbox import available
from course.grading.whole_class import read_settings

pytestmark = pytest.mark.slow
SCRIPT = "<script>document.title = 'taken'</script>"
LOUD = (f"import sys\nfrom IPython.display import HTML\ndisplay(HTML({SCRIPT!r}))\nprint('old', file=sys.stderr)\n"
        f"{RIGHT}")
WHOLE = "01-monolith"


def tiny_class(root):
    """What six students hand in, and the points of each check; None waits for a person."""
    yield "solved", solved(root), 4.0
    yield "blank", notebook(root, {}), 0.0
    yield "half", notebook(root, {"1C-answer": HALF}), 2.0
    yield "bare", bare(notebook(root, {"1C-answer": RIGHT})), 4.0
    yield "odd", notebook(root, {"1C-answer": says("raise")}), None
    yield "loud", notebook(root, {"1C-answer": LOUD, "1E-answer": SCRIPT}), 4.0


def hand_in(root, name, students):
    for student, content, _ in students:
        put(root / "classroom/submitted" / student / name / f"{name}.ipynb", content)


def both_ways(root, other, name, student="*"):
    """Grade what was handed in by `course grade`, and in a copy of the course by nbgrader's own commands."""
    graded(root, workers=2)
    shutil.copytree(root, other, ignore=shutil.ignore_patterns("classroom"))
    for part in ("submitted", "secret"):
        (shutil.copytree if part == "submitted" else shutil.copy)(root / "classroom" / part, other / "classroom" / part)
    nbgrader(other, "generate_assignment", name)
    nbgrader(other, "autograde", name, "--student", student)


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """The tiny course with its class, graded in both ways."""
    need(not available(), available())
    root, other = made(tmp_path_factory.mktemp("class")), tmp_path_factory.mktemp("nbgrader") / "class"
    hand_in(root, NAME, tiny_class(root))
    both_ways(root, other, NAME)
    return root, other


def shown(root, student, name=NAME):
    """What formgrader shows of each cell."""
    cells = nbformat.read(root / f"classroom/autograded/{student}/{name}/{name}.ipynb", 4).cells
    return [(cell.id, cell.source, [*told(cell.get("outputs", ()))]) for cell in cells]


def told(outputs):
    """The outputs of a cell; what is printed may come in one piece or in several."""
    for name, pieces in groupby(outputs, lambda output: output.get("name")):
        if name:
            yield name, "".join(piece.text for piece in pieces)
        else:
            yield from [[*piece.items()] for piece in pieces]


def test_both_ways_give_the_points_that_were_earned(two):
    for root in two:
        found = scores(sqlite(root))
        for student, _, points in tiny_class(root):
            assert found[student, "1C"] == (points or 0.0, points is None)
            assert found[student, "1E-answer"] == (0.0, student in ("solved", "loud"))     # who wrote, waits


def test_both_ways_show_the_same(two):
    for student, *_ in tiny_class(two[0]):
        assert shown(two[0], student) == shown(two[1], student)


def test_nothing_of_a_script_is_left_in_what_formgrader_shows(two):
    cells = {name: (source, outputs) for name, source, outputs in shown(two[1], "loud")}
    assert SCRIPT in cells["1C-answer"][0]      # code is shown as text
    assert "script>" not in str(cells["1C-answer"][1]) and "old" in str(cells["1C-answer"][1])
    assert "script" in cells["1E-answer"][0] and "<script" not in cells["1E-answer"][0]


def test_nbgrader_generates_what_the_build_released(two):
    generated = two[1] / f"classroom/release/{NAME}/{NAME}.ipynb"
    assert generated.read_bytes() == (two[1] / f"notebooks/{NAME}/{NAME}.ipynb").read_bytes()
    assert [path.name for path in generated.parent.iterdir()] == [f"{NAME}.ipynb"]
    assert "widgets" in solved(two[1]).metadata


def test_what_nbgrader_exports_leaves_our_marks_alone(two):
    assert read_settings(two[0]).CsvExportPlugin.to == str(two[0] / "classroom/nbgrader.csv")


def test_a_failed_release_leaves_the_learners_notebook(two, tmp_path):
    root = shutil.copytree(two[1], tmp_path / "class")
    (root / f"solutions/{NAME}/{NAME}.ipynb").write_text("{ not json")
    before = (root / f"notebooks/{NAME}/{NAME}.ipynb").read_bytes()
    with pytest.raises(AssertionError, match=NAME):
        nbgrader(root, "generate_assignment", NAME)
    assert (root / f"notebooks/{NAME}/{NAME}.ipynb").read_bytes() == before


def points_of(content):
    """The points of each check, by its id."""
    return {cell.id: cell.metadata.nbgrader.points for cell in content.cells
            if cell.metadata.get("nbgrader", {}).get("grade") and not cell.metadata.nbgrader.solution}


def practised(right):
    """The file that a learner's kernel leaves when the solution's prediction comes before its run."""
    kept = {}
    cell = next(cell for cell in right.cells if cell.id == "1P-prediction")
    exec(cell.source, {"predict": lambda item, guesses: kept.update({item: guesses})})
    records = {item: predictions.with_run(predictions.with_prediction(predictions.EMPTY, guesses, guesses))
               for item, guesses in kept.items()}
    return json.dumps({item: {"record": record, "seal": predictions.seal(record)} for item, record in records.items()})


def lesson_class(right, released):
    """The solution, nothing at all, and one answer alone; the points of each check."""
    points = points_of(right)
    one = [*points][len(points) // 2]
    own = {cell.id: cell.source for cell in right.cells if cell.id.startswith(f"{one}-")}
    yield "solved", right, points
    yield "blank", filled(nbformat.from_dict(released), {}), dict.fromkeys(points, 0.0)
    yield "one", filled(nbformat.from_dict(released), own), {item: points[one] * (item == one) for item in points}


def test_a_whole_lesson_gives_each_answer_its_own_points_in_both_ways(tmp_path):
    need(not available(), available())
    root, other = tmp_path / "class", tmp_path / "nbgrader"
    for kind in ("solutions", "notebooks"):
        shutil.copytree(ROOT / kind / WHOLE, root / kind / WHOLE)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "modules").mkdir()
    right, released = (nbformat.read(root / kind / WHOLE / f"{WHOLE}.ipynb", 4) for kind in ("solutions", "notebooks"))
    students = [*lesson_class(right, released)]
    hand_in(root, WHOLE, students)
    (root / f"classroom/submitted/solved/{WHOLE}/predictions.json").write_text(practised(right))
    both_ways(root, other, WHOLE, "one")
    expected = {(student, item): (earned, False) for student, _, points in students for item, earned in points.items()}
    found, theirs = scores(sqlite(root), WHOLE), scores(sqlite(other), WHOLE)
    assert {key: found[key] for key in expected} == expected
    assert theirs == {key: score for key, score in found.items() if key[0] == "one"}
    assert shown(root, "one", WHOLE) == shown(other, "one", WHOLE)
    generated = other / f"classroom/release/{WHOLE}/{WHOLE}.ipynb"
    assert generated.read_bytes() == (ROOT / f"notebooks/{WHOLE}/{WHOLE}.ipynb").read_bytes()
