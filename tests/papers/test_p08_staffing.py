"""P8: with the load and beta of its square roots as workers, `simulate` lets the share wait that Halfin and Whitt give."""

import numpy as np
import pytest

from course import theory
from course.patterns.monolith import Monolith
from course.run import interval
from course.simulation import simulate
from course.workload import Work, Workload

LOAD = 400
# beta: published limit, requests in each of ten replications
PUBLISHED = {0.1: (0.8803, 400_000), 0.5: (0.5045, 200_000), 1: (0.2234, 150_000), 1.5: (0.0847, 80_000),
             2: (0.0269, 60_000)}


def share_and_busy(workers, requests, seed):
    """The share of requests that wait, and the mean number of busy workers, of which theory says that it is LOAD."""
    warm_up = requests / LOAD / 4
    workload = Workload(LOAD, warm_up + requests / LOAD, Work(0, 1, 0), seed)
    run = simulate(Monolith(workers), workload).after(warm_up)
    return np.mean(run.waiting_times("workers") > 0), run.utilisation("workers") * workers


def adjusted(values, controls, known):
    """The values, freed from what the controls explain: both move with the luck of the arrivals and the work.

    Control variates; Law, Simulation Modeling and Analysis, chapter 11. Costs a degree of freedom, of ten.
    """
    slope, _ = np.polyfit(controls, values, 1)
    return np.asarray(values) - slope * (np.asarray(controls) - known)


@pytest.mark.parametrize("beta", PUBLISHED)
def test_simulated_share_is_near_the_published_limit(judge, beta):
    published, requests = PUBLISHED[beta]
    workers = round(theory.staffing(LOAD, beta))
    shares, busy = zip(*[share_and_busy(workers, requests, seed) for seed in range(1, 11)])
    ours = interval(adjusted(shares, busy, LOAD))
    judge([(f"P8 share that waits, beta {beta}", published, ours, abs(ours.mean - published) <= 0.02)])


def test_the_limit_lies_below_the_finite_system():
    for beta, (published, _) in PUBLISHED.items():
        exact = theory.erlang_c(round(theory.staffing(LOAD, beta)), LOAD)
        assert published < exact < published + 0.02
