"""What a class handed in, as one submission for each student and lesson; what is wrong with one is its own sentence.

File names say whose a notebook is, as nbgrader, Moodle and Canvas write them; its cells say of which lesson it is.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from .files import File, files
from .identity import Student, folders
from .reading import Cell, called, defined, read

MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_[a-z]+_?(?P<file>.*)")
CANVAS = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<id>\d+)_\d+_(?P<file>.+)")
RESUBMITTED = re.compile(r"(?P<base>.+?)(?:-(?P<number>\d{1,9}))?(?P<ending>\.[^.]+)")
PREDICTIONS, MOST_PREDICTIONS = "predictions.json", 1_000_000
COPY = re.compile(r"[ _-]*\(?\d+\)?$")       # how browsers end the name of a second copy
LATE = "Canvas marks what was handed in as late."
NOTHING: Mapping[Student, str] = MappingProxyType({})


class Submission(NamedTuple):
    """One notebook of one student, or the sentence that says why there is none."""

    student: str                    # a safe name of a folder
    lesson: str                     # "" if unknown
    name: str                       # the path inside the folder or the zip
    text: bytes                     # as handed in
    beside: dict[str, bytes]        # predictions.json, if it was there
    notes: tuple[str, ...]
    problem: str                    # "" if all is well
    lms: dict[str, str]             # what others call the student: {"name": "Ann Lee", "moodle": "Participant 123"}
    assignment: str = ""            # of Moodle: the lesson in which that is the student's number


class Piece(NamedTuple):
    """One file, whose it is, and of which lesson."""

    file: File
    student: Student
    name: str                       # the file's own name, "" if that is the student's
    lesson: str = ""
    problem: str = ""
    note: str = ""


def collect(source: Path, lessons: dict[str, NotebookNode], known: Mapping[Student, str] = NOTHING
            ) -> list[Submission]:
    """Every submission, by student and lesson; raises ValueError when the source itself cannot be read.

    known: the folders of students who have one already.
    """
    found = files(source)
    start = (_folder_of_folders if source.is_dir() else _folder_around)(found, lessons)
    traces = _traces_of(lessons)
    pieces = _assigned([_identified(_piece(file, start, lessons), traces) for file in found])
    names = folders({piece.student for piece in pieces}, known)
    of = defaultdict(list)
    for piece in pieces:
        of[names[piece.student]].append(piece)
    submissions = [one for student, own in of.items() for one in _submissions(student, own)]
    return sorted(submissions, key=lambda one: (one.student, one.lesson))


def _folder_around(found, lessons) -> str:
    """The folder that holds all of a zip, if that is not a student's."""
    first = {file.owner.partition("/")[0] for file in found}
    second = {file.owner.split("/")[1] for file in found if file.owner.count("/") > 1}
    one = first.pop() if len(first) == 1 else ""
    notebooks = [file for file in found if file.path.lower().endswith(".ipynb")]
    own = not one or MOODLE.match(one) or one in lessons or second & set(lessons) or len(notebooks) < 2
    return "" if own else f"{one}/"


def _folder_of_folders(found, lessons) -> str:
    """The folder that holds all of a folder, if students' folders or an LMS's files lie in it."""
    paths = [file.owner.split("/") for file in found]
    known = all((len(path) > 2 and path[2] in lessons) or MOODLE.fullmatch(path[1]) or CANVAS.fullmatch(path[1])
                for path in paths if len(path) > 1)
    return f"{paths[0][0]}/" if known and len({path[0] for path in paths}) == 1 and len(paths[0]) > 1 else ""


def _piece(file: File, start, lessons) -> Piece:
    path = file.owner.removeprefix(start)
    student, name = _owner(PurePosixPath(path), path.endswith("/"), lessons)
    if file.path.lower().endswith(".ipynb") and not student.system and COPY.sub("", student.label) in lessons:
        raise ValueError(f"nobody can tell whose {file.path} is, since {student.label} names a lesson: put it into a "
                         f"folder that is called like the student, such as ann/{file.path}, and name the folder around")
    inside = name and (PurePosixPath(file.path).name if file.path != file.owner else name)
    lesson = next((part for part in path.split("/")[:-1] if part in lessons), "")
    return Piece(file, student, inside, lesson, file.problem)


def _owner(path: PurePosixPath, is_folder, lessons) -> tuple[Student, str]:
    """Whose a path is, and the file's own name; only the outermost name tells, since students choose those inside."""
    parts = path.parts or ("",)
    around = parts[0] if parts[0] in lessons and len(parts) > 1 else ""
    parts = parts[1:] if around else parts
    if found := MOODLE.fullmatch(parts[0]):
        name = path.name if len(parts) > 1 else found["file"]
        return Student(found["name"], "moodle", found["id"], around), name
    if len(parts) > 1 or is_folder:
        return Student(parts[0]), path.name
    if found := CANVAS.fullmatch(path.name):
        return Student(found["name"], "canvas", found["id"]), found["file"]
    return Student(path.stem), ""


def _assigned(pieces: list[Piece]) -> list[Piece]:
    """What came from an LMS is of one assignment: whatever names no lesson is of the lesson that most of it is of."""
    counts = Counter(piece.lesson for piece in pieces if piece.student.system and piece.lesson)
    most = [lesson for lesson, count in counts.items() if count == max(counts.values())]
    lesson = most[0] if len(most) == 1 else ""
    return [_of_assignment(piece, piece.student.assignment or lesson) if piece.student.system else piece
            for piece in pieces]


def _of_assignment(piece: Piece, lesson) -> Piece:
    assignment = lesson if piece.student.system == "moodle" else ""
    return piece._replace(student=piece.student._replace(assignment=assignment), lesson=piece.lesson or lesson)


def _traces_of(lessons) -> dict[str, list[set]]:
    return {name: _traces(read(nbformat.writes(notebook)).cells) for name, notebook in lessons.items()}


def _traces(cells: list[Cell]) -> list[set]:
    """What tells lessons from each other: grade ids, cell ids, and sources with what they call and define."""
    sources = {cell.source.strip() for cell in cells}
    words = {word for cell in cells for word in [*called(cell.source), *defined(cell.source)]}
    return [{cell.claim for cell in cells} - {""}, {cell.id for cell in cells} - {""}, (sources | words) - {""}]


def _identified(piece: Piece, traces) -> Piece:
    """The notebook with its lesson, or with the sentence that says why it has none."""
    if piece.problem or not _is_notebook(piece):
        return piece
    try:
        likely = _likely(_traces(read(piece.file.content).cells), traces)
    except ValueError as error:
        names = (PurePosixPath(name).stem for name in (piece.name, piece.file.path))
        lesson = piece.lesson or next((name for name in names if name in traces), "")
        return piece._replace(lesson=lesson, problem=f"{piece.file.path}: {error}")
    if len(likely) != 1:
        return piece._replace(problem=f"{piece.file.path} {_unknown(likely)}")
    elsewhere = piece.lesson not in ("", likely[0])
    note = f"{piece.file.path} lay in the folder {piece.lesson}, but its cells are those of {likely[0]}."
    return piece._replace(lesson=likely[0], note=note * elsewhere)


def _likely(own, traces) -> list[str]:
    """The lessons that share most with a notebook: by grade ids, else by cell ids, else by sources."""
    for stage, mine in enumerate(own):
        shared = {name: len(mine & known[stage]) for name, known in traces.items()}
        most = max(shared.values(), default=0)
        if most and list(shared.values()).count(most) == 1:
            return [name for name in shared if shared[name] == most]
    return sorted(name for name in shared if most and shared[name] == most)


def _unknown(likely):
    if likely:
        return f"could be of {' or '.join(likely)}: ask for a notebook with the cells of one lesson."
    return "has no cell of a lesson that is graded: ask for the notebook of the lesson, whatever its file is called."


def _is_notebook(piece):
    return piece.file.path.lower().endswith(".ipynb")


def _submissions(student: str, pieces: list[Piece]) -> Iterator[Submission]:
    """One student's submissions: one for each lesson, and one for all that belongs to none."""
    of = defaultdict(list)
    for piece in pieces:
        if piece.problem or _is_notebook(piece):
            of[piece.lesson].append(piece)
    for lesson, own in of.items():
        yield _submission(student, lesson, own, pieces)
    if not of and (others := [piece for piece in pieces if piece.name]):
        names = ", ".join(piece.file.path for piece in others[:5])
        yield _hopeless(student, others, f"No notebook was handed in, only {names}: ask for it.")


def _hopeless(student, pieces: list[Piece], problem, notes=()):
    first, paths = pieces[0], ", ".join(piece.file.path for piece in pieces)
    return Submission(student, first.lesson, paths, first.file.content, {}, tuple(notes), problem, _lms(first.student),
                      first.student.assignment)


def _submission(student, lesson, own: list[Piece], pieces: list[Piece]) -> Submission:
    good = [piece for piece in own if not piece.problem]
    problems = [piece.problem for piece in own if piece.problem]
    if not good:
        return _hopeless(student, own, " ".join(problems))
    chosen, note = _one_of(good)
    if not chosen:
        return _hopeless(student, good, note, problems)
    beside, said = _beside(chosen, pieces)
    notes = tuple(filter(None, [chosen.note, note, LATE * _is_late(chosen), *said, *problems]))
    return Submission(student, lesson, chosen.file.path, chosen.file.content, beside, notes, "", _lms(chosen.student),
                      chosen.student.assignment)


def _one_of(good: list[Piece]) -> tuple[Piece | None, str]:
    """The notebook that counts and a note about the others, or none and the sentence of the error."""
    paths = [piece.file.path for piece in good]
    if len(good) == 1:
        return good[0], ""
    cells = [read(piece.file.content).cells for piece in good]
    if all(one == cells[0] for one in cells):
        return good[0], f"{' and '.join(paths)} hold the same; {paths[0]} was taken."
    newest = _newest(good)
    if newest:
        return newest, f"Of {' and '.join(paths)} the newest was taken: {newest.file.path}."
    return None, f"{' and '.join(paths)} differ and are of one lesson: only one can count, so hand in that one alone."


def _newest(pieces: list[Piece]) -> Piece | None:
    """The last resubmission, where Canvas has numbered files of the same name."""
    parts = [found.groups() for piece in pieces if (found := RESUBMITTED.fullmatch(piece.name))]
    numbers = [int(number or 0) for _, number, _ in parts]
    same = len({(base, ending) for base, _, ending in parts}) == 1 and len(set(numbers)) == len(pieces)
    return pieces[numbers.index(max(numbers))] if same and pieces[0].student.system == "canvas" else None


def _beside(chosen: Piece, pieces: list[Piece]) -> tuple[dict[str, bytes], list[str]]:
    """The predictions that lie beside a notebook."""
    folder = PurePosixPath(chosen.file.path).parent
    found = [piece for piece in pieces if re.sub(r"-\d+(?=\.)", "", piece.name) == PREDICTIONS
             and PurePosixPath(piece.file.path).parent == folder and not piece.problem]
    piece = found[0] if len(found) == 1 else _newest(found)
    if not found:
        return {}, []
    if not piece or len(piece.file.content) > MOST_PREDICTIONS:
        return {}, [f"{found[0].file.path} was left out: it is there twice, or larger than {MOST_PREDICTIONS:,} bytes."]
    return {PREDICTIONS: piece.file.content}, []


def _is_late(piece: Piece) -> bool:
    found = CANVAS.fullmatch(PurePosixPath(piece.file.owner).name)
    return piece.student.system == "canvas" and found is not None and found["late"] is not None


def _lms(student: Student) -> dict[str, str]:
    numbers = {"moodle": f"Participant {student.id}", "canvas": student.id}
    return {"name": student.label} | {name: number for name, number in numbers.items() if name == student.system}
