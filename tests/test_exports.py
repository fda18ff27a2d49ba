"""Proves that marks reach nbgrader's table, Moodle and Canvas as they are, and that no mark is no zero."""

import csv
import inspect
import io
from html import unescape

import pytest
from nbgrader.plugins.export import CsvExportPlugin

from course.checks.exercise import Message
from course.grading import exports
from course.grading.verdict import Mark, Verdict

LATE = Message("1M-W1", "The timer <starts> on arrival", "=got", "expected", "why", "where")
ANN = Verdict("ann", "01-monolith", "graded", (Mark("1C", 3.25, 4.0, 4, 5), Mark("1M", 0.0, 5.0, 0, 6, (LATE,))))
BEN = Verdict("ben", "01-monolith", "needs manual", (Mark("1C", 4.0, 4.0, 5, 5), Mark("1E-answer", None, 5.0)),
              repairs=("One cell was put back.",))
CARL = Verdict("carl", "01-monolith", "error", problem="carl.ipynb cannot be read.")
NIL = Verdict("nil", "01-monolith", "graded", (Mark("1C", 0.0, 4.0, 0, 5), Mark("1M", 0.0, 5.0, 0, 6)))
SECOND = Verdict("ann", "02-microservices", "graded", (Mark("2C", 1.0, 4.0, 1, 5),))
LOST = Verdict("dora", "", "error", problem="notes.txt is no notebook.")
CLASS = [ANN, BEN, CARL, NIL, SECOND, LOST]
NAMES = {("ann", "01-monolith"): {"moodle": "Participant 12", "name": "Ann, Anna"},
         ("ben", "01-monolith"): {"moodle": "Participant 13"}, ("carl", "01-monolith"): {"moodle": "Participant 14"},
         ("nil", "01-monolith"): {"moodle": "Participant 15"},
         ("ann", "02-microservices"): {"moodle": "Participant 77"}}


def rows(text):
    """The rows as dicts."""
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_the_table_has_nbgraders_columns_and_the_state():
    assert len(exports.NBGRADER) == 12
    keys = inspect.getsource(CsvExportPlugin.export).split("keys = [")[1].split("]")[0]
    assert list(exports.NBGRADER) == [key.strip().strip('"') for key in keys.split(",")] + ["state"]


def test_no_mark_is_an_empty_field_and_zero_is_zero():
    found = [(row["student_id"], row["score"], row["raw_score"], row["max_score"], row["state"])
             for row in rows(exports.nbgrader(CLASS))]
    assert found == [("ann", "3.25", "3.25", "9", "graded"), ("ben", "", "", "9", "needs manual, repaired"),
                     ("carl", "", "", "", "error"), ("nil", "0", "0", "9", "graded"), ("ann", "1", "1", "4", "graded"),
                     ("dora", "", "", "", "error")]


def test_moodle_gets_the_columns_that_it_demands_and_the_marks_of_one_assignment():
    """Who has no mark has no row: Moodle would store the comment, and take later marks for older than that."""
    found = rows(exports.moodle(CLASS, NAMES, "01-monolith"))
    assert {"Identifier", "Grade", "Last modified (grade)"} <= set(found[0])
    assert [(row["Identifier"], row["Grade"], row["Status"]) for row in found] == [
        ("Participant 12", "3.25", "graded"), ("Participant 15", "0", "graded")]
    assert found[0]["Full name"] == "Ann, Anna"
    assert [row["Identifier"] for row in rows(exports.moodle(CLASS, NAMES, "02-microservices"))] == ["Participant 77"]


def test_a_comment_tells_points_and_what_is_not_yet_so_and_is_no_html():
    ann, nil = (row["Feedback comments"] for row in rows(exports.moodle(CLASS, NAMES, "01-monolith")))
    assert "<" not in ann
    assert unescape(ann) == ("3.25 of 9 points. 1C: 3.25 of 4. "
                             "1M: 0 of 5 (not yet: The timer <starts> on arrival [1M-W1]).")
    assert nil == "0 of 9 points. 1C: 0 of 4. 1M: 0 of 5."


def test_canvas_finds_students_by_number_or_login_and_lessons_by_name_or_number():
    names = {("ann", "02-microservices"): {"canvas": "4711", "name": "Ann, Anna"}}
    header, points, *students = csv.reader(io.StringIO(exports.canvas(CLASS, names, {"01-monolith": "99"})))
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "01-monolith (99)", "02-microservices"]
    assert points == ["    Points Possible", "", "", "", "", "9", "4"]
    assert students == [["Ann, Anna", "4711", "", "", "", "3.25", "1"], ["ben", "", "", "ben", "", "", ""],
                        ["carl", "", "", "carl", "", "", ""], ["nil", "", "", "nil", "", "0", ""],
                        ["dora", "", "", "dora", "", "", ""]]


def test_canvas_gets_logins_as_they_came():
    names = {("ann", ""): {"name": "ann@uni.edu"}, ("ben", "01-monolith"): {"name": "Ben B", "moodle": "Participant 1"}}
    _, _, *students = csv.reader(io.StringIO(exports.canvas([ANN, BEN], names, {})))
    assert [student[3] for student in students] == ["ann@uni.edu", "ben"]


def test_canvas_keeps_its_own_points_where_nothing_was_marked():
    _, points, _ = csv.reader(io.StringIO(exports.canvas([CARL], {}, {})))
    assert points[-1] == ""


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\t=1", "\r\n=1", "=cmd|'/c calc'!A1"])
def test_no_field_is_a_formula(text):
    names = {(text, "01-monolith"): {"moodle": text, "canvas": text, "name": text}}
    verdict = ANN._replace(student=text, repairs=(text,))
    for written in (exports.nbgrader([verdict]), exports.moodle([verdict], names, "01-monolith"),
                    exports.canvas([verdict], names, {})):
        fields = [field for row in csv.reader(io.StringIO(written, newline=""), strict=True) for field in row]
        assert sum(field.endswith(text.strip()) for field in fields) >= 1
        assert not [field for field in fields if field.strip()[:1] in tuple("=+-@")]


@pytest.mark.parametrize("text", ['a "quoted", name', "two\nlines", "ünï", "a;b"])
def test_every_text_comes_back_from_the_file(text):
    names = {("ann", "01-monolith"): {"moodle": "Participant 1", "name": text}}
    assert rows(exports.moodle([ANN], names, "01-monolith"))[0]["Full name"] == text


def test_files_are_written_for_the_programs_that_know_the_students(tmp_path):
    written = exports.write(tmp_path, CLASS, {})
    assert [path.name for path in written] == ["grades.csv"]
    names = {**NAMES, ("carl", "01-monolith"): {"canvas": "5"}}
    written = exports.write(tmp_path, CLASS, names)
    assert sorted(path.name for path in written) == sorted(path.name for path in tmp_path.iterdir()) == [
        "canvas.csv", "grades.csv", "moodle-01-monolith.csv", "moodle-02-microservices.csv"]
    assert (tmp_path / "grades.csv").read_bytes().decode() == exports.nbgrader(CLASS)
