"""Experiments on machines of two sorts: boxes that hold everything, and services that buy what their step needs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil
from typing import Any

from ..patterns.microservices import Gateway, Microservices, Service
from ..prices import Prices
from ..run import Run
from ..simulation import Deployment, Pool, simulate
from ..workload import LogNormal, Work, Workload
from .claim import Sides, paired, unanswered
from .scaling import smallest, staffed

BOX, SERVER = "gpu_g4dn.xlarge_1xT4_4vcpu_16gib", "vm_c5.xlarge_4vcpu_8gib"
CPUS = 4                # in either of them
LEAST_SPARE = 0.25      # a trace is too short to show that servers without any to spare never catch up


@dataclass(frozen=True)
class WholeBoxes:
    """Copies of the whole application on boxes with a GPU and four CPUs; a request keeps a CPU until it is answered."""

    boxes: int = 1
    machine: str = BOX

    def deploy(self, env):
        workers, gpus = Pool(env, "workers", CPUS * self.boxes), Pool(env, "gpus", self.boxes)

        def handle(request):
            with workers.request() as worker:
                yield worker
                yield env.timeout(request.work.prepare)
                yield gpus.serve(request.work.infer)
                yield env.timeout(request.work.respond)

        return Deployment(handle, (workers, gpus))

    def bill(self, run, prices):
        return {"boxes": run.server_seconds("gpus") * prices.per_second(self.machine)}


@dataclass(frozen=True)
class Packed:
    """Small services that share machines: each of their servers pays a `share` of one."""

    design: Any
    share: float = 1 / CPUS

    def deploy(self, env):
        return self.design.deploy(env)

    def bill(self, run, prices):
        return {item: self.share * usd for item, usd in self.design.bill(run, prices).items()}


@dataclass(frozen=True)
class BehindStore:
    """A design whose every request ends at one store, which answers one at a time."""

    design: Any
    seconds: float

    def deploy(self, env):
        inner, store = self.design.deploy(env), Pool(env, "store", 1)

        def handle(request):
            outcome = yield from inner.handle(request)
            if outcome:
                return outcome
            yield store.serve(self.seconds)

        return Deployment(handle, (*inner.pools, store))

    def bill(self, run, prices):
        return self.design.bill(run, prices)


def services(prepare: int, infer: int, respond: int, machine: str = BOX) -> Microservices:
    """Inference on GPU boxes, a GPU for each replica; the rest on shared servers, a CPU for each replica."""
    return Microservices(Packed(Service("prepare", prepare, SERVER)), Service("infer", infer, machine),
                         Packed(Service("respond", respond, SERVER)), Packed(Gateway(machine=SERVER)))


@dataclass(frozen=True)
class Unlike:
    """US dollars an hour; the knob is the requests a second that come.

    Services with hardware of their own against whole boxes, each the smallest that answers 95 % within `promise`
    seconds. A request has 100 ms of CPU and 5 ms of GPU; a box has four CPUs to a GPU.
    """

    mean_work: tuple[float, float, float] = (0.050, 0.005, 0.050)
    rate: float = 150.0
    promise: float = 0.5
    requests: int = 500         # expected in a trace, at least in 6 seconds
    store: float = 0.013        # seconds that a store behind both keeps each request
    prices: Prices | None = None

    def sides(self, knob, traces):
        return self.compared(self.usd_an_hour, self.workload(knob), traces)

    def others(self, traces):
        usual = self.workload(self.rate)
        alike = replace(usual, mean_work=(0.0075, 0.005, 0.0075))
        return [(role, name, self.compared(of, workload, traces)._replace(metric=metric))
                for role, name, of, workload, metric in (
                    ("fail", "15 ms of CPU beside 5 ms of GPU: like the box", self.usd_an_hour, alike, ""),
                    ("hold", "the GPUs", idle, usual, "percent of the GPUs' time that is paid and not used"),
                    ("fail", "one store for half of the requests behind both", self.late, usual,
                     "percent of requests not answered within a second"))]

    def workload(self, rate: float) -> Workload:
        """One trace of the requests."""
        return Workload(rate, max(6, self.requests / rate), Work(*self.mean_work), distribution=LogNormal(1.0))

    def compared(self, of: Callable[[Run], float], workload: Workload, traces: int) -> Sides:
        """A measure on each trace, for the services and for the boxes that are enough there."""
        runs = [enough(workload.replication(trace), self.promise) for trace in range(traces)]
        return paired((of(apart), of(boxes)) for apart, boxes in runs)

    def usd_an_hour(self, run: Run) -> float:
        """What the machines of a run cost in an hour."""
        return sum(run.design.bill(run, self.prices or Prices.read()).values()) * 3600 / run.end

    def late(self, run: Run) -> float:
        """Percent not answered within a second when the same machines stand before a store."""
        return unanswered(simulate(BehindStore(run.design, self.store), run.workload), 1.0)


@lru_cache(maxsize=256)
def enough(workload: Workload, promise: float) -> tuple[Run, Run]:
    """A run of the smallest services that keep the promise on this trace, and of the smallest boxes."""
    def servers(seconds, spare):
        return staffed(workload, seconds, LEAST_SPARE + spare)

    def apart(spare):
        return services(*(servers(step, spare) for step in workload.mean_work))

    def boxes(spare):
        return WholeBoxes(ceil(servers(sum(workload.mean_work), spare) / CPUS))

    return smallest(workload, apart, promise), smallest(workload, boxes, promise)


def idle(run: Run) -> float:
    """Percent of the paid GPUs' time in which they do nothing."""
    return 100 * (1 - run.utilisation("infer" if "infer" in run.jobs else "gpus"))
