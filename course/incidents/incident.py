"""What an incident is: a story, a promise to users, what can be done, and the models that replay it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from textwrap import fill
from typing import Any, NamedTuple

import numpy as np

from ..run import Run

Settings = dict[str, Any]
WIDTH = 110     # letters


class Action(NamedTuple):
    """One thing that a runbook may set, what it is today, and how far it can go; whole numbers stay whole."""

    name: str
    today: float
    least: float
    most: float
    about: str


def response_seconds(run: Run) -> np.ndarray:
    """How long each user waited for an answer; infinity for those who got none."""
    return np.where(run.outcomes == 0, run.departure_times - run.arrival_times, inf)


@dataclass(frozen=True)
class Incident:
    """An incident that can be replayed; `seed` draws other users, and `shift` moves the trouble by some seconds."""

    name: str
    story: str
    promise: str                                # in words; `promised` and `within` say the same in numbers
    promised: float                             # share of the users who must be served in time
    within: Mapping[str, float]                 # seconds, by kind of request; a kind that is not named is nobody's
    usd: float                                  # US dollars an hour that a remedy may cost in all
    row: float                                  # seconds of a row in the report
    counted: float                              # seconds: users who come later are not counted
    actions: tuple[Action, ...]
    design: Callable[[Settings], Any]
    workload: Callable[[int, float], Any]       # of seed and shift
    faults: Callable[[Settings, float], tuple[Any, ...]]
    seconds: Callable[[Run], np.ndarray] = response_seconds

    def settings(self, actions: Any) -> Settings:
        """What is set after the actions, pairs or a dict; raises ValueError with a sentence for what cannot be done."""
        known = {action.name: action for action in self.actions}
        found = {name: action.today for name, action in known.items()}
        actions = list(actions.items()) if isinstance(actions, Mapping) else actions
        if not isinstance(actions, list | tuple):
            raise ValueError(f"a runbook is a list of pairs such as {self.example}, got {actions!r}"[:200])
        for pair in actions:
            name, value = self.pair(pair)
            if name not in known:
                raise ValueError(f"'{self.name}' has no action '{name[:30]}', only {', '.join(known)}")
            found[name] = checked(known[name], value)
        return found

    def changes(self, settings: Settings) -> tuple[tuple[str, Any], ...]:
        """What is not as it is today, as pairs."""
        return tuple((action.name, settings[action.name]) for action in self.actions
                     if settings[action.name] != action.today)

    def pair(self, pair: Any) -> tuple[str, Any]:
        """An action as a name and a value; raises ValueError with a sentence for anything else."""
        if not isinstance(pair, list | tuple) or len(pair) != 2 or not isinstance(pair[0], str):
            raise ValueError(f"an action is a pair such as {self.example}, got {pair!r}"[:200])
        return pair[0], pair[1]

    @property
    def example(self) -> tuple[str, float]:
        """A pair that changes nothing."""
        return self.actions[0].name, self.actions[0].today

    def __str__(self):
        width = max(len(action.name) for action in self.actions)
        lines = [f"{action.name:{width}}  {action.today:>8g}  {action.least:>6g} to {action.most:<8g}{action.about}"
                 for action in self.actions]
        return "\n".join([self.name, fill(self.story, WIDTH), f"Promise: {self.promise}",
                          f"Budget: {self.usd:.2f} USD an hour. Actions, today's value, and how far they go:", *lines])

    __repr__ = __str__


def checked(action: Action, value: Any) -> float:
    """The value of an action; raises ValueError with a sentence unless it is a number within its bounds."""
    whole = isinstance(action.today, int)
    number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not number or not action.least <= value <= action.most or (whole and value % 1):
        kind = "a whole number" if whole else "a number"
        bounds = f"from {action.least:g} to {action.most:g}"
        raise ValueError(f"'{action.name}' must be {kind} {bounds}, got {value!r}"[:200])
    return int(value) if whole else float(value)
