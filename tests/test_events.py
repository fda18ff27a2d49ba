"""Proves what became of events: fates, lag and wrong keys by hand on tiny runs, against the queues, and a recursion."""

from dataclasses import replace

import numpy as np
import pytest
from policies.laws import BUSY, Asked, Leaf, inject

from course.events import effects, fates, lag, last_writes, wrong_keys
from course.faults import Crash
from course.laws import UniformLaw
from course.patterns.event_driven import Consumers, EventDriven
from course.policies.batching import Batched
from course.policies.bulkhead import Bulkhead
from course.policies.crashing import Crashing
from course.policies.late import Late
from course.policies.redelivery import Redelivered
from course.simulation import simulate
from course.workload import Workload

QUICK = EventDriven(Consumers(1), publish_time=0)


@pytest.fixture(scope="module")
def five():
    """0: 0-1. 1: 0-2, lost after the work, so again 12-14. 2: refused at 0. 3: 30-55. 4: 90-110, after the end."""
    leaf = Leaf(ends=lambda request, call: "lost" if (request.id, call) == (1, 1) else None)
    return simulate(Redelivered(Bulkhead(leaf, 2), 10), inject((0, 0, 0, 30, 90), (1, 2, 1, 25, 20), duration=100))


# Fates


def test_effects_are_in_order_of_time(five):
    request, time = effects(five, "leaf")
    assert (request.tolist(), time.tolist()) == ([0, 1, 1, 3], [1, 2, 14, 55])


def test_each_event_has_one_fate(five):
    assert fates(five, "leaf", within=24) == pytest.approx((0.2, 0.2, 0.2, 0.2, 0.2))
    assert fates(five, "leaf", within=25) == pytest.approx((0.4, 0, 0.2, 0.2, 0.2))
    assert fates(five, "leaf") == pytest.approx((0.4, 0, 0.2, 0.2, 0.2))


def test_a_warm_up_takes_away_the_events_of_that_time(five):
    assert fates(five.after(20), "leaf", within=24) == pytest.approx((0, 0.5, 0, 0, 0.5))


def test_shares_sum_to_one_and_a_run_without_events_has_none():
    design = EventDriven(Redelivered(Crashing(Consumers(3), 0.1, 0.2), 1, most=2))
    assert sum(fates(simulate(design, BUSY).after(3), within=0.1)) == pytest.approx(1)
    assert sum(fates(simulate(design, replace(BUSY, arrival_rate=0)))) == 0


def test_what_is_on_its_way_is_waiting():
    """One not yet on the bus, one that will be delivered again, and one in work."""
    one = simulate(replace(QUICK, publish_time=3), inject((0,), (1,), duration=2))
    two = simulate(EventDriven(Redelivered(Crashing(Consumers(), before=1), 9)), inject((0,), (1,), duration=5))
    three = simulate(QUICK, inject((0,), (5,), duration=2))
    assert [fates(run).waiting for run in (one, two, three)] == [1, 1, 1]


def test_each_group_has_fates_of_its_own():
    """All have their result at 10; the one reader has done one at 10, and is at the second and the third later."""
    design = EventDriven(Consumers(3), (Consumers(1, name="readers"),), publish_time=0)
    run = simulate(design, inject((0, 0, 0), (10, 10, 10), duration=15))
    assert fates(run).once == 1
    assert fates(run, "readers") == pytest.approx((1 / 3, 0, 0, 0, 2 / 3))


def test_work_that_a_crash_cuts_off_has_no_effect():
    """In work from 0, cut off at 2; delivered again at 7, and done at 11."""
    design = replace(QUICK, consume=Redelivered(Consumers(1), 5))
    run = simulate(design, inject((0,), (4,)), (Crash("consumers", 2, 1),))
    assert [column.tolist() for column in effects(run)] == [[0], [11]]
    assert fates(run, within=11).once == 1


def test_groups_are_told_apart_by_their_names():
    design = EventDriven(Consumers(2, 2), (Consumers(1, name="consumers of copies"),))
    run = simulate(design, BUSY)
    assert len(effects(run)[0]) == sum(np.sum(run.jobs[f"consumers {lane}"].finished <= run.end) for lane in (0, 1))
    with pytest.raises(ValueError, match=r"this run has the pools bus, consumers 0, .*, and no group 'mail'"):
        effects(run, "mail")


def test_a_batch_is_no_event():
    run = simulate(EventDriven(Batched(fixed=10)), inject((0, 1, 2), (1, 2, 3)))
    assert len(effects(run, "infer")[0]) == 0
    assert effects(run, "infer requests")[0].tolist() == [0, 1, 2]


# Lag


def test_lag_by_hand():
    """One consumer: 0-2, 2-3, 3-6, and nobody until 8; the last is in work when the run ends."""
    run = simulate(QUICK, inject((0, 1, 1, 8), (2, 1, 3, 5), duration=10))
    times, events = lag(run)
    assert (times.tolist(), events.tolist()) == ([0, 1, 2, 3, 6, 8], [1, 3, 2, 1, 0, 1])


def test_lag_is_the_number_in_the_queue_and_in_work():
    run = simulate(EventDriven(Consumers(2)), BUSY)
    levels, (times, events) = run.levels("consumers"), lag(run)
    kept = np.isin(levels.time, times)
    assert np.array_equal(levels.time[kept], times)
    assert np.array_equal((levels.waiting + levels.in_service)[kept], events)


def test_the_lag_of_a_group_is_that_of_all_its_partitions():
    run = simulate(EventDriven(Consumers(3, 3)), BUSY)
    moments = np.linspace(0.1, run.end - 0.1, 50)
    expected = sum(at(part.time, part.waiting + part.in_service, moments)
                   for part in (run.levels(f"consumers {lane}") for lane in range(3)))
    assert np.array_equal(at(*lag(run), moments), expected)


def at(times, values, moments):
    """The value that holds at each of the moments."""
    return values[np.searchsorted(times, moments, side="right") - 1]


def test_without_events_there_is_no_lag():
    times, events = lag(simulate(QUICK, replace(BUSY, arrival_rate=0)))
    assert len(times) == len(events) == 0


# Order


def test_wrong_keys_by_hand():
    """Key 7: the second is written at 2, the first at 5. Key 8: in order. Key 9: the newest never had an effect."""
    leaf = Leaf(lasts=lambda request, call: 5.0 if request.id == 0 else 1.0)
    run = simulate(leaf, Asked((0, 1, 2, 3, 4, 9.5), (7, 7, 8, 8, 9, 9), duration=10))
    assert last_writes(run, "leaf") == {7: 0, 8: 3, 9: 4}
    assert wrong_keys(run, "leaf") == pytest.approx(1 / 3)


def test_a_second_delivery_may_overwrite_what_is_newer():
    """The first is done at 1 and again at 11; the second, of the same key, at 3."""
    leaf = Leaf(ends=lambda request, call: "lost" if (request.id, call) == (0, 1) else None)
    run = simulate(Redelivered(leaf, 9), Asked((0, 2), (5, 5)))
    assert (last_writes(run, "leaf"), wrong_keys(run, "leaf")) == ({5: 0}, 1)


def test_nothing_written_is_nothing_wrong():
    run = simulate(QUICK, replace(BUSY, arrival_rate=0))
    assert (last_writes(run), wrong_keys(run)) == ({}, 0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_wrong_keys_as_found_one_by_one(seed):
    """Each key looks through all that was ever written under it."""
    workload = Workload(40, 20, BUSY.mean_work, seed, keys=50)
    run = simulate(Late(EventDriven(Consumers(4)), UniformLaw(0, 2)), workload)
    events, jobs, wrong = list(workload.requests()), run.jobs["consumers"], []
    for key in range(50):
        written = [(end, number) for number, end in zip(jobs.request, jobs.finished) if events[number].key == key
                   and end <= run.end]
        wrong.append(max(written)[1] != max(number for _, number in written))
    assert wrong_keys(run) == pytest.approx(np.mean(wrong))
    assert 0.1 < np.mean(wrong) < 0.9
