"""What learning management systems call students and lessons, remembered from one run to the next."""

import json
import re
from collections.abc import Iterable, Sequence

from .classroom import Classroom, write_whole
from .exports import Names
from .intake import Submission

NUMBERED = re.compile(r"(?P<lesson>.+)=(?P<number>\d+)")


def students(classroom: Classroom, submissions: Iterable[Submission]) -> Names:
    """What they call each student, by student and lesson."""
    path = classroom.folder / "students.json"
    stored = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    known = {(student, lesson): names for student, lesson, names in stored}
    known |= {(one.student, one.lesson): one.lms for one in submissions if one.lms}
    write_whole(path, json.dumps([[*key, names] for key, names in sorted(known.items())], indent=1) + "\n")
    return known


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
