"""Proves the shape of the code: linters have nothing to say and are not silenced, and files stay short."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WRITTEN = [path for folder in ("course", "tests", "solutions") for path in sorted(ROOT.glob(f"{folder}/**/*.py"))]


@pytest.mark.parametrize("linter", ["ruff check --output-format=concise", "mypy"])
def test_the_linters_have_nothing_to_say(linter):
    checked = subprocess.run([sys.executable, "-m", *linter.split()], cwd=ROOT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_silenced_or_left_for_later(path):
    if path != Path(__file__):
        silenced = re.findall(r"# noqa|# type: ignore|pragma: no|# TODO|# FIXME", path.read_text(encoding="utf-8"))
        assert silenced == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("course/**/*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_of_the_course_are_short_and_say_what_they_are(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 300
    assert path.name == "__init__.py" or lines[0].startswith('"""')
