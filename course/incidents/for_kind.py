"""A policy for one kind of request only; all kinds still share the same pools."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..simulation import Deployment


@dataclass(frozen=True)
class ForKind:
    """Requests of this `kind` meet the design inside `policy`, the others meet the design itself."""

    design: Any
    kind: str
    policy: Callable[[Any], Any]

    def deploy(self, env):
        inner = self.design.deploy(env)
        special = self.policy(Deployed(inner)).deploy(env)

        def handle(request):
            return (special if request.kind == self.kind else inner).handle(request)

        return inner._replace(handle=handle, pools=special.pools)

    def bill(self, run, prices):
        return self.design.bill(run, prices)


@dataclass(frozen=True)
class Deployed:
    """A design that is deployed already, for a policy to wrap."""

    deployment: Deployment

    def deploy(self, env):
        return self.deployment
