"""A life through a history of exercise 4M: a log, a speed layer that takes what is not too late, and batch runs."""

from collections.abc import Callable
from typing import Any, NamedTuple

from .rehearsal import copied

EVERY, TAKES = 6, 1.5           # hours from a batch run to the next, and until it ends
LATENESS = 2.0                  # hours: how late the speed layer still takes an event


class Event(NamedTuple):
    """When the log got it, when it happened, in hours, and the amount in whole euros."""

    logged: float
    happened: float
    amount: int


class Answered(NamedTuple):
    """The answers from the views of first runs, and of the same runs once more."""

    found: list[Any]
    again: list[Any]


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
