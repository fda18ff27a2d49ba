"""Proves that a lesson, what students make of it and feedback go through nbgrader's exchange, on a shared machine."""

import os
import subprocess
from getpass import getuser

import nbformat
import pytest
from conftest import need
from tiny_course import NAME, NBGRADER, RIGHT, filled, graded, made, nbgrader

from course.grading.sandbox import available

pytestmark = pytest.mark.slow


def as_student(folder, *arguments):
    """Run nbgrader in a student's own folder, without the instructor's configuration."""
    environment = {**os.environ, "HOME": str(folder), "JUPYTER_CONFIG_DIR": str(folder / "config")}
    done = subprocess.run([NBGRADER, *arguments], cwd=folder, env=environment, capture_output=True, text=True,
                          timeout=300)
    assert done.returncode == 0, done.stderr


def test_what_a_student_submits_is_collected_and_the_feedback_comes_back(tmp_path):
    need(not available(), available())
    root, student, exchange = (tmp_path / name for name in ("class", "student", "exchange"))
    for folder in (root, student, exchange):
        folder.mkdir()
    exchange.chmod(0o777)
    made(root)
    place, course = f"--Exchange.root={exchange}", "--course=ai-architecture"
    nbgrader(root, "generate_assignment", NAME)
    nbgrader(root, "release_assignment", NAME, place)
    as_student(student, "fetch_assignment", NAME, course, place)
    notebook = filled(nbformat.read(student / NAME / f"{NAME}.ipynb", 4), {"1C-answer": RIGHT})
    nbformat.write(notebook, student / NAME / f"{NAME}.ipynb")
    as_student(student, "submit", NAME, course, place)
    nbgrader(root, "collect", NAME, place)
    collected = root / "classroom" / "submitted" / getuser() / NAME / f"{NAME}.ipynb"
    assert nbformat.read(collected, 4) == notebook
    graded(root)
    nbgrader(root, "release_feedback", NAME, place)
    as_student(student, "fetch_feedback", NAME, course, place)
    (page,) = (student / NAME / "feedback").rglob(f"{NAME}.html")
    assert page.read_text() == (root / f"classroom/feedback/{getuser()}/{NAME}/{NAME}.html").read_text()
    assert "4 of 6 points." in page.read_text()
