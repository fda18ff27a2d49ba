"""Asynchronous: one box that does something else while it waits for an answer."""

from dataclasses import dataclass
from typing import Any

from ..simulation import Deployment, Pool


@dataclass(frozen=True)
class Asynchronous:
    """A worker does every step of a request, calls the design `calls`, and is free for others until that has answered.

    All `workers` are the cores of one machine. FrontEnd is the same with a thread that waits.
    """

    calls: Any
    workers: int = 2
    machine: str = "vm_m5.large_2vcpu_8gib"         # a row of the price table, paid by the hour

    def deploy(self, env):
        calls, workers = self.calls.deploy(env), Pool(env, "workers", self.workers)

        def handle(request):
            yield workers.serve(sum(request.work))
            return (yield from calls.handle(request))

        return Deployment(handle, (workers, *calls.pools))

    def bill(self, run, prices):
        seconds = run.server_seconds("workers") / self.workers
        return {"machine": seconds * prices.per_second(self.machine), **self.calls.bill(run, prices)}
