"""What carries more: a bigger machine or more of them, shards for keys that are not alike, rules that pick a queue."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..patterns.event_driven import Consumers
from ..patterns.microservices import Service
from ..patterns.monolith import Monolith
from ..policies.balancing import Balanced, LeastLoaded, RandomChoice, RoundRobin, TwoChoices
from ..prices import Prices
from ..run import Run, percentile_interval
from ..simulation import replicate
from ..workload import Work, Workload
from .designs import Faster, Popular, popularity

if TYPE_CHECKING:
    from pandas import DataFrame

SECONDS = 0.1       # of work for a request, on one core
CORES = 2           # of the course's server


def cells(runs: Sequence[Run]) -> dict[str, float]:
    """The p95 with its interval, and the percentage that was not finished."""
    p95 = percentile_interval(runs, 95)
    return {"p95 (s)": p95.mean, "low (s)": p95.low, "high (s)": p95.high,
            "unfinished (%)": 100 * float(np.mean([run.share("unfinished") for run in runs]))}


def table(rows: dict[Any, dict[str, Any]], index: str) -> "DataFrame":
    """The rows by name."""
    from pandas import DataFrame

    return DataFrame(rows.values(), index=list(rows)).rename_axis(index)


def work(rate: float, duration: float) -> Workload:
    """Requests of a tenth of a second, most of them short and a few long."""
    return Workload(rate, duration, Work(0.0, SECONDS, 0.0))


def speed(cores: int, serial: float) -> float:
    """How many times as fast so many cores do one request, of which a share is done by one of them (Amdahl, 1967)."""
    return 1 / (serial + (1 - serial) / cores)


def vertical(serial: float = 0.2, cores: Sequence[int] = (1, 2, 4, 8), busy: float = 0.5, traces: int = 5
             ) -> "DataFrame":
    """A machine with so many cores that all work on one request, against as many workers with one core each.

    Both are paid alike, and traffic grows with the cores: the workers are busy for a share `busy` of their time.
    """
    rows = {}
    for count in cores:
        requests, times = work(busy * count / SECONDS, max(20.0, 300.0 / count)), speed(count, serial)
        bigger, more = (replicate(design, requests, traces) for design in (Faster(Monolith(1), infer=times),
                                                                           Monolith(count)))
        rows[count] = {"one request is faster by": times, "USD a month": count / CORES * Prices.read().server_month,
                       **{f"bigger: {name}": value for name, value in cells(bigger).items()},
                       **{f"more: {name}": value for name, value in cells(more).items()}}
    return table(rows, "cores")


def sharding(shards: Sequence[int] = (16, 32, 64), rate: float = 100.0, keys: int = 1000, exponent: float = 1.0,
             parts: int = 16, traces: int = 5) -> "DataFrame":
    """Shards with a worker each, for even keys, for keys by Zipf's law, and with the hottest key cut into `parts`.

    `hottest (busy)` is the mean number of workers that the hottest key alone would keep busy: one worker is all it has.
    """
    kinds = {"even keys": (0.0, 1), "Zipf": (exponent, 1), "Zipf, hottest key cut": (exponent, parts)}
    rows = {}
    for name, (skew, cut) in kinds.items():
        hottest = rate * SECONDS * popularity(keys, skew)[0] / cut
        for count in shards:
            design = Popular(Consumers(count, count), keys, skew, cut)
            rows[f"{count}, {name}"] = cells(replicate(design, work(rate, 30.0), traces)) | {"hottest (busy)": hottest}
    return table(rows, "shards")


def balancing(replicas: int = 8, busy: float = 0.8, traces: int = 5) -> "DataFrame":
    """Rules that pick one of several queues, against one queue for all; same servers, same requests."""
    ways: dict[str, Any] = {type(rule).__name__: Balanced("infer", replicas, rule)
                            for rule in (RandomChoice(), RoundRobin(), TwoChoices(), LeastLoaded())}
    ways["one queue for all"] = Service("infer", replicas)
    requests = work(busy * replicas / SECONDS, 60.0)
    return table({name: cells(replicate(way, requests, traces)) for name, way in ways.items()}, "rule")
