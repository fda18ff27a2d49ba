"""Answers to exercise 3D: what learners get wrong, and ways to be right."""

from math import ceil
from typing import NamedTuple

import numpy as np
from bank.form import Bank

from course.checks.event_driven_design import (
    BACK,
    CONSUMERS,
    EXCUSED,
    OUTAGE,
    OWN_WORK,
    PARTITIONS,
    PROMISE,
    RATE,
    Choice,
    part_of_a_day,
    usd,
)

DRAWN = 51, 52      # traces that a learner may draw


class Mine(NamedTuple):
    spread: str
    retention: int
    partitions: int
    consumers: int


def catching_up():
    """The work of the outage and of the time to catch up, in that time; the next number that divides the partitions."""
    busy = RATE * OWN_WORK * (EXCUSED - OUTAGE) / (EXCUSED - BACK)
    return min((consumers, consumers) for consumers in PARTITIONS if consumers >= ceil(busy))


def cheapest(spread):
    """By search: the cheapest that keeps the promise in the traces that one has drawn."""
    choices = [Choice(partitions, consumers, 60, spread)
               for partitions in PARTITIONS for consumers in CONSUMERS if consumers <= partitions]
    able = [choice for choice in choices if all(part_of_a_day(choice, seed).judged <= PROMISE for seed in DRAWN)]
    return tuple(min(able, key=usd))


WRONG = (
    ("3D-W1", (12, 13, 60, "salt")), ("3D-W1", (8, 12, 60, "salt")), ("3D-W1", (4, 24, 60, "key")),
    ("3D-W1", (16, 24, 1440, "topic")), ("3D-W2", (24, 24, 60, "salt")), ("3D-W2", (24, 20, 60, "topic")),
    ("3D-W2", (24, 24, 10_080, "salt")), ("3D-W3", (4, 4, 60, "salt")), ("3D-W3", (8, 4, 1440, "topic")),
    ("3D-W3", (24, 5, 60, "key")), ("3D-W3", (4, 2, 60, "salt")), ("3D-W4", (12, 12, 30, "salt")),
    ("3D-W4", (24, 24, 30, "topic")), ("3D-W4", (12, 13, 30, "salt")), ("3D-W5", (12, 12, 60, "key")),
    ("3D-W5", (24, 24, 1440, "key")), ("3D-W5", [16, 16, 60, "key"]), ("3D-W6", (12, 12, 60, "any")),
    ("3D-W6", (12, 11, 60, "any")), ("3D-W6", (4, 24, 30, "any")), ("3D-EVEN", (12, 11, 60, "salt")),
    ("3D-EVEN", (16, 12, 60, "topic")), ("3D-EVEN", (24, 12, 60, "topic")), ("3D-SLO", (8, 8, 60, "salt")),
    ("3D-SLO", (24, 8, 1440, "salt")), ("3D-SLO", (8, 8, 60, "topic")), ("3D-COST", (16, 16, 60, "salt")),
    ("3D-COST", (12, 12, 10_080, "salt")), ("3D-COST", (24, 12, 60, "salt")),
    ("3D-FORM", (8, 12, 60)), ("3D-FORM", (11, 11, 60, "salt")), ("3D-FORM", (12, 1, 60, "salt")),
    ("3D-FORM", (16, 16, 45, "salt")), ("3D-FORM", (16, 16, 60, "both")), ("3D-FORM", (8, 8.5, 60, "salt")),
    ("3D-FORM", ("8", "8", "60", "salt")), ("3D-FORM", (12, True, 60, "salt")),
    ("3D-FORM", (12, 10**400, 60, "salt")), ("3D-FORM", (16, 16, 60, ["salt"])), ("3D-FORM", 12),
)
DESIGNS = (("3D-A1 salted", (*catching_up(), 60, "salt")), ("3D-A1 by search", cheapest("salt")),
           ("3D-A2", (*catching_up(), 60, "topic")), ("3D-A2 by search", cheapest("topic")),
           ("3D-A3", (*catching_up(), 1440, "salt")), ("3D-A3 own topic", (*catching_up(), 1440, "topic")))
SAME_DESIGN = (("3D by name", Mine("salt", 60, 12, 12)),
               ("3D as numbers of NumPy", (np.int64(12), np.float64(12), np.int64(60), "topic")))
PATH = (None, (8, 8, 30, "key"), (12, 12, 30, "key"), (12, 12, 60, "key"), (24, 12, 60, "topic"),
        (24, 20, 10_080, "topic"), (24, 20, 60, "topic"), (16, 16, 60, "topic"), (24, 12, 60, "salt"),
        (12, 12, 10_080, "salt"), (12, 12, 60, "salt"))
BANK = Bank("3D", PATH[-1], 6, WRONG, (*DESIGNS, *SAME_DESIGN), PATH, sets=6,
            secrets=("12, 12", "12 consumers", "twelve"))
