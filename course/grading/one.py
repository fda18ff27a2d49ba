"""One submission, from the file that was handed in to its verdict."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import LimitOutput
from traitlets.utils.importstring import import_item

from course.checks.commitment import UNSTORED

from .execution import run
from .intake import Submission
from .judging import cases_for, judged
from .repair import repair
from .sandbox import Sandbox
from .showing import harmless
from .verdict import Mark, Verdict, settled

COURSE = Path(__file__).resolve().parents[1]
NO_FILE = ("predictions.json is missing, or does not hold the prediction, so its point is not given. Notebook and file "
           "can be handed in together later, and are graded again then.")


class Rules(NamedTuple):
    """All that decides about a mark besides the submission."""

    lessons: dict[str, str]         # the released notebooks, as text
    secret: bytes
    exercises: str                  # the name of the mapping, as in nbgrader_config.py
    sandbox: Sandbox
    code: str                       # a digest of the course that grades


class Graded(NamedTuple):
    """A verdict and the notebook that shows it; an error has none."""

    verdict: Verdict
    notebook: str
    seconds: float                  # of the processor, for the notebook's own work


class Grader:
    """Grades one submission after the other by the same rules; what fails is an error of that submission alone."""

    def __init__(self, rules: Rules):
        self.rules = rules
        self.lessons = {name: nbformat.reads(text, 4) for name, text in rules.lessons.items()}
        self.exercises = import_item(rules.exercises)
        self.limit = LimitOutput()      # of lines

    def __call__(self, submission: Submission) -> Graded:
        """The verdict, whatever happens."""
        try:
            return self.graded(submission)
        except (ValueError, OSError) as problem:
            return Graded(failed(submission, str(problem)), "", 0.0)
        except Exception as problem:
            said = f"{type(problem).__name__}: {str(problem)[:300]}"
            return Graded(failed(submission, f"The grader failed ({said}): keep the file, and report this as a defect "
                                             "of the course."), "", 0.0)

    def graded(self, submission: Submission) -> Graded:
        """The verdict; raises ValueError with a sentence when there cannot be one."""
        student, lesson, secret = submission.student, submission.lesson, self.rules.secret
        repaired = repair(submission.text, self.lessons[lesson])
        cases = cases_for(repaired.notebook, student, lesson, secret, self.exercises)
        executed = run(repaired.notebook, cases, submission.beside, self.rules.sandbox)
        marks = judged(executed.notebook, student, lesson, secret, self.exercises)
        notes = submission.notes + executed.notes + (NO_FILE,) * any(map(lacks_file, marks))
        verdict = Verdict(student, lesson, settled(marks), marks, repaired.sentences, notes,
                          digest=digest(submission, self.rules))
        return Graded(verdict, self.shown(executed.notebook, self.lessons[lesson]), executed.seconds)

    def shown(self, notebook: NotebookNode, released: NotebookNode) -> str:
        """The text of what formgrader shows."""
        notebook, _ = self.limit.preprocess(harmless(notebook, released), {})
        return nbformat.writes(notebook) + "\n"


def lacks_file(mark: Mark) -> bool:
    """Whether a prediction has no file that shows when it was made."""
    return any(message.code == UNSTORED.code for message in mark.messages)


def failed(submission: Submission, problem: str) -> Verdict:
    """The verdict when there is no mark."""
    return Verdict(submission.student, submission.lesson, "error", notes=submission.notes, problem=problem)


def digest(submission: Submission, rules: Rules) -> str:
    """The same for the same submission under the same rules."""
    beside = [part for name in sorted(submission.beside) for part in (name.encode(), submission.beside[name])]
    names = submission.student, submission.lesson, rules.lessons[submission.lesson], rules.exercises, rules.code
    return _digest([*map(str.encode, names), rules.secret, submission.text, *beside])


def code() -> str:
    """A digest of everything in the package that can change a mark."""
    files = sorted(path for kind in ("py", "json", "csv") for path in COURSE.rglob(f"*.{kind}"))
    return _digest(part for path in files for part in (str(path.relative_to(COURSE)).encode(), path.read_bytes()))


def _digest(parts: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()
