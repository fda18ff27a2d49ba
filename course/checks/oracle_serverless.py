"""A second opinion on serverless: instances that stay warm for a while, by recursion, without the simulation."""

from collections import deque
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from math import inf, nan
from typing import NamedTuple


class Instance(NamedTuple):
    """An instance that is free: its number in order of creation, and since when."""

    number: int
    since: float


def newest(idle: list[Instance]) -> Instance:
    """The one that was used last."""
    return max(idle, key=lambda one: one.since)


def oldest(idle: list[Instance]) -> Instance:
    """The one that has been idle longest."""
    return min(idle, key=lambda one: one.since)


def first_created(idle: list[Instance]) -> Instance:
    """The one with the lowest number."""
    return min(idle)


def last_created(idle: list[Instance]) -> Instance:
    """The one with the highest number."""
    return max(idle)


class Step(NamedTuple):
    """What was decided about one call: its response time, None when throttled, and what the instances did then."""

    response: float | None
    busy: int                   # instances that start or serve, before the call
    idle: int                   # instances that are warm and free
    gone: float                 # seconds since the last one that is gone was used; nan when none is


def warm_pool(arrival_times: Sequence[float], service_times: Sequence[float], cold_start: float, keep_alive: float,
              limit: int, take: Callable[[list[Instance]], Instance] = newest) -> list[Step]:
    """Call by call: throttled at `limit`, else a warm instance that `take` chooses, else a new one."""
    busy: list[tuple[float, int]] = []
    free: list[Instance] = []
    steps: list[Step] = []
    created = 0
    for now, service in zip(arrival_times, service_times):
        while busy and busy[0][0] <= now:
            since, number = heappop(busy)
            free.append(Instance(number, since))
        warm = [one for one in free if now - one.since <= keep_alive]
        gone = min((now - one.since for one in free if one not in warm), default=nan)
        one = take(warm) if warm else Instance(created, now)
        response = None if len(busy) >= limit else service if warm else cold_start + service
        steps.append(Step(response, len(busy), len(warm), gone))
        if response is not None:
            created += not warm
            free = [other for other in free if other != one]
            heappush(busy, (now + response, one.number))
    return steps


class Platform(NamedTuple):
    """The numbers of a platform with a store behind it; times in seconds."""

    provisioned: int
    limit: int                              # of the other instances at once
    connections: int                        # of the store; one more call is lost
    store: float                            # how long a connection is kept
    cold_start: float
    keep_alive: float
    pauses: tuple[float, ...] | None        # before each retry of a call that failed; None: a queue instead
    budget: float = inf                     # retries that each call brings
    reserve: float = 20                     # retries saved up


class Day:
    """A trace on a platform, event by event: what came of each call, and what was used."""

    def __init__(self, arrival_times: Sequence[float], work: Sequence[float], platform: Platform):
        self.arrival_times, self.work, self.platform = arrival_times, work, platform
        self.responses = [inf] * len(work)      # infinite: no answer at all
        self.ready, self.others, self.connections = platform.provisioned, 0, platform.connections
        self.most = self.tokens = platform.reserve if platform.budget < inf else 2 * len(work)   # the end of any storm
        self.cold = self.retries = self.tries = 0
        self.busy = {True: 0.0, False: 0.0}     # seconds of provisioned instances, and of the others
        self.idle: deque[float] = deque()       # since when each is idle, the oldest first
        self.waiting: deque[int] = deque()
        self.events: list[tuple] = []
        self.happen()

    def happen(self):
        """All events in order of time."""
        brought = self.platform.budget if self.platform.budget < inf else 0
        for number, arrival in enumerate(self.arrival_times):
            self.until(arrival)
            self.tokens = min(self.most, self.tokens + brought)
            self.attempt(arrival, number, 0)
        self.until(inf)

    def until(self, end):
        """What happens up to a time."""
        events = self.events
        while events and events[0][0] <= end:
            time, number, follow, about = heappop(events)
            follow(time, number, about)

    def attempt(self, now, number, retry):
        """Find an instance, or fail."""
        if self.ready:
            self.ready -= 1
            self.begin(now, number, (now, True, retry))
        elif self.others < self.platform.limit:
            self.others += 1
            start = self.started(now)
            self.begin(start, number, (start, False, retry))
        elif self.platform.pauses is None:
            self.waiting.append(number)
        else:
            self.failed(now, number, retry)

    def started(self, now):
        """When an instance can begin: at once if one is warm, the newest first; else after a cold start."""
        while self.idle and self.idle[0] + self.platform.keep_alive <= now:
            self.idle.popleft()
        if self.idle:
            self.idle.pop()
            return now
        self.cold += 1
        return now + self.platform.cold_start

    def begin(self, start, number, visit):
        """Do the call's own work, then ask the store."""
        self.tries += 1
        heappush(self.events, (start + self.work[number], number, self.connect, visit))

    def connect(self, now, number, visit):
        """Take a connection, or fail when all are taken."""
        if self.connections:
            self.connections -= 1
            heappush(self.events, (now + self.platform.store, number, self.answered, visit))
        else:
            self.give_back(now, visit)
            self.failed(now, number, visit[2])

    def answered(self, now, number, visit):
        """The store has answered, and so has the function."""
        self.connections += 1
        self.responses[number] = now - self.arrival_times[number]
        self.give_back(now, visit)

    def give_back(self, now, visit):
        """The instance is free again, for the one that waits longest if there is a queue."""
        start, provisioned, _ = visit
        self.busy[provisioned] += now - start
        if provisioned:
            self.ready += 1
        else:
            self.others -= 1
            self.idle.append(now)
        if self.waiting:
            self.attempt(now, self.waiting.popleft(), 0)

    def failed(self, now, number, retry):
        """Try again after a pause, if the rule and the budget let it."""
        pauses = self.platform.pauses or ()
        if retry < len(pauses) and self.tokens >= 1 - 1e-9:
            self.tokens -= 1
            self.retries += 1
            heappush(self.events, (now + pauses[retry], number, self.attempt, retry + 1))
