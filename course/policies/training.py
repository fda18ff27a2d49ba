"""Training: a model is trained again and again, beside the requests or apart from them."""

from dataclasses import dataclass
from math import inf
from typing import Any

from ..simulation import Pool, Refused


@dataclass(frozen=True)
class TrainedBeside:
    """Every `every` seconds, training takes `servers` of a pool for `duration` seconds, in turn with the requests."""

    design: Any
    pool: str
    every: float
    duration: float
    servers: int = 1

    def __post_init__(self):
        check_rhythm(self)

    def deploy(self, env):
        inner = self.design.deploy(env)
        env.process(train(env, inner.pool(self.pool), self))
        return inner

    def bill(self, run, prices):
        return self.design.bill(run, prices)


@dataclass(frozen=True)
class TrainedApart:
    """Training has `servers` of its own, in the pool "training", and they are paid all the time."""

    design: Any
    every: float
    duration: float
    servers: int = 1
    machine: str = "vm_m5.large_2vcpu_8gib"

    def __post_init__(self):
        check_rhythm(self)

    def deploy(self, env):
        inner, pool = self.design.deploy(env), Pool(env, "training", self.servers)
        env.process(train(env, pool, self))
        return inner._replace(pools=(*inner.pools, pool))

    def bill(self, run, prices):
        training = run.server_seconds("training") * prices.per_second(self.machine)
        return {**self.design.bill(run, prices), "training": training}


def train(env, pool, rhythm):
    """Jobs that count for no request, as long as there are requests; a pool that is full or down is left alone."""
    yield env.timeout(rhythm.every)
    while env.peek() < inf:             # something else is still going to happen
        for _ in range(rhythm.servers):
            try:
                pool.serve(rhythm.duration)
            except Refused:
                break
        yield env.timeout(rhythm.every)


def check_rhythm(rhythm):
    """Raise ValueError unless one training can end before the next begins."""
    if not 0 <= rhythm.duration <= rhythm.every or not rhythm.every > 0:
        raise ValueError(f"a training of {rhythm.duration} seconds does not fit into every {rhythm.every} seconds")
    if not rhythm.servers >= 1:
        raise ValueError(f"servers must be at least 1, got {rhythm.servers}")
