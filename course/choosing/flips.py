"""Where the answer changes: with prices and budgets by algebra, and with traffic between what was looked up."""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from ..policies.queued import Queued
from .families import memory_gb

OPERATIONS_PRICE, BUDGET, TRAFFIC = "operations price", "budget", "traffic"
MEMORY, MESSAGES = "memory of a function", "messages of a queue"
KNOBS = {OPERATIONS_PRICE: "US dollars a month for each unit", BUDGET: "US dollars a month for the cloud",
         MEMORY: "gigabytes that a function is paid for", MESSAGES: "paid messages for each request in a hosted queue",
         TRAFFIC: "times the requests of the brief"}


class Row(NamedTuple):
    """A pattern in a use case, tuned: its sizes, US dollars a month, which rules are broken, and why it does not win.

    `lead_days` is the mean time from a change to its release, which no sum has in it. `bills` has a number for each
    trace, `items` the mean by line item; all money is without operations but for `total_usd`.
    """

    pattern: str
    design: str
    sizes: dict[str, int]
    evaluations: int
    ended: str
    units: int
    cloud_usd: float
    total_usd: float
    response: float
    slo: str
    lost: float
    error: float | None
    passes: bool
    broken: list[str]
    why: str
    lead_days: float
    bills: list[float]
    items: dict[str, float]


class Flip(NamedTuple):
    """Somewhere from `low` to `high` of what `knob` names, the answer changes; without a winner, nothing passes."""

    knob: str
    low: float
    high: float
    before: str
    after: str


def of_rows(rows: list[Row]) -> list[Flip]:
    """All that follows from the bills, when the rows are ranked; each with everything else as it is."""
    return [*of_operations(rows), *of_budget(rows), *of_memory(rows), *of_messages(rows)]


def of_operations(rows: Iterable[Row]) -> list[Flip]:
    """Operations prices from 0 on at which the cheapest that passes is another: the corners of straight lines."""
    passing = [one for one in rows if one.passes]
    flips: list[Flip] = []
    now, price = min(passing, key=lambda one: (one.cloud_usd, one.units), default=None), 0.0
    while now:
        later = [((one.cloud_usd - now.cloud_usd) / (now.units - one.units), one.units, one) for one in passing
                 if one.units < now.units]
        if not later:
            break
        price, _, then = min(later, key=lambda corner: corner[:2])
        flips.append(Flip(OPERATIONS_PRICE, price, price, now.pattern, then.pattern))
        now = then
    return flips


def of_budget(rows: list[Row]) -> list[Flip]:
    """Budgets from which one that is cheaper with its operations passes too."""
    now, flips = rows[0], []
    barred = [one for one in rows if one.broken == ["budget"] and (one.total_usd < now.total_usd or not now.passes)]
    for one in sorted(barred, key=lambda one: one.cloud_usd):
        if one.total_usd < now.total_usd or not now.passes:
            flips.append(Flip(BUDGET, one.cloud_usd, one.cloud_usd, now.pattern if now.passes else "", one.pattern))
            now = one._replace(passes=True)
    return flips


def of_memory(rows: Iterable[Row]) -> list[Flip]:
    """Gigabytes from which functions that win no longer do, for they are paid by them, and become no faster."""
    passing = [one for one in rows if one.passes]
    if len(passing) < 2 or passing[0].pattern != "Serverless":
        return []
    best, other = passing[:2]
    paid = best.items["duration"] + best.items["initialisation"]
    turns = memory_gb(best.sizes) * (1 + (other.total_usd - best.total_usd) / paid)
    return [Flip(MEMORY, turns, turns, best.pattern, other.pattern)]


def of_messages(rows: Iterable[Row]) -> list[Flip]:
    """Messages a request, of which a hosted queue is paid by the million, below and above which another wins."""
    passing = [one for one in rows if one.passes]
    found = []
    for best, one in zip(passing[:1] * len(passing), passing[1:]):
        more = best.items.get("queue", 0.0) - one.items.get("queue", 0.0)
        if more:
            turns = Queued.messages * (1 + (one.total_usd - best.total_usd) / more)
            pair = (best.pattern, one.pattern) if more > 0 else (one.pattern, best.pattern)
            found.append(Flip(MESSAGES, turns, turns, *pair))
    below = [flip for flip in found if 0 < flip.low < Queued.messages]
    above = [flip for flip in found if flip.low >= Queued.messages]
    return sorted(below, key=lambda flip: flip.low)[-1:] + sorted(above, key=lambda flip: flip.low)[:1]


def of_growth(answers: Iterable[tuple[float, str]]) -> list[Flip]:
    """Stretches between neighbours with another winner, in times the traffic of the brief."""
    ordered = sorted(answers)
    return [Flip(TRAFFIC, low, high, before, after)
            for (low, before), (high, after) in pairwise(ordered) if before != after]
