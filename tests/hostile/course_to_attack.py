"""The small course that hostile submissions are handed in to, as a folder."""

import shutil
from pathlib import Path

import nbformat

from course.build import ROOT
from course.lesson import expand, read
from course.release import release

from .form import LESSON, SCRIPT, Handout


def founded(root: Path, places: dict[str, str]) -> Handout:
    """Make the course in an empty folder, and return what its students are given and what the right answers are."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    script = root / "solutions" / LESSON / f"{LESSON}.py"
    released = root / "notebooks" / LESSON / f"{LESSON}.ipynb"
    for path in (script, released):
        path.parent.mkdir(parents=True)
    script.write_text(SCRIPT)
    solved = expand(read(script))
    nbformat.write(solved, script.with_suffix(".ipynb"))
    released.write_text(release(root, LESSON, solved))
    known = {"CLASS_FOLDER": str(root), "COURSE_FOLDER": str(ROOT), **places}
    return Handout(nbformat.read(released, 4), solved, known)
