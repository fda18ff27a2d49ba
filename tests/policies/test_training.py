"""Proves training: beside the requests it takes their servers in turn, apart it takes none and is paid."""

import numpy as np
import pytest
from policies.laws import BUSY, inject, lawful

from course.faults import Crash
from course.patterns.microservices import Service
from course.patterns.monolith import Monolith
from course.policies.training import TrainedApart, TrainedBeside
from course.prices import Prices
from course.simulation import simulate
from course.workload import Work, Workload

QUIET = Workload(5, 400, Work(0, 0.1, 0))


def test_training_takes_its_turn_among_the_requests():
    """One server: request 0 holds it until 12, training from 10 waits, then request 1 waits for training."""
    run = simulate(TrainedBeside(Service("infer"), "infer", 10, 4), inject((6, 11), (6, 1)))
    assert list(run.departure_times) == [12, 17]
    assert list(run.jobs["infer"].request[:3]) == [0, -1, 1]
    assert list(run.jobs["infer"].started[:3]) == [6, 12, 16]


def test_training_takes_as_many_servers_as_it_asks_for():
    design = TrainedBeside(Service("infer", 3), "infer", 10, 4, servers=2)
    run = simulate(design, inject((11, 11), (1, 1), duration=18))
    assert list(run.departure_times) == [12, 13]        # one server is left for two requests
    assert list(run.jobs["infer"].arrived) == [10, 10, 11, 11]


def test_training_comes_again():
    run = simulate(TrainedApart(Service("infer"), 10, 4), inject((0, 44), (1, 1), duration=45))
    assert list(run.jobs["training"].arrived) == [10, 20, 30, 40]


def test_training_adds_its_share_to_the_busy_time():
    """0.5 of two servers by requests, and 3 s of every 10 of one: (0.5 + 0.3) / 2."""
    run = simulate(TrainedBeside(Monolith(2), "workers", 10, 3), QUIET)
    requests = run.jobs["workers"].request >= 0
    taken = np.nansum((run.jobs["workers"].finished - run.jobs["workers"].started)[requests])
    assert run.utilisation("workers") == pytest.approx((taken / 400 + 0.3) / 2, abs=0.005)


def test_apart_no_request_notices():
    apart, alone = simulate(TrainedApart(Service("infer"), 5, 5), BUSY), simulate(Service("infer"), BUSY)
    assert np.array_equal(apart.departure_times, alone.departure_times, equal_nan=True)
    beside = simulate(TrainedBeside(Service("infer", 2), "infer", 5, 2), BUSY)
    assert beside.mean_response > simulate(Service("infer", 2), BUSY).mean_response


def test_apart_is_paid_and_beside_is_not():
    trace = inject((0,), (1,), duration=7200)
    prices = Prices.read()
    hour = prices.usd("vm_m5.large_2vcpu_8gib")
    apart, beside = TrainedApart(Monolith(1), 600, 60, servers=3), TrainedBeside(Monolith(1), "workers", 600, 60)
    assert apart.bill(simulate(apart, trace), prices) == pytest.approx({"servers": 2 * hour, "training": 6 * hour})
    assert beside.bill(simulate(beside, trace), prices) == pytest.approx({"servers": 2 * hour})


def test_a_pool_that_is_down_is_not_trained_on():
    run = simulate(TrainedBeside(Service("infer"), "infer", 10, 4), inject((25,), (9,)), (Crash("infer", 5, 8),))
    assert list(run.jobs["infer"].arrived[:2]) == [20, 25]


def test_it_ends_when_all_is_done():
    run = simulate(TrainedBeside(Service("infer"), "infer", 10, 4), inject((0, 25), (1, 1)))
    assert run.end < 60


def test_laws():
    lawful(TrainedBeside(Service("infer", 2), "infer", 3, 1), BUSY)
    lawful(TrainedApart(Service("infer", 2), 3, 2), BUSY)


@pytest.mark.parametrize("every, duration, servers, words", [
    (10, 11, 1, "a training of 11 seconds does not fit into every 10 seconds"),
    (0, 0, 1, "does not fit into every 0 seconds"),
    (10, -1, 1, "a training of -1 seconds"),
    (10, 1, 0, "servers must be at least 1, got 0"),
])
def test_numbers_that_cannot_be_are_refused(every, duration, servers, words):
    for make in (lambda: TrainedApart(Monolith(), every, duration, servers),
                 lambda: TrainedBeside(Monolith(), "workers", every, duration, servers)):
        with pytest.raises(ValueError, match=words):
            make()
