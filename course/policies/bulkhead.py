"""Bulkhead: only so many calls may be inside at once, so that one slow part cannot hold up all callers."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bulkhead:
    """At most `most` calls wait for `design` at any moment; one more is "dropped" at once."""

    design: Any
    most: int = 10

    def __post_init__(self):
        if not self.most >= 1:
            raise ValueError(f"most must be at least 1 call, got {self.most}")

    def deploy(self, env):
        inner = self.design.deploy(env)
        inside = 0

        def handle(request):
            nonlocal inside
            if inside >= self.most:
                return "dropped"
            inside += 1
            try:
                return (yield from inner.handle(request))
            finally:
                inside -= 1             # also when a pool refuses

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)
