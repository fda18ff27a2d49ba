"""Failing: a share of the calls is lost on the way, by chance."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Failing:
    """Each call is "lost" with probability `share` before it gets to `design`, whatever happens to other calls."""

    design: Any
    share: float

    def __post_init__(self):
        if not 0 <= self.share <= 1:
            raise ValueError(f"share must lie between 0 and 1, got {self.share}")

    def deploy(self, env):
        inner = self.design.deploy(env)
        way = " ".join(["to", *(pool.name for pool in inner.pools)])    # each service fails by a chance of its own

        def handle(request):
            if request.chance(way) < self.share:
                return "lost"
            return (yield from inner.handle(request))

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)
