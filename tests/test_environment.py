"""Proves that the lean environment is SimPy's own: every idiom gives the same events, times and failures."""

import random

import pytest
import simpy

from course.environment import IDLE, Environment
from course.simulation import Pool

ENVIRONMENTS = [simpy.Environment, Environment]


def returning(env, note):
    """A process's return value, and a second wait for a process that has ended."""
    def child():
        yield env.timeout(2.5)
        return "grown"

    def parent():
        young = env.process(child())
        note((yield young))
        yield env.timeout(1)
        note((yield young))
        note(young.is_alive, young.value)
    env.process(parent())


def failing(env, note):
    """A failure that a parent waits for reaches the parent, with its message."""
    def child():
        yield env.timeout(2)
        raise KeyError("broken")

    def parent():
        try:
            yield env.process(child())
        except KeyError as failure:
            note(failure.args)
        yield env.timeout(1)
        note("on")
    env.process(parent())


def interrupting(env, note):
    def sleeper():
        try:
            yield env.timeout(100)
        except simpy.Interrupt as interrupt:
            note("awake", interrupt.cause)
        yield env.timeout(1)
        note("up")

    def caller(other):
        yield env.timeout(3)
        other.interrupt("the bell")
    env.process(caller(env.process(sleeper())))


def combining(env, note):
    """Conditions: either, both, of events past and to come, nested, and with a process among them."""
    def child(seconds, value):
        yield env.timeout(seconds)
        return value

    def parent():
        long, short = env.timeout(5, "long"), env.process(child(3, "short"))
        note(list((yield long | short).values()))
        note(sorted((yield long & short).values()))
        note((yield env.all_of([])).todict(), list((yield env.any_of([short, env.timeout(9)])).values()))
        first, second, third = (env.timeout(delay, delay) for delay in (1, 2, 3))
        reached = yield (first & second) | third
        note(first in reached, second in reached, third in reached, reached.todict() == {first: 1, second: 2})
    env.process(parent())


def failing_condition(env, note):
    def parent():
        doomed = env.event()
        env.process(spoil(doomed))
        try:
            yield doomed & env.timeout(9)
        except ValueError as failure:
            note(failure.args)

    def spoil(event):
        yield env.timeout(2)
        event.fail(ValueError("spoilt"))
    env.process(parent())


def values(env, note):
    """Values through timeouts and events, false ones and None too."""
    def parent():
        for value in ("word", 0, False, "", None):
            note((yield env.timeout(1, value=value)))
        bell = env.event()
        env.process(ring(bell))
        note((yield bell))
        note((yield bell), bell.processed, bell.ok)
    def ring(bell):
        yield env.timeout(2)
        bell.succeed({"tone": 3})
    env.process(parent())


def storing(env, note):
    store, tank = simpy.Store(env, capacity=2), simpy.Container(env, capacity=10, init=5)

    def producer():
        for item in range(4):
            yield store.put(item)
            note("stored", item)
            yield tank.put(2)
            note("level", tank.level)

    def consumer():
        yield env.timeout(3)
        for _ in range(4):
            note("took", (yield store.get()))
            yield tank.get(3)
            note("level", tank.level)
            yield env.timeout(1)
    env.process(producer())
    env.process(consumer())


def choosing(env, note):
    store = simpy.FilterStore(env)

    def consumer(wanted):
        note(wanted, (yield store.get(lambda item: item == wanted)))

    def producer():
        for item in ("b", "a"):
            yield env.timeout(1)
            yield store.put(item)
    env.process(consumer("a"))
    env.process(consumer("b"))
    env.process(producer())


def queueing(env, note):
    desk = simpy.Resource(env, capacity=2)

    def customer(number):
        with desk.request() as turn:
            yield turn
            note(number, "starts", desk.count, len(desk.queue))
            yield env.timeout(3 + number / 7)
        note(number, "ends")
    for number in range(5):
        env.process(customer(number))


def reneging(env, note):
    desk = simpy.Resource(env)

    def customer(number, patience):
        with desk.request() as turn:
            reached = yield turn | env.timeout(patience)
            note(number, turn in reached, turn.triggered)
            if turn in reached:
                yield env.timeout(4)
    for number in range(4):
        env.process(customer(number, patience=5))


def ranking(env, note):
    desk = simpy.PriorityResource(env)

    def customer(number, priority):
        yield env.timeout(number / 10)
        with desk.request(priority=priority) as turn:
            yield turn
            note(number)
            yield env.timeout(2)
    for number, priority in enumerate((0, 3, 1, 2, 1)):
        env.process(customer(number, priority))


def preempting(env, note):
    desk = simpy.PreemptiveResource(env)

    def customer(number, delay, priority):
        yield env.timeout(delay)
        with desk.request(priority=priority) as turn:
            yield turn
            try:
                yield env.timeout(5)
                note(number, "done")
            except simpy.Interrupt as interrupt:
                note(number, "driven out", interrupt.cause.usage_since)
    for number, (delay, priority) in enumerate(((0, 2), (1, 1), (2, 3), (3, 0))):
        env.process(customer(number, delay, priority))


def at_the_same_time(env, note):
    """Ties are broken by the order of making, and interrupts and new processes go first."""
    def one(name, delay):
        yield env.timeout(delay)
        note(name)
        env.process(late(name))
        yield env.timeout(0)
        note(name, "again")

    def late(name):
        note(name, "child")
        yield env.timeout(0)
    for name in "abc":
        env.process(one(name, 1))


def racing(env, note):
    """A random mixture: many customers, two desks, some who lose patience."""
    chance = random.Random(5)
    desks = [simpy.Resource(env, 2), simpy.Resource(env, 1)]

    def customer(number):
        for desk in desks:
            with desk.request() as turn:
                reached = yield turn | env.timeout(chance.expovariate(0.3))
                if turn not in reached:
                    return note(number, "left")
                yield env.timeout(chance.expovariate(1))
        return note(number, "served")

    def door():
        for number in range(400):
            yield env.timeout(chance.expovariate(0.9))
            env.process(customer(number))
    env.process(door())


SCENARIOS = [returning, failing, interrupting, combining, failing_condition, values, storing, choosing, queueing,
             reneging, ranking, preempting, at_the_same_time, racing]


def diary(make, scenario):
    """All that a scenario notes, with the exact times."""
    env, entries = make(), []
    scenario(env, lambda *facts: entries.append((env.now, *facts)))
    env.run()
    return [*entries, env.now]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_idiom_is_simpys_to_the_last_digit(scenario):
    stock = diary(simpy.Environment, scenario)
    assert len(stock) > 1
    assert diary(Environment, scenario) == stock


class Starting(Environment):
    """Starts its first processes instead, so that nobody can wait for them."""

    def begin(self, scenario, note):
        generators = []
        self.process = generators.append
        scenario(self, note)
        del self.process
        for generator in generators:
            self.start(generator)


@pytest.mark.parametrize("scenario", [returning, failing, combining, failing_condition, values, storing, choosing,
                                      queueing, reneging, ranking, at_the_same_time, racing])
def test_a_started_generator_does_what_a_process_does(scenario):
    assert diary(Starting, lambda env, note: env.begin(scenario, note)) == diary(simpy.Environment, scenario)


@pytest.mark.parametrize("make", ENVIRONMENTS)
def test_run_until_a_time_an_event_or_the_end(make):
    env, ticks = make(), []

    def clock():
        while True:
            ticks.append(env.now)
            yield env.timeout(1)
    env.process(clock())
    env.run(until=3)
    assert (env.now, ticks) == (3, [0, 1, 2])           # what happens at 3 is not yet done
    env.run(until=4.5)
    assert (env.now, ticks) == (4.5, [0, 1, 2, 3, 4])
    assert env.run(until=env.timeout(2, value="over")) == "over"
    assert env.now == 6.5
    with pytest.raises(ValueError):
        env.run(until=6)
    with pytest.raises(ValueError):
        env.run(until=env.now)


@pytest.mark.parametrize("make", ENVIRONMENTS)
def test_until_an_event_that_fails_or_never_comes(make):
    def bad(env):
        yield env.timeout(1)
        raise KeyError("broken")
    env = make()
    with pytest.raises(KeyError):
        env.run(until=env.process(bad(env)))
    with pytest.raises(RuntimeError):
        env.run(until=env.event())
    assert make().run() is None


@pytest.mark.parametrize("make", ENVIRONMENTS)
def test_an_uncaught_failure_is_raised_and_a_defused_one_is_not(make):
    env = make()

    def bad():
        yield env.timeout(1)
        raise KeyError("broken")
    env.process(bad())
    with pytest.raises(KeyError, match="broken"):
        env.run()
    assert env.now == 1
    env.event().fail(KeyError("unseen"))
    with pytest.raises(KeyError, match="unseen"):
        env.run()
    quiet = env.event().fail(KeyError("seen"))
    quiet.defused = True
    env.run()


@pytest.mark.parametrize("make", ENVIRONMENTS)
@pytest.mark.parametrize("nothing", [None, 3, "word"])
def test_yielding_what_is_no_event_is_an_error(make, nothing):
    env = make()

    def bad():
        yield env.timeout(1)
        yield nothing
    env.process(bad())
    with pytest.raises(RuntimeError):
        env.run()


@pytest.mark.parametrize("delay", [-1, float("nan")])
def test_a_delay_into_the_past_is_refused_with_a_sentence(delay):
    with pytest.raises(ValueError, match="a delay must be at least 0 seconds, got"):
        Environment().timeout(delay)


def test_until_must_be_later_and_a_number():
    with pytest.raises(ValueError, match="until must lie after the current time 0, got nan"):
        Environment().run(until=float("nan"))


def test_a_started_generator_that_yields_no_event_is_told_so():
    env = Environment()

    def bad():
        yield env.timeout(1)
        yield None
    env.start(bad())
    with pytest.raises(RuntimeError, match="a process may yield only events, not None"):
        env.run()


def test_a_started_generator_raises_out_of_run_and_can_catch_what_it_waits_for():
    env, seen = Environment(), []

    def bad():
        yield env.timeout(1)
        raise KeyError("broken")

    def careful():
        try:
            yield env.process(bad())
        except KeyError:
            seen.append(env.now)
    env.start(careful())
    env.run()
    assert seen == [1]
    env.start(bad())
    with pytest.raises(KeyError, match="broken"):
        env.run()
    assert env.now == 2


def test_a_started_generator_passes_many_events_that_are_over():
    """Each is passed at once, and not by a call within a call, which would end at a thousand."""
    env, passed = Environment(), []
    over = env.timeout(0, value="value")
    env.run()

    def patient():
        for _ in range(5_000):
            passed.append((yield over))
        yield env.timeout(1)
        passed.append(env.now)
    env.start(patient())
    env.run()
    assert passed == ["value"] * 5_000 + [1]


def test_a_started_generator_gets_the_failure_of_an_event_that_is_over():
    env, seen = Environment(), []
    failed = env.event().fail(KeyError("broken"))
    failed.defused = True
    env.run()

    def curious():
        try:
            yield failed
        except KeyError:
            seen.append(env.now)
        yield env.timeout(1)
        seen.append(env.now)
    env.start(curious())
    env.run()
    assert seen == [0, 1]


def test_a_started_generator_cannot_be_interrupted_but_a_process_it_waits_for_can():
    env, seen = Environment(), []

    def sleeper():
        try:
            yield env.timeout(9)
        except simpy.Interrupt:
            seen.append(env.now)

    def life():
        with pytest.raises(RuntimeError, match="put that part into env"):
            env.active_process.interrupt()
        part = env.process(sleeper())
        env.process(waker(part))
        yield part

    def waker(part):
        yield env.timeout(2)
        part.interrupt()
    env.start(life())
    env.run()
    assert seen == [2]


def test_work_counts_for_the_request_that_caused_it():
    """Through processes and started generators, nested ones too, and for nobody outside of them."""
    env = Environment()
    pool = Pool(env, "pool", 9)

    def part():
        yield pool.serve(1)

    def lives():
        while True:
            yield IDLE
            yield pool.serve(1)
            env.process(part())
            env.start(part())
            yield pool.serve(1)
            env.timeout(0.5).callbacks.append(lambda _: pool.serve(1))
            yield pool.serve(0.25)

    class Asked:
        def __init__(self, id, arrival_time):
            self.id, self.arrival_time = id, arrival_time
    env.arrive([Asked(4, 0.0), Asked(5, 10.0)], lives)
    env.run()
    assert pool.requests == [4, 4, 4, 4, 4, -1, 5, 5, 5, 5, 5, -1]
    assert env.active_process is None


def test_run_leaves_the_garbage_collector_as_it_was():
    import gc
    env = Environment()

    def bad():
        assert not gc.isenabled()
        yield env.timeout(1)
        raise KeyError
    env.process(bad())
    with pytest.raises(KeyError):
        env.run()
    assert gc.isenabled()
    gc.disable()
    try:
        env.run()
        assert not gc.isenabled()
    finally:
        gc.enable()


def waits(make, pool_of, hold):
    """Waiting times of 3,000 random customers at two servers."""
    chance, env, found = random.Random(3), make(), []
    pool = pool_of(env)

    def customer(work):
        arrived = env.now
        yield from hold(env, pool, work)
        found.append(env.now - arrived)

    def door():
        for _ in range(3_000):
            yield env.timeout(chance.expovariate(1.8))
            env.process(customer(chance.expovariate(1)))
    env.process(door())
    env.run()
    return found


def in_simpys_idiom(env, pool, work):
    with pool.request() as server:
        yield server
        yield env.timeout(work)


def in_one_step(env, pool, work):
    yield pool.serve(work)


@pytest.mark.parametrize("make", ENVIRONMENTS)
@pytest.mark.parametrize("hold", [in_simpys_idiom, in_one_step])
def test_a_pool_gives_the_waits_of_simpys_resource(make, hold):
    stock = waits(simpy.Environment, lambda env: simpy.Resource(env, 2), in_simpys_idiom)
    assert waits(make, lambda env: Pool(env, "pool", 2), hold) == stock


def test_the_resource_on_the_lean_environment_gives_the_same_waits():
    stock = waits(simpy.Environment, lambda env: simpy.Resource(env, 2), in_simpys_idiom)
    assert waits(Environment, lambda env: simpy.Resource(env, 2), in_simpys_idiom) == stock


def test_the_lean_pool_takes_one_event_a_visit_and_one_an_arrival():
    env, steps = Environment(), 0
    pool = Pool(env, "pool", 1)

    def lives():
        while True:
            yield IDLE
            yield pool.serve(1)

    class Asked:
        id, arrival_time = 0, 0.0
    env.arrive([Asked] * 10, lives)
    while env.peek() < float("inf"):
        env.step()
        steps += 1
    assert steps == 10 + 10
    assert env.now == 10
