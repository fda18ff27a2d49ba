"""The clock: deploy a design, send it a workload, and write down what happened."""

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import replace
from heapq import heapify, heappush
from math import inf, isfinite, nan
from typing import Any, NamedTuple, Protocol

import numpy as np
from simpy.events import NORMAL

from .environment import Environment, Settled
from .run import OUTCOMES, Jobs, Run


class Refused(Exception):
    """Raised inside `handle` when a pool turns a request away; `outcome` is how the request ends."""

    def __init__(self, outcome: str = "dropped"):
        super().__init__(outcome)
        self.outcome = outcome


class Visit(Settled):
    """One job in a pool: the event that its service is over, or, for `request`, that it has a server."""

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.pool.release(self)


class Pool:
    """Equal servers behind one first-come-first-served queue; keeps the times of every job.

    A job that finds `queue_limit` others waiting raises Refused("dropped"); one that finds the pool crashed, or is in
    it when it crashes, Refused("lost").
    """

    def __init__(self, env, name: str, capacity: int, queue_limit: float = inf):
        self.env, self.name, self.queue_limit = env, name, queue_limit
        self.planned = self.capacity = whole(f"the capacity of pool '{name}'", capacity, least=1)
        self.capacities = [(env.now, capacity)]
        self.busy, self.down, self.crashed = 0, 0, False
        self.queue: deque[tuple[Visit, float]] = deque()
        # One row per job, in order of arrival, which is the order of starting: the last two columns are shorter.
        self.requests: list[int] = []
        self.arrived: list[float] = []
        self.started: list[float] = []
        self.finished: list[float] = []
        self.held: dict[Visit, int] = {}    # the rows of those that keep their server until `release`
        self.abandoned: list[tuple[int, float, float]] = []     # those that left the queue: request, arrived, left

    def serve(self, seconds: float) -> Visit:
        """An event: wait for a server, keep it for `seconds`, leave."""
        if not seconds >= 0:
            raise ValueError(f"pool '{self.name}' cannot serve for {seconds} seconds")
        env = self.env
        now = env._now
        visit = Visit.__new__(Visit)
        visit.env = env
        visit.callbacks = [self.leave]
        if self.busy < self.capacity:
            self.busy += 1
            self.started.append(now)
            self.finished.append(finish := now + seconds)
            heappush(env._queue, (finish, NORMAL, next(env._eid), visit))
        elif self.crashed or len(self.queue) >= self.queue_limit:
            raise Refused("lost" if self.crashed else "dropped")
        else:
            self.queue.append((visit, seconds))
        try:
            self.requests.append(env._active_proc.id)
        except AttributeError:          # not on behalf of a request
            self.requests.append(-1)
        self.arrived.append(now)
        return visit

    def leave(self, _: Any = None) -> None:
        """Hand a server that has become free to the next in the queue."""
        if self.queue and self.busy <= self.capacity:
            env = self.env
            now = env._now
            visit, seconds = self.queue.popleft()
            self.started.append(now)
            self.finished.append(finish := now + seconds)
            heappush(env._queue, (finish, NORMAL, next(env._eid), visit))
        else:
            self.busy -= 1

    def request(self) -> Visit:
        """An event in SimPy's idiom: `with pool.request() as server: yield server`, kept until the block ends."""
        visit = self.serve(0)
        visit.callbacks.clear()
        visit.pool = self
        self.held[visit] = len(self.arrived) - 1
        return visit

    def release(self, visit: Visit) -> None:
        """Give back a server, or the place in the queue; a second time does nothing."""
        row = self.held.pop(visit, None)
        if row is None:
            return
        if row < len(self.started):
            self.finished[row] = self.env.now
            self.leave()
        else:
            self.queue.remove((visit, 0))
            self.abandoned.append((self.requests.pop(row), self.arrived.pop(row), self.env.now))
            self.held = {other: place - (place > row) for other, place in self.held.items()}

    def resize(self, servers: int) -> None:
        """Change the planned number of servers; those that are busy finish what they do."""
        self.planned = whole(f"the capacity of pool '{self.name}'", servers, least=0)
        self._use_capacity()

    def fail(self, servers: int = 1) -> None:
        """Take servers out of use, whatever is planned; those that are busy finish what they do."""
        self.down += servers
        self._use_capacity()

    def restore(self, servers: int = 1) -> None:
        """Put failed servers back to use."""
        self.down -= servers
        self._use_capacity()

    def crash(self) -> None:
        """Lose every job that waits or is in `serve`, and refuse others until `repair`."""
        served = [entry for entry in self.env._queue if self.leave in (entry[-1].callbacks or ())]
        self.env._queue[:] = [entry for entry in self.env._queue if entry not in served]
        heapify(self.env._queue)
        self.finished = [min(time, self.env.now) for time in self.finished]
        first = len(self.started)
        self.abandoned += [(*row, self.env.now) for row in zip(self.requests[first:], self.arrived[first:])]
        del self.requests[first:], self.arrived[first:]
        for visit in [*(entry[-1] for entry in served), *(visit for visit, _ in self.queue)]:
            self.held.pop(visit, None)
            visit.callbacks = [callback for callback in visit.callbacks if callback != self.leave]
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

    def jobs(self) -> Jobs:
        """The record so far."""
        now, waiting = self.env.now, len(self.arrived) - len(self.started)
        gone = np.array(self.abandoned, float).reshape(-1, 3).T
        finished = np.array(self.finished, float)
        finished[finished > now] = nan
        finished[[row for row in self.held.values() if row < len(finished)]] = nan
        unknown = np.full(waiting, nan)
        return Jobs(np.append(self.requests, gone[0]).astype(np.int32), np.append(self.arrived, gone[1]),
                    np.concatenate([self.started, unknown, gone[0] * nan]),
                    np.concatenate([finished, unknown, gone[2]]), np.array(self.capacities, float))


class Deployment(NamedTuple):
    """A design brought to life: the life of one request, and the pools it runs on.

    `handle` is a generator function of SimPy events; it may return an outcome such as "throttled".
    """

    handle: Callable[..., Generator]
    pools: tuple[Pool, ...] = ()


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
    arrived, departed, outcomes = [], [], {}

    def life(request):
        arrived.append(request.arrival_time)
        departed.append(nan)
        try:
            outcome = yield from deployment.handle(request)
        except Refused as refusal:
            outcome = refusal.outcome
        departed[request.id] = env.now
        if outcome is not None:
            outcomes[request.id] = outcome

    env.arrive(workload.requests(), life)
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
    return Parallel()(delayed(simulate)(design, replace(workload, seed=workload.seed + number), faults)
                      for number in range(times))


def whole(name: str, value: int, least: int) -> int:
    """`value` itself; raises ValueError with a sentence unless it is a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, got {value}")
    return value
