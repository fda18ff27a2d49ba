"""Polled: somebody looks from time to time whether there is something new."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Polled:
    """What comes waits for the next look: one every `period` seconds, on the clock."""

    design: Any
    period: float

    def __post_init__(self):
        if not self.period > 0:
            raise ValueError(f"period must be more than 0 seconds, got {self.period}")

    def deploy(self, env):
        inner = self.design.deploy(env)

        def handle(event):
            yield env.timeout(-env.now % self.period)
            return (yield from inner.handle(event))

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)
