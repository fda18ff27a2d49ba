"""Monolith: one application does every step of a request, and there are a few copies of it."""

from dataclasses import dataclass
from math import inf

from ..simulation import Deployment, Pool


@dataclass(frozen=True)
class Monolith:
    """`workers` copies of the whole application share one queue."""

    workers: int = 2
    queue_limit: float = inf        # room for requests that wait; those beyond it are dropped

    def deploy(self, env):
        workers = Pool(env, "workers", self.workers, self.queue_limit)

        def handle(request):
            yield workers.serve(sum(request.work))      # wait for a free worker, which does every step

        return Deployment(handle, pools=(workers,))

    def bill(self, run, prices):
        return {"servers": run.server_seconds("workers") * prices.server_second}
