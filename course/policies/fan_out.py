"""Fan-out: one request needs the answers of many leaves, and the slow ones decide."""

from dataclasses import dataclass
from math import ceil, exp, log
from typing import Any

from ..simulation import Deployment


@dataclass(frozen=True)
class Always:
    """The same every time."""

    value: float

    def quantile(self, p):
        """What a share `p` does not exceed."""
        return self.value


@dataclass(frozen=True)
class TwoPoint:
    """`fast`, but `slow` for a share of all."""

    fast: float
    slow: float
    share: float                    # of the slow ones, from 0 to 1

    def __post_init__(self):
        if not 0 <= self.share <= 1:
            raise ValueError(f"the share of slow leaves must lie between 0 and 1, got {self.share}")

    def quantile(self, p):
        return self.slow if p >= 1 - self.share else self.fast


@dataclass(frozen=True)
class Quantiles:
    """Straight lines through three measured percentiles, where both the value and the share above it are logarithms."""

    p50: float
    p95: float
    p99: float

    def __post_init__(self):
        if not 0 < self.p50 <= self.p95 <= self.p99:
            raise ValueError(f"p50, p95 and p99 must be above 0 and in order, got {self.p50}, {self.p95}, {self.p99}")

    def quantile(self, p):
        if p < 0.95:
            return self.p50 * exp(log(self.p95 / self.p50) * log(0.5 / (1 - p)) / log(0.5 / 0.05))
        return self.p95 * exp(log(self.p99 / self.p95) * log(0.05 / (1 - p)) / log(0.05 / 0.01))


@dataclass(frozen=True)
class FanOut:
    """A request asks all `leaves` at once, and is answered as soon as a share of them, `enough`, has answered.

    No leaf is ever busy with another request; who runs the leaves, pays for them.
    """

    leaves: int
    times: Any                      # the seconds a leaf takes: TwoPoint, Quantiles, or another value with `quantile`
    common: Any = Always(1)         # a factor for all leaves of one request: what makes them slow together
    enough: float = 1.0

    def __post_init__(self):
        if not self.leaves >= 1:
            raise ValueError(f"leaves must be at least 1, got {self.leaves}")
        if not 0 < self.enough <= 1:
            raise ValueError(f"enough must be a share above 0 and at most 1, got {self.enough}")

    def deploy(self, env):
        last = ceil(round(self.enough * self.leaves, 6)) - 1

        def handle(request):
            chances = request.chances("leaf", self.leaves)
            chances.sort()                      # the more by chance, the longer: no need for the times of all
            seconds = self.times.quantile(float(chances[last]))
            yield env.timeout(self.common.quantile(request.chance("all leaves")) * seconds)

        return Deployment(handle)

    def bill(self, run, prices):
        return {}
