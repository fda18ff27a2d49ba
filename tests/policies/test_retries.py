"""Proves retries: how many and when, the pauses, that the budget is kept, and that tries do not share their luck."""

from math import nan

import numpy as np
import pytest
from policies.laws import BUSY, Leaf, inject, jobs, lawful, outcomes

from course import data
from course.patterns.monolith import Monolith
from course.policies.failing import Failing
from course.policies.retries import Decorrelated, EqualJitter, Exponential, FullJitter, Immediate, Retries
from course.policies.timeout import Timeout
from course.simulation import simulate
from course.workload import Work, Workload

NEVER = Leaf(lambda request, call: "lost")
THIRD = Leaf(lambda request, call: "lost" if call < 3 else None)     # the third call succeeds
DEFAULTS = {row["name"]: row["value"] for row in data.rows("platform_defaults")}


def pauses(rule, chance, times=5):
    """The pauses before so many retries."""
    found = [0.0]
    for retry in range(1, times + 1):
        found.append(rule.pause(retry, chance, found[-1]))
    return found[1:]


@pytest.mark.parametrize("attempts, outcome, end, tries",
                         [(1, "lost", 1, 1), (2, "lost", 2, 2), (3, "completed", 3, 3), (9, "completed", 3, 3)])
def test_attempts_count_the_first(attempts, outcome, end, tries):
    run = simulate(Retries(THIRD, attempts), inject((0,), (1,)))
    assert (outcomes(run), list(run.departure_times), jobs(run)) == ([outcome], [end], tries)


def test_pauses_lie_between_tries():
    """Tries of 1 s; pauses of 2, 4 and 5 s after them."""
    run = simulate(Retries(NEVER, 4, Exponential(2, 5)), inject((0,), (1,)))
    assert list(run.jobs["leaf"].started) == [0, 3, 8, 14]
    assert list(run.departure_times) == [15]


def test_the_outcome_is_that_of_the_last_try():
    ends = {1: "lost", 2: "dropped", 3: "throttled"}
    assert outcomes(simulate(Retries(Leaf(lambda request, call: ends[call])), inject((0,), (1,)))) == ["throttled"]


def test_a_refusal_of_a_pool_is_tried_again():
    """There is no room to wait: the second comes back when the server is free again."""
    run = simulate(Retries(Monolith(1, queue_limit=0), 2, Exponential(2, 9)), inject((0, 0), (1, 1)))
    assert list(run.departure_times) == [1, 3]


def test_pauses_by_hand():
    assert pauses(Immediate(), 0.5) == [0, 0, 0, 0, 0]
    assert pauses(Exponential(1, 10), 0.5) == [1, 2, 4, 8, 10]
    assert pauses(FullJitter(1, 10), 0.5) == [0.5, 1, 2, 4, 5]
    assert pauses(FullJitter(1, 10), 0) == [0] * 5
    assert pauses(EqualJitter(1, 10), 0.5) == [0.75, 1.5, 3, 6, 7.5]
    assert pauses(EqualJitter(1, 10), 0) == [0.5, 1, 2, 4, 5]
    assert pauses(Decorrelated(1, 10), 0.5) == [2, 3.5, 5.75, 9.125, 10]     # half way to 3, 6, 10.5, 17.25, ...
    assert pauses(Decorrelated(1, 10), 0) == [1] * 5


def test_many_retries_do_not_overflow():
    assert Exponential(1, 10).pause(5_000, 0.5, 0) == 10


def test_the_jitter_of_a_run_is_uniform_and_new_for_each_retry():
    """Two retries of tries of no length: departures are two jitters, with mean 1/2 and variance 1/12 each."""
    run = simulate(Retries(NEVER, 3, FullJitter(1, 1)), Workload(1_000, 10, Work(0, 0, 0)))
    jitter = (run.departure_times - run.arrival_times)[run.arrival_times < 8]
    assert jitter.mean() == pytest.approx(2 / 2, abs=0.02)
    assert jitter.var() == pytest.approx(2 / 12, rel=0.05)


@pytest.mark.parametrize("layers, attempts, calls", [(3, 4, 64), (5, 3, 243)])
def test_layers_multiply(layers, attempts, calls):
    """Published in "Site Reliability Engineering" and the Amazon Builders' Library: 4^3 and 3^5 calls of one."""
    design = NEVER
    for _ in range(layers):
        design = Retries(design, attempts)
    assert jobs(simulate(design, inject((0,), (1,)))) == calls


def test_each_try_has_luck_of_its_own_in_all_layers():
    seen = []
    design = Leaf(lambda request, call: seen.append(request.luck) or "lost")
    simulate(Retries(Retries(design)), inject((0,), (1,), luck=(0.31415926,)))
    assert len(set(seen)) == 9


@pytest.mark.parametrize("layers, tries", [(1, 3), (2, 9)])
def test_tries_fail_independently(layers, tries):
    """All of 3 tries, and of the 9 in two layers, fail as often as independent ones; within four standard errors."""
    design = Failing(Leaf(), 0.6)
    for _ in range(layers):
        design = Retries(design)
    run = simulate(design, Workload(1_000, 10, Work(0, 0, 0)))
    chance = 0.6**tries
    error = (chance * (1 - chance) / len(run.outcomes)) ** 0.5
    assert run.share("lost") == pytest.approx(chance, abs=4 * error)


@pytest.mark.parametrize("budget", [0, 0.1, 0.25, 1])
def test_the_budget_is_kept_at_every_moment(budget):
    """After any number of first tries: retries <= reserve + budget x first tries.

    All tokens are used when all fail; only what the very first try brings finds no room.
    """
    requests = 200
    run = simulate(Retries(NEVER, 3, budget=budget, reserve=5), inject(range(requests), [0] * requests))
    first = np.arange(1, requests + 1)
    sent = np.searchsorted(run.jobs["leaf"].arrived, first - 0.5)        # between two arrivals all is done
    assert np.all(sent - first <= 5 + budget * first + 1e-9)
    assert jobs(run) - requests == 5 + int(budget * (requests - 1))


def test_ten_tenths_are_one_retry():
    """The first request takes the only token; then each tenth first try makes up another: at 10, 20 and 30."""
    run = simulate(Retries(NEVER, 2, budget=0.1, reserve=1), inject(range(35), [0] * 35))
    tries = np.bincount(run.jobs["leaf"].request)
    assert list(np.flatnonzero(tries == 2)) == [0, 10, 20, 30]


def test_the_reserve_bounds_what_is_saved():
    """A hundred calls that succeed save up no more than the five tokens that there were at first.

    The next fifty, which fail, bring five more; only what the first of them brings finds no room.
    """
    fails = Leaf(lambda request, call: "lost" if request.id >= 100 else None)
    run = simulate(Retries(fails, 3, budget=0.1, reserve=5), inject([*range(100), *[100] * 50], [0] * 150))
    assert jobs(run) == 150 + 5 + int(0.1 * 49)


def test_without_a_budget_every_request_has_its_tries():
    assert jobs(simulate(Retries(NEVER, 3), inject([0] * 100, [1] * 100))) == 300


def test_one_attempt_changes_nothing():
    alone, wrapped = simulate(Monolith(2), BUSY), simulate(Retries(Monolith(2), 1), BUSY)
    assert np.array_equal(alone.departure_times, wrapped.departure_times, equal_nan=True)


def test_defaults_are_those_of_the_sdks():
    assert Retries(NEVER).attempts == int(DEFAULTS["aws_sdk_max_attempts"])
    for rule in (Exponential(), FullJitter(), EqualJitter(), Decorrelated()):
        assert rule.base == float(DEFAULTS["aws_sdk_backoff_base"])
        assert rule.cap == float(DEFAULTS["aws_sdk_backoff_cap"])


@pytest.mark.parametrize("rule", [Immediate(), Decorrelated()])
def test_laws(rule):
    assert jobs(lawful(Retries(Timeout(Monolith(3), 0.1), 3, rule), BUSY), "workers") > 700


def test_the_bill_is_that_of_the_design():
    assert Retries(NEVER).bill(None, None) == {"leaf": 7.0}


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"attempts": 1.5}, {"budget": -1}, {"reserve": 0}, {"budget": nan}])
def test_impossible_numbers_are_refused(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be .*, got {next(iter(wrong.values()))}"):
        Retries(NEVER, **wrong)
