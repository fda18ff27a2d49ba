"""The small models behind the claims about event-driven architecture agree, arm by arm, with calculation by hand."""

from math import inf

import numpy as np
import pytest

from course.claims.acknowledging import CrashingConsumers, surplus
from course.claims.arriving import EASE, ArrivingOrLookedFor, of_all, of_last
from course.claims.buffering import BurstInAQueue, Results, late, lost_of, p99, results
from course.claims.decoupling import ROOM, SlowConsumer, waits
from course.claims.ordering import Newest, OutOfOrder, distinct, largest, last, number, stalled, written, wrong
from course.claims.silence import DeadConsumers, by_waiting, errors_ring
from course.events import fates
from course.faults import Crash, Hang
from course.patterns.event_driven import Consumers, EventDriven
from course.patterns.monolith import Monolith
from course.policies.late import Late
from course.policies.timeout import Timeout
from course.simulation import simulate
from course.workload import Injected, Request, Work


def events(*times, work=(0.36, 0.04, 0.0), luck=(), duration=inf):
    """Events at these times, each with the same work."""
    return Injected(times, [Work(*work)] * len(times), duration, luck)


def test_a_job_that_looks_does_all_that_is_new_in_one_go():
    experiment = ArrivingOrLookedFor()
    come = events(1.0, 5.0, 59.0, 61.0)
    ends = [60 + EASE + 0.36 + 3 * 0.04] * 3 + [120 + EASE + 0.36 + 0.04]
    looking = experiment.looking(60.0)
    assert of_all(looking, come) == pytest.approx(np.mean(ends) - np.mean([1.0, 5.0, 59.0, 61.0]))
    assert of_last(looking, come) == pytest.approx(ends[-1] - 61)
    assert of_last(experiment.pushed, come) == pytest.approx(0.005 + 0.40)
    assert of_last(experiment.pushed, events(1.0, duration=1.1)) == pytest.approx(0.1)     # not done when it ends


def test_consumers_that_take_all_in_one_go_share_the_fixed_part():
    together = EventDriven(ArrivingOrLookedFor().job(100))
    come = events(0.0, 0.1, 0.2)
    first = 0.005 + EASE + 0.40
    assert of_last(together, come) == pytest.approx(first + 0.36 + 2 * 0.04 - 0.2)     # the other two after the first


def test_events_of_ten_minutes_keep_a_consumer_as_busy_as_is_said():
    workload = ArrivingOrLookedFor().workload(0.5)
    times = np.array([request.arrival_time for seed in range(10) for request in workload.replication(seed).requests()])
    assert times.max() < 600 and workload.duration == pytest.approx(800)
    assert len(times) / 10 * 0.4 / 600 == pytest.approx(0.5, rel=0.05)


def test_a_service_refuses_who_finds_two_and_a_queue_keeps_all():
    experiment = BurstInAQueue()
    come = events(*[0.0] * 4, work=(0.0, 0.2, 0.0))
    assert list(results(experiment.service(1), come).seconds) == pytest.approx([0.2, 0.4, 0.6, inf])
    assert list(results(experiment.queue, come).seconds) == pytest.approx([0.205, 0.405, 0.605, 0.805])
    slow = events(0.0, 0.0, work=(0.0, 0.6, 0.0))
    assert list(results(experiment.service(1), slow).seconds) == pytest.approx([0.6, inf])     # 1.2 s is too long


def test_results_are_judged_when_their_time_is_over():
    found = Results(np.array([0.0, 10.0, 20.0, 90.0]), np.array([1.0, 70.0, inf, inf]), 100.0)
    assert late(found, 60.0) == pytest.approx(200 / 3)
    assert late(found, 5.0) == pytest.approx(75)
    assert lost_of(found) == pytest.approx(100 / 3)
    assert p99(found) == pytest.approx(1 + 0.99 * 69)


def test_bursts_and_hot_keys_are_in_the_traffic():
    experiment = BurstInAQueue()
    times = np.array([request.arrival_time for seed in range(10)
                      for request in experiment.workload(0.5).replication(seed).requests()])
    assert np.sum((times >= 20) & (times < 30)) / 10 == pytest.approx(4.0 / 0.2 * 10, rel=0.1)
    assert np.sum(times >= 30) / 10 == pytest.approx(0.5 / 0.2 * 210, rel=0.1)
    keys = [request.key for request in experiment.uneven.requests()]
    assert np.mean([key == 0 for key in keys]) == pytest.approx(0.8 + 0.2 / 100, abs=0.03)
    assert len(keys) == pytest.approx(len(list(experiment.even.requests())), rel=0.1)


def test_publishers_wait_for_a_place_and_callers_for_the_result():
    experiment = SlowConsumer(servers=1)
    come = events(0.0, 0.0, 0.0, work=(0.0, 1.0, 0.0))
    assert list(waits(experiment.bounded(ROOM), come, "bus")) == pytest.approx([0.005] * 3)
    assert list(waits(experiment.bounded(2), come, "bus")) == pytest.approx([0.005, 0.005, 1.01])
    assert list(waits(experiment.bounded(2), come, "")) == pytest.approx([1.005, 2.005, 3.005])
    assert list(waits(Timeout(Monolith(1), 1.5), come, "")) == pytest.approx([1.0, 1.5, 1.5])
    assert list(waits(Monolith(1), events(0.0, 0.0, work=(0.0, 1.0, 0.0), duration=1.5), "")) == [1.0, 1.5]


def test_another_consumer_is_one_more_part_to_change_on_both_sides():
    published, called = SlowConsumer().joined_by_another
    assert len(published.groups) == len(called.parts) == 2
    assert SlowConsumer().agreed(2).pattern == [3, 3]


def event(id, key=0, time=0.0, luck=0.5):
    return Request(id, time, Work(0, 0, 0), "request", key, luck)


def test_rules_of_writing_by_hand():
    first, second, other = event(0, time=1.0, luck=0.9), event(1, time=2.0, luck=0.2), event(2, key=1)
    order = [second, first, other, first]
    assert written(order, last) == {0: first, 1: other}
    assert written(order, Newest()) == {0: second, 1: other}
    assert written(order, number) == {0: 3, 1: 1}
    assert written(order, largest) == {0: 0.9, 1: 0.5}
    assert written(order, distinct) == {0: {0, 1}, 1: {2}}


def test_clocks_that_differ_turn_older_into_newer():
    early, later = event(0, time=1.0, luck=0.9), event(1, time=1.1, luck=0.2)
    ahead = early.chance("clock") - later.chance("clock")
    turned = 0.1 / abs(ahead)                                   # seconds of skew at which the two change places
    older, newer = (early, later) if ahead > 0 else (event(0, time=1.0, luck=0.2), event(1, time=1.1, luck=0.9))
    assert written([older, newer], Newest(0.9 * turned)) == {0: newer}
    assert written([older, newer], Newest(1.1 * turned)) == {0: older}


class Way:
    """Ten seconds for an event with much luck, nothing for another."""

    def quantile(self, p):
        return 10.0 if p > 0.5 else 0.0


def test_an_event_that_is_overtaken_leaves_its_key_wrong():
    lucks = sorted((luck / 100 for luck in range(1, 100)), key=lambda luck: event(0, luck=luck).chance("way"))
    keyed = [events(0.0, 1.0, work=(0.0, 0.1, 0.0), luck=luck)
             for luck in ((lucks[-1], lucks[0]), (lucks[0], lucks[-1]))]
    for come, percent in zip(keyed, (100, 0)):
        run = simulate(Late(EventDriven(Consumers(1)), Way()), OneKey(come))
        assert wrong(run, last) == percent and wrong(run, Newest()) == 0 and wrong(run, largest) == 0


class OneKey:
    """The same requests, all for key 0."""

    def __init__(self, requests):
        self.injected, self.duration = requests, requests.duration

    def requests(self):
        return (request._replace(key=0) for request in self.injected.requests())


class Poison(OneKey):
    """The same, and the first is one that nobody can work on."""

    def requests(self):
        return (request._replace(kind="request" if request.id else "poison") for request in super().requests())


def test_those_behind_a_poisoned_event_wait_for_its_last_delivery():
    come = Poison(events(0.0, 1.0, 2.0, work=(0.0, 0.2, 0.0), duration=50.0))
    letters = simulate(OutOfOrder().partition(3), come)
    free = 0.005 + 3 * 0.2 + 2 * 2.0
    assert letters.share("dropped") == pytest.approx(1 / 3)
    assert stalled(letters) == pytest.approx(np.mean([free + 0.2 - 1.0, free + 0.4 - 2.0]))
    assert stalled(simulate(OutOfOrder().partition(inf), come)) == pytest.approx(np.mean([49.0, 48.0]))


def test_alarms_ring_by_hand():
    come = events(*range(20), work=(0.0, 0.1, 0.0), duration=40.0)
    dead = (Hang("workers", 9.5, inf),)
    called = simulate(Timeout(Monolith(1), 1.0), come, dead)
    # answered at 0.1 to 9.1, errors at 11, 12, and so on: three of the last six at 13, from 7.1 on
    assert errors_ring(called, 9.5, 6.0, 0.5) == pytest.approx(13 - 9.5)
    assert errors_ring(called, 9.5, 6.0, 1.1) == pytest.approx(40 - 9.5)
    published = simulate(EventDriven(Consumers(1)), come, (Hang("consumers", 9.5, inf),))
    assert errors_ring(published.until("bus"), 9.5, 6.0, 0.5) == pytest.approx(40 - 9.5)
    assert by_waiting(published, "consumers", 9.5, 4) == pytest.approx(13.005 - 9.5)
    assert by_waiting(published, "consumers", 9.5, 1) == pytest.approx(10.005 - 9.5)     # not at one before the death
    assert by_waiting(published, "consumers", 9.5, 11) == pytest.approx(40 - 9.5)


def test_a_way_is_told_when_every_hop_keeps_the_id():
    assert DeadConsumers().untold(0.0, 20, 1).pattern == [0] and DeadConsumers().untold(1.0, 1, 1).pattern == [100]
    one_hop = DeadConsumers().untold(0.02, 1, 1)
    assert one_hop.pattern == one_hop.comparison


def test_a_crash_before_the_effect_loses_and_one_after_it_doubles():
    experiment = CrashingConsumers(crashes=1.0)
    lucks = [luck / 100 for luck in range(1, 100)]
    before = next(luck for luck in lucks if event(0, luck=luck).chance("crash") < 0.5)
    after = next(luck for luck in lucks if event(0, luck=luck).chance("crash") > 0.5)
    come = events(0.0, 1.0, luck=(before, after))
    run = simulate(experiment.first, come)
    assert fates(run).lost == 0.5 and fates(run).once == 0.5 and surplus(run) == -5000
    again = simulate(experiment.last, events(0.0, 1.0, luck=(before, after), duration=50.0))
    assert fates(again).lost == 0 and fates(again).doubled > 0 and surplus(again) > 0
    known = simulate(experiment.once(60.0), events(0.0, 1.0, luck=(before, after), duration=500.0))
    assert fates(known).once == 1 and surplus(known) == 0


def test_a_queue_forgets_what_waited_longer_than_it_keeps_events():
    experiment = CrashingConsumers(crashes=0.0, consumers=1)
    come = events(0.0, 0.5, 8.0, work=(0.0, 1.0, 0.0))
    away = (Hang("consumers", 0.9, 10.0),)
    # the second gets its turn when the first is done, at 1.005; the third when the second is, at 11.9
    brief, long = (simulate(experiment.once(seconds), come, away) for seconds in (3.0, 4.0))
    assert fates(brief).lost == pytest.approx(1 / 3) and fates(long).lost == 0
    called = simulate(Monolith(1), come, (Crash("workers", 0.9, 10.0),))
    assert called.refused == 1
