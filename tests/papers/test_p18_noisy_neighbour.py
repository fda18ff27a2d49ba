"""P18: one per cent of long jobs in the same queue makes everyone wait 178 times as long."""

import numpy as np
import pytest

from course import theory
from course.patterns.monolith import Monolith
from course.run import interval
from course.simulation import simulate
from course.workload import Deterministic, Mixed, Work, Workload

pytestmark = pytest.mark.slow

WARM_UP = 100      # seconds
LIGHT, LIGHT_RATE, HEAVY, HEAVY_RATE = 0.01, 29.7, 1.0, 0.3


def jobs(rate, work, duration, seed):
    return Workload(rate, duration, Work(0, work, 0), seed, distribution=Deterministic())


def together(duration, seed):
    """Both kinds of job at once, each with draws of its own."""
    return Mixed((jobs(LIGHT_RATE, LIGHT, duration, seed), jobs(HEAVY_RATE, HEAVY, duration, seed + 1000)))


def mean_wait(workload):
    """Mean milliseconds in the queue of one worker."""
    return 1000 * simulate(Monolith(1), workload).after(WARM_UP).waiting_times("workers").mean()


def test_the_neighbour_makes_everyone_wait(judge):
    shared = [mean_wait(together(8000, seed)) for seed in range(1, 11)]
    isolated = [mean_wait(jobs(LIGHT_RATE, LIGHT, 1000, seed)) for seed in range(1, 11)]
    rows = [("P18 mean wait in ms, one queue", 375.9, interval(shared)),
            ("P18 mean wait in ms, isolated", 2.11, interval(isolated)),
            ("P18 ratio of the waits", 178, interval([wait / np.mean(isolated) for wait in shared]))]
    judge([(what, published, ours, abs(ours.mean / published - 1) <= 0.05) for what, published, ours in rows])


def test_the_published_waits_are_pollaczek_and_khinchine():
    rate = LIGHT_RATE + HEAVY_RATE
    mean = (LIGHT_RATE * LIGHT + HEAVY_RATE * HEAVY) / rate
    square = (LIGHT_RATE * LIGHT**2 + HEAVY_RATE * HEAVY**2) / rate
    shared = theory.mg1(rate, mean, (square / mean**2 - 1) ** 0.5)
    isolated = theory.mg1(LIGHT_RATE, LIGHT, 0)
    assert (shared.utilisation, isolated.utilisation) == pytest.approx((0.597, 0.297))
    assert shared.waiting_time == pytest.approx(0.3759, abs=5e-5)
    assert isolated.waiting_time == pytest.approx(0.00211, abs=5e-6)
