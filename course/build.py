"""Every lesson has one source, its script: from it come the executed solution and the learner's notebook."""

import os
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode

from course.budgets import over_budget, too_large
from course.execution import execute
from course.lesson import BuildError, expand, problems, read
from course.release import leaks, release

ROOT = Path(__file__).resolve().parents[1]
__all__ = ["BuildError", "build", "check"]


class Built(NamedTuple):
    """One lesson, built: the text of each file by its path, and how long its run took."""

    name: str
    solution: Path
    released: Path
    texts: dict[Path, str]
    summary: str


def build(names: tuple[str, ...] = (), root: Path = ROOT) -> None:
    """Write both notebooks of the named lessons, or of all; if one fails, every file stays as it was."""
    scripts = _scripts(root, names)
    _refuse([fault for script in scripts for fault in problems(script, read(script))])
    lessons = [_build(root, script) for script in scripts]
    _publish({path: text for lesson in lessons for path, text in lesson.texts.items()})
    print("\n".join(lesson.summary for lesson in lessons))


def check(names: tuple[str, ...] = (), root: Path = ROOT) -> None:
    """Build again beside the files; raises BuildError with one sentence for each thing that is wrong."""
    faults = [] if names else _orphans(root)
    for script in _scripts(root, names):
        try:
            faults += _faults(root, script)
        except BuildError as error:
            faults.append(str(error))
    _refuse(faults)


def _faults(root, script):
    notebook = read(script)
    if unclear := problems(script, notebook):
        return unclear
    faults = over_budget(script, notebook)
    lesson = _build(root, script)
    print(lesson.summary)
    for path, text in lesson.texts.items():
        shown = path.relative_to(root)
        faults += too_large(shown, text) + _drift(shown, path, text)
    return faults + _leak_faults(root, notebook, lesson)


def _scripts(root, names):
    found = {path.stem: path for path in sorted(root.glob("solutions/*/*.py")) if path.stem == path.parent.name}
    if not found:
        raise BuildError(f"{root} has no lesson: a lesson is a script solutions/NN-name/NN-name.py.")
    if unknown := sorted(set(names) - set(found)):
        raise BuildError(f"There is no lesson {', '.join(unknown)}: choose from {', '.join(found)}.")
    if unnumbered := [name for name in found if not name[:2].isdigit()]:
        raise BuildError(f"solutions/{unnumbered[0]} needs a name that begins with two digits, such as 01-monolith.")
    return [found[name] for name in names or found]


def _build(root, script) -> Built:
    name, blank = script.stem, expand(read(script))
    executed = execute(script, blank)
    solution, released = script.with_suffix(".ipynb"), root / "notebooks" / name / f"{name}.ipynb"
    text = nbformat.writes(executed.notebook, version=4) + "\n"
    texts = {solution: text, released: release(root, name, blank)}
    return Built(name, solution, released, texts, _summary(name, executed, text))


def _summary(name, executed, text):
    graded = {cell.metadata.nbgrader.grade_id: executed.seconds[cell.id] for cell in executed.notebook.cells
              if cell.metadata.get("nbgrader", {}).get("locked")}
    slowest = max(graded, key=graded.__getitem__, default=None)
    check_time = f"; slowest check {slowest} {graded[slowest]:.1f} s, at most 5" if slowest else ""
    return (f"{name}: {len(executed.notebook.cells)} cells, {len(text.encode()) / 1000:.0f} kB, "
            f"ran in {sum(executed.seconds.values()):.1f} s, {executed.processor:.1f} s of it computing; at most 60"
            f"{check_time}")


def _publish(texts):
    drafts = {path.with_name(f".{path.name}.new"): path for path in texts}
    try:
        for draft, path in drafts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(texts[path], encoding="utf-8")
        for draft, path in drafts.items():
            os.replace(draft, path)
    except OSError as error:
        for draft in filter(Path.exists, drafts):
            draft.unlink()
        raise BuildError(f"{error.filename} cannot be written ({error.strerror}): nothing was changed.") from None


def _orphans(root):
    sources = {path.parent.name for path in root.glob("solutions/*/*.py")}
    return [f"{path.relative_to(root)} has no script solutions/{path.parent.name}/{path.parent.name}.py: remove it."
            for path in sorted([*root.glob("notebooks/*/*.ipynb"), *root.glob("solutions/*/*.ipynb")])
            if path.parent.name not in sources or path.stem != path.parent.name]


def _drift(shown, path, text):
    if not path.is_file():
        return [f"{shown} is missing: run `course build`."]
    there = path.read_text(encoding="utf-8")
    if there == text:
        return []
    try:
        old = nbformat.reads(there, as_version=4)
    except Exception as error:
        return [f"{shown} is not a notebook ({str(error).splitlines()[0]}): run `course build`."]
    return [f"{shown} is not what its script gives: {_difference(old, nbformat.reads(text, as_version=4))}; "
            "change the script, never the notebook, and run `course build`."]


def _difference(old: NotebookNode, new: NotebookNode) -> str:
    for number, (before, now) in enumerate(zip(old.cells, new.cells, strict=False), 1):
        parts = [part for part in sorted({*before, *now}) if before.get(part) != now.get(part)]
        if parts:
            return f"cell {number} ({_name(now)}) differs in its {' and '.join(parts)}"
    if len(old.cells) != len(new.cells):
        return f"it has {len(old.cells)} cells instead of {len(new.cells)}"
    return "its own metadata or its layout differs"


def _name(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id") or cell.source.strip()[:40].partition("\n")[0]


def _leak_faults(root, script, lesson):
    shown = lesson.released.relative_to(root)
    texts = {lesson.texts[lesson.released]}
    if lesson.released.is_file():
        texts.add(lesson.released.read_text(encoding="utf-8"))
    found = {leak for text in texts for leak in _leaks(script, text)}
    return [f"{shown} gives away an answer in {leak}." for leak in sorted(found)]


def _leaks(script, text):
    try:
        return leaks(script, nbformat.reads(text, as_version=4))
    except Exception:
        return []  # not a notebook at all: _drift has said so


def _refuse(faults):
    if faults:
        raise BuildError("\n".join(faults))
