"""Queueing theory: formulas to hold against a simulation. Rates are per second, times in seconds."""

from collections.abc import Sequence
from math import inf, isfinite, log, sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np


class Queue(NamedTuple):
    """The steady state of a queue; without one the times and numbers are infinite."""

    utilisation: float
    waiting_probability: float
    waiting_time: float
    response_time: float
    mean_waiting: float
    mean_in_system: float


OVERLOADED = Queue(1.0, 1.0, inf, inf, inf, inf)


class Scalability(NamedTuple):
    """Parameters of the universal scalability law: throughput of one, contention, and coherency."""

    gamma: float
    sigma: float
    kappa: float


def mm1(arrival_rate: float, service_rate: float) -> Queue:
    """Poisson arrivals, exponential work, one server (Kleinrock, Queueing Systems I, 1975, section 3.2)."""
    return mmc(arrival_rate, service_rate, 1)


def mmc(arrival_rate: float, service_rate: float, servers: int) -> Queue:
    """Poisson arrivals, exponential work, `servers` equal servers behind one queue.

    Source: Erlang, 1917; Kleinrock, Queueing Systems I, 1975, section 3.5.
    """
    number("arrival_rate", arrival_rate, "requests per second")
    positive("service_rate", service_rate, "requests per second")
    whole("servers", servers, least=1)
    offered_load = arrival_rate / service_rate
    waiting_probability = erlang_c(servers, offered_load)
    if offered_load >= servers:
        return OVERLOADED
    waiting_time = waiting_probability / (servers * service_rate - arrival_rate)
    return queue(arrival_rate, offered_load / servers, waiting_probability, waiting_time, 1 / service_rate)


def mg1(arrival_rate: float, service_time: float, cv: float) -> Queue:
    """Poisson arrivals, one server, work of any kind: `cv` is its standard deviation over its mean.

    Source: Pollaczek, 1930, and Khinchine, 1932; Kleinrock, Queueing Systems I, 1975, chapter 5.
    """
    number("arrival_rate", arrival_rate, "requests per second")
    positive("service_time", service_time, "seconds")
    number("cv", cv, "")
    utilisation = arrival_rate * service_time
    if utilisation >= 1:
        return OVERLOADED
    waiting_time = utilisation / (1 - utilisation) * (1 + cv**2) / 2 * service_time
    return queue(arrival_rate, utilisation, utilisation, waiting_time, service_time)


def queue(arrival_rate, utilisation, waiting_probability, waiting_time, service_time) -> Queue:
    """All six numbers, the last two by Little's law."""
    times = waiting_time, waiting_time + service_time
    return Queue(utilisation, waiting_probability, *times, *(little(arrival_rate, time) for time in times))


def little(arrival_rate: float, time: float) -> float:
    """Mean number in any system, from the arrival rate and the mean time inside (Little, Operations Research, 1961)."""
    return number("arrival_rate", arrival_rate, "requests per second") * number("time", time, "seconds")


def erlang_b(servers: int, offered_load: float) -> float:
    """Share of requests turned away when nobody may wait; stable for thousands of servers.

    Source: Erlang, 1917, in the recursion B(c) = a B(c - 1) / (c + a B(c - 1)).
    """
    whole("servers", servers, least=0)
    number("offered_load", offered_load, "busy servers")
    blocking = 1.0
    for server in range(1, servers + 1):
        blocking = offered_load * blocking / (server + offered_load * blocking)
    return blocking


def erlang_c(servers: int, offered_load: float) -> float:
    """Share of requests that must wait for one of the servers; 1 when the load is too much for them.

    Source: Erlang, 1917; from Erlang B, C = B / (1 - utilisation (1 - B)).
    """
    blocking = erlang_b(servers, offered_load)
    if offered_load >= servers:
        return 1.0
    return blocking / (1 - offered_load / servers * (1 - blocking))


def response_percentile(arrival_rate: float, service_rate: float, p: float) -> float:
    """The response time that `p` percent do not exceed, at one server with exponential work.

    Source: it is exponential; Kleinrock, Queueing Systems I, 1975, chapter 5.
    """
    return -log(1 - share_of(p)) * mm1(arrival_rate, service_rate).response_time


def staffing(offered_load: float, beta: float) -> float:
    """Servers by the square root rule, not rounded: the load, and `beta` of its square roots to spare.

    Source: Halfin and Whitt, Heavy-traffic limits for queues with many exponential servers, Operations Research, 1981.
    """
    return number("offered_load", offered_load, "busy servers") + number("beta", beta, "") * sqrt(offered_load)


def requests_needed(p: float, block: int = 1) -> int:
    """Independent requests for a percentile that is a twentieth of its tail uncertain, at 99 % confidence.

    Rounded to the nearest whole number, and up to a multiple of `block`: MLPerf takes blocks of 8,192.
    Source: Reddi et al., MLPerf Inference Benchmark, ISCA 2020, table IV.
    """
    share = share_of(p)
    margin = (1 - share) / 20
    needed = round(NormalDist().inv_cdf(0.995) ** 2 * share * (1 - share) / margin**2)
    return -(-needed // whole("block", block, least=1)) * block


def usl(n, gamma: float, sigma: float, kappa: float):
    """Throughput of `n` workers, a number or an array, under the universal scalability law.

    Source: Gunther, Guerrilla Capacity Planning, 2007; `sigma` is contention, `kappa` coherency.
    """
    return gamma * n / (1 + sigma * (n - 1) + kappa * n * (n - 1))


def fit_usl(n: Sequence[float], throughput: Sequence[float]) -> Scalability:
    """All three parameters, by least squares on the throughput itself (Levenberg and Marquardt's method).

    Another method, or a fixed throughput of one worker, gives other parameters: name the method with the numbers.
    """
    workers, measured = measurements(n, throughput)
    terms = np.column_stack([np.ones_like(workers), workers - 1, workers * (workers - 1)])
    parts = np.linalg.lstsq(terms, workers / measured, rcond=None)[0]     # a start: n / throughput is linear
    damping = 1e-3
    for _ in range(200):
        fitted = workers / (terms @ parts)
        slopes = -(fitted**2 / workers)[:, None] * terms
        curvature = slopes.T @ slopes
        step = np.linalg.solve(curvature + damping * np.diag(np.diag(curvature)), slopes.T @ (measured - fitted))
        tried = workers / (terms @ (parts + step))
        better = np.sum((measured - tried)**2) <= np.sum((measured - fitted)**2)
        parts, damping = (parts + step, damping / 10) if better else (parts, damping * 10)
        if np.all(np.abs(step) <= 1e-13 * np.abs(parts)):
            break
    return Scalability(*(np.array([1, parts[1], parts[2]]) / parts[0]).tolist())


def measurements(n, throughput) -> tuple[np.ndarray, np.ndarray]:
    """Both columns as arrays; raises ValueError with a sentence for what cannot be fitted."""
    workers, measured = np.asarray(n, float), np.asarray(throughput, float)
    if (workers.ndim != 1 or workers.shape != measured.shape or not np.all(np.isfinite([workers, measured]))
            or len(np.unique(workers)) < 3 or workers.min() < 1 or measured.min() <= 0):
        raise ValueError("a fit needs a throughput above 0 for each of three or more different numbers of workers, "
                         f"all at least 1, got {n} and {throughput}")
    return workers, measured


def number(name: str, value: float, unit: str) -> float:
    """`value` itself; raises ValueError with a sentence unless it is finite and not negative."""
    if not isinstance(value, (int, float, np.number)) or not isfinite(value) or value < 0:
        raise ValueError(f"{name} must be at least 0 {unit}".rstrip() + f", got {value}")
    return value


def positive(name: str, value: float, unit: str) -> float:
    """`value` itself; raises ValueError with a sentence unless it is finite and above zero."""
    if number(name, value, unit) == 0:
        raise ValueError(f"{name} must be above 0 {unit}, got 0")
    return value


def whole(name: str, value: int, least: int) -> int:
    """`value` itself; raises ValueError with a sentence unless it is a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, got {value}")
    return value


def share_of(p: float) -> float:
    """A percentile as a share; raises ValueError with a sentence unless it lies above 0 and below 100."""
    if not 0 < p < 100:
        raise ValueError(f"p must lie between 0 and 100 percent, both excluded, got {p}")
    return p / 100
