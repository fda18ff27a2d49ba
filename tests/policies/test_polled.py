"""Proves polling: who comes waits for the next look, half a period on average."""

from math import nan

import numpy as np
import pytest
from policies.laws import BUSY, Leaf, inject, lawful, outcomes

from course.patterns.microservices import Service
from course.policies.polled import Polled
from course.simulation import simulate
from course.workload import Work, Workload


def test_all_that_came_since_are_found_at_once():
    """Looks at 0, 4 and 8: who comes at a look is seen by it."""
    run = simulate(Polled(Leaf(), 4), inject((0, 1, 3.5, 4, 4.25), (1, 1, 2, 3, 1)))
    assert run.jobs["leaf"].arrived.tolist() == [0, 4, 4, 4, 8]
    assert list(run.departure_times) == [1, 5, 6, 7, 9]


def test_the_mean_wait_is_half_a_period():
    """Arrivals by chance: uniform between two looks, with a standard deviation of a period over the root of 12."""
    run = simulate(Polled(Leaf(), 0.5), Workload(500, 20, Work(0, 0, 0)))
    waits = run.response_times
    assert abs(np.mean(waits) - 0.25) < 4 * 0.5 / (12 * len(waits)) ** 0.5
    assert waits.min() >= 0 and waits.max() < 0.5


def test_a_failure_is_passed_on():
    assert outcomes(simulate(Polled(Leaf(ends=lambda request, call: "lost"), 4), inject((1,), (1,)))) == ["lost"]


def test_laws():
    lawful(Polled(Service("infer", 3), 0.3), BUSY)


def test_the_bill_is_that_of_the_design():
    assert Polled(Leaf(), 1).bill(None, None) == {"leaf": 7.0}


@pytest.mark.parametrize("period", [0, -1, nan])
def test_impossible_numbers_are_refused(period):
    with pytest.raises(ValueError, match=f"period must be more than 0 seconds, got {period}"):
        Polled(Leaf(), period)
