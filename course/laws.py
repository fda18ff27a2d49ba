"""Laws of chance as values: what a chance between 0 and 1, such as that of a request, comes to."""

from dataclasses import dataclass
from math import exp, log1p
from statistics import NormalDist

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
