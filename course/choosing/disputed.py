"""Five stated advantages, each with a rival: what both do on one trace of a workload that somebody chooses."""

from collections.abc import Callable
from math import ceil
from typing import Any, NamedTuple

from ..claims.hardware import Packed, enough
from ..claims.paying import waiting
from ..claims.small import monthly
from ..claims.views_compared import HOUR, Days, asked
from ..patterns.event_driven import Consumers, EventDriven
from ..patterns.monolith import Monolith
from ..patterns.serverless import Serverless
from ..policies.asynchronous import Asynchronous
from ..prices import Prices
from ..run import Run
from ..simulation import simulate
from ..theory import staffing
from ..workload import Diurnal, LogNormal, Work, Workload
from .families import UNITS, WORKERS

REQUESTS, LONGEST = 400, 86_400.0   # expected in a trace, unless that takes longer than so many seconds
BURST = 5.0             # seconds, of machines that are planned for the peak
LEAST = 2               # machines that stand ready, in case one dies
SHARED = 8              # workers of both sides, where neither may buy more
PATIENCE = HOUR         # seconds that an event may be late for a stream that is alone
BOX_PROMISE = 0.5       # seconds, for 95 % of the requests


class Range(NamedTuple):
    """What may be chosen, and what is meant."""

    low: float
    high: float
    usual: float
    meaning: str


class Trial(NamedTuple):
    """Both sides on one trace: the measure, less is better; how many requests came, and the shares answered in time.

    `busy` is how much of the time of both would be needed, where neither may buy more.
    """

    own: float
    rival: float
    requests: int
    answered: tuple[float, float] = (1.0, 1.0)
    busy: float = 0.0


class Advantage(NamedTuple):
    """What is said for a pattern, whom it is compared with, and what somebody may choose."""

    statement: str
    sides: str
    measure: str
    ranges: dict[str, Range]
    trial: Callable[..., Trial]


def workload_of(rate: float, work: float, peak: float, burst: float, within: float, seed: int) -> Workload:
    """Half of the requests come in bursts at `peak` times the mean rate; the last `within` seconds do not count."""
    parts = ceil(2 * peak)
    cycle = parts * burst if peak > 1 else 0.0
    duration = max(min(REQUESTS / rate, LONGEST), cycle) + within
    profile = (peak, *[(parts - peak) / (parts - 1)] * (parts - 1))
    return Workload(rate, duration, Work(0.0, work, 0.0), seed, Diurnal(profile, parts * burst), LogNormal(1.0))


def in_time(run: Run, within: float) -> float:
    """The share of the requests that are answered within so many seconds, of those for which that can be seen."""
    seen = run.arrival_times < run.end - within
    soon = (run.outcomes == 0) & (run.departure_times - run.arrival_times <= within)
    return float(soon[seen].mean()) if seen.any() else 0.0


def for_peak(rate: float, work: float, peak: float, least: int = 1) -> int:
    """Machines that the peak keeps busy by the square root rule."""
    return max(least, ceil(staffing(peak * rate * work, 1.0) / WORKERS))


def paid(own: Any, rival: Any, workload: Workload, within: float, units: tuple[int, int], price: float) -> Trial:
    """US dollars a month of two designs, with what it costs to operate their units."""
    prices, runs = Prices.read(), [simulate(design, workload) for design in (own, rival)]
    one, other = (monthly(run, prices) + count * price for run, count in zip(runs, units))
    first, second = (in_time(run, within) for run in runs)
    return Trial(one, other, len(runs[0].arrival_times), (first, second))


def small(seed: int, rate: float, work: float, peak: float, operations_price: float) -> Trial:
    """One application against functions."""
    within = 10 * work + 3
    one = Packed(Monolith(WORKERS * for_peak(rate, work, peak)), 1 / WORKERS)
    return paid(one, Serverless(), workload_of(rate, work, peak, BURST, within, seed), within,
                (UNITS["Monolith"], UNITS["Serverless"]), operations_price)


def scalable(seed: int, rate: float, processor: float, gpu: float) -> Trial:
    """Services with hardware of their own against whole boxes, each the smallest that keep the promise."""
    work = Work(processor / 2, gpu, processor / 2)
    workload = Workload(rate, max(6, REQUESTS / rate), work, seed, distribution=LogNormal(1.0))
    try:
        runs = enough(workload, BOX_PROMISE)
    except ValueError:                                  # the work alone takes longer
        return Trial(1.0, 1.0, REQUESTS, (0.0, 0.0))
    prices = Prices.read()
    apart, boxes = (sum(run.design.bill(run, prices).values()) * HOUR / run.end for run in runs)
    return Trial(apart, boxes, len(runs[0].arrival_times))


def soon(seed: int, rate: float, work: float, peak: float, burst: float, seconds: float) -> Trial:
    """Events that wait for a consumer against direct calls, of which a full house turns some away."""
    workload = workload_of(rate, work, peak, burst, seconds, seed)
    queued, direct = (simulate(design, workload) for design in (
        EventDriven(Consumers(SHARED)), Monolith(SHARED, queue_limit=SHARED)))
    own, rival = in_time(queued, seconds), in_time(direct, seconds)
    return Trial(100 * (1 - own), 100 * (1 - rival), len(queued.arrival_times), (own, rival), rate * work / SHARED)


def near(seed: int, rate: float, late_share: float, latest: float) -> Trial:
    """Both layers against a stream that is alone and takes events that are up to an hour late."""
    days = Days(late_share, latest * HOUR, rate=rate)
    run = simulate(days.design, days.workload.replication(seed))
    merged, stream = (asked(run, days, lateness).error(view)
                      for view, lateness in (("merged", days.lateness), ("speed", PATIENCE)))
    return Trial(merged, stream, len(run.arrival_times))


def cheap(seed: int, rate: float, work: float, waits: float, peak: float) -> Trial:
    """Functions against machines that are enough for the peak, and that do other work while they wait."""
    within, count, asks = 10 * work + waits + 3, for_peak(rate, work, peak, LEAST), waiting(waits) if waits else None
    machines: Any = Packed(Monolith(WORKERS * count), 1 / WORKERS)
    if asks:
        machines = Packed(Asynchronous(asks, WORKERS * count), count)
    workload = workload_of(rate, work, peak, BURST, within, seed)
    return paid(Serverless(calls=asks), machines, workload, within, (0, 0), 0.0)


RATE, WORK = "requests a second, on average", "seconds of work for a request, on average"
PEAK = "times the mean rate in bursts, which bring half of the requests"
ADVANTAGES = {
    "Monolith": Advantage(
        "suitable for small projects", "servers for the peak, against functions", "USD a month with operations",
        {"rate": Range(0.0001, 5, 1, RATE), "work": Range(0.02, 1, 0.2, WORK), "peak": Range(1, 10, 1, PEAK),
         "operations_price": Range(0, 300, 100, "USD a month for each unit: 1 against 2")}, small),
    "Microservices": Advantage(
        "high scalability", "GPU boxes and CPU servers for each step, against whole boxes with 4 CPUs for a GPU; both "
        "the smallest that answer 95 % within 0.5 s", "USD an hour",
        {"rate": Range(1, 200, 150, RATE),
         "processor": Range(0.005, 0.3, 0.1, "seconds of CPU for a request, on average"),
         "gpu": Range(0.002, 0.1, 0.005, "seconds of GPU for a request, on average")}, scalable),
    "EventDriven": Advantage(
        "real-time processing", "8 consumers behind a bus, against 8 workers that are called and turn away whom they "
        "have no room for: 8 may wait", "percent without a result in time",
        {"rate": Range(0.0001, 20, 10, RATE), "work": Range(0.02, 4, 0.4, WORK),
         "peak": Range(1, 5, 3, PEAK), "burst": Range(1, 20, 3, "seconds of a burst"),
         "seconds": Range(0.2, 60, 30, "seconds in which a result is in time")}, soon),
    "LambdaArchitecture": Advantage(
        "balances accuracy and latency", "batch runs every 6 hours and a stream that takes events up to a minute "
        "late, merged; against one stream that takes them up to an hour late",
        "percent that the number of the last day is wrong",
        {"rate": Range(0.00001, 0.005, 0.004, "events a second, on average"),
         "late_share": Range(0, 0.3, 0.05, "share of the events that come late"),
         "latest": Range(0.01, 24, 12, "hours that the latest of them is late; others less")}, near),
    "Serverless": Advantage(
        "cost-effective", "functions, against servers for the peak, two at least", "USD a month",
        {"rate": Range(0.0001, 10, 0.5, RATE), "work": Range(0.02, 1, 0.2, WORK),
         "waits": Range(0, 10, 0, "seconds that a request then waits for others"), "peak": Range(1, 10, 5, PEAK)},
        cheap),
}
