"""Proves chains: one part after the other, the first refusal is the last word, and bills add up."""

import pytest
from policies.laws import BUSY, Leaf, agrees, inject, jobs, lawful, outcomes

from course import theory
from course.patterns.event_driven import Consumers
from course.patterns.microservices import Service
from course.policies.chained import Chained
from course.policies.rate_limit import RateLimited
from course.prices import Prices
from course.run import measure
from course.simulation import replicate, simulate
from course.workload import Work, Workload


def test_one_part_after_the_other():
    """The one server of the first part is busy 0-2 and 2-5; the second part takes as long again."""
    run = simulate(Chained((Service("infer", 1), Leaf())), inject((0, 1), (2, 3)))
    assert run.jobs["leaf"].arrived.tolist() == [2, 5]
    assert list(run.departure_times) == [4, 8]


def test_who_is_turned_away_never_gets_to_the_next_part():
    refusing = RateLimited(Service("infer", 1), rate=0.001, burst=1)
    run = simulate(Chained((refusing, Leaf())), inject((0, 1), (2, 3)))
    assert (outcomes(run), jobs(run)) == (["completed", "throttled"], 1)
    last = simulate(Chained((Service("infer", 1), Leaf(ends=lambda request, call: "lost"))), inject((0,), (2,)))
    assert (outcomes(last), list(last.departure_times)) == (["lost"], [4])


def test_two_groups_in_a_line_wait_as_two_queues():
    """The second gets the first one's departures, with the same work again: only the first is an M/M/1."""
    chain = Chained((Service("infer", 1), Consumers(1)))
    runs = [run.after(50) for run in replicate(chain, Workload(5, 500, Work(0, 0.1, 0)))]
    found = measure(runs, lambda run: float(run.waiting_times("infer").mean()))
    assert agrees(found, theory.mm1(5, 10).waiting_time)
    assert measure(runs, lambda run: run.utilisation("infer") - run.utilisation("consumers")).mean < 0.01


def test_the_bill_adds_up():
    prices, parts = Prices.read(), (Service("prepare", 1), Service("infer", 2))
    run = simulate(Chained(parts), inject((0,), (100,)))
    assert Chained(parts).bill(run, prices) == pytest.approx({"prepare": 100 * prices.server_second,
                                                              "infer": 200 * prices.server_second})


def test_laws():
    lawful(Chained((Service("prepare", 2), Service("infer", 2))), BUSY)


def test_an_empty_chain_is_refused():
    with pytest.raises(ValueError, match="a chain needs at least one part"):
        Chained(())
