"""Proves provisioned instances: never cold, tried first, changed by the clock, and their bill."""

from dataclasses import replace

import pytest
from policies.laws import BUSY, inject, jobs, lawful, outcomes

from course.laws import LogNormalLaw
from course.patterns.serverless import Serverless
from course.policies.provisioned import Provisioned
from course.policies.retries import Retries
from course.policies.scheduled import Scheduled
from course.policies.store import Store
from course.prices import Prices
from course.simulation import simulate

TWO = Serverless(cold_start=LogNormalLaw(2), keep_alive=10)
ONE_READY = Provisioned(TWO, 1)


def test_the_first_is_warm_and_who_finds_it_taken_goes_the_usual_way():
    """The second starts an instance; the third finds both idle, and takes the one that is ready."""
    run = simulate(ONE_READY, inject((0, 1, 8), (3, 3, 4)))
    assert list(run.response_times) == [3, 5, 4]
    assert run.jobs["provisioned"].request.tolist() == [0, 2]
    assert run.jobs["instances"].request.tolist() == [1]


def test_it_is_there_after_any_time():
    run = simulate(ONE_READY, inject((0, 100_000), (1, 1)))
    assert list(run.response_times) == [1, 1]


def test_memory_limits_and_calls_are_those_of_the_function():
    slow = Provisioned(replace(TWO, memory_gb=1, full_speed_gb=2, time_limit=7, calls=Store(1, 1)))
    run = simulate(slow, inject((0, 20, 40, 40), (3, 4, 1, 1)))
    assert outcomes(run) == ["timed_out", "timed_out", "completed", "completed"]
    assert list(run.departure_times) == [7, 27, 43, 45]


def test_the_concurrency_limit_is_for_the_others():
    run = simulate(Provisioned(replace(TWO, concurrency_limit=1), 2), inject((0, 0, 0, 0), (9, 9, 9, 9)))
    assert outcomes(run) == ["completed"] * 3 + ["throttled"]


def test_their_number_follows_the_clock():
    design = Scheduled(ONE_READY, "provisioned", ((10, 3), (20, 1)))
    run = simulate(design, inject((0, 0, 15, 15, 15, 40, 40), (1, 1, 1, 1, 1, 1, 1), duration=100))
    assert jobs(run, "provisioned") == 1 + 3 + 1
    assert run.server_seconds("provisioned") == 10 + 3 * 10 + 80


def test_the_bill_by_hand():
    """An hour of 2 instances of 2 GB, at work for 3 + 4 s, beside one on demand with 2 s of start and 5 s of work."""
    prices, function = Prices.read(), replace(TWO, memory_gb=2, full_speed_gb=2)
    design = Provisioned(function, 2)
    bill = design.bill(simulate(design, inject((0, 0, 0), (3, 4, 5), duration=3600)), prices)
    gb_second = prices.usd("lambda_duration_x86")
    assert bill == pytest.approx({
        "requests": 3 * prices.usd("lambda_request") / 1e6, "duration": 2 * 5 * gb_second,
        "initialisation": 2 * 2 * gb_second,
        "provisioned": 2 * 2 * 3600 * prices.usd("lambda_provisioned_idle_x86"),
        "provisioned duration": 2 * 7 * prices.usd("lambda_provisioned_duration_x86")})


def test_laws():
    run = lawful(Provisioned(Serverless(keep_alive=0.5), 2), BUSY)
    assert jobs(run, "provisioned") + jobs(run, "instances") == len(run.arrival_times)
    assert jobs(run, "instances") > 0


def test_it_wraps_the_function_itself():
    with pytest.raises(ValueError, match="Provisioned wraps a Serverless itself, got Retries: put Retries around it"):
        Provisioned(Retries(TWO))


def test_there_is_at_least_one():
    with pytest.raises(ValueError, match="the capacity of pool 'provisioned' must be a whole number of at least 1"):
        simulate(Provisioned(TWO, 0), BUSY)
