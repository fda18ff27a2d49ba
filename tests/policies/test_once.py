"""Proves recognition: an event that was done is not done again, unless it is forgotten, failed, or another group's."""

from math import nan

import pytest
from policies.laws import BUSY, Leaf, inject, jobs, lawful, outcomes

from course.patterns.event_driven import Consumers, EventDriven
from course.patterns.microservices import Service
from course.policies.crashing import Crashing
from course.policies.once import Once
from course.policies.redelivery import Redelivered
from course.simulation import simulate


def lucky(*fates):
    """A luck with which the deliveries to Crashing(Leaf(), 0, 0.5) end so: True, dead."""
    trace = inject([0] * 200, [0] * 200, luck=[number / 200 for number in range(200)])
    for event in trace.requests():
        again = [event, *(event._replace(luck=event.chance("delivery", number)) for number in range(1, len(fates)))]
        if [each.chance("crash leaf") < 0.5 for each in again] == list(fates):
            return event.luck


def test_who_died_after_the_work_is_recognised():
    """Done at 2 and not acknowledged; at 12 the consumer sees that, and is done at once."""
    trace = inject((0,), (2,), luck=(lucky(True, False),))
    run = simulate(Redelivered(Crashing(Once(Leaf()), after=0.5), 10), trace)
    assert (outcomes(run), list(run.departure_times), jobs(run)) == (["completed"], [12], 1)
    assert jobs(simulate(Redelivered(Crashing(Leaf(), after=0.5), 10), trace)) == 2


def test_what_died_outside_of_it_is_not_remembered():
    """The other way round the note is lost with the consumer: the work is done twice."""
    trace = inject((0,), (2,), luck=(lucky(True, False),))
    run = simulate(Redelivered(Once(Crashing(Leaf(), after=0.5)), 10), trace)
    assert (list(run.departure_times), jobs(run)) == ([14], 2)


@pytest.mark.parametrize("memory, times", [(10, 1), (9.9, 2)])
def test_it_forgets(memory, times):
    """Done at 2, and delivered again 10 s later."""
    trace = inject((0,), (2,), luck=(lucky(True, False),))
    assert jobs(simulate(Redelivered(Crashing(Once(Leaf(), memory), after=0.5), 10), trace)) == times


@pytest.mark.parametrize("memory, started", [(9.9, [0, 12, 24]), (10, [0, 22]), (20, [0])])
def test_memory_counts_from_the_last_time_that_it_was_done(memory, started):
    """Done at 2; delivered again 10 s after each end, twice."""
    trace = inject((0,), (2,), luck=(lucky(True, True, False),))
    run = simulate(Redelivered(Crashing(Once(Leaf(), memory), after=0.5), 10), trace)
    assert run.jobs["leaf"].started.tolist() == started


def test_a_failure_is_not_remembered():
    failing = Leaf(ends=lambda request, call: "lost" if call == 1 else None)
    run = simulate(Redelivered(Once(failing), 10), inject((0,), (2,)))
    assert (list(run.departure_times), jobs(run)) == ([14], 2)


def test_each_event_is_done_once_by_each_group():
    """Half of the deliveries die after the work."""
    groups = [Redelivered(Crashing(Once(Consumers(50, name=name)), after=0.5), 0.01, name=f"{name} letters")
              for name in ("consumers", "audit")]
    run = simulate(EventDriven(groups[0], (groups[1],)), BUSY)
    for name in ("consumers", "audit"):
        done = run.jobs[name].request
        assert len(set(done)) == len(done) > 590


def test_laws():
    lawful(Redelivered(Crashing(Once(Service("infer", 3), 1), 0.1, 0.2), 0.5), BUSY)


def test_the_bill_is_that_of_the_design():
    assert Once(Leaf()).bill(None, None) == {"leaf": 7.0}


@pytest.mark.parametrize("memory", [-1, nan])
def test_impossible_numbers_are_refused(memory):
    with pytest.raises(ValueError, match=f"memory must be at least 0 seconds, got {memory}"):
        Once(Leaf(), memory)
