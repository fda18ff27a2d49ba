"""Scaling on lag: the number of consumers follows the events that are not done yet."""

from dataclasses import dataclass
from math import ceil, inf
from typing import Any

from ..booting import Staff, booting_bill


@dataclass(frozen=True)
class ScaledOnLag:
    """Every `period` seconds, ask for a server of a pool for each `each` events that wait or are in work there.

    A server works `boot` seconds after it was asked for. Defaults as in KEDA (data/platform_defaults.csv,
    keda_polling_interval, keda_max_replicas).
    """

    design: Any
    pool: str
    each: float
    period: float = 30
    boot: float = 60
    least: int = 1
    most: int = 100

    def __post_init__(self):
        for name in ("each", "period"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be more than 0, got {getattr(self, name)}")
        if not self.boot >= 0:
            raise ValueError(f"boot must be at least 0, got {self.boot}")
        if not 0 <= self.least <= self.most:
            raise ValueError(f"least must be at least 0 and at most the value of most, got {self.least}, {self.most}")

    def deploy(self, env):
        inner = self.design.deploy(env)
        pool = inner.pool(self.pool)
        staff = Staff(env, pool, self.boot)

        def follow():
            while env.peek() < inf:                     # until nothing else is going to happen
                yield env.timeout(self.period)
                staff.want(self.wish(pool.busy + len(pool.queue)))

        env.process(follow())
        return inner

    def wish(self, events):
        """How many servers so many events ask for."""
        return max(self.least, min(ceil(events / self.each), self.most))

    def bill(self, run, prices):
        return booting_bill(self.design, self.pool, self.boot, run, prices)
