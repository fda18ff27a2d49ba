"""Notebooks that were cut, copied, re-typed or edited in their metadata, by accident or on purpose."""

import json
from copy import deepcopy

from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from .form import ERROR, FULL, LESSON, RIGHT, WRONG, Attack, but, cell, edit, handed_in, written

HERE = f"{LESSON}.ipynb"


def whole(name: str, change, says: str = "", marks=ERROR):
    """The bytes of the solved notebook, changed."""
    return Attack(name, lambda handout: {HERE: change(written(handout.solved))}, marks, says)


def plain(name: str, change, says: str = "", marks=FULL):
    """The solved notebook as plain values, changed: it may be no notebook any more."""
    def make(handout):
        notebook = json.loads(written(handout.solved))
        return handed_in(change(notebook) or notebook)

    return Attack(name, make, marks, says)


def graded(notebook):
    """The metadata of each graded or answering cell."""
    return [one.metadata.nbgrader for one in notebook.cells if "nbgrader" in one.metadata]


def meta(name: str, says: str = "", marks=FULL, **values):
    """The same values in all of nbgrader's metadata."""
    return edit(name, lambda notebook: [one.update(values) for one in graded(notebook)], says, marks)


def without(notebook, *ids):
    """Take cells out."""
    notebook.cells = [one for one in notebook.cells if one.id not in ids]


def wrong(notebook):
    """Make the answer to 1C wrong."""
    cell(notebook, "1C-answer").source = WRONG


def swapped(notebook):
    one, other = (cell(notebook, item).metadata.nbgrader for item in ("1C", "1M"))
    one.grade_id, other.grade_id = other.grade_id, one.grade_id


def swapped_ids(notebook):
    one, other = (cell(notebook, item) for item in ("1C", "1M"))
    one.id, other.id = other.id, one.id


def copied(id_):
    """Copy a cell with all its metadata to the end."""
    def change(notebook):
        notebook.cells.append(deepcopy(cell(notebook, id_)))

    return change


def copied_with_new_id(notebook):
    twin = deepcopy(cell(notebook, "1C-answer"))
    twin.id = "another"
    twin.source = WRONG
    notebook.cells.insert(0, twin)


def bare(notebook):
    for number, one in enumerate(notebook.cells):
        one.metadata.clear()
        one.id = f"new-{number}"


def into(kind):
    """Turn the check of 1C into another type of cell."""
    def change(notebook):
        one = cell(notebook, "1C")
        one.cell_type = kind
        for name in ("outputs", "execution_count"):
            one.pop(name, None)

    return change


def skipped(notebook):
    wrong(notebook)
    one = cell(notebook, "1C")
    one.metadata.tags = ["skip-execution", "raises-exception"]
    one.outputs = [new_output("display_data", {"application/vnd.course.answers+json": {
        "item": "1C", "answers": [[1.0] * 3] * 12}, "text/plain": ""})]


def all_skipped(notebook):
    for one in notebook.cells:
        one.metadata.tags = ["skip-execution", "remove_cell"]


def prepared(notebook):
    """Outputs of an earlier run, and an answer that ends the kernel, so that the check does not run again."""
    skipped(notebook)
    cell(notebook, "1C").metadata.pop("tags")
    cell(notebook, "1C-answer").source = "import os\nos._exit(0)\n"


def with_check(source):
    """Write something else into the check of 1C, whose answer is wrong."""
    def change(notebook):
        wrong(notebook)
        cell(notebook, "1C").source = source

    return change


def practice(notebook):
    wrong(notebook)
    cell(notebook, "1C").metadata.nbgrader.update(grade=False, locked=True, points=0)


def extra(item, **values):
    """A graded cell of one's own."""
    def change(notebook):
        one = new_code_cell(f'check("{item}", 1)', id="mine")
        one.metadata.nbgrader = {"grade": True, "solution": False, "locked": False, "grade_id": item, "points": 1000,
                                 "schema_version": 3, "task": False, "cell_type": "code", **values}
        notebook.cells.append(one)

    return change


def scripts(notebook):
    evil = "<script>alert(11)</script><img src=x onerror=alert(12)>[x](javascript:alert(13)){{ 7 * 7 }}{% raw %}"
    cell(notebook, "1E-answer").source = evil
    pasted = {"../../x.svg": {"image/svg+xml": f"<svg>{evil}</svg>"}}
    notebook.cells.insert(0, new_markdown_cell(evil, attachments=pasted))
    notebook.cells.insert(1, new_raw_cell(evil, metadata={"raw_mimetype": "text/html", "format": "text/html"}))
    notebook.cells.append(new_code_cell("", outputs=[new_output("display_data", {"text/html": evil})]))
    notebook.metadata.update(title=evil, authors=[{"name": evil}])


def widgets(notebook):
    notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"a": 7}, "version_major": "x"}}


def many(count):
    """So many cells of one's own."""
    return lambda notebook: notebook.cells.extend(new_code_cell("", id=f"own-{number}") for number in range(count))


def four_endings(notebook):
    """More cells that end the kernel than are left out one by one."""
    at = notebook.cells.index(cell(notebook, "1C-answer"))
    notebook.cells[at:at] = [new_code_cell(f"import os\nos._exit({number})", id=f"end-{number}") for number in range(4)]


def moved(notebook):
    """The checks stand before their answers."""
    checks = [cell(notebook, item) for item in ("1P", "1C", "1M")]
    without(notebook, "1P", "1C", "1M")
    notebook.cells[2:2] = checks


def joined(notebook):
    """The answer was written into a cell of its own; the answer cell is gone."""
    without(notebook, "1C-answer")
    notebook.cells.insert(2, new_code_cell(RIGHT, id="own"))


def two_notebooks(handout):
    other = deepcopy(handout.solved)
    wrong(other)
    return {"a.ipynb": written(handout.solved), "b.ipynb": written(other)}


RUN = (     # graded with the whole class
    whole("empty_file", lambda text: b"", "empty"),
    whole("truncated", lambda text: text[:len(text) // 2], "cut off"),
    whole("not_json", lambda text: b"\x89PNG\r\n\x1a\n" + text),
    whole("null_bytes", lambda text: b"\0" * 1000),
    whole("deep_list", lambda text: b"[" * 100_000 + b"]" * 100_000),
    whole("huge_number", lambda text: b'{"nbformat": ' + b"9" * 10_000 + b"}"),
    whole("other_lesson", lambda text: json.dumps({
        "cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()),
    plain("no_cells", lambda notebook: notebook.pop("cells") and None, "no cells", ERROR),
    edit("copied_answer", copied("1C-answer")),
    edit("pasted_answer", copied_with_new_id),
    edit("bare_cells", bare),
    edit("no_answer", lambda notebook: without(notebook, "1C-answer"), marks=but(**{"1C": 0.0})),
    edit("skipped_check", skipped, marks=but(**{"1C": 0.0})),
    edit("prepared_outputs", prepared, marks=but(**{"1C": 0.0})),
    edit("check_of_points", with_check("4.0"), marks=but(**{"1C": 0.0})),
    edit("check_for_practice", practice, marks=but(**{"1C": 0.0})),
    edit("bonus_check", extra("9Z")),
    edit("bonus_by_hand", extra("bonus", solution=True)),
    edit("scripts", scripts),
    edit("four_endings", four_endings, "the last to run", but(**{"1C": 0.0, "1M": 0.0})),
    edit("ten_thousand_cells", many(10_000), "cells", ERROR),
    Attack("two_notebooks", two_notebooks, ERROR, "two"),
    Attack("the_same_twice", lambda handout: {"a.ipynb": written(handout.solved), "b.ipynb": written(handout.solved)},
           FULL, ""),
    Attack("renamed", lambda handout: {"Kopie von Aufgabe (1).ipynb": written(handout.solved)}, FULL, ""),
    edit("joined_cells", joined),
    meta("one_id", grade_id="1C"),
    Attack("untouched", lambda handout: handed_in(handout.released),
           {"1P": 0.0, "1C": 0.0, "1M": 0.0, "1E-answer": 0.0}, ""),
    edit("slow_to_read", lambda notebook: notebook.cells.insert(0, new_code_cell("# " + "import " * 69_000))),
)
REPAIRED = (        # repaired only: what comes out is what an untouched notebook gives
    whole("a_list", lambda text: b"[]", "not a notebook"),
    whole("a_number", lambda text: b"7", "not a notebook"),
    whole("deep_json", lambda text: b'{"cells":' * 50_000, "not a notebook"),
    whole("byte_order_mark", lambda text: b"\xef\xbb\xbf" + text, marks=FULL),
    whole("windows_lines", lambda text: text.replace(b"\n", b"\r\n"), marks=FULL),
    plain("format_in_words", lambda notebook: notebook.update(nbformat="four", nbformat_minor=[])),
    plain("cells_are_text", lambda notebook: notebook.update(cells="cells"), "no cells", ERROR),
    plain("source_is_a_number", lambda notebook: notebook["cells"].append(
        {"cell_type": "code", "source": 7, "metadata": [], "outputs": None, "id": 7})),
    plain("no_metadata", lambda notebook: notebook.update(metadata=None)),
    edit("no_kernel", lambda notebook: notebook.metadata.clear()),
    edit("odd_kernel", lambda notebook: notebook.metadata.update(kernelspec=[], language_info="x")),
    meta("thousand_points", points=1000.0),
    meta("points_in_words", points="NaN"),
    meta("not_graded", grade=False),
    meta("not_locked", locked=False),
    meta("all_solutions", solution=True),
    meta("all_graded", grade=True, points=5),
    meta("all_tasks", task=True),
    meta("schema_1", schema_version=1),
    meta("schema_2", schema_version=2),
    meta("schema_99", schema_version=99),
    meta("other_checksum", checksum="0" * 32),
    edit("no_nbgrader", lambda notebook: [one.metadata.pop("nbgrader", None) for one in notebook.cells]),
    edit("nbgrader_is_a_list", lambda notebook: [one.metadata.update(nbgrader=[1]) for one in notebook.cells]),
    edit("swapped_cell_ids", swapped_ids),
    edit("copied_manual", copied("1E-answer")),
    edit("check_as_raw", into("raw")),
    edit("no_check", lambda notebook: without(notebook, "1C")),
    edit("no_checks", lambda notebook: without(notebook, "1P", "1C", "1M")),
    edit("widget_metadata", widgets),
    edit("five_megabytes", lambda notebook: notebook.cells.append(new_markdown_cell("x" * 5_000_000)), "letters",
         ERROR),
    plain("format_of_tomorrow", lambda notebook: notebook.update(nbformat=99)),
    plain("cells_of_all_kinds", lambda notebook: notebook["cells"].extend([7, None, [], "x", {}, {"cell_type": 1}])),
    edit("other_kernel", lambda notebook: notebook.metadata.update(
        kernelspec={"name": "bash", "display_name": "x", "language": "bash"}, language_info={"name": "bash"})),
    edit("swapped_grade_ids", swapped),
    edit("copied_check", copied("1C")),
    edit("check_as_markdown", into("markdown")),
    edit("moved_checks", moved),
    edit("everything_skipped", all_skipped),
    edit("second_check", extra("1C")),
    edit("stored_outputs", lambda notebook: notebook.cells[2].update(
        outputs=[new_output("stream", text="x" * 3_000_000)] * 3)),
)
