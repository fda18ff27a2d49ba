"""A notebook run in a fresh kernel, so that two runs give the same bytes."""

import importlib.util
import json
import os
import re
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, from_dict

from course.lesson import BuildError, Place

CELL_SECONDS = 120
FORGOTTEN = ("COURSE_CASES", "MPLBACKEND", "PYTHONWARNINGS", "PYTHONSTARTUP", "NBGRADER_EXECUTION")
FIXED = {
    "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",   # other processors round the last digit otherwise
}
QUIET = ["--log-level=ERROR"]   # the kernel warns on the terminal that it talks over TCP
FIRST_USE = re.compile(r"Matplotlib is building the font cache[^\n]*\n?")


class Executed(NamedTuple):
    """A notebook with its outputs, the seconds of each code cell by cell id, and the processor time of all."""

    notebook: NotebookNode
    seconds: dict[str, float]
    processor: float


def execute(script: Path, notebook: NotebookNode) -> Executed:
    """Run every cell in an empty folder; raises BuildError with the cell that failed, warned or hung."""
    fresh = from_dict(json.loads(json.dumps(notebook)))
    before = os.times()
    with tempfile.TemporaryDirectory() as folder:
        seconds = _run(script, fresh, folder)
    after = os.times()
    _refuse_warnings(script, fresh)
    processor = after.children_user - before.children_user + after.children_system - before.children_system
    return Executed(normalised(fresh, folder), seconds, processor)


def _run(script, notebook, folder) -> dict[str, float]:
    started: dict[str, float] = {}
    seconds: dict[str, float] = {}
    client = NotebookClient(
        notebook, timeout=CELL_SECONDS, startup_timeout=CELL_SECONDS, iopub_timeout=30, kernel_name="python3",
        extra_arguments=QUIET, record_timing=False, coalesce_streams=True, resources={"metadata": {"path": folder}},
        on_cell_start=lambda cell, cell_index: started.update({cell.id: time.perf_counter()}),
        on_cell_executed=lambda cell, cell_index, execute_reply: seconds.update(
            {cell.id: time.perf_counter() - started[cell.id]}),
    )
    try:
        client.execute(env=_environment(folder))
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise BuildError(f"{_last(notebook, started, script)} {_reason(error)}.") from None
    return seconds


def _reason(error):
    if isinstance(error, CellExecutionError):
        return f"raises {error.ename}: {error.evalue}"
    if isinstance(error, DeadKernelError):
        return "ended its kernel: it needs less memory, or no exit"
    return f"ran for {CELL_SECONDS} s and was stopped: make it smaller"


def _environment(folder):
    matplotlib = Path(importlib.util.find_spec("matplotlib").origin).parent
    kept = {name: value for name, value in os.environ.items() if name not in FORGOTTEN}
    course = str(Path(__file__).resolve().parents[1])
    return {**kept, **FIXED, "IPYTHONDIR": f"{folder}/.ipython", "MATPLOTLIBRC": f"{matplotlib}/mpl-data/matplotlibrc",
            "PYTHONPATH": os.pathsep.join([course, *filter(None, [os.environ.get("PYTHONPATH")])])}


def _last(notebook, started, script):
    ids = [cell.id for cell in notebook.cells]
    index = ids.index(next(reversed(started), ids[0]))
    return Place(script, index + 1, notebook.cells[index])


def _refuse_warnings(script, notebook):
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", ()):
            if output.output_type == "stream" and output.name == "stderr":
                output.text = FIRST_USE.sub("", output.text)
                if output.text.strip():
                    text = " ".join(output.text.split())[:200]
                    raise BuildError(f"{Place(script, number, cell)} writes to stderr: {text}")
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]


def normalised(notebook: NotebookNode, folder: str) -> NotebookNode:
    """The notebook with every id, path and address that changes from run to run replaced by a counted one."""
    metadata = {key: notebook.metadata[key] for key in ("kernelspec", "widgets") if key in notebook.metadata}
    metadata["language_info"] = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}
    notebook.metadata = metadata
    text = json.dumps(notebook, ensure_ascii=False)
    text = _counted(text, _widget_ids(notebook), "{:032x}")
    text = _counted(text, re.findall(r"\bT_[0-9a-f]{5}(?![0-9a-f])", text), "T_{:05x}")
    text = re.sub(r"(?<= at )0x[0-9a-f]{6,16}", "0x0", text)
    text = re.sub(r"[^\s\"'(<]*/ipykernel_\d+/\d+\.py", "cell.py", text)
    return from_dict(json.loads(text.replace(folder, ".")))


def _widget_ids(notebook):
    state = notebook.metadata.get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {}).get("state", {})
    shown = re.findall(r'"model_id": "([0-9a-f]{32})"', json.dumps(notebook.cells))
    return [*state, *shown]


def _counted(text, ids, form):
    names = {id_: form.format(number) for number, id_ in enumerate(dict.fromkeys(ids))}
    if not names:
        return text
    return re.sub(r"(?<![0-9a-f])(?:" + "|".join(names) + r")(?![0-9a-f])", lambda match: names[match[0]], text)
