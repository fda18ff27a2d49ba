"""Experiments on growth: unequal steps, and a lock that all workers share."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np

from .. import data
from ..patterns.monolith import Monolith
from ..prices import Prices
from ..run import Run
from ..simulation import Deployment, Pool, simulate
from ..theory import staffing
from ..workload import LogNormal, Work, Workload
from .claim import Sides, crossing, paired, runs


@dataclass(frozen=True)
class PerStagePools:
    """Servers of their own for each step, one step after the other."""

    prepare: int = 1
    infer: int = 1
    respond: int = 1

    def deploy(self, env):
        pools = (Pool(env, "prepare", self.prepare), Pool(env, "infer", self.infer), Pool(env, "respond", self.respond))

        def handle(request):
            for pool, seconds in zip(pools, request.work):
                yield pool.serve(seconds)

        return Deployment(handle, pools)

    def bill(self, run, prices):
        return {name: run.server_seconds(name) * prices.server_second for name in run.jobs}


@dataclass(frozen=True)
class LockedMonolith:
    """A monolith whose workers share a lock for part of the work, and watch each other's changes."""

    workers: int = 2
    locked: float = 0.05            # share of the work under the lock
    crosstalk: float = 0.0005       # share of the work that each further worker adds under the lock

    def deploy(self, env):
        workers, lock = Pool(env, "workers", self.workers), Pool(env, "lock", 1)

        def handle(request):
            work = sum(request.work)
            with workers.request() as worker:
                yield worker
                yield env.timeout(work * (1 - self.locked))
                yield lock.serve(work * (self.locked + self.crosstalk * (self.workers - 1)))

        return Deployment(handle, (workers, lock))

    def bill(self, run, prices):
        return {"servers": run.server_seconds("workers") * prices.server_second}


@dataclass(frozen=True)
class Growth:
    """US dollars an hour; the knob is the seconds of CPU that a request needs beside `gpu` seconds of GPU.

    Whole boxes (one GPU, four CPUs) against GPU boxes and CPU servers bought apart, both at `target` utilisation.
    """

    rate: float = 400.0
    gpu: float = 0.010
    target: float = 0.8
    duration: float = 10.0
    cpus: int = 4
    promise: float = 0.3        # seconds within which copies must answer 95 % of the requests
    prices: Prices | None = None

    def sides(self, knob, traces):
        return paired(self.boxes(knob, seed + 1) for seed in range(traces))

    def others(self, traces):
        return [("hold", "40 workers that share a lock, against 40 that share nothing", self.lock(traces)),
                *(("fail", f"stateless copies at {rate} requests a second", self.copies(rate, traces))
                  for rate in (2, 20)),
                ("hold", "stateless copies at 200 requests a second", self.copies(200, traces))]

    def boxes(self, seconds: float, seed: int) -> tuple[float, float]:
        """US dollars an hour for one trace: whole boxes, and CPUs apart from GPUs."""
        price = (self.prices or Prices.read()).usd
        workload = Workload(self.rate, self.duration, Work(seconds / 2, self.gpu, seconds / 2), seed)
        busy = np.sum([request.work for request in workload.requests()], axis=0) / self.duration / self.target
        cpu_servers, gpu_boxes = ceil((busy[0] + busy[2]) / self.cpus), ceil(busy[1])
        whole, server = price("gpu_g4dn.xlarge_1xT4_4vcpu_16gib"), price("vm_c5.xlarge_4vcpu_8gib")
        return max(cpu_servers, gpu_boxes) * whole, gpu_boxes * whole + cpu_servers * server

    def lock(self, traces: int) -> Sides:
        """Worker-seconds paid for each answer, with more requests than 40 workers can do."""
        workload = saturating(40)
        shared, free = (runs(design, workload, traces) for design in (LockedMonolith(40), Monolith(40)))
        return Sides([40 / run.throughput for run in shared], [40 / run.throughput for run in free],
                     "worker-seconds paid for an answer")

    def copies(self, rate: float, traces: int) -> Sides:
        """US dollars an hour for the smallest copies and pools that keep the promise on each trace."""
        workload = Workload(rate, max(10, 400 / rate), image_work(), distribution=LogNormal(1.0))
        return paired(self.cheapest(replace(workload, seed=seed + 1)) for seed in range(traces))

    def pools_pay_from(self, traces: int = 4) -> float:
        """Requests a second from which pools for each step are cheaper than stateless copies of the whole."""
        def saved(rate):
            sides = self.copies(rate, traces)
            return float(np.mean(sides.pattern) - np.mean(sides.comparison))

        return crossing(saved, 200.0, 20.0, steps=4)

    def cheapest(self, workload: Workload) -> tuple[float, float]:
        """US dollars an hour: copies of everything (1 CPU, 5 GB), pools with what their step needs."""
        price, work = (self.prices or Prices.read()).usd, workload.mean_work
        whole, infer, light = (price("fargate_vcpu") + gb * price("fargate_memory") for gb in (5, 4, 0.5))
        copies = smallest(workload, lambda spare: Monolith(staffed(workload, sum(work), spare)),
                          self.promise).design
        pools = smallest(workload, lambda spare: PerStagePools(*(staffed(workload, step, spare) for step in work)),
                         self.promise).design
        return copies.workers * whole, pools.infer * infer + (pools.prepare + pools.respond) * light


def smallest(workload: Workload, design_with: Callable[[float], Any], promise: float) -> Run:
    """A run of the first design, with more and more spare capacity, that answers 95 % within `promise` seconds."""
    for spare in np.arange(0, 6, 0.25):
        if (run := simulate(design_with(spare), workload)).percentile(95) <= promise:
            return run
    raise ValueError(f"no number of servers answers 95 % within {promise} s: the work alone takes longer")


def staffed(workload: Workload, seconds: float, spare: float) -> int:
    """Servers by the square root rule, at least one."""
    return max(1, ceil(staffing(workload.arrival_rate * seconds, spare)))


def image_work() -> Work:
    """The mean work of an image classifier, from the course's data."""
    return Work(*data.work("image_classifier"))


def saturating(workers: int) -> Workload:
    """A few seconds of more requests than so many workers can answer."""
    return Workload(1.2 * workers / sum(image_work()), 8.0, image_work())


def speed_up(workers: int, design: LockedMonolith = LockedMonolith(), traces: int = 10) -> float:
    """Throughput of so many workers over that of one, when there is always work."""
    alone = runs(replace(design, workers=1), saturating(1), traces)
    together = runs(replace(design, workers=workers), saturating(workers), traces)
    return float(np.mean([run.throughput for run in together]) / np.mean([run.throughput for run in alone]))
