"""Proves the replay: when it has caught up by hand and in theory, nobody waits for it, it heals, and its bill."""

from dataclasses import replace
from math import inf, isnan

import numpy as np
import pytest
from policies.laws import BUSY, agrees, inject, jobs, lawful

from course import views
from course.laws import UniformLaw
from course.patterns.event_driven import EventDriven
from course.patterns.lambda_architecture import LambdaArchitecture
from course.policies.late import Late
from course.policies.replay import Replayed
from course.prices import Prices
from course.run import interval
from course.simulation import replicate, simulate
from course.workload import Work, Workload

TEN = inject(range(10), [0.125] * 10)       # an event at 0, 1, ..., 9


def replay(run):
    """When the replay began and ended."""
    found = run.jobs["replay"]
    return [*found.started.tolist(), *found.finished.tolist()]


@pytest.mark.parametrize("workers, seconds, history, rounds", [
    (1, 2.0, 0, [5 * 2.0, 5 * 2.0]),                        # by 14.25 the other five have come
    (4, 2.0, 0, [5 * 0.5, 2 * 0.5, 0.5, 0.5]),              # 5 and 6 by 6.75, 7 by 7.75, 8 by 8.25, none by 8.75
    (1, 0.4, 0, [5 * 0.4, 2 * 0.4, 0.4]),                   # 5 and 6 by 6.25, 7 by 7.05, none by 7.45
    (2, 0.8, 10, [15 * 0.4, 5 * 0.4]),                      # the other five by 10.25
    (1, 0.0, 10, [0]),
])
def test_it_reads_what_is_there_and_then_what_came_meanwhile(workers, seconds, history, rounds):
    design = Replayed(EventDriven(), "bus", 4.25, workers, seconds, history)
    assert replay(simulate(design, TEN)) == pytest.approx([4.25, 4.25 + sum(rounds)])


def test_without_a_log_there_is_nothing_to_read():
    assert replay(simulate(Replayed(EventDriven(), "bus", 0), inject((5,), (1,)))) == [0, 0]


def test_it_never_happens_unless_it_is_asked_for():
    run = simulate(Replayed(EventDriven(), "bus"), TEN)
    assert jobs(run, "replay") == 0
    assert np.array_equal(run.departure_times, simulate(EventDriven(), TEN).departure_times)


def test_nobody_waits_for_it():
    plain, beside = (simulate(design, BUSY) for design in (EventDriven(), Replayed(EventDriven(), "bus", 5, 1, 0.01)))
    assert jobs(beside, "replay") == 1
    assert np.array_equal(plain.departure_times, beside.departure_times, equal_nan=True)


@pytest.mark.parametrize("rate, seconds, workers", [(2.0, 0.2, 1), (4.0, 0.35, 2)])
def test_to_catch_up_takes_the_busy_period_of_a_queue_that_begins_with_the_log(rate, seconds, workers):
    """What comes meanwhile is read, too: n events take n S / (1 - rate S) on average, S = seconds / workers."""
    design, each = Replayed(EventDriven(), "bus", 100, workers, seconds), seconds / workers
    shares = []
    for run in replicate(design, Workload(rate, 400, Work(0, 0.01, 0)), 60):
        began, ended = replay(run)
        there = np.sum(run.jobs["bus"].arrived < began)
        shares.append((ended - began) / (there * each / (1 - rate * each)))
    found = interval(shares)
    assert agrees(found, 1) and found.high - found.low < 0.15


def test_too_few_workers_never_catch_up():
    run = simulate(Replayed(EventDriven(), "bus", 100, 1, 0.6), Workload(2, 1500, Work(0, 0.01, 0)))
    assert isnan(run.jobs["replay"].finished[0])
    assert not len(views.batches(run)[0])


def test_from_its_end_the_answers_are_healed():
    """Ten events, the first four counted twice by a bug; the third is 20 s late. Read again at 30, in 10 x 0.5 s."""
    trace = replace(TEN, luck=[0, 0, 0.3] + [0] * 7)        # without luck there is no time on the way
    chance = list(trace.requests())[2].chance("way")
    late = Late(EventDriven(publish_time=0), UniformLaw(0, 20 / chance))
    run = simulate(Replayed(late, "bus", 30, 2, 1.0), trace)
    answers = views.ask(run, (29, 34, 35, 40), lateness=1, speed_bug=views.Bug(0, 3.5, 2))
    assert answers.truth.tolist() == [10] * 4
    assert answers.speed.tolist() == [12] * 4               # three of them twice, six once
    assert answers.merged.tolist() == [12, 12, 10, 10]
    assert answers.staleness.tolist() == [inf, inf, 5, 10]


def test_the_bill_by_hand():
    """5 s + 2.5 s of two machines."""
    prices, design = Prices.read(), Replayed(EventDriven(), "bus", 4.5, 2, 2.0)
    run = simulate(design, TEN)
    assert replay(run) == [4.5, 4.5 + 5 + 5]
    expected = 2 * 10 * prices.usd("vm_m5.large_2vcpu_8gib") / 3600
    assert design.bill(run, prices) == {**EventDriven().bill(run, prices), "replay": pytest.approx(expected)}


@pytest.mark.parametrize("design, pool", [(EventDriven(), "bus"), (LambdaArchitecture(), "log")])
def test_laws(design, pool):
    lawful(Replayed(design, pool, 5, 1, 0.002), BUSY)


@pytest.mark.parametrize("numbers, words", [
    ({"start": -1}, "start must be at least 0, got -1"),
    ({"seconds": -1}, "seconds must be at least 0, got -1"),
    ({"history": -1}, "history must be at least 0, got -1"),
    ({"workers": 0}, "workers must be at least 1, got 0"),
    ({"pool": "tape"}, "this design has the pools bus, consumers, not 'tape'"),
])
def test_numbers_that_cannot_be_are_refused(numbers, words):
    with pytest.raises(ValueError, match=words):
        simulate(Replayed(**{"design": EventDriven(), "pool": "bus", **numbers}), TEN)
