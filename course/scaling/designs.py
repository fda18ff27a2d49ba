"""Designs that wrap a design: with faster steps, with popular keys, in several copies, or behind hops."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from ..policies.balancing import RoundRobin
from ..simulation import Deployment
from ..workload import Work

IN_TURN = RoundRobin()


@dataclass(frozen=True)
class Faster:
    """`design` with each step so many times as fast; with `inf`, a step takes no time here."""

    design: Any
    prepare: float = 1.0
    infer: float = 1.0
    respond: float = 1.0

    def deploy(self, env):
        inner = self.design.deploy(env)

        def handle(request):
            prepare, infer, respond = request.work
            work = Work(prepare / self.prepare, infer / self.infer, respond / self.respond)
            return inner.handle(request._replace(work=work))

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)


@dataclass(frozen=True)
class Popular:
    """`design` with keys by Zipf's law: the n-th most popular of `keys` is asked for in proportion to
    n ** -`exponent`. The most popular is cut into `parts` keys, which chance shares its requests among.
    """

    design: Any
    keys: int = 1000
    exponent: float = 1.0
    parts: int = 1

    def deploy(self, env):
        inner, bounds = self.design.deploy(env), np.cumsum(popularity(self.keys, self.exponent))

        def handle(request):
            key = min(int(np.searchsorted(bounds, request.chance("popular key"))), self.keys - 1)
            part = int(request.chance("part") * self.parts) if key == 0 else 0
            return inner.handle(request._replace(key=self.keys - 1 + part if part else key))

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)


@lru_cache(maxsize=64)
def popularity(keys: int, exponent: float) -> np.ndarray:
    """The share of the requests for each key, the most popular first; all shares sum to 1."""
    weights = np.arange(1, keys + 1.0) ** -exponent
    return weights / weights.sum()


@dataclass(frozen=True)
class Copies:
    """So many copies of a design, each with queues of its own, behind a load balancer that follows `rule`."""

    design: Any
    copies: int = 2
    rule: Any = IN_TURN
    balancer: str = "alb_hour"      # a row of the price table, paid by the hour

    def deploy(self, env):
        copies = [self.design.deploy(env) for _ in range(self.copies)]
        for number, copy in enumerate(copies):
            for pool in copy.pools:
                pool.name = f"{pool.name} {number}"
        doors, turn = [copy.pools[0] for copy in copies], -1

        def handle(request):
            nonlocal turn
            turn += 1
            return copies[self.rule.choose(doors, request, turn)].handle(request)

        return Deployment(handle, tuple(pool for copy in copies for pool in copy.pools))

    def bill(self, run, prices):
        bills = [self.design.bill(of_copy(run, number), prices) for number in range(self.copies)]
        return {**{item: sum(bill[item] for bill in bills) for item in bills[0]},
                "load balancer": (run.end - run.start) * prices.per_second(self.balancer)}


def of_copy(run, number):
    """The run with the pools of one copy only, called as its design calls them."""
    return replace(run, jobs={pool.removesuffix(f" {number}"): jobs for pool, jobs in run.jobs.items()
                              if pool.endswith(f" {number}")})


@dataclass(frozen=True)
class Hops:
    """So many hops over the network, of `seconds` each."""

    hops: int = 2
    seconds: float = 0.0005         # as in Microservices

    def deploy(self, env):
        def handle(request):
            yield env.timeout(self.hops * self.seconds)

        return Deployment(handle)

    def bill(self, run, prices):
        return {}
