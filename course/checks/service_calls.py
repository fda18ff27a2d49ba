"""What follows from when requests of 2M called and left: threads and the optional service, run again by the judge."""

from collections.abc import Sequence
from heapq import heapreplace
from math import inf
from typing import Any

import numpy as np

from ..asking.optional_service import FAULTS, MARGIN, MICRO, MOST_CALLS, THREADS
from ..patterns.microservices import Service
from ..simulation import simulate
from ..workload import Injected, Work
from .answers import numbers

SLACK = 1e-5            # seconds: calls are told to a millionth


def begun(arrivals: Sequence[float], left: Sequence[float]) -> np.ndarray:
    """When each request gets a thread, first come, first served; it keeps it until it has left."""
    free, starts = [0.0] * THREADS, []
    for arrival, end in zip(arrivals, left):
        starts.append(max(arrival, free[0]))
        heapreplace(free, end)
    return np.array(starts)


def calls(case: dict[str, Any], raw: dict[str, Any]) -> tuple[np.ndarray, np.ndarray] | None:
    """The request of each call and its time in seconds, from a raw answer; None when these are no calls."""
    steps = [numbers(raw.get(name)) for name in ("called", "at")]
    who, when = (np.cumsum(one) if one is not None and len(one) <= MOST_CALLS * len(case["own"]) else None
                 for one in steps)
    if who is None or when is None or len(who) != len(when):
        return None
    known = np.isin(who, np.arange(len(case["own"])))
    return (who.astype(int), when * MICRO) if known.all() and np.isfinite(when).all() else None


def possible(case: dict[str, Any], left: np.ndarray, called: np.ndarray, at: np.ndarray) -> bool:
    """Whether requests can leave and call then: not before their own step is done, and calls in their order."""
    ready = begun(case["arrival_times"], np.nan_to_num(left, nan=inf)) + case["own"]
    last = case["arrival_times"][-1] + MARGIN + SLACK
    in_order = bool((np.diff(at) >= 0).all() and (at >= ready[called] - SLACK).all() and (at <= last).all())
    return in_order and not (left < ready - SLACK).any()


def answered(case: dict[str, Any], called: np.ndarray, at: np.ndarray) -> np.ndarray:
    """When the optional service first answers each request; infinite for those that it never does."""
    work = tuple(Work(0, case["call"][one], 0) for one in called)
    fault = FAULTS[case["fault"]]("infer", case["start"], case["length"])
    run = simulate(Service("infer", THREADS), Injected(tuple(at), work), faults=(fault,))
    first = np.full(len(case["own"]), inf)
    np.minimum.at(first, called, np.where(run.outcomes == 0, run.departure_times, inf))
    return first


def in_vain(called: np.ndarray, at: np.ndarray, left: np.ndarray, asked: np.ndarray) -> float:
    """The median of how long those asked for waited from their first call on until they left, in seconds."""
    first = dict(zip(called[::-1].tolist(), at[::-1].tolist()))
    waits = [left[one] - first[one] for one in np.flatnonzero(asked).tolist() if one in first]
    return float(np.median(waits)) if waits else 0.0


def most_at_once(called: np.ndarray, at: np.ndarray, left: np.ndarray) -> int:
    """How many requests waited at the same time for what they had called."""
    who, first = np.unique(called, return_index=True)
    began, ended = np.sort(at[first]), np.sort(left[who])
    return int(np.max(np.arange(1, len(began) + 1) - np.searchsorted(ended, began + SLACK, "right"), initial=0))
