"""P5: `simulate` waits as Erlang C says, with 1 to 64 workers at 80 % load."""

import numpy as np
import pytest

from course import theory
from course.patterns.monolith import Monolith
from course.simulation import simulate
from course.workload import Work, Workload

pytestmark = pytest.mark.slow

# workers: share that waits, mean wait over mean work (both as published), requests in each of twenty replications
PUBLISHED = {1: (0.8, 4, 25_000), 2: (0.7111, 1.778, 30_000), 4: (0.5964, 0.7455, 40_000), 8: (0.4576, 0.286, 55_000),
             16: (0.3049, 0.0953, 80_000), 32: (0.1606, 0.0251, 150_000), 64: (0.0561, 0.0044, 450_000)}
LOAD = 0.8


def measures(workers, requests, seed):
    """The share of requests that wait, their mean wait in units of the mean work, and the load that the workers met."""
    rate, warm_up = LOAD * workers, 10 + 500 / workers
    run = simulate(Monolith(workers), Workload(rate, warm_up + requests / rate, Work(0, 1, 0), seed)).after(warm_up)
    times = run.waiting_times("workers")
    return np.mean(times > 0), np.mean(times), run.utilisation("workers")


def row(what, published, ours):
    return what, published, ours, ours.low <= published <= ours.high and abs(ours.mean / published - 1) <= 0.03


@pytest.mark.parametrize("workers", PUBLISHED)
def test_simulated_waiting_covers_the_published_value_within_three_percent(judge, at_known_load, workers):
    share, wait, requests = PUBLISHED[workers]
    seeds = range(100 * workers, 100 * workers + 20)        # other draws for each row: one unlucky set hits one row
    shares, waits, loads = zip(*[measures(workers, requests, seed) for seed in seeds])
    judge([row(f"P5 share that waits, {workers} workers", share, at_known_load(shares, loads, LOAD)),
           row(f"P5 mean wait / work, {workers} workers", wait, at_known_load(waits, loads, LOAD))])


def test_the_published_table_is_erlang_c_rounded():
    for workers, (share, wait, _) in PUBLISHED.items():
        queue = theory.mmc(0.8 * workers, 1, workers)
        assert float(f"{queue.waiting_probability:.4f}") == share
        assert queue.waiting_time == pytest.approx(wait, abs=0.0005 if wait > 1 else 0.00005)
