"""A second opinion on the views of a lambda architecture: what is missing at a time, by sorted times, no simulation."""

from math import inf

import numpy as np


def runs(log: np.ndarray, until: float, interval: float, fixed: float, work: float) -> tuple[np.ndarray, np.ndarray]:
    """When batch runs begin and end until a time; a run reads all of the log, `work` seconds for each event.

    `log` holds the times, sorted, at which events were logged; those of the history come at minus infinity.
    """
    began, ended = [], []
    start = 0.0
    while start < until:
        end = start + fixed + work * float(np.searchsorted(log, start))
        began.append(start)
        ended.append(end)
        start = max(end, start + interval)
    return np.array(began), np.array(ended)


def cuts(began: np.ndarray, ended: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """The cut of the last run that has ended by each time; minus infinity when none has."""
    known = np.append(-inf, began)
    return known[np.searchsorted(ended, asked, "right")]


def missing(happened: np.ndarray, unseen: np.ndarray, asked: np.ndarray, window: float, logged: np.ndarray,
            cut: np.ndarray) -> np.ndarray:
    """The share in percent that is missing at each time of what happened in the window before it.

    `unseen` holds when the speed layer has an event, infinity for one that it ignores; the batch layer has what was
    logged before the cut. In rows of questions and columns of events.
    """
    recent = (happened <= asked[:, None]) & (happened > asked[:, None] - window)
    absent = recent & (logged >= cut[:, None]) & (unseen > asked[:, None])
    return 100 * absent.sum(axis=1) / recent.sum(axis=1)
