"""`course grade`: a whole class, side by side; what is done is kept, whenever the run ends."""

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from . import exports, feedback, statistics
from .classroom import Classroom, write_whole
from .execution import own_sandbox
from .gradebook import Book
from .intake import Submission, collect
from .judging import Judge
from .lms import Numbers, canvas_numbers, homes, remember, students, without_number
from .one import Graded, Grader, Rules, code, digest, failed
from .sandbox import Sandbox, available
from .secret import read_secret
from .verdict import Verdict
from .workers import Died, side_by_side

CONFIG = "nbgrader_config.py"
OLDER = "An older file of this lesson was graded before. The newest counts, so there is no mark until it can be graded."


class Run(NamedTuple):
    """One call of the command: what it grades, by which rules, and where the results go."""

    rules: Rules
    classroom: Classroom
    book: Book
    submissions: list[Submission]
    recorded: dict[str, set[str]]       # by lesson: the students whose marks are in the gradebook
    numbers: Numbers                    # what an LMS calls the students
    canvas: dict[str, str]              # by lesson: Canvas's number of the assignment
    in_place: bool                      # the source is classroom/submitted, where nothing is added then


class Wish(NamedTuple):
    """What was asked for on the command line."""

    source: Path | None = None
    workers: int | None = None
    again: bool = False
    unsafe: bool = False
    canvas: tuple[str, ...] = ()


def grade(root: Path, wish: Wish) -> None:
    """Grade all that was handed in, and say how it went; raises ValueError when nothing can be graded."""
    workers = processes(wish.workers)
    try:
        run = begun(root, wish)
        old = {} if wish.again else dict(up_to_date(run))
        report(run, every(run, old, workers))
        finish(run)
    except KeyboardInterrupt:
        print("course: stopped. All that was graded is kept; the same command goes on from here.", file=sys.stderr)
        raise


def processes(wanted: int | None) -> int:
    """How many notebooks run side by side: as many as this process may use processors, unless told otherwise."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if wanted is not None and wanted < 1:
        raise ValueError(f"workers must be at least 1, got {wanted}")
    return wanted or count


def sandbox(wish: Wish) -> Sandbox:
    """Where the notebooks run; raises ValueError without a sandbox, unless it was said that none is wanted."""
    if not wish.unsafe and (lacking := available()):
        raise ValueError(f"{lacking} With --unsafe, the code of every submission runs with your rights: it can read "
                         "and change all that you can, also the marks")
    return own_sandbox("unsafe" if wish.unsafe else "bubblewrap")


def begun(root: Path, wish: Wish) -> Run:
    """Everything that must be right before the first notebook runs."""
    settings, texts, classroom = read_settings(root), released(root), Classroom(root / "classroom")
    lessons = {name: nbformat.reads(text, 4) for name, text in texts.items()}
    source = wish.source or classroom.folder / "submitted"
    submissions = [*handed_in(source, classroom, lessons)]
    if not submissions:
        raise ValueError(f"there is no notebook in {source}: name the folder or the zip with what students handed in")
    rules = Rules(texts, read_secret(classroom.folder / "secret"), Judge(config=settings).exercises, sandbox(wish),
                  code())
    canvas = canvas_numbers(classroom, wish.canvas, lessons)
    book, recorded = prepared(settings, submissions, lessons)
    in_place = classroom.holds(source)
    numbers = students(classroom) if in_place else remember(classroom, submissions)
    return Run(rules, classroom, book, submissions, recorded, numbers, canvas, in_place)


def released(root: Path) -> dict[str, str]:
    """The texts of all lessons that have graded cells; raises ValueError if there are none."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(root.glob("notebooks/*/*.ipynb"))}
    found = {name: text for name, text in texts.items() if has_marks(nbformat.reads(text, 4))}
    if not found:
        raise ValueError(f"{root / 'notebooks'} holds no lesson with graded cells: run this in a copy of the course")
    return found


def handed_in(source: Path, classroom: Classroom, lessons: dict[str, nbformat.NotebookNode]) -> Iterable[Submission]:
    """What is to be graded; in classroom/submitted, names are as they are, and a newer file's error stands."""
    known = homes(students(classroom))
    if not classroom.holds(source):
        return collect(source, lessons, known)
    submitted = classroom.folder / "submitted"
    inside = source.resolve().relative_to(submitted.resolve()).parts[:2]
    found = [one for one in collect(submitted, lessons) if (one.student, one.lesson)[:len(inside)] == inside]
    return (superseded(one, classroom) for one in found)


def superseded(submission: Submission, classroom: Classroom) -> Submission:
    """The submission, or the error of a newer file that could not be graded."""
    names = submission.student, submission.lesson
    stored = classroom.stored(*names)
    if not stored or not stored.problem or not stored.digest or stored.digest != classroom.kept(*names):
        return submission
    return submission._replace(problem=stored.problem, notes=stored.notes)


def prepared(settings: Config, submissions: list[Submission], lessons: dict[str, nbformat.NotebookNode]
             ) -> tuple[Book, dict[str, set[str]]]:
    """The gradebook with every lesson that is to be graded; by lesson, the students whose marks are in there."""
    directory = CourseDirectory(config=settings)
    book = Book(directory.db_url, directory.course_id)
    known = sorted({one.lesson for one in submissions if not one.problem})
    return book, {name: book.prepare(name, lessons[name]) for name in known}


def read_settings(root: Path) -> Config:
    """nbgrader's settings for this course; raises ValueError outside a copy of the course."""
    if not (root / CONFIG).is_file():
        raise ValueError(f"{root} has no {CONFIG}: run this in a copy of the course")
    return PyFileConfigLoader(CONFIG, str(root)).load_config()


def has_marks(notebook: nbformat.NotebookNode) -> bool:
    """Whether a lesson has anything to grade."""
    return any(cell.metadata.get("nbgrader", {}).get("grade") for cell in notebook.cells)


def up_to_date(run: Run) -> Iterator[tuple[int, Verdict]]:
    """The submissions that need not be graded again, by place."""
    for place, submission in enumerate(run.submissions):
        if not submission.problem:
            stored = run.classroom.stored(submission.student, submission.lesson)
            shown = run.classroom.autograded(submission.student, submission.lesson)
            if stored and stored.digest == digest(submission, run.rules) and shown.is_file():
                yield place, stored


def every(run: Run, old: dict[int, Verdict], workers: int) -> Iterator[Verdict]:
    """A verdict for each submission, as they come: the known ones, the hopeless ones, those to be run."""
    for verdict in old.values():
        if verdict.student not in run.recorded[verdict.lesson]:
            shown = run.classroom.autograded(verdict.student, verdict.lesson)
            run.book.record(verdict, nbformat.read(shown, 4))
    yield from run.book.final(list(old.values()))
    for submission in run.submissions:
        if submission.problem:
            yield keep(run, submission, Graded(refused(run, submission), "", 0.0))
    todo = [one for place, one in enumerate(run.submissions) if place not in old and not one.problem]
    for place, graded in side_by_side(partial(Grader, run.rules), todo, workers):
        yield keep(run, todo[place], outcome(todo[place], graded))


def refused(run: Run, submission: Submission) -> Verdict:
    """The error of a file that cannot be graded; its digest is that of an older file, which counts no more."""
    names, verdict = (submission.student, submission.lesson), failed(submission, submission.problem)
    if run.in_place:
        stored = run.classroom.stored(*names)
        return verdict._replace(digest=stored.digest if stored and stored.problem == verdict.problem else "")
    older = run.classroom.kept(*names) if submission.lesson else ""
    return verdict._replace(digest=older, notes=(*verdict.notes, *[OLDER] * bool(older)))


def outcome(submission: Submission, graded: Graded | Died) -> Graded:
    """What came of a submission, also when its grader died twice."""
    if isinstance(graded, Died):
        return Graded(failed(submission, f"The process that graded it died twice (exit code {graded.exit_code}), the "
                      "second time alone: look into the notebook for code that fills the memory, then grade again."),
                      "", 0.0)
    return graded


def keep(run: Run, submission: Submission, graded: Graded) -> Verdict:
    """Write all that belongs to a verdict, itself last when the rest is there; return it with what people gave."""
    verdict, classroom = graded.verdict, run.classroom
    names = verdict.student, verdict.lesson
    if not submission.problem and not run.in_place:
        folder = classroom.submitted(*names)
        for name, content in {f"{verdict.lesson}.ipynb": submission.text, **submission.beside}.items():
            write_whole(folder / name, content)
        if (verdict.student, "") not in {(one.student, one.lesson) for one in run.submissions}:
            classroom.forget_unknown(verdict.student)
    if verdict.state != "error":
        write_whole(classroom.autograded(*names), graded.notebook)
        run.book.record(verdict, nbformat.reads(graded.notebook, 4))
    feedback.write(classroom.folder / "feedback", verdict)
    write_whole(classroom.verdict(*names), verdict.as_json())
    return run.book.final([verdict])[0]


def report(run: Run, verdicts: Iterator[Verdict]) -> None:
    """Print a line for each verdict as it comes."""
    for number, verdict in enumerate(verdicts, 1):
        print(f"{number} of {len(run.submissions)}  {line(verdict)}", flush=True)


def line(verdict: Verdict) -> str:
    """A verdict in one line: "ann  01-monolith  14.5 of 20, needs manual, repaired (1)"."""
    points = "" if verdict.state == "error" else f"{verdict.earned:g} of {verdict.most:g}, "
    repaired = f", repaired ({len(verdict.repairs)})" if verdict.repairs else ""
    problem = f": {verdict.problem}" if verdict.problem else ""
    return f"{verdict.student}  {verdict.lesson or 'unknown lesson'}  {points}{verdict.state}{repaired}{problem}"


def finish(run: Run) -> None:
    """Write what is about the whole class, with what people have given so far, and say where it is."""
    folder = run.classroom.folder
    final = run.book.final(run.classroom.verdicts())
    for verdict in final:
        feedback.write(folder / "feedback", verdict)
    written = exports.write(folder, final, run.numbers, run.canvas)
    statistics.write(folder, final)
    print(*closing(final), f"Marks: {', '.join(map(str, written))}", *without_number(final, run.numbers),
          f"What to teach next: {folder / 'items.html'}",
          f"Feedback for students: {folder / 'feedback'}", sep="\n")


def closing(verdicts: list[Verdict]) -> list[str]:
    """How many are in each state, and every error with its sentence."""
    counts = Counter(verdict.state for verdict in verdicts)
    states = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    errors = [f"  {line(verdict)}" for verdict in verdicts if verdict.state == "error"]
    return [f"\nIn all, {len(verdicts)} submission{'s' * (len(verdicts) != 1)}: {states}.",
            *(["Without a mark, which is not a zero:"] if errors else []), *errors]
