"""Proves the fan-out: the slowest leaf decides, chance gives each leaf its own time, and a common factor ties them."""

from math import exp, log, sqrt

import numpy as np
import pytest
from policies.laws import BUSY, inject, lawful

from course.patterns.microservices import Microservices
from course.policies.fan_out import Always, FanOut, Quantiles, TwoPoint
from course.simulation import simulate
from course.workload import Injected, Request, Work, Workload

MANY = Workload(100, 60, Work(0, 1, 0))                 # 6,000 requests
NO_WORK = (Work(0, 0, 0),)


def times(leaves, law, luck):
    """What each leaf takes by the luck of the request, in order."""
    request = Request(0, 0.0, Work(0, 0, 0), "request", 0, luck)
    return sorted(law.quantile(request.chance("leaf", leaf)) for leaf in range(leaves))


def test_the_slowest_leaf_decides():
    law = Quantiles(1, 5, 10)
    run = simulate(FanOut(20, law), Injected((3,), NO_WORK, luck=(0.123,)))
    assert run.response_times == pytest.approx([times(20, law, 0.123)[-1]])


@pytest.mark.parametrize("enough, last", [(0.05, 1), (0.5, 10), (0.51, 11), (0.95, 19), (1, 20)])
def test_a_share_of_the_leaves_is_enough(enough, last):
    law = Quantiles(1, 5, 10)
    run = simulate(FanOut(20, law, enough=enough), Injected((0,), NO_WORK, luck=(0.123,)))
    assert run.response_times == pytest.approx([times(20, law, 0.123)[last - 1]])


def test_leaves_are_never_busy_with_others():
    run = simulate(FanOut(3, Always(2)), inject((0, 0, 1), (9, 9, 9)))
    assert list(run.departure_times) == [2, 2, 3]


def test_a_common_factor_holds_for_all_leaves():
    run = simulate(FanOut(5, Always(2), Always(3)), inject((0,), (1,)))
    assert list(run.response_times) == [6]


@pytest.mark.parametrize("leaves, share", [(1, 0.01), (20, 0.02), (100, 0.01)])
def test_the_share_of_requests_that_meet_a_slow_leaf(leaves, share):
    """1 - (1 - p)^n, within 4 standard errors."""
    run = simulate(FanOut(leaves, TwoPoint(0.01, 1, share)), MANY)
    expected = 1 - (1 - share) ** leaves
    assert abs(np.mean(run.response_times > 0.5) - expected) < 4 * sqrt(expected * (1 - expected) / 6000)


def test_leaves_that_are_slow_together_spare_most_requests():
    """A factor alone is slow for 1 % of the requests, not for 63 %."""
    run = simulate(FanOut(100, Always(0.01), TwoPoint(1, 100, 0.01)), MANY)
    assert abs(np.mean(run.response_times > 0.5) - 0.01) < 4 * sqrt(0.01 * 0.99 / 6000)


def test_quantiles_pass_through_the_measured_ones_on_straight_lines():
    law = Quantiles(1, 5, 10)
    assert [law.quantile(p) for p in (0.5, 0.95, 0.99)] == pytest.approx([1, 5, 10])
    middle = 1 - sqrt(0.05 * 0.01)                      # half the way on the logarithm of what is above
    assert law.quantile(middle) == pytest.approx(sqrt(5 * 10))
    assert law.quantile(1 - sqrt(0.5 * 0.05)) == pytest.approx(sqrt(1 * 5))
    assert law.quantile(0.9999) == pytest.approx(10 * exp(log(2) * log(100) / log(5)))
    assert np.all(np.diff([law.quantile(p) for p in np.linspace(0, 0.9999, 999)]) > 0)


def test_two_points_are_slow_for_their_share():
    law = TwoPoint(1, 9, 0.25)
    assert [law.quantile(p) for p in (0, 0.74, 0.75, 0.99)] == [1, 1, 9, 9]
    assert TwoPoint(1, 9, 0).quantile(0.999999) == 1


def test_it_can_stand_for_a_service_and_others_pay():
    run = simulate(Microservices(infer=FanOut(4, Always(2)), hop_time=0), inject((0,), (9,)))
    assert run.response_times == pytest.approx([2 + 0.0005])        # the gateway reads the request
    assert FanOut(4, Always(2)).bill(run, None) == {}


def test_laws():
    lawful(FanOut(10, Quantiles(0.001, 0.005, 0.01)), BUSY)


@pytest.mark.parametrize("make, words", [
    (lambda: FanOut(0, Always(1)), "leaves must be at least 1, got 0"),
    (lambda: FanOut(2, Always(1), enough=0), "enough must be a share above 0 and at most 1, got 0"),
    (lambda: TwoPoint(1, 2, 1.5), "must lie between 0 and 1, got 1.5"),
    (lambda: Quantiles(1, 5, 4), "in order, got 1, 5, 4"),
    (lambda: Quantiles(0, 5, 6), "above 0"),
])
def test_numbers_that_cannot_be_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
