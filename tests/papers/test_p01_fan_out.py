"""P1: a request that asks 100 servers is slow in 63 % of cases when each server is slow in 1 %."""

import numpy as np
import pytest

from course.policies.fan_out import FanOut, TwoPoint
from course.run import measure
from course.simulation import replicate
from course.workload import Work, Workload

pytestmark = pytest.mark.slow

# leaves, share of slow answers, published percent of slow requests, what the formula 1 - (1 - share)^leaves gives, and
# requests in each of ten replications: half a point is 2.5 standard errors.
PUBLISHED = [(100, 0.01, 63, 63.40, 6000), (2000, 0.0001, 18, 18.13, 4000)]


def percent_slow(run):
    """Of those that come early enough to be answered, however slow."""
    early = run.arrival_times < run.end - 1
    return 100 * np.mean((run.departure_times - run.arrival_times)[early] > 0.5)


@pytest.mark.parametrize("leaves, share, published, exact, requests", PUBLISHED)
def test_the_share_of_slow_requests_is_the_published_one(judge, leaves, share, published, exact, requests):
    design = FanOut(leaves, TwoPoint(fast=0.01, slow=1, share=share))
    runs = replicate(design, Workload(100, 1 + requests / 100, Work(0, 0, 0)))
    ours = measure(runs, percent_slow)
    judge([(f"P1 percent slow, {leaves} leaves", exact, ours,
            ours.low <= exact <= ours.high and abs(ours.mean - exact) <= 0.5)])
    assert round(exact) == published and exact == pytest.approx(100 * (1 - (1 - share) ** leaves), abs=0.005)
