"""A promise about response times, and what it costs to keep it: how designs are read and scored."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .answers import number
from .exercise import Message, Outcome

MOST = 1000         # replicas of one kind


def scored(slowest: Sequence[float], promised: float, saved: float, message: Message) -> list[Outcome]:
    """The promise on average (half), trace by trace (a fifth), and cost once the promise is kept (the rest)."""
    average = float(np.mean(slowest))
    feasible = np.clip((1.5 * promised - average) / (0.5 * promised), 0, 1)
    robust = np.mean([value <= 1.1 * promised for value in slowest])
    return [Outcome(2.5, float(feasible), message), Outcome(1.0, float(robust), message),
            Outcome(1.5, saved if average <= promised else 0.0, message)]


def saving(usd: float, least: float, naive: float) -> float:
    """How much of the possible saving is made: 1 within 5 % of the least cost, 0 for the naive cost or above."""
    if usd <= 1.05 * least + 1e-9:
        return 1.0
    return min(max((naive - usd) / (naive - least), 0.0), 1.0)


def whole_numbers(given: Any, names: Sequence[str]) -> list[int] | None:
    """A whole number above zero for each name, from a list in their order or from a record; None for anything else."""
    if isinstance(given, dict) and set(given) == set(names):
        given = [given[name] for name in names]
    values = [number(part) for part in given] if isinstance(given, list) else []
    if len(values) != len(names):
        return None
    counts = [int(value) for value in values if value is not None and 1 <= value <= MOST and value == int(value)]
    return counts if len(counts) == len(values) else None
