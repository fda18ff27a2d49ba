"""Proves the queue in front: nobody is refused, turns are in order, it is M/M/c in theory, and its bill."""

import pytest
from policies.laws import BUSY, Leaf, agrees, inject, jobs, lawful, outcomes

from course import data, theory
from course.laws import LogNormalLaw
from course.patterns.serverless import Serverless
from course.policies.queued import Queued
from course.prices import Prices
from course.run import measure
from course.simulation import replicate, simulate
from course.workload import Work, Workload

TWO = Serverless(cold_start=LogNormalLaw(2), keep_alive=10, concurrency_limit=1)


def test_who_would_be_throttled_waits_for_a_turn():
    """One at a time: from 0 to 5, from 5 to 6, from 6 to 8; all on the same instance."""
    trace = inject((0, 1, 1), (3, 1, 2))
    assert outcomes(simulate(TWO, trace)) == ["completed", "throttled", "throttled"]
    run = simulate(Queued(TWO, 1), trace)
    assert list(run.departure_times) == [5, 6, 8]
    assert list(run.waiting_times("queue")) == [0, 4, 5]
    assert jobs(run, "cold starts") == 1


def test_more_turns_than_the_function_takes_are_throttled():
    assert outcomes(simulate(Queued(TWO, 2), inject((0, 0), (1, 1)))) == ["completed", "throttled"]


def test_a_failure_is_passed_on_and_ends_the_turn():
    run = simulate(Queued(Leaf(ends=lambda request, call: "lost"), 1), inject((0, 0), (1, 2)))
    assert (outcomes(run), list(run.departure_times)) == (["lost", "lost"], [1, 3])


@pytest.mark.parametrize("retention, ends", [(5, ["completed", "completed", "completed"]),
                                             (4.5, ["completed", "completed", "lost"]),
                                             (1, ["completed", "lost", "completed"])])
def test_who_waited_for_too_long_is_lost(retention, ends):
    """One at a time, work until 2 + 3 = 5: the second waits for 3 s. Then until 7, if anybody works on it; the third
    waits for 5 s, or for 1 s after the second was lost at 3."""
    run = simulate(Queued(Leaf(), 1, retention=retention), inject((0, 0, 2), (3, 4, 1)))
    assert outcomes(run) == ends


def test_with_warm_instances_it_is_mmc():
    """Three turns: M/M/3, since a new turn finds the instance of the one that has ended."""
    warm = Queued(Serverless(cold_start=LogNormalLaw(0)), 3)
    runs = [run.after(50) for run in replicate(warm, Workload(2, 2000, Work(0, 1, 0)))]
    expected = theory.mmc(2, 1, 3).response_time
    found = measure(runs, lambda run: run.mean_response)
    assert agrees(found, expected) and found.high - found.low < 0.15 * expected


def test_the_default_is_that_of_sqs():
    assert Queued(TWO).most == float(data.row("platform_defaults", "lambda_sqs_concurrency_max")["value"])


def test_three_messages_are_paid_for_each_request():
    prices, design = Prices.read(), Queued(TWO, 1)
    run = simulate(design, inject((0, 1, 1), (3, 1, 2)))
    bill = design.bill(run, prices)
    assert bill.pop("queue") == pytest.approx(3 * 3 * prices.usd("sqs_standard_request") / 1e6)
    assert bill == TWO.bill(run, prices)


def test_laws():
    run = lawful(Queued(Serverless(keep_alive=0.5), 2), BUSY)
    assert jobs(run, "queue") == len(run.arrival_times)


@pytest.mark.parametrize("numbers, words", [({"most": 0}, "the capacity of pool 'queue' must be a whole number"),
                                            ({"messages": -1}, "messages must be at least 0, got -1"),
                                            ({"retention": -1}, "retention must be at least 0, got -1")])
def test_numbers_that_cannot_be_are_refused(numbers, words):
    with pytest.raises(ValueError, match=words):
        simulate(Queued(TWO, **numbers), BUSY)
