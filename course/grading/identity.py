"""Who is who: a student keeps one folder from run to run, and no folder becomes another student's."""

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, count
from typing import NamedTuple

LONGEST_NAME = 60
NOBODY = "Participant"              # Moodle's word for everybody where marking is blind


class Student(NamedTuple):
    """Whom a path or a record names: two students are the same if all of this is the same."""

    label: str
    system: str = ""                # "moodle", "canvas" or neither
    id: str = ""
    assignment: str = ""            # of Moodle, which numbers people anew in each: its lesson, "" if unknown


def folders(students: Iterable[Student], known: Mapping[Student, str]) -> dict[Student, str]:
    """A folder's name for each student: the one that is known, else a new one; the same in whatever order."""
    everybody = sorted(set(students))
    found = _at_home(everybody, known)
    here, before = defaultdict(set), defaultdict(set)
    for one in everybody:
        here[safe(one.label).casefold()].add(one)
        here[found.get(one, safe(one.label)).casefold()].add(one)
    for one, name in known.items():
        before[safe(one.label).casefold()].add(one)
        before[name.casefold()].add(one)
    shared = {name for name in here if _shared(here[name], before[name])}
    return found | _named(set(everybody) - set(found), shared, {*known.values(), *found.values()})


def _at_home(everybody: list[Student], known: Mapping[Student, str]) -> dict[Student, str]:
    """Those who have a folder already: by what an LMS or their teacher calls them, or by the folder itself."""
    homes = {_person(one): name for one, name in known.items()}
    found = {one: homes[_person(one)] for one in everybody if _person(one) in homes}
    free = set(known.values()) - set(found.values())
    return found | {one: one.label for one in everybody if one not in found and not one.system and one.label in free}


def _person(student: Student) -> tuple[str, ...]:
    """What stays the same of one person from source to source."""
    if student.system == "moodle":
        return student.system, student.id, safe(student.label).casefold()
    return student.system, student.id or student.label


def _shared(here: set[Student], before: set[Student]) -> bool:
    """Whether a name has been that of more than one person."""
    blind = any(one.system == "moodle" and one.label == NOBODY for one in here)
    return blind or len({one.system for one in here}) > 1 or any(
        _differ(*pair) for pair in combinations(sorted(here | before), 2))


def _differ(one: Student, other: Student) -> bool:
    """Whether two of one name cannot be one person."""
    unlike = one.system == other.system and _person(one) != _person(other)
    return unlike and (one.assignment == other.assignment or "" in (one.assignment, other.assignment))


def _named(students: set[Student], shared: set[str], homes: set[str]) -> dict[Student, str]:
    """Names of those who are new; a shared name gets a number."""
    names: dict[Student, str] = {}
    taken = {name.casefold() for name in homes}
    for one in sorted(students, key=lambda one: (safe(one.label).casefold() in shared, one)):
        name = safe(one.label)
        if name.casefold() in shared:
            name = next(name for name in _numbered(one, name) if name.casefold() not in taken)
        names[one] = name
        taken.add(name.casefold())
    return names


def _numbered(student: Student, name: str) -> Iterator[str]:
    """The name with the LMS's number, or else with letters that tell two labels apart."""
    tails = [student.id] if 0 < len(student.id) < LONGEST_NAME // 2 else []
    for turn in count():
        digest = hashlib.sha256("\0".join([*student, str(turn)]).encode("utf-8", "replace")).hexdigest()[:8]
        tail = tails.pop() if tails else digest
        yield f"{_stripped(name[:LONGEST_NAME - 1 - len(tail)])}-{tail}"


def safe(label: str) -> str:
    """Letters of any language, digits and . _ - of a label, not too many; of a safe name, the name itself."""
    kept = (letter if letter in "._-" or unicodedata.category(letter)[0] in "LMN" else "_"
            for letter in unicodedata.normalize("NFKC", label))
    return _stripped(_stripped("".join(kept))[:LONGEST_NAME]) or "student"


def _stripped(name):
    return name.strip("._-")
