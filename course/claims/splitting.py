"""Experiments on splitting servers: what hops and smaller pools take, what parallel work and own queues give back."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..patterns.microservices import Gateway, Microservices, Service
from ..patterns.monolith import Monolith
from ..policies.routing import Routed
from ..run import Interval, Run, interval
from ..simulation import Deployment, Pool, replicate
from ..workload import LogNormal, Mixed, Work, Workload
from .claim import Sides, crossing, response_times, runs

MS = 1000.0     # milliseconds in a second
HOPS = 0.008    # seconds on the way, as much as four hops of 2 ms


@dataclass(frozen=True)
class Spread:
    """A service that does `share` of its step in `ways` equal parts, on as many replicas at once as are free."""

    step: str
    replicas: int
    share: float
    ways: int = 4

    def deploy(self, env):
        replicas = Pool(env, self.step, self.replicas)

        def handle(request):
            seconds = getattr(request.work, self.step)
            part = seconds * self.share / self.ways
            first = replicas.serve(seconds * (1 - self.share) + part)
            others = [replicas.serve(part) for _ in range(self.ways - 1)] if part else []
            yield env.all_of([first, *others])

        return Deployment(handle, (replicas,))

    def bill(self, run, prices):
        return Service(self.step, self.replicas).bill(run, prices)


class LightAndHeavy(NamedTuple):
    """How many milliseconds longer it takes with servers for each kind than with shared ones: less than 0 is faster."""

    light_mean: Interval
    light_p99: Interval
    heavy_p99: Interval


@dataclass(frozen=True)
class Splitting:
    """Milliseconds of response time; the knob is the share of the inference that can run on 4 replicas at once.

    The same 10 servers, split into 1, 8 and 1 that are `hops` apart, or in one pool, where a worker does every step.
    """

    utilisation: float = 0.3
    mean_work: tuple[float, float, float] = (0.005, 0.040, 0.005)
    split: tuple[int, int, int] = (1, 8, 1)
    hops: float = HOPS
    duration: float = 15.0

    def sides(self, knob, traces):
        return self.measured(mean, self.utilisation, knob, traces)

    def others(self, traces):
        tail = "milliseconds, 99th percentile of the response time"
        return [("hold", "80 % of the capacity", self.measured(mean, 0.8, 0, traces)),
                *(("hold", f"{percent} % of the capacity",
                   self.measured(p99, percent / 100, 0, traces)._replace(metric=tail)) for percent in (30, 80)),
                *((role, "5 % heavy requests, servers for each kind", sides)
                  for role, sides in zip(("hold", "fail", "hold"), by_kind(traces, self.hops)))]

    def measured(self, of, utilisation: float, share: float, traces: int) -> Sides:
        """Milliseconds on each trace: split and pooled."""
        workload = Workload(utilisation * sum(self.split) / sum(self.mean_work), self.duration, Work(*self.mean_work),
                            distribution=LogNormal(1.0))
        prepare, infer, respond = self.split
        services = Microservices(Service("prepare", prepare), Spread("infer", infer, share),
                                 Service("respond", respond), Gateway(seconds=0.0), self.hops / 5)
        apart, pooled = ([MS * of(run.response_times) for run in runs(design, workload, traces)]
                         for design in (services, Monolith(sum(self.split))))
        return Sides(apart, pooled)


def mean(times: np.ndarray) -> float:
    """Of the times of one run."""
    return float(np.mean(times))


def p99(times: np.ndarray) -> float:
    """What 99 % of the times do not exceed."""
    return float(np.percentile(times, 99))


def by_kind(traces: int, hops: float) -> list[Sides]:
    """Milliseconds with servers for each kind that are `hops` away, and with shared ones: see LightAndHeavy."""
    apart, shared = two_kinds(traces)
    return [Sides((of_split + MS * hops).tolist(), of_shared.tolist(), f"milliseconds, {what}")
            for what, of_split, of_shared in zip(MEASURES, apart.T, shared.T)]


MEASURES = ("mean of the light requests", "99th percentile of the light requests",
            "99th percentile of the heavy requests")


@lru_cache(maxsize=4)
def two_kinds(traces: int, heavy: float = 0.05, rate: float = 100.0,
              duration: float = 60.0) -> tuple[np.ndarray, np.ndarray]:
    """The three measures on each trace of light requests (10 ms) and a share of heavy ones (600 ms).

    Four servers for each kind, and eight for both.
    """
    light = Workload(rate * (1 - heavy), duration, Work(0.0, 0.010, 0.0), distribution=LogNormal(0.5), kind="light")
    mixed = Mixed((light, replace(light, arrival_rate=rate * heavy, mean_work=Work(0.0, 0.600, 0.0), kind="heavy")))
    apart = Routed((("light", Service("infer", 4)), ("heavy", Service("infer", 4))))
    return measures(replicate(apart, mixed, traces)), measures(replicate(Service("infer", 8), mixed, traces))


def measures(runs: list[Run]) -> np.ndarray:
    """A row for each run: mean and p99 of the light requests, p99 of the heavy ones, in milliseconds."""
    kinds = [[MS * response_times(run, kind) for kind in ("light", "heavy")] for run in runs]
    return np.array([(mean(light), p99(light), p99(heavy)) for light, heavy in kinds])


def tail_gains_from(traces: int = 4) -> float:
    """The share of heavy requests from which servers for each kind better the 99th percentile of the light ones."""
    def saved(heavy):
        apart, shared = two_kinds(traces, heavy)
        return float(np.mean(shared[:, 1] - apart[:, 1])) - MS * HOPS

    return crossing(saved, 0.05, 0.005, steps=5)


def light_and_heavy(traces: int = 10) -> LightAndHeavy:
    """Paired intervals, on so many traces, of what servers for each kind add to the response times."""
    return LightAndHeavy(*(interval(np.subtract(apart, shared).tolist())
                           for apart, shared, _ in by_kind(traces, HOPS)))
