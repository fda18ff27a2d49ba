"""Proves the cache: what is kept, how long and how many, by hand; and the share of hits that theory gives."""

from math import inf, nan

import numpy as np
import pytest
from policies.laws import BUSY, Asked, Leaf, agrees, jobs, lawful, outcomes

from course.patterns.microservices import Service
from course.patterns.monolith import Monolith
from course.policies.cache import Cached
from course.run import measure
from course.simulation import replicate, simulate
from course.workload import Work, Workload

INSTANT = Leaf(lasts=lambda request, call: 0)


def hits(times, keys, design=INSTANT, kinds=(), **numbers):
    """The places of those that are answered from memory."""
    run = simulate(Cached(design, **{"keep": 10} | numbers), Asked(times, keys, kinds))
    return list(run.jobs["cache"].request)


def hit_share(run):
    """The share of hits, once the cache is warm."""
    return np.sum(run.jobs["cache"].arrived > 20) / np.sum(run.arrival_times > 20)


def test_an_answer_is_kept_for_a_while_after_it_came():
    """It takes 1 s: kept from 1 to 11, however often it is used; the miss at 11.5 is kept from 12.5."""
    times = (0, 2, 10, 11, 11.5, 22.5, 22.6)
    assert hits(times, (7,) * 7, Leaf()) == [1, 2, 3, 5]


def test_a_hit_lasts_so_long_and_spares_the_design():
    run = simulate(Cached(Leaf(), 10, seconds=0.25, name="memory"), Asked((0, 5), (7, 7)))
    assert list(run.departure_times) == [1, 5.25]
    assert (jobs(run), jobs(run, "memory")) == (1, 1)


def test_many_hits_at_once_do_not_wait():
    run = simulate(Cached(Leaf(), 10, seconds=1), Asked((0, *[5] * 300), (7,) * 301))
    assert set(run.departure_times[1:]) == {6}


def test_other_keys_and_kinds_are_other_questions():
    assert hits((0, 1, 2, 3), (7, 8, 7, 8)) == [2, 3]
    assert hits((0, 1, 2), (7, 7, 7), kinds=("text", "image", "text")) == [2]


def test_misses_before_the_answer_all_go_through():
    assert hits((0, 0.5, 1.5), (7, 7, 7), Leaf()) == [2]


@pytest.mark.parametrize("outcome", ["lost", "dropped"])
def test_failures_are_not_kept(outcome):
    fails = Leaf(lambda request, call: outcome if request.id == 0 else None)
    run = simulate(Cached(fails, 99), Asked((0, 2, 4), (7, 7, 7)))
    assert outcomes(run) == [outcome, "completed", "completed"]
    assert list(run.jobs["cache"].request) == [2]


def test_a_refusal_of_a_pool_is_not_kept():
    run = simulate(Cached(Monolith(1, queue_limit=0), 99), Asked((0, 0.5, 2, 4), (7, 8, 8, 8)))
    assert outcomes(run) == ["completed", "dropped", "completed", "completed"]
    assert list(run.jobs["cache"].request) == [3]


def test_the_one_used_least_recently_makes_way():
    """Room for two. 1, 2, then 1 again; 3 puts out 2, not 1."""
    assert hits((0, 1, 2, 3, 4, 5), (1, 2, 1, 3, 1, 2), room=2) == [2, 4]


def test_an_answer_that_is_renewed_takes_no_second_place():
    """Both times 1 is missed for its age; 2 stays where it is."""
    assert hits((0, 1, 12, 12.5), (1, 2, 1, 2), keep=11.6, room=2) == [3]


def test_an_answer_that_is_renewed_was_used_latest():
    """1 is renewed at 12, so that 3 puts out 2."""
    assert hits((0, 1, 12, 12.5, 13), (1, 2, 1, 3, 1), room=2) == [4]


def test_hits_by_age_are_those_of_theory():
    """A key asked at a rate r and kept for t: one miss, then r t hits on average. Here r t = 2."""
    runs = replicate(Cached(INSTANT, keep=2, room=100), Workload(20, 60, Work(0, 0, 0), keys=20))
    assert agrees(measure(runs, hit_share), 2 / 3)


def test_hits_by_room_are_those_of_theory():
    """All keys are equally likely and nothing ages: whichever 30 of 100 are there, 30 % of the requests hit."""
    runs = replicate(Cached(INSTANT, keep=inf, room=30), Workload(20, 60, Work(0, 0, 0), keys=100))
    assert agrees(measure(runs, hit_share), 0.3)


def test_laws():
    run = lawful(Cached(Service("infer", 2), 1, seconds=0.001), BUSY)
    assert jobs(run, "cache") + jobs(run, "infer") == len(run.outcomes)
    assert jobs(run, "cache") > 100


def test_the_bill_is_that_of_the_design():
    assert Cached(Leaf(), 1).bill(None, None) == {"leaf": 7.0}


@pytest.mark.parametrize("wrong", [{"keep": -1}, {"keep": nan}, {"room": 0}, {"seconds": -1}])
def test_impossible_numbers_are_refused(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be .*, got {next(iter(wrong.values()))}"):
        Cached(Leaf(), **{"keep": 1} | wrong)
