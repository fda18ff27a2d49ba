"""Fallback: when the call fails, a stand-in answer is given instead."""

from dataclasses import dataclass
from typing import Any

from ..simulation import Pool, outcome_of


@dataclass(frozen=True)
class Fallback:
    """Completes every request: a failed call after `seconds` more, as a job in pool `name`, where it can be counted."""

    design: Any
    seconds: float = 0.0
    name: str = "fallback"

    def __post_init__(self):
        if not self.seconds >= 0:
            raise ValueError(f"seconds must be at least 0, got {self.seconds}")

    def deploy(self, env):
        inner = self.design.deploy(env)
        stand_in = Pool(env, self.name, 1_000_000)      # an answer from memory: nobody waits for it

        def handle(request):
            if (yield from outcome_of(inner.handle(request))):
                yield stand_in.serve(self.seconds)

        return inner._replace(handle=handle, pools=(*inner.pools, stand_in))

    def bill(self, run, prices):
        return self.design.bill(run, prices)
