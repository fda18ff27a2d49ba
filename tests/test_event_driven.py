"""Proves event-driven: exact times, one queue and partitions in theory, backlogs, order, delivery by every schedule."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from conftest import rest
from policies.laws import BUSY, Asked, Leaf, agrees, inject, jobs, lawful, outcomes

from course import data, theory
from course.events import effects, fates, lag, wrong_keys
from course.faults import Crash, Hang
from course.patterns.event_driven import Consumers, EventDriven
from course.policies.batching import Batched
from course.policies.bulkhead import Bulkhead
from course.policies.crashing import Crashing
from course.policies.once import Once
from course.policies.queued import Queued
from course.policies.redelivery import Redelivered
from course.prices import Prices
from course.run import interval, measure
from course.simulation import replicate, simulate
from course.workload import Deterministic, Injected, Mixed, Work, Workload

AT_ONCE = EventDriven(Consumers(1), publish_time=0)


def waits(run):
    """The mean wait of all jobs of the first group."""
    return float(np.mean(np.concatenate([run.waiting_times(pool) for pool in run.design.consume.lanes])))


# By hand


def test_without_load_an_event_is_published_and_worked_on():
    run = simulate(EventDriven(), Injected((0,), (Work(1, 2, 4),)))
    assert list(run.response_times) == [0.005 + 7]
    assert list(run.until("bus").response_times) == [0.005]


def test_events_wait_for_a_consumer_and_publishers_for_a_place():
    """One at a time on the bus: acknowledged at 1, 2 and 3; then one consumer: 1-5, 5-6 and 6-8."""
    design = EventDriven(Consumers(1), publish_time=1, publishers=1)
    run = simulate(design, inject((0, 0, 0), (4, 1, 2)))
    assert list(run.until("bus").departure_times) == [1, 2, 3]
    assert list(run.departure_times) == [5, 6, 8]


def test_a_key_belongs_to_a_partition_and_a_partition_to_a_consumer():
    """Keys 0 to 7 by four partitions: 0 1 2 3 0 1 2 3; by three consumers: 0 1 2 0 0 1 2 0."""
    run = simulate(replace(AT_ONCE, consume=Consumers(3, 4)), Asked((0,) * 8, range(8)))
    lanes = [run.jobs[f"consumers {number}"].request.tolist() for number in range(3)]
    assert lanes == [[0, 3, 4, 7], [1, 5], [2, 6]]
    assert list(run.departure_times) == [1, 1, 1, 2, 3, 2, 2, 4]


def test_each_group_gets_every_event_and_the_first_makes_the_result():
    """The others have one consumer: done at 4 and 7, when the results have been there since 4 and 3."""
    design = EventDriven(Consumers(2), (Consumers(1, name="audit"), Consumers(1, name="mail")), publish_time=0)
    run = simulate(design, inject((0, 0), (4, 3)))
    assert list(run.departure_times) == [4, 3]
    assert [run.jobs[name].finished.tolist() for name in ("audit", "mail")] == [[4, 7], [4, 7]]


def test_what_happens_to_other_groups_is_no_matter_of_the_first():
    dying = Crashing(Consumers(1, name="audit"), before=1)
    run = simulate(replace(AT_ONCE, others=(dying,)), inject((0, 1), (4, 3)))
    assert (outcomes(run), list(run.departure_times)) == (["completed", "completed"], [4, 7])
    assert outcomes(simulate(replace(AT_ONCE, consume=dying), inject((0,), (4,)))) == ["lost"]
    down = (Crash("audit", 0.5, 9),)
    run = simulate(replace(AT_ONCE, others=(Consumers(1, name="audit"),)), inject((0, 1), (4, 3)), down)
    assert (list(run.departure_times), jobs(run, "audit")) == ([4, 7], 1)


def test_batches_are_worked_on_together():
    """As for a batch of its own, one second later: 1 + 10 + 1, and the other two until 12 + 10 + 2 + 3."""
    run = simulate(EventDriven(Batched(fixed=10), publish_time=1), inject((0, 1, 2), (1, 2, 3)))
    assert list(run.departure_times) == [12, 27, 27]


def test_the_bill_by_hand():
    """An hour: three brokers, a database, two consumers here and three there. Prices by the table."""
    prices = Prices.read()
    design = EventDriven(Consumers(2), (Consumers(3, 6, name="audit"),))
    bill = design.bill(simulate(design, inject((0,), (1,), duration=3600)), prices)
    assert bill == pytest.approx({
        "bus": 3 * prices.usd("kafka_broker_msk_t3.small"), "database": prices.usd("rds_mysql_db.t3.large_single_az"),
        "consumers": 2 * prices.usd("vm_m5.large_2vcpu_8gib"), "audit": 3 * prices.usd("vm_m5.large_2vcpu_8gib")})


def test_publishing_takes_what_was_measured():
    assert EventDriven().publish_time == float(data.row("service_times", "kafka_end_to_end")["p99_ms"]) / 1000


# Laws


@pytest.mark.parametrize("design", [
    EventDriven(Consumers(3)), EventDriven(Consumers(3, 6)), EventDriven(Consumers(2, 1)),
    EventDriven(Consumers(3, 12), (Consumers(4, name="audit"), Consumers(2, 2, name="mail"))),
], ids=["one queue", "partitions", "one partition", "groups"])
def test_no_event_is_lost_from_sight_and_littles_law_holds_on_every_pool(design):
    run = lawful(design, BUSY)
    published = int(np.sum(run.jobs["bus"].finished < run.end))
    assert jobs(run, "bus") == len(run.arrival_times)
    for group in design.groups:
        assert sum(jobs(run, lane) for lane in group.lanes) == published
    done = sum(int(np.sum(run.jobs[lane].finished < run.end)) for lane in design.consume.lanes)
    assert done == round(run.share("completed") * len(run.outcomes))


@pytest.mark.parametrize("consumers, partitions", [(3, 12), (4, 4), (2, 3)])
def test_each_partition_is_a_line_of_its_own(consumers, partitions):
    """Lindley: an event is done when it has come, and the one before it is done, and it has had its work."""
    run = simulate(EventDriven(Consumers(consumers, partitions)), replace(BUSY, duration=30))
    free, expected = [0.0] * consumers, []
    for event in run.workload.requests():
        lane = event.key % partitions % consumers
        free[lane] = max(free[lane], event.arrival_time + 0.005) + sum(event.work)
        expected.append(free[lane])
    done = np.array(expected) < run.end
    assert done.mean() > 0.7 and np.isnan(run.departure_times[~done]).all()
    assert run.departure_times[done] == pytest.approx(np.array(expected)[done], abs=1e-9)


def test_consumers_without_a_partition_have_nothing_to_do_and_are_paid():
    prices, few, many = Prices.read(), EventDriven(Consumers(4, 4)), EventDriven(Consumers(6, 4))
    runs = [simulate(design, BUSY) for design in (few, many)]
    assert np.array_equal(runs[0].departure_times, runs[1].departure_times, equal_nan=True)
    assert jobs(runs[1], "consumers 4") == jobs(runs[1], "consumers 5") == 0
    bills = [sum(design.bill(run, prices).values()) for design, run in zip((few, many), runs)]
    assert bills[1] - bills[0] == pytest.approx(2 * BUSY.duration * prices.server_second)


def test_a_partition_keeps_the_order_of_a_key_and_a_shared_queue_does_not():
    """Of the events of a key, in the order in which they were done, none may be older than one before it."""
    def overtaken(consume):
        run = simulate(EventDriven(consume), replace(BUSY, keys=20))
        keys, newest, count = [event.key for event in run.workload.requests()], {}, 0
        for event in effects(run)[0].tolist():
            count += newest.get(keys[event], -1) > event
            newest[keys[event]] = max(event, newest.get(keys[event], -1))
        return count, wrong_keys(run)

    assert overtaken(Consumers(4, 20)) == (0, 0)
    assert overtaken(Consumers(4))[0] > 10


# Theory


@rest()
def test_one_queue_is_mmc():
    """What leaves the bus is Poisson again, since all take the same time there and nobody waits."""
    runs = [run.after(20) for run in replicate(EventDriven(Consumers(3)), Workload(40, 300, Work(0, 0.06, 0)))]
    expected = 0.005 + theory.mmc(40, 1 / 0.06, 3).response_time
    found = measure(runs, lambda run: run.mean_response)
    assert agrees(found, expected) and found.high - found.low < 0.15 * expected


@rest()
def test_partitions_are_as_many_queues_with_a_consumer_each():
    """Four consumers, 70 % busy: behind one queue M/M/4, with a partition each four times M/M/1."""
    workload = Workload(28, 400, Work(0, 0.1, 0))
    shared, split = ([waits(run.after(20)) for run in replicate(EventDriven(Consumers(4, partitions)), workload)]
                     for partitions in (0, 4))
    for values, expected in ((shared, theory.mmc(28, 10, 4).waiting_time), (split, theory.mm1(7, 10).waiting_time)):
        found = interval(values)
        assert agrees(found, expected) and found.high - found.low < 0.25 * expected


def test_a_hot_key_overloads_one_partition_whatever_the_number_of_consumers():
    """16 events a second have key 0, and 4 any of 100, 0.1 s each: 16 + 4 / n - 10 a second are left over at one of n.

    The others are hardly busy. Within four standard errors of a Poisson number.
    """
    work, seconds = Work(0, 0.1, 0), 100
    parts = [Workload(16, seconds, work, keys=1), Workload(4, seconds, work)]
    hot = Mixed(tuple(replace(part, distribution=Deterministic()) for part in parts))
    for consumers in (4, 20):
        run = simulate(EventDriven(Consumers(consumers, 20)), hot)
        behind = run.levels("consumers 0")
        offered = 16 + 4 / consumers
        assert abs(behind.waiting[-1] - (offered - 10) * seconds) < 4 * (offered * seconds) ** 0.5
        assert run.utilisation("consumers 0") > 0.95
        assert max(run.utilisation(f"consumers {number}") for number in range(1, consumers)) < 0.2
    assert simulate(EventDriven(Consumers(4)), hot).levels("consumers").waiting[-1] < 10


# Buffering


@pytest.mark.parametrize("consumers", [1, 4])
def test_a_backlog_drains_by_algebra(consumers):
    """Nobody works for 100 s, while one event for each consumer comes every second, half a second after it began.

    Then each does 2 a second and gets 1: 100 events take 100 / (2 - 1) s. The 200th is the first that does not wait.
    """
    times = np.repeat(np.arange(250) + 0.5, consumers)
    trace = inject(times, [0.5] * len(times))
    run = simulate(replace(AT_ONCE, consume=Consumers(consumers)), trace, (Hang("consumers", 0, 100),))
    turns = np.repeat(np.arange(250), consumers)
    expected = np.maximum(100 + 0.5 * (turns + 1), times + 0.5)
    assert np.array_equal(run.departure_times, expected)
    assert run.departure_times[run.waiting_times("consumers") == 0].min() == 100 + 100 / (2 - 1)
    times, events = lag(run)
    assert events[times == 99.5] == events.max() == 100 * consumers


def test_an_acknowledgement_does_not_wait_for_consumers():
    runs = [simulate(EventDriven(Consumers(consumers)), BUSY) for consumers in (1, 50)]
    assert runs[0].share("unfinished") > 0.5 and runs[1].share("unfinished") < 0.05
    for early in (run.until("bus") for run in runs):
        assert early.response_times == pytest.approx(np.full(len(early.response_times), 0.005))
        assert early.share("completed") >= 1 - 2 / len(early.outcomes)


def test_with_back_pressure_a_publisher_waits_for_room():
    """Two may be behind the queue: the third is let in at 6, when the first is done, and acknowledged at 7."""
    slow = EventDriven(Consumers(1), publish_time=1)
    run = simulate(Queued(slow, 2, messages=0), inject((0, 0, 0), (5, 5, 5)))
    assert list(run.until("bus").departure_times) == [1, 1, 7]
    assert list(run.departure_times) == [6, 11, 16]
    free = simulate(slow, inject((0, 0, 0), (5, 5, 5)))
    assert (list(free.until("bus").departure_times), list(free.departure_times)) == ([1, 1, 1], [6, 11, 16])
    assert outcomes(simulate(Bulkhead(slow, 2), inject((0, 0, 0), (5, 5, 5)))) == ["completed", "completed", "dropped"]


# Delivery: what can go wrong with a delivery is that the consumer dies before the work, or after it


FINE, BEFORE, AFTER = "fine", "before", "after"
SCHEDULES = list(product((FINE, BEFORE, AFTER), repeat=4))


def luck_of():
    """For each schedule of four deliveries a luck that gives it: a third die before, a third after the work."""
    found = {}
    for number in range(3000):
        event = next(inject((0,), (0,), luck=(number / 3000,)).requests())
        deliveries = [event, *(event._replace(luck=event.chance("delivery", times)) for times in (1, 2, 3))]
        chances = [delivery.chance("crash consumers") for delivery in deliveries]
        found[tuple(BEFORE if chance < 1 / 3 else AFTER if chance < 2 / 3 else FINE for chance in chances)] = event.luck
    return found


LUCK = luck_of()
GROUP = Consumers(1)
DYING = {"before": 1 / 3, "after": 1 / 3}
DESIGNS = {"at most once": Crashing(GROUP, **DYING), "at least once": Redelivered(Crashing(GROUP, **DYING), 30, 4),
           "effectively once": Redelivered(Crashing(Once(GROUP), **DYING), 30, 4)}


def story(promise, schedule):
    """How often an event has its effect, and how it ends, when its deliveries go as in the schedule."""
    done = 0
    for delivery in schedule[:1] if promise == "at most once" else schedule:
        if delivery != BEFORE:
            done = 1 if promise == "effectively once" else done + 1
        if delivery == FINE:
            return done, "completed"
    return done, "lost" if promise == "at most once" else "dropped"


def test_every_schedule_has_its_luck():
    assert sorted(LUCK) == sorted(SCHEDULES)


@pytest.mark.parametrize("promise", DESIGNS)
def test_every_schedule_of_four_deliveries(promise):
    """All 81 as one trace, an hour apart."""
    trace = inject(np.arange(81) * 3600, [1] * 81, luck=[LUCK[schedule] for schedule in SCHEDULES])
    run = simulate(replace(AT_ONCE, consume=DESIGNS[promise]), trace)
    expected = [story(promise, schedule) for schedule in SCHEDULES]
    assert list(zip(np.bincount(effects(run)[0], minlength=81), outcomes(run))) == expected


@pytest.mark.parametrize("promise", DESIGNS)
def test_every_schedule_of_four_events(promise):
    """The first delivery of each goes as in the schedule, the second is fine; all come at the same time."""
    for schedule in SCHEDULES:
        luck = [LUCK[(first, FINE, FINE, FINE)] for first in schedule]
        run = simulate(replace(AT_ONCE, consume=DESIGNS[promise]), inject((0,) * 4, (1,) * 4, luck=luck))
        counts = np.array([story(promise, (first, FINE, FINE, FINE))[0] for first in schedule])
        shares = [np.mean(counts == 1), 0, np.mean(counts > 1), np.mean(counts == 0), 0]
        assert fates(run) == pytest.approx(shares)
        if promise == "at most once":
            assert fates(run).doubled == 0
        elif promise == "at least once":
            assert fates(run).lost == 0
        else:
            assert fates(run).once == 1


def test_acknowledged_is_not_done():
    """At most once: the client hears at 1 that the event is safe, and nothing ever comes of it."""
    design = EventDriven(Crashing(Leaf(), before=1), publish_time=1)
    run = simulate(design, inject((0,), (1,)))
    assert run.jobs["bus"].finished.tolist() == [1] and outcomes(run) == ["lost"]
    assert fates(run, "leaf").lost == 1


# Numbers that cannot be


@pytest.mark.parametrize("numbers, words", [
    ({"consumers": 0}, "consumers must be at least 1, got 0"),
    ({"consumers": 0, "partitions": 4}, "consumers must be at least 1, got 0"),
    ({"partitions": -1}, "partitions must be at least 0, got -1"),
])
def test_numbers_that_cannot_be_are_refused(numbers, words):
    with pytest.raises(ValueError, match=words):
        Consumers(**numbers)


def test_two_groups_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two pools have the same name"):
        simulate(EventDriven(Consumers(), (Consumers(),)), BUSY)
