"""Answers to exercise 1M: what learners get wrong, and ways to be right."""

import random
from heapq import heapify, heappop, heappush

import numpy as np
import simpy
from bank.form import Bank


def right(arrival_times, service_times, workers):
    env = simpy.Environment()
    pool = simpy.Resource(env, capacity=workers)
    answer = [None] * len(arrival_times)

    def life(number):
        yield env.timeout(arrival_times[number])
        with pool.request() as worker:
            yield worker
            yield env.timeout(service_times[number])
        answer[number] = env.now - arrival_times[number]

    for number in range(len(arrival_times)):
        env.process(life(number))
    env.run()
    return answer


def model(life, resource=simpy.Resource, until=lambda arrival_times: None):
    """A SimPy program around one `life(env, pool, arrival, service, record)`."""
    def answer(arrival_times, service_times, workers):
        env = simpy.Environment()
        pool, times = resource(env, capacity=workers), [None] * len(arrival_times)
        for number, (arrival, service) in enumerate(zip(arrival_times, service_times)):
            env.process(life(env, pool, arrival, service, lambda time, number=number: times.__setitem__(number, time)))
        env.run(until(arrival_times))
        return times

    return answer


def whole_life(env, pool, arrival, service, record):
    yield env.timeout(arrival)
    with pool.request() as worker:
        yield worker
        yield env.timeout(service)
    record(env.now - arrival)


def late_clock(env, pool, arrival, service, record):
    yield env.timeout(arrival)
    with pool.request() as worker:
        yield worker
        begin = env.now
        yield env.timeout(service)
    record(env.now - begin)


def served_outside(env, pool, arrival, service, record):
    yield env.timeout(arrival)
    with pool.request() as worker:
        yield worker
    yield env.timeout(service)
    record(env.now - arrival)


def never_released(env, pool, arrival, service, record):
    yield env.timeout(arrival)
    yield pool.request()
    yield env.timeout(service)
    record(env.now - arrival)


def recorded_at_start(env, pool, arrival, service, record):
    yield env.timeout(arrival)
    with pool.request() as worker:
        yield worker
        record(env.now - arrival)
        yield env.timeout(service)


def own_service_time(env, pool, arrival, service, record):
    yield env.timeout(arrival)
    with pool.request() as worker:
        yield worker
        yield env.timeout(random.expovariate(1.0))
    record(env.now - arrival)


class Luck:
    """A page's own source of random numbers, shared by all that runs on it."""

    numbers = random.Random(4)


def shared_luck(env, pool, arrival, service, record):
    yield env.timeout(arrival)
    with pool.request() as worker:
        yield worker
        yield env.timeout(service * Luck.numbers.uniform(0.9, 1.1))
    record(env.now - arrival)


def newest_first(arrival_times, service_times, workers):
    env = simpy.Environment()
    pool = simpy.PriorityResource(env, capacity=workers)
    answer = [None] * len(arrival_times)

    def life(number):
        yield env.timeout(arrival_times[number])
        with pool.request(priority=-number) as worker:
            yield worker
            yield env.timeout(service_times[number])
        answer[number] = env.now - arrival_times[number]

    for number in range(len(arrival_times)):
        env.process(life(number))
    env.run()
    return answer


def stops_at_horizon(arrival_times, service_times, workers):
    return model(whole_life, until=max)(arrival_times, service_times, workers)


def leaves_out_the_late(arrival_times, service_times, workers):
    return [time for time in stops_at_horizon(arrival_times, service_times, workers) if time is not None]


def changes_the_trace(arrival_times, service_times, workers):
    answer = right(arrival_times, service_times, workers)
    arrival_times.clear()
    return answer


def one_worker_more(arrival_times, service_times, workers):
    return right(arrival_times, service_times, workers + 1)


SEEN = [0.5, 1.0, 1.5]


def reads_the_page():
    """A function that uses a list of the page instead of its arguments, as in a notebook."""
    page = {"right": right, "arrivals": [0.0, 1.0], "works": [1.0, 1.0]}
    exec("def response_times(arrival_times, service_times, workers):\n    return right(arrivals, works, workers)", page)
    return page["response_times"]


def for_ever(arrival_times, service_times, workers):
    while True:
        try:
            for _ in range(100):
                pass
        except Exception:
            continue


WRONG = (
    ("1M-W1", model(late_clock)), ("1M-W1", lambda a, s, w: s), ("1M-W2", model(served_outside)),
    ("1M-W3", model(never_released)), ("1M-W4", model(recorded_at_start)), ("1M-W5", model(own_service_time)),
    ("1M-W6", model(shared_luck)), ("1M-W7", newest_first), ("1M-W8", stops_at_horizon),
    ("1M-W8", leaves_out_the_late), ("1M-INPUT", changes_the_trace), ("1M-CROWD", one_worker_more),
    ("1M-GLOBAL", reads_the_page()), ("1M-FORM", lambda a, s, w: 3.5), ("1M-NOTAFUNCTION", [1.0, 2.0]),
    ("1M-TIMES", lambda a, s, w: [time + 0.01 for time in right(a, s, w)]),
    ("1M-FIFO", lambda a, s, w: [time + 9 * (place == 3) for place, time in enumerate(right(a, s, w))]),
)


def store_of_tokens(arrival_times, service_times, workers):
    env = simpy.Environment()
    idle = simpy.Store(env)
    idle.items.extend(range(workers))
    answer = np.zeros(len(arrival_times))

    def life(number):
        yield env.timeout(arrival_times[number])
        token = yield idle.get()
        yield env.timeout(service_times[number])
        yield idle.put(token)
        answer[number] = env.now - arrival_times[number]

    for number in range(len(arrival_times)):
        env.process(life(number))
    env.run()
    return answer


def container(arrival_times, service_times, workers):
    env = simpy.Environment()
    idle = simpy.Container(env, init=workers)
    answer = {}

    def source():
        for number, arrival in enumerate(arrival_times):
            yield env.timeout(arrival - env.now)
            env.process(life(number))

    def life(number):
        begin = env.now
        yield idle.get(1)
        yield env.timeout(service_times[number])
        idle.put(1)
        answer[number] = env.now - begin

    env.process(source())
    env.run()
    return [answer[number] for number in sorted(answer)]


def heap(arrival_times, service_times, workers):
    idle_from = [0.0] * workers
    heapify(idle_from)
    for arrival, service in zip(arrival_times, service_times):
        finish = max(arrival, heappop(idle_from)) + service
        heappush(idle_from, finish)
        yield finish - arrival


class Office:
    """A design in a class, asked by a method."""

    def response_times(self, arrival_times, service_times, workers):
        self.env, self.answer = simpy.Environment(), []
        self.pool = simpy.Resource(self.env, workers)
        for arrival, service in zip(arrival_times, service_times):
            self.answer.append(self.env.process(self.visit(arrival, service)))
        self.env.run()
        return tuple(process.value for process in self.answer)

    def visit(self, arrival, service):
        yield self.env.timeout(arrival)
        claim = self.pool.request()
        yield claim
        yield self.env.timeout(service)
        self.pool.release(claim)
        return self.env.now - arrival


ACCEPTED = (
    ("1M-A1", right), ("1M-A1 with a life of its own", model(whole_life)), ("1M-A2", store_of_tokens),
    ("1M-A3", container), ("1M-A4 as a generator", heap), ("1M-A4", lambda a, s, w: list(heap(a, s, w))),
    ("1M-A5", lambda a, s, w: np.array(right(a, s, w))), ("1M-A6", Office().response_times),
)
HARD_CODED = (lambda a, s, w: [1.0] * len(a), lambda a, s, w: SEEN, lambda a, s, w: a,
              lambda a, s, w: [0] * len(a))
PATH = (lambda a, s, w: None, lambda a, s, w: [0.0] * len(a), model(late_clock), changes_the_trace, right)
SURVIVORS = frozenset({"line 4: arrival_times swapped", "line 13: arrival_times swapped"})     # lists of equal length
BANK = Bank("1M", right, 8, WRONG, ACCEPTED, PATH, 8, HARD_CODED, SURVIVORS,
            secrets=("yield worker", "env.timeout(service", "env.now -"))
