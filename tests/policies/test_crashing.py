"""Proves crashes: who dies before the work and who after, that groups die independently, that luck stays the same."""

from math import nan

import numpy as np
import pytest
from policies.laws import BUSY, Leaf, inject, jobs, lawful, outcomes

from course.patterns.event_driven import Consumers
from course.patterns.microservices import Service
from course.policies.crashing import Crashing
from course.simulation import simulate
from course.workload import Work, Workload

MANY = Workload(1_000, 10, Work(0, 0.0001, 0))


def near(share, expected, count):
    """Within four standard errors of a share among so many."""
    return abs(share - expected) <= 4 * (expected * (1 - expected) / count) ** 0.5


def died(design, workload=MANY):
    return simulate(design, workload).outcomes == 4


def test_before_no_work_is_done_and_after_all_of_it():
    trace = inject((0, 1), (5, 7))
    early, late = (simulate(Crashing(Leaf(), *shares), trace) for shares in ((1, 0), (0, 1)))
    assert outcomes(early) == outcomes(late) == ["lost", "lost"]
    assert (list(early.departure_times), jobs(early)) == ([0, 1], 0)
    assert (list(late.departure_times), jobs(late)) == ([5, 8], 2)


def test_chance_decides_where():
    """Below `before`; from there to the sum of both; above."""
    trace = inject(range(100), [0.5] * 100, luck=np.arange(100) / 100)
    chances = np.array([request.chance("crash leaf") for request in trace.requests()])
    run = simulate(Crashing(Leaf(), 0.3, 0.2), trace)
    assert np.array_equal(run.outcomes == 4, chances < 0.5)
    assert run.jobs["leaf"].request.tolist() == np.flatnonzero(chances >= 0.3).tolist()


def test_the_shares_by_many_events():
    run = simulate(Crashing(Leaf(), 0.1, 0.2), MANY)
    count = len(run.outcomes)
    assert near(run.share("lost"), 0.3, count) and near(jobs(run) / count, 0.9, count)


def test_two_groups_die_independently():
    one, other = (died(Crashing(Consumers(50, name=name), after=0.5)) for name in ("readers", "writers"))
    assert near(np.mean(one & other), 0.25, len(one))
    assert np.array_equal(one, died(Crashing(Consumers(99, name="readers"), after=0.5)))    # consumers change no luck


def test_a_refusal_goes_first():
    assert outcomes(simulate(Crashing(Leaf(ends=lambda request, call: "throttled"), after=1), inject((0,), (1,)))) == [
        "throttled"]


def test_laws():
    assert lawful(Crashing(Service("infer", 2), 0.1, 0.1), BUSY).share("lost") > 0.1


def test_the_bill_is_that_of_the_design():
    assert Crashing(Leaf()).bill(None, None) == {"leaf": 7.0}


@pytest.mark.parametrize("shares", [(-0.1, 0), (0, -0.1), (0.6, 0.5), (nan, 0)])
def test_impossible_numbers_are_refused(shares):
    with pytest.raises(ValueError, match=f"must be shares, together at most 1, got {shares[0]}, {shares[1]}"):
        Crashing(Leaf(), *shares)
