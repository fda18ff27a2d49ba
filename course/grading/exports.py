"""Marks for other programs: nbgrader's table, Moodle's grading worksheet, Canvas's gradebook.

Moodle reads Identifier, Grade, "Last modified (grade)" and Feedback comments, and refuses a file without the first
three; its identifiers belong to one assignment, so each lesson has a file of its own. Canvas finds a student by ID,
then by SIS Login ID, and an assignment by "title (id)" or its title; any other column would become a new assignment,
so there is none for the state. (moodle/mod/assign/feedback/offline/importgradeslib.php and
canvas-lms/lib/gradebook_importer.rb)
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from course.checks.exercise import SHOWN

from .classroom import write_whole
from .feedback import shown_state, summary
from .pages import plain
from .verdict import Mark, Verdict

NBGRADER = ("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
            "late_submission_penalty", "score", "max_score", "state")
MOODLE = ("Identifier", "Full name", "Status", "Grade", "Maximum grade", "Last modified (grade)", "Feedback comments")
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
FORMULA = ("=", "+", "-", "@")      # a spreadsheet runs a field that begins so
Names = Mapping[tuple[str, str], Mapping[str, str]]     # (student, lesson): what an LMS calls the student


def write(folder: Path, verdicts: Sequence[Verdict], names: Names, canvas_ids: Mapping[str, str] | None = None
          ) -> list[Path]:
    """Write grades.csv and, where an LMS's names are known, canvas.csv and one moodle-LESSON.csv for each lesson.

    canvas_ids: Canvas's numbers of lessons; where one was given, canvas.csv is wanted.
    """
    texts = {"grades.csv": nbgrader(verdicts)}
    if canvas_ids or any("canvas" in known for known in names.values()):
        texts["canvas.csv"] = canvas(verdicts, names, canvas_ids or {})
    for lesson in lessons(verdicts):
        if any("moodle" in known for (_, place), known in names.items() if place == lesson):
            texts[f"moodle-{lesson}.csv"] = moodle(verdicts, names, lesson)
    for name, text in texts.items():
        write_whole(folder / name, text)
    return [folder / name for name in texts]


def nbgrader(verdicts: Iterable[Verdict]) -> str:
    """The columns of nbgrader's own export, and the state; no mark is an empty field."""
    rows = [(one.lesson, "", "", one.student, "", "", "", grade(one), "0" if grade(one) else "", grade(one),
             most(one), shown_state(one)) for one in verdicts]
    return as_csv([NBGRADER, *rows])


def moodle(verdicts: Iterable[Verdict], names: Names, lesson: str) -> str:
    """A row for each student with a mark whom Moodle gave a number.

    In a row without a mark Moodle would store the comment, tell the student, and take the mark for newer than this
    file from then on. (process_import_grades in moodle/mod/assign/feedback/offline/locallib.php)
    """
    rows = []
    for one in verdicts:
        known = names.get((one.student, one.lesson), {})
        if one.lesson == lesson and grade(one) and "moodle" in known:
            rows.append((known["moodle"], known.get("name", ""), shown_state(one), grade(one), most(one), "",
                         escape(comment(one), quote=False)))        # Moodle shows comments as HTML
    return as_csv([MOODLE, *rows])


def canvas(verdicts: Sequence[Verdict], names: Names, ids: Mapping[str, str]) -> str:
    """A row for each student and a column for each lesson; `ids` are Canvas's numbers of the assignments."""
    columns = lessons(verdicts)
    found = {(one.student, one.lesson): one for one in verdicts}
    titles = [f"{lesson} ({ids[lesson]})" if lesson in ids else lesson for lesson in columns]
    points = [max(most(one) for one in verdicts if one.lesson == lesson) for lesson in columns]
    rows = [(*person(student, names), *(grade(found.get((student, lesson))) for lesson in columns))
            for student in dict.fromkeys(one.student for one in verdicts)]
    return as_csv([(*CANVAS, *titles), ("    Points Possible", "", "", "", "", *points), *rows])


def person(student: str, names: Names) -> tuple[str, ...]:
    """Canvas's columns of one student: its number where it is known, else the login, as the student's folder came."""
    known: dict[str, str] = {}
    for (name, _), more in names.items():
        known |= more if name == student else {}
    login = "" if "canvas" in known else names.get((student, ""), {}).get("name", student)
    return known.get("name", student), known.get("canvas", ""), "", login, ""


def lessons(verdicts: Iterable[Verdict]) -> list[str]:
    """The lessons that are known by name, in order."""
    return sorted({one.lesson for one in verdicts if one.lesson})


def grade(verdict: Verdict | None) -> str:
    """The points; empty as long as there is no mark."""
    return "" if verdict is None or verdict.points is None else f"{verdict.points:g}"


def most(verdict: Verdict) -> str:
    """The most that there was to earn; empty where nobody could see."""
    return f"{verdict.most:g}" if verdict.marks else ""


def comment(verdict: Verdict) -> str:
    """The marks in a few sentences; nothing that the student wrote is repeated."""
    return " ".join([summary(verdict), *map(item_comment, verdict.marks)])


def item_comment(mark: Mark) -> str:
    """The points of one item, and what is not yet as it should be."""
    titles = ", ".join(f"{message.title} [{message.code}]" for message in mark.messages[:SHOWN])
    return plain(f"{mark.item}: {mark.points:g} of {mark.most:g}{f' (not yet: {titles})' if titles else ''}.")


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """Rows as text; a field that a spreadsheet would run as a formula begins with a quote."""
    text = io.StringIO()
    csv.writer(text).writerows([[harmless(field) for field in row] for row in rows])
    return text.getvalue()


def harmless(field: str) -> str:
    """A field that is text for every spreadsheet, whatever blanks stand before its first sign."""
    field = plain(field)
    return f"'{field}" if field.lstrip().startswith(FORMULA) else field
