"""Proves the store: few connections, who waits and who is refused, Erlang B, and its bill."""

import pytest
from policies.laws import BUSY, agrees, inject, lawful, outcomes

from course import theory
from course.policies.store import Store
from course.prices import Prices
from course.run import measure
from course.simulation import replicate, simulate
from course.workload import Work, Workload


def test_a_connection_is_kept_for_an_answer_and_others_are_dropped():
    run = simulate(Store(2, 0.5), inject((0, 0.25, 0.375, 0.5), (9, 9, 9, 9)))
    assert outcomes(run) == ["completed", "completed", "dropped", "completed"]
    assert list(run.response_times) == [0.5, 0.5, 0.5]


def test_some_may_wait():
    run = simulate(Store(1, 0.5, 1), inject((0, 0, 0), (9, 9, 9)))
    assert outcomes(run) == ["completed", "completed", "dropped"]
    assert list(run.response_times) == [0.5, 1]


def test_the_share_dropped_is_erlang_b():
    """Which holds for any law of the times, such as equal ones."""
    runs = [run.after(10) for run in replicate(Store(4, 0.5), Workload(6, 1000, Work(0, 0, 0)))]
    found = measure(runs, lambda run: run.share("dropped"))
    expected = theory.erlang_b(4, 3)
    assert agrees(found, expected) and found.high - found.low < 0.1 * expected


def test_the_machine_is_paid_by_the_hour():
    prices, design = Prices.read(), Store()
    run = simulate(design, Workload(0.1, 7200, Work(0, 0, 0)))
    assert design.bill(run, prices) == pytest.approx({"store": 2 * prices.usd("rds_mysql_db.t3.large_single_az")})
    assert design.bill(run.after(3600), prices)["store"] == pytest.approx(design.bill(run, prices)["store"] / 2)


def test_laws():
    lawful(Store(1, 0.03, 2), BUSY)


@pytest.mark.parametrize("numbers, words", [
    ({"connections": 0}, "the capacity of pool 'connections' must be a whole number of at least 1, got 0"),
    ({"seconds": -1}, "seconds must be at least 0, got -1"),
    ({"queue_limit": -1}, "the queue_limit of pool 'connections' must be at least 0, got -1")])
def test_numbers_that_cannot_be_are_refused(numbers, words):
    with pytest.raises(ValueError, match=words):
        simulate(Store(**numbers), BUSY)
