"""Each pattern beside the same model in bare SimPy, which notes the same facts: one row for each visit."""

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import simpy

from .patterns.microservices import Microservices
from .run import Run
from .simulation import simulate
from .workload import Work, Workload

WORK = Work(0.010, 0.040, 0.010)        # mean seconds, exponential


class Pair(NamedTuple):
    """A pattern at `arrival_rate` requests a second, and a program that does without the course.

    The program gets the design, the rate, how many requests, and a seed; it returns the mean response time in seconds.
    """

    name: str
    design: Any
    arrival_rate: float
    bare: Callable[[Any, float, int, int], float]

    def ours(self, requests: int, seed: int) -> float:
        """The mean response time in seconds, with everything recorded."""
        run: Run = simulate(self.design, Workload(self.arrival_rate, requests / self.arrival_rate, WORK, seed))
        return run.mean_response

    def theirs(self, requests: int, seed: int) -> float:
        """The same in bare SimPy."""
        return self.bare(self.design, self.arrival_rate, requests, seed)


def bare_microservices(design: Microservices, arrival_rate: float, requests: int, seed: int) -> float:
    """A process for each request, a resource for each service, a row for each visit."""
    random.seed(seed)
    env = simpy.Environment()
    services = {"gateway": design.gateway, "prepare": design.prepare, "infer": design.infer, "respond": design.respond}
    pools = {name: simpy.Resource(env, service.replicas) for name, service in services.items()}
    means = {"gateway": None, **WORK._asdict()}
    visits, times = [], []

    def life(number):
        arrived = env.now
        for name, pool in pools.items():
            yield env.timeout(design.hop_time)
            came = env.now
            with pool.request() as replica:
                yield replica
                started = env.now
                mean = means[name]
                yield env.timeout(random.expovariate(1 / mean) if mean else design.gateway.seconds)
            visits.append({"request": number, "pool": name, "arrived": came, "started": started, "finished": env.now})
        yield env.timeout(design.hop_time)
        times.append(env.now - arrived)

    def source():
        for number in range(requests):
            yield env.timeout(random.expovariate(arrival_rate))
            env.process(life(number))

    env.process(source())
    env.run()
    return sum(times) / len(times)


PAIRS = (Pair("microservices, infer 80 % busy", Microservices(), 40.0, bare_microservices),)
GATE = 3.2      # times faster
