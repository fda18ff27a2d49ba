"""Provisioned: some instances of a function are always ready, and are paid whether they work or not."""

from dataclasses import dataclass
from typing import Any

from ..simulation import Pool


@dataclass(frozen=True)
class Provisioned:
    """A request goes to one of so many `instances`, in pool "provisioned"; when all are taken, to `design` as usual.

    `design` is a Serverless, whose concurrency_limit is for the others. `Scheduled(..., "provisioned", steps)` changes
    the number by the clock.
    """

    design: Any
    instances: int = 1

    def __post_init__(self):
        if not hasattr(self.design, "memory_gb"):
            name = type(self.design).__name__
            raise ValueError(f"Provisioned wraps a Serverless itself, got {name}: put {name} around it instead")

    def deploy(self, env):
        inner, ready = self.design.deploy(env), Pool(env, "provisioned", self.instances)

        def handle(request):
            return inner.handle(request, ready if ready.busy < ready.capacity else None)

        return inner._replace(handle=handle, pools=(ready, *inner.pools))

    def bill(self, run, prices):
        """The price of being ready, and a lower one than usual for the work."""
        requests = len(run.waiting_times("provisioned")) * prices.usd("lambda_request") / 1e6
        gb = self.design.memory_gb
        bill = self.design.bill(run, prices)
        return {**bill, "requests": bill["requests"] + requests,
                "provisioned": run.server_seconds("provisioned") * gb * prices.usd("lambda_provisioned_idle_x86"),
                "provisioned duration": run.busy_seconds("provisioned") * gb
                * prices.usd("lambda_provisioned_duration_x86")}
