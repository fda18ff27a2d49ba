"""P2: at a concurrency cap `simulate` rejects what SimFaaS published, and what Erlang B says once it is full."""

from itertools import pairwise

import numpy as np
import pytest

from course import theory
from course.laws import LogNormalLaw
from course.patterns.serverless import Serverless
from course.run import OUTCOMES, interval
from course.simulation import simulate
from course.workload import Work, Workload

pytestmark = pytest.mark.slow

# SimFaaS, example 03-Maximum-Concurrency-Level: 1,000 s, from empty.
RATE, WARM, COLD, CAP = 1000, 2.016, 2.163, 1000
REJECTED, RUNNING = 503_207 / 998_537, 998.43
BATCHES = np.linspace(20, 1000, 11)         # ten of 98 s: much longer than the 2 s of memory that the system has


@pytest.fixture(scope="module")
def run():
    design = Serverless(cold_start=LogNormalLaw(COLD - WARM), keep_alive=600, concurrency_limit=CAP, ramp=10 * CAP)
    return simulate(design, Workload(RATE, 1000, Work(0, WARM, 0), 2))


def batches(run, of):
    return interval([of(start, end) for start, end in pairwise(BATCHES)])


def rejected(run, start, end):
    mine = (run.arrival_times >= start) & (run.arrival_times < end)
    return np.mean(run.outcomes[mine] == OUTCOMES.index("throttled"))


def running(run, start, end):
    """The time average of the instances in use, from the times of their jobs."""
    visits = [run.jobs[pool] for pool in ("cold starts", "instances")]
    return sum(np.clip(np.nan_to_num(jobs.finished, nan=run.end), start, end).sum()
               - np.clip(jobs.started, start, end).sum() for jobs in visits) / (end - start)


def test_a_run_from_empty_is_the_published_one(judge, run):
    share, busy = rejected(run, 0, 1000), running(run, 0, 1000)
    judge([("P2 rejected of all", REJECTED, f"{share:.4f}", abs(share / REJECTED - 1) <= 0.01),
           ("P2 mean running", RUNNING, f"{busy:.2f}", abs(busy / RUNNING - 1) <= 0.01)])


def test_once_full_it_is_erlangs(judge, run):
    blocking = theory.erlang_b(CAP, RATE * WARM)
    share = batches(run, lambda start, end: rejected(run, start, end))
    busy = batches(run, lambda start, end: running(run, start, end))
    expected = RATE * WARM * (1 - blocking)
    judge([("P2 blocking, Erlang B", blocking, share, abs(share.mean / blocking - 1) <= 0.01),
           ("P2 running, Erlang B", expected, busy, abs(busy.mean / expected - 1) <= 0.01)])


def test_starting_empty_lowers_the_average(run):
    """The 1,000 instances are filled within the first seconds, and all cold starts are there."""
    assert running(run, 0, 20) < running(run, 20, 1000) - 10
    assert len(run.jobs["cold starts"].arrived) == CAP
    assert run.jobs["cold starts"].arrived.max() < 20
    assert RATE * WARM * (1 - theory.erlang_b(CAP, RATE * WARM)) == pytest.approx(999.02, abs=0.01)
