"""A second opinion on consumers behind a bus: queues that nobody serves for a while, by recursion, no simulation."""

from collections.abc import Sequence
from heapq import heapify, heapreplace

import numpy as np


def in_turn(arrived: np.ndarray, work: np.ndarray) -> np.ndarray:
    """When each is done by one consumer, in order; Lindley's recursion, written as a running maximum."""
    total = np.cumsum(work)
    return total + np.maximum.accumulate(arrived - (total - work))


def with_outage(arrived: np.ndarray, work: np.ndarray, begin: float, end: float) -> np.ndarray:
    """When each is done by one consumer that starts nothing from `begin` to `end`."""
    done = in_turn(arrived, work)
    first = int(np.searchsorted(done - work, begin))    # of those that start later than without the outage
    if first == len(done):
        return done
    free = done[first - 1] if first else 0.0
    done[first:] = in_turn(np.maximum(arrived[first:], max(end, free)), work[first:])
    return done


def by_lane(lane: np.ndarray, arrived: np.ndarray, work: np.ndarray, begin: float, end: float) -> np.ndarray:
    """When each is done when every lane has one consumer."""
    done = np.empty(len(lane))
    for number in np.unique(lane):
        mine = np.flatnonzero(lane == number)
        done[mine] = with_outage(arrived[mine], work[mine], begin, end)
    return done


def by_anyone(consumers: int, arrived: Sequence[float], work: Sequence[float], begin: float, end: float) -> np.ndarray:
    """When each is done when all wait in one queue, and whoever is free takes the next."""
    free = [0.0] * consumers
    heapify(free)
    done = []
    for came, seconds in zip(arrived, work):
        start = max(came, free[0])
        done.append((end if begin <= start < end else start) + seconds)
        heapreplace(free, done[-1])
    return np.array(done)


def overtaken(key: np.ndarray, done: np.ndarray) -> float:
    """The share of events that are done before an event of the same key that came just before them."""
    order = np.argsort(key, kind="stable")
    same, sooner = np.diff(key[order]) == 0, np.diff(done[order]) < 0
    return float(np.mean(np.append(same & sooner, False)))
