"""Scheduled: the number of servers follows the clock, not the load."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Scheduled:
    """`design`, with one pool set to `servers` at each time of `steps`, rows of (seconds, servers)."""

    design: Any
    pool: str
    steps: tuple[tuple[float, int], ...]

    def deploy(self, env):
        deployment = self.design.deploy(env)
        pool = next(pool for pool in deployment.pools if pool.name == self.pool)

        def follow_clock():
            for time, servers in self.steps:
                yield env.timeout(time - env.now)
                pool.resize(servers)

        env.process(follow_clock())
        return deployment

    def bill(self, run, prices):
        return self.design.bill(run, prices)
