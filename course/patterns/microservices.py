"""Microservices: each step is a service with replicas of its own, reached over the network."""

from dataclasses import dataclass
from typing import Any

from ..simulation import Deployment, Pool


@dataclass(frozen=True)
class Service:
    """`replicas` that do one step of a request share a queue. A small design of its own: any policy can wrap it."""

    step: str                                       # prepare, infer or respond
    replicas: int = 1
    machine: str = "vm_m5.large_2vcpu_8gib"         # a row of the price table, paid by the hour

    def deploy(self, env):
        replicas = Pool(env, self.step, self.replicas)

        def handle(request):
            yield replicas.serve(getattr(request.work, self.step))

        return Deployment(handle, pools=(replicas,))

    def bill(self, run, prices):
        return {self.step: run.server_seconds(self.step) * prices.per_second(self.machine)}


@dataclass(frozen=True)
class Gateway:
    """The one address that clients know: it reads each request and passes it on."""

    replicas: int = 1
    seconds: float = 0.0005                         # to read a request and find the way
    machine: str = "vm_m5.large_2vcpu_8gib"

    def deploy(self, env):
        replicas = Pool(env, "gateway", self.replicas)

        def handle(request):
            yield replicas.serve(self.seconds)

        return Deployment(handle, pools=(replicas,))

    def bill(self, run, prices):
        return {"gateway": run.server_seconds("gateway") * prices.per_second(self.machine)}


@dataclass(frozen=True)
class Microservices:
    """A gateway and a service for each step; a network hop before each of them and back to the client."""

    prepare: Any = Service("prepare")
    infer: Any = Service("infer", 2)
    respond: Any = Service("respond")
    gateway: Any = Gateway()
    hop_time: float = 0.0005                        # seconds: half of data/service_times.csv, rtt_cross_az, and packing

    def deploy(self, env):
        services = [part.deploy(env) for part in self.parts]

        def handle(request):
            for service in services:
                yield env.timeout(self.hop_time)
                outcome = yield from service.handle(request)
                if outcome:
                    return outcome                  # refused on the way: those behind never hear of it
            yield env.timeout(self.hop_time)

        return Deployment(handle, pools=tuple(pool for service in services for pool in service.pools))

    def bill(self, run, prices):
        return {item: usd for part in self.parts for item, usd in part.bill(run, prices).items()}

    @property
    def parts(self):
        """What a request visits, in order."""
        return self.gateway, self.prepare, self.infer, self.respond
