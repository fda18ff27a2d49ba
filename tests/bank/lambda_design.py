"""Answers to exercise 4D: what learners get wrong, and ways to be right."""

from math import exp
from typing import Any, NamedTuple

import numpy as np
from bank.form import Bank

from course.checks.lambda_design import (
    FRESH,
    HOUR,
    INTERVALS,
    KEPT_LOG,
    LAST,
    LATENESSES,
    OWN_WORK,
    PROMISE,
    WORKERS,
    candidates,
    rate,
    run_time,
    two_days,
    usd,
)

DRAWN = 51, 52      # traces that a learner may draw
STREAM = "stream", None, 1, 2


class Mine(NamedTuple):
    workers: int
    lateness: int
    interval: Any
    layers: str


def reckoned(layers):
    """On paper: on its way, and late but not in the batch view; the longest interval, and workers with room to wait."""
    on_its_way, run = 3 * 6 / 24, run_time(layers, (KEPT_LOG + 86_400) * rate(LAST)) / HOUR
    able = [hours for hours in INTERVALS if run < hours and on_its_way + 3 * (hours / 2 + run) / 24 < 0.95 * PROMISE]
    busy = rate(LAST) * OWN_WORK
    workers = min(count for count in WORKERS if count > busy and exp(-(count - busy) * FRESH / OWN_WORK) < 0.02)
    return layers, max(able), 1, workers


def cheapest(city, layers):
    """By search: the cheapest that keeps the promise with room to spare in the traces that one has drawn."""
    able = [choice for choice in candidates() if choice.layers == layers and choice.lateness < 720
            and np.mean([two_days(choice, city, seed).judged for seed in DRAWN]) <= 0.97 * PROMISE]
    return tuple(min(able, key=usd))


def late(*design):
    """Right for the city without late events, and this for the other."""
    return design, STREAM


def prompt(*design):
    """Right for the city with late events, and this for the other."""
    return ("lambda", 4, 1, 2), design


WRONG = (
    ("4D-W1", late("lambda", 0.5, 1, 2)), ("4D-W1", late("replay", 0.5, 60, 3)), ("4D-W1", late("lambda", 0.5, 1, 1)),
    ("4D-W1", prompt("lambda", 0.5, 1, 2)), ("4D-W2", late("lambda", 1, 1, 2)), ("4D-W2", late("replay", 1, 60, 6)),
    ("4D-W2", late("lambda", 4, 1, 1)), ("4D-W2", late("replay", 4, 1, 1)), ("4D-W2", prompt("stream", None, 1, 1)),
    ("4D-W3", late("lambda", 4, 10_080, 2)), ("4D-W3", late("lambda", 12, 720, 2)),
    ("4D-W3", late("stream", None, 720, 2)), ("4D-W3", late("stream", None, 10_080, 2)),
    ("4D-W3", prompt("stream", None, 720, 2)), ("4D-W4", late("lambda", 4, 0, 2)), ("4D-W4", late("replay", 3, 0, 2)),
    ("4D-W4", late("stream", None, 0, 2)), ("4D-W4", prompt("stream", None, 0, 2)), ("4D-W5", late(*STREAM)),
    ("4D-W5", late("stream", 4, 60, 3)), ("4D-W6", late("lambda", 12, 60, 2)), ("4D-W6", late("replay", 12, 60, 2)),
    ("4D-STALE", late("lambda", 12, 1, 2)), ("4D-STALE", late("lambda", 24, 60, 2)),
    ("4D-CITY", prompt("lambda", 4, 1, 2)), ("4D-CITY", prompt("replay", 24, 1, 2)),
    ("4D-COST", late("lambda", 3, 1, 2)), ("4D-COST", late("lambda", 4, 1, 3)), ("4D-COST", late("lambda", 4, 60, 2)),
    ("4D-COST", prompt("stream", None, 1, 3)),
    ("4D-FORM", ("lambda", 4, 1, 2)), ("4D-FORM", late("lambda", None, 1, 2)), ("4D-FORM", late("lambda", 4, 1)),
    ("4D-FORM", late("lambda", 5, 1, 2)), ("4D-FORM", late("kappa", 4, 1, 2)), ("4D-FORM", late("lambda", 4, 1, 0)),
    ("4D-FORM", late("lambda", 4, 2, 2)), ("4D-FORM", late("lambda", 4, 1, 2.5)), ("4D-FORM", (STREAM,)),
    ("4D-FORM", late(["lambda"], 4, 1, 2)), ("4D-FORM", late("lambda", "4", "1", "2")), ("4D-FORM", 4),
    ("4D-FORM", late("lambda", 4, 1, 10**400)), ("4D-FORM", late("lambda", 4, True, 2)),
)
DESIGNS = (("4D-A1 stream where nothing is late", late(*reckoned("lambda"))),
           ("4D-A1 by search", (cheapest("late", "lambda"), cheapest("prompt", "stream"))),
           ("4D-A2 replay", late(*reckoned("replay"))), ("4D-A2 by search", late(*cheapest("late", "replay"))),
           ("4D-A1 with an interval that nobody uses", (("lambda", 4, 1, 2), ("stream", 12, 1, 2))))
SAME_DESIGN = (("4D by name", (Mine(2, 1, 4, "lambda"), Mine(2, 1, 0, "stream"))),
               ("4D as numbers of NumPy", [("lambda", np.float64(4), np.int64(1), np.int64(2)), [*STREAM]]))
SHORT = min(INTERVALS)
PATH = (None, (("stream", None, 0, 1), ("stream", None, 0, 1)), (("lambda", SHORT, LATENESSES[1], 1), STREAM),
        late("lambda", 24, 60, 2), late("lambda", 12, 1, 2), late("stream", None, 720, 2),
        (("lambda", 4, 60, 3), ("lambda", 4, 60, 3)), prompt("lambda", 4, 1, 2), late("lambda", 4, 1, 2))
BANK = Bank("4D", PATH[-1], 6, WRONG, (*DESIGNS, *SAME_DESIGN), PATH, sets=6, secrets=("four hours", "4 hours"))
