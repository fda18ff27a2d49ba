"""FrontEnd: a thread does its own step, calls another design, and is occupied until that has answered."""

from dataclasses import dataclass
from typing import Any

from ..simulation import Deployment, Pool


@dataclass(frozen=True)
class FrontEnd:
    """`threads` of one machine, in pool `name`; the outcome of `calls` is the outcome here. Nest it for a chain."""

    calls: Any
    threads: int = 20
    step: str = "prepare"                           # prepare, infer or respond: the front end's own work
    name: str = "threads"
    machine: str = "vm_m5.large_2vcpu_8gib"         # a row of the price table, paid by the hour

    def deploy(self, env):
        calls = self.calls.deploy(env)
        threads = Pool(env, self.name, self.threads)

        def handle(request):
            with threads.request() as thread:
                yield thread
                yield env.timeout(getattr(request.work, self.step))
                return (yield from calls.handle(request))       # the thread waits, and is of no use to others

        return Deployment(handle, pools=(threads, *calls.pools))

    def bill(self, run, prices):
        seconds = run.server_seconds(self.name) / self.threads
        return {self.name: seconds * prices.per_second(self.machine)} | self.calls.bill(run, prices)
