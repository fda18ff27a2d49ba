"""What learning management systems call students and lessons, remembered from one run to the next."""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from .classroom import Classroom, write_whole
from .exports import Names
from .identity import Student
from .intake import Submission
from .verdict import Verdict

NUMBERED = re.compile(r"(?P<lesson>.+)=(?P<number>\d+)")
STUDENTS = "students.json"
Numbers = dict[tuple[str, str], dict[str, str]]     # by folder and Moodle's assignment


def students(classroom: Classroom) -> Numbers:
    """What they call each student, as it was remembered; raises ValueError if nobody can read it any more."""
    path = classroom.folder / STUDENTS
    try:
        return {(folder, lesson): dict(names) for folder, lesson, names in _read(path, [])}
    except (TypeError, ValueError):
        raise ValueError(_damaged(path, "so that everybody keeps their folder and their LMS's number")) from None


def homes(numbers: Names) -> dict[Student, str]:
    """The folder of each student who is known."""
    return {_student(folder, lesson, names): folder for (folder, lesson), names in numbers.items()}


def _student(folder: str, lesson: str, names: Mapping[str, str]) -> Student:
    number = names.get("moodle", "").removeprefix("Participant ")
    label = names.get("name", folder.removesuffix(f"-{number or names.get('canvas', '')}"))
    if number:
        return Student(label, "moodle", number, lesson)
    return Student(label, "canvas", names["canvas"]) if "canvas" in names else Student(label)


def remember(classroom: Classroom, submissions: Iterable[Submission]) -> Numbers:
    """What they call each student, with what is new: nobody's number changes, and no number is two students'."""
    known = students(classroom)
    owners = {number: folder for (folder, lesson), names in known.items() for number in _numbers(lesson, names)}
    for one in submissions:
        anothers = any(owners.setdefault(number, one.student) != one.student
                       for number in _numbers(one.assignment, one.lms))
        names = {"name": one.lms["name"]} if anothers else one.lms
        known[one.student, one.assignment] = names | known.get((one.student, one.assignment), {})
        if one.assignment and known.get((one.student, ""), {}).get("moodle") == one.lms["moodle"]:
            del known[one.student, ""]      # whose lesson is known by now
    stored = [[*key, names] for key, names in sorted(known.items())]
    write_whole(classroom.folder / STUDENTS, json.dumps(stored, indent=1, sort_keys=True) + "\n")
    return known


def _numbers(assignment: str, names: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """What must not be two students': Canvas has one number for each, and Moodle one in each assignment."""
    if "moodle" in names:
        yield "moodle", assignment, names["moodle"]
    if "canvas" in names:
        yield "canvas", "", names["canvas"]


def without_number(verdicts: Iterable[Verdict], numbers: Names) -> Iterator[str]:
    """Who is in no file for Moodle although their class is: a sentence for each lesson."""
    absent = defaultdict(list)
    for one in verdicts:
        if "moodle" not in numbers.get((one.student, one.lesson), {}):
            absent[one.lesson].append(one.student)
    for lesson in sorted({lesson for (_, lesson), names in numbers.items() if lesson and "moodle" in names}):
        if absent[lesson]:
            yield f"Without a line in moodle-{lesson}.csv, for want of Moodle's number: {', '.join(absent[lesson])}"


def canvas_numbers(classroom: Classroom, given: Sequence[str], lessons: Collection[str]) -> dict[str, str]:
    """Canvas's numbers of lessons, of which some are given as "LESSON=NUMBER"; raises ValueError for another form."""
    path = classroom.folder / "canvas.json"
    try:
        known = dict(_read(path, {}))
    except (TypeError, ValueError):
        raise ValueError(_damaged(path, "or remove it and give each number again with --canvas")) from None
    for text in given:
        if not (found := NUMBERED.fullmatch(text)) or found["lesson"] not in lessons:
            raise ValueError(f"--canvas needs a lesson and Canvas's number of its assignment, such as "
                             f"01-monolith=4711, and got '{text}'; the lessons are {', '.join(sorted(lessons))}")
        known[found["lesson"]] = found["number"]
    if known:
        write_whole(path, json.dumps(known, indent=1, sort_keys=True) + "\n")
    return known


def _read(path: Path, empty: Any) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else empty


def _damaged(path: Path, why: str) -> str:
    return f"{path} is damaged: restore it from your backup, {why}"
