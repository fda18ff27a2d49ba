"""Proves redelivery: exact times, dead letters, what is not delivered again, the mean number in theory, a default."""

from math import inf, nan

import pytest
from policies.laws import BUSY, Leaf, inject, jobs, lawful, outcomes

from course import data
from course.patterns.event_driven import Consumers, EventDriven
from course.patterns.microservices import Service
from course.policies.crashing import Crashing
from course.policies.redelivery import Redelivered
from course.simulation import simulate
from course.workload import Work, Workload


def lost(*calls):
    """A leaf that loses the calls with these numbers, from 1."""
    return Leaf(ends=lambda request, call: "lost" if call in calls else None)


def test_a_lost_event_comes_again():
    """2 s of work, lost at 2; again from 12 to 14, lost; again from 24 to 26."""
    run = simulate(Redelivered(lost(1, 2), 10), inject((0,), (2,)))
    assert (outcomes(run), list(run.departure_times)) == (["completed"], [26])
    assert run.jobs["leaf"].started.tolist() == [0, 12, 24]
    assert jobs(run, "dead letters") == 0


@pytest.mark.parametrize("most, departure", [(1, 2), (2, 14), (3, 26)])
def test_after_so_many_deliveries_it_is_a_dead_letter(most, departure):
    run = simulate(Redelivered(lost(1, 2, 3, 4), 10, most), inject((0,), (2,)))
    assert (outcomes(run), list(run.departure_times), jobs(run)) == (["dropped"], [departure], most)
    assert run.jobs["dead letters"].finished.tolist() == [departure]


def test_without_a_limit_it_comes_for_ever():
    run = simulate(Redelivered(lost(*range(1, 100)), 1), inject((0,), (0,), duration=50.5))
    assert (outcomes(run), jobs(run)) == (["unfinished"], 51)


def test_only_lost_events_come_again():
    for outcome in ("dropped", "throttled", "timed_out"):
        leaf = Leaf(ends=lambda request, call, end=outcome: end)
        run = simulate(Redelivered(leaf, 10), inject((0,), (2,), duration=99))
        assert (outcomes(run), jobs(run), jobs(run, "dead letters")) == ([outcome], 1, 0)


def test_each_delivery_has_a_luck_of_its_own():
    """A share p is lost each time: 1 / (1 - p) deliveries on average, with variance p / (1 - p)^2."""
    run = simulate(Redelivered(Crashing(Leaf(), after=0.4), 0.01), Workload(1_000, 10, Work(0, 0, 0)))
    count = len(run.outcomes)
    assert run.share("completed") > 0.99
    assert abs(jobs(run) / count - 1 / 0.6) <= 4 * (0.4 / 0.6**2 / count) ** 0.5


def test_two_groups_have_dead_letters_of_their_own():
    group = Redelivered(Crashing(Consumers(9, name="audit"), after=1), 1, 2, name="audit's dead letters")
    run = simulate(EventDriven(Redelivered(Consumers(9)), (group,)), BUSY)
    assert jobs(run, "dead letters") == 0 and jobs(run, "audit's dead letters") > 500


def test_the_default_is_that_of_sqs():
    assert Redelivered(Leaf()).visibility == float(data.row("platform_defaults", "sqs_visibility_timeout")["value"])
    assert Redelivered(Leaf()).most == inf


def test_laws():
    run = lawful(Redelivered(Crashing(Service("infer", 3), 0.1, 0.2), 0.5, 2), BUSY)
    assert jobs(run, "dead letters") == round(run.share("dropped") * len(run.outcomes)) > 10


def test_the_bill_is_that_of_the_design():
    assert Redelivered(Leaf()).bill(None, None) == {"leaf": 7.0}


@pytest.mark.parametrize("numbers, words", [({"visibility": -1}, "visibility must be at least 0 seconds, got -1"),
                                            ({"visibility": nan}, "visibility must be at least 0 seconds, got nan"),
                                            ({"most": 0}, "most must be at least 1 delivery, got 0")])
def test_impossible_numbers_are_refused(numbers, words):
    with pytest.raises(ValueError, match=words):
        Redelivered(Leaf(), **numbers)
