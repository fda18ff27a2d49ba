"""Proves the breaker: when it opens, tries out and closes, by hand; and that old calls prove nothing."""

from math import nan

import numpy as np
import pytest
from policies.laws import BUSY, Leaf, inject, jobs, lawful, outcomes

from course import data
from course.patterns.monolith import Monolith
from course.policies.breaker import CircuitBreaker
from course.policies.timeout import Timeout
from course.simulation import simulate

DEFAULTS = {row["name"]: row["value"] for row in data.rows("platform_defaults")}


def breaker(*failing, **other):
    """Opens for 10 s at two failures among four calls; two trials. These requests fail."""
    leaf = Leaf(lambda request, call: "lost" if request.id in failing else None)
    return CircuitBreaker(leaf, **{"failures": 0.5, "window": 4, "open_for": 10, "trials": 2} | other)


def ends(design, times, seconds=0.0):
    """The outcomes, by their first letter, of requests at these times that all last so long."""
    seconds = [seconds] * len(times) if isinstance(seconds, float) else seconds
    return "".join(outcome[0] for outcome in outcomes(simulate(design, inject(times, seconds))))


def test_it_opens_when_the_share_is_reached_and_refuses_at_once():
    """Calls 1 and 3 of the first four fail: open from 3, so those at 4 and 12.9 are dropped without a call."""
    run = simulate(breaker(1, 3), inject((0, 1, 2, 3, 4, 12.9), [0] * 6))
    assert outcomes(run) == ["completed", "lost", "completed", "lost", "dropped", "dropped"]
    assert list(run.departure_times) == [0, 1, 2, 3, 4, 12.9]
    assert jobs(run) == 4


def test_it_needs_a_full_window():
    assert ends(breaker(0, 1, 2), (0, 1, 2, 3, 4)) == "lllcd"


def test_failures_leave_the_window_in_time():
    """Never two failures among four neighbours."""
    assert ends(breaker(0, 4, 8), range(12)) == "lccclccclccc"
    assert ends(breaker(0, 4, 7), range(12)) == "lccclccldddd"


def test_trials_pass_when_the_time_is_over_and_others_do_not():
    """Open from 3; half open at 13. Two of three calls that last half a second pass; then it is closed."""
    times = (0, 1, 2, 3, 13, 13, 13, 13.5, 14)
    assert ends(breaker(1, 3), times, [0, 0, 0, 0, 0.5, 0.5, 0.5, 0, 0]) == "clclccdcc"


def test_it_stays_half_open_while_a_trial_lasts():
    assert ends(breaker(1, 3), (0, 1, 2, 3, 13, 14, 500, 1_013), [0, 0, 0, 0, 1_000.0, 0, 0, 0]) == "clclccdc"


def test_a_failing_trial_opens_it_again():
    """The trial at 13 fails: open until 23, when two trials succeed."""
    assert ends(breaker(1, 3, 4), (0, 1, 2, 3, 13, 13, 22.9, 23, 24, 25, 26)) == "clcllddcccc"


def test_after_closing_the_window_is_new():
    """Closed at 14, one failure at 15 does not fill a window; two among 14.5, 15, 16, 17 do."""
    times = (0, 1, 2, 3, 13, 14, 14.5, 15, 16, 17, 18)
    assert ends(breaker(1, 3, 7, 9), times) == "clclccclcld"


def test_a_call_of_an_earlier_state_proves_nothing():
    """The call sent at 0 fails at 13.5, when the breaker is half open: the trials at 13 and 14 close it."""
    times = (0, 1, 1, 2, 2, 13, 14, 15)
    design = breaker(0, 1, 2, window=4)
    assert ends(design, times, [13.5, 0, 0, 0, 0, 0, 0, 0]) == "lllccccc"


def test_it_spares_a_service_that_is_down():
    """Of 1,000 calls in 1,000 s to a dead service 4 pass before it opens, then one trial each 10 s."""
    run = simulate(breaker(*range(1_000)), inject(range(1_000), [0] * 1_000))
    assert jobs(run) == 4 + 99


def test_a_refusal_of_a_pool_is_a_failure():
    design = CircuitBreaker(Monolith(1, queue_limit=0), window=2, open_for=9, trials=1)
    assert ends(design, (0, 0, 1, 2), 0.5) == "cddd"


def test_an_open_breaker_is_shut_to_all_that_come():
    run = lawful(CircuitBreaker(Timeout(Monolith(2), 0.15), window=20, open_for=2, trials=3), BUSY)
    assert run.share("dropped") > 0.1 and run.share("completed") > 0.1
    assert np.all((run.departure_times == run.arrival_times)[run.outcomes == 1])


def test_defaults_are_those_of_resilience4j():
    default = CircuitBreaker(Leaf())
    assert default.failures == float(DEFAULTS["circuit_failure_rate_threshold"]) / 100
    assert str(default.window) == DEFAULTS["circuit_window"] == DEFAULTS["circuit_minimum_calls"]
    assert default.open_for == float(DEFAULTS["circuit_open_wait"])
    assert str(default.trials) == DEFAULTS["circuit_half_open_calls"]


def test_the_bill_is_that_of_the_design():
    assert breaker().bill(None, None) == {"leaf": 7.0}


@pytest.mark.parametrize("wrong", [{"failures": 0}, {"failures": 1.1}, {"window": 0}, {"window": 2.5}, {"open_for": -1},
                                   {"trials": 0}, {"open_for": nan}])
def test_impossible_numbers_are_refused(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be .*, got {next(iter(wrong.values()))}"):
        CircuitBreaker(Leaf(), **wrong)
