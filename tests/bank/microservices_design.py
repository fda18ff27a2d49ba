"""Answers to exercise 2D: what learners get wrong, and ways to be right."""

from itertools import product
from math import ceil, sqrt
from typing import NamedTuple

import numpy as np
from bank.form import Bank

from course.checks.microservices_design import BUDGET, CAMPAIGN, MACHINES, PROMISE, WORK, worst
from course.prices import Prices

LOADS = [CAMPAIGN * seconds for seconds in WORK]


def in_proportion():
    """A2: the work of each step, and half a square root of it to spare."""
    return [ceil(load + 0.5 * sqrt(load)) for load in LOADS]


def p99(replicas):
    """The mean over three days that a learner may draw."""
    return np.mean([worst(replicas, 360, seed) for seed in (5, 6, 7)])


def bottleneck_first():
    """A1: one replica more where it helps most, until the promise is kept."""
    replicas = tuple(ceil(load) for load in LOADS)
    while p99(replicas) > PROMISE:
        replicas = min(([*replicas[:place], replicas[place] + 1, *replicas[place + 1:]] for place in range(3)), key=p99)
    return tuple(replicas)


def grid_search():
    """A3: the cheapest of a few that keep the promise."""
    cheapest = sorted(product((3, 4, 5), (4, 5), (2, 3)), key=hourly)
    return next(replicas for replicas in cheapest if hourly(replicas) <= BUDGET and p99(replicas) <= PROMISE)


def hourly(replicas):
    prices = Prices.read()
    return sum(count * prices.usd(machine) for count, machine in zip(replicas, MACHINES))


class Pools(NamedTuple):
    infer: int
    respond: int
    prepare: int


WRONG = (
    ("2D-W1", (4, 4, 4)), ("2D-W1", (2, 2, 2)), ("2D-W1", [1, 1, 1]),
    ("2D-W2", tuple(ceil(CAMPAIGN * seconds) for seconds in WORK)), ("2D-W2", (3, 4, 1)), ("2D-W2", (3, 3, 2)),
    ("2D-W3", (1, 6, 1)), ("2D-W3", (2, 5, 1)), ("2D-W3", (20, 1, 1)),
    ("2D-W4", (4, 4, 2)), ("2D-W4", (4, 4, 3)), ("2D-W5", (5, 4, 2)), ("2D-W5", (6, 4, 3)),
    ("2D-W6", (6, 6, 4)), ("2D-W6", (4, 40, 2)), ("2D-W6", (40, 2, 1)), ("2D-W6", (1000, 1000, 1000)),
    ("2D-FORM", (4, 5)), ("2D-FORM", (4, 5.5, 2)), ("2D-FORM", (4, -5, 2)), ("2D-FORM", (4, 5, 0)),
    ("2D-FORM", "4, 5, 2"), ("2D-FORM", (True, 5, 2)), ("2D-FORM", (4, 5, 10**400)),
    ("2D-CAMPAIGN", tuple(ceil(CAMPAIGN / 2 * seconds) for seconds in WORK)), ("2D-COST", (5, 5, 4)),
    ("2D-SLO", (3, 5, 3)),
)
DESIGNS = (("2D-A1", bottleneck_first()), ("2D-A2", in_proportion()), ("2D-A3", grid_search()),
           ("2D-A4", (5, 5, 2)), ("2D-A4 the other way", (4, 5, 3)))
SAME_DESIGN = (("2D-A2 by name", Pools(prepare=4, infer=5, respond=2)), ("2D-A2 as an array", np.array([4, 5, 2])),
               ("2D-A2 as floats", [4.0, 5.0, 2.0]))
PATH = (None, (1, 1, 1), (3, 4, 2), (4, 4, 2), (6, 6, 4), (5, 5, 3), (4, 5, 2))
# All right designs on all hidden days have a test of their own.
BANK = Bank("2D", PATH[-1], 6, WRONG, (*DESIGNS, *SAME_DESIGN), PATH, sets=0, secrets=("(4, 5, 2)",))
