"""Proves the hedge: when a second call leaves, which answer counts, and how many calls there are by theory."""

from math import exp, nan

import pytest
from policies.laws import BUSY, Leaf, agrees, inject, jobs, lawful, outcomes

from course.patterns.microservices import Service
from course.patterns.monolith import Monolith
from course.policies.hedge import Hedged
from course.run import measure
from course.simulation import replicate, simulate
from course.workload import Work, Workload


def hedged(first, second, after=2.0):
    """One request; each call is (seconds, outcome). The run."""
    calls = {1: first, 2: second}
    leaf = Leaf(lambda request, call: calls[call][1], lambda request, call: calls[call][0])
    return simulate(Hedged(leaf, after), inject((0,), (0,)))


@pytest.mark.parametrize("first, second, outcome, end, calls", [
    ((1, None), (1, None), "completed", 1, 1),          # answered before the second call would leave
    ((5, None), (1, None), "completed", 3, 2),          # the second overtakes the first
    ((5, None), (9, None), "completed", 5, 2),          # the first comes in after all
    ((1, "lost"), (1, None), "lost", 1, 1),             # a failure that is known early is not repeated
    ((5, None), (1, "lost"), "completed", 5, 2),        # a failed second call does not count
    ((3, "lost"), (4, None), "completed", 6, 2),        # nor does a failed first
    ((5, "lost"), (1, "dropped"), "lost", 5, 2),        # both fail: the later
    ((3, "lost"), (4, "dropped"), "dropped", 6, 2),
    ((3, "lost"), (1, None), "completed", 3, 2),        # at the same moment: the one that is no failure
    ((3, None), (1, "lost"), "completed", 3, 2),
    ((2, None), (1, None), "completed", 2, 2),          # ends at the very moment at which the second leaves
])
def test_the_first_answer_that_is_no_failure_counts(first, second, outcome, end, calls):
    run = hedged(first, second)
    assert (outcomes(run), list(run.departure_times), jobs(run)) == ([outcome], [end], calls)


def test_the_slower_call_goes_on():
    assert list(hedged((5, None), (1, None)).jobs["leaf"].finished) == [5, 3]


def test_both_at_once():
    run = hedged((5, None), (1, None), after=0)
    assert (list(run.departure_times), list(run.jobs["leaf"].started)) == ([1], [0, 0])


def test_refusals_count_as_failures():
    run = simulate(Hedged(Monolith(1, queue_limit=0), 0.5), inject((0,), (1,)))
    assert (outcomes(run), list(run.departure_times)) == (["completed"], [1])


def test_the_second_call_has_luck_of_its_own():
    seen = []
    leaf = Leaf(lambda request, call: seen.append(request.luck))
    simulate(Hedged(leaf, 0), inject((0,), (1,), luck=(0.31415926,)))
    assert seen[0] == 0.31415926 and len(set(seen)) == 2


def test_the_share_sent_twice_is_that_of_theory():
    """With servers for all, exponential work lasts longer than t with probability exp(-t / mean)."""
    runs = replicate(Hedged(Leaf(), 0.15), Workload(40, 20, Work(0, 0.1, 0)))
    assert agrees(measure(runs, lambda run: jobs(run) / len(run.outcomes) - 1), exp(-1.5))


def test_laws():
    run = lawful(Hedged(Service("infer", 3), 0.06), BUSY)
    assert len(run.outcomes) < jobs(run, "infer") < 2 * len(run.outcomes)


def test_the_bill_is_that_of_the_design():
    assert Hedged(Leaf(), 1).bill(None, None) == {"leaf": 7.0}


@pytest.mark.parametrize("after", [-1, nan])
def test_impossible_numbers_are_refused(after):
    with pytest.raises(ValueError, match=f"after must be at least 0 seconds, got {after}"):
        Hedged(Leaf(), after)
