"""Laws of chance as values: what a chance between 0 and 1, such as that of a request, comes to."""

from dataclasses import dataclass
from math import exp, inf, log1p
from statistics import NormalDist
from typing import Any

STANDARD = NormalDist()
LEAST = 1e-12       # a log-normal law has no smallest value


@dataclass(frozen=True)
class LogNormalLaw:
    """Skewed, as measured times are: half lie below `median`; `sigma` is the spread of the logarithm, 0 for none."""

    median: float
    sigma: float = 0.0

    def __post_init__(self):
        for name in ("median", "sigma"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be at least 0, got {getattr(self, name)}")

    def quantile(self, p: float) -> float:
        """The value that a share `p` of all stays below; p in [0, 1)."""
        return self.median * exp(self.sigma * STANDARD.inv_cdf(max(p, LEAST)))


@dataclass(frozen=True)
class ExponentialLaw:
    """Many short times and a few long ones."""

    mean: float

    def __post_init__(self):
        if not self.mean >= 0:
            raise ValueError(f"mean must be at least 0, got {self.mean}")

    def quantile(self, p: float) -> float:
        """The value that a share `p` of all stays below; p in [0, 1)."""
        return -self.mean * log1p(-p)


@dataclass(frozen=True)
class UniformLaw:
    """Anything between `low` and `high` is as likely as anything else."""

    low: float
    high: float

    def __post_init__(self):
        if not 0 <= self.low <= self.high < inf:
            raise ValueError(f"low must be at least 0 and at most the value of high, got {self.low}, {self.high}")

    def quantile(self, p: float) -> float:
        """The value that a share `p` of all stays below; p in [0, 1)."""
        return self.low + p * (self.high - self.low)


@dataclass(frozen=True)
class Sometimes:
    """Mostly 0; for a `share` of all, a draw of `law`."""

    share: float
    law: Any

    def __post_init__(self):
        if not 0 <= self.share <= 1:
            raise ValueError(f"share must lie between 0 and 1, got {self.share}")

    def quantile(self, p: float) -> float:
        """The value that a share `p` of all stays below; p in [0, 1)."""
        if p < 1 - self.share:
            return 0.0
        return self.law.quantile(max(0.0, 1 - (1 - p) / self.share))
