"""Hedged: a call that takes long is sent a second time, and the first answer counts."""

from dataclasses import dataclass
from typing import Any

from ..simulation import outcome_of


@dataclass(frozen=True)
class Hedged:
    """The second call leaves `after` seconds, unless the first has ended by then, well or not.

    An answer that is not a failure ends the wait, and the other call goes on in vain; when both fail, the later
    outcome counts.
    """

    design: Any
    after: float

    def __post_init__(self):
        if not self.after >= 0:
            raise ValueError(f"after must be at least 0 seconds, got {self.after}")

    def deploy(self, env):
        inner = self.design.deploy(env)

        def sent(request):
            return env.process(outcome_of(inner.handle(request)))

        def handle(request):
            patience = env.now + self.after
            first = sent(request)
            yield first | env.timeout(self.after)
            if env.now < patience:
                return first.value
            second = sent(request._replace(luck=request.chance("hedge", 1)))    # a balancer chooses anew
            yield first | second
            early, late = (first, second) if first.triggered else (second, first)
            return (yield late) if early.value else None

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)
