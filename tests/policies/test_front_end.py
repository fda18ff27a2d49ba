"""Proves the front end: a thread is held while it waits for another design, by hand and against a monolith."""

import numpy as np
import pytest
from policies.laws import BUSY, Leaf, inject, jobs, lawful, outcomes

from course.faults import Crash
from course.patterns.microservices import Service
from course.patterns.monolith import Monolith
from course.policies.front_end import FrontEnd
from course.policies.timeout import Timeout
from course.prices import Prices
from course.simulation import simulate
from course.workload import Injected, Work, Workload


def test_a_thread_waits_with_its_request():
    """One server of 3 s behind two threads that prepare for 1 s: the third begins when the first is done, at 4."""
    run = simulate(FrontEnd(Service("infer"), 2), Injected((0, 0, 0), (Work(1, 3, 0),) * 3))
    assert list(run.jobs["threads"].started) == [0, 0, 4]
    assert list(run.jobs["infer"].started) == [1, 4, 7]
    assert list(run.departure_times) == [4, 7, 10]
    assert run.busy_seconds("threads") == 4 + 7 + 6


def test_one_thread_is_one_worker():
    """It does nothing else while it waits: the same departures as one worker that does both steps."""
    workload = Workload(15, 30, Work(0.02, 0.03, 0))
    behind, alone = simulate(FrontEnd(Service("infer"), 1), workload), simulate(Monolith(1), workload)
    assert behind.departure_times == pytest.approx(alone.departure_times, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("calls, outcome", [(Leaf(lambda request, call: "lost"), "lost"),
                                            (Timeout(Leaf(), 0.5), "timed_out"), (Leaf(), "completed")])
def test_the_outcome_is_that_of_the_call(calls, outcome):
    assert outcomes(simulate(FrontEnd(calls), inject((0,), (1,)))) == [outcome]


def test_a_thread_is_free_after_a_refusal():
    """The pool behind has no room for the second; the only threads, two, are there for the third at once."""
    run = simulate(FrontEnd(Monolith(1, queue_limit=0), 2), inject((0, 0, 0.5, 2), (1, 1, 0, 0)))
    assert outcomes(run) == ["completed", "dropped", "dropped", "completed"]


def test_a_caller_that_gives_up_does_not_free_the_thread():
    run = simulate(Timeout(FrontEnd(Leaf(), 1), 1), inject((0, 0), (5, 1)))
    assert outcomes(run) == ["timed_out", "timed_out"]
    assert list(run.jobs["threads"].started) == [0, 5]


def test_refusals_of_its_own_pool_pass():
    """The front end crashes while the second waits for a thread."""
    run = simulate(FrontEnd(Leaf(), 1), inject((0, 0, 3), (2, 1, 1)), faults=(Crash("threads", 1, 9),))
    assert outcomes(run) == ["completed", "lost", "lost"]


def test_it_nests_for_a_chain():
    """Each of two front ends works 1 s before the last does its 3 s; all threads are held until the end."""
    chain = FrontEnd(FrontEnd(Service("infer"), 5, name="inner"), 5, "respond", name="outer")
    run = simulate(chain, Injected((0,), (Work(1, 3, 2),)))
    assert [list(run.jobs[pool].arrived) for pool in ("outer", "inner", "infer")] == [[0], [2], [3]]
    assert [run.busy_seconds(pool) for pool in ("outer", "inner", "infer")] == [6, 4, 3]


def test_laws():
    run = lawful(FrontEnd(Service("infer", 2), 4), BUSY)
    assert jobs(run, "threads") > 500
    assert np.all(run.waiting_times("infer") >= 0)


def test_it_costs_one_machine_and_what_it_calls():
    prices = Prices.read()
    machine = prices.per_second("vm_m5.large_2vcpu_8gib")
    bill = FrontEnd(Service("infer", 3), 20).bill(simulate(FrontEnd(Service("infer", 3), 20), BUSY), prices)
    assert bill == pytest.approx({"threads": 15 * machine, "infer": 3 * 15 * machine})


def test_threads_must_be_a_whole_number():
    with pytest.raises(ValueError, match="the capacity of pool 'threads' must be a whole number of at least 1, got 0"):
        simulate(FrontEnd(Leaf(), 0), BUSY)
