"""A notebook run in a sandbox: whatever its cells do, the run ends, and so does all that they started."""

import asyncio
import atexit
import copy
import json
import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import DottedObjectName, Enum, Unicode
from traitlets.utils.importstring import import_item

from .client import Client, KernelEnded, kernel
from .judging import LEFT_OUT, cases_for
from .sandbox import BESIDE, CASES, Bubblewrap, Sandbox, Unsafe, available
from .sealed import seal
from .secret import read_secret

AGAIN = 3                           # runs without a cell that ended its kernel, at most
FILES = {"predictions.json"}        # what a notebook finds in its folder, if it was handed in
LARGEST = 1_000_000                 # bytes of such a file


class Executed(NamedTuple):
    """A notebook with its outputs, sentences on cells that were left out or stopped, and the kernel's own seconds."""

    notebook: NotebookNode
    notes: tuple[str, ...]
    seconds: float


class Attempt(NamedTuple):
    """One run, as far as it came: the client that ran it, and how the kernel ended if it did."""

    notebook: NotebookNode
    client: Client
    ended: KernelEnded | None


def run(notebook: NotebookNode, cases: Mapping[str, list], beside: Mapping[str, bytes], sandbox: Sandbox) -> Executed:
    """Run a copy of the notebook; a cell that ends the kernel is left out, and all others run again.

    Raises OSError with a sentence if no kernel starts.
    """
    left_out: dict[int, str] = {}
    attempts = [_attempt(notebook, cases, beside, sandbox, left_out)]
    while (ended := attempts[-1].ended) and len(left_out) < AGAIN:
        left_out[ended.index] = ended.reason
        attempts.append(_attempt(notebook, cases, beside, sandbox, left_out))
    seconds = sum(attempt.client.seconds for attempt in attempts)
    return Executed(attempts[-1].notebook, _notes(attempts[-1], left_out), seconds)


def _notes(last, left_out):
    fates = {index: f"was left out: {reason}" for index, reason in left_out.items()}
    fates |= {index: f"was stopped: {reason}" for index, reason in last.client.stopped.items()}
    if last.ended:
        fates[last.ended.index] = f"was the last to run, as {AGAIN} had been left out before: {last.ended.reason}"
    return tuple(f"Cell {index + 1} ({_first_line(last.notebook.cells[index])}) {fates[index]}."
                 for index in sorted(fates))


def _first_line(cell):
    lines = [line for line in cell.source.splitlines() if line.strip() and not line.startswith(("#", "%"))]
    return lines[0].strip()[:60] if lines else cell.id


def _attempt(notebook, cases, beside, sandbox, left_out):
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(_run(notebook, cases, beside, sandbox, left_out))
    with ThreadPoolExecutor(1) as thread:   # formgrader runs a loop of its own
        return thread.submit(asyncio.run, _run(notebook, cases, beside, sandbox, left_out)).result()


async def _run(notebook, cases, beside, sandbox, left_out):
    fresh = copy.deepcopy(notebook)
    for index, cell in enumerate(fresh.cells):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = _fate(left_out.get(index)), None
    with tempfile.TemporaryDirectory(prefix="course-", ignore_cleanup_errors=True) as folder:
        _furnish(Path(folder), cases, beside)
        async with kernel(fresh, Path(folder), sandbox) as client:
            try:
                for index, cell in enumerate(fresh.cells):
                    if cell.cell_type == "code" and index not in left_out:
                        await client.run(cell, index)
            except KernelEnded as ended:
                return Attempt(fresh, client, ended)
            return Attempt(fresh, client, None)


def _fate(reason):
    return [new_output("error", ename=LEFT_OUT, evalue=reason, traceback=[reason])] if reason else []


def _furnish(room, cases, beside):
    handed_in = room / "handed_in"
    for folder in (room / "sockets", handed_in / BESIDE):
        folder.mkdir(parents=True)
    (handed_in / CASES).write_text(json.dumps(cases))
    for name in FILES & beside.keys():
        (handed_in / BESIDE / name).write_bytes(beside[name])


class ExecuteSealed(NbGraderPreprocessor):
    """Runs a submission in the sandbox, with what the kernel is asked and nothing else of the class."""

    secret_file = Unicode(help="The file that holds the class secret.").tag(config=True)
    exercises = DottedObjectName("course.checks.EXERCISES", help="Exercises by their id.").tag(config=True)
    sandbox = Enum(("bubblewrap", "unsafe"), "bubblewrap",
                   help="'unsafe' gives the code of every submission all rights of whoever grades.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources):
        """Run every cell; say what was left out."""
        names = resources["nbgrader"]
        cases = cases_for(nb, names["student"], names["assignment"], read_secret(Path(self.secret_file)),
                          import_item(self.exercises))
        executed = run(nb, cases, _beside(Path(resources["metadata"]["path"])), own_sandbox(self.sandbox))
        for note in executed.notes:
            self.log.warning("%s of %s: %s", names["assignment"], names["student"], note)
        return executed.notebook, resources


def _beside(folder):
    files = [folder / name for name in FILES]
    return {file.name: file.read_bytes() for file in files
            if file.is_file() and not file.is_symlink() and file.stat().st_size <= LARGEST}


@cache
def own_sandbox(kind: str) -> Sandbox:
    """The sandbox of this process; raises OSError with a sentence if there is none."""
    if kind == "bubblewrap" and available():
        raise OSError(f"{available()} With --ExecuteSealed.sandbox=unsafe, the code of every submission runs with "
                      "your rights: it can read and change all that you can, also the marks.")
    folder = Path(tempfile.mkdtemp(prefix="course-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return (Unsafe if kind == "unsafe" else Bubblewrap)(seal(folder / "sealed"))
