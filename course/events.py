"""What became of events: how often each had its effect, how late, and in which order. Computed after the run."""

from typing import NamedTuple

import numpy as np

from .run import UNFINISHED, Jobs, Run


class Fates(NamedTuple):
    """Shares of the events, which sum to 1: each had its effect once and in time, or one of the others happened."""

    once: float
    late: float         # once, but too late
    doubled: float      # more than once
    lost: float         # never, and nobody tries any more
    waiting: float      # not yet


def jobs_of(run: Run, group: str) -> list[Jobs]:
    """The jobs in the pools of a group of consumers: the one of that name, or one for each consumer."""
    found = [jobs for name, jobs in run.jobs.items() if name == group or name.removeprefix(f"{group} ").isdigit()]
    if not found:
        raise ValueError(f"this run has the pools {', '.join(run.jobs)}, and no group '{group}'")
    return found


def effects(run: Run, group: str = "consumers") -> tuple[np.ndarray, np.ndarray]:
    """The requests and times of all effects, which are the jobs that a group has done, in order of time."""
    jobs = jobs_of(run, group)
    request = np.concatenate([part.request[part.done] for part in jobs])
    time = np.concatenate([part.finished[part.done] for part in jobs])
    order = np.argsort(time, kind="stable")
    return request[order], time[order]


def fates(run: Run, group: str = "consumers", within: float = np.inf) -> Fates:
    """What became of the events of a run; an effect later than `within` seconds after the event is late."""
    request, time = effects(run, group)
    count = np.bincount(request, minlength=len(run.outcomes))
    first = np.full(len(count), np.inf)
    np.minimum.at(first, request, time)
    late = (count == 1) & (first - run.arrival_times > within)
    open_jobs = np.concatenate([part.request[np.isnan(part.finished)] for part in jobs_of(run, group)])
    waiting = (count == 0) & ((run.outcomes == UNFINISHED) | np.isin(np.arange(len(count)), open_jobs))
    kinds = [(count == 1) & ~late, late, count > 1, (count == 0) & ~waiting, waiting]
    mine = run.arrival_times >= run.start
    return Fates(*(float(np.mean(kind[mine])) if mine.any() else 0.0 for kind in kinds))


def lag(run: Run, group: str = "consumers") -> tuple[np.ndarray, np.ndarray]:
    """Times in seconds, and how many events wait or are in work from then on, in a group."""
    jobs = jobs_of(run, group)
    came = np.concatenate([part.arrived for part in jobs])
    left = np.concatenate([part.finished for part in jobs])
    times = np.concatenate([came, left[~np.isnan(left)]])
    order = np.argsort(times, kind="stable")
    events = np.cumsum(np.where(order < len(came), 1, -1))
    last = np.flatnonzero(np.diff(times[order], append=np.inf))     # of those at the same time
    return times[order][last], events[last]


def last_writes(run: Run, group: str = "consumers") -> dict[int, int]:
    """The event that was the last to write under each key, when every write replaces the one before."""
    return last_of_each_key(run, effects(run, group)[0])


def wrong_keys(run: Run, group: str = "consumers") -> float:
    """The share of the keys whose last write is not of the event that happened last, among those that had an effect."""
    request = effects(run, group)[0]
    written, newest = last_of_each_key(run, request), last_of_each_key(run, np.unique(request))
    return float(np.mean([written[key] != newest[key] for key in newest])) if newest else 0.0


def last_of_each_key(run: Run, requests: np.ndarray) -> dict[int, int]:
    """The last of the requests under each key."""
    keys = [request.key for request in run.workload.requests()]
    return {keys[request]: request for request in requests.tolist()}
