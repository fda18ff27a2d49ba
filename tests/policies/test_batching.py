"""Proves batching: exact times by hand, a service in the limit, theory, and that batches can shorten the wait."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from policies.laws import BUSY, agrees, inject, lawful, outcomes

from course.faults import Crash, Outage
from course.patterns.microservices import Service
from course.policies.batching import Batched
from course.prices import Prices
from course.run import measure
from course.simulation import replicate, simulate
from course.theory import mg1
from course.workload import Deterministic, Work, Workload


@dataclass(frozen=True)
class Longer:
    """The design, with some seconds more of `infer` for every request."""

    design: Any
    seconds: float

    def deploy(self, env):
        inner = self.design.deploy(env)

        def handle(request):
            work = request.work._replace(infer=request.work.infer + self.seconds)
            yield from inner.handle(request._replace(work=work))

        return inner._replace(handle=handle)


def images(rate, duration, seed=1):
    """Requests of 2 ms each, beside the 20 ms that a batch needs."""
    return Workload(rate, duration, Work(0, 0.002, 0), seed, distribution=Deterministic())


def test_who_waits_is_taken_together():
    """The first is alone: 10 + 1. The next two come meanwhile, and share a batch from 11 to 11 + 10 + 2 + 3."""
    run = simulate(Batched(fixed=10), inject((0, 1, 2), (1, 2, 3)))
    assert list(run.departure_times) == [11, 26, 26]
    assert list(run.jobs["infer requests"].started) == [0, 11, 11]
    assert list(run.jobs["infer requests"].finished) == [11, 26, 26]
    assert list(run.jobs["infer requests"].request) == [0, 1, 2]
    assert list(run.waiting_times("infer requests")) == [0, 10, 9]
    assert list(run.jobs["infer"].finished) == [11, 26]
    assert list(run.jobs["infer"].request) == [-1, -1]              # a batch counts for no request
    assert run.busy_seconds("infer") == 26


def test_those_who_come_at_the_same_time_share_a_batch():
    run = simulate(Batched(fixed=10), inject((5, 5, 5), (1, 2, 3)))
    assert list(run.departure_times) == [21, 21, 21]


def test_a_batch_takes_no_more_than_it_can():
    run = simulate(Batched(most=2, fixed=10), inject((0, 0, 0, 0, 0), (1, 1, 1, 1, 1)))
    assert list(run.departure_times) == [12, 12, 24, 24, 35]


def test_machines_work_side_by_side():
    run = simulate(Batched(machines=2, most=2, fixed=10), inject((0, 0, 0, 0, 0), (1, 1, 1, 1, 1)))
    assert list(run.departure_times) == [12, 12, 12, 12, 23]


def test_a_batch_waits_for_more_and_no_longer():
    """The second joins within 5 s; the third does not, and waits 5 s in vain."""
    run = simulate(Batched(wait=5, fixed=1), inject((0, 4, 20), (1, 1, 1)))
    assert list(run.jobs["infer requests"].started) == [5, 5, 25]
    assert list(run.departure_times) == [8, 8, 27]


def test_a_full_batch_begins_at_once():
    run = simulate(Batched(most=2, wait=5, fixed=1), inject((0, 3), (1, 1)))
    assert list(run.departure_times) == [6, 6]


def test_who_has_waited_for_a_machine_does_not_wait_again():
    """The first works from 5 to 26. Two share the next batch, to 29; the last has waited since 8, so it begins then."""
    run = simulate(Batched(most=2, wait=5, fixed=1), inject((0, 6, 7, 8), (20, 1, 1, 1)))
    assert list(run.jobs["infer requests"].started) == [5, 26, 26, 29]


@pytest.mark.parametrize("wait", [0, 0.5])
def test_zero_load_gives_wait_and_fixed_and_work(wait):
    run = simulate(Batched(wait=wait, fixed=0.02), inject((0, 10, 20), (0.1, 0.2, 0.3)))
    assert run.response_times == pytest.approx(np.array([0.1, 0.2, 0.3]) + 0.02 + wait, abs=1e-9)


def test_batches_of_one_are_a_service_with_longer_work():
    batched = simulate(Batched(machines=2, most=1, fixed=0.004), BUSY)
    service = simulate(Longer(Service("infer", 2), 0.004), BUSY)
    assert np.max(np.abs(batched.response_times - service.response_times)) < 1e-9
    assert batched.busy_seconds("infer") == pytest.approx(service.busy_seconds("infer"))
    assert batched.mean_waiting("infer requests") == pytest.approx(service.mean_waiting("infer"))


def test_batches_of_one_agree_with_theory():
    """M/D/1 of 22 ms at 30 a second: Pollaczek and Khinchine."""
    runs = replicate(Batched(most=1, fixed=0.02), images(30, 60))
    assert agrees(measure(runs, lambda run: run.after(5).mean_response), mg1(30, 0.022, 0).response_time)


def test_full_batches_are_the_most_that_a_machine_can_do():
    """Overloaded, a machine does 8 requests in 20 + 8 * 2 ms: 222 a second instead of 45 one by one."""
    run = simulate(Batched(most=8, fixed=0.02), images(400, 20))
    assert run.throughput == pytest.approx(8 / 0.036, rel=0.02)


def test_batching_can_shorten_the_wait():
    """The belief that it always lengthens: true at 5 a second with a wait of 50 ms, false at 30 and at 60."""
    one, many, patient = (Batched(most=most, wait=wait, fixed=0.02) for most, wait in ((1, 0), (16, 0), (16, 0.05)))

    def p99(design, rate):
        return 1000 * simulate(design, images(rate, 120)).percentile(99)

    assert p99(patient, 5) == pytest.approx(76, rel=0.1) and p99(one, 5) == pytest.approx(43, rel=0.1)
    assert p99(one, 30) == pytest.approx(145, rel=0.2) and p99(many, 30) == pytest.approx(47, rel=0.1)
    assert p99(many, 60) == pytest.approx(52, rel=0.1)
    overloaded = simulate(one, images(60, 120))         # 60 * 22 ms = 1.32 machines: a quarter is left over
    assert overloaded.share("unfinished") == pytest.approx(1 - 1 / 1.32, abs=0.03)


def test_an_outage_lets_the_batch_in_hand_end():
    run = simulate(Batched(fixed=10), inject((0, 1), (1, 1)), (Outage("infer", 2, 20),))
    assert list(run.departure_times) == [11, 33]


def test_a_crash_loses_those_who_wait_and_refuses_others():
    run = simulate(Batched(fixed=10), inject((0, 1, 3, 9), (1, 1, 1, 1)), (Crash("infer", 2, 5),))
    assert outcomes(run) == ["completed", "lost", "lost", "completed"]
    assert list(run.departure_times) == [11, 2, 3, 22]


def test_laws():
    for design in (Batched(fixed=0.02), Batched(machines=2, most=3, wait=0.03, fixed=0.03)):
        lawful(design, BUSY)


def test_the_machines_are_paid():
    run = simulate(Batched(machines=3), inject((0,), (2,), duration=7200))
    prices = Prices.read()
    assert Batched(machines=3).bill(run, prices) == pytest.approx({"infer": 3 * 2 * prices.usd(Batched().machine)})


@pytest.mark.parametrize("knobs, words", [
    ({"most": 0}, "most must be at least 1 request, got 0"),
    ({"wait": -1}, "wait must be at least 0 seconds, got -1"),
    ({"fixed": float("nan")}, "fixed must be at least 0 seconds, got nan"),
])
def test_numbers_that_cannot_be_are_refused(knobs, words):
    with pytest.raises(ValueError, match=words):
        Batched(**knobs)
