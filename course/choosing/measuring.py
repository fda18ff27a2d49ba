"""`course choose --measure`: tune every pattern in every use case, look where the answers change, and store it all."""

import json
import os
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np

from .. import data
from ..scenario import Scenario
from ..scenarios import SCENARIOS
from ..sweep import sweep
from .families import FAMILIES
from .flips import TRAFFIC, Flip
from .tuning import EVALUATIONS, QUICK, TRACES, Tuned, tuned
from .winners import ENOUGH, FEW, STORED, Choice, cheapest, choice, key, other_traffic, stored, written

GROWTHS = (0.1, 0.3, 3.0, 10.0)         # times the traffic at which the answer is looked up
NARROWINGS = 1                          # halvings of a stretch in which it changes
MOST = 33_000                           # requests in a trace: where one burst and calm bring more, nobody looks
BY_ID = {scenario.id: scenario for scenario in SCENARIOS}
MODELS = ("arrivals", "claims/hardware", "environment", "faults", "laws", "prices", "run", "scenario", "scenarios",
          "simulation", "slo", "views", "workload", "patterns/*", "policies/*", "choosing/*")
RECIPE = (f"`course choose --measure`: each pattern with at most {EVALUATIONS} sizes, tried on {QUICK} and {TRACES} "
          f"traces; at {', '.join(f'{times:g}' for times in GROWTHS)} times the traffic on {FEW} "
          f"traces of {ENOUGH} to {MOST} requests, and {NARROWINGS} time between two with another winner")


def measure(scenarios: Sequence[Scenario] = SCENARIOS, path: Path = STORED) -> dict[str, Choice]:
    """All answers, computed anew and stored whole or not at all; what is interrupted goes on at the next call."""
    unfinished = path.with_name("unfinished.jsonl")
    run = partial(sweep, answer, store=unfinished, recipe=f"{RECIPE}; {sources()}")
    found = [Tuned(**fields) for fields in run(cases=[[one.id, name] for one in scenarios for name in FAMILIES])]
    count = len(FAMILIES)
    tried = {one.id: found[place * count:(place + 1) * count] for place, one in enumerate(scenarios)}
    growth = looked_up(scenarios, tried, run)
    choices = {key(one): choice(one, tried[one.id], growth[one.id]) for one in scenarios}
    write(choices, path)
    unfinished.unlink(missing_ok=True)
    return choices


def looked_up(scenarios: Sequence[Scenario], tried: Mapping[str, list[Tuned]], run: Callable[..., list[Any]],
              ) -> dict[str, list[tuple[float, str]]]:
    """Who wins at other traffic: first everywhere, and then between two with another winner."""
    growth: dict[str, list[tuple[float, str]]] = {one.id: [] for one in scenarios}
    for number in range(1 + NARROWINGS):
        cases: list[tuple[str, float]] = [(one.id, times) for one in scenarios for times in (
            narrowed(choice(one, tried[one.id], growth[one.id]).flips) if number else bearable(one))]
        for (id, times), (winner, _) in zip(cases, run(cases=cases)):
            growth[id].append((times, winner))
    return growth


def answer(case: list[Any]) -> Any:
    """One case of the sweep: a use case with a pattern, or with times its traffic."""
    id, what = case
    if isinstance(what, str):
        return tuned(FAMILIES[what], BY_ID[id])._asdict()
    return cheapest(other_traffic(BY_ID[id], what))


def bearable(scenario: Scenario) -> list[float]:
    """The GROWTHS at which a stretch has not too many requests."""
    others = {times: other_traffic(scenario, times) for times in GROWTHS}
    return [times for times, other in others.items() if other.mean_rate * other.duration <= MOST]


def narrowed(flips: Iterable[Flip]) -> list[float]:
    """The middles of the stretches of traffic in which the answer changes."""
    return [round(sqrt(flip.low * flip.high), 4) for flip in flips if flip.knob == TRAFFIC]


def write(choices: dict[str, Choice], path: Path = STORED) -> None:
    """Store the answers, a line for each, with the recipe."""
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(written(one), ensure_ascii=False, allow_nan=False)}"
                       for name, one in choices.items())
    here = f"{RECIPE}; here by Python {platform.python_version()} with NumPy {np.__version__}"
    draft = path.with_name(f".{path.name}.new")
    draft.write_text(f'{{"recipe": {json.dumps(here)},\n"choices": {{\n{lines}\n}}}}\n', encoding="utf-8",
                     newline="\n")
    os.replace(draft, path)
    stored.cache_clear()


def sources() -> str:
    """Another text whenever the models or the prices are others: then nothing old is gone on with."""
    course = Path(__file__).resolve().parents[1]
    files = [file for name in MODELS for file in sorted(course.glob(f"{name}.py"))] + [data.path("prices")]
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
