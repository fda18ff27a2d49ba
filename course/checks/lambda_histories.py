"""Histories of exercise 4M: what was logged when, when batch runs begin, and what is asked."""

from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from ..asking.lambda_histories import EVERY, LATENESS, TAKES, Event

LATEST = 12.0                   # hours: how late an event can be
MEASURES = "count", "mean", "p90"
# Hours before a cut at which an event happens, and after it at which the log gets the event: 0 is just at the cut.
NEAR: dict[str, tuple[tuple[float, float], ...]] = {
    "prompt": (), "edge": ((0.1, 0), (0.2, 0)), "late": ((0.2, 0.1), (0.1, 0.3), (3.0, 1.2), (0.3, 1.6))}


@lru_cache(maxsize=128)
def events(kind: str, rate: int, runs: int, seed: int) -> tuple[Event, ...]:
    """A log in order: a fifth of a late history is late, half of that for the speed layer as well."""
    rng, end = np.random.default_rng(seed), EVERY * (runs + 1)
    happened = rng.uniform(0.1, end - 0.1, rate * end)
    way = np.full(len(happened), 0.001)
    if kind == "late":
        way[2::10] = rng.uniform(0.2, 0.9, len(way[2::10])) * LATENESS
        way[5::10] = rng.uniform(1.1 * LATENESS, LATEST, len(way[5::10]))
    for place, (cut, (before, later)) in enumerate(product(cuts(runs), NEAR[kind])):
        happened[place], way[place] = cut - before, before + later
    amounts = np.minimum(1 + rng.lognormal(1.5 + happened / end, 0.8), 99).astype(int)
    return tuple(sorted(Event(round(came + late, 4), round(came, 4), int(amount))
                        for came, late, amount in zip(happened.tolist(), way.tolist(), amounts.tolist())))


def cuts(runs: int) -> list[int]:
    """When the batch runs begin, which is what they know."""
    return [EVERY * run for run in range(1, runs + 1)]


def history(kind: str, rate: int, runs: int, seed: int) -> dict[str, Any]:
    """One case as plain values: a log, batch runs, and questions with the time when each is asked."""
    log = [list(event) for event in events(kind, rate, runs, seed)]
    asked = [[cut + TAKES + later, first, last, measure] for cut in cuts(runs) for later in (0.01, 4.4)
             for first, last in ((0, cut + EVERY), (cut - 1, cut + 3)) for measure in MEASURES]
    return {"log": log, "runs": cuts(runs), "asked": asked}
