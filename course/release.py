"""The learner's notebook, made by nbgrader's own generate_assignment in a folder that is thrown away."""

import logging
import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

from course.lesson import BuildError, solution, unsolved

CONFIG = "nbgrader_config.py"
SHORTEST_LEAK = 12


def release(root: Path, name: str, notebook: NotebookNode) -> str:
    """The text of the released notebook, as `nbgrader generate_assignment` would write it; raises BuildError."""
    with tempfile.TemporaryDirectory() as folder:
        config = _config(root, Path(folder).resolve())
        directory = CourseDirectory(config=config, assignment_id=name)
        source = Path(directory.format_path(directory.source_directory, ".", name), f"{name}.ipynb")
        source.parent.mkdir(parents=True)
        nbformat.write(notebook, source)
        _generate(directory, config, name)
        released = directory.format_path(directory.release_directory, ".", name)
        return Path(released, f"{name}.ipynb").read_text(encoding="utf-8")


def _config(root, folder) -> Config:
    if not (root / CONFIG).is_file():
        raise BuildError(f"{root} has no {CONFIG}: build in a checkout of the course.")
    config = PyFileConfigLoader(CONFIG, str(root)).load_config()
    config.CourseDirectory.root = str(folder)
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    return config


def _generate(directory, config, name):
    said: list[str] = []
    log = logging.Logger("release")
    log.addHandler(_Listing(said))
    try:
        GenerateAssignment(coursedir=directory, config=config, log=log).start()
    except NbGraderException:
        reason = next((line for line in reversed(said) if "Error" in line), "no reason given")
        raise BuildError(f"nbgrader cannot release {name}: {reason.strip().splitlines()[-1]}") from None


class _Listing(logging.Handler):
    """Keeps what nbgrader says instead of printing it."""

    def __init__(self, said):
        super().__init__()
        self.said = said

    def emit(self, record):
        self.said.append(record.getMessage())


def leaks(script: NotebookNode, released: NotebookNode) -> list[str]:
    """What of the solutions, or of a run, can be read in a released notebook."""
    found = [f"cell {number} ({text[:40]!r} comes from a solution)"
             for number, cell in enumerate(released.cells, 1) for text in _leaked(script, cell)]
    found += [f"cell {number} (it has outputs)"
              for number, cell in enumerate(released.cells, 1) if cell.get("outputs")]
    return found + ["the metadata (it holds the state of widgets)"] * ("widgets" in released.metadata)


def _leaked(script, cell):
    public = {line for part in script.cells for line in _lines(unsolved(part))}
    here = _lines(cell.source)
    for secret in map(_lines, map(solution, script.cells)):
        if len(secret) > 1 and any(here[at:at + len(secret)] == secret for at in range(len(here))):
            yield secret[0]
        else:
            yield from (line for line in secret if len(line) >= SHORTEST_LEAK and line in here and line not in public)
    if "BEGIN SOLUTION" in cell.source:
        yield "BEGIN SOLUTION"


def _lines(text) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
