"""Points are decided in the grader's process: of what a learner's kernel says, the raw answers alone count."""

import contextlib
import hashlib
import hmac
import json
import math
import os
import secrets
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution, setenv
from traitlets import DottedObjectName, Integer, Unicode
from traitlets.utils.importstring import import_item

ANSWERS = "application/vnd.course.answers+json"
SECRET_LENGTH = 64


def read_secret(path: Path) -> bytes:
    """The class secret: made on first use, readable by its owner alone; raises ValueError if it was damaged."""
    if not path.exists():
        _write_secret(path)
    secret = path.read_bytes()
    if len(secret) != SECRET_LENGTH:
        raise ValueError(f"{path} does not hold a class secret: restore it from a backup, or remove it and grade anew.")
    return secret


def _write_secret(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(SECRET_LENGTH // 2))
    with contextlib.suppress(FileExistsError):   # another grader was first: its secret stands
        os.link(draft, path)
    draft.unlink()


def variant(secret: bytes, student: str, lesson: str) -> int:
    """The number, above zero, from which one student's hidden cases of one lesson are drawn."""
    digest = hmac.new(secret, f"{student}\0{lesson}".encode(), hashlib.sha256).digest()
    return 1 + int.from_bytes(digest[:6], "big")


def own_variant(secret_file: str, resources) -> int:
    """The variant of the submission that nbgrader is working on."""
    names = resources["nbgrader"]
    return variant(read_secret(Path(secret_file)), names["student"], names["assignment"])


class ExecuteVariant(Execute):
    """Runs a submission in a kernel that knows the number of its hidden cases."""

    secret_file = Unicode(help="The file that holds the class secret.").tag(config=True)

    def preprocess(self, nb, resources=None, km=None):
        """Run every cell, with COURSE_VARIANT set for the kernel alone."""
        with setenv(COURSE_VARIANT=str(own_variant(self.secret_file, resources))):
            return super().preprocess(nb, resources, km)


class Judge(NbGraderPreprocessor):
    """Replaces whatever a check cell put out by the report and the points of the exercise's own judge."""

    secret_file = Unicode(help="The file that holds the class secret.").tag(config=True)
    exercises = DottedObjectName("course.checks.EXERCISES", help="Exercises by their id.").tag(config=True)
    most_bytes = Integer(2_000_000, help="The largest answer that is judged, as JSON.").tag(config=True)

    def preprocess_cell(self, cell: NotebookNode, resources, cell_index):
        """Judge a check cell; leave every other cell alone."""
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            points, report = self._verdict(cell, own_variant(self.secret_file, resources))
            cell.outputs = [
                new_output("stream", name="stdout", text=report),
                new_output("execute_result", data={"text/plain": repr(points)}, execution_count=cell.execution_count),
            ]
        return cell, resources

    def _verdict(self, cell, number):
        item, most = cell.metadata.nbgrader.grade_id, float(cell.metadata.nbgrader.points)
        exercise = self._exercise(item)
        cases = exercise.cases(number)
        raw, complaint = answers(cell, item, len(cases), self.most_bytes)
        if complaint:
            return 0.0, f"No points: {complaint}\n"
        try:
            report = exercise.judge(cases, raw)
            return within(report.points, most), f"{report}\n"
        except Exception as error:
            self.log.error("The judge of %s failed on an answer: %r", item, error)
            return 0.0, f"No points: the answers to {item} have a form that cannot be judged ({error}).\n"

    def _exercise(self, item):
        exercises = import_item(self.exercises)
        if item not in exercises:
            raise ValueError(f"There is no exercise {item}: {self.exercises} must hold one for each check.")
        return exercises[item]


def answers(cell: NotebookNode, item: str, cases: int, most_bytes: int) -> tuple[list, str]:
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
    errors = [output for output in cell.outputs if output.output_type == "error"]
    return f", because the cell stopped with {errors[-1].ename}: {errors[-1].evalue[:200]}" if errors else ""


def within(points, most: float) -> float:
    """Points as nbgrader can read them: a plain float from 0 to the most that the cell can give."""
    number = float(points)
    return round(min(max(number, 0.0), most), 2) if math.isfinite(number) else 0.0


class ShortOutput(NbGraderPreprocessor):
    """Cuts what a cell put out to a length that a page can show."""

    most_letters = Integer(100_000, help="The longest text that one output keeps.").tag(config=True)

    def preprocess_cell(self, cell: NotebookNode, resources, cell_index):
        """Cut long text; drop long data of any other kind."""
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                output.text = self._cut(output.text)
            elif output.output_type == "error":
                output.traceback = [self._cut("\n".join(output.traceback))]
                output.evalue = self._cut(output.evalue)
            else:
                output.data = {kind: value for kind, value in output.data.items() if self._fits(value)}
        return cell, resources

    def _fits(self, value):
        return len(json.dumps(value)) <= self.most_letters * 10   # pictures may be larger than text

    def _cut(self, text):
        return text if len(text) <= self.most_letters else text[:self.most_letters] + "\n(the rest was cut)"
