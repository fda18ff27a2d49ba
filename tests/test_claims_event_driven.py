"""The numbers behind each claim about event-driven architecture agree with numbers worked out here, and a broken
constant turns the signs red."""

from dataclasses import replace
from math import exp

import numpy as np
import pytest
from claim_laws import named, proven, result
from conftest import rest

from course import data
from course.claims import event_driven as claims
from course.claims.acknowledging import CrashingConsumers
from course.claims.arriving import ArrivingOrLookedFor
from course.claims.buffering import BurstInAQueue
from course.claims.claim import arms, crossing
from course.claims.decoupling import SlowConsumer
from course.claims.ordering import OutOfOrder
from course.claims.silence import DeadConsumers

BUS = 0.005         # seconds to publish

BROKEN = {
    "a job that saves nothing": replace(claims.REAL_TIME, experiment=ArrivingOrLookedFor(fixed=0.0, each=0.4)),
    "results of no use after a second": replace(claims.RESILIENT, experiment=BurstInAQueue(useful=1.0)),
    "a consumer that never becomes slow": replace(claims.DECOUPLED, experiment=SlowConsumer(times=1.0)),
    "events that are there at once": replace(claims.CAREFUL, experiment=OutOfOrder(way=0.0)),
    "callers who never give up": replace(claims.SILENT, experiment=DeadConsumers(patience=1000.0)),
    "consumers that never die": replace(claims.LOSS, experiment=CrashingConsumers(crashes=0.0)),
}


@pytest.mark.parametrize("what", BROKEN)
@rest()
def test_a_broken_constant_takes_the_proof_away(what):
    assert not proven(arms(BROKEN[what], 10))


def test_realistic_queues_keep_events_as_long_as_the_table_says():
    longest, = (float(row["value"]) for row in data.rows("platform_defaults") if row["name"] == "sqs_retention_max")
    assert claims.LOSS.realistic[1] == longest


def looked_for(rate, period=60.0, fixed=0.36, each=0.04):
    """Mean seconds until the end of the job that does all events of a period: half of it, then the job."""
    events = rate * period
    return period / 2 + fixed + each * (events + 1)         # the mean number of events beside one, and itself


def test_pushed_events_wait_as_pollaczek_and_khinchine_say():
    hold = result("E+1").arms[0]
    rate, second_moment = 0.5 / 0.4, 0.36**2 + 0.04**2 + 0.4**2
    waiting = rate * second_moment / 2 / (1 - 0.5)
    assert hold.pattern.low < BUS + 0.4 + waiting < hold.pattern.high
    assert hold.comparison.mean == pytest.approx(looked_for(rate), rel=0.02)
    assert named(result("E+1"), "every 10 s").comparison.mean == pytest.approx(looked_for(rate, 10.0), rel=0.03)


def test_more_than_can_be_done_is_late_by_algebra():
    mean, end = result("E+1").arms[1], named(result("E+1"), "last event")
    assert end.pattern.low < (1.2 - 1) * 600 < end.pattern.high
    assert mean.pattern.low < (1.2 - 1) * 600 / 2 < mean.pattern.high
    assert end.comparison.mean < 60 + 0.36 + 0.04 * 1.2 / 0.4 * 60
    even = crossing(lambda busy: looked_for(busy / 0.4) - (busy - 1) * 300, 0.5, 1.2, steps=12)
    assert result("E+1").boundary == pytest.approx(even, abs=0.04)


def test_a_direct_call_saves_the_bus():
    assert named(result("E+1"), "direct call").effect.mean == pytest.approx(-BUS)


def phases(busy, step=0.1, until=180.0):
    """Work that comes, as a multiple of what is done, and how late a queue is then, at equal steps of time."""
    times = np.arange(0.0, until, step)
    come = np.where((times >= 20) & (times < 30), 4.0, busy)
    late, behind = [], 0.0
    for work in come:
        late.append(behind)
        behind = max(0.0, behind + step * (work - 1))
    return come, np.array(late)


def too_late(busy):
    """Percent of the events that a queue without chance does later than a minute after."""
    come, late = phases(busy)
    return 100 * come[late > 60].sum() / come.sum()


def turned_away(busy):
    """Percent of the events that are more than can be done at the moment."""
    come, _ = phases(busy)
    return 100 * np.maximum(0, come - 1).sum() / come.sum()


def test_a_service_turns_away_what_is_too_much_and_a_queue_is_late_by_it():
    hold, fail = result("E+2").arms[:2]
    assert hold.comparison.mean == pytest.approx(turned_away(0.5), abs=3)
    assert hold.pattern.mean == too_late(0.5) == 0
    assert fail.comparison.mean == pytest.approx(turned_away(1.5), abs=5)
    assert fail.pattern.mean == pytest.approx(too_late(1.5), abs=6)
    slowest = named(result("E+2"), "99th percentile").pattern
    assert slowest.mean == pytest.approx(phases(0.5)[1].max(), rel=0.1)
    even = crossing(lambda busy: turned_away(busy) - too_late(busy), 0.5, 1.5, steps=10)
    assert result("E+2").boundary == pytest.approx(even, abs=0.1)


def test_a_hot_partition_is_late_as_soon_as_its_backlog_is_a_minute():
    hot = named(result("E+2"), "have one key")
    all_events, its_own = 0.625 * 8 / 0.2, (0.8 + 0.2 * 13 / 100) * 0.625 * 8 / 0.2     # 13 of 100 keys share it
    late_from = 60 / (its_own * 0.2 - 1)
    expected = 100 * its_own / all_events * (30 - late_from) / 30       # the last minute of 90 s is not judged
    assert hot.pattern.low < expected < hot.pattern.high
    assert named(result("E+2"), "100 keys alike").pattern.mean == 0


def test_who_calls_while_all_is_down_is_lost_and_an_event_is_not():
    down = named(result("E+2"), "all servers are down")
    assert down.pattern.mean == 0
    assert down.comparison.mean == pytest.approx(100 * 20 * 2.5 / (170 * 2.5 + 10 * 20), abs=1)


def longest_wait(room):
    """Seconds: who comes in the worst moment waits until the consumers are quick again, or until there is room."""
    quick_again, done = 60.0, 4 / 0.3
    came = (quick_again + room / done) / (20.0 / done)      # where (rate - done) * t - room = done * (60 - t)
    return quick_again - came


def test_publishers_wait_for_room_by_algebra():
    assert named(result("E+3"), "as long as it takes").comparison.mean == pytest.approx(longest_wait(0), rel=0.12)
    assert named(result("E+3"), "room for 100").pattern.mean == pytest.approx(longest_wait(100), rel=0.12)
    even = crossing(lambda room: 1.0 - longest_wait(room), 2000, 10, steps=14)
    assert result("E+3").boundary == pytest.approx(even, rel=0.08)
    assert even < (20 - 4 / 0.3) * 60       # all that gathers


def test_publishers_notice_neither_a_slow_nor_a_dead_nor_a_second_consumer():
    for words in ("ten times as slow", "stand still"):
        arm = next(arm for arm in result("E+3").arms if words in arm.name)
        assert arm.pattern.mean == pytest.approx(BUS) and arm.comparison.mean == pytest.approx(1.0)
    second = named(result("E+3"), "a second consumer")
    assert second.pattern.mean == pytest.approx(0, abs=1e-9)
    assert second.comparison.mean == pytest.approx(30, rel=0.1)        # its own work, and no wait to speak of


PER_KEY = 60 / 300 * 4 / 3          # events a second for each key, while there are any


def overtaken(seconds):
    """Percent of the keys whose last event is not the last to be there, when each is late by an exponential time."""
    expected = PER_KEY * seconds
    return 100 * (1 - (1 - exp(-expected)) / expected)


def mistaken(skew):
    """Percent of the keys with an event that seems newer than the last, when clocks are set anywhere in `skew`."""
    clock = (np.arange(1000) + 0.5) / 1000
    return 100 * (1 - float(np.mean(np.exp(-PER_KEY * skew * (1 - clock) ** 2 / 2))))


def test_events_overtake_one_another_as_often_as_chance_says():
    hold, fail = result("E-1").arms[:2]
    assert hold.pattern.low < overtaken(0.5) < hold.pattern.high and hold.comparison.mean == 0
    assert fail.comparison.low < mistaken(10.0) < fail.comparison.high
    one_queue = named(result("E-1"), "one queue")
    assert one_queue.pattern.low < overtaken(0.2) < one_queue.pattern.high
    even = crossing(lambda skew: overtaken(0.5) - mistaken(skew), 0.0, 10.0, steps=12)
    assert result("E-1").boundary == pytest.approx(even, rel=0.15)


def test_counts_are_wrong_where_an_event_came_twice():
    twice = named(result("E-1"), "events add up")
    events = 60 * 30 / 300
    assert twice.pattern.low < 100 * (1 - exp(-events * 0.005)) / (1 - exp(-events)) < twice.pattern.high


def test_a_poisoned_event_stalls_those_behind_it_until_it_is_a_dead_letter():
    poison = named(result("E-1"), "poisoned")
    assert poison.pattern.low < 100 / 2 < poison.pattern.high
    assert poison.comparison.high < 3 * 0.2 + 2 * 2.0


def test_an_alarm_on_errors_is_silent_and_one_on_waiting_events_is_not():
    hold, fail = result("E-2").arms[:2]
    assert hold.pattern == (120, 120, 120, 10)
    before = 60 - 1
    assert hold.comparison.mean == pytest.approx(1 + 0.05 * before, abs=0.5)   # then 5 % of a minute's answers
    usual = 2 * 0.5 / (1 - 0.5**2)                                            # M/M/2: those in it before
    assert fail.pattern.low < (20 - usual) / 10 < fail.pattern.high
    assert result("E-2").boundary == pytest.approx(10 * hold.comparison.mean + usual, rel=0.1)


def test_ids_are_lost_hop_by_hop():
    hops = named(result("E-2"), "20 hops, against")
    assert hops.pattern.low < 100 * (1 - 0.98**20) < hops.pattern.high
    assert hops.comparison.low < 2 < hops.comparison.high
    assert named(result("E-2"), "all keep the id").pattern.mean == 0


def test_what_is_acknowledged_first_is_lost_and_what_is_acknowledged_last_is_doubled():
    lost, doubled = result("E-3").arms[0], named(result("E-3"), "done twice")
    assert lost.pattern.low < 25 < lost.pattern.high and lost.comparison.mean == 0
    assert doubled.pattern.low < 25 < doubled.pattern.high and doubled.comparison.mean == 0
    first, last = (next(arm for arm in result("E-3").also if arm.role == "comparison" and when in arm.name)
                   for when in ("first", "last"))
    assert first.pattern.mean == pytest.approx(-lost.pattern.mean)
    assert last.pattern.low < 10_000 * 0.0025 / (1 - 0.005) < last.pattern.high


def test_a_queue_that_keeps_events_too_briefly_loses_the_outage():
    fail, called = result("E-3").arms[1], named(result("E-3"), "a direct call")
    assert fail.comparison.mean == pytest.approx(10_000 * (30 - 1) / 120, rel=0.04)
    assert called.comparison.low < 10_000 * 30 / 120 < called.comparison.high and called.pattern.mean == 0
    assert result("E-3").boundary == pytest.approx(30 - 0.0025 * 120, abs=0.3)
