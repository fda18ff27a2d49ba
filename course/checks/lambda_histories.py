"""Histories of exercise 4M: a log, a speed layer that takes what is not too late, and batch runs that take time."""

from collections.abc import Callable
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from .rehearsal import copied

EVERY, TAKES = 6, 1.5           # hours from a batch run to the next, and until it ends
LATENESS, LATEST = 2.0, 12.0    # hours: how late the speed layer still takes an event, and how late one can be
MEASURES = "count", "mean", "p90"
# Hours before a cut at which an event happens, and after it at which the log gets the event: 0 is just at the cut.
NEAR: dict[str, tuple[tuple[float, float], ...]] = {
    "prompt": (), "edge": ((0.1, 0), (0.2, 0)), "late": ((0.2, 0.1), (0.1, 0.3), (3.0, 1.2), (0.3, 1.6))}


class Event(NamedTuple):
    """When the log got it, when it happened, in hours, and the amount in whole euros."""

    logged: float
    happened: float
    amount: int


class Answered(NamedTuple):
    """The answers from the views of first runs, and of the same runs once more."""

    found: list[Any]
    again: list[Any]


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


def lived(recompute: Callable, prune: Callable, merge: Callable, case: dict[str, Any]) -> dict[str, Any]:
    """What three functions of the learner answer through a history, how much the speed view holds, and once more."""
    log = [Event(*row) for row in case["log"]]
    held: list[Any] = []
    since, answers, sizes = 0.0, Answered([], []), []
    for cut in case["runs"]:
        end = cut + TAKES
        held, since = [*held, *taken(log, since, end)], end
        known = [event for event in log if event.logged <= end]
        view, twice = copied(recompute([*known], cut)), recompute([*known], cut)
        held = list(prune([*held], cut))
        sizes.append(len(held))
        for now, first, last, measure in (one for one in case["asked"] if end < one[0] < cut + EVERY):
            held, since = [*held, *taken(log, since, now)], now
            for answered, one in zip(answers, (view, twice)):
                answered.append(merge(one, cut, [*held], (first, last, measure)))
    return {**answers._asdict(), "sizes": sizes}


def taken(log: list[Event], since: float, now: float) -> list[Event]:
    """What the speed layer takes of that which is logged after `since` and until `now`."""
    return [event for event in log if since < event.logged <= now and event.logged - event.happened <= LATENESS]
