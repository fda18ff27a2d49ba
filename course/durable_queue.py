"""A queue and a store in one SQLite file, and the process that works on them, which can die after any step."""

import json
import os
import pickle
import signal
import sqlite3
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any, NamedTuple

VISIBILITY = 0.05       # seconds until a message that nobody acknowledged comes again
WINDOW = 20             # a message never comes again after so many later ones
MOST = 10               # deliveries of a message
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)       # no process can catch the first; Windows has only the second
TABLES = """
    CREATE TABLE messages (id INTEGER PRIMARY KEY, account, amount, visible_at DEFAULT 0, deliveries DEFAULT 0);
    CREATE TABLE aside (id INTEGER PRIMARY KEY);
    CREATE TABLE stored (name PRIMARY KEY, value);
"""


class Message(NamedTuple):
    """A payment: its number, the same at each delivery, who is paid, and how much."""

    id: int
    account: str
    amount: Any


class Process:
    """The life of a consumer's process: its file, and the step after which it dies."""

    def __init__(self, database: sqlite3.Connection, crashes: Mapping[str, Sequence[int]]):
        self.database, self.crashes = database, crashes
        self.steps = self.last = 0

    def begin(self, message: int, delivery: int) -> None:
        """A delivery begins, counted from 1."""
        self.steps, self.last = 0, [*self.crashes.get(str(message), ()), *[0] * delivery][delivery - 1]

    def change(self, *statements: tuple[str, Sequence[Any]]) -> None:
        """Carry out all statements or none; then the process may die."""
        with self.database:
            for statement, values in statements:
                self.database.execute(statement, values)
        self.steps += 1
        if self.steps == self.last:
            os.kill(os.getpid(), KILL)


class Queue:
    """The messages in the file, those that were never delivered first."""

    def __init__(self, process: Process):
        self._process, self.window, self.consumer = process, WINDOW, 0

    def receive(self) -> Message | None:
        """The next message, as soon as it can be seen; None when none is left."""
        row = self._process.database.execute("SELECT id, account, amount, visible_at, deliveries + 1 FROM messages "
                                             f"WHERE deliveries < {MOST} ORDER BY visible_at, id").fetchone()
        if row is None:
            return None
        *message, visible_at, delivery = row
        time.sleep(max(0.0, min(visible_at - time.time(), VISIBILITY)))
        self._process.begin(message[0], delivery)
        self._process.change(("UPDATE messages SET visible_at = ?, deliveries = ? WHERE id = ?",
                              (time.time() + VISIBILITY, delivery, message[0])))
        return Message(*message)

    def acknowledge(self, message: Message) -> None:
        """It is done: take it out of the queue."""
        self._process.change(("DELETE FROM messages WHERE id = ?", (message.id,)))

    def set_aside(self, message: Message) -> None:
        """Nobody can read it: take it out of the queue, for a person to look at."""
        self._process.change(("INSERT OR IGNORE INTO aside SELECT id FROM messages WHERE id = ?", (message.id,)),
                             ("DELETE FROM messages WHERE id = ?", (message.id,)))


class Store:
    """Values by name in the file."""

    def __init__(self, process: Process):
        self._process = process

    def get(self, name: Any, default: Any = None) -> Any:
        """What was stored last under a name."""
        row = self._process.database.execute("SELECT value FROM stored WHERE name = ?", (repr(name),)).fetchone()
        return pickle.loads(row[0]) if row else default

    def put(self, values: dict[Any, Any]) -> None:
        """Store several values under their names, all or none; None removes a name."""
        self._process.change(*(
            ("DELETE FROM stored WHERE name = ?", (repr(name),)) if value is None else
            ("INSERT OR REPLACE INTO stored VALUES (?, ?)", (repr(name), pickle.dumps(value)))
            for name, value in values.items()))


def work(path: str, order: dict[str, Any]) -> None:
    """What a process does: make the function from its source, and work on messages until none is left."""
    page: dict[str, Any] = {"__name__": "consumer"}
    exec(order["source"], page)
    with closing(sqlite3.connect(path)) as database:
        process = Process(database, order["crashes"])
        queue, store = Queue(process), Store(process)
        while message := queue.receive():
            page[order["name"]](message, queue, store)


if __name__ == "__main__":
    work(sys.argv[1], json.load(sys.stdin))
