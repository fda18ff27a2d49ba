"""Proves poison: it fails each time, others pass, dead letters end it, and one alone stalls a line in order."""

from policies.laws import BUSY, Asked, Leaf, jobs, lawful, outcomes

from course.patterns.microservices import Service
from course.policies.front_end import FrontEnd
from course.policies.poison import Poisoned
from course.policies.redelivery import Redelivered
from course.simulation import simulate

THREE = Asked((0, 0, 0), (1, 2, 3), ("poison", "request", "request"), duration=100)


def test_poison_is_lost_after_the_work_and_others_pass():
    run = simulate(Poisoned(Leaf()), THREE)
    assert (outcomes(run), list(run.departure_times)) == (["lost", "completed", "completed"], [1, 1, 1])
    assert outcomes(simulate(Poisoned(Leaf(), kind="request"), THREE)) == ["completed", "lost", "lost"]


def test_a_refusal_goes_first():
    assert outcomes(simulate(Poisoned(Leaf(ends=lambda request, call: "dropped")), THREE)) == ["dropped"] * 3


def test_poison_fails_each_time_until_it_is_put_aside():
    """Work from 0, 11 and 22, 1 s each."""
    run = simulate(Redelivered(Poisoned(Leaf()), 10, most=3), THREE)
    assert (outcomes(run), list(run.departure_times)) == (["dropped", "completed", "completed"], [23, 1, 1])
    assert jobs(run, "dead letters") == 1


def test_in_order_all_others_wait_for_it():
    """One at a time: behind the poison until it is put aside at 23; without a limit, for ever."""
    def line(most):
        return FrontEnd(Redelivered(Poisoned(Leaf()), 10, most), threads=1, step="prepare")

    assert list(simulate(line(3), THREE).departure_times) == [23, 24, 25]
    assert outcomes(simulate(line(10**9), THREE)) == ["unfinished"] * 3


def test_laws():
    assert lawful(Poisoned(Service("infer", 2), "request"), BUSY).share("completed") == 0


def test_the_bill_is_that_of_the_design():
    assert Poisoned(Leaf()).bill(None, None) == {"leaf": 7.0}
