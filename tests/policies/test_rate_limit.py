"""Proves the rate limit: by hand, as a bound over every stretch of time, and kind by kind."""

from math import nan

import numpy as np
import pytest
from policies.laws import BUSY, Asked, Leaf, inject, jobs, lawful, outcomes

from course.policies.rate_limit import RateLimited
from course.simulation import simulate
from course.workload import Mixed, Work, Workload


def throttled(times, rate, burst):
    """The places of those that are turned away."""
    run = simulate(RateLimited(Leaf(), rate, burst), inject(times, [0] * len(times)))
    assert set(outcomes(run)) <= {"completed", "throttled"}
    return [place for place, outcome in enumerate(outcomes(run)) if outcome == "throttled"]


def test_tokens_by_hand():
    """Three at first; at 0.5 half a token is too little, at 1 there is one, at 9 three again and not eight."""
    assert throttled((0, 0, 0, 0, 0.5, 1, 1, 9, 9, 9, 9), rate=1, burst=3) == [3, 4, 6, 10]


def test_who_is_turned_away_takes_no_token():
    assert throttled((0, 0.4, 0.8, 1), rate=1, burst=1) == [1, 2]


@pytest.mark.parametrize("rate", [0.7, 3, 10])
def test_requests_that_come_just_on_time_get_through(rate):
    assert throttled([number / rate for number in range(1_000)], rate, burst=1) == []


def test_it_is_turned_away_at_once_and_does_no_work():
    run = simulate(RateLimited(Leaf(), 1, 1), inject((0, 0.25), (1, 1)))
    assert (list(run.departure_times), jobs(run)) == ([1, 0.25], 1)


def test_no_stretch_of_time_lets_more_through_than_burst_and_rate():
    """For every pair of passes, the number from the first to the second is at most burst + rate x the time between."""
    run = simulate(RateLimited(Leaf(), 10, 5), Workload(20, 30, Work(0, 0.1, 0)))
    passed = run.jobs["leaf"].arrived
    places = np.arange(len(passed))
    number = places[None, :] - places[:, None] + 1
    assert np.all(number <= 5 + 10 * (passed[None, :] - passed[:, None]) + 1e-6)


def test_a_flood_gets_through_at_the_rate():
    """When tokens are never left over, 5 + 10 x 30 get through: all but the last, which may lack a part."""
    run = simulate(RateLimited(Leaf(), 10, 5), Workload(200, 30, Work(0, 0.1, 0)))
    assert 5 + 10 * 30 - 2 <= jobs(run) <= 5 + 10 * 30


def test_each_kind_has_a_bucket():
    """A flood of one kind does not touch the other, which stays below the rate."""
    kinds = ("bulk", "bulk", "paid", "bulk", "paid")
    run = simulate(RateLimited(Leaf(), 1, 1), Asked((0, 0, 0, 0, 1), (1,) * 5, kinds))
    assert outcomes(run) == ["completed", "throttled", "completed", "throttled", "completed"]


def test_laws():
    kinds = Mixed((Workload(40, 10, Work(0, 0.02, 0), kind="bulk"), Workload(2, 10, Work(0, 0.02, 0), kind="paid")))
    run = lawful(RateLimited(Leaf(), 10, 10), kinds)
    refused = [request.kind for request in kinds.requests() if run.outcomes[request.id] == 2]
    assert set(refused) == {"bulk"}


def test_a_wide_bucket_changes_nothing():
    assert np.array_equal(simulate(RateLimited(Leaf(), 1, 1e6), BUSY).outcomes, simulate(Leaf(), BUSY).outcomes)


def test_the_bill_is_that_of_the_design():
    assert RateLimited(Leaf(), 1, 1).bill(None, None) == {"leaf": 7.0}


@pytest.mark.parametrize("wrong", [{"rate": 0}, {"burst": 0.5}, {"rate": nan}])
def test_impossible_numbers_are_refused(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be .*, got {next(iter(wrong.values()))}"):
        RateLimited(Leaf(), **{"rate": 1, "burst": 1} | wrong)
