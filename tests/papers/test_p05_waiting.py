"""P5: `simulate` waits as Erlang C says, with 1 to 64 workers at 80 % load."""

import numpy as np
import pytest

from course import theory
from course.patterns.monolith import Monolith
from course.run import interval
from course.simulation import simulate
from course.workload import Work, Workload

# workers: share that waits, mean wait over mean work (both as published), requests in each of ten replications
PUBLISHED = {1: (0.8, 4, 45_000), 2: (0.7111, 1.778, 55_000), 4: (0.5964, 0.7455, 70_000), 8: (0.4576, 0.286, 100_000),
             16: (0.3049, 0.0953, 180_000), 32: (0.1606, 0.0251, 300_000), 64: (0.0561, 0.0044, 850_000)}


def waits(workers, requests, seed):
    """The share of requests that wait, and the mean wait in units of the mean work."""
    rate = 0.8 * workers
    warm_up = 10 + 1000 / workers
    workload = Workload(rate, warm_up + requests / rate, Work(0, 1, 0), seed)
    times = simulate(Monolith(workers), workload).after(warm_up).waiting_times("workers")
    return np.mean(times > 0), np.mean(times)


def row(what, published, values):
    ours = interval(values)
    met = ours.low <= published <= ours.high and abs(ours.mean / published - 1) <= 0.03
    return what, published, ours, met


@pytest.mark.parametrize("workers", PUBLISHED)
def test_simulated_waiting_covers_the_published_value_within_three_percent(judge, workers):
    share, wait, requests = PUBLISHED[workers]
    shares, times = zip(*[waits(workers, requests, seed) for seed in range(1, 11)])
    judge([row(f"P5 share that waits, {workers} workers", share, shares),
           row(f"P5 mean wait / work, {workers} workers", wait, times)])


def test_the_published_table_is_erlang_c_rounded():
    for workers, (share, wait, _) in PUBLISHED.items():
        queue = theory.mmc(0.8 * workers, 1, workers)
        assert float(f"{queue.waiting_probability:.4f}") == share
        assert queue.waiting_time == pytest.approx(wait, abs=0.0005 if wait > 1 else 0.00005)
