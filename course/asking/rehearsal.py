"""A platform to rehearse on: it stops calls at a cap, kills some, and starts them again with their message."""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import deepcopy
from pickle import dumps, loads
from typing import Any

from .probe import plain

CAP = 900               # seconds of a call
LONGEST = 80            # seconds of a unit
MOST_CALLS = 300
MOST_ROUNDS = 8         # as much work as so many jobs: then it has no end
MOST_ACTIONS = 5000     # after so many no other call begins
SAVE_RESULTS, SAVE, SAVED, SEND = -1, -2, -3, -4        # in a log, which has the number of the unit for `work`


class Ended(BaseException):
    """Not an Exception, so that `except Exception` in the learner's function does not catch it."""


class Rehearsal:
    """The clock, the store and the messages of one run, and its log."""

    def __init__(self, seconds: Sequence[float], results: Sequence[int], kills: Sequence[float]):
        self.seconds, self.results = seconds, results
        self.kills = deque(sorted(kills))
        self.now, self.limit, self.over = 0.0, 0.0, True
        self.store: dict[str, Any] = {}
        self.messages: deque[Any] = deque([None])
        self.done = [0] * len(seconds)
        self.actions: list[tuple[float, float]] = []
        self.calls: list[tuple[float, str]] = []        # when each began, and how it ended
        self.log: list[list[int]] = []                  # what each did, or tried to do when it was ended

    @property
    def ended(self) -> bool:
        """Whether no message is left."""
        return not self.messages

    def begin(self) -> None:
        """Start a call."""
        self.limit, self.over = self.now + CAP, False
        self.calls.append((self.now, "done"))
        self.log.append([])

    def spend(self, seconds: float, action: int) -> None:
        """Let the time of an action pass within a call; the platform may end it, and all that it tries afterwards."""
        if self.over:
            raise Ended
        self.log[-1].append(action)
        strike = min(self.limit, self.kills[0] if self.kills else self.limit)
        if self.now + seconds > strike:
            self.end(strike)
        self.actions.append((self.now, self.now + seconds))
        self.now += seconds

    def end(self, strike: float) -> None:
        """The platform ends the call."""
        self.over, self.now = True, max(self.now, strike)
        killed = bool(self.kills) and strike == self.kills[0]
        if killed:
            self.kills.popleft()
        self.calls[-1] = (self.calls[-1][0], "killed" if killed else "stopped")
        raise Ended

    def work_off(self, call: Callable[["Job", Any], Any]) -> None:
        """Start `call` with each message in turn, again after it was stopped or killed, until there is none left."""
        while self.messages and not self.endless:
            self.begin()
            with suppress(Ended):
                call(Job(self), copied(self.messages[0]))
            if not self.over:
                self.messages.popleft()
            self.over = True

    @property
    def endless(self) -> bool:
        """Whether there was more of anything than a job can need."""
        return (len(self.calls) >= MOST_CALLS or sum(self.done) >= MOST_ROUNDS * len(self.seconds)
                or sum(map(len, self.log)) >= MOST_ACTIONS)

    def count(self, how: str) -> int:
        """How many calls ended in that way."""
        return sum(ending == how for _, ending in self.calls)

    def told(self) -> dict[str, Any]:
        """What was saved in the end, and the log, in plain values."""
        return {"results": plain(self.store.get("results")), "log": self.log}

    def __str__(self):
        ends = [start for start, _ in self.calls[1:]] + [self.now]
        lines = [f"call {number}: {start:5.0f} s to {end:5.0f} s, {how}"
                 for number, ((start, how), end) in enumerate(zip(self.calls, ends), 1)]
        saved = self.store.get("results")
        held = f"a list of {len(saved)}" if isinstance(saved, list | tuple) else "no list"
        shown = lines if len(lines) <= 12 else [*lines[:10], "...", lines[-1]]
        return "\n".join([*shown, f"results: {held}, for {len(self.results)} units"])


class Job:
    """What a call can do; all but `left` take time."""

    def __init__(self, run: Rehearsal):
        self._run = run
        self.units = len(run.seconds)
        self.longest = LONGEST      # seconds of the slowest unit

    def left(self) -> float:
        """Seconds until the platform stops this call."""
        return self._run.limit - self._run.now

    def work(self, unit: int) -> int:
        """Work on a unit, from 0 on, and give its result."""
        if isinstance(unit, bool) or unit not in range(self.units):
            raise ValueError(f"the units are 0 to {self.units - 1}, got {unit!r}")
        self._run.spend(self._run.seconds[unit], int(unit))
        self._run.done[int(unit)] += 1
        return self._run.results[unit]

    def save(self, name: str, value: Any) -> None:
        """Store a value under a name, whole or not at all; takes a second."""
        kept = copied(value)
        self._run.spend(1, SAVE_RESULTS if name == "results" else SAVE)
        self._run.store[name] = kept

    def saved(self, name: str) -> Any:
        """What was saved last under a name, None when nothing was; takes a second."""
        self._run.spend(1, SAVED)
        return copied(self._run.store.get(name))

    def send(self, message: Any) -> None:
        """Ask for another call with this message; takes a second."""
        kept = copied(message)
        self._run.spend(1, SEND)
        self._run.messages.append(kept)


def copied(value: Any) -> Any:
    """A copy that later changes do not reach; the first way is ten times as fast, the second takes more."""
    try:
        return loads(dumps(value))
    except Exception:
        return deepcopy(value)


def rehearse(call: Callable[[Job, Any], Any], seconds: Sequence[float], results: Sequence[int],
             kills: Sequence[float] = ()) -> Rehearsal:
    """The run of a job whose calls are these."""
    run = Rehearsal(seconds, results, kills)
    run.work_off(call)
    return run
