"""What a question finds: the batch view, what the speed layer saw, and both merged, beside the truth. After the run."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from math import inf
from typing import Any, NamedTuple

import numpy as np

from .run import Run


class Answers(NamedTuple):
    """How many events each view knows, at the times of the questions; staleness of the batch view in seconds."""

    truth: np.ndarray
    batch: np.ndarray
    speed: np.ndarray
    merged: np.ndarray
    staleness: np.ndarray

    def error(self, view: str) -> float:
        """The mean distance of a view from the truth, in percent of the truth; without a truth, not a number."""
        asked = self.truth > 0
        found, true = getattr(self, view)[asked], self.truth[asked]
        return float(np.mean(100 * np.abs(found - true) / true)) if asked.any() else float("nan")


@dataclass(frozen=True)
class Bug:
    """From `start` to `end`, in seconds, a layer counts each event `times` times."""

    start: float
    end: float
    times: float


NONE = Bug(inf, inf, 1.0)


def ask(run: Run, times: Iterable[float], window: float = inf, lateness: float = inf, speed_bug: Bug = NONE,
        batch_bug: Bug = NONE, kept: float = inf) -> Answers:
    """What the views answer to: how many events happened in the last `window` seconds?

    An event happens when its request sets out, which may be long before the log has it. The speed layer ignores what
    it gets more than `lateness` seconds late. A batch run, or a replay, finds what the log got in the last `kept`
    seconds before the run began, its cut. The merged view takes from the last run that has ended what was logged before
    the cut, and the rest from the speed layer. In an event-driven design the consumers are the speed layer.
    """
    happened, logged, seen = facts(run)
    began, ended = batches(run)
    prompt = logged - happened <= lateness
    weight = np.where((seen >= speed_bug.start) & (seen < speed_bug.end), speed_bug.times, 1.0)
    rows = []
    for now in times:
        finished = np.flatnonzero(ended <= now)
        cut = began[finished[-1]] if len(finished) else -inf
        counted = batch_bug.times if batch_bug.start <= cut < batch_bug.end else 1.0
        recent = (happened <= now) & (happened > now - window)
        old, fresh = recent & (logged < cut) & (logged >= cut - kept), recent & prompt & (seen <= now)
        batch, since = counted * old.sum(), weight[fresh & (logged >= cut)].sum()
        rows.append((recent.sum(), batch, weight[fresh].sum(), batch + since, now - cut))
    return Answers(*np.array(rows, float).reshape(-1, 5).T)


def facts(run: Run) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each event, when it happened, when the log had it, and when the speed layer had seen it; inf: not yet."""
    if (pools := watched(run)) is None:
        raise ValueError(f"a design without a log and without a bus has no views; this one has {', '.join(run.jobs)}")
    log, speed = (run.jobs[name] for name in pools)
    logged, seen = np.full((2, len(run.arrival_times)), inf)
    logged[log.request[~log.cut]] = log.arrived[~log.cut]
    seen[speed.request[speed.done]] = speed.finished[speed.done]
    ids = [event.id for event in events(run)]
    return run.arrival_times[ids], logged[ids], seen[ids]


def watched(run: Run) -> tuple[str, str] | None:
    """The pools of a log and its speed layer, or of a bus and the last step of its consumers; else None."""
    pairs = ("log", "speed"), ("bus", "consumers"), ("bus", "respond")
    return next((pair for pair in pairs if set(pair) <= set(run.jobs)), None)


def batches(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """When each finished batch run or replay began, which is its cut, and when it ended; in order of ending."""
    runs = [(ended, began) for name in ("batch", "replay") if name in run.jobs
            for began, ended, cut in zip(*run.jobs[name][2:4], run.jobs[name].cut) if ended >= began and not cut]
    ended, began = np.array(sorted(runs)).reshape(-1, 2).T
    return began, ended


def keys_seen(run: Run, now: float, window: float = inf) -> np.ndarray:
    """The keys, such as users, of the events of the last `window` seconds that the speed layer has seen by `now`."""
    happened, _, seen = facts(run)
    keys = np.array([event.key for event in events(run)], int)
    return keys[(seen <= now) & (happened > now - window)]


def events(run: Run) -> list[Any]:
    """The requests that are events, of those that have arrived; others only ask."""
    return [event for event in islice(run.workload.requests(), len(run.arrival_times)) if event.kind != "query"]
