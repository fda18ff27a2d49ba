"""Late: what happened is told some time later."""

from dataclasses import dataclass
from typing import Any

from ..laws import LogNormalLaw


@dataclass(frozen=True)
class Late:
    """Each event reaches `design` after a time on the way, drawn by chance from `way`: later ones may overtake it."""

    design: Any
    way: Any = LogNormalLaw(0.1, 1.0)       # a law of seconds

    def deploy(self, env):
        inner = self.design.deploy(env)

        def handle(event):
            yield env.timeout(self.way.quantile(event.chance("way")))
            return (yield from inner.handle(event))

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)
