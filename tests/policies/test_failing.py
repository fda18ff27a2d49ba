"""Proves lost calls: their share, that services fail independently of each other, and that luck stays the same."""

from itertools import pairwise
from math import nan

import numpy as np
import pytest
from policies.laws import BUSY, Leaf, inject, jobs, lawful, outcomes

from course.patterns.microservices import Microservices, Service
from course.policies.failing import Failing
from course.simulation import simulate
from course.workload import Work, Workload

MANY = Workload(1_000, 10, Work(0.0001, 0.0001, 0.0001))


def near(share, expected, count):
    """Within four standard errors of a share among so many."""
    return abs(share - expected) <= 4 * (expected * (1 - expected) / count) ** 0.5


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
def test_the_share_is_lost(share):
    run = simulate(Failing(Leaf(), share), MANY)
    assert near(run.share("lost"), share, len(run.outcomes))


def test_none_and_all():
    assert outcomes(simulate(Failing(Leaf(), 0), inject((0,), (1,)))) == ["completed"]
    assert outcomes(simulate(Failing(Leaf(), 1), inject((0,), (1,)))) == ["lost"]
    assert np.array_equal(simulate(Failing(Leaf(), 0), BUSY).departure_times,
                          simulate(Leaf(), BUSY).departure_times, equal_nan=True)


def test_a_lost_call_never_gets_there():
    run = simulate(Failing(Leaf(), 1), inject((0, 1), (5, 5)))
    assert (list(run.departure_times), jobs(run)) == ([0, 1], 0)


def test_a_chain_is_available_as_the_product():
    """Three services that each answer 90 % of the calls: 0.9^3 get through, and each loses a tenth of what it gets."""
    parts = {step: Failing(Service(step, 50), 0.1) for step in Work._fields}
    run = simulate(Microservices(**parts, hop_time=0), MANY)
    count = len(run.outcomes)
    assert near(1 - run.share("lost"), 0.9**3, count)
    reached = [count, *(jobs(run, step) for step in Work._fields)]
    for before, after in pairwise(reached):
        assert near(after / before, 0.9, before)


def test_another_number_of_replicas_loses_the_same_requests():
    few, more = (simulate(Failing(Service("infer", replicas), 0.2), BUSY) for replicas in (3, 30))
    assert np.array_equal(few.outcomes == 4, more.outcomes == 4)


def test_a_larger_share_loses_more_of_the_same():
    few, more = (simulate(Failing(Leaf(), share), BUSY).outcomes == 4 for share in (0.1, 0.2))
    assert np.all(more >= few) and more.sum() > few.sum()


def test_laws():
    assert lawful(Failing(Service("infer", 2), 0.2), BUSY).share("lost") > 0.1


def test_the_bill_is_that_of_the_design():
    assert Failing(Leaf(), 0.1).bill(None, None) == {"leaf": 7.0}


@pytest.mark.parametrize("share", [-0.1, 1.1, nan])
def test_impossible_numbers_are_refused(share):
    with pytest.raises(ValueError, match=f"share must lie between 0 and 1, got {share}"):
        Failing(Leaf(), share)
