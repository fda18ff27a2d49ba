"""Proves that a run ends whatever its cells do, that all other cells keep their answers, and that nothing stays."""

import asyncio
import os
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import need
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.asking.graded import ANSWERS
from course.grading.execution import ExecuteSealed, run
from course.grading.sandbox import MEGABYTE, Bubblewrap, Launch, Limits, Unsafe, available
from course.grading.sealed import seal

pytestmark = pytest.mark.slow
SMALL = Limits(processor=1, clock=60, grace=1, memory=700 * MEGABYTE, processes=12, output=5 * MEGABYTE)
DEAF = """\
import signal
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
SECONDS = f"86397.{os.getpid()}"     # known from all other processes by this
STAYS = f"""\
import os, subprocess
stays = subprocess.Popen(["sleep", "{SECONDS}"], start_new_session=True)
child = os.fork()
if child == 0:
    os.setsid()
    while True:
        pass
print(stays.poll(), len([name for name in os.listdir("/proc") if name.isdigit()]))
"""
MALFORMED = """\
import json
deep, kernel = 7, get_ipython().kernel
for _ in range(100):
    deep = [deep]
kernel.session.pack = lambda content: json.dumps(content, default=str).encode()
for kind, content in (("display_data", {"data": 5}), ("stream", {"name": 5, "text": [1]}), ("comm_open", {}),
                      ("display_data", {"data": {"text/plain": 7}, "metadata": {}}), ("status", {}),
                      ("display_data", {"data": {"application/x+json": {"a": deep}}, "metadata": {}}),
                      ("stream", {"name": "stdout", "text": chr(0xD800)})):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
kernel.iopub_socket.send_multipart([b"no", b"message"])
print("said")
"""
REPLIED = """\
kernel = get_ipython().kernel
for content in ({"status": []}, {}, {"status": "error"}):
    kernel.session.send(kernel.shell_stream, "execute_reply", content, kernel.get_parent("shell"),
                        ident=kernel._parent_ident["shell"])
kernel.shell_stream.flush()
"""


def notebook(*sources):
    return new_notebook(cells=[new_markdown_cell("Some cells:"), *map(new_code_cell, sources)])


def printed(executed):
    """What each code cell printed; for one that did not come to an end, the name of the error."""
    return ["".join(output.get("text") or output.get("ename", "") for output in cell.outputs)
            for cell in executed.notebook.cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    return seal(tmp_path_factory.mktemp("class") / "sealed")


@pytest.fixture
def sandbox(sealed):
    need(not available(), available())
    return Bubblewrap(sealed, SMALL)


def test_cells_that_end_their_kernel_are_left_out(sandbox):
    given = notebook("total = 40", "import os; os._exit(0)", "while True: print('x' * 1000)", "1 / 0", "input()",
                     "# much\nprint('x' * 12_000_000)", "print(total + 2)")
    given.cells[1].outputs = [{"output_type": "stream", "name": "stdout", "text": "from the learner's own run"}]
    before = str(given)
    executed = run(given, {}, {}, sandbox)
    assert printed(executed) == ["", "LeftOut", "LeftOut", "ZeroDivisionError", "StdinNotImplementedError", "LeftOut",
                                 "42\n"]
    assert executed.notes == (
        "Cell 3 (import os; os._exit(0)) was left out: it ended its kernel.",
        "Cell 4 (while True: print('x' * 1000)) was left out: it put out more than 5 MB.",
        "Cell 7 (print('x' * 12_000_000)) was left out: it put out more than 5 MB.")
    assert str(given) == before


def test_endless_loops_end(sandbox):
    executed = run(notebook("while True: pass", DEAF, "print(42)"), {}, {}, sandbox)
    assert printed(executed) == ["KeyboardInterrupt", "LeftOut", "42\n"]
    assert executed.notes == ("Cell 2 (while True: pass) was stopped: it ran longer than 1 s.",
                              "Cell 3 (import signal) was left out: it ran longer than 1 s.")
    assert executed.seconds > 1 + 1     # each loop had its second


def test_a_cell_that_only_waits_is_stopped_by_the_clock(sealed):
    need(not available(), available())
    executed = run(notebook("import time; time.sleep(10 ** 6)", "print(42)"), {}, {},
                   Bubblewrap(sealed, Limits(clock=2)))
    assert printed(executed) == ["KeyboardInterrupt", "42\n"]
    assert executed.notes == ("Cell 2 (import time; time.sleep(10 ** 6)) was stopped: it ran longer than 2 s.",)


def test_memory_files_and_processes_have_an_end(sandbox):
    executed = run(notebook(
        "all = [bytes(1) * 10_000_000 for _ in range(100)]",
        "open('file', 'wb').write(bytes(100_000_000))",
        "for number in range(100): open(f'file{number}', 'wb').write(bytes(10_000_000))",
        "import subprocess, time\nmany = [subprocess.Popen(['sleep', '60']) for _ in range(20)]\ntime.sleep(60)",
        "print(42)"), {}, {}, sandbox)
    assert printed(executed) == ["MemoryError", "OSError", "OSError", "LeftOut", "42\n"]
    assert executed.notes == ("Cell 5 (import subprocess, time) was left out: it started more than 12 processes.",)


def test_memory_that_several_processes_take_is_theirs_together(sandbox):
    each = "[os.fork() for _ in range(2)]\nown = bytearray(250_000_000)\nown[::4096] = b'x' * len(own[::4096])"
    executed = run(notebook(f"import os, time\n{each}\ntime.sleep(60)", "print(42)"), {}, {}, sandbox)
    assert executed.notes == ("Cell 2 (import os, time) was left out: it needed more than 700 MB of memory.",)


@pytest.mark.parametrize("make", [Bubblewrap, Unsafe])
def test_no_process_stays(sealed, make):
    need(make is Unsafe or not available(), available())
    executed = run(notebook(STAYS), {}, {}, make(sealed, SMALL))
    running, alive = printed(executed)[0].split()
    assert running == "None"
    assert int(alive) >= 4          # the kernel, the program, the fork and what is around them
    assert not [one for one in commands() if SECONDS in one or f"{sealed}/kernel.py" in one]


def commands():
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                yield (process / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue


def test_after_four_cells_that_end_their_kernel_the_rest_has_no_outputs(sandbox):
    ending = "os._exit(0)", "import ctypes; ctypes.string_at(0)", "os.kill(os.getpid(), 9)", "os._exit(0)"
    executed = run(notebook("import os; print(41)", *ending, "print(42)"), {}, {}, sandbox)
    assert printed(executed) == ["41\n", "LeftOut", "LeftOut", "LeftOut", "", ""]
    assert executed.notes[3:] == (
        "Cell 6 (os._exit(0)) was the last to run, as 3 had been left out before: it ended its kernel.",)


def test_malformed_messages_are_no_outputs(sandbox):
    executed = run(notebook(MALFORMED, "print(42)"), {}, {}, sandbox)
    assert printed(executed) == ["said\n", "42\n"]
    assert [output.output_type for output in executed.notebook.cells[1].outputs] == ["stream"]
    assert executed.notes == ()


def test_a_forged_reply_costs_the_cell_alone(sandbox):
    executed = run(notebook(REPLIED, "print(42)"), {}, {}, sandbox)
    assert printed(executed)[1] == "42\n"


class Useless(NamedTuple):
    """A sandbox in which no kernel lives."""

    limits: Limits = SMALL

    def launch(self, room):
        return Launch(["/bin/sh", "-c", "echo no such module >&2; exit 1"], {}, room)

    def end(self, process):
        """It has ended."""


def test_a_kernel_that_ends_at_once_is_a_sentence():
    with pytest.raises(OSError, match=r"The kernel does not start: it ended at once \(no such module\)\."):
        run(notebook("1"), {}, {}, Useless())


def test_a_run_within_a_running_loop(sandbox):
    async def formgrader():
        return run(notebook("print(42)"), {}, {}, sandbox)

    assert printed(asyncio.run(formgrader())) == ["42\n"]


def test_nbgrader_runs_a_check_in_the_sandbox(tmp_path, monkeypatch):
    need(not available(), available())
    (tmp_path / "predictions.json").symlink_to("/etc/passwd")
    given = notebook("import os\nfrom course.checks import check\nprint(os.listdir('.'))", "check('1C', None)")
    given.cells[2].metadata.nbgrader = {"grade": True, "solution": False, "grade_id": "1C", "points": 1,
                                        "schema_version": 3, "locked": True, "task": False}
    resources = {"nbgrader": {"student": "ada", "assignment": "01-monolith"}, "metadata": {"path": str(tmp_path)}}
    done, _ = ExecuteSealed(secret_file=str(tmp_path / "secret")).preprocess(given, resources)
    assert done.cells[1].outputs[0].text == "[]\n"      # a link is not followed
    assert [output.data[ANSWERS]["item"] for output in done.cells[2].outputs] == ["1C"]
