"""Answers to exercise 8M: what learners get wrong, and ways to be right."""

from heapq import heappop, heappush, heapreplace
from math import inf

import simpy
from bank.form import Bank


def station(arrival_times, service_times, servers):
    """First come, first served: each gets the server that is free first."""
    free = [0.0] * servers
    departures = []
    for arrival, service in zip(arrival_times, service_times):
        start = max(arrival, free[0])
        heapreplace(free, start + service)
        departures.append(start + service)
    return departures


def listed(arrival_times, service_times, servers):
    """The same with a plain list."""
    free, departures = [0.0] * servers, []
    for arrival, service in zip(arrival_times, service_times):
        place = free.index(min(free))
        free[place] = max(free[place], arrival) + service
        departures.append(free[place])
    return departures


def simulated(arrival_times, service_times, servers):
    """The same in SimPy."""
    env, departures = simpy.Environment(), [0.0] * len(arrival_times)
    pool = simpy.Resource(env, servers)

    def life(number):
        yield env.timeout(arrival_times[number])
        with pool.request() as turn:
            yield turn
            yield env.timeout(service_times[number])
        departures[number] = env.now

    for number in range(len(arrival_times)):
        env.process(life(number))
    env.run()
    return departures


def shortest_first(arrival_times, service_times, servers):
    """Of those who wait, the one with the least work is next."""
    waiting, free, left = [], [0.0] * servers, [0.0] * len(arrival_times)
    coming, now = list(zip(arrival_times, service_times, range(len(arrival_times)))), 0.0
    while coming or waiting:
        now = max(now, min(free), coming[0][0] if not waiting else 0.0)
        while coming and coming[0][0] <= now:
            _, service, number = coming.pop(0)
            heappush(waiting, (service, number))
        service, number = heappop(waiting)
        free[free.index(min(free))] = left[number] = now + service
    return left


def shared(arrival_times, service_times, servers):
    """All who are there share the servers, as processes share processors."""
    now, work, left = 0.0, {}, [0.0] * len(arrival_times)
    coming = list(zip(arrival_times, range(len(arrival_times))))
    while coming or work:
        speed = min(1.0, servers / len(work)) if work else 1.0
        done = now + min(work.values()) / speed if work else float("inf")
        then = min(done, coming[0][0] if coming else float("inf"))
        work = {number: rest - (then - now) * speed for number, rest in work.items()}
        now = then
        for number in [number for number, rest in work.items() if rest <= 1e-9]:
            del work[number]
            left[number] = now
        while coming and coming[0][0] <= now:
            number = coming.pop(0)[1]
            work[number] = service_times[number]
    return left


def last_first(arrival_times, service_times, servers):
    """Of those who wait, the last to come is next."""
    waiting, free, left = [], [0.0] * servers, [0.0] * len(arrival_times)
    coming, now = list(zip(arrival_times, service_times, range(len(arrival_times)))), 0.0
    while coming or waiting:
        now = max(now, min(free), coming[0][0] if not waiting else 0.0)
        while coming and coming[0][0] <= now:
            waiting.append(coming.pop(0))
        _, service, number = waiting.pop()
        free[free.index(min(free))] = left[number] = now + service
    return left


def without_a_queue(arrival_times, service_times, servers):
    return [arrival + service for arrival, service in zip(arrival_times, service_times)]


def in_turn(arrival_times, service_times, servers):
    """Each server in its turn, busy or not."""
    free, departures = [0.0] * servers, []
    for number, (arrival, service) in enumerate(zip(arrival_times, service_times)):
        free[number % servers] = max(free[number % servers], arrival) + service
        departures.append(free[number % servers])
    return departures


def one_server(arrival_times, service_times, servers):
    return station(arrival_times, service_times, 1)


def worse_with_help(arrival_times, service_times, servers):
    return station(arrival_times, service_times, 1 if servers == 3 else servers)


def starts(arrival_times, service_times, servers):
    return [left - service for left, service in zip(station(arrival_times, service_times, servers), service_times)]


def responses(arrival_times, service_times, servers):
    return [left - arrival for left, arrival in zip(station(arrival_times, service_times, servers), arrival_times)]


def in_order_of_leaving(arrival_times, service_times, servers):
    return sorted(station(arrival_times, service_times, servers))


def fixed_pause(arrival_times, service_times, servers):
    return [left + 0.25 for left in station(arrival_times, service_times, servers)]


def pause_in_a_crowd(arrival_times, service_times, servers):
    """Each who waited takes a tenth of a second more."""
    free, departures = [0.0] * servers, []
    for arrival, service in zip(arrival_times, service_times):
        place = free.index(min(free))
        free[place] = free[place] + 0.1 + service if free[place] > arrival else arrival + service
        departures.append(free[place])
    return departures


def empties_its_lists(arrival_times, service_times, servers):
    left = station(arrival_times, service_times, servers)
    arrival_times.clear()
    return left


def remembering():
    """A function that goes on from its last call."""
    calls = []

    def remembers(arrival_times, service_times, servers):
        calls.append(0.1)
        return [left + sum(calls) for left in station(arrival_times, service_times, servers)]

    return remembers


def loses_the_last(arrival_times, service_times, servers):
    return station(arrival_times, service_times, servers)[:-1]


def only_the_mean(arrival_times, service_times, servers):
    return sum(station(arrival_times, service_times, servers)) / max(1, len(arrival_times))


def never(arrival_times, service_times, servers):
    return [inf] * len(arrival_times)


WRONG = (
    ("8M-FORM", never),
    ("8M-FORM", loses_the_last), ("8M-FORM", only_the_mean), ("8M-EARLY", starts), ("8M-STAYS", responses),
    ("8M-SORTED", in_order_of_leaving),
    ("8M-BARE", fixed_pause), ("8M-BARE", one_server), ("8M-CROWD", without_a_queue), ("8M-IDLE", in_turn),
    ("8M-IDLE", one_server), ("8M-LATER", worse_with_help), ("8M-ORDER", last_first), ("8M-UNIT", pause_in_a_crowd),
    ("8M-TWICE", empties_its_lists), ("8M-TWICE", remembering()), ("8M-NOTAFUNCTION", [1, 2, 3]),
)
ACCEPTED = (("8M-A1 first come", station), ("8M-A2 a list", listed), ("8M-A3 SimPy", simulated),
            ("8M-A4 shortest first", shortest_first), ("8M-A5 shared", shared))
PATH = (None, loses_the_last, starts, without_a_queue, last_first, simulated)
# The two lists have the same length, and a docstring does nothing.
SURVIVORS = frozenset(("line 1: without ''The same in SimPy.''", "line 13: arrival_times swapped",
                       "line 3: arrival_times swapped"))
BANK = Bank("8M", simulated, 0, WRONG, ACCEPTED, PATH, sets=4, hard_coded=(lambda *_: [3.0, 5.0, 7.0, 10.0],),
            survivors=SURVIVORS)
