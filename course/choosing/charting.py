"""`course choose --map`: tune every pattern at every place of the choice map, and store how it does."""

import json
import os
import platform
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from ..sweep import sweep
from .choice_map import (
    BURSTINESS,
    ENOUGH,
    PROMISES,
    RATES,
    RUSH,
    SHARE,
    SHORTEST,
    STORED,
    WORK,
    ChoiceMap,
    fields_of,
    rounds,
    scenario,
    stored,
)
from .families import FAMILIES
from .measuring import MOST, sources
from .tuning import QUICK, tuned
from .winners import row

EVALUATIONS, TRACES = 12, 5
PLACES = tuple((promise, rate, peak) for promise, rate, peak in product(PROMISES, RATES, BURSTINESS)
               if rate * rounds(peak).day <= MOST)
RECIPE = (f"`course choose --map`: requests of {', '.join(f'{seconds:g}' for seconds in WORK)} s in the three steps; "
          f"in each round a rush of {RUSH:g} s with {SHARE:.0%} of them; each pattern with at most {EVALUATIONS} "
          f"sizes, tried on {QUICK} and {TRACES} traces of at least {ENOUGH} requests and {SHORTEST:g} s; nobody looks "
          f"where more than {MOST} come from rush to rush")


def measure(places: Iterable[tuple[float, float, float]] = PLACES, path: Path = STORED) -> ChoiceMap:
    """The whole map, computed anew and stored whole or not at all; what is interrupted goes on at the next call."""
    unfinished, places = path.with_name("unfinished_map.jsonl"), list(places)
    cases = [[*place, name] for place in places for name in FAMILIES]
    found = sweep(answer, cases, unfinished, f"{RECIPE}; {sources()}")
    count = len(FAMILIES)
    write([[*place, found[number * count:(number + 1) * count]] for number, place in enumerate(places)], path)
    unfinished.unlink(missing_ok=True)
    return stored(path)


def answer(case: list[Any]) -> list[Any]:
    """What is stored of a pattern at a place."""
    *place, name = case
    here = scenario(*place)
    return fields_of(row(here, tuned(FAMILIES[name], here, EVALUATIONS, TRACES)))


def write(places: Iterable[list[Any]], path: Path = STORED) -> None:
    """Store the map, a line for each place, with the recipe."""
    lines = ",\n".join(json.dumps(place, allow_nan=False, separators=(",", ":")) for place in places)
    here = f"{RECIPE}; here by Python {platform.python_version()} with NumPy {np.__version__}"
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(f'{{"recipe": {json.dumps(here)},\n"places": [\n{lines}\n]}}\n', encoding="utf-8", newline="\n")
    os.replace(draft, path)
    stored.cache_clear()
