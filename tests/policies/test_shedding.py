"""Proves load shedding: who is refused, by hand, and the loss that theory gives."""

import pytest
from policies.laws import BUSY, Leaf, agrees, inject, jobs, lawful, outcomes

from course.patterns.microservices import Microservices
from course.patterns.monolith import Monolith
from course.policies.shedding import Shedding
from course.run import measure
from course.simulation import replicate, simulate
from course.workload import Work, Workload


def test_more_than_so_many_in_the_queue_are_too_many():
    """One is served and two wait: the fourth finds two, more than one. At 1.5 one waits, which is not too many."""
    run = simulate(Shedding(Monolith(1), "workers", 1), inject((0, 0, 0, 0, 1.5), (1, 1, 1, 1, 1)))
    assert outcomes(run) == ["completed", "completed", "completed", "dropped", "completed"]
    assert list(run.departure_times) == [1, 2, 3, 0, 4]


def test_it_is_refused_at_the_door():
    """The queue at `infer`, the third stop, is watched before the first: who is refused does no work at all."""
    design = Shedding(Microservices(hop_time=0), "infer", 0)
    run = simulate(design, inject((0, 0, 0, 1, 1.5), (9, 9, 9, 1, 1)))
    assert outcomes(run)[3:] == ["dropped", "dropped"]
    assert jobs(run, "gateway") == 3


def test_the_share_is_that_of_theory():
    """Up to 1 + 2 may be there, one of them in service: M/M/1/3 at load r loses (1 - r) r^3 / (1 - r^4)."""
    load = 0.8
    runs = replicate(Shedding(Monolith(1), "workers", 1), Workload(8, 250, Work(0, 0.1, 0)))
    expected = (1 - load) * load**3 / (1 - load**4)
    assert agrees(measure(runs, lambda run: run.after(10).share("dropped")), expected)


def test_laws():
    run = lawful(Shedding(Microservices(), "infer", 2), BUSY)
    assert run.share("dropped") > 0


def test_the_bill_is_that_of_the_design():
    assert Shedding(Leaf(), "leaf", 1).bill(None, None) == {"leaf": 7.0}


def test_impossible_numbers_and_names_are_refused():
    with pytest.raises(ValueError, match="most_waiting must be at least 0 requests, got -1"):
        Shedding(Leaf(), "leaf", -1)
    with pytest.raises(ValueError, match="this design has the pools leaf, not 'infer'"):
        simulate(Shedding(Leaf(), "infer", 1), BUSY)
