"""Long-lived processes side by side: one that dies takes nothing with it but its own piece of work."""

import contextlib
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait
from typing import Any, NamedTuple

SECONDS_TO_LEAVE = 10.0
LOADED = ["course.grading.one"]     # once for all processes, where they can be copies of one that has it
Ready = Callable[[], Callable[[Any], Any]]      # makes a process ready, and gives what it does with each piece


class Died(NamedTuple):
    """What is said of a piece of work whose process ended twice."""

    exit_code: int | None


class Worker:
    """A process that makes itself ready once and then works on one piece after the other."""

    def __init__(self, ready: Ready):
        context = contexts()
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, ready), daemon=True)
        self.process.start()
        theirs.close()      # so that the end of the process is the end of the pipe

    def take(self, piece: Any) -> None:
        """Begin with a piece of work; a process that is gone already shows when its result is asked for."""
        with contextlib.suppress(OSError):
            self.connection.send(piece)

    def result(self) -> Any:
        """What came of it; Died if the process ended first."""
        try:
            return self.connection.recv()
        except (EOFError, OSError):
            self.process.join(SECONDS_TO_LEAVE)
            return Died(self.process.exitcode)

    def end(self) -> None:
        """Stop at once."""
        self.connection.close()
        self.process.terminate()
        self.process.join(SECONDS_TO_LEAVE)
        if self.process.is_alive():
            self.process.kill()


def contexts() -> Any:
    """How processes start here: as copies of a clean one that has loaded everything, or else from nothing."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    return context


def serve(connection: Any, ready: Ready) -> None:
    """The life of a process: pieces in, results out, until the other side is closed or dead."""
    signal.signal(signal.SIGINT, lambda *_: None)   # Ctrl-C is for the parent, who ends us
    work = ready()
    while True:
        try:
            piece = connection.recv()
        except EOFError:
            return
        connection.send(work(piece))


def side_by_side(ready: Ready, pieces: Sequence[Any], count: int) -> Iterator[tuple[int, Any]]:
    """The place and the result of every piece, as they come; if its process dies, a piece is tried once more, alone."""
    orphaned: list[int] = []
    for place, result in once(ready, list(enumerate(pieces)), count):
        if isinstance(result, Died):
            orphaned.append(place)
        else:
            yield place, result
    for place in orphaned:
        yield from once(ready, [(place, pieces[place])], 1)


def once(ready: Ready, pieces: list[tuple[int, Any]], count: int) -> Iterator[tuple[int, Any]]:
    """Every piece by one of so many processes; a process that died is replaced while there is work."""
    waiting = pieces[::-1]
    busy: dict[Any, tuple[int, Worker]] = {}

    def begin(worker):
        place, piece = waiting.pop()
        busy[worker.connection] = place, worker
        worker.take(piece)

    try:
        for worker in [Worker(ready) for _ in range(min(count, len(pieces)))]:
            begin(worker)
        while busy:
            for connection in wait(list(busy)):
                place, worker = busy.pop(connection)
                result = worker.result()
                if isinstance(result, Died) or not waiting:
                    worker.end()
                if waiting:
                    begin(Worker(ready) if isinstance(result, Died) else worker)
                yield place, result
    finally:
        for _, worker in busy.values():
            worker.end()
