"""A real queue, as evidence: consumers run in processes of their own, which are killed for real, and start again."""

import inspect
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from tempfile import TemporaryDirectory
from textwrap import dedent
from typing import Any, NamedTuple

from . import durable_queue
from .durable_queue import KILL, TABLES, Process, Store

BLANK = "NotImplementedError: "     # an answer that is not there yet
PATIENCE = 30           # seconds for one process
PAYMENTS = tuple(("Ada", 10**place) for place in range(6))     # each digit says how often a payment has counted
Crashes = Mapping[int, Sequence[int]]


class Books(NamedTuple):
    """What is in the file in the end: balances, numbers of messages, and how many processes were killed."""

    balances: dict[str, Any]
    left: list[int]
    aside: list[int]
    deaths: int


def in_processes(consume: Callable, crashes: Crashes | None = None,
                 payments: Sequence[tuple[str, Any]] = PAYMENTS) -> Books:
    """Let processes work on payments until the queue is empty; raises RuntimeError when the function fails, and
    NotImplementedError when it is not there yet.

    `crashes` gives for a message, and each of its deliveries, the step right after which the process is killed, 0 for
    none: 1 is that it has received the message, and each write and acknowledgement is one more.
    """
    order = json.dumps({"source": source(consume), "name": consume.__name__,
                        "crashes": {str(number): list(points) for number, points in (crashes or {}).items()}})
    with TemporaryDirectory() as folder:
        path = os.path.join(folder, "broker.db")
        publish(path, payments)
        deaths = 0
        while was_killed(path, order):
            deaths += 1
        return read(path, payments, deaths)


def source(consume: Callable) -> str:
    """The lines of a function; raises TypeError for what is not written as one."""
    if not inspect.isfunction(consume) or consume.__name__ == "<lambda>":
        raise TypeError(f"a consumer is a function that is written with def, got {consume!r}")
    return dedent(inspect.getsource(consume))


def publish(path: str, payments: Sequence[tuple[str, Any]]) -> None:
    """Make the file, and put the payments into its queue."""
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(TABLES)
        database.executemany("INSERT INTO messages (account, amount) VALUES (?, ?)", payments)


def was_killed(path: str, order: str) -> bool:
    """Start a process, wait for its end, and tell whether it was killed."""
    command = [sys.executable, "-I", durable_queue.__file__, path]
    try:
        ended = subprocess.run(command, input=order, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired as late:
        raise RuntimeError(f"the consumer did not end within {PATIENCE} seconds: see which loop never ends") from late
    if ended.returncode not in (0, KILL, -KILL):
        said = (ended.stderr.strip().splitlines() or ["no word"])[-1]
        if said.startswith(BLANK):
            raise NotImplementedError(said.removeprefix(BLANK))
        raise RuntimeError(f"the consumer stopped with {said.rstrip('.')}. Its process gets nothing but the "
                           "function's own lines, so all that it needs, imports too, must stand in them")
    return ended.returncode != 0


def read(path: str, payments: Sequence[tuple[str, Any]], deaths: int) -> Books:
    """The books in the file."""
    with closing(sqlite3.connect(path)) as database:
        store = Store(Process(database, {}))
        balances = {account: total(store.get(account, 0)) for account, _ in payments}
        left, aside = ([number for number, in database.execute(f"SELECT id FROM {table} ORDER BY id")]
                       for table in ("messages", "aside"))
        return Books(balances, left, aside, deaths)


def total(value: Any) -> Any:
    """A balance that is kept as a number, or as a dict of amounts."""
    return sum(value.values()) if isinstance(value, dict) else value
