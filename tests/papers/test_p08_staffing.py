"""P8: with the load and beta of its square roots as workers, `simulate` gives Halfin and Whitt's share that waits."""

import numpy as np
import pytest

from course import theory
from course.patterns.monolith import Monolith
from course.simulation import simulate
from course.workload import Work, Workload

pytestmark = pytest.mark.slow

LOAD = 400
# beta: published limit, requests in each of twenty replications
PUBLISHED = {0.1: (0.8803, 100_000), 0.5: (0.5045, 65_000), 1: (0.2234, 50_000), 1.5: (0.0847, 30_000),
             2: (0.0269, 15_000)}


def share_and_load(beta, requests, seed):
    """The share of requests that wait, and the mean number of busy workers, of which theory says that it is LOAD."""
    workers, warm_up = round(theory.staffing(LOAD, beta)), 10 + 20 / beta
    workload = Workload(LOAD, warm_up + requests / LOAD, Work(0, 1, 0), seed)
    run = simulate(Monolith(workers), workload).after(warm_up)
    return np.mean(run.waiting_times("workers") > 0), run.utilisation("workers") * workers


@pytest.mark.parametrize("beta", PUBLISHED)
def test_simulated_share_is_near_the_published_limit(judge, at_known_load, beta):
    published, requests = PUBLISHED[beta]
    first = round(1000 * beta)
    shares, loads = zip(*[share_and_load(beta, requests, seed) for seed in range(first, first + 20)])
    ours = at_known_load(shares, loads, LOAD)
    judge([(f"P8 share that waits, beta {beta}", published, ours, abs(ours.mean - published) <= 0.02)])


def test_the_limit_lies_below_the_finite_system():
    for beta, (published, _) in PUBLISHED.items():
        exact = theory.erlang_c(round(theory.staffing(LOAD, beta)), LOAD)
        assert published < exact < published + 0.02
