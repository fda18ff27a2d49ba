"""Proves that a lesson goes to students and comes back through nbgrader's exchange, as on a shared machine."""

import os
import shutil
import subprocess
from getpass import getuser

import nbformat
import pytest
from test_classroom import LESSON, NBGRADER, RIGHT, ROOT, SAMPLE, filled, nbgrader

from course.build import build

pytestmark = pytest.mark.slow


def as_student(folder, *arguments):
    """Run nbgrader in a student's own folder, without the instructor's configuration."""
    environment = {**os.environ, "HOME": str(folder), "JUPYTER_CONFIG_DIR": str(folder / "config")}
    done = subprocess.run([NBGRADER, *arguments], cwd=folder, env=environment, capture_output=True, text=True,
                          timeout=300)
    assert done.returncode == 0, done.stderr


def test_what_a_student_submits_is_collected(tmp_path, monkeypatch):
    root, student, exchange = (tmp_path / name for name in ("class", "student", "exchange"))
    for folder in (root / "solutions" / "01-tiny", root / "modules", student, exchange):
        folder.mkdir(parents=True)
    exchange.chmod(0o777)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "solutions" / "01-tiny" / "01-tiny.py").write_text(LESSON)
    (root / "modules" / "sample_checks.py").write_text(SAMPLE)
    monkeypatch.setenv("PYTHONPATH", str(root / "modules"))
    build(root=root)
    place, course = f"--Exchange.root={exchange}", "--course=ai-architecture"
    nbgrader(root, "generate_assignment", "01-tiny")
    nbgrader(root, "release_assignment", "01-tiny", place)
    as_student(student, "fetch_assignment", "01-tiny", course, place)
    notebook = filled(nbformat.read(student / "01-tiny" / "01-tiny.ipynb", 4), {"1C-answer": RIGHT})
    nbformat.write(notebook, student / "01-tiny" / "01-tiny.ipynb")
    as_student(student, "submit", "01-tiny", course, place)
    nbgrader(root, "collect", "01-tiny", place)
    collected = root / "classroom" / "submitted" / getuser() / "01-tiny" / "01-tiny.ipynb"
    assert nbformat.read(collected, 4) == notebook
