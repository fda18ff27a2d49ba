"""The hidden briefs of exercise 6R: drawn from the course's use cases, and every pattern tuned in each of them."""

from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from ..choosing.briefs import brief
from ..choosing.families import FAMILIES, talks
from ..choosing.tuning import tuned
from ..choosing.winners import row
from ..laws import Sometimes, UniformLaw
from ..scenario import Scenario, Slo, bursts
from ..scenarios import SCENARIOS
from ..sweep import sweep

SEED, EVALUATIONS, TRACES = 6, 10, 5
BASES = (*range(15), 3, 3, 3, 8, 11)    # places in SCENARIOS: some patterns are the answer in few of them
COUNT = 4 * len(BASES)                  # briefs that are drawn
ENOUGH, MOST = 6_000, 10_000            # requests in a trace
LONG = 6.5                              # times the mean work, which a promise allows at least
SPOKEN = 2.6                            # seconds more, where a language model answers
SHORTEST, MANY = 2.0, 300               # seconds of a trace at least; and times the mean work
SHARE = 0.35                            # of the requests come in bursts
NEAR = (1.07, 1.13)                     # times the best: what costs so much is left out
PRICES, CLOSE_PRICES = (0, 20, 50, 100, 100, 150, 200, 300), (0, 20, 40, 60, 80, 100, 150)


def drawn(number: int) -> tuple[Scenario, float]:
    """A use case with other numbers, and the price of operations; each number has its own."""
    chance = np.random.default_rng((SEED, number))
    base = SCENARIOS[BASES[number % len(BASES)]]
    changed = promised(accurate(busier(worked(base, chance), chance), chance), chance)
    times = min(10 ** chance.uniform(-0.9, 0.7), MOST / changed.mean_rate / shortest(changed))
    budget = base.budget * max(1.0, times) * chance.choice((0.6, 1, 1, 2))
    moved = replace(moved_to(changed, times), budget=float(f"{budget:.2g}"),
                    gb_per_day=float(f"{base.gb_per_day * times:.2g}"))
    return moved, float(chance.choice(CLOSE_PRICES if base.gpu else PRICES))


def shortest(scenario: Scenario) -> float:
    """Seconds of a trace at whose end few requests are unfinished."""
    return max(SHORTEST, MANY * sum(scenario.mean_work))


def worked(base: Scenario, chance: np.random.Generator) -> Scenario:
    """Other seconds of work, in inference and around it."""
    work, infer, around = base.mean_work, chance.uniform(0.7, 1.4), chance.uniform(0.5, 2.0)
    return replace(base, mean_work=work._replace(prepare=round(work.prepare * around, 5),
                                                 infer=round(work.infer * infer, 5),
                                                 respond=round(work.respond * around, 5)))


def busier(base: Scenario, chance: np.random.Generator) -> Scenario:
    """Higher or lower peaks over the same mean rate."""
    peak = base.mean_rate * (1 + (base.peak_rate / base.mean_rate - 1) * chance.choice((0.4, 1.0, 2.0)))
    return replace(base, peak_rate=float(f"{peak:.3g}"))


def moved_to(base: Scenario, times: float) -> Scenario:
    """So many times the traffic, in numbers that are easy to read, on a stretch with a burst and plenty of requests."""
    mean, peak = (float(f"{rate * times:.3g}") for rate in (base.mean_rate, base.peak_rate))
    arrivals = bursts(mean, peak, getattr(base.arrivals, "burst", 0.0) / max(1.0, times), SHARE)
    seconds = max(min(ENOUGH / mean, base.duration), arrivals.burst + arrivals.calm, shortest(base))
    mishap = tuple(replace(one, start=seconds / 2) for one in base.mishap)
    return replace(base, mean_rate=mean, peak_rate=peak, arrivals=arrivals, duration=seconds, mishap=mishap)


def accurate(base: Scenario, chance: np.random.Generator) -> Scenario:
    """Other rules about losses, late events and final numbers, in some of them."""
    if chance.random() < 0.3:
        base = replace(base, most_lost=0.0 if base.most_lost else 1e-3)
    if (base.late or base.most_lost == 0) and chance.random() < 0.6 and not talks(base):
        share, error = chance.choice((0.002, 0.02, 0.05, 0.1)), chance.choice((0.5, 1.0, inf))
        base = replace(base, late=Sometimes(float(share), UniformLaw(0, 43_200.0)), most_error=float(error))
    return base


def promised(base: Scenario, chance: np.random.Generator) -> Scenario:
    """Another promise, that the work allows."""
    least = LONG * sum(base.mean_work) + SPOKEN * talks(base)
    seconds = max(base.slo.seconds * chance.choice((0.7, 1, 1, 3)), least)
    return replace(base, slo=Slo(base.slo.percentile, float(f"{seconds:.2g}") , base.slo.until))


def measured(number: int) -> dict[str, Any]:
    """A brief, and what becomes of each pattern in it: US dollars a month, and the rules that it breaks."""
    scenario, price = drawn(number)
    found = {name: row(scenario, tuned(family, scenario, EVALUATIONS, TRACES)) for name, family in FAMILIES.items()}
    return {"base": scenario.id, "brief": brief(scenario, price), "rows": {name: {
        "cloud": None if one.cloud_usd == inf else round(one.cloud_usd, 2), "units": one.units, "broken": one.broken,
        "response": None if one.response == inf else one.response, "lost": one.lost, "error": one.error,
        "sizes": one.sizes} for name, one in found.items()}}


def collected(store: str | Path) -> list[dict[str, Any]]:
    """All that are drawn, on every core; what is interrupted goes on at the next call."""
    return sweep(measured, list(range(COUNT)), store, f"{SEED} {EVALUATIONS} {TRACES}")


def totals(one: dict[str, Any]) -> dict[str, float]:
    """US dollars a month with operations, of the patterns that pass."""
    price = one["brief"]["operations_price"]
    return {name: bill["cloud"] + bill["units"] * price for name, bill in one["rows"].items() if not bill["broken"]}


def clear(one: dict[str, Any]) -> bool:
    """Whether some pattern passes, and no other traces could change what is a good choice."""
    asked, rows, found = one["brief"], one["rows"], totals(one)
    if not found:
        return False
    near_best = any(NEAR[0] < total / min(found.values()) < NEAR[1] for total in found.values())
    near_budget = any(bill["cloud"] and abs(bill["cloud"] / asked["budget"] - 1) < 0.05 for bill in rows.values())
    near_losses = any(asked["most_lost"] and 0.5 < bill["lost"] / asked["most_lost"] < 2 for bill in rows.values())
    near_error = any(asked["most_error"] and bill["error"] and 0.8 < bill["error"] / asked["most_error"] < 1.25
                     for bill in rows.values())
    functions = rows["Serverless"]["response"]
    near_promise = functions and abs(functions / asked["seconds"] - 1) < 0.1
    return not (near_best or near_budget or near_losses or near_error or near_promise)
