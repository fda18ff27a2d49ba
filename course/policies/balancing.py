"""Balancing: a service whose replicas have a queue each, and the rule that picks one for a request."""

from dataclasses import dataclass
from typing import Any

from ..simulation import Deployment, Pool


@dataclass(frozen=True)
class RandomChoice:
    """Any replica, by chance."""

    def choose(self, pools, request, turn):
        """The place of a replica in `pools`; `turn` counts the requests of the deployment."""
        return int(request.chance("replica") * len(pools))


@dataclass(frozen=True)
class RoundRobin:
    """One replica after the other."""

    def choose(self, pools, request, turn):
        return turn % len(pools)


@dataclass(frozen=True)
class LeastLoaded:
    """The replica with the fewest requests in it; one that is down looks free."""

    def choose(self, pools, request, turn):
        return min(range(len(pools)), key=lambda place: inside(pools[place]))


@dataclass(frozen=True)
class TwoChoices:
    """The less loaded of two different replicas that chance picks: it looks at no other."""

    def choose(self, pools, request, turn):
        first = int(request.chance("replica") * len(pools))
        other = (first + 1 + int(request.chance("other replica") * (len(pools) - 1))) % len(pools)
        return min(first, other, key=lambda place: inside(pools[place]))


@dataclass(frozen=True)
class Balanced:
    """`replicas` that do one step have a queue each; `rule` picks one for each request."""

    step: str                                       # prepare, infer or respond
    replicas: int = 2
    rule: Any = RoundRobin()
    machine: str = "vm_m5.large_2vcpu_8gib"

    def __post_init__(self):
        if not self.replicas >= 1:
            raise ValueError(f"replicas must be at least 1, got {self.replicas}")

    def deploy(self, env):
        pools = tuple(Pool(env, name, 1) for name in self.names)
        turn = -1

        def handle(request):
            nonlocal turn
            turn += 1
            yield pools[self.rule.choose(pools, request, turn)].serve(getattr(request.work, self.step))

        return Deployment(handle, pools)

    def bill(self, run, prices):
        return {self.step: sum(map(run.server_seconds, self.names)) * prices.per_second(self.machine)}

    @property
    def names(self):
        """The pools, one for each replica."""
        return [f"{self.step} {number}" for number in range(self.replicas)]


def inside(pool):
    """The requests in a pool, in service or waiting."""
    return pool.busy + len(pool.queue)
