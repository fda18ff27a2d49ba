"""RateLimited: a token bucket for each kind of request; who finds no token is turned away."""

from dataclasses import dataclass
from typing import Any

ALMOST = 1 - 1e-9       # ten tenths are a whole token, though not in floating point


@dataclass(frozen=True)
class RateLimited:
    """A request takes a token of its kind, or is "throttled"; `rate` come in a second, up to `burst`, full at first.

    In any t seconds at most burst + rate t requests of a kind get through.
    """

    design: Any
    rate: float
    burst: float

    def __post_init__(self):
        if not self.rate > 0:
            raise ValueError(f"rate must be more than 0 requests per second, got {self.rate}")
        if not self.burst >= 1:
            raise ValueError(f"burst must be at least 1 request, got {self.burst}")

    def deploy(self, env):
        inner = self.design.deploy(env)
        buckets = {}                    # kind: the tokens that were left, and when

        def handle(request):
            left, then = buckets.get(request.kind, (self.burst, env.now))
            tokens = min(self.burst, left + self.rate * (env.now - then))
            granted = tokens >= ALMOST
            buckets[request.kind] = tokens - granted, env.now
            if not granted:
                return "throttled"
            return (yield from inner.handle(request))

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)
