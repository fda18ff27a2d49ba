"""Proves the bulkhead: how many are inside, that each leaves its place behind, and the loss that theory gives."""

import pytest
from policies.laws import BUSY, Leaf, agrees, inject, lawful, outcomes

from course import theory
from course.patterns.microservices import Service
from course.patterns.monolith import Monolith
from course.policies.bulkhead import Bulkhead
from course.run import measure
from course.simulation import replicate, simulate
from course.workload import Work, Workload


def test_one_more_than_the_most_is_dropped_at_once():
    """Two are inside until 1 and 2; the third at 0.5 is dropped, the fourth at 1.5 finds a place."""
    run = simulate(Bulkhead(Service("infer"), 2), inject((0, 0, 0.5, 1.5), (1, 1, 1, 1)))
    assert outcomes(run) == ["completed", "completed", "dropped", "completed"]
    assert list(run.departure_times) == [1, 2, 0.5, 3]


def test_who_is_refused_inside_leaves_a_place():
    """The pool refuses the second; if that kept its place, the third would be refused although the server is free."""
    run = simulate(Bulkhead(Monolith(1, queue_limit=0), 2), inject((0, 0, 1.25, 1.5), (1, 1, 1, 0)))
    assert outcomes(run) == ["completed", "dropped", "completed", "dropped"]


def test_who_fails_inside_leaves_a_place():
    run = simulate(Bulkhead(Leaf(lambda request, call: "lost"), 1), inject((0, 2, 4), (1, 1, 1)))
    assert outcomes(run) == ["lost"] * 3


def test_as_many_places_as_servers_lose_what_erlang_b_says():
    design, workload = Bulkhead(Service("infer", 5), 5), Workload(4, 600, Work(0, 1, 0))
    runs = replicate(design, workload)
    assert agrees(measure(runs, lambda run: run.after(20).share("dropped")), theory.erlang_b(5, 4))


def test_laws():
    run = lawful(Bulkhead(Service("infer", 2), 4), BUSY)
    levels = run.levels("infer")
    assert (levels.waiting + levels.in_service).max() == 4
    assert run.share("dropped") > 0


def test_the_bill_is_that_of_the_design():
    assert Bulkhead(Leaf()).bill(None, None) == {"leaf": 7.0}


def test_impossible_numbers_are_refused():
    with pytest.raises(ValueError, match="most must be at least 1 call, got 0"):
        Bulkhead(Leaf(), 0)
