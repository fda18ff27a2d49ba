"""P8: with the load and beta of its square roots as workers, `simulate` gives Halfin and Whitt's share that waits."""

import numpy as np
import pytest

from course import theory
from course.patterns.monolith import Monolith
from course.simulation import simulate
from course.workload import Work, Workload

pytestmark = pytest.mark.slow

LOAD = 400
# beta: published limit, replications, requests in each. With so many the share has a standard error of at most 0.007
# (found with other seeds), half of what the finite system, which lies above the limit, leaves of the gate. With a small
# beta a run must be long, not only many: else most of them are all waiting or none, and no plane fits them.
PUBLISHED = {0.1: (0.8803, 10, 100_000), 0.5: (0.5045, 20, 32_000), 1: (0.2234, 20, 18_000), 1.5: (0.0847, 20, 5000),
             2: (0.0269, 20, 3000)}


def replication(workers, beta, requests, seed):
    warm_up = 10 + 20 / beta
    return simulate(Monolith(workers), Workload(LOAD, warm_up + requests / LOAD, Work(0, 1, 0), seed)).after(warm_up)


@pytest.mark.parametrize("beta", PUBLISHED)
def test_simulated_share_is_near_the_published_limit(judge, at_known, controls, known_controls, beta):
    published, times, requests = PUBLISHED[beta]
    workers, first = round(theory.staffing(LOAD, beta)), round(1000 * beta)
    runs = [replication(workers, beta, requests, seed) for seed in range(first, first + times)]
    shares = [np.mean(run.waiting_times("workers") > 0) for run in runs]
    ours = at_known(shares, [controls(run, workers) for run in runs], known_controls(LOAD, workers))
    judge([(f"P8 share that waits, beta {beta}", published, ours, abs(ours.mean - published) <= 0.02)])


def test_the_limit_lies_below_the_finite_system():
    for beta, (published, *_) in PUBLISHED.items():
        exact = theory.erlang_c(round(theory.staffing(LOAD, beta)), LOAD)
        assert published < exact < published + 0.02
