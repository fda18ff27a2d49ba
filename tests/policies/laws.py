"""What every policy must obey, and designs and traces so small that they can be followed by hand."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2

from course.environment import IDLE, Environment
from course.run import OUTCOMES, Interval
from course.simulation import Deployment, Pool, outcome_of, simulate
from course.workload import Injected, Request, Work, Workload

BUSY = Workload(40, 15, Work(0.01, 0.04, 0.01))         # 600 requests; two servers for `infer` are busy to 80 %


def inject(times, seconds, **other):
    """Requests that come at these times and need so many seconds of `infer`."""
    return Injected(tuple(times), tuple(Work(0, each, 0) for each in seconds), **other)


def outcomes(run):
    """The outcomes by name, in order of arrival."""
    return [OUTCOMES[place] for place in run.outcomes]


def jobs(run, pool="leaf"):
    """How many jobs the pool has had."""
    return len(run.jobs[pool].arrived)


def agrees(found, expected):
    """Within the 99.9 % interval: 4.78 instead of 2.26 standard errors for ten replications."""
    return abs(found.mean - expected) <= (found.high - found.low) / 2 * 4.78 / 2.262


def spread_interval(values):
    """The standard deviation of independent values, with the ends of its 95 % interval, by chi-square."""
    free, spread = len(values) - 1, float(np.std(values, ddof=1))
    low, high = (spread * sqrt(free / chi2.ppf(p, free)) for p in (0.975, 0.025))
    return Interval(spread, low, high, len(values))


@dataclass(frozen=True)
class Asked:
    """Requests at given times that ask for given keys; each needs 1 s of `infer`."""

    times: tuple
    keys: tuple
    kinds: tuple = ()
    duration: float = float("inf")

    def requests(self):
        kinds = self.kinds or ["request"] * len(self.times)
        for id, (time, kind, key) in enumerate(zip(self.times, kinds, self.keys)):
            yield Request(id, time, Work(0, 1, 0), kind, key, 0.5)


@dataclass(frozen=True)
class Leaf:
    """Servers for all; the call of a request with that number, from 1, ends as `ends` says after `lasts` seconds."""

    ends: Callable[[Request, int], Any] = lambda request, call: None
    lasts: Callable[[Request, int], float] = lambda request, call: request.work.infer

    def deploy(self, env):
        leaf, calls = Pool(env, "leaf", 100_000), Counter()

        def handle(request):
            calls[request.id] += 1
            call = calls[request.id]
            yield leaf.serve(self.lasts(request, call))
            return self.ends(request, call)

        return Deployment(handle, (leaf,))

    def bill(self, run, prices):
        return {"leaf": 7.0}


def lawful(design, workload):
    """The run, after checking that it is the same twice, loses no request, and obeys Little's law on every pool."""
    run, again = simulate(design, workload), simulate(design, workload)
    assert np.array_equal(run.departure_times, again.departure_times, equal_nan=True)
    assert np.array_equal(run.outcomes, again.outcomes)
    assert [request.arrival_time for request in workload.requests()] == list(run.arrival_times)
    assert sum(run.share(outcome) for outcome in OUTCOMES) == pytest.approx(1)
    assert np.array_equal(np.isnan(run.departure_times), run.outcomes == OUTCOMES.index("unfinished"))
    for pool, number in counted(design, workload).items():
        assert run.mean_in_system(pool) == pytest.approx(number, rel=1e-9)
    return run


def counted(design, workload):
    """The time average of the number in each pool, counted in the pool itself between any two events."""
    env = Environment()
    deployment = design.deploy(env)
    areas = dict.fromkeys((pool.name for pool in deployment.pools), 0.0)

    def lives():
        while True:
            yield from outcome_of(deployment.handle((yield IDLE)))

    env.arrive(workload.requests(), lives)
    while env.now < workload.duration:
        lasting = min(env.peek(), workload.duration) - env.now
        for pool in deployment.pools:
            areas[pool.name] += lasting * (pool.busy + len(pool.queue))
        if env.peek() >= workload.duration:
            break
        env.step()
    return {pool: area / workload.duration for pool, area in areas.items()}
