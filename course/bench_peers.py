"""The same queues in other tools, each in its own idiom: from a number of requests to their mean response time."""

import heapq
import random
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import NamedTuple

import asimpy
import ciw
import salabim
import simpy


class Model(NamedTuple):
    """Poisson arrivals, exponential work of 1 s on average at each of `hops` stations of `servers` equal servers."""

    name: str
    servers: int
    hops: int
    utilisation: float

    @property
    def arrival_rate(self) -> float:
        """Requests per second."""
        return self.utilisation * self.servers


def bare_simpy(model: Model, requests: int, seed: int) -> float:
    """A process per request, and the resources of SimPy."""
    random.seed(seed)
    env = simpy.Environment()
    stations = [simpy.Resource(env, model.servers) for _ in range(model.hops)]
    times = []

    def customer():
        arrived = env.now
        for station in stations:
            with station.request() as server:
                yield server
                yield env.timeout(random.expovariate(1))
        times.append(env.now - arrived)

    def source():
        for _ in range(requests):
            yield env.timeout(random.expovariate(model.arrival_rate))
            env.process(customer())

    env.process(source())
    env.run()
    return sum(times) / requests


def heapq_loop(model: Model, requests: int, seed: int) -> float:
    """No tool at all: one loop over a heap, with one event per arrival and per departure from a station."""
    random.seed(seed)
    number, draw, arrival_rate, hops = count(), random.expovariate, model.arrival_rate, model.hops
    free = [model.servers] * hops
    queues: list[deque[float]] = [deque() for _ in range(hops)]
    coming, total, events = requests - 1, 0.0, [(draw(arrival_rate), next(number), -1, 0.0)]
    while events:
        now, _, station, arrived = heapq.heappop(events)
        if station < 0:
            arrived = now
            if coming:
                coming -= 1
                heapq.heappush(events, (now + draw(arrival_rate), next(number), -1, 0.0))
        elif queues[station]:
            heapq.heappush(events, (now + draw(1), next(number), station, queues[station].popleft()))
        else:
            free[station] += 1
        station += 1
        if station == hops:
            total += now - arrived
        elif free[station]:
            free[station] -= 1
            heapq.heappush(events, (now + draw(1), next(number), station, arrived))
        else:
            queues[station].append(arrived)
    return total / requests


def with_ciw(model: Model, requests: int, seed: int) -> float:
    """A network of nodes; Ciw keeps a full record of each visit."""
    ciw.seed(seed)
    stations = range(model.hops)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(model.arrival_rate), *[None] * (model.hops - 1)],
        service_distributions=[ciw.dists.Exponential(1) for _ in stations],
        number_of_servers=[model.servers for _ in stations],
        routing=[[float(there == here + 1) for there in stations] for here in stations])
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(requests, method="Finish")
    records = simulation.get_all_records()
    return sum(visit.exit_date - visit.arrival_date for visit in records) / requests


def with_asimpy(model: Model, requests: int, seed: int) -> float:
    """A process of async functions per request."""
    random.seed(seed)
    env = asimpy.Environment()
    stations = [asimpy.Resource(env, model.servers) for _ in range(model.hops)]
    times = []

    class Customer(asimpy.Process):
        async def run(self):
            arrived = self.now
            for station in stations:
                async with station:
                    await self.timeout(random.expovariate(1))
            times.append(self.now - arrived)

    class Source(asimpy.Process):
        async def run(self):
            for _ in range(requests):
                await self.timeout(random.expovariate(model.arrival_rate))
                Customer(env)

    Source(env)
    env.run()
    return sum(times) / requests


def with_salabim(model: Model, requests: int, seed: int) -> float:
    """A component per request, as a generator, which is its faster way; the stations' own statistics are off."""
    random.seed(seed)
    env = salabim.Environment(trace=False, yieldless=False)
    stations = [salabim.Resource(f"station {number}", model.servers, monitor=False) for number in range(model.hops)]
    times = []

    class Customer(salabim.Component):
        def process(self):
            arrived = env.now()
            for station in stations:
                yield self.request(station)
                yield self.hold(random.expovariate(1))
                self.release(station)
            times.append(env.now() - arrived)

    class Source(salabim.Component):
        def process(self):
            for _ in range(requests):
                yield self.hold(random.expovariate(model.arrival_rate))
                Customer()

    Source()
    env.run()
    return sum(times) / requests


PEERS: dict[str, Callable[[Model, int, int], float]] = {
    "bare SimPy": bare_simpy, "heapq loop": heapq_loop, "Ciw": with_ciw, "asimpy": with_asimpy, "salabim": with_salabim}
