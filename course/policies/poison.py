"""Poison: an event that nobody can work on."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Poisoned:
    """An event of this `kind` is lost each time that it has been through `design`; all others pass."""

    design: Any
    kind: str = "poison"

    def deploy(self, env):
        inner = self.design.deploy(env)

        def handle(event):
            outcome = yield from inner.handle(event)
            return outcome or ("lost" if event.kind == self.kind else None)

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)
