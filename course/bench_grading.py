"""What grading a class costs, and what it survives: a made-up class, killed in the middle and taken up again.

Processor time is that of all processes of `course grade`, kernels included. A notebook's own work is what its cells
take, between the beginning and the end of each; all else is what grading costs. Kernels count both themselves, since
nobody can tell what a process took inside walls that were torn down.
"""

import ctypes
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from .grading.classroom import Classroom, write_whole

MOST = 1.0          # seconds of a processor for a submission, beyond the notebook's own work
WORKERS = "2"
SUBREAPER = 36      # of prctl(2): whoever is left alone becomes our child, so that its time is counted too
BEGIN = """\
import os

def taken(): return sum(os.times()[:4])
work = {"now": taken(), "all": 0.0}
def begin(*_, work=work, taken=taken): work["now"] = taken()
def end(*_, work=work, taken=taken): work["all"] += taken() - work["now"]

get_ipython().events.register("pre_run_cell", begin)
get_ipython().events.register("post_run_cell", end)
get_ipython().own_work = work"""
END = 'print(get_ipython().own_work["all"], sum(os.times()[:4]))'
HALF = """

whole_{name}, calls_of_{name} = {name}, iter(range(10 ** 9))

def {name}(*all, **named):
    return whole_{name}(*all, **named) if next(calls_of_{name}) % 2 else None
"""


class Effort(NamedTuple):
    """How many students there are, and how many of them are graded a second time, undisturbed."""

    students: int
    anew: int


FULL, QUICK = Effort(200, 20), Effort(4, 1)


class Kernel(NamedTuple):
    """Seconds of a processor that a kernel took."""

    own: float      # for its cells
    all: float


class Measured(NamedTuple):
    """What came of a class."""

    kept: int               # verdicts that were there after the kill
    states: Counter
    same: int               # verdicts that a second, undisturbed run gave byte for byte, ...
    anew: int               # ... of so many
    graded: int             # submissions in the run that was measured, ...
    seconds: float          # ... the processor time of each, ...
    own: float              # ... of which the notebook's own work
    clock: float            # and how long the run took


def main(lesson: str, effort: Effort) -> None:
    """Print what a lesson's class cost, with the gates; raises ValueError if something was lost."""
    found = measure(Path.cwd(), lesson, effort)
    beyond = found.seconds - found.own
    lost = effort.students - sum(found.states.values()) + found.states["error"]
    rows = [("students", effort.students, ""), ("kept when it was killed", found.kept, ""),
            ("lost in the end", lost, gate(not lost)),
            ("the same when graded anew", f"{found.same} of {found.anew}", gate(found.same == found.anew)),
            ("seconds of the clock for each", f"{found.clock / found.graded:.2f}", ""),
            ("seconds of a processor for each", f"{found.seconds:.2f}", ""),
            ("the notebook's own work", f"{found.own:.2f}", ""),
            ("beyond that", f"{beyond:.2f}", f"at most {MOST:g}  {gate(beyond <= MOST)}")]
    print(f"{lesson}, {WORKERS} workers", *(f"{name:<34}{value!s:>10}  {verdict}".rstrip()
                                            for name, value, verdict in rows), sep="\n")


def gate(held: bool) -> str:
    """How a gate went."""
    return "ok" if held else "missed"


def measure(course: Path, lesson: str, effort: Effort) -> Measured:
    """Grade a made-up class: killed after half of it and taken up again."""
    with tempfile.TemporaryDirectory() as folder:
        root = furnished(course, lesson, Path(folder, "class"))
        classroom, everybody = Classroom(root / "classroom"), dict(answers(course, lesson, effort.students))
        hand_in(root, lesson, everybody)
        kill(root, effort.students // 2)
        before = {verdict.student for verdict in classroom.verdicts()}
        began = time.monotonic()
        seconds = graded(root)
        clock = time.monotonic() - began
        fresh = {*everybody} - before
        kernels = [counted(classroom.autograded(student, lesson)) for student in fresh]
        states = Counter(verdict.state for verdict in classroom.verdicts())
        some = {student: everybody[student] for student in [*everybody][::effort.students // effort.anew]}
        same = undisturbed(furnished(course, lesson, Path(folder, "anew")), lesson, some, classroom)
        return Measured(len(before), states, same, len(some), len(fresh),
                        seconds / len(fresh) + mean(kernel.all for kernel in kernels),
                        mean(kernel.own for kernel in kernels), clock)


def undisturbed(root: Path, lesson: str, some: dict[str, NotebookNode], first: Classroom) -> int:
    """Grade some of the class in another place; how many get the very same verdict."""
    write_whole(root / "classroom" / "secret", (first.folder / "secret").read_bytes())
    hand_in(root, lesson, some)
    graded(root)
    second = Classroom(root / "classroom")
    return sum(second.verdict(student, lesson).read_bytes() == first.verdict(student, lesson).read_bytes()
               for student in some)


def furnished(course: Path, lesson: str, root: Path) -> Path:
    """A course of one lesson; raises ValueError if there is none of that name."""
    if not (course / "notebooks" / lesson / f"{lesson}.ipynb").is_file():
        raise ValueError(f"there is no lesson {lesson} in {course / 'notebooks'}: name one, such as 01-monolith")
    shutil.copytree(course / "notebooks" / lesson, root / "notebooks" / lesson)
    shutil.copy(course / "nbgrader_config.py", root)
    return root


def answers(course: Path, lesson: str, students: int) -> Iterator[tuple[str, NotebookNode]]:
    """The notebook of each student, with answers that are right, right every other time, wrong, or missing."""
    released, solved = (nbformat.read(course / kind / lesson / f"{lesson}.ipynb", 4)
                        for kind in ("notebooks", "solutions"))
    right = {cell.id: cell.source for cell in solved.cells if cell.metadata.get("nbgrader", {}).get("solution")}
    for number in range(students):
        notebook = nbformat.from_dict(released)
        for place, cell in enumerate(cell for cell in notebook.cells if cell.id in right):
            kind = (number // 4 ** (place % 3) + place) % 4
            cell.source = (right[cell.id], halved(right[cell.id]), spoilt(right[cell.id]), cell.source)[kind]
        notebook.cells = [new_code_cell(BEGIN, id="begin"), *notebook.cells, new_code_cell(END, id="end")]
        yield f"student{number:03}", notebook


def halved(source: str) -> str:
    """An answer whose function says nothing at every other call."""
    name = re.search(r"^def (\w+)", source, re.MULTILINE)
    return source + HALF.format(name=name[1]) if name else spoilt(source)


def spoilt(source: str) -> str:
    """An answer that is wrong: its function says nothing, or its numbers are others."""
    if re.search(r"^\s+return ", source, re.MULTILINE):
        return re.sub(r"^(\s+)return .*", r"\1return None", source, flags=re.MULTILINE)
    return re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), source)


def hand_in(root: Path, lesson: str, notebooks: dict[str, NotebookNode]) -> None:
    """Put notebooks where students' files come in."""
    for student, notebook in notebooks.items():
        write_whole(root / "handed_in" / student / f"{lesson}.ipynb", nbformat.writes(notebook))


def command() -> list[str]:
    """What an instructor would write."""
    return [sys.executable, "-m", "course", "grade", "handed_in", "--workers", WORKERS]


def kill(root: Path, after: int) -> None:
    """Grade, and end all processes at once after so many submissions."""
    running = subprocess.Popen(command(), cwd=root, stdout=subprocess.PIPE, text=True, start_new_session=True)
    with running:
        for _ in range(after):
            running.stdout and running.stdout.readline()
        os.killpg(running.pid, signal.SIGKILL)


def graded(root: Path) -> float:
    """Grade to the end; the processor time of all processes outside the walls. Raises ValueError if it fails."""
    done = subprocess.run([sys.executable, "-m", "course.bench_grading", *command()], cwd=root, capture_output=True,
                          text=True)
    if done.returncode:
        raise ValueError(f"the class could not be graded: {done.stderr.strip() or done.stdout[-500:]}")
    return float(done.stdout.splitlines()[-1])


def counted(path: Path) -> Kernel:
    """What the kernel of a graded notebook took, by what its last cell has printed."""
    printed = nbformat.read(path, 4).cells[-1].outputs      # of one line, which may come in two pieces
    return Kernel(*map(float, "".join(output.text for output in printed).split()))


def watched(words: list[str]) -> int:
    """Run a command, wait for all that it has started, and print their processor time; the exit code."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    code = subprocess.call(words)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(used.ru_utime + used.ru_stime)
    return code


if __name__ == "__main__":
    sys.exit(watched(sys.argv[1:]))
