"""A client that trusts no kernel: it looks at what a cell takes, counts what it says, and ends what goes too far."""

import asyncio
import contextlib
import json
import stat
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from queue import Empty

import zmq
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat import NotebookNode
from traitlets import List, Unicode

from .processes import Taken, taken
from .sandbox import CONNECTION, MEGABYTE, Limits, Sandbox

FIRST = "pass"          # a kernel that stalls does so in its first cell
INTERVAL = 0.2          # seconds between two looks at a kernel
STARTING = 60           # seconds for a kernel to start, however busy the machine is
PATIENCE = 30           # seconds for outputs that come behind the reply
LARGEST = 64_000_000    # bytes of one message; a kernel that sends more is disconnected
DEEPEST = 50            # values within values of an output
STRANGE = "it wrote where only messages belong"


class KernelEnded(Exception):
    """The kernel is gone, or has to go: why, and by which cell."""

    def __init__(self, reason: str, index: int = 0):
        super().__init__(reason)
        self.reason, self.index = reason, index


class Watch:
    """What one cell has taken since the first look at it."""

    def __init__(self, limits: Limits, first: Taken):
        self.limits, self.first, self.now = limits, first, first
        self.began = self.seen = time.monotonic()

    def look(self, now: Taken) -> None:
        """Take down what the kernel has taken by now."""
        self.now, self.seen = now, time.monotonic()

    def late(self, grace: int = 0) -> str:
        """Why the time of the cell is over, `grace` seconds ago or more; empty while it is not."""
        for most, spent in ((self.limits.processor, self.now.processor - self.first.processor),
                            (self.limits.clock, self.seen - self.began)):
            if spent > most + grace:
                return f"it ran longer than {most} s"
        return ""

    def excess(self) -> str:
        """Why the kernel has to end; empty while it has not."""
        if self.now.memory > self.limits.memory:
            return f"it needed more than {self.limits.memory // MEGABYTE:,} MB of memory"
        if self.now.processes > self.limits.processes:
            return f"it started more than {self.limits.processes} processes"
        return self.late(self.limits.grace)


class Client(NotebookClient):
    """Runs cells, and raises KernelEnded for a cell that takes more than it may."""

    def __init__(self, notebook: NotebookNode, manager: AsyncKernelManager, process: int, limits: Limits):
        super().__init__(notebook, manager, allow_errors=True, record_timing=False, iopub_timeout=PATIENCE,
                         on_cell_executed=self._replied)
        self.manager, self.process, self.limits = manager, process, limits
        self.sockets = Path(manager.ip).parent
        self.blamed, self.reason = 0, ""            # the cell that ends the kernel, and why
        self.seconds = 0.0                          # of the processor, at the last look
        self.watching: asyncio.Task | None = None
        self.stopped: dict[int, str] = {}           # cells that were told to stop, and why
        self.outputs = [0] * len(notebook.cells)    # bytes, by cell
        self.messages = self.kc = manager.client()
        self.messages.allow_stdin = False
        self.messages.start_channels(hb=False, stdin=False)
        self.lost = self.messages.iopub_channel.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)

    async def ready(self) -> None:
        """Wait until messages come through: the first are lost when a kernel is not there yet."""
        until = time.monotonic() + STARTING
        while time.monotonic() < until:
            self.messages.kernel_info()
            with contextlib.suppress(Empty, TimeoutError):
                await self.messages.iopub_channel.get_msg(timeout=INTERVAL)
                await self.messages.execute(FIRST, silent=True, reply=True, timeout=STARTING)
                return
            if not await self.manager.is_alive():
                raise KernelEnded("it ended at once")
        raise KernelEnded(f"it did not answer within {STARTING} s")

    async def run(self, cell: NotebookNode, index: int) -> None:
        """Run one cell; raises KernelEnded."""
        self.blamed, self.reason = index, ""
        try:
            await self.async_execute_cell(cell, index, execution_count=self.code_cells_executed + 1)
        except Exception as error:      # what a kernel sends may be malformed in every way
            if _cancelled():    # nbclient takes Control-C for a dead kernel
                raise asyncio.CancelledError from error
            self.reason = self.reason or "it disturbed the messages between kernel and grader"
        finally:
            if self.watching:
                self.watching.cancel()
        cell.outputs = [output for output in cell.outputs if sound(output)]
        if self.reason:
            self.stopped.pop(index, "")
            raise KernelEnded(self.reason, self.blamed)

    def _replied(self, cell, cell_index, execute_reply):
        """Look for `exit`: it ends the kernel a moment later, and the next cell would be blamed."""
        if any(one["source"] == "ask_exit" for one in execute_reply["content"].get("payload", ())):
            self.reason = "it ended its kernel"

    def _give_up(self, reason):
        self.reason = reason
        self.task_poll_for_reply.cancel()

    async def _async_poll_kernel_alive(self) -> None:
        """What nbclient does while a cell runs: look whether the kernel lives; here, within its limits too."""
        self.watching = asyncio.current_task()
        watch = Watch(self.limits, self.look())
        while not (reason := await self._broken() or watch.excess()):
            if watch.late() and self.blamed not in self.stopped:
                self.stopped[self.blamed] = watch.late()
                await self.manager.interrupt_kernel()
            await asyncio.sleep(INTERVAL)
            watch.look(self.look())
        self._give_up(reason)

    def look(self) -> Taken:
        """What the kernel has taken by now."""
        now = taken(self.process)
        self.seconds = max(self.seconds, now.processor)
        return now

    async def _broken(self):
        lost, strange = await self.lost.poll(0), self._strange()
        until = time.monotonic() + self.limits.grace * bool(lost)
        while await self.manager.is_alive():
            if time.monotonic() >= until:
                return STRANGE if strange else "it put out more at once than can be read" if lost else ""
            await asyncio.sleep(INTERVAL)   # a kernel that ends loses the connection first
        return "it ended its kernel"

    def _strange(self):
        """Whether anything but sockets lies, or comes and goes, where the sockets are."""
        try:
            return not all(stat.S_ISSOCK(path.lstat().st_mode) for path in self.sockets.iterdir())
        except OSError:
            return True

    async def _async_poll_output_msg(self, parent_msg_id: str, cell: NotebookNode, cell_index: int) -> None:
        """Collect outputs as nbclient does, and count them; what is malformed is no output."""
        while True:
            try:
                await asyncio.sleep(0)      # however many messages there are, the watch has its turn
                message = await self._message(cell_index)
                if message["parent_header"].get("msg_id") == parent_msg_id:
                    self.process_message(message, cell, cell_index)
            except CellExecutionComplete:
                return
            except Exception as error:
                self.log.debug("A message of the kernel is malformed: %r", error)

    async def _message(self, index):
        frames = await self.messages.iopub_channel.socket.recv_multipart()
        self.outputs[index] += sum(map(len, frames))
        if sum(self.outputs) > self.limits.output:
            self.blamed = max(range(len(self.outputs)), key=self.outputs.__getitem__)
            self._give_up(f"it put out more than {self.limits.output // MEGABYTE:,} MB")
        return self.messages.session.deserialize(self.messages.session.feed_identities(frames)[1])


def sound(output: NotebookNode) -> bool:
    """Whether an output can be kept in a file; nbformat looks at its form, and not at its letters and its depth."""
    try:
        json.dumps(output, ensure_ascii=False).encode()
        return _depth(output) < DEEPEST
    except (ValueError, RecursionError):
        return False


def _depth(value):
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inside), default=0)


def _cancelled():
    return asyncio.current_task().cancelling()


class OneKernel(KernelSpecManager):
    """Knows one kernel, the one to start."""

    command = List(Unicode())

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """That kernel, which is interrupted by a message: a signal would end the walls around it."""
        return KernelSpec(argv=self.command, display_name="learner", language="python", interrupt_mode="message")


@asynccontextmanager
async def kernel(notebook: NotebookNode, room: Path, sandbox: Sandbox) -> AsyncIterator[Client]:
    """A client of a new kernel in `room`, which is dead and gone afterwards; raises OSError if none starts."""
    manager = await _start(sandbox.launch(room), room)
    client = Client(notebook, manager, manager.provisioner.pid, sandbox.limits)
    try:
        try:
            await client.ready()
        except KernelEnded as ended:
            said = (room / "errors").read_text(errors="replace").strip().rpartition("\n")[2][:300]
            raise OSError(f"The kernel does not start: {ended.reason}" + f" ({said})." * bool(said)) from None
        yield client
    finally:
        client.look()
        client.messages.stop_channels()
        sandbox.end(client.process)
        await manager.provisioner.wait()
        await manager.cleanup_resources()


async def _start(launch, room):
    manager = AsyncKernelManager(
        kernel_spec_manager=OneKernel(command=launch.command), connection_file=str(room / "handed_in" / CONNECTION),
        transport="ipc", ip=str(room / "sockets" / "k"))
    manager.context.setsockopt(zmq.MAXMSGSIZE, LARGEST)
    with open(room / "errors", "wb") as errors:
        await manager.start_kernel(env=launch.environment, cwd=str(launch.folder), stdout=errors, stderr=errors)
    return manager
