"""The files of a class under classroom/, each written whole or not at all."""

import contextlib
import hashlib
import os
import shutil
from pathlib import Path
from typing import NamedTuple

from .verdict import Verdict, from_json

UNKNOWN = "unknown-lesson"          # the folder of what is of no lesson


class Classroom(NamedTuple):
    """Where everything about a class lies."""

    folder: Path

    def submitted(self, student: str, lesson: str) -> Path:
        """The folder of what a student handed in."""
        return self.folder / "submitted" / student / lesson

    def holds(self, source: Path) -> bool:
        """Whether a path is submitted/ itself or in there."""
        return source.resolve().is_relative_to((self.folder / "submitted").resolve())

    def autograded(self, student: str, lesson: str) -> Path:
        """The notebook with the reports of the judge, as formgrader shows it."""
        return self.folder / "autograded" / student / lesson / f"{lesson}.ipynb"

    def feedback(self, student: str, lesson: str) -> Path:
        """The page that a student gets; its data lie beside it."""
        return self.folder / "feedback" / student / lesson / f"{lesson}.html"

    def verdict(self, student: str, lesson: str) -> Path:
        """The record of a graded submission: when it is there, all the other files are."""
        return self.folder / "verdicts" / (lesson or UNKNOWN) / f"{student}.json"

    def stored(self, student: str, lesson: str) -> Verdict | None:
        """The verdict that was stored; None if there is none, or one that cannot be read."""
        with contextlib.suppress(OSError, ValueError):
            return from_json(self.verdict(student, lesson).read_text(encoding="utf-8"))
        return None

    def kept(self, student: str, lesson: str) -> str:
        """A digest of the notebooks that lie in submitted/; "" if there is none."""
        notebooks = [path for path in sorted(self.submitted(student, lesson).glob("*")) if path.suffix == ".ipynb"]
        parts = [hashlib.sha256(path.read_bytes()).digest() for path in notebooks if path.is_file()]
        return hashlib.sha256(b"".join(parts)).hexdigest() if parts else ""

    def forget_unknown(self, student: str) -> None:
        """Remove what was said of a file without a lesson, once the student has handed in another."""
        self.verdict(student, "").unlink(missing_ok=True)
        shutil.rmtree(self.folder / "feedback" / student / UNKNOWN, ignore_errors=True)

    def verdicts(self) -> list[Verdict]:
        """All that are stored, by lesson and student."""
        places = sorted(self.folder.glob("verdicts/*/*.json"))
        found = (self.stored(path.stem, path.parent.name) for path in places)
        return [verdict for verdict in found if verdict]


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all: whoever reads it sees the old one or the new one."""
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".draft-{os.getpid()}")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
