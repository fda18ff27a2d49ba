"""Answers to exercise 5M: what learners get wrong, and ways to be right."""

from heapq import heappop, heappush
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import simpy
from bank.form import Bank

PAGE_RUNS: list[int] = []


def right(arrival_times, service_times, cold_start, keep_alive, limit):
    env, answer = simpy.Environment(), [None] * len(arrival_times)
    idle, busy, created = [], set(), []

    def life(number):
        yield env.timeout(arrival_times[number])
        if len(busy) == limit:
            return
        busy.add(number)
        warm = [since for since in idle if env.now - since <= keep_alive]
        if warm:
            idle.remove(warm[-1])
        else:
            created.append(number)
            yield env.timeout(cold_start)
        yield env.timeout(service_times[number])
        busy.remove(number)
        idle.append(env.now)
        answer[number] = env.now - arrival_times[number]

    for number in range(len(arrival_times)):
        env.process(life(number))
    env.run()
    return answer, len(created)


class Shop:
    """A platform in plain Python around rules that can be wrong."""

    def __init__(self, warm, admits=lambda busy, limit: busy < limit, busy_again=False, place=-1):
        self.warm, self.admits, self.busy_again, self.place = warm, admits, busy_again, place

    def __call__(self, arrival_times, service_times, cold_start, keep_alive, limit):
        instances, answer = [], []      # rows: when it is free, when it was created, and when it was first free
        for arrival, service in zip(arrival_times, service_times):
            if not self.admits(sum(end > arrival for end, *_ in instances), limit):
                answer.append(None)
                continue
            free = [one for one in instances if self.busy_again or one[0] <= arrival]
            found = [one for one in free if self.warm(arrival, *one, keep_alive)]
            one = found[self.place] if found else [0, arrival, arrival + cold_start + service]
            if not found:
                instances.append(one)
            seconds = service if found else cold_start + service
            one[0] = arrival + seconds
            answer.append(seconds)
        return answer, len(instances)


def in_time(now, end, created, first, keep_alive):
    return now - end <= keep_alive


def always(*_):
    return True


def never(*_):
    return False


def from_creation(now, end, created, first, keep_alive):
    return now - created <= keep_alive


def from_first_use(now, end, created, first, keep_alive):
    return now - first <= keep_alive


def polled(now, end, created, first, keep_alive):
    return int(now) - end <= keep_alive


def polled_now_and_then(now, end, created, first, keep_alive):
    return now // 3 * 3 - end <= keep_alive


def no_limit(busy, limit):
    return True


def one_less(busy, limit):
    return busy < limit - 1




def one_cold_only(arrival_times, service_times, cold_start, keep_alive, limit):
    times = [cold_start + service_times[0], *service_times[1:]]
    return times, 1


def model(life, beside=None):
    """A SimPy program around one `life(page, number)`, and a process `beside(page)` if there is one."""
    def answer(arrival_times, service_times, cold_start, keep_alive, limit):
        page = SimpleNamespace(env=simpy.Environment(), idle=[], busy=0, created=0, answer=[None] * len(arrival_times),
                               service_times=service_times, cold_start=cold_start, keep_alive=keep_alive, limit=limit)
        calls = [page.env.process(visit(page, number, arrival)) for number, arrival in enumerate(arrival_times)]
        if beside:
            page.env.process(beside(page))
        page.env.run(simpy.AllOf(page.env, calls))
        return page.answer, page.created

    def visit(page, number, arrival):
        yield page.env.timeout(arrival)
        if page.busy < page.limit:
            yield from life(page, number)
            page.answer[number] = page.env.now - arrival

    return answer


def start(page):
    """One more instance."""
    page.created += 1
    return page.env.timeout(page.cold_start)


def starting_is_free(page, number):
    """Only those that serve count against the limit."""
    warm = [since for since in page.idle if page.env.now - since <= page.keep_alive]
    if warm:
        page.idle.remove(warm[-1])
    else:
        yield start(page)
    page.busy += 1
    yield page.env.timeout(page.service_times[number])
    page.busy -= 1
    page.idle.append(page.env.now)


def idle_at_once(page, number):
    """An instance is put back when its call begins."""
    page.busy += 1
    if not [since for since in page.idle if page.env.now - since <= page.keep_alive]:
        yield start(page)
        page.idle.append(page.env.now)
    yield page.env.timeout(page.service_times[number])
    page.idle[-1] = page.env.now
    page.busy -= 1


def timer_goes_on(page, number):
    """The clock of an earlier use is not stopped, and takes an instance that was used since."""
    def expire():
        yield page.env.timeout(page.keep_alive)
        if instance in page.idle:
            page.idle.remove(instance)

    page.busy += 1
    if page.idle:
        instance = page.idle.pop()
    else:
        yield start(page)
        instance = number
    yield page.env.timeout(page.service_times[number])
    page.busy -= 1
    page.idle.append(instance)
    page.env.process(expire())


def never_expires(page, number):
    """Takes what is there; somebody else takes away what is too old."""
    page.busy += 1
    if page.idle:
        page.idle.pop()
    else:
        yield start(page)
    yield page.env.timeout(page.service_times[number])
    page.busy -= 1
    page.idle.append(page.env.now)


def look_each_second(page):
    while True:
        page.idle[:] = [since for since in page.idle if page.env.now - since <= page.keep_alive]
        yield page.env.timeout(1)


def changes_the_trace(arrival_times, *rest):
    answer = right(arrival_times, *rest)
    arrival_times.clear()
    return answer


def remembers(*trace):
    PAGE_RUNS.append(1)
    times, created = right(*trace)
    return [time if time is None else time + len(PAGE_RUNS) for time in times], created


def left_out(*trace):
    times, created = right(*trace)
    return [time for time in times if time is not None], created


WRONG = (
    ("5M-W1", Shop(in_time, busy_again=True)), ("5M-W1", model(idle_at_once)),
    ("5M-W2", Shop(from_creation)), ("5M-W2", Shop(from_first_use)), ("5M-W2", model(timer_goes_on)),
    ("5M-W3", Shop(never)), ("5M-W4", one_cold_only), ("5M-W4", Shop(always, busy_again=True)),
    ("5M-W5", left_out), ("5M-W5", lambda *trace: ([time or 0 for time in right(*trace)[0]], right(*trace)[1])),
    ("5M-W6", model(never_expires, look_each_second)), ("5M-W6", Shop(polled)), ("5M-W6", Shop(polled_now_and_then)),
    ("5M-W7", Shop(always)), ("5M-W7", model(never_expires)),
    ("5M-LIMIT", Shop(in_time, no_limit)), ("5M-LIMIT", model(starting_is_free)), ("5M-EARLY", Shop(in_time, one_less)),
    ("5M-COUNT", lambda *trace: (right(*trace)[0], len(trace[0]))), ("5M-INPUT", changes_the_trace),
    ("5M-LUCK", remembers), ("5M-FORM", lambda *trace: right(*trace)[0]), ("5M-NOTAFUNCTION", ([1.0], 1)),
    ("5M-TIMES", lambda *trace: ([time and 2 * time for time in right(*trace)[0]], right(*trace)[1])),
    ("5M-ERROR", lambda arrivals, services: ([], 0)),
)


class Pool(NamedTuple):
    times: Any
    instances: int


def heap_of_ends(arrival_times, service_times, cold_start, keep_alive, limit):
    """A1 and A3: no SimPy, and the one that was idle longest is taken."""
    busy, idle, times, created = [], [], np.full(len(arrival_times), np.nan), 0
    for number, arrival in enumerate(arrival_times):
        while busy and busy[0] <= arrival:
            heappush(idle, heappop(busy))
        while idle and idle[0] + keep_alive < arrival:
            heappop(idle)
        if len(busy) == limit:
            continue
        times[number] = service_times[number]
        if idle:
            heappop(idle)
        else:
            created += 1
            times[number] += cold_start
        heappush(busy, arrival + times[number])
    return Pool(times, created)


def timers(arrival_times, service_times, cold_start, keep_alive, limit):
    """A2: an idle instance is a process that waits for its end, and is told to stop when it is used."""
    env, answer = simpy.Environment(), {}
    idle, places, created = [], simpy.Resource(env, limit), []

    def wait(_):
        try:
            yield env.timeout(keep_alive)
            idle.remove(env.active_process)
        except simpy.Interrupt:
            pass

    def life(number, arrival, service):
        yield env.timeout(arrival)
        answer[number] = None
        if places.count == limit:
            return
        with places.request() as place:
            yield place
            if idle:
                idle.pop().interrupt()
            else:
                created.append(number)
                yield env.timeout(cold_start)
            yield env.timeout(service)
        answer[number] = env.now - arrival
        idle.append(env.process(wait(number)))

    for number, (arrival, service) in enumerate(zip(arrival_times, service_times)):
        env.process(life(number, arrival, service))
    env.run()
    return {"times": [answer[number] for number in sorted(answer)], "instances": len(created)}


ACCEPTED = (
    ("5M-A1 the newest", right), ("5M-A1 the oldest", heap_of_ends), ("5M-A1 the last created", Shop(in_time)),
    ("5M-A1 the first created", Shop(in_time, place=0)),
    ("5M-A2 timers", timers), ("5M-A2 lazy", right), ("5M-A3 a list", lambda *trace: list(Shop(in_time)(*trace))),
)
HARD_CODED = (lambda *trace: (trace[1], 1), lambda *trace: ([1.0] * len(trace[0]), 1),
              lambda *trace: ([None] * len(trace[0]), 0), lambda *trace: ([trace[2] + one for one in trace[1]], 3))
PATH = (lambda *trace: None, Shop(never), Shop(always), changes_the_trace, right)
SECRETS = ("env.now", "idle.append", "idle.remove", "busy.add", "busy.remove", "- since", "created.append")
# Lists of equal length, no call just at the end of a keep-alive, and the oldest idle instance instead of the newest.
SURVIVORS = frozenset({"line 2: arrival_times swapped", "line 21: arrival_times swapped", "line 10: LtE to Lt",
                       "line 12: 1 off by -1"})
BANK = Bank("5M", right, 7, WRONG, ACCEPTED, PATH, 8, HARD_CODED, SURVIVORS, SECRETS)
