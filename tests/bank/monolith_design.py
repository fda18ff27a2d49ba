"""Answers to exercise 1D: what learners get wrong, and ways to be right."""

from math import ceil, sqrt
from typing import NamedTuple

import numpy as np
from bank.form import Bank

from course import theory
from course.asking.monolith import RATES
from course.checks.oracle import response_times
from course.data import work
from course.workload import Diurnal, LogNormal, Work, Workload

IMAGE = Work(*work("image_classifier"))
SECONDS = sum(IMAGE)
OFFERED = [rate * SECONDS for rate in RATES]
SEEN_SEEDS = range(36, 44)


def square_root_rule():
    night, day, peak = (ceil(load + 0.5 * sqrt(load)) for load in OFFERED)
    return night, day, peak + 1


def by_erlang_c():
    """Mean waiting of at most a fiftieth of a second, and one replica more at peak."""
    sizes = []
    for rate in RATES:
        replicas = ceil(rate * SECONDS) + 1
        while theory.mmc(rate, 1 / SECONDS, replicas).waiting_time > 0.02:
            replicas += 1
        sizes.append(replicas)
    return [*sizes[:2], sizes[2] + 1]


def by_search():
    """One period after the other, on eight days, with one replica away during the whole of the peak."""
    sizes = []
    for place, rate in enumerate(RATES):
        replicas = ceil(rate * SECONDS)
        while slowest(place, replicas - (place == 2)) > 0.3:
            replicas += 1
        sizes.append(replicas)
    return tuple(sizes)


def slowest(place, replicas):
    traffic = [Workload(60, 360, IMAGE, seed, Diurnal(RATES, 360), LogNormal(0.5))
               for seed in SEEN_SEEDS]
    p99 = []
    for day in traffic:
        mine = [one for one in day.requests() if one.arrival_time // 120 == place]
        times = response_times([one.arrival_time for one in mine], [sum(one.work) for one in mine], [(0, replicas)])
        p99.append(np.percentile(times, 99))
    return np.mean(p99)


class Replicas(NamedTuple):
    peak: int
    night: int
    day: int


WRONG = (
    ("1D-W1", (5, 5, 5)), ("1D-W1", (ceil(np.mean(OFFERED)) + 1,) * 3),
    ("1D-W2", tuple(ceil(load) for load in OFFERED)), ("1D-W3", (3, 6, 10)), ("1D-W4", (10, 10, 10)),
    ("1D-W4", (40, 40, 40)), ("1D-W5", (3, 7, 9)), ("1D-W6", (3, 7.5, 10)), ("1D-W6", (3, -7, 10)),
    ("1D-W6", (0, 7, 10)), ("1D-W6", (True, 7, 10)), ("1D-W6", (3, 7)), ("1D-W6", "3, 7, 10"),
    ("1D-W6", (3, 7, 10**400)), ("1D-COST", (5, 9, 12)), ("1D-SLO", (2, 8, 12)),
)
DESIGNS = (
    ("1D-A1", square_root_rule()), ("1D-A2", by_search()), ("1D-A3", by_erlang_c()), ("1D-A4", (4, 7, 10)),
    ("1D-A4 the other way", (3, 8, 10)),
)
SAME_DESIGN = (
    ("1D-A2 by name", Replicas(night=3, day=7, peak=10)),
    ("1D-A2 as an array", np.array([3, 7, 10])), ("1D-A2 as floats", [3.0, 7.0, 10.0]),
)
PATH = (None, (1, 1, 1), (2, 5, 8), (3, 6, 10), (10, 10, 10), (5, 8, 12), (3, 7, 10))
# 1D-W7, edited traffic or prices, and the hidden days have tests of their own.
BANK = Bank("1D", PATH[-1], 6, WRONG, (*DESIGNS, *SAME_DESIGN), PATH, sets=0, secrets=("(3, 7, 10)",))
