"""Experiments on what callers are owed: an API that changes under them, and one of them that calls too often."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from ..patterns.microservices import Gateway, Service
from ..policies.rate_limit import RateLimited
from ..simulation import Deployment, simulate
from ..workload import Mixed, Work, Workload
from .claim import Sides, unanswered

GOOD = ("client 1", "client 2")


@dataclass(frozen=True)
class Behind:
    """A design that is reached through a gateway and in no other way."""

    gateway: Any
    design: Any

    def deploy(self, env):
        gateway, inner = self.gateway.deploy(env), self.design.deploy(env)

        def handle(request):
            return (yield from gateway.handle(request)) or (yield from inner.handle(request))

        return Deployment(handle, (*gateway.pools, *inner.pools))

    def bill(self, run, prices):
        return self.gateway.bill(run, prices) | self.design.bill(run, prices)


@dataclass(frozen=True)
class OneCallsTooOften:
    """Percent of the other clients' requests not answered within `patience`; the knob is how often one client calls.

    Three clients may each send `agreed` requests a second to an API that can answer five times as many. The third
    sends the knob times as many. Compared with a gateway that keeps a token bucket for each client.
    """

    agreed: float = 20.0
    replicas: int = 4
    work: float = 0.040
    patience: float = 1.0
    bucket_rate: float = 24.0
    bucket: float = 6.0
    duration: float = 10.0

    def sides(self, knob, traces):
        return Sides(self.failed(self.api, knob, traces), self.failed(self.limited(Gateway()), knob, traces))

    def others(self, traces):
        slow = Gateway(seconds=0.025)
        return [("fail", "polite clients, and a gateway that manages 40 requests a second",
                 Sides(self.failed(self.api, 1, traces), self.failed(self.limited(slow), 1, traces))),
                ("hold", "an API that changes at once, against two versions for 14 days", changed(6, 3.0, 14, traces)),
                ("fail", "the one caller is released together with the API", changed(1, 0.0, 14, traces))]

    @property
    def api(self) -> Service:
        """The service that all clients call."""
        return Service("infer", self.replicas)

    def limited(self, gateway: Gateway) -> Behind:
        """The same behind a gateway that lets each client have its share."""
        return Behind(RateLimited(gateway, self.bucket_rate, self.bucket), self.api)

    def failed(self, design, times: float, traces: int) -> list[float]:
        """Percent of the good clients' requests that are not answered in time, on each trace."""
        return [late(design, self.clients(times).replication(trace), self.patience) for trace in range(traces)]

    def clients(self, times: float) -> Mixed:
        """Two that keep to what is agreed, and one that sends `times` as much."""
        polite = Workload(self.agreed, self.duration, Work(0.0, self.work, 0.0))
        return Mixed((*(replace(polite, kind=name) for name in GOOD),
                      replace(polite, arrival_rate=times * self.agreed, kind="client 3")))


@lru_cache(maxsize=512)
def late(design: Any, workload: Mixed, patience: float) -> float:
    """Percent of the good clients' requests of one run that are not answered within so many seconds, kept."""
    return unanswered(simulate(design, workload), patience, *GOOD)


@lru_cache(maxsize=16)
def changed(callers: int, release: float, kept: float, traces: int = 10, window: float = 30.0,
            changes: int = 400) -> Sides:
    """Percent of the calls in `window` days that meet a version the caller does not know.

    A caller is released anew `release` days after the change, on average; either the old version goes with the change,
    or it stays for `kept` days. Each trace has many changes.
    """
    days = release * np.random.default_rng(106).exponential(size=(traces, changes * callers))
    at_once, later = (np.clip(days - stays, 0, window - stays) for stays in (0.0, kept))
    shares = [(100 * lost.mean(axis=1) / window).tolist() for lost in (at_once, later)]
    return Sides(shares[0], shares[1], "percent of calls to a version that is gone")
