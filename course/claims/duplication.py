"""Experiments on a computation that is written twice: copies that differ for a while, and a mistake that is shared."""

from ast import AST, Attribute, Call, Name, iter_child_nodes, parse, walk
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from inspect import getsource

import numpy as np

from .. import data, pipeline
from .claim import Sides, paired

READ = "amount_cents"       # who reads it says what the number is


@dataclass(frozen=True)
class Copies:
    """Percent of the days on which a layer is wrong; the knob is the percent of changes that bring a mistake.

    Changes come at `changes_per_week`. The second copy follows after `follows` days on average; of the changes, the
    share `forgotten` waits for `remembered` days instead. A mistake in one of two copies is found as soon, for they
    differ; one in the definition that both share shows nowhere, and stays for `remembered` days on average.
    """

    changes_per_week: float = 1.0
    follows: float = 2.0
    forgotten: float = 0.05
    remembered: float = 30.0
    weeks: int = 260

    def sides(self, knob, traces):
        return paired(self.wrong(knob / 100, trace) for trace in range(traces))

    def others(self, traces):
        written, shared = (pipeline.batch, pipeline.speed), (pipeline.batch_shared, pipeline.speed_shared)
        days, places, alike = ("percent of the days in data/events.csv on which the layers differ",
                               "functions that say what the number is, in the course's own pipeline",
                               "percent of the batch layer's code that the speed layer has too")
        none = [0.0] * traces
        return [("hold", "the course's own two functions, against those that share a definition",
                 counted(differing(*written), differing(*shared), days, traces)),
                ("hold", "the same functions", counted(len(readers(*written)), len(readers(*shared)), places, traces)),
                ("fail", "the same functions, by their words",
                 counted(similarity(*written), similarity(*shared), alike, traces)),
                ("fail", "a library that both layers call, and no mistakes", Sides(none, none)),
                ("hold", "the second copy follows within half a day, and one in a hundred is forgotten",
                 paired(replace(self, follows=0.5, forgotten=0.01).wrong(0.0, trace) for trace in range(traces)))]

    def wrong(self, mistakes: float, trace: int) -> tuple[float, float]:
        """Percent of days on which a layer is wrong: with two copies, and with one definition that both share."""
        rng = np.random.default_rng([111, trace])
        number = rng.poisson(self.changes_per_week * self.weeks)
        came = np.sort(rng.uniform(0, 7 * self.weeks, number))
        waits, chances = rng.exponential(size=(4, number)), rng.random((3, number))
        apart = waits[0] * np.where(chances[0] < self.forgotten, self.remembered, self.follows)
        first, second = (self.follows * waits[copy] * (chances[copy] < mistakes) for copy in (1, 2))
        hidden = self.remembered * waits[3] * (chances[1] < mistakes)
        copies = covered([*came, *came, *came + apart], [*came + apart, *came + first, *came + apart + second])
        return 100 * copies / (7 * self.weeks), 100 * covered(came, came + hidden) / (7 * self.weeks)


def covered(starts, ends) -> float:
    """The length of all that lies in at least one stretch."""
    order = np.argsort(starts, kind="stable")
    begins, last = np.asarray(starts)[order], np.maximum.accumulate(np.asarray(ends)[order])
    before = np.concatenate([[-np.inf], last[:-1]])
    return float(np.maximum(0, last - np.maximum(begins, before)).sum())


def counted(own: float, other: float, metric: str, traces: int) -> Sides:
    """What has no chance in it: the same on every trace."""
    return Sides([float(own)] * traces, [float(other)] * traces, metric)


@lru_cache(maxsize=8)
def differing(batch: Callable, speed: Callable) -> float:
    """Percent of the days in data/events.csv for which two functions of the pipeline do not give the same."""
    events = data.table("events")
    whole, one_by_one = batch(events), pipeline.stream(speed, events)
    return 100 * float(np.mean([whole[day] != one_by_one[day] for day in whole.index]))


def readers(*functions: Callable) -> set[str]:
    """The functions, of these and of those in the pipeline that they call, that say what is counted."""
    found = set()
    for function in functions:
        nodes = list(walk(parse(getsource(function))))
        if any(isinstance(node, Attribute) and node.attr == READ for node in nodes):
            found.add(function.__name__)
        called = {node.func.id for node in nodes if isinstance(node, Call) and isinstance(node.func, Name)}
        found |= readers(*(getattr(pipeline, name) for name in sorted(called) if hasattr(pipeline, name)))
    return found


def similarity(function: Callable, other: Callable) -> float:
    """Percent of the shingles of either function that both have, by Jaccard."""
    own, others = shingles(function), shingles(other)
    return 100 * len(own & others) / len(own | others)


def shingles(function: Callable, length: int = 4) -> set[tuple[str, ...]]:
    """All runs of so many kinds of nodes in the tree of a function's text."""
    row = list(kinds(parse(getsource(function))))
    return {tuple(row[first:first + length]) for first in range(len(row) - length + 1)}


def kinds(node: AST) -> Iterator[str]:
    """The kinds of the nodes of a tree, each before those in it; what a name stands for does not matter."""
    yield type(node).__name__
    for child in iter_child_nodes(node):
        yield from kinds(child)
