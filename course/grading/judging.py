"""Points are decided in the grader's process: of what a learner's kernel says, the raw answers alone count."""

import builtins
import json
import math
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import determine_grade, is_grade, is_solution
from traitlets import DottedObjectName, Unicode
from traitlets.utils.importstring import import_item

from course.asking.graded import ANSWERS
from course.checks.exercise import Exercise

from .secret import read_secret, variant
from .verdict import Mark

MOST_BYTES = 2_000_000      # the largest answer that is judged, as JSON
# What a case holds for its judge and not for the learner's kernel.
JUDGED_ALONE = ("seeds", "trials", "set", "row", "least", "naive")
LEFT_OUT = "LeftOut"        # the name of the error in a cell that ended its kernel, and so was not run again
WAITS = "A person must judge this: "    # begins what is shown where a judge failed
PATIENCE = 120              # seconds of the processor for one judge; the slowest takes a few


def cases_for(notebook: NotebookNode, student: str, lesson: str, secret: bytes,
              exercises: Mapping[str, Exercise]) -> dict[str, list[Any]]:
    """What the learner's kernel is asked, by item, as plain JSON values."""
    number = variant(secret, student, lesson)
    return {item: [handed_over(case) for case in _exercise(exercises, item).cases(number)]
            for item in (cell.metadata.nbgrader.grade_id for cell in notebook.cells if is_check(cell))}


def handed_over(case: Any) -> Any:
    """The case without what only its judge needs."""
    return {name: part for name, part in case.items() if name not in JUDGED_ALONE} if isinstance(case, dict) else case


def judged(notebook: NotebookNode, student: str, lesson: str, secret: bytes,
           exercises: Mapping[str, Exercise]) -> tuple[Mark, ...]:
    """The mark of each graded cell; what a check cell put out is replaced by the report of its judge."""
    number = variant(secret, student, lesson)
    return tuple(judged_check(cell, number, exercises) if is_check(cell) else hand_marked(cell)
                 for cell in notebook.cells if is_grade(cell))


def is_check(cell: NotebookNode) -> bool:
    """Whether a judge decides about this cell."""
    return bool(cell.cell_type == "code" and is_grade(cell) and not is_solution(cell))


def hand_marked(cell: NotebookNode) -> Mark:
    """A mark that waits for a person, unless nothing was written: nbgrader's own rule."""
    points, most = determine_grade(cell)
    note = "" if points is None else "Nothing was written here."
    return Mark(cell.metadata.nbgrader.grade_id, None if points is None else float(points), most, note=note)


def judged_check(cell: NotebookNode, number: int, exercises: Mapping[str, Exercise],
                 most_bytes: int = MOST_BYTES) -> Mark:
    """The mark of a check cell, which shows the judge's report and the points from now on."""
    mark, report = _verdict(cell, _exercise(exercises, cell.metadata.nbgrader.grade_id), number, most_bytes)
    cell.outputs = [
        new_output("stream", name="stdout", text=f"{report}\n"),
        new_output("execute_result", data={"text/plain": repr(mark.points or 0.0)},
                   execution_count=cell.execution_count),
    ]
    return mark


def _verdict(cell, exercise, number, most_bytes):
    """A mark and what a grader sees of it; what a judge says when it fails is not for students."""
    item, most = cell.metadata.nbgrader.grade_id, float(cell.metadata.nbgrader.points)
    try:
        cases = exercise.cases(number)
        raw, complaint = answers(cell, item, len(cases), most_bytes)
        if complaint:
            return Mark(item, 0.0, most, note=f"No points: {complaint}"), f"No points: {complaint}"
        with patience(PATIENCE):
            report = exercise.judge(cases, raw)
        return Mark(item, within(report.points, most), most, report.passed, report.total, report.messages), report
    except Exception as error:      # neither right nor wrong until a person has looked
        said = f"{WAITS}the judge failed on this answer"
        return Mark(item, None, most, note=f"{said}."), f"{said} ({type(error).__name__}: {str(error)[:500]})."


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Raises TimeoutError inside what takes longer, in seconds of the processor, where the system can tell."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _too_long)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _too_long(*_):
    raise TimeoutError("it took too long")


def waits(cell: NotebookNode) -> bool:
    """Whether the judge of this cell failed, so that its points are a person's to give."""
    return is_check(cell) and cell.outputs[0].text.startswith(WAITS)


def _exercise(exercises, item):
    if item not in exercises:
        raise ValueError(f"There is no exercise {item}: the exercises must hold one for each check.")
    return exercises[item]


def answers(cell: NotebookNode, item: str, cases: int, most_bytes: int = MOST_BYTES) -> tuple[list, str]:
    """The raw answers that the check reported, and a sentence if there is nothing to judge.

    A check reports once. If there are two reports, one of them is forged and nobody can say which, so neither counts.
    """
    reported = [output.data[ANSWERS] for output in cell.outputs
                if output.output_type == "display_data" and ANSWERS in output.data]
    if not reported:
        return [], f"the check reported no answer{_because(cell)}."
    if len(reported) > 1:
        return [], f"answers to {item} were reported {len(reported)} times, and a check reports once."
    return _read(reported[0], item, cases, most_bytes)


def _read(report, item, cases, most_bytes):
    if len(json.dumps(report)) > most_bytes:
        return [], f"the answer to {item} is larger than {most_bytes:,} bytes."
    raw = report.get("answers") if isinstance(report, dict) and report.get("item") == item else None
    if not isinstance(raw, list) or len(raw) != cases:
        return [], f"the report does not hold one answer to {item} for each of its {cases} cases."
    return raw, ""


def _because(cell):
    """Why the cell stopped, without the learner's own words: they could tell what the hidden cases are."""
    names = [output.ename for output in cell.outputs if output.output_type == "error"]
    if names and names[-1] == LEFT_OUT:
        return ", because the cell was left out"
    return f", because the cell stopped with {names[-1]}" if names and hasattr(builtins, names[-1]) else ""


def within(points: Any, most: float) -> float:
    """Points as nbgrader can read them: a plain float from 0 to the most that the cell can give."""
    number = float(points)
    return round(min(max(number, 0.0), most), 2) if math.isfinite(number) else 0.0


class Judge(NbGraderPreprocessor):
    """Replaces whatever a check cell put out by the report and the points of the exercise's own judge."""

    secret_file = Unicode(help="The file that holds the class secret.").tag(config=True)
    exercises = DottedObjectName("course.checks.EXERCISES", help="Exercises by their id.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources):
        """Judge the checks of one submission."""
        names = resources["nbgrader"]
        secret = read_secret(Path(self.secret_file))
        judged(nb, names["student"], names["assignment"], secret, import_item(self.exercises))
        return nb, resources
