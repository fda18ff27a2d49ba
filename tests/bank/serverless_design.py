"""Answers to exercise 5D: what learners get wrong, and ways to be right."""

from math import ceil, sqrt
from typing import NamedTuple

import numpy as np
from bank.form import Bank

from course.checks.serverless_design import (
    CONNECTIONS,
    FEW_RETRIES,
    PROMISE,
    STEP,
    Choice,
    Found,
    hour,
    offered,
)

HOURS = 51, 52      # that a learner may draw


class Mine(NamedTuple):
    when_full: str
    memory_gb: float
    provisioned: int
    limit: int


def seen(choice):
    """What a learner sees who repeats the hour with other seeds."""
    return Found(*np.mean([hour(choice, seed) for seed in HOURS], axis=0))


def fits(choice):
    found = seen(choice)
    return found.p99 <= PROMISE and found.retries <= FEW_RETRIES


def enough_for_the_rush():
    """A1: as many ready as the rush keeps busy, rounded to fives; half a square root of it as the limit for others."""
    load = offered(1.0)
    return 1, round(load / STEP) * STEP, ceil(2 * sqrt(load) / STEP) * STEP, "budget"


def search():
    """A2: the fewest ready with which the hours that one has drawn keep the promise, for each size."""
    able = [next(choice for ready in range(0, CONNECTIONS, STEP)
                 if fits(choice := Choice(memory_gb, ready, min(15, CONNECTIONS - ready), "budget")))
            for memory_gb in (1.0, 1.769)]
    return tuple(min(able, key=lambda choice: seen(choice).usd))


WRONG = (
    ("5D-W1", (1.769, 40, 10, "budget")), ("5D-W1", (1, 45, 5, "budget")), ("5D-W1", [1.769, 45, 5, "refuse"]),
    ("5D-W2", (1, 0, 50, "budget")), ("5D-W2", (1.769, 0, 50, "refuse")), ("5D-W2", (0.5, 0, 20, "budget")),
    ("5D-W3", (1, 35, 1000, "budget")), ("5D-W3", (1, 0, 1000, "refuse")), ("5D-W3", (1.769, 100, 5, "refuse")),
    ("5D-W3", (1, 35, 20, "budget")), ("5D-W4", (3, 30, 10, "budget")), ("5D-W4", (3, 45, 5, "refuse")),
    ("5D-W5", (1, 35, 10, "retry")), ("5D-W5", (1, 30, 15, "retry")), ("5D-W5", (1.769, 0, 50, "retry")),
    ("5D-W6", (1, 35, 10, "queue")), ("5D-W6", (1.769, 0, 50, "queue")), ("5D-W6", (3, 0, 1000, "queue")),
    ("5D-FORM", (1, 35, 10)), ("5D-FORM", (2, 35, 10, "budget")), ("5D-FORM", (1, 35, 0, "budget")),
    ("5D-FORM", (1, 33, 10, "budget")), ("5D-FORM", (1, -5, 10, "budget")), ("5D-FORM", (1, 35, 10, "maybe")),
    ("5D-FORM", (True, 20, 10, "budget")), ("5D-FORM", ("1", "35", "10", "budget")), ("5D-FORM", 35),
    ("5D-FORM", (1, 35, 10**400, "budget")), ("5D-COST", (1.769, 30, 10, "budget")),
    ("5D-REFUSED", (1, 35, 5, "refuse")), ("5D-REFUSED", (0.5, 45, 5, "budget")), ("5D-SLO", (1, 30, 20, "budget")),
    ("5D-LUCKY", (1, 35, 10, "refuse")),
)
DESIGNS = (("5D-A1", enough_for_the_rush()), ("5D-A2", search()), ("5D-A3 within 5 %", (1, 35, 10, "budget")))
SAME_DESIGN = (("5D-A3 by name", Mine(memory_gb=1.0, provisioned=35, limit=15, when_full="budget")),
               ("5D-A3 as numbers of NumPy", (np.float64(1), np.int64(35), np.int64(15), "budget")))
PATH = (None, (1, 0, 50, "refuse"), (1, 30, 20, "budget"), (1, 35, 1000, "budget"), (1.769, 40, 10, "budget"),
        (1.769, 30, 10, "budget"), (1, 35, 15, "budget"))
# All right designs in all hidden hours have a test of their own.
BANK = Bank("5D", PATH[-1], 6, WRONG, (*DESIGNS, *SAME_DESIGN), PATH, sets=0,
            secrets=("1.0, 35", "35 ready"))
