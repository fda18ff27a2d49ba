"""Scheduled: the number of servers follows the clock, not the load."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Scheduled:
    """`design`, with one pool set to `servers` at each time of `steps`, rows of (seconds, servers)."""

    design: Any
    pool: str
    steps: tuple[tuple[float, int], ...]

    def __post_init__(self):
        times = [time for time, _ in self.steps]
        if times != sorted(times) or (times and not times[0] >= 0):
            raise ValueError(f"the times of the steps must be in order and not negative, got {times}")

    def deploy(self, env):
        deployment = self.design.deploy(env)
        pool = deployment.pool(self.pool)

        def follow_clock():
            for time, servers in self.steps:
                yield env.timeout(time - env.now)
                pool.resize(servers)

        env.process(follow_clock())
        return deployment

    def bill(self, run, prices):
        return self.design.bill(run, prices)
