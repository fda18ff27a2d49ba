"""Experiments on parts that hang together: what a crash takes along, who waits for whom, who reaches whom."""

from ast import ImportFrom, parse, walk
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..faults import Crash
from ..patterns.monolith import Monolith
from ..simulation import Deployment, Pool, simulate
from ..workload import Deterministic, Mixed, Work, Workload
from .claim import Sides, response_times

HOUR, DAY = 3600.0, 86_400.0


@dataclass(frozen=True)
class FeatureServices:
    """A service for each feature; the request's key says which one it is for."""

    features: int = 5

    def deploy(self, env):
        services = tuple(Pool(env, f"feature {number}", 2) for number in range(self.features))

        def handle(request):
            yield services[request.key % self.features].serve(sum(request.work))

        return Deployment(handle, services)

    def bill(self, run, prices):
        return {name: run.server_seconds(name) * prices.server_second for name in run.jobs}


@dataclass(frozen=True)
class DistributedMonolith:
    """A service for each feature, and every one of them calls the first before it answers."""

    features: int = 5

    def deploy(self, env):
        services = tuple(Pool(env, f"feature {number}", 2) for number in range(self.features))

        def handle(request):
            feature = request.key % self.features
            if feature:
                yield services[0].serve(request.work.prepare)
            yield services[feature].serve(sum(request.work) - (request.work.prepare if feature else 0))

        return Deployment(handle, services)

    def bill(self, run, prices):
        return {name: run.server_seconds(name) * prices.server_second for name in run.jobs}


@dataclass(frozen=True)
class OwnQueues:
    """One server for each kind of request, so that no kind waits for another."""

    kinds: tuple[str, ...] = ("light", "heavy")

    def deploy(self, env):
        servers = {kind: Pool(env, kind, 1) for kind in self.kinds}

        def handle(request):
            yield servers[request.kind].serve(sum(request.work))

        return Deployment(handle, tuple(servers.values()))

    def bill(self, run, prices):
        return {kind: run.server_seconds(kind) * prices.server_second for kind in self.kinds}


@dataclass(frozen=True)
class BlastRadius:
    """Percent of requests failed; the knob is the restart of the whole, as a multiple of that of one part.

    One of `features` crashes every `between` seconds on average, and takes along what runs in its process.
    """

    features: int = 5
    between: float = 6 * HOUR
    restart: float = 300.0
    duration: float = 10 * DAY
    rate: float = 0.002

    def sides(self, knob, traces):
        return Sides(self.failed(Monolith(10), "workers", knob, traces), self.services(traces))

    def others(self, traces):
        chained = self.failed(DistributedMonolith(self.features), "feature 0", 1.0, traces)
        return [("hold", "light requests wait behind a heavy 1 %", noisy_neighbour(traces)),
                ("fail", "one process against services that all call the one that crashes",
                 Sides(self.sides(1.0, traces).pattern, chained))]

    def services(self, traces: int) -> tuple[float, ...]:
        """Percent failed when each feature is a service of its own."""
        return self.failed(FeatureServices(self.features), "feature 0", 1.0, traces)

    def failed(self, design, pool: str, times: float, traces: int) -> tuple[float, ...]:
        """Percent of requests failed on each trace when `pool` crashes and restarts in `times` the usual time."""
        return tuple(failed_percent(self, design, pool, times, seed + 1) for seed in range(traces))

    def crashes(self, seed: int) -> np.ndarray:
        """Seconds at which the feature crashes: never while it is down, in whichever arm."""
        calm = np.random.default_rng([104, seed]).exponential(self.between, int(3 * self.duration / self.between))
        times = np.cumsum(calm + self.restart)
        return times[times < self.duration]


@lru_cache(maxsize=4096)
def failed_percent(setting: BlastRadius, design, pool: str, times: float, seed: int) -> float:
    """Percent of the requests of one trace that fail."""
    workload = Workload(setting.rate, setting.duration, Work(0.02, 0.06, 0.02), seed, distribution=Deterministic(),
                        keys=setting.features)
    faults = tuple(Crash(pool, start, times * setting.restart) for start in setting.crashes(seed).tolist())
    return 100 * (1 - simulate(design, workload, faults).share("completed"))


def noisy_neighbour(traces: int = 10, rate: float = 30.0, heavy: float = 0.01, duration: float = 300.0) -> Sides:
    """Mean waiting time of light requests in milliseconds: one queue for all, and a queue for each kind."""
    light = Workload(rate * (1 - heavy), duration, Work(0.0, 0.010, 0.0), distribution=Deterministic(), kind="light")
    giants = replace(light, arrival_rate=rate * heavy, mean_work=Work(0.0, 1.0, 0.0), kind="heavy")
    shared: list[float] = []
    own: list[float] = []
    for seed in range(1, traces + 1):
        mixed = Mixed((replace(light, seed=seed), replace(giants, seed=seed + 10_000)))
        for waits, design in ((shared, Monolith(1)), (own, OwnQueues())):
            waits.append(1000 * float(np.mean(response_times(simulate(design, mixed), "light")) - 0.010))
    return Sides(shared, own, "milliseconds that a light request waits")


def propagation_cost(calls: np.ndarray) -> float:
    """The share of ordered pairs of modules, each with itself too, where a change of one can reach the other.

    `calls[i, j]` is true when i depends on j. After MacCormack, Rusnak and Baldwin, 2006.
    """
    reach = np.asarray(calls, bool) | np.eye(len(calls), dtype=bool)
    for middle in range(len(reach)):
        reach |= np.outer(reach[:, middle], reach[middle])
    return float(reach.mean())


def graph(modules: int, edges: Iterable[tuple[int, int]]) -> np.ndarray:
    """The matrix of a graph given by its edges: from the module that depends to the one it needs."""
    matrix = np.zeros((modules, modules), bool)
    for user, used in edges:
        matrix[user, used] = True
    return matrix


GRAPHS = {
    "anything calls anything": graph(5, [(user, used) for user in range(5) for used in range(5)]),
    "monolith in layers": graph(5, [(user, user + 1) for user in range(4)]),
    "gateway and services": graph(5, [(0, used) for used in range(1, 5)]),
    "services in a chain": graph(5, [(user, user + 1) for user in range(4)]),
    "services on one database": graph(6, [(0, used) for used in range(1, 5)]
                                      + [pair for used in range(1, 5) for pair in ((used, 5), (5, used))]),
}


def imports(package: Path) -> tuple[list[str], np.ndarray]:
    """The modules of a package and which of them imports which, read from the source."""
    files = {".".join(file.relative_to(package).with_suffix("").parts): file for file in sorted(package.rglob("*.py"))
             if file.name != "__init__.py"}
    names = list(files)
    edges = [(names.index(user), names.index(used)) for user, file in files.items()
             for used in imported(user, file) if used in files]
    return names, graph(len(names), edges)


def imported(module: str, file: Path) -> set[str]:
    """Dotted names that a file's relative imports may mean, seen from the package's root."""
    parent, found = module.split(".")[:-1], set()
    for node in walk(parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ImportFrom) and node.level:
            start = parent[:len(parent) - node.level + 1] + (node.module.split(".") if node.module else [])
            found |= {".".join(start)} | {".".join([*start, name.name]) for name in node.names}
    return found
