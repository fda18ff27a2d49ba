"""Proves that a real queue loses and doubles what the model says: the rehearsal, the simulation and real processes."""

import json
import os
import tempfile
from contextlib import closing
from sqlite3 import OperationalError, connect
from typing import NamedTuple

import pytest
from bank.event_driven_modify import consume

from course import broker, durable_queue
from course.broker import PAYMENTS, in_processes, publish, read
from course.checks import given
from course.durable_queue import Message, Process, Queue, Store, work
from course.events import effects
from course.patterns.event_driven import Consumers, EventDriven
from course.policies.crashing import Crashing
from course.policies.once import Once
from course.policies.redelivery import Redelivered
from course.simulation import simulate
from course.workload import Injected, Work

BEFORE, AFTER = 0.3, 0.25       # shares of the calls that die before the effect, and after it
LUCKS = ((0.039, 0.046, 0.47, 0.487, 0.524, 0.59), (0.104, 0.187, 0.403, 0.615, 0.648, 0.921))


def acknowledge_first(message, queue, store):
    queue.acknowledge(message)
    store.put({message.account: store.get(message.account, 0) + message.amount})


def acknowledge_last(message, queue, store):
    store.put({message.account: store.get(message.account, 0) + message.amount})
    queue.acknowledge(message)


class Way(NamedTuple):
    """A consumer, the design that models it, and the steps at which dying is before and after the effect."""

    consume: object
    design: object
    before: int
    after: int


ONE = Consumers(1)
WAYS = {
    "at most once": Way(acknowledge_first, Crashing(ONE, BEFORE, AFTER), 2, 3),
    "at least once": Way(acknowledge_last, Redelivered(Crashing(ONE, BEFORE, AFTER)), 1, 2),
    "effectively once": Way(consume, Redelivered(Crashing(Once(ONE), BEFORE, AFTER)), 1, 2),
}


def digits(balance):
    """How often each of the payments has counted."""
    return [balance // amount % 10 for _, amount in PAYMENTS]


def kind(event):
    """Whether the one who works on a delivery dies before the effect, after it, or not at all."""
    chance = event.chance("crash consumers")
    return "before" if chance < BEFORE else "after" if chance < BEFORE + AFTER else None


def deaths(event, way, again):
    """The steps after which consumers of an event die, one for each delivery; `again` if dying is followed by more.

    Who recognises an event has no effect to be after: dying then is dying at once, before it is acknowledged.
    """
    steps, delivery, done = [], 1, False
    found = kind(event)
    while found:
        known = done and way.consume is consume
        steps.append(way.before if found == "before" or known else way.after)
        done = done or found == "after"
        found = kind(event._replace(luck=event.chance("delivery", delivery))) if again else None
        delivery += 1
    return steps


@pytest.mark.parametrize("luck", LUCKS)
@pytest.mark.parametrize("name", WAYS)
def test_rehearsal_simulation_and_processes_lose_and_double_the_same(name, luck):
    way, workload = WAYS[name], Injected(range(6), (Work(0, 0.1, 0),) * 6, luck=luck)
    run = simulate(EventDriven(way.design), workload)
    simulated = [list(effects(run)[0]).count(event) for event in range(6)]
    schedule = {event.id + 1: deaths(event, way, name != "at most once") for event in workload.requests()}
    assert sum(map(len, schedule.values())) >= 3
    books = in_processes(way.consume, schedule)
    assert digits(given("3M")(way.consume, schedule).balances["Ada"]) == simulated
    assert digits(books.balances["Ada"]) == simulated
    assert books.deaths == sum(map(len, schedule.values())) and books.left == []
    # At most once: who dies before the effect is lost. At least once: who dies after it, as often as that happens.
    times = {"at most once": [int(steps != [2]) for steps in schedule.values()],
             "at least once": [1 + steps.count(2) for steps in schedule.values()], "effectively once": [1] * 6}
    assert simulated == times[name]


def test_the_schedules_of_the_comparison_lose_and_double():
    """They would agree on nothing going wrong as well."""
    for way in (WAYS["at most once"], WAYS["at least once"]):
        found = [deaths(event, way, way.before == 1) for luck in LUCKS
                 for event in Injected(range(6), (Work(0, 0.1, 0),) * 6, luck=luck).requests()]
        assert any(way.before in steps for steps in found) and any(way.after in steps for steps in found)
        assert [] in found


def process_ids(message, queue, store):
    import os
    store.put({"processes": [*store.get("processes", []), os.getpid()], message.account: store.get("processes")})
    queue.acknowledge(message)


def test_each_death_is_that_of_another_process_and_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    books = in_processes(process_ids, {2: [2], 4: [1, 2]})
    # Three are killed: at 2 and, later, twice at 4. All that was stored is what the last but one delivery has found.
    assert books.deaths == 3 and len(set(books.balances["Ada"])) == 3
    assert os.getpid() not in books.balances["Ada"]
    for process in set(books.balances["Ada"]):
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
    assert list(tmp_path.iterdir()) == []


def test_what_nobody_acknowledges_is_left_and_what_nobody_can_read_is_aside():
    payments = [("Ada", 5), ("Ben", None), ("Ben", 7)]
    assert in_processes(consume, {2: [2]}, payments) == ({"Ada": 5, "Ben": 7}, [], [2], 1)

    def ignores(message, queue, store):
        if message.id == 2:
            queue.acknowledge(message)

    assert in_processes(ignores).left == [1, 3, 4, 5, 6]


def test_a_function_that_cannot_work_is_told_of_in_a_sentence(monkeypatch):
    def lacks(message, queue, store):
        digits(message)

    def endless(message, queue, store):
        while True:
            pass

    with pytest.raises(RuntimeError, match=r"NameError: name 'digits' is not defined.*must stand in them"):
        in_processes(lacks)
    with pytest.raises(TypeError, match="written with def"):
        in_processes(lambda message, queue, store: None)
    monkeypatch.setattr(broker, "PATIENCE", 0.5)
    with pytest.raises(RuntimeError, match=r"did not end within 0\.5 seconds"):
        in_processes(endless)


@pytest.fixture
def path(tmp_path):
    """A file with three messages."""
    path = str(tmp_path / "broker.db")
    publish(path, PAYMENTS[:3])
    return path


def order(function, name):
    """What a process is told."""
    return json.loads(json.dumps({"source": function, "name": name, "crashes": {"2": [2]}}))


def test_a_message_that_was_received_is_hidden_for_a_while_and_goes_behind_the_others(path):
    with closing(connect(path)) as database:
        queue = Queue(Process(database, {}))
        seen = [queue.receive().id for _ in range(4)]
        assert seen == [1, 2, 3, 1]
        queue.acknowledge(Message(1, "Ada", 1))
        queue.set_aside(Message(2, "Ada", 10))
        assert [queue.receive().id for _ in range(durable_queue.MOST - 1)] == [3] * (durable_queue.MOST - 1)
        assert queue.receive() is None
    books = read(path, PAYMENTS, 0)
    assert (books.left, books.aside, books.balances) == ([3], [2], {"Ada": 0})


def test_values_are_stored_all_or_none_and_none_removes_a_name(path):
    with closing(connect(path)) as database:
        process = Process(database, {})
        store = Store(process)
        store.put({"Ada": {1: 5, 2: 7}, ("done", 1): True})
        assert (store.get("Ada"), store.get(("done", 1)), store.get("Ben", 0)) == ({1: 5, 2: 7}, True, 0)
        with pytest.raises(OperationalError):
            process.change(("DELETE FROM stored", ()), ("DELETE FROM nowhere", ()))
        store.put({("done", 1): None})
        assert store.get(("done", 1)) is None
    assert read(path, PAYMENTS, 2) == ({"Ada": 12}, [1, 2, 3], [], 2)


def test_a_process_dies_right_after_its_step(path, monkeypatch):
    """Here the signal is noted and the process goes on, so that what it does after its step would show."""
    killed = []
    monkeypatch.setattr(durable_queue.os, "kill", lambda process, signal: killed.append((process, signal)))
    work(path, order("def f(m, q, s):\n    s.put({'Ada': m.id})\n    q.acknowledge(m)\n", "f"))
    assert killed == [(os.getpid(), durable_queue.KILL)]
    assert read(path, PAYMENTS, 0) == ({"Ada": 3}, [], [], 0)
