"""What each brief of the capstone costs at least, and what the obvious answer does; computed once and stored."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..capstone import NUMBERS, brief, tried
from ..capstone.brief import Brief
from ..capstone.trying import Result
from ..choosing.families import FAMILIES, Sizes
from ..sweep import sweep

STORED = Path(__file__).with_name("capstone.json")
SEEN, HIDDEN = 0, (100, 200, 300)       # the first trace that a learner sees, and of each set that judges
LEVELS = 24                             # rates between half the mean and twice the peak, at which sizes are tried
MARGIN, WORST = 0.95, 1.1               # times the promise, on average and on any trace: never near the line
DEARER = 1.6                            # times the least cost: naive, where the obvious answer is out of the question
RECIPE = (f"course.checks.capstone_least.measure(): of {LEVELS} levels of sizes the lowest with which promise and "
          f"recovery are kept within {MARGIN:.0%} on the traces that are seen and in each hidden set, no trace going "
          f"beyond {WORST:g} times the promise, each size then lowered as long as that holds. least: the cost, on each "
          "set, of the cheapest that breaks no rule on those that are seen. naive: that of the obvious answer where "
          f"it breaks none, else {DEARER:g} times the least.")
# What somebody chooses who does not read on: a pattern, and its sizes where they are part of the error.
OBVIOUS: dict[int, tuple[str, Sizes | None]] = {
    1: ("Serverless", None), 2: ("EventDriven", None), 3: ("Monolith", {"machines": 1}), 4: ("Monolith", None),
    5: ("Monolith", None), 6: ("Serverless", None), 7: ("Serverless", None), 8: ("Monolith", {"machines": 1}),
    9: ("Monolith", None), 10: ("Serverless", {"memory": 14}), 11: ("Monolith", None), 12: ("Serverless", None)}


def measure(path: Path = STORED) -> dict[str, Any]:
    """All twelve, stored with their recipe; what is interrupted goes on at the next call."""
    unfinished = path.with_name("capstone-unfinished.jsonl")
    cases = [[number, pattern] for number in NUMBERS for pattern in FAMILIES]
    rows = sweep(row, cases, unfinished, RECIPE)
    found = {str(number): summary(number, [one for (asked, _), one in zip(cases, rows) if asked == number and one])
             for number in NUMBERS}
    lines = ",\n".join(f"{json.dumps(number)}: {json.dumps(one)}" for number, one in found.items())
    path.write_text(f'{{"recipe": {json.dumps(RECIPE)},\n"briefs": {{\n{lines}\n}}}}\n', encoding="utf-8", newline="\n")
    unfinished.unlink()
    stored.cache_clear()
    return found


@lru_cache(maxsize=1)
def stored() -> dict[str, Any]:
    """By the number of the brief: the `best` row and the `obvious` one, all `rows`, and on each set of traces the
    `least` that a design costs, and the `naive` sum, in US dollars a month.
    """
    return json.loads(STORED.read_text(encoding="utf-8"))["briefs"]


def row(case: list[Any]) -> dict[str, Any]:
    """The smallest sizes of a pattern in a brief, and how they do; empty where the pattern is impossible."""
    asked, pattern = brief(case[0]), case[1]
    if FAMILIES[pattern].cannot(asked.later):
        return {}
    return told(asked, pattern, smallest(asked, pattern))


def told(asked: Brief, pattern: str, sizes: Sizes) -> dict[str, Any]:
    """What is stored of a design."""
    found = tried(asked, "", pattern, sizes, first=SEEN)
    return {"pattern": pattern, "sizes": sizes, "usd": round(found.total_usd.mean, 2),
            "response": round(found.response.mean, 4), "broken": list(found.broken)}


def summary(number: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What judges need, from the rows of a brief."""
    best = min((one for one in rows if not one["broken"]), key=lambda one: one["usd"])
    pattern, sizes = OBVIOUS[number]
    obvious = told(brief(number), pattern, sizes or next(one["sizes"] for one in rows if one["pattern"] == pattern))
    dearer = not obvious["broken"] and obvious["usd"] > best["usd"]
    least = {str(first): usd(number, best, first) for first in (SEEN, *HIDDEN)}
    naive = {first: usd(number, obvious, int(first)) if dearer else round(DEARER * value, 2)
             for first, value in least.items()}
    return {"best": best, "least": least, "naive": naive, "obvious": obvious, "rows": rows}


def usd(number: int, one: dict[str, Any], first: int) -> float:
    """US dollars a month of a design on some traces; functions cost what the traffic is."""
    return round(tried(brief(number), "", one["pattern"], one["sizes"], first=first).total_usd.mean, 2)


def smallest(asked: Brief, pattern: str) -> Sizes:
    """The lowest level that is enough, with each size lowered; the highest where none is."""
    levels = levels_of(asked, pattern)
    sizes = next((one for one in levels if enough(asked, pattern, one)), levels[-1])
    for name in sizes:
        while sizes[name] > 1 and enough(asked, pattern, fewer := {**sizes, name: sizes[name] - 1}):
            sizes = fewer
    return sizes


def levels_of(asked: Brief, pattern: str) -> list[Sizes]:
    """Sizes for rates between half the mean and twice the peak, each once."""
    low, high = asked.later.mean_rate / 2, 2 * asked.later.peak_rate
    levels: list[Sizes] = []
    for step in range(LEVELS + 1):
        sizes = FAMILIES[pattern].sizes(asked.later, low * (high / low) ** (step / LEVELS))
        levels += [sizes] * (sizes not in levels)
    return levels


def enough(asked: Brief, pattern: str, sizes: Sizes) -> bool:
    """Whether promise and recovery are kept on all traces that anybody judges by."""
    return all(kept(asked, tried(asked, "", pattern, sizes, first=first)) for first in (SEEN, *HIDDEN))


def kept(asked: Brief, found: Result) -> bool:
    """Whether promise and recovery are kept, and not by a hair, on no trace badly."""
    promised = asked.later.slo.seconds
    return max(found.response.mean, found.again) <= MARGIN * promised and max(found.slowest) <= WORST * promised
