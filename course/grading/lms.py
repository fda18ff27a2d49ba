"""What learning management systems call students and lessons, remembered from one run to the next."""

import json
import re
from collections.abc import Iterable, Sequence

from .classroom import Classroom, write_whole
from .exports import Names
from .intake import Submission

STUDENTS = "students.json"
NUMBERED = re.compile(r"(?P<lesson>.+)=(?P<number>\d+)")


def students(classroom: Classroom, submissions: Iterable[Submission]) -> Names:
    """What they call each student, by student and lesson."""
    known = {**remembered(classroom), **{(one.student, one.lesson): one.lms for one in submissions if one.lms}}
    write_whole(classroom.folder / STUDENTS, json.dumps(
        [[*key, names] for key, names in sorted(known.items())], indent=1) + "\n")
    return known


def remembered(classroom: Classroom) -> Names:
    """What they called each student in earlier runs."""
    path = classroom.folder / STUDENTS
    stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return {(student, lesson): names for student, lesson, names in stored}


def as_before(classroom: Classroom, submissions: Iterable[Submission]) -> list[Submission]:
    """The submissions under the names that their students had in that lesson, and none under that of a namesake."""
    known = remembered(classroom)
    before = {(lesson, *names.items()): student for (student, lesson), names in known.items()}

    def name(one):
        taken = known.get((one.student, one.lesson), one.lms) != one.lms
        own = f"{one.student}-{' '.join(one.lms.values()).rpartition(' ')[2]}" if taken else one.student
        return before.get((one.lesson, *one.lms.items()), own)

    return [one._replace(student=name(one)) if one.lms else one for one in submissions]


def canvas_numbers(classroom: Classroom, given: Sequence[str]) -> dict[str, str]:
    """Canvas's numbers of lessons, of which some are given as "LESSON=NUMBER"; raises ValueError for another form."""
    path = classroom.folder / "canvas.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for text in given:
        if not (found := NUMBERED.fullmatch(text)):
            raise ValueError(f"--canvas needs a lesson and Canvas's number of its assignment, such as "
                             f"01-monolith=4711, and got '{text}'")
        known[found["lesson"]] = found["number"]
    if known:
        write_whole(path, json.dumps(known, indent=1, sort_keys=True) + "\n")
    return known
