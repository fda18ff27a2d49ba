"""Crashing: whoever works on an event may die, and nobody hears whether the work was done."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Crashing:
    """A share `before` of the calls dies before `design` has begun, a share `after` when it is done: both are "lost".

    What was done stays done, so that a second delivery of the same event may do it twice.
    """

    design: Any
    before: float = 0.0
    after: float = 0.0

    def __post_init__(self):
        if not (self.before >= 0 and self.after >= 0 and self.before + self.after <= 1):
            raise ValueError(f"before and after must be shares, together at most 1, got {self.before}, {self.after}")

    def deploy(self, env):
        inner = self.design.deploy(env)
        use = f"crash {inner.pools[0].name}"            # each group dies by a chance of its own

        def handle(event):
            chance = event.chance(use)
            if chance < self.before:
                return "lost"
            outcome = yield from inner.handle(event)
            return outcome or ("lost" if chance < self.before + self.after else None)

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)
