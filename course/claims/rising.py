"""Experiments on a sudden rise of the traffic: functions, and machines that must be started first."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from .. import data
from ..laws import LogNormalLaw
from ..patterns.monolith import Monolith
from ..patterns.serverless import Serverless
from ..policies.autoscaler import Autoscaled
from ..policies.store import Store
from ..run import OUTCOMES, Run
from ..simulation import Deployment, simulate
from ..workload import Diurnal, LogNormal, Work, Workload
from .claim import Sides


def cold_start(id: str = "lambda_python3.12_image_x86_1024") -> LogNormalLaw:
    """The law of a measured cold start; a Python function in a container image unless another row is named."""
    return LogNormalLaw(*data.cold_start(id))


@dataclass(frozen=True)
class WithStore:
    """A design whose requests end at another; what that refuses is refused."""

    design: Any
    calls: Any

    def deploy(self, env):
        first, then = self.design.deploy(env), self.calls.deploy(env)

        def handle(request):
            return (yield from first.handle(request)) or (yield from then.handle(request))

        return Deployment(handle, (*first.pools, *then.pools))

    def bill(self, run, prices):
        return self.design.bill(run, prices) | self.calls.bill(run, prices)


@dataclass(frozen=True)
class SuddenRise:
    """Percent of requests not answered within `patience` in the minutes after a rise; the knob is the requests at once
    that the functions may be.

    Compared with machines that an autoscaler adds, with Kubernetes' rule and the boot time of the course's data. They
    refuse who would wait long, as functions do.
    """

    before: float = 0.5
    after: float = 10.0             # requests a second
    seconds: float = 2.0
    patience: float = 10.0
    calm: float = 30.0
    watched: float = 300.0
    servers: int = 2                # before the rise
    queue_limit: int = 2
    boot: str = "vm_ec2_boot"

    def sides(self, knob, traces):
        return self.against(self.functions(round(knob)), self.autoscaled, traces)

    def others(self, traces):
        scarce, vain = Store(5, 1.0), "percent of requests that are worked on, paid, and then refused"
        behind = WithStore(self.functions(), scarce), WithStore(self.autoscaled, scarce)
        return [("hold", "machines that stay as many as they were", self.against(self.functions(), self.fixed, traces)),
                ("comparison", "a platform that starts one instance in 10 s",
                 self.against(replace(self.functions(), ramp=1), self.autoscaled, traces)),
                ("comparison", "a store behind both that has 5 connections, for a second each",
                 self.against(*behind, traces)),
                ("fail", "a store behind both that has 5 connections, for a second each",
                 self.against(*behind, traces, of=in_vain)._replace(metric=vain))]

    @property
    def fixed(self) -> Monolith:
        """The machines that there are before the rise."""
        return Monolith(self.servers, self.queue_limit)

    @property
    def autoscaled(self) -> Autoscaled:
        """The same, and those that are added."""
        return Autoscaled(self.fixed, "workers", boot=data.cold_start(self.boot)[0])

    def functions(self, limit: int = 1000) -> Serverless:
        """Functions of which so many may run at once."""
        return Serverless(cold_start=cold_start(), concurrency_limit=limit)

    def against(self, functions: Any, machines: Any, traces: int, of: Callable | None = None) -> Sides:
        """Percent not answered in time of both on each trace, or another measure."""
        of, workload = of or late, self.workload
        own, others = ([of(design, workload.replication(trace), self.calm, self.patience) for trace in range(traces)]
                       for design in (functions, machines))
        return Sides(own, others)

    @property
    def workload(self) -> Workload:
        """A calm, and then more."""
        duration = self.calm + self.watched
        profile = (self.before,) + (self.after,) * round(self.watched / self.calm)
        return Workload(float(np.mean(profile)), duration, Work(0.0, self.seconds, 0.0),
                        arrivals=Diurnal(profile, duration), distribution=LogNormal(0.5))


@lru_cache(maxsize=1024)
def late(design: Any, workload: Workload, since: float, patience: float) -> float:
    """Percent of the requests of one run, from `since` on, that are not answered within so many seconds, kept."""
    run = simulated(design, workload)
    answered = (run.outcomes == 0) & (run.departure_times - run.arrival_times <= patience)
    return 100 * (1 - float(np.mean(answered[run.arrival_times >= since])))


@lru_cache(maxsize=32)
def simulated(design: Any, workload: Workload) -> Run:
    """A run, kept because two measures may ask for it."""
    return simulate(design, workload)


def in_vain(design: Any, workload: Workload, since: float, patience: float) -> float:
    """Percent of the requests, from `since` on, that come to the store and are refused there; `patience` is nothing."""
    run = simulated(design, workload)
    worked_on = (run.jobs.get("instances") or run.jobs["workers"]).request
    refused = np.isin(np.arange(len(run.arrival_times)), worked_on) & (run.outcomes == OUTCOMES.index("dropped"))
    return 100 * float(np.mean(refused[run.arrival_times >= since]))
