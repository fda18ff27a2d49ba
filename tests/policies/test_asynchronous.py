"""Proves the asynchronous box: workers are free while it waits, as many wait as like, and it is one machine."""

import pytest
from policies.laws import BUSY, inject, lawful, outcomes

from course import theory
from course.laws import LogNormalLaw
from course.policies.asynchronous import Asynchronous
from course.policies.front_end import FrontEnd
from course.policies.language_model import LanguageModel
from course.policies.store import Store
from course.prices import Prices
from course.simulation import simulate
from course.workload import Injected, Work, Workload


def wait(seconds):
    return LanguageModel(LogNormalLaw(seconds), 0, LogNormalLaw(1))


def test_a_worker_is_free_while_a_request_waits():
    """One worker, 1 s of work, 5 s of waiting: the second begins at 1, where a thread would be taken until 6."""
    trace = Injected((0, 0), (Work(1, 0, 0),) * 2)
    assert list(simulate(Asynchronous(wait(5), 1), trace).departure_times) == [6, 7]
    assert list(simulate(FrontEnd(wait(5), 1), trace).departure_times) == [6, 12]


def test_every_step_is_done_by_a_worker():
    run = simulate(Asynchronous(wait(1), 1), Injected((0,), (Work(1, 2, 4),)))
    assert list(run.response_times) == [8]
    assert run.busy_seconds("workers") == 7


def test_the_outcome_of_the_call_is_its_outcome():
    run = simulate(Asynchronous(Store(1, 9), 2), inject((0, 0), (1, 1)))
    assert outcomes(run) == ["completed", "dropped"]


def test_waiting_has_no_part_in_how_many_requests_it_can_take():
    """Two workers at 80 %, 100 s of waiting: the response is that of M/M/2, and 100 s."""
    run = simulate(Asynchronous(wait(100)), Workload(16, 2000, Work(0, 0.1, 0), 3)).after(200)
    assert run.mean_response - 100 == pytest.approx(theory.mmc(16, 10, 2).response_time, rel=0.1)


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_all_workers_are_one_machine(workers):
    prices, design = Prices.read(), Asynchronous(Store(), workers)
    bill = design.bill(simulate(design, inject((0,), (1,), duration=3600)), prices)
    assert bill == pytest.approx({"machine": prices.usd("vm_m5.large_2vcpu_8gib"),
                                  "store": prices.usd("rds_mysql_db.t3.large_single_az")})


def test_laws():
    lawful(Asynchronous(wait(0.2), 3), BUSY)
