"""Stale batch view: the speed layer hangs, and answers are as old as the last batch run."""

import numpy as np

from ..faults import Outage
from ..patterns.lambda_architecture import LambdaArchitecture
from ..run import Run
from ..views import batches, facts
from ..workload import Mixed, Work, Workload
from .incident import Action, Incident, Settings, response_seconds

HOUR = 3600
DURATION, START, LASTS = 4 * HOUR, HOUR, 3 * HOUR       # seconds
LEAVE = 2                                               # workers of the speed layer that hang


def design(settings: Settings):
    """A speed layer, a batch layer, and one that answers."""
    return LambdaArchitecture(settings["speed workers"], settings["serving workers"], settings["run batch every"],
                              settings["batch machines"], history=1_000_000)


def workload(seed: int, shift: float):
    """What is sold, and managers who look at the sums."""
    sales = Workload(0.25, DURATION, Work(0.5, 0.5, 0.01), seed, kind="sale")
    questions = Workload(0.08, DURATION, Work(0, 0, 0.05), seed, kind="query")
    return Mixed((sales, questions))


def faults(settings: Settings, shift: float):
    """Two workers of the speed layer take events and finish none, until somebody restarts them."""
    return (Outage("speed", START + 60 * shift, min(LASTS, settings["restart after"]), LEAVE),)


def age(run: Run) -> np.ndarray:
    """The age of the oldest sale that an answer does not know of, in seconds; infinity without an answer."""
    happened, logged, seen = facts(run)
    began, ended = batches(run)
    counted = np.append(ended, np.inf)[np.searchsorted(began, logged, "right")]     # by the first run that began later
    known = np.minimum(seen, counted)
    found, now = response_seconds(run), run.arrival_times[:, None]
    missing = (happened <= now) & (known > now)
    ages = np.where(missing.any(axis=1), run.arrival_times - happened[missing.argmax(axis=1)], 0.0)
    return np.where(np.isfinite(found), ages, np.inf)


INCIDENT = Incident(
    "stale batch view",
    "Managers look at sums of sales. A speed layer counts each sale at once; every hour a batch run counts all of them "
    "anew, which takes four and a half minutes. The two workers of the speed layer hang, and nobody notices for three "
    "hours: they take events and finish none. Answers come as fast as ever, and they are old.",
    "90 % of the answers know every sale that is older than 1800 s, half an hour.",
    0.90, {"query": 1800.0}, 0.95, 1800, DURATION - 60, (
        Action("run batch every", 3600.0, 60.0, 14_400.0, "seconds from the start of a batch run to that of the next"),
        Action("batch machines", 4, 1, 100, "machines that share a batch run, paid while it lasts"),
        Action("restart after", 10_800.0, 1.0, 10_800.0, "seconds after which a watchdog restarts a hanging worker"),
        Action("speed workers", 2, 1, 20, "workers of the speed layer, each paid by the hour; two of them hang"),
        Action("serving workers", 1, 1, 20, "workers that answer, each paid by the hour"),
    ), design, workload, faults, age)
