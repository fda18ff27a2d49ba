"""Proves releases: who meets a bad version and for how long, which is a formula, and what a rolling one takes away."""

from math import sqrt

import numpy as np
import pytest
from policies.laws import BUSY, Leaf, inject, lawful, outcomes

from course.patterns.microservices import Service
from course.patterns.monolith import Monolith
from course.policies.release import BigBang, Canary, Released, Rolling
from course.prices import Prices
from course.run import compare
from course.simulation import replicate, simulate
from course.workload import Work, Workload

HALF_HOUR = Workload(10, 1800, Work(0, 0.01, 0))        # 18,000 requests
ROLLING = Rolling("infer", 4, 60)


def infected(plan, errors=1.0, noticed=300.0):
    return simulate(Released(Service("infer", 4), plan, 600, errors, noticed), HALF_HOUR)


def test_a_big_bang_meets_all_between_the_start_and_the_notice():
    design = Released(Service("infer", 9), BigBang(), 10, 1, noticed=5)
    run = simulate(design, inject((9, 10, 14, 15, 16), (1,) * 5))
    assert outcomes(run) == ["completed", "lost", "lost", "completed", "completed"]
    assert list(run.response_times) == [1, 1, 1]        # lost or not, the work is done


def test_a_canary_meets_its_share_then_all():
    plan = Canary(0.25, watch=100)
    assert [plan.share(elapsed) for elapsed in (0, 99, 100, 999)] == [0.25, 0.25, 1, 1]


def test_a_rolling_release_goes_one_replica_a_step():
    assert [ROLLING.share(elapsed) for elapsed in (0, 59, 60, 179, 180, 240, 999)] == [0, 0, 0.25, 0.5, 0.75, 1, 1]


@pytest.mark.parametrize("plan, errors, noticed, exposed", [
    (BigBang(), 1, 300, 300),
    (BigBang(), 0.2, 300, 300),
    (Canary(0.05, 300), 1, 300, 0.05 * 300),
    (Canary(0.05, 100), 0.5, 300, 0.05 * 100 + 200),        # it went on to all before anyone noticed
    (ROLLING, 1, 150, 0.25 * 60 + 0.5 * 30),
    (ROLLING, 0.5, 300, 60 * (0.25 + 0.5 + 0.75) + 60),
])
def test_the_blast_radius_is_a_formula(plan, errors, noticed, exposed):
    """The share lost is errors times the integral of the plan's share until the notice, over the duration."""
    expected = errors * exposed / 1800
    lost = infected(plan, errors, noticed).share("lost")
    assert abs(lost - expected) < 4 * sqrt(expected / 18_000)


def test_a_canary_spares_requests_that_a_big_bang_loses():
    """The same version on the same requests: every one that the canary loses, the big bang loses too."""
    canary, bang = infected(Canary(0.05, 300)), infected(BigBang())
    assert set(np.flatnonzero(canary.outcomes)) < set(np.flatnonzero(bang.outcomes))


def test_a_good_version_stays_and_loses_nothing():
    run = infected(BigBang(), errors=0)
    assert run.share("completed") + run.share("unfinished") == 1


def test_a_rolling_release_takes_one_replica_away_at_a_time():
    run = simulate(Released(Service("infer", 4), ROLLING, 600), HALF_HOUR)
    levels = run.jobs["infer"].capacities
    assert run.server_seconds("infer") == pytest.approx(4 * 1800 - 4 * 60)
    assert set(levels[:, 1]) == {3, 4}
    assert levels[levels[:, 1] == 3][:, 0].tolist() == [600, 660, 720, 780]
    assert levels[-1].tolist() == [840, 4]


def test_a_rollback_gives_the_replica_back():
    run = infected(ROLLING, errors=1, noticed=90)
    assert run.jobs["infer"].capacities.tolist() == [[0, 4], [600, 3], [660, 4], [660, 3], [690, 4]]


def test_a_rolling_release_of_a_busy_service_makes_requests_wait():
    busy = Workload(30, 100, Work(0, 0.1, 0))           # three of four replicas
    runs = replicate(Service("infer", 4), busy, times=5)
    rolled = replicate(Released(Service("infer", 4), Rolling("infer", 4, 15), 20), busy, times=5)
    assert compare(runs, rolled, lambda run: run.waiting_times("infer").mean()).low > 0


def test_an_outcome_of_the_design_stays():
    design = Released(Monolith(1, queue_limit=0), BigBang(), 0, errors=1)
    assert outcomes(simulate(design, inject((0, 0), (1, 1)))) == ["lost", "dropped"]
    late = Released(Leaf(lambda request, call: "timed_out"), BigBang(), 0, errors=1)
    assert outcomes(simulate(late, inject((0,), (1,)))) == ["timed_out"]


def test_the_bill_is_that_of_the_design():
    run = simulate(Released(Monolith(2), BigBang(), 0), inject((0,), (1,), duration=3600))
    assert run.design.bill(run, Prices.read()) == Monolith(2).bill(run, Prices.read())


def test_laws():
    for plan in (BigBang(), Canary(0.5, 3), Rolling("infer", 2, 2)):
        assert lawful(Released(Service("infer", 2), plan, 2, 0.5, 9), BUSY).share("lost") > 0


@pytest.mark.parametrize("make, words", [
    (lambda: Released(Monolith(), BigBang(), 0, errors=2), "errors must be a share between 0 and 1, got 2"),
    (lambda: Released(Monolith(), BigBang(), -1), "start must be at least 0 seconds, got -1"),
    (lambda: Released(Monolith(), BigBang(), 0, noticed=-1), "noticed must be at least 0 seconds, got -1"),
    (lambda: Canary(5), "share_first must lie between 0 and 1, got 5"),
    (lambda: Rolling("infer", 0, 5), "0 replicas cannot be replaced one by one in 5 seconds each"),
    (lambda: Rolling("infer", 2, 0), "in 0 seconds each"),
])
def test_numbers_that_cannot_be_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
