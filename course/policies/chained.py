"""Chained: one part after the other."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Chained:
    """A request goes through the parts in order; one that turns it away is the last."""

    parts: tuple[Any, ...]

    def __post_init__(self):
        if not self.parts:
            raise ValueError("a chain needs at least one part")

    def deploy(self, env):
        parts = [part.deploy(env) for part in self.parts]

        def handle(request):
            for part in parts:
                outcome = yield from part.handle(request)
                if outcome:
                    return outcome

        return parts[0]._replace(handle=handle, pools=tuple(pool for part in parts for pool in part.pools))

    def bill(self, run, prices):
        return {item: usd for part in self.parts for item, usd in part.bill(run, prices).items()}
