"""The results of the claims, stored: a page shows them at once, and `course claims --measure` makes them anew."""

import json
import os
import platform
from collections.abc import Iterable
from functools import lru_cache, partial
from hashlib import sha256
from math import isnan, nan
from pathlib import Path
from typing import Any

import numpy as np

from ..run import Interval
from .claim import Arm, Claim, Result, computed

TRACES = 10
STORED = Path(__file__).with_name("results.json")
dumps = partial(json.dumps, ensure_ascii=False, allow_nan=False)


def run(claim: Claim, traces: int = TRACES) -> Result:
    """Test a claim on so many traces; raises ValueError below ten, too few to trust an interval.

    The course's own claims on ten traces are read from results.json, which `course claims --measure` makes anew after a
    change of the models or the data. Other assumptions, as after `replace`, or more traces are computed here, once.
    """
    if traces < 10:
        raise ValueError(f"a claim is tested on at least 10 traces, got {traces}")
    return found(claim, traces) or computed(claim, traces)


def found(claim: Claim, traces: int = TRACES, path: Path = STORED) -> Result | None:
    """The stored result of a claim with just these assumptions and traces, if there is one."""
    kept = contents(path).get(key(claim, traces))
    if kept is None:
        return None
    boundary = nan if kept["boundary"] is None else kept["boundary"]
    return Result(claim, tuple(map(arm, kept["arms"])), tuple(map(arm, kept["also"])), boundary)


@lru_cache(maxsize=2)
def contents(path: Path) -> dict[str, Any]:
    """What the file says, by `key`; nothing without the file."""
    return json.loads(path.read_text(encoding="utf-8"))["results"] if path.is_file() else {}


def key(claim: Claim, traces: int) -> str:
    """Another one whenever anything in the claim or its experiment, or the class of the experiment, is another."""
    says = f"{type(claim.experiment).__module__} {claim!r}"
    return f"{claim.id} on {traces} traces, {sha256(says.encode()).hexdigest()[:16]}"


def arm(fields: list[Any]) -> Arm:
    """An arm from its fields, each interval in a list of its own."""
    role, name, pattern, comparison, effect, metric = fields
    return Arm(role, name, Interval(*pattern), Interval(*comparison), Interval(*effect), metric)


def write(results: Iterable[Result], path: Path = STORED) -> None:
    """Store results on ten traces, all or none: where the file cannot be written, nothing is computed."""
    draft = path.with_name(f".{path.name}.new")
    try:
        with open(draft, "w", encoding="utf-8", newline="\n") as file:
            file.write(text(results))
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    contents.cache_clear()


def text(results: Iterable[Result]) -> str:
    """The file: its recipe, and on a line for each result what cannot be read off the claim."""
    recipe = (f"`course claims --measure`: every claim of the course on {TRACES} traces, here by Python "
              f"{platform.python_version()} with NumPy {np.__version__}")
    lines = ",\n".join(f"{dumps(key(result.claim, TRACES))}: {dumps(parts(result))}" for result in results)
    return f'{{"recipe": {dumps(recipe)},\n"results": {{\n{lines}\n}}}}\n'


def parts(result: Result) -> dict[str, Any]:
    """Both rows of arms, and the boundary, which is None where it is not a number."""
    return {"arms": result.arms, "also": result.also, "boundary": None if isnan(result.boundary) else result.boundary}
