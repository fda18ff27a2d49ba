"""What a process and all that it started have taken so far, and how to end them."""

import contextlib
import os
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

PROCESSES = Path("/proc")


class Taken(NamedTuple):
    """What a family of processes has taken."""

    processor: float    # seconds
    memory: int         # bytes, now
    processes: int      # alive, now


def children(process: int) -> list[int]:
    """The living processes that `process` started; none where the system does not tell."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in (PROCESSES / str(process) / "task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    return found


def family(process: int) -> list[int]:
    """Every living process below `process`."""
    found = children(process)
    for one in found:       # grows while it is read
        found += children(one)
    return found


def taken(process: int) -> Taken:
    """What `process` and its family have taken; nothing where the system does not tell."""
    lines = [line for one in (process, *family(process)) if (line := _numbers(one))]
    if not lines:
        return Taken(0, 0, 0)
    ticks = sum(int(number) for line in lines for number in line[11:15])
    pages = sum(int(line[21]) for line in lines)
    return Taken(ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE"), len(lines))


def _numbers(process):
    """The fields of the system's line on a process, from the third on."""
    with contextlib.suppress(OSError):
        return (PROCESSES / str(process) / "stat").read_text().rpartition(")")[2].split()
    return []


def end(processes: Iterable[int]) -> None:
    """Kill these processes; some may have ended by themselves."""
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
