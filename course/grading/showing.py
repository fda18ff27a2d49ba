"""What a grader sees of a submission: words and pictures; nothing in there runs, loads, or looks like the page."""

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

MOST_LETTERS = 100_000              # of one text
MOST_PICTURE = 1_000_000            # letters of one picture
SHOWN = {"text/plain": MOST_LETTERS, "image/png": MOST_PICTURE, "image/jpeg": MOST_PICTURE}
FIGURE = re.compile(r'src="data:image/png;base64,([A-Za-z0-9+/=]+)"')     # as a figure of the course is displayed
HARMLESS = " \n.,;"                  # besides letters and digits: no page takes them for anything but text


def harmless(notebook: NotebookNode, released: NotebookNode) -> NotebookNode:
    """The notebook with short outputs of known kinds; text that was not released is shown letter by letter."""
    known = {cell.source for cell in released.cells if cell.cell_type == "markdown"}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [shown(output) for output in cell.outputs]
        elif cell.source not in known:
            cell.source = literal(cell.source)
    return notebook


def shown(output: NotebookNode) -> NotebookNode:
    """One output, made anew of what a page can show."""
    kind = output.output_type
    if kind == "stream":
        return new_output(kind, name="stderr" if output.name == "stderr" else "stdout", text=cut(output.text))
    if kind == "error":
        return new_output(kind, ename=cut(output.ename), evalue=cut(output.evalue),
                          traceback=[cut("\n".join(output.traceback))])
    data = {name: value for name, value in [*output.data.items(), *picture(output.data.get("text/html"))]
            if isinstance(value, str) and len(value) <= SHOWN.get(name, -1)}
    count = {"execution_count": output.execution_count} if kind == "execute_result" else {}
    return new_output(kind, data=data, **count)


def picture(html: object) -> list[tuple[str, str]]:
    """The picture alone of a figure of the course."""
    found = FIGURE.search(html) if isinstance(html, str) else None
    return [("image/png", found[1])] if found else []


def cut(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) <= MOST_LETTERS else text[:MOST_LETTERS] + "\n(the rest was cut)"


def literal(source: str) -> str:
    """Markdown that shows `source` as it was typed, and can mean nothing else."""
    letters = (sign if sign.isalnum() or sign in HARMLESS else f"&#{ord(sign)};" for sign in cut(source))
    return f'<pre style="white-space: pre-wrap">{"".join(letters)}</pre>'


class Harmless(NbGraderPreprocessor):
    """The same inside `nbgrader autograde`: formgrader shows what it leaves, with the rights of whoever grades."""

    released = Unicode("notebooks", help="The folder with the released notebooks.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources):
        """Make one submission fit to be looked at."""
        name = resources["nbgrader"]["assignment"]
        return harmless(nb, nbformat.read(Path(self.released, name, f"{name}.ipynb"), 4)), resources
