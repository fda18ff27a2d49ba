"""Once: a consumer that recognises an event it has dealt with."""

from dataclasses import dataclass
from math import inf
from typing import Any


@dataclass(frozen=True)
class Once:
    """An event that was done within the last `memory` seconds is acknowledged, and not done again."""

    design: Any
    memory: float = inf

    def __post_init__(self):
        if not self.memory >= 0:
            raise ValueError(f"memory must be at least 0 seconds, got {self.memory}")

    def deploy(self, env):
        inner, done = self.design.deploy(env), {}       # number of an event: when it was done, in that order

        def handle(event):
            while done and env.now - next(iter(done.values())) > self.memory:
                del done[next(iter(done))]
            if event.id in done:
                return None
            outcome = yield from inner.handle(event)
            if not outcome:
                done.setdefault(event.id, env.now)      # together with the effect, or not at all
            return outcome

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)
