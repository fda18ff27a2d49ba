"""What students get of a lesson: the released notebook and a page of words, without a trace of an answer."""

import zipfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

README = """\
Lesson {name}

To open it, you need a copy of the course. In its folder, write

    python3 start.py lab --folder FOLDER

with the folder that holds this text in the place of FOLDER; on Windows, write py for python3. If a server or a room of
your school has the course already, put this folder there and open {name}.ipynb.

Work from top to bottom. Write in the answer cells; a check below each of them says what to look at. Keep the cells that
are there: you may add others. Checks after you hand in use other numbers than those you see, so an answer that fits
the numbers on the page alone earns little.

To hand in, save the notebook and give your teacher two files:

    {name}.ipynb        your notebook, whatever you have called it
    predictions.json    your predictions, which the notebook has stored beside itself

Without predictions.json nobody can tell that a prediction came before the run, so its point is not given. If you forgot
the file, hand in both again. Nobody else's files are needed.
"""
ON_THE_DAY = (1980, 1, 1, 0, 0, 0)     # the first that a zip can name: the same lesson gives the same bytes


def hand_out(root: Path, name: str, folder: Path) -> Path:
    """Write NAME.zip for students into the folder; raises ValueError if the lesson is not as it was released."""
    path = root / "notebooks" / name / f"{name}.ipynb"
    if not path.is_file():
        known = ", ".join(sorted(one.stem for one in root.glob("notebooks/*/*.ipynb"))) or "none"
        raise ValueError(f"there is no lesson {name} in {root / 'notebooks'}: choose one of {known}")
    text = path.read_text(encoding="utf-8")
    if faults := list(changes(nbformat.reads(text, 4))):
        raise ValueError(f"{path} is not as it was released ({'; '.join(faults)}): restore it, or make it anew with "
                         f"'course build {name}'")
    folder.mkdir(parents=True, exist_ok=True)
    return pack(folder / f"{name}.zip", {f"{name}/{name}.ipynb": text, f"{name}/README.txt": README.format(name=name)})


def changes(notebook: NotebookNode):
    """What could tell an answer: an edited cell, the outputs of a run, pictures of widgets."""
    for cell in notebook.cells:
        task = cell.metadata.get("nbgrader", {})
        if task.get("checksum") and task.checksum != compute_checksum(cell):
            yield f"cell {task.grade_id} was edited"
        if cell.get("outputs"):
            yield f"cell {cell.id} has outputs"
    if "widgets" in notebook.metadata:
        yield "it holds the state of widgets"


def pack(path: Path, texts: dict[str, str]) -> Path:
    """Write a zip with these files, whole or not at all."""
    draft = path.with_name(f".{path.name}.draft")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in texts.items():
            entry = zipfile.ZipInfo(name, ON_THE_DAY)
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, text.encode(), zipfile.ZIP_DEFLATED)
    return draft.replace(path)
