"""What saves work: answers that are kept, models that are smaller, and requests that share a call."""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from .. import data
from ..claims.scaling import staffed
from ..patterns.monolith import Monolith
from ..policies.batching import Batched
from ..policies.cache import Cached
from ..prices import HOURS_IN_A_MONTH, Prices
from ..run import Run, measure, percentile_interval
from ..simulation import replicate
from ..workload import Deterministic, LogNormal, Work, Workload
from .carrying import CORES, cells, table
from .designs import Faster, Popular, popularity

if TYPE_CHECKING:
    from pandas import DataFrame

CACHE = "elasticache_m4.large_2vcpu_6.4gib"     # a row of the price table, paid by the hour


def machines_month(workload: Workload, seconds: float, spare: float = 1.0) -> float:
    """US dollars a month for machines with enough cores, by the square root rule."""
    return ceil(staffed(workload, seconds, spare) / CORES) * Prices.read().server_month


def caching(rooms: Sequence[int] = (10, 100, 300, 1000), keys: int = 1000, exponent: float = 1.0, rate: float = 100.0,
            seconds: float = 0.1, traces: int = 5) -> "DataFrame":
    """A cache with room for so many of the answers, whose popularity follows Zipf's law.

    `best share` is what the most popular ones alone would give. The machines are those of no cache; `USD a month` is
    for as many as the misses need, and for the cache.
    """
    workload = Workload(rate, 60.0, Work(0.0, seconds, 0.0), distribution=LogNormal(0.5))
    design = Monolith(CORES * ceil(staffed(workload, seconds, 1.0) / CORES))
    rows = {"none": {"best share": 0.0, **kept(replicate(design, workload, traces)),
                     "USD a month": machines_month(workload, seconds)}}
    for room in rooms:
        found = kept(replicate(Popular(Cached(design, keep=3600, room=room, seconds=0.001), keys, exponent), workload,
                               traces))
        usd = machines_month(workload, (1 - found["hits"]) * seconds) + Prices.read().usd(CACHE) * HOURS_IN_A_MONTH
        rows[str(room)] = {"best share": popularity(keys, exponent)[:room].sum(), **found, "USD a month": usd}
    return table(rows, "room")


def kept(runs: Sequence[Run]) -> dict[str, float]:
    """The share of hits with its interval, and the median and the p95, once the cache has filled."""
    runs = [run.after(run.end / 3) for run in runs]
    hits = measure(runs, lambda run: hit_share(run))
    return {"hits": hits.mean, "hits low": hits.low, "hits high": hits.high,
            "p50 (s)": percentile_interval(runs, 50).mean, **cells(runs)}


def hit_share(run: Run) -> float:
    """The share of the requests that the cache answered."""
    if "cache" not in run.jobs:
        return 0.0
    return len(run.waiting_times("cache")) / int((run.arrival_times >= run.start).sum())


def smaller_models(seconds: float = 0.1, rate: float = 30.0, workers: int = 5, traces: int = 5) -> "DataFrame":
    """The full model and smaller ones on the same workers: points of score that are lost, the p95, US dollars a month.

    Speed and scores are from data/smaller_models.csv; how long the full model takes, and 10 ms for the rest of a
    request, are assumptions. The money is for as many machines as the work needs.
    """
    workload = Workload(rate, 60.0, Work(0.005, seconds, 0.005), distribution=LogNormal(0.5))
    rows = {}
    for name, faster, lost in (("full", 1.0, 0.0), *sourced()):
        runs = replicate(Faster(Monolith(workers), infer=faster), workload, traces)
        rows[name] = {"model faster by": faster, "points lost": lost, **cells(runs),
                      "USD a month": machines_month(workload, seconds / faster + 0.010)}
    return table(rows, "model")


def sourced() -> list[tuple[str, float, float]]:
    """The rows of data/smaller_models.csv: the name, how many times as fast, and points of score that are lost."""
    return [(row["id"], float(row["speed_up"]), float(row["full_score"]) - float(row["score"]))
            for row in data.rows("smaller_models")]


def batching(models: Sequence[str] = ("resnet50_t4", "bert_large_t4"), most: Sequence[int] = (1, 8, 32),
             times: float = 1.2, traces: int = 5) -> "DataFrame":
    """Batches of up to `most` for models of data/service_times.csv, at `times` what one at a time can do.

    A batch of n takes a + b n, so the gain is never more than (a + b) / b.
    """
    rows: dict[str, dict[str, Any]] = {}
    for model in models:
        row = data.row("service_times", model)
        fixed, each = float(row["a_ms"]) / 1000, float(row["b_ms"]) / 1000
        rate = times / (fixed + each)
        workload = Workload(rate, 1500 / rate, Work(0.0, each, 0.0), distribution=Deterministic())
        for count in most:
            runs = replicate(Batched(most=count, fixed=fixed), workload, traces)
            rows[f"{model}, {count}"] = {"most requests a second": count / (fixed + each * count),
                                         "gain at most": (fixed + each) / each, **cells(runs)}
    return table(rows, "batch")
