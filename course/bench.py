"""The benchmark: what a simulated request costs here, and in other tools, in one run on one machine.

All times are processor time of this process. Contestants take turns, so that what slows the machine down slows all of
them down; each figure is the median of the rounds. To keep the process on one core, start it with
`taskset --cpu-list 1 course bench`.
"""

import gc
import tracemalloc
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import log1p
from statistics import mean, median
from time import process_time
from typing import Any, NamedTuple

from . import theory
from .bench_patterns import PAIRS
from .bench_peers import PEERS, Model
from .live import LiveFigure
from .patterns.monolith import Monolith
from .prices import Prices
from .simulation import Deployment, Pool, simulate
from .workload import Bursty, Injected, Work, Workload

MODELS = (Model("M/M/1 at 80 %", 1, 1, 0.8), Model("M/M/4 at 90 %", 4, 1, 0.9), Model("four hops at 80 %", 1, 4, 0.8))
OURS = "simulate"
# How many times faster than each peer, on each model, we must be; the loop over a heap is the floor below us.
GATES = {"bare SimPy": (3.2, 3.2, 3.6), "heapq loop": (1 / 4.3, 1 / 4.3, 1 / 3.2), "Ciw": (6, 6, 9),
         "asimpy": (2.7, 2.7, 2.7), "salabim": (40, 1, 1)}
SHARE = {"Ciw": 0.3, "salabim": 0.1}        # of the requests, for those who would take all of the time


class Effort(NamedTuple):
    """How much to measure: rounds, requests in each, and in the longest run."""

    rounds: int
    requests: int
    longest: int


FULL, QUICK = Effort(9, 20_000, 1_000_000), Effort(2, 1_000, 20_000)


class Line(NamedTuple):
    """One row of a table; a gate is held when `value` is at least, or at most, what it says."""

    label: str
    value: str
    gate: str
    held: bool | None

    def __str__(self):
        verdict = {True: "ok", False: "missed", None: ""}[self.held]
        return f"{self.label:<36}{self.value:>48}{self.gate:>11}  {verdict}".rstrip()


@dataclass
class Stations:
    """The model as a design; it keeps the clock to count its events."""

    model: Model
    env: Any = None

    def deploy(self, env):
        self.env = env
        pools = tuple(Pool(env, f"station {number}", self.model.servers) for number in range(self.model.hops))
        handles = {1: self.through_one, 4: self.through_four}
        return Deployment(handles[self.model.hops](*pools), pools)

    def through_one(self, station):
        def handle(request):
            yield station.serve(request.work.prepare)
        return handle

    def through_four(self, first, second, third, fourth):
        def handle(request):
            yield first.serve(request.work.prepare)
            yield second.serve(request.work.infer)
            yield third.serve(request.work.respond)
            yield fourth.serve(-log1p(-request.luck))       # a fourth exponential time
        return handle

    def bill(self, run, prices):
        return {}


def workload_of(model: Model, requests: int, seed: int = 1) -> Workload:
    """So many requests, on average."""
    return Workload(model.arrival_rate, requests / model.arrival_rate, Work(1, 1, 1), seed)


def ours(model: Model, requests: int, seed: int) -> float:
    """`simulate` with everything recorded; the mean response time."""
    return simulate(Stations(model), workload_of(model, requests, seed)).mean_response


def seconds(work: Callable, *arguments: Any) -> tuple[float, Any]:
    """Processor time of a call, and what it returned."""
    gc.collect()
    before = process_time()
    result = work(*arguments)
    return process_time() - before, result


def race(model: Model, effort: Effort) -> dict[str, tuple[list[float], float]]:
    """For each contestant seconds per request, a number per round, and the mean response time."""
    contestants = {OURS: ours, **PEERS}
    taken: dict[str, list[float]] = {name: [] for name in contestants}
    response: dict[str, list[float]] = {name: [] for name in contestants}
    for seed in range(1, effort.rounds + 1):
        for name, run in contestants.items():
            requests = int(effort.requests * SHARE.get(name, 1))
            spent, found = seconds(run, model, requests, seed)
            taken[name].append(spent / requests)
            response[name].append(found)
    return {name: (taken[name], mean(response[name])) for name in contestants}


def expected_response(model: Model) -> float:
    """Seconds through all stations, by theory: each is as if alone."""
    return model.hops * theory.mmc(model.arrival_rate, 1, model.servers).response_time


def race_lines(model: Model, effort: Effort) -> Iterable[Line]:
    """A row per contestant: its time, how many times faster we are, and its mean response time beside theory's."""
    results = race(model, effort)
    for name, (taken, response) in results.items():
        faster = median(theirs / mine for theirs, mine in zip(taken, results[OURS][0]))
        facts = f"{median(taken) * 1e6:.2f} us, {1 / median(taken):,.0f}/s, x {faster:.2f}, mean {response:.2f} s"
        gate = GATES[name][MODELS.index(model)] if name != OURS else None
        yield Line(name, facts, f">= {gate:.2f}" if gate else "", faster >= gate if gate else None)


def pattern_lines(effort: Effort) -> Iterable[Line]:
    """A row for each pattern: its time, and how many times faster it is than the same model elsewhere."""
    for pair in PAIRS:
        rounds = [[seconds(run, effort.requests, seed) for run in (pair.ours, pair.theirs)]
                  for seed in range(1, effort.rounds + 1)]
        faster = median(theirs / mine for (mine, _), (theirs, _) in rounds)
        taken = median(mine for (mine, _), _ in rounds) / effort.requests
        means = " and ".join(f"{mean(found for _, found in column):.4f}" for column in zip(*rounds))
        facts = f"{taken * 1e6:.2f} us, x {faster:.2f}, means {means} s"
        yield Line(pair.name, facts, f">= {pair.gate:.2f}", faster >= pair.gate)


def event_lines() -> Iterable[Line]:
    """Events made by the clock for each request."""
    for model in MODELS:
        design = Stations(model)
        simulate(design, Injected(tuple(range(1_000)), (Work(1, 1, 1),) * 1_000))
        events = next(design.env._eid) / 1_000      # each event has a number, from 0 on
        yield Line(f"events a request, {model.name}", f"{events:.2f}", f"= {model.hops + 1}", events == model.hops + 1)


def memory_lines(effort: Effort) -> Iterable[Line]:
    """Bytes for each job while it is simulated, and in the run that is kept."""
    for model in MODELS[1:]:
        gc.collect()
        tracemalloc.start()
        run = simulate(Stations(model), workload_of(model, effort.requests))
        jobs = sum(len(pool.request) for pool in run.jobs.values())
        peak = tracemalloc.get_traced_memory()[1]
        run.design.env = None       # the clock is no part of the run
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        yield Line(f"bytes a job, {model.name}", f"{kept / jobs:.0f} kept, {peak / jobs:.0f} at the peak", "< 250",
                   kept / jobs < 250)


def growth_lines(effort: Effort) -> Iterable[Line]:
    """Whether a request costs more in a long run than in one of ten thousand."""
    model = MODELS[0]
    short = [seconds(ours, model, 10_000, seed)[0] / 10_000 for seed in range(effort.rounds)]
    long = [seconds(ours, model, effort.longest, seed)[0] / effort.longest for seed in range(min(3, effort.rounds))]
    ratio = median(long) / median(short)
    yield Line(f"time a request, {effort.longest:,}/10,000", f"x {ratio:.2f}", "<= 1.30", ratio <= 1.3)


def slider_lines(effort: Effort) -> Iterable[Line]:
    """One step of the sliders of 01-monolith: a run of 10,000 requests and its picture."""
    panels, prices = LiveFigure(), Prices.read()

    def step(arrival_rate):
        workload = Workload(arrival_rate, 10_000 / arrival_rate, Work(0, 0.08, 0), arrivals=Bursty(2, burst=2, calm=6))
        run = simulate(Monolith(4), workload)
        return panels.draw(run, run.design.bill(run, prices))

    step(30)        # the first picture loads matplotlib
    rates = [20 + number % 25 for number in range(5 * effort.rounds)]
    spent = median(seconds(step, rate)[0] for rate in rates) * 1000
    yield Line("a slider's step, 10,000 requests", f"{spent:.0f} ms", "<= 60 ms", spent <= 60)


def main(effort: Effort = FULL) -> None:
    """Print the tables."""
    print(f"{effort.rounds} rounds in turn, {effort.requests:,} requests each (fewer for "
          f"{' and '.join(SHARE)}); us: processor time a request, x: how many times faster {OURS} is")
    for model in MODELS:
        print(f"\n{model.name}; theory: mean response {expected_response(model):.2f} s")
        print(*race_lines(model, effort), sep="\n")
    print("\npatterns, and the same models in bare SimPy with a row for each visit")
    print(*pattern_lines(effort), sep="\n")
    print("\nother gates")
    for lines in (event_lines(), memory_lines(effort), growth_lines(effort), slider_lines(effort)):
        print(*lines, sep="\n")
