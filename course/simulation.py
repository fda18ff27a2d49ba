"""The clock: deploy a design, send it a workload, and write down what happened."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Generator
from heapq import heapify, heappush
from math import inf, isfinite, nan
from types import GeneratorType
from typing import Any, NamedTuple, Protocol

import numpy as np
from simpy.events import NORMAL, PENDING

from .environment import IDLE, Environment, Settled, settled
from .limits import whole
from .run import OUTCOMES, Jobs, Run


class Refused(Exception):
    """Raised inside `handle` when a pool turns a request away; `outcome` is how the request ends."""

    def __init__(self, outcome: str = "dropped"):
        super().__init__(outcome)
        self.outcome = outcome


class Claim(Settled):
    """The event that one has a server, which is kept until `release` or the end of its `with` block."""

    pool: "Pool"
    row: int

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.pool.release(self)

    def cancel(self) -> None:
        """Give up the place in the queue; nothing happens once there is a server."""
        if not self.triggered:
            self.pool.release(self)


class Pool:
    """Equal servers behind one first-come-first-served queue; keeps the times of every job.

    A job that finds `queue_limit` others waiting raises Refused("dropped"); one that finds the pool crashed, or is in
    it when it crashes, Refused("lost").
    """

    def __init__(self, env, name: str, capacity: int, queue_limit: float = inf):
        self.env, self.name, self.queue_limit = env, name, queue_limit
        self.planned = self.capacity = whole(f"the capacity of pool '{name}'", capacity, least=1)
        if not queue_limit >= 0:
            raise ValueError(f"the queue_limit of pool '{name}' must be at least 0, got {queue_limit}")
        self.capacities = [(env.now, self.capacity)]
        self.busy, self.down, self.crashed = 0, 0, False
        self.queue: deque[tuple[Settled, float]] = deque()
        self.on_leave = self.leave      # a bound method that is made once
        self.spare = getattr(env, "spare", [])      # SimPy's own environment has none
        # One row per job, in order of arrival, which is the order of starting: the last two columns are shorter, for
        # they lack those that wait, and those that left the queue unserved.
        self.requests: list[int] = []
        self.arrived: list[float] = []
        self.started: list[float] = []
        self.finished: list[float] = []
        self.left: list[tuple[int, float]] = []     # in order: the rows of those that left unserved, and when
        self.cut: set[int] = set()                  # places in `finished` of the jobs that a crash ended
        self.held: set[Claim] = set()

    def serve(self, seconds: float) -> Settled:
        """An event: wait for a server, keep it for `seconds`, leave."""
        if not seconds >= 0:
            raise ValueError(f"pool '{self.name}' cannot serve for {seconds} seconds")
        visit = self.spare.pop() if self.spare else settled(self.env)
        visit.callbacks.append(self.on_leave)
        self._enter(visit, seconds)
        return visit

    def request(self) -> Claim:
        """An event in SimPy's idiom: `with pool.request() as server: yield server`, kept until the block ends."""
        claim = Claim()
        claim.env, claim.callbacks, claim.pool, claim.row = self.env, [], self, len(self.arrived)
        self._enter(claim, 0)
        self.held.add(claim)
        return claim

    def _enter(self, visit, seconds):
        env = self.env
        now = env._now
        if self.busy < self.capacity:
            self.busy += 1
            self.started.append(now)
            self.finished.append(finish := now + seconds)
            heappush(env._queue, (finish, NORMAL, next(env._eid), visit))
        elif self.crashed or len(self.queue) >= self.queue_limit:
            raise Refused("lost" if self.crashed else "dropped")
        else:
            visit._value = PENDING
            self.queue.append((visit, seconds))
        self.arrived.append(now)
        try:
            self.requests.append(env._active_proc.id)
        except AttributeError:          # not on behalf of a request
            self.requests.append(-1)

    def leave(self, _: Any = None) -> None:
        """Hand a server that has become free to the next in the queue."""
        if self.queue and self.busy <= self.capacity:
            env = self.env
            now = env._now
            visit, seconds = self.queue.popleft()
            visit._value = None
            self.started.append(now)
            self.finished.append(finish := now + seconds)
            heappush(env._queue, (finish, NORMAL, next(env._eid), visit))
        else:
            self.busy -= 1

    def release(self, claim: Claim) -> None:
        """Give back a server, or the place in the queue; a second time does nothing."""
        if claim not in self.held:
            return
        self.held.remove(claim)
        if claim.triggered:
            self.finished[self._place(claim)] = self.env.now
            self.leave()
        else:
            self.queue.remove((claim, 0))
            insort(self.left, (claim.row, self.env.now))

    def _place(self, claim):
        """Where the claim stands in `started` and `finished`."""
        return claim.row - bisect_left(self.left, (claim.row,))

    def resize(self, servers: int) -> None:
        """Change the planned number of servers; those that are busy finish what they do."""
        self.planned = whole(f"the capacity of pool '{self.name}'", servers, least=0)
        self._use_capacity()

    def fail(self, servers: int = 1) -> None:
        """Take servers out of use, whatever is planned; those that are busy finish what they do."""
        self.down += whole("the number of servers that fail", servers, least=0)
        self._use_capacity()

    def restore(self, servers: int = 1) -> None:
        """Put failed servers back to use."""
        self.down -= whole("the number of servers restored", servers, least=0)
        self._use_capacity()

    def crash(self) -> None:
        """Lose every job that waits or is in `serve`, and refuse others until `repair`."""
        now, entries = self.env.now, self.env._queue
        served = [entry[-1] for entry in entries if self.on_leave in entry[-1].callbacks]
        entries[:] = [entry for entry in entries if self.on_leave not in entry[-1].callbacks]
        heapify(entries)
        self.cut |= {place for place, time in enumerate(self.finished) if time > now}
        self.finished = [min(time, now) for time in self.finished]
        self.left = sorted([*self.left, *((row, now) for row in self._waiting_rows())])
        for visit in [*served, *(visit for visit, _ in self.queue)]:
            self.held.discard(visit)
            visit.callbacks = [callback for callback in visit.callbacks if callback != self.on_leave]
            visit._ok, visit._value, visit._defused = False, Refused("lost"), True
            self.env.schedule(visit)
        self.queue.clear()
        self.busy -= len(served)
        self.crashed = True
        self._use_capacity()

    def repair(self) -> None:
        """End a crash: all planned servers, and an empty queue."""
        self.crashed = False
        self._use_capacity()

    def _use_capacity(self):
        self.capacity = 0 if self.crashed else max(0, self.planned - self.down)
        self.capacities.append((self.env.now, self.capacity))
        while self.queue and self.busy < self.capacity:
            self.busy += 1
            self.leave()

    def _waiting_rows(self):
        gone = {row for row, _ in self.left}
        return [row for row in range(len(self.arrived)) if row not in gone][len(self.started):]

    def jobs(self) -> Jobs:
        """The record so far."""
        count, now = len(self.arrived), self.env.now
        started, finished = np.full((2, count), nan)
        served, cut = np.ones(count, bool), np.zeros(count, bool)
        for row, time in self.left:
            finished[row], served[row] = time, False
        places = np.flatnonzero(served)[: len(self.started)]
        started[places] = self.started
        finished[places] = self.finished
        cut[places[list(self.cut)]] = True
        finished[[claim.row for claim in self.held]] = nan
        finished[finished > now] = nan
        return Jobs(np.array(self.requests, np.int32), np.array(self.arrived, float), started, finished,
                    np.array(self.capacities, float), cut)


class Deployment(NamedTuple):
    """A design brought to life: the life of one request, and the pools it runs on.

    `handle` is a generator function of SimPy events; it may return an outcome such as "throttled".
    """

    handle: Callable[..., Generator]
    pools: tuple[Pool, ...] = ()

    def pool(self, name: str) -> Pool:
        """The pool of that name; raises ValueError with the names there are."""
        for pool in self.pools:
            if pool.name == name:
                return pool
        raise ValueError(f"this design has the pools {', '.join(pool.name for pool in self.pools)}, not '{name}'")


def outcome_of(life: Generator[Any, Any, str | None]) -> Generator[Any, Any, str | None]:
    """The life of a request, with a refusal as its outcome: for policies that go on after one."""
    try:
        return (yield from life)
    except Refused as refusal:
        return refusal.outcome


def outcome_within(env: Any, seconds: float, life: Generator) -> Generator[Any, Any, str | None]:
    """Its outcome when the life ends before so many seconds are over, else "timed_out", as in the policy Timeout."""
    limit = env.now + seconds
    call = env.process(outcome_of(life))
    yield call | env.timeout(seconds)
    return call.value if env.now < limit else "timed_out"


class Pattern(Protocol):
    """What a design must offer: `deploy` for the clock and `bill` for the money."""

    def deploy(self, env: Environment) -> Deployment:
        """Build the pools in `env`, and the life of a request."""
        ...

    def bill(self, run: Run, prices: Any) -> dict[str, float]:
        """US dollars of the run, by line item."""
        ...


def simulate(design: Pattern, workload, faults: tuple = ()) -> Run:
    """Deploy `design`, send it every request of `workload`, and return the run.

    Nothing is random here: the same arguments give the same run. It stops at `workload.duration`; what is not done
    by then is "unfinished".
    """
    env = Environment()
    deployment = design.deploy(env)
    pools = {pool.name: pool for pool in deployment.pools}
    if len(pools) != len(deployment.pools):
        raise ValueError(f"two pools have the same name: {[pool.name for pool in deployment.pools]}")
    handle = deployment.handle
    arrived, departed, outcomes = [], [], {}

    def lives():
        while True:
            request = yield IDLE
            arrived.append(request.arrival_time)
            departed.append(nan)
            try:
                journey = handle(request)
                if not isinstance(journey, GeneratorType):
                    raise ValueError(f"handle must yield the events that a request waits for, but returned {journey!r}")
                outcome = yield from journey
            except Refused as refusal:
                outcome = refusal.outcome
            departed[request.id] = env._now
            if outcome is not None:
                outcomes[request.id] = outcome

    env.arrive(workload.requests(), lives)
    for fault in faults:
        env.process(fault.strike(env, pools))
    env.run(until=workload.duration if isfinite(workload.duration) else None)
    codes = np.where(np.isnan(departed), OUTCOMES.index("unfinished"), 0)
    for row, outcome in outcomes.items():
        if outcome not in OUTCOMES:
            raise ValueError(f"handle returned '{outcome}'; an outcome is one of {', '.join(OUTCOMES)}")
        codes[row] = OUTCOMES.index(outcome)
    return Run(design, workload, env.now, np.array(arrived, float), np.array(departed, float), codes.astype(np.int8),
               {name: pool.jobs() for name, pool in pools.items()})


def replicate(design: Pattern, workload, times: int = 10, faults: tuple = ()) -> list[Run]:
    """One run for each of `times` seeds, from the workload's own seed on: the same traffic for every design.

    Goes through joblib: inside `with joblib.parallel_config(n_jobs=2)` it uses two cores.
    """
    from joblib import Parallel, delayed

    whole("times", times, least=1)
    return Parallel()(delayed(simulate)(design, workload.replication(number), faults) for number in range(times))
