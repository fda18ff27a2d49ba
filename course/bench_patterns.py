"""Each pattern beside the same model in bare SimPy, which notes the same facts, and beside a tool made for it."""

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy
import simpy

from .laws import ExponentialLaw
from .patterns.event_driven import Consumers, EventDriven
from .patterns.lambda_architecture import LambdaArchitecture
from .patterns.microservices import Microservices
from .patterns.serverless import Serverless
from .run import Run
from .simulation import simulate
from .workload import Work, Workload

WORK = Work(0.010, 0.040, 0.010)        # mean seconds, exponential
GATE = 3.2                              # times faster


class Pair(NamedTuple):
    """A pattern at `arrival_rate` requests a second, and a program that does without the course.

    The program gets the design, the rate, how many requests, and a seed; it returns the mean response time in seconds.
    """

    name: str
    design: Any
    arrival_rate: float
    bare: Callable[[Any, float, int, int], float]
    work: Work = WORK
    gate: float = GATE

    def run(self, requests: int, seed: int) -> Run:
        """So many requests, on average, with everything recorded."""
        return simulate(self.design, Workload(self.arrival_rate, requests / self.arrival_rate, self.work, seed))

    def ours(self, requests: int, seed: int) -> float:
        """The mean response time in seconds."""
        return self.run(requests, seed).mean_response

    def theirs(self, requests: int, seed: int) -> float:
        """The same without the course."""
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


def bare_event_driven(design: EventDriven, arrival_rate: float, requests: int, seed: int) -> float:
    """A process for each event, a resource for the bus and one for the consumers, a row for each visit."""
    random.seed(seed)
    env = simpy.Environment()
    pools = {"bus": simpy.Resource(env, design.publishers),
             "consumers": simpy.Resource(env, design.consume.consumers)}
    visits, times = [], []

    def visit(number, name, seconds):
        came = env.now
        with pools[name].request() as server:
            yield server
            started = env.now
            yield env.timeout(seconds)
        visits.append({"request": number, "pool": name, "arrived": came, "started": started, "finished": env.now})

    def life(number):
        arrived = env.now
        yield from visit(number, "bus", design.publish_time)
        yield from visit(number, "consumers", sum(random.expovariate(1 / mean) for mean in WORK))
        times.append(env.now - arrived)

    def source():
        for number in range(requests):
            yield env.timeout(random.expovariate(arrival_rate))
            env.process(life(number))

    env.process(source())
    env.run()
    return sum(times) / len(times)


def bare_serverless(design: Serverless, arrival_rate: float, requests: int, seed: int) -> float:
    """A process for each request and for each time that an instance is idle, a row for each start and each visit."""
    random.seed(seed)
    env = simpy.Environment()
    idle: list[simpy.Event] = []        # an instance is the event that it is wanted again
    starts, visits, times, in_use = [], [], [], 0

    def expire(wanted):
        yield wanted | env.timeout(design.keep_alive)
        if not wanted.triggered:
            idle.remove(wanted)

    def life(number):
        nonlocal in_use
        arrived = env.now
        if in_use >= design.concurrency_limit:
            return
        in_use += 1
        if idle:
            idle.pop().succeed()
        else:
            yield env.timeout(design.cold_start.quantile(random.random()))
            starts.append({"request": number, "pool": "cold starts", "arrived": arrived, "finished": env.now})
        started = env.now
        yield env.timeout(sum(random.expovariate(1 / mean) for mean in WORK))
        visits.append({"request": number, "pool": "instances", "arrived": started, "finished": env.now})
        in_use -= 1
        idle.append(env.event())
        env.process(expire(idle[-1]))
        times.append(env.now - arrived)

    def source():
        for number in range(requests):
            yield env.timeout(random.expovariate(arrival_rate))
            env.process(life(number))

    env.process(source())
    env.run()
    return sum(times) / len(times)


def bare_lambda(design: LambdaArchitecture, arrival_rate: float, requests: int, seed: int) -> float:
    """A process for each event and one for the batch runs, a resource for each layer, a row for each visit."""
    random.seed(seed)
    env = simpy.Environment()
    pools = {name: simpy.Resource(env, capacity) for name, capacity in (
        ("log", 1_000), ("speed", design.speed), ("serving", design.serving), ("batch", 1))}
    visits, times, logged = [], [], 0

    def visit(number, name, seconds):
        came = env.now
        with pools[name].request() as server:
            yield server
            started = env.now
            yield env.timeout(seconds)
        visits.append({"request": number, "pool": name, "arrived": came, "started": started, "finished": env.now})

    def life(number):
        nonlocal logged
        arrived = env.now
        logged += 1
        yield from visit(number, "log", design.append_time)
        yield from visit(number, "speed", random.expovariate(1 / WORK.prepare) + random.expovariate(1 / WORK.infer))
        yield from visit(number, "serving", random.expovariate(1 / WORK.respond))
        times.append(env.now - arrived)

    def recompute():
        while len(times) < requests:
            began = env.now
            yield from visit(-1, "batch", design.run_time(logged))
            yield env.timeout(max(0, began + design.batch_interval - env.now))

    def source():
        for number in range(requests):
            yield env.timeout(random.expovariate(arrival_rate))
            env.process(life(number))

    env.process(source())
    env.process(recompute())
    env.run()
    return sum(times) / len(times)


def newest(idle):
    """The rule of simfaas: of the instances that are idle, the one that was started last."""
    return iter([max(idle)])


def simfaas(design: Serverless, arrival_rate: float, requests: int, seed: int) -> dict[str, float]:
    """What a simulator of serverless platforms finds; the work is that of its pair below."""
    from simfaas.ServerlessSimulator import ServerlessSimulator

    numpy.random.seed(seed)
    simulator = ServerlessSimulator(
        arrival_rate=arrival_rate, warm_service_rate=1 / SECONDS,
        cold_service_rate=1 / (SECONDS + design.cold_start.mean), expiration_threshold=design.keep_alive,
        maximum_concurrency=design.concurrency_limit, max_time=requests / arrival_rate)
    simulator.generate_trace()
    return simulator.get_result_dict()


def with_simfaas(design: Serverless, arrival_rate: float, requests: int, seed: int) -> float:
    """The mean response time by Little's law, since it keeps no times of requests."""
    found = simfaas(design, arrival_rate, requests, seed)
    return found["inst_running_count_avg"] * requests / arrival_rate / (found["reqs_total"] - found["reqs_reject"])


SECONDS = 2.0       # of work, for simfaas
PAIRS = (
    Pair("microservices, infer 80 % busy", Microservices(), 40.0, bare_microservices),
    Pair("event-driven, consumers 80 % busy", EventDriven(Consumers(3)), 40.0, bare_event_driven),
    Pair("lambda, speed layer 67 % busy", LambdaArchitecture(speed=3, batch_interval=60), 40.0, bare_lambda),
    Pair("serverless, 2.4 instances busy", Serverless(), 40.0, bare_serverless),
    Pair("serverless, 20 busy, and simfaas", Serverless(cold_start=ExponentialLaw(0.25), reuse=newest), 10.0,
         with_simfaas, Work(0, SECONDS, 0), 3.0),
)
