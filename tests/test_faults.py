"""Proves the faults of a whole pool: one that hangs, and one that is slow, by exact times."""

import pytest
from policies.laws import inject

from course.faults import Hang, Slow
from course.patterns.microservices import Service
from course.simulation import simulate


def test_a_hung_pool_takes_requests_and_answers_none_until_it_is_over():
    """The one in service ends; those that come wait from 2 to 12, then are served in order."""
    run = simulate(Service("infer", 2), inject((0, 3, 4, 5, 20), (5, 1, 1, 1, 1)), (Hang("infer", 2, 10),))
    assert list(run.departure_times) == [5, 13, 13, 14, 21]
    assert run.share("completed") == 1


def test_those_that_wait_when_it_hangs_stay():
    run = simulate(Service("infer", 1), inject((0, 0), (3, 1)), (Hang("infer", 2, 10),))
    assert list(run.departure_times) == [3, 13]


def test_a_slow_pool_takes_longer_for_what_it_starts_meanwhile():
    """Slow from 2 to 10: begun before, 3 s stay 3; begun at 3 and 7, 1 s is 4; begun at 11, 1 s."""
    run = simulate(Service("infer", 1), inject((0, 1, 5, 5.5, 30), (3, 1, 1, 1, 1)), (Slow("infer", 2, 8, 4),))
    assert list(run.departure_times) == [3, 7, 11, 12, 31]


def test_two_spells_of_slowness_multiply():
    faults = (Slow("infer", 2, 20, 4), Slow("infer", 5, 5, 2))
    run = simulate(Service("infer", 9), inject((0, 3, 6, 12, 30), (1, 1, 1, 1, 1)), faults)
    assert list(run.departure_times) == [1, 7, 14, 16, 31]


def test_two_spells_that_overlap_both_end():
    faults = (Slow("infer", 2, 8, 4), Slow("infer", 5, 15, 2))
    run = simulate(Service("infer", 9), inject((3, 6, 12, 30), (1, 1, 1, 1)), faults)
    assert list(run.departure_times) == [7, 14, 14, 31]


@pytest.mark.parametrize("fault", [Hang("gpu", 0, 1), Slow("gpu", 0, 1, 2)])
def test_a_pool_that_is_not_there_is_named(fault):
    with pytest.raises(ValueError, match="this design has the pools infer, not 'gpu'"):
        simulate(Service("infer"), inject((0,), (1,)), (fault,))


def test_no_time_at_all_is_refused():
    with pytest.raises(ValueError, match="times must be more than 0, got 0"):
        Slow("infer", 0, 1, 0)
