"""Autoscaler: the number of servers follows the load, some time after it."""

from collections import deque
from dataclasses import dataclass
from math import ceil, inf
from typing import Any

from ..booting import Staff, booting_bill

MOST_ADDED, MOST_GROWTH = 4, 1.0    # a period adds at most the larger of 4 servers and 100 %


@dataclass(frozen=True)
class Autoscaled:
    """Every `period`, ask for as many servers of a pool as would be busy for a share `target` of their time.

    The rule and defaults of Kubernetes (data/platform_defaults.csv, hpa_...). Its metrics server is stood in for by
    the busy share of the pool, read each second. A server works `boot` seconds after it was asked for.
    """

    design: Any
    pool: str
    target: float = 0.6
    period: int = 15                # seconds
    tolerance: float = 0.1          # nothing happens when load over target is that close to 1
    stabilisation: float = 300      # seconds: go down to the largest number that was wished for in that time
    boot: float = 60
    least: int = 1
    most: int = 100

    def __post_init__(self):
        if not (self.period >= 1 and self.period == int(self.period)):
            raise ValueError(f"period must be a whole number of seconds, at least 1, got {self.period}")
        if not 0 < self.target <= 1:
            raise ValueError(f"target must be a busy share above 0 and at most 1, got {self.target}")
        if not 1 <= self.least <= self.most:
            raise ValueError(f"least must be at least 1 and at most the value of most, got {self.least}, {self.most}")
        for name in ("tolerance", "stabilisation", "boot"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be at least 0, got {getattr(self, name)}")

    def deploy(self, env):
        inner = self.design.deploy(env)
        pool = inner.pool(self.pool)
        staff, wishes = Staff(env, pool, self.boot), deque([(env.now, pool.planned)])

        def follow():
            while env.peek() < inf:                     # until nothing else is going to happen
                shares = []
                for _ in range(int(self.period)):
                    yield env.timeout(1)
                    shares.append(busy_share(pool))
                wishes.append((env.now, self.wish(sum(shares) / len(shares), pool.planned, len(staff.booting))))
                staff.want(self.stabilised(wishes, staff.present))

        env.process(follow())
        return inner

    def wish(self, share, working, booting):
        """How many servers there should be; those that boot count as idle, but do not turn more into fewer."""
        present = working + booting
        enough = share * working / self.target          # servers that would be as busy as they should be
        reverses = share > self.target and enough < present
        close = abs(enough / present - 1) <= self.tolerance
        servers = present if close or reverses else ceil(round(enough, 9))
        allowed = present + max(MOST_ADDED, int(present * MOST_GROWTH))
        return max(self.least, min(servers, allowed, self.most))

    def stabilised(self, wishes, present):
        """Up at once; down only as far as every wish of the last while allows."""
        now, newest = wishes[-1]
        while wishes[0][0] < now - self.stabilisation:
            wishes.popleft()
        return newest if newest > present else min(present, max(servers for _, servers in wishes))

    def bill(self, run, prices):
        return booting_bill(self.design, self.pool, self.boot, run, prices)


def busy_share(pool):
    """The busy share of the servers at work; those that finish their last job do not count."""
    return min(1.0, pool.busy / pool.capacity) if pool.capacity else 0.0
