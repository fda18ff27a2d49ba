"""Shedding: work is refused while the queue is long, so that what is accepted ends in time."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shedding:
    """A request that finds more than `most_waiting` others in the queue of `pool` is "dropped" before any work."""

    design: Any
    pool: str
    most_waiting: float

    def __post_init__(self):
        if not self.most_waiting >= 0:
            raise ValueError(f"most_waiting must be at least 0 requests, got {self.most_waiting}")

    def deploy(self, env):
        inner = self.design.deploy(env)
        watched = inner.pool(self.pool)

        def handle(request):
            if len(watched.queue) > self.most_waiting:
                return "dropped"
            return (yield from inner.handle(request))

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)
