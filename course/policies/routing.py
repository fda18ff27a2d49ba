"""Routing: each kind of request has a design of its own."""

from dataclasses import dataclass, replace
from typing import Any

from ..simulation import Deployment


@dataclass(frozen=True)
class Routed:
    """A request goes to the design for its kind; the pools there are called after both, such as "light infer"."""

    routes: tuple[tuple[str, Any], ...]         # rows of (kind, design)

    def __post_init__(self):
        kinds = [kind for kind, _ in self.routes]
        if not kinds or len(set(kinds)) < len(kinds):
            raise ValueError(f"routes must have one row for each kind, got the kinds {', '.join(kinds) or 'none'}")

    def deploy(self, env):
        ways = {kind: design.deploy(env) for kind, design in self.routes}
        for kind, way in ways.items():
            for pool in way.pools:
                pool.name = f"{kind} {pool.name}"

        def handle(request):
            if request.kind not in ways:
                raise ValueError(f"there is no route for the kind '{request.kind}', only for {', '.join(ways)}")
            return (yield from ways[request.kind].handle(request))

        return Deployment(handle, tuple(pool for way in ways.values() for pool in way.pools))

    def bill(self, run, prices):
        return {f"{kind} {item}": usd for kind, design in self.routes
                for item, usd in design.bill(seen_by(run, kind), prices).items()}


def seen_by(run, kind):
    """The run with the pools of one kind only, called as its design calls them."""
    return replace(run, jobs={pool.removeprefix(f"{kind} "): jobs for pool, jobs in run.jobs.items()
                              if pool.startswith(f"{kind} ")})
