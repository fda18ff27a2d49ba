"""Proves the timeout: when the caller gives up, that the work goes on, and the share that theory gives."""

from math import exp, inf, nan, nextafter

import pytest
from policies.laws import BUSY, Leaf, agrees, inject, lawful, outcomes

from course.patterns.microservices import Microservices, Service
from course.patterns.monolith import Monolith
from course.policies.timeout import Timeout
from course.run import measure
from course.simulation import replicate, simulate
from course.workload import Work, Workload


def test_the_caller_gives_up_and_the_work_goes_on():
    """Two need 2 s and 1 s of one server: both callers leave at 1.5, the server is free at 3, just for the third."""
    run = simulate(Timeout(Service("infer"), 1.5), inject((0, 0, 3), (2, 1, 1)))
    assert outcomes(run) == ["timed_out", "timed_out", "completed"]
    assert list(run.departure_times) == [1.5, 1.5, 4]
    assert list(run.jobs["infer"].started) == [0, 2, 3]
    assert list(run.jobs["infer"].finished) == [2, 3, 4]


@pytest.mark.parametrize("seconds, outcome", [(1, "timed_out"), (nextafter(1, inf), "completed")])
def test_an_answer_at_the_very_limit_is_too_late(seconds, outcome):
    assert outcomes(simulate(Timeout(Leaf(), seconds), inject((0,), (1,)))) == [outcome]
    waited = simulate(Timeout(Service("infer"), seconds), inject((0, 0), (0.5, 0.5)))
    assert outcomes(waited) == ["completed", outcome]


def test_the_shorter_of_two_limits_counts():
    for design in (Timeout(Timeout(Leaf(), 1), 2), Timeout(Timeout(Leaf(), 2), 1)):
        run = simulate(design, inject((0,), (5,)))
        assert (outcomes(run), list(run.departure_times)) == (["timed_out"], [1])


def test_other_outcomes_pass():
    run = simulate(Timeout(Monolith(1, queue_limit=0), 9), inject((0, 0), (1, 1)))
    assert outcomes(run) == ["completed", "dropped"]
    assert outcomes(simulate(Timeout(Leaf(lambda request, call: "lost"), 9), inject((0,), (1,)))) == ["lost"]


def test_the_share_is_that_of_theory():
    """M/M/1: since the work goes on, the response time exceeds t with probability exp(-(mu - lambda) t)."""
    runs = replicate(Timeout(Monolith(1), 0.2), Workload(5, 200, Work(0, 0.1, 0)))
    found = measure(runs, lambda run: run.after(20).share("timed_out"))
    assert agrees(found, exp(-(10 - 5) * 0.2))


def test_around_one_service_it_ends_the_whole_request():
    design = Microservices(infer=Timeout(Service("infer"), 1), hop_time=0)
    run = simulate(design, inject((0, 0), (0.5, 3)))
    assert outcomes(run) == ["completed", "timed_out"]
    assert len(run.jobs["respond"].arrived) == 1


def test_laws():
    assert lawful(Timeout(Service("infer", 2), 0.1), BUSY).share("timed_out") > 0


def test_the_bill_is_that_of_the_design():
    assert Timeout(Leaf(), 1).bill(None, None) == {"leaf": 7.0}


@pytest.mark.parametrize("seconds", [0, -1, nan])
def test_impossible_numbers_are_refused(seconds):
    with pytest.raises(ValueError, match=f"seconds must be more than 0, got {seconds}"):
        Timeout(Leaf(), seconds)
