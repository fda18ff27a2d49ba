"""Proves that `course grade` marks a class in one run, loses nothing when it is stopped, and calls no error a zero."""

import csv
import os
import shutil
import signal
from importlib.util import find_spec

import nbformat
import pytest
import tiny_course
from conftest import need
from postgresql import postgresql, program
from tiny_course import FULL, NAME, RIGHT, bare, give, made, notebook, put, says, scores, solved, sqlite, started

from course.__main__ import main
from course.grading import whole_class
from course.grading.one import Graded, failed
from course.grading.sandbox import available
from course.grading.verdict import from_json

pytestmark = pytest.mark.slow
ENDS = "import os\ndef double(number):\n    os._exit(0)\n"
HALF, NOTHING = 2.0, 0.0
CLASS = {    # what stands in the answer cell; the state, and the points of 1C
    "ann": (RIGHT, "needs manual", FULL),
    "bob": (says("wait for one"), "needs manual", HALF),
    "cem": (says("kill"), "error", None),           # its judge dies
    "dan": (says("kill once"), "graded", HALF),
    "eva": (ENDS, "graded", NOTHING),
    "fay": (says("wait for two"), "graded", HALF),
    "gus": ("", "graded", NOTHING),
    "hal": ("", "error", None),                     # half a file
    "ira": (says("raise"), "needs manual", None),   # its judge fails
}
WRITTEN = {"ann": {"1E-answer": "Because of variance."}, "bob": {"1E-answer": "Queues."}}


def hand_in(root):
    """The folder with what the class handed in, each as they like."""
    folder = root / "handed_in"
    for student, (answer, _, _) in CLASS.items():
        answers = {"1C-answer": answer} if answer else {}
        put(folder / student / f"{NAME}.ipynb", notebook(root, answers | WRITTEN.get(student, {})))
    shutil.rmtree(folder / "fay")
    put(folder / "fay" / "my answers (final).ipynb", bare(notebook(root, {"1C-answer": CLASS["fay"][0]})))
    (folder / "hal" / f"{NAME}.ipynb").write_text('{"cells": [')
    return folder


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class after one undisturbed run, and what the command said."""
    need(not available(), available())
    root = made(tmp_path_factory.mktemp("class"))
    for name in ("wait for one", "wait for two"):
        (root / "modules" / name).touch()
    return root, tiny_course.graded(root, hand_in(root), workers=2)


@pytest.fixture
def again(graded, tmp_path):
    """A copy of the graded class, to go on with, without the one whose judge dies."""
    return shutil.copytree(graded[0], tmp_path / "class", ignore=shutil.ignore_patterns("cem"))


def verdict(root, student):
    return from_json((root / f"classroom/verdicts/{NAME}/{student}.json").read_text())


def verdict_bytes(root):
    return {path.stem: path.read_bytes() for path in sorted(root.glob("classroom/verdicts/*/*.json"))}


def rows(root):
    with open(root / "classroom/grades.csv", newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def marks(root, *students):
    """What stands in grades.csv."""
    found = rows(root)
    return [(found[student]["score"], found[student]["state"]) for student in students]


@pytest.mark.parametrize("student", CLASS)
def test_each_student_has_a_state_and_the_points_of_that_answer_alone(graded, student):
    _, state, points = CLASS[student]
    found = verdict(graded[0], student)
    assert (found.state, found.problem == "") == (state, state != "error")
    assert {mark.item: mark.points for mark in found.marks}.get("1C") == points


def test_every_submission_has_a_line_and_every_error_a_sentence_at_the_end(graded):
    said = graded[1]
    lines = said.splitlines()
    assert sorted(int(line.split()[0]) for line in lines[:9]) == list(range(1, 10))
    assert any(line.endswith(f"of 9  bob  {NAME}  2 of 6, needs manual") for line in lines)
    assert any(f"fay  {NAME}  2 of 6, graded, repaired (" in line for line in lines)
    closing = said.partition("Without a mark, which is not a zero:\n")[2].splitlines()
    assert sorted(line.split()[0] for line in closing[:2]) == ["cem", "hal"]
    assert "9 submissions: 2 error, 4 graded, 3 needs manual." in said


def test_a_worker_that_died_twice_is_a_sentence(graded):
    assert "died twice" in verdict(graded[0], "cem").problem
    assert (graded[0] / "modules/killed once").exists()      # so dan's judge died once


def test_a_cell_that_ends_the_kernel_is_named(graded):
    found = verdict(graded[0], "eva")
    assert any("ended" in note for note in found.notes)
    assert found.marks[0].note == "No points: the check reported no answer, because the cell was left out."


def test_no_mark_is_an_empty_field_with_its_word_and_an_error_is_not_in_the_gradebook(graded):
    assert marks(graded[0], "cem", "hal", "gus", "ira") == [
        ("", "error"), ("", "error"), ("0", "graded"), ("", "needs manual")]
    assert {student for student, _ in scores(sqlite(graded[0]))} == {*CLASS} - {"cem", "hal"}


def test_what_was_handed_in_is_kept_byte_for_byte_under_the_lessons_name(graded):
    kept = graded[0] / f"classroom/submitted/fay/{NAME}/{NAME}.ipynb"
    assert kept.read_bytes() == (graded[0] / "handed_in/fay/my answers (final).ipynb").read_bytes()


def page(root, student):
    return (root / f"classroom/feedback/{student}/{NAME}/{NAME}.html").read_text()


def check_cell(root, student):
    """What the teacher sees of the check."""
    shown = nbformat.read(root / f"classroom/autograded/{student}/{NAME}/{NAME}.ipynb", 4)
    return next(cell for cell in shown.cells if cell.id == "1C").outputs[0].text


def test_the_student_reads_the_message_and_the_teacher_the_report(graded):
    assert "Twice the number" in page(graded[0], "bob")
    assert "2 of 4 checks passed" in check_cell(graded[0], "bob")


def test_what_a_failing_judge_says_is_for_the_teacher_alone(graded):
    assert "ArithmeticError: the right answer is " in check_cell(graded[0], "ira")
    assert "A person reads this." in page(graded[0], "ira")
    assert "right answer" not in page(graded[0], "ira") + verdict(graded[0], "ira").as_json()


def test_stopped_and_killed_in_the_middle_and_resumed_it_gives_the_same_verdicts(graded, tmp_path):
    shutil.copytree(graded[0], tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("classroom", "wait for*"))
    (tmp_path / "classroom").mkdir()
    shutil.copy(graded[0] / "classroom/secret", tmp_path / "classroom")
    some = ["ann", "bob", "fay", "gus", "hal"]
    for student in {*CLASS} - {*some}:
        shutil.rmtree(tmp_path / "handed_in" / student)
    code, said = ended(tmp_path, signal.SIGINT, lines=2)        # an error, which needs no run, and the first student
    assert (code, said) == (
        130, "course: stopped. All that was graded is kept; the same command goes on from here.\n")
    assert sorted(verdict_bytes(tmp_path)) == ["ann", "hal"]
    (tmp_path / "modules/wait for one").touch()
    ended(tmp_path, signal.SIGKILL, lines=3)
    assert sorted(verdict_bytes(tmp_path)) == ["ann", "bob", "hal"]
    (tmp_path / "modules/wait for two").touch()
    tiny_course.graded(tmp_path, tmp_path / "handed_in", workers=1)
    undisturbed = verdict_bytes(graded[0])
    assert verdict_bytes(tmp_path) == {student: undisturbed[student] for student in some}
    assert marks(tmp_path, *some) == marks(graded[0], *some)
    before = ages(tmp_path)
    tiny_course.graded(tmp_path, tmp_path / "handed_in")
    assert {name for name, age in ages(tmp_path).items() if age != before[name]} == {"hal"}     # the error alone


def ended(root, number, lines):
    """Start to grade, wait for so many lines, and end all processes by a signal while the next student is judged."""
    command = started(root, "grade", "handed_in", "--workers", 1)
    for _ in range(lines):
        assert command.stdout.readline()
    os.killpg(command.pid, number)
    _, said = command.communicate(timeout=60)
    return command.returncode, said


def ages(root):
    """When each verdict was written."""
    return {path.stem: path.stat().st_mtime_ns for path in root.glob("classroom/verdicts/*/*.json")}


def test_marks_given_by_hand_are_in_the_next_export_with_their_comments(again):
    give(sqlite(again), "bob", "1E-answer", 1.5, "Name the unit.")
    give(sqlite(again), "ira", "1C", 3.0)
    said = tiny_course.graded(again)        # with nothing new: what lies in classroom/submitted
    assert f"bob  {NAME}  3.5 of 6, graded\n" in said
    assert "In all, 9 submissions: 2 error, 6 graded, 1 needs manual." in said
    assert marks(again, "ann", "bob", "ira") == [("", "needs manual"), ("3.5", "graded"), ("3", "graded")]
    assert "3.5 of 6 points" in page(again, "bob") and "Name the unit." in page(again, "bob")


@pytest.mark.parametrize("source, added", [("classroom/submitted", 0), ("handed_in", 1)])
def test_nothing_is_added_to_a_folder_that_is_graded_where_it_is(again, source, added):
    shutil.rmtree(again / "classroom/submitted")
    put(again / source / "gus" / "mine.ipynb", solved(again))
    (again / "handed_in/gus" / f"{NAME}.ipynb").unlink()
    run = whole_class.begun(again, whole_class.Wish(again / source))
    gus = next(one for one in run.submissions if one.student == "gus")
    whole_class.keep(run, gus, Graded(failed(gus, "Something went wrong."), "", 0.0))
    assert len([*again.glob(f"classroom/submitted/gus/{NAME}/*")]) == added


def test_a_changed_submission_is_graded_again_and_the_others_are_not(again):
    before = ages(again)
    nbformat.write(solved(again), again / f"handed_in/gus/{NAME}.ipynb")
    give(sqlite(again), "gus", "1E-answer", 1.0)
    tiny_course.graded(again, again / "handed_in")
    assert {name for name, age in ages(again).items() if age != before[name]} == {"gus", "hal"}     # and the error
    assert verdict(again, "gus").earned == FULL
    assert marks(again, "gus") == [("", "needs manual")]    # the points for the old text wait to be looked at
    assert scores(sqlite(again))["gus", "1E-answer"] == (1.0, True)


def errors(said):
    """Who stands in the list at the end."""
    listed = said.partition("Without a mark, which is not a zero:\n")[2].partition("\nMarks:")[0]
    return sorted(line.split()[0] for line in listed.splitlines())


def test_a_newer_file_that_cannot_be_read_stands_until_another_comes(again):
    handed_in, good = again / f"handed_in/eva/{NAME}.ipynb", notebook(again, {"1C-answer": ENDS})
    handed_in.write_text('{"cells": [')
    tiny_course.graded(again, again / "handed_in")
    before = verdict(again, "eva")
    for wish in ({}, {"again": True}):
        said = tiny_course.graded(again, again / "classroom/submitted/eva", **wish)
        assert (marks(again, "eva"), errors(said)) == ([("", "error")], ["cem", "eva", "hal"])
        assert verdict(again, "eva") == before
    assert "ends in the middle" in page(again, "eva") and "The newest counts" in page(again, "eva")
    put(handed_in, good)
    assert errors(tiny_course.graded(again, again / "handed_in")) == ["cem", "hal"]
    assert marks(again, "eva") == [("0", "graded")]


def test_an_error_without_a_lesson_stays_until_its_student_hands_in_well(again):
    (again / "handed_in/lia.ipynb").write_text('{"cells": [')
    tiny_course.graded(again, again / "handed_in")
    unknown = again / "classroom/feedback/lia/unknown-lesson"
    for source in (None, again / "handed_in"):
        assert errors(tiny_course.graded(again, source)) == ["cem", "hal", "lia"]
        assert marks(again, "lia") == [("", "error")] and unknown.is_dir()
    put(again / "handed_in/lia.ipynb", notebook(again, {}))
    assert errors(tiny_course.graded(again, again / "handed_in")) == ["cem", "hal"]
    assert marks(again, "lia") == [("0", "graded")] and not unknown.exists()


@pytest.mark.parametrize("copied", [False, True])
def test_one_student_is_graded_anew_alone(again, copied):
    source, before = again / "classroom/submitted/gus", ages(again)
    if copied:
        shutil.copytree(source, again / "one/gus")
        source = again / "one"
    tiny_course.graded(again, source, again=True)
    assert {name for name, age in ages(again).items() if age != before.get(name)} == {"gus"}
    assert len(rows(again)) == len(CLASS)


def test_without_the_secret_that_the_marks_were_made_with_nothing_is_graded(again):
    (again / "classroom/secret").rename(again / "safe")
    with pytest.raises(ValueError, match=r"secret is gone, .* restore it from your backup.* move verdicts away"):
        tiny_course.graded(again)
    assert not (again / "classroom/secret").exists()
    (again / "safe").rename(again / "classroom/secret")
    before = ages(again)
    tiny_course.graded(again)
    assert ages(again) == before


def test_a_class_of_folders_has_a_file_for_canvas_once_canvas_is_named(again):
    assert "canvas.csv" in tiny_course.graded(again, canvas=(f"{NAME}=4711",))
    with open(again / "classroom/canvas.csv", newline="") as file:
        assert next(csv.reader(file))[5:] == [f"{NAME} (4711)"]


def test_another_gradebook_in_postgresql_gets_the_same_marks_without_a_second_run(again, monkeypatch):
    need(program("initdb") and find_spec("psycopg2"), "PostgreSQL is missing: apt-get install postgresql")
    before = ages(again)
    with postgresql() as url:
        monkeypatch.setenv("COURSE_DB_URL", url)
        tiny_course.graded(again)
        assert scores(url) == scores(sqlite(again))
        assert ages(again) == before
        give(url, "bob", "1E-answer", 1.5)
        tiny_course.graded(again)
        assert marks(again, "ann", "bob") == [("", "needs manual"), ("3.5", "graded")]
    assert scores(sqlite(again))["bob", "1E-answer"] == (0.0, True)     # the old one is as it was


@pytest.mark.parametrize("arguments, sentence", [
    (["nowhere"], "nowhere"), (["handed_in", "--workers", "0"], "workers must be at least 1, got 0"),
    (["modules"], "there is no notebook in modules"), (["handed_in", "--canvas", "x"], "--canvas needs a lesson"),
    (["handed_in", "--canvas", "tiny=1"], f"got 'tiny=1'; the lessons are {NAME}"),
    ([f"handed_in/ann/{NAME}.ipynb"], "ipynb cannot be read as a zip, and is no folder: name the zip"),
    (["handed_in/ann"], f"whose {NAME}.ipynb is"),
])
def test_wrong_usage_is_a_sentence(graded, monkeypatch, capsys, arguments, sentence):
    monkeypatch.chdir(graded[0])
    assert main(["grade", *arguments]) == 2
    said, complaint = capsys.readouterr()
    assert (said, complaint.count("\n")) == ("", 1)
    assert sentence in complaint


def test_without_a_sandbox_nothing_runs_unless_it_is_said_in_so_many_words(graded, monkeypatch, capsys):
    monkeypatch.chdir(graded[0])
    monkeypatch.setenv("PATH", str(graded[0]))      # where no bubblewrap is
    assert main(["grade", "handed_in"]) == 2
    complaint = capsys.readouterr().err
    assert "bubblewrap is not installed" in complaint and "--unsafe" in complaint and "with your rights" in complaint
