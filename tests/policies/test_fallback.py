"""Proves the fallback: who gets a stand-in answer, when, and that each one is counted."""

from math import nan

import numpy as np
import pytest
from policies.laws import BUSY, Leaf, inject, jobs, lawful, outcomes

from course.patterns.microservices import Microservices, Service
from course.patterns.monolith import Monolith
from course.policies.failing import Failing
from course.policies.fallback import Fallback
from course.policies.timeout import Timeout
from course.simulation import simulate


def test_a_failed_call_is_answered_after_a_while():
    """The second fails after 1 s, and gets its stand-in 0.25 s later."""
    leaf = Leaf(lambda request, call: "lost" if request.id == 1 else None)
    run = simulate(Fallback(leaf, 0.25), inject((0, 0), (1, 1)))
    assert (outcomes(run), list(run.departure_times)) == (["completed"] * 2, [1, 1.25])
    assert list(run.jobs["fallback"].request) == [1]


@pytest.mark.parametrize("outcome", ["dropped", "throttled", "timed_out", "lost"])
def test_every_failure_is_answered(outcome):
    run = simulate(Fallback(Leaf(lambda request, call: outcome)), inject((0,), (1,)))
    assert (outcomes(run), jobs(run, "fallback")) == (["completed"], 1)


def test_a_refusal_of_a_pool_is_answered():
    run = simulate(Fallback(Monolith(1, queue_limit=0), 0.5, name="stale"), inject((0, 0), (1, 1)))
    assert (list(run.departure_times), jobs(run, "stale")) == ([1, 0.5], 1)


def test_many_are_answered_at_once():
    run = simulate(Fallback(Leaf(lambda request, call: "lost"), 1), inject([0] * 500, [0] * 500))
    assert set(run.departure_times) == {1}


def test_it_answers_just_those_that_fail_without_it():
    bare = Failing(Leaf(), 0.3)
    without, run = simulate(bare, BUSY), lawful(Fallback(bare), BUSY)
    failed = np.flatnonzero(without.outcomes == 4)
    assert len(failed) > 100 and np.array_equal(run.jobs["fallback"].request, failed)


def test_around_one_service_the_others_go_on():
    """The model is too slow for the second: the stand-in goes on to `respond`."""
    design = Microservices(infer=Fallback(Timeout(Service("infer"), 1)), hop_time=0)
    run = lawful(design, inject((0, 0), (0.5, 3), duration=9))
    assert outcomes(run) == ["completed", "completed"]
    assert jobs(run, "respond") == 2


def test_the_bill_is_that_of_the_design():
    assert Fallback(Leaf()).bill(None, None) == {"leaf": 7.0}


@pytest.mark.parametrize("seconds", [-1, nan])
def test_impossible_numbers_are_refused(seconds):
    with pytest.raises(ValueError, match=f"seconds must be at least 0, got {seconds}"):
        Fallback(Leaf(), seconds)
