"""Proves that a student keeps one folder from run to run, and that no folder and no number becomes another's."""

import json

import pytest
from test_intake import LESSONS, ONE, THREE, archive, folder, notebook

from course.grading import exports
from course.grading.classroom import Classroom
from course.grading.identity import LONGEST_NAME, Student, folders, safe
from course.grading.intake import collect
from course.grading.lms import canvas_numbers, homes, remember, students, without_number
from course.grading.verdict import Mark, Verdict

PDF = b"%PDF"


def taken_in(root, contents, kind=archive):
    """What one run takes in and remembers, as (student, lesson, the word in the notebook)."""
    room = Classroom(root / "classroom")
    found = collect(kind(root / f"{len(list(root.iterdir()))}", contents), LESSONS, homes(students(room)))
    remember(room, found)
    return {(one.student, one.lesson): "" if one.problem else whose(one) for one in found}


def whose(one):
    """The word that its maker wrote into a notebook."""
    return one.text.decode().partition("whose: ")[2].partition('"')[0]


def zipped(root, contents):
    root.mkdir()
    return archive(root, contents)


def moodle(*people, lesson=ONE):
    """A zip of Moodle with the notebooks of people, as (name, number)."""
    return {f"{name}_{number}_assignsubmission_file_/work.ipynb": notebook(lesson, f"whose: {number}")
            for name, number in people}


KIM, OTHER_KIM = ("Kim Lee", 201), ("Kim Lee", 202)


def test_one_of_two_in_each_zip_stays_apart_from_the_other(tmp_path):
    assert taken_in(tmp_path, moodle(KIM), zipped) == {("Kim_Lee", ONE): "201"}
    assert taken_in(tmp_path, moodle(OTHER_KIM), zipped) == {("Kim_Lee-202", ONE): "202"}
    assert taken_in(tmp_path, moodle(KIM, OTHER_KIM), zipped) == {
        ("Kim_Lee", ONE): "201", ("Kim_Lee-202", ONE): "202"}
    assert students(Classroom(tmp_path / "classroom")) == {
        ("Kim_Lee", ONE): {"name": "Kim Lee", "moodle": "Participant 201"},
        ("Kim_Lee-202", ONE): {"name": "Kim Lee", "moodle": "Participant 202"}}


def test_a_part_of_a_class_makes_no_third_student(tmp_path):
    taken_in(tmp_path, moodle(("Anna", 103), ("Anna", 104)), zipped)
    assert taken_in(tmp_path, moodle(("Anna", 104)), zipped) == {("Anna-104", ONE): "104"}
    verdicts = [Verdict(name, ONE, "graded", (Mark("1C", 1.0, 4.0),)) for name in ("Anna-103", "Anna-104")]
    table = exports.moodle(verdicts, students(Classroom(tmp_path / "classroom")), ONE)
    assert [line.partition(",")[0] for line in table.splitlines()[1:]] == ["Participant 103", "Participant 104"]


def test_in_another_lesson_moodles_number_is_another_and_the_student_is_the_same(tmp_path):
    taken_in(tmp_path, moodle(KIM, ("Bo", 7)), zipped)
    assert taken_in(tmp_path, moodle(("Kim Lee", 301), ("Bo", 302), lesson=THREE), zipped) == {
        ("Kim_Lee", THREE): "301", ("Bo", THREE): "302"}


def test_a_name_that_two_have_gets_numbers_in_every_later_lesson(tmp_path):
    taken_in(tmp_path, moodle(KIM, OTHER_KIM), zipped)
    assert taken_in(tmp_path, moodle(("Kim Lee", 301), lesson=THREE), zipped) == {("Kim_Lee-301", THREE): "301"}


def test_the_same_number_in_another_lesson_is_not_the_same_student(tmp_path):
    taken_in(tmp_path, moodle(("Ann", 7)), zipped)
    assert taken_in(tmp_path, moodle(("Bo", 7), lesson=THREE), zipped) == {("Bo", THREE): "7"}


def test_under_blind_marking_everybody_has_a_number(tmp_path):
    assert taken_in(tmp_path, moodle(("Participant", 300)), zipped) == {("Participant-300", ONE): "300"}


def test_a_file_without_a_lesson_is_of_the_assignment_and_keeps_its_student(tmp_path):
    no_notebook = {"Kim Lee_201_assignsubmission_file_/essay.pdf": PDF}
    assert taken_in(tmp_path, no_notebook, zipped) == {("Kim_Lee", ""): ""}
    assert taken_in(tmp_path, moodle(OTHER_KIM), zipped) == {("Kim_Lee-202", ONE): "202"}
    assert taken_in(tmp_path, no_notebook | moodle(("Bo", 9)), zipped) == {("Kim_Lee", ONE): "", ("Bo", ONE): "9"}
    assert ("Kim_Lee", "") not in students(Classroom(tmp_path / "classroom"))


def test_a_notebook_in_the_wrong_assignment_takes_no_number_in_the_right_one(tmp_path):
    taken_in(tmp_path, moodle(("Ann", 50), ("Bo", 51)), zipped)
    wrong = moodle(("Bo", 61), ("Cy", 62), lesson=THREE) | moodle(("Ann", 60))
    assert ("Ann", ONE) in taken_in(tmp_path, wrong, zipped)
    numbers = students(Classroom(tmp_path / "classroom"))
    assert (numbers["Ann", ONE]["moodle"], numbers["Ann", THREE]["moodle"]) == ("Participant 50", "Participant 60")


def test_who_is_called_otherwise_now_takes_nobodys_number_and_is_named(tmp_path):
    taken_in(tmp_path, moodle(("Ann Lee", 103)), zipped)
    assert taken_in(tmp_path, moodle(("Ann May", 103)), zipped) == {("Ann_May", ONE): "103"}
    numbers = students(Classroom(tmp_path / "classroom"))
    assert numbers["Ann_May", ONE] == {"name": "Ann May"}
    absent = without_number([Verdict(name, ONE, "graded") for name in ("Ann_Lee", "Ann_May")], numbers)
    assert list(absent) == [f"Without a line in moodle-{ONE}.csv, for want of Moodle's number: Ann_May"]


def test_in_canvas_the_number_is_the_student_whatever_the_name(tmp_path):
    for name, expected in (("leekim_1_11_a.ipynb", "leekim"), ("leekim_2_12_a.ipynb", "leekim-2"),
                           ("maykim_1_13_a.ipynb", "leekim"), ("leekim_2_14_a.ipynb", "leekim-2")):
        (found, _), = taken_in(tmp_path, {name: notebook()}, zipped)
        assert found == expected


def test_what_a_teacher_calls_a_student_is_kept_and_their_folder_is_found_by_its_own_name(tmp_path):
    both = {"ann@uni.edu.ipynb": notebook(), "ann_uni.edu.ipynb": notebook()}
    names = sorted(student for student, _ in taken_in(tmp_path, both, folder))
    assert len(names) == 2 and all(name.startswith("ann_uni.edu-") for name in names)
    assert sorted(student for student, _ in taken_in(tmp_path, both, folder)) == names
    taken_in(tmp_path, {"bo@uni.edu.ipynb": notebook()}, folder)
    assert students(Classroom(tmp_path / "classroom"))["bo_uni.edu", ""] == {"name": "bo@uni.edu"}
    assert list(taken_in(tmp_path, {f"{names[0]}/a.ipynb": notebook()}, folder)) == [(names[0], ONE)]


@pytest.mark.parametrize("label", ["x" * 59 + " y", "x" * 99, "x" * 59 + "_._y", "é" * 70, "a b", "//", ""])
def test_a_safe_name_is_its_own_safe_name(label):
    assert safe(safe(label)) == safe(label) != ""
    for name in folders([Student(label, "moodle", "1"), Student(label, "moodle", "2")], {}).values():
        assert safe(name) == name and len(name) <= LONGEST_NAME


def test_a_record_that_was_damaged_is_a_sentence(tmp_path):
    room = Classroom(tmp_path)
    for text in ("", "{", "[1]", '["ab"]', '{"a": 1}', "3"):
        (tmp_path / "students.json").write_text(text)
        with pytest.raises(ValueError, match=r"students\.json is damaged: restore it from your backup"):
            students(room)
    (tmp_path / "canvas.json").write_text("3")
    with pytest.raises(ValueError, match=r"canvas\.json is damaged: restore it from your backup, or remove it"):
        canvas_numbers(room, [], LESSONS)


def test_a_number_of_canvas_needs_a_lesson_that_exists(tmp_path):
    with pytest.raises(ValueError, match=f"got 'monolith=4711'; the lessons are {ONE}, {THREE}"):
        canvas_numbers(Classroom(tmp_path), ["monolith=4711"], LESSONS)
    assert not list(tmp_path.iterdir())
    assert canvas_numbers(Classroom(tmp_path), [f"{ONE}=4711"], LESSONS) == {ONE: "4711"}
    assert json.loads((tmp_path / "canvas.json").read_text()) == {ONE: "4711"}
