"""What lies in a folder or a zip: files of bounded size; links and paths that lead outside are named, not followed."""

import io
import lzma
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

MOST_BYTES = 20_000_000
MOST_INSIDE = 500                   # files of one zip inside
PREDICTIONS = re.compile(r"(^|[/_])predictions(-\d+)?\.json$")
HIDDEN = re.compile(r"\.|__MACOSX$|~\$")
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, OSError,
              ValueError)


class File(NamedTuple):
    """One file: `path` is where a person finds it, `owner` the path that tells whose it is (of the zip around it)."""

    path: str
    owner: str
    content: bytes = b""
    problem: str = ""


def files(source: Path) -> list[File]:
    """Every file, in the order of paths; only notebooks, predictions and zips are read. Raises ValueError."""
    if source.is_dir():
        found = list(_in_folder(source))
    elif zipfile.is_zipfile(source):
        found = list(_in_zip(source.open("rb"), str(source)))
    elif source.is_file():
        raise ValueError(f"{source} cannot be read as a zip, and is no folder: name the zip of your LMS, fetched again "
                         "if it was cut off, or a folder with a folder for each student, as in class/ann/a.ipynb")
    else:
        raise ValueError(f"There is nothing at {source}: name the folder or the zip with what students handed in.")
    return sorted(inner for file in found for inner in _unpacked(file))


def wanted(path: str) -> bool:
    """Whether the content of a file can matter."""
    return path.lower().endswith((".ipynb", ".zip")) or PREDICTIONS.search(path) is not None


def _in_folder(source) -> Iterator[File]:
    closed: list[OSError] = []
    for folder, inner, names in os.walk(source, onerror=closed.append):
        for name in [*inner, *names]:
            path = Path(folder, name)
            owner = path.relative_to(source).as_posix()
            shown = _shown(owner)
            if path.is_symlink() and not HIDDEN.match(name):
                yield _link(shown)._replace(owner=owner)
            elif name in names and not HIDDEN.match(name):
                yield (_read_file(path, shown) if wanted(name) else File(shown, shown))._replace(owner=owner)
        inner[:] = [name for name in inner if not HIDDEN.match(name)]
    for error in closed:
        owner = Path(error.filename).relative_to(source).as_posix()
        yield File(_shown(owner), f"{owner}/", problem=_closed(_shown(owner), error))


def _shown(path):
    """A path to read: two that differ may look the same here, so it names no owner."""
    return "".join(letter if letter.isprintable() else "?" for letter in path)


def _link(shown):
    return File(shown, shown, problem=f"{shown} is a link, and links are not followed: ask for the file itself.")


def _read_file(path, shown):
    """One ordinary file; a link or a pipe that took its place is not opened."""
    try:
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(number, "rb") as file:
            if not stat.S_ISREG(os.fstat(number).st_mode):
                return File(shown, shown, problem=f"{shown} is not an ordinary file: ask for the notebook once more.")
            return _bounded(file, shown)
    except OSError as error:
        return File(shown, shown, problem=_closed(shown, error))


def _closed(shown, error):
    return f"{shown} cannot be read ({error.strerror}): make it readable, or ask for it once more."


def _bounded(file: BinaryIO, shown):
    content = file.read(MOST_BYTES + 1)
    return File(shown, shown, content) if len(content) <= MOST_BYTES else _too_large(shown)


def _too_large(shown):
    return File(shown, shown, problem=f"{shown} is larger than {MOST_BYTES:,} bytes: ask for the notebook with its "
                                      "outputs cleared.")


def _in_zip(file: BinaryIO, around) -> Iterator[File]:
    try:
        with zipfile.ZipFile(file) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield from _member(archive, info)
    except UNREADABLE as error:
        raise ValueError(f"{around} cannot be read as a zip ({error}): ask for it once more.") from None


def _member(archive, info) -> Iterator[File]:
    whole = info.filename.replace("\\", "/")
    parts = [part for part in whole.split("/") if part not in ("", ".")]
    owner = "/".join(part for part in parts if part != "..")
    inside, shown = _shown(owner), _shown(whole)
    if whole.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", whole):
        yield File(inside, owner, problem=f"{shown} leads to a place outside of the zip: ask for the file itself.")
    elif any(HIDDEN.match(part) for part in parts):
        return
    elif stat.S_ISLNK(info.external_attr >> 16):
        yield _link(inside)._replace(owner=owner)
    else:
        file = _read_member(archive, info, inside) if wanted(inside) else File(inside, inside)
        yield file._replace(owner=owner)


def _read_member(archive, info, shown):
    if info.flag_bits & 1:
        return File(shown, shown, problem=f"{shown} is encrypted: ask for it without a password.")
    if info.file_size > MOST_BYTES:
        return _too_large(shown)
    try:
        with archive.open(info) as file:
            return _bounded(file, shown)
    except UNREADABLE as error:
        return File(shown, shown, problem=f"{shown} cannot be taken out of its zip ({error}): ask for it once more.")


def _unpacked(file: File) -> Iterator[File]:
    """The file, or what is in it if it is a zip that a student handed in."""
    if file.problem or not file.path.lower().endswith(".zip"):
        yield file
        return
    try:
        yield from _inside(file)
    except ValueError as error:
        yield file._replace(content=b"", problem=str(error))


def _inside(file):
    total, found = 0, []
    for inner in _in_zip(io.BytesIO(file.content), file.path):
        total += len(inner.content)
        if total > MOST_BYTES or len(found) >= MOST_INSIDE:
            raise ValueError(f"{file.path} holds more than {MOST_BYTES:,} bytes or {MOST_INSIDE} files: "
                             "ask for the notebook alone.")
        path = f"{file.path}/{inner.path}"
        again = f"{path} is a zip inside a zip inside: ask for the notebook alone."
        problem = inner.problem.replace(inner.path, path) or again * inner.path.lower().endswith(".zip")
        found.append(File(path, file.owner, inner.content, problem))
    return found or [file._replace(content=b"", problem=f"{file.path} is empty: ask for the notebook.")]
