"""What is stored that is nearest to some requirements: a place on the choice map, or a use case."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import inf, isfinite, prod
from typing import NamedTuple

from ..run import interval
from ..scenario import Scenario
from ..scenarios import SCENARIOS
from . import choice_map
from .choice_map import WORK, Cell
from .families import FAMILIES, MAY_WAIT, talks
from .flips import TRAFFIC, Flip, Row
from .winners import OPERATIONS, Choice, key, stored

NEAR = 4.0      # times as much, or as little, of anything is near enough
MEANT = {"rate": "requests a second, on average", "peak": "times the mean, in a rush",
         "promise": "seconds, for 99 % of the answers", "work": "seconds of a request, in all three steps"}


@dataclass(frozen=True)
class Requirements:
    """What somebody wants: `rate` in requests a second, times in seconds, money in US dollars a month.

    99 % of the answers, or of their first words, are promised within `promise`; `work` is what a request needs in all
    three steps; the `budget` is for the cloud alone, and `operations` is what each unit that is operated costs besides.
    """

    rate: float = 1.0
    peak: float = 10.0              # over the mean
    promise: float = 0.5
    work: float = sum(WORK)
    nothing_lost: bool = False
    exact: bool = False             # some data come late, and the final numbers have to be right all the same
    gpu: bool = False
    talks: bool = False             # each request waits for a language model
    budget: float = inf
    operations: float = OPERATIONS

    def __post_init__(self):
        for name in ("rate", "peak", "promise", "work"):
            value = getattr(self, name)
            if not (isfinite(value) and (value >= 1 if name == "peak" else value > 0)):
                least = "1 or more" if name == "peak" else "more than 0"
                raise ValueError(f"{name} is {MEANT[name]}, and must be {least}, got {value}")
        if not self.budget > 0:
            raise ValueError(f"budget is US dollars a month for the cloud, and must be more than 0, got {self.budget}")
        choice_map.check(self.operations)

    @property
    def sort(self) -> tuple[bool, bool, bool]:
        """What evidence must have in common: a GPU, a language model, a queue that keeps all."""
        return self.gpu, self.talks, self.nothing_lost or self.promise >= MAY_WAIT


class Evidence(NamedTuple):
    """Something stored: its answer as a place, seconds of work a request, and what it has in common with what."""

    name: str
    place: Cell
    work: float
    sort: tuple[bool, bool, bool]
    on_map: bool
    growth: tuple[Flip, ...] = ()       # where its traffic changes the answer, with operations at OPERATIONS

    def factors(self, wanted: Requirements) -> dict[str, float]:
        """How many times as much as here is wanted."""
        return {"work to do": wanted.rate * wanted.work / (self.place.rate * self.work),
                "peak over mean": wanted.peak / self.place.burstiness,
                "promise": wanted.promise / self.place.promise, "work of a request": wanted.work / self.work}

    def distance(self, wanted: Requirements) -> float:
        """All factors multiplied, each as one above 1."""
        return prod(map(apart, self.factors(wanted).values()))

    def near(self, wanted: Requirements) -> bool:
        """Whether no factor is beyond NEAR."""
        return all(apart(factor) <= NEAR * (1 + 1e-9) for factor in self.factors(wanted).values())


def apart(factor: float) -> float:
    """A factor as one above 1."""
    return max(factor, 1 / factor)


def nearest(wanted: Requirements) -> Evidence | None:
    """The nearest of its sort; None where nothing is of its sort."""
    found = [one for one in known() if one.sort == wanted.sort]
    return min(found, key=lambda one: (not one.near(wanted), one.distance(wanted), one.name), default=None)


@lru_cache
def known() -> tuple[Evidence, ...]:
    """All that is stored."""
    return *of_map(), *of_use_cases()


def of_map() -> Iterator[Evidence]:
    """The places on the map."""
    for cell in choice_map.stored().places:
        yield Evidence(f"the place on the map with {cell.rate:g} requests a second, a peak of {cell.burstiness:g} "
                       f"times the mean and {cell.promise:g} s", cell, sum(WORK),
                       (False, False, cell.promise >= MAY_WAIT), True)


def of_use_cases() -> Iterator[Evidence]:
    """The use cases of the course."""
    for one, choice in answered():
        place = Cell(one.slo.seconds, one.mean_rate, one.peak_rate / one.mean_rate, choice.rows)
        queue = one.most_lost == 0 or one.slo.seconds >= MAY_WAIT
        yield Evidence(f"the use case {one.id}, {one.name}", place, sum(one.mean_work),
                       (bool(one.gpu), talks(one), queue), False, tuple(choice.flips_of(TRAFFIC)))


def answered() -> list[tuple[Scenario, Choice]]:
    """The use cases whose answer is stored, and that."""
    return [(one, stored()[key(one)]) for one in SCENARIOS if key(one) in stored()]


@lru_cache
def accurate() -> frozenset[str]:
    """Patterns whose final numbers are right in every use case of `strict()`; no traffic has to do with that."""
    return frozenset(FAMILIES) - {row.pattern for one, choice in answered() if one in strict()
                                  for row in choice.rows if "accuracy" in row.broken}


def strict() -> list[Scenario]:
    """The use cases with a rule for how wrong the final numbers may be."""
    return [one for one in SCENARIOS if isfinite(one.most_error)]


def under(wanted: Requirements, place: Cell) -> Cell:
    """The same place, under the rules of what is wanted."""
    return place._replace(rows=[judged(row, wanted) for row in place.rows])


def judged(row: Row, wanted: Requirements) -> Row:
    """A row under other rules: the budget, losses, and final numbers that have to be right."""
    rules = {rule: why for rule, why in zip(row.broken, row.why.split("; ")) if rule not in ("budget", "accuracy")}
    if row.bills and (high := interval(row.bills).high) > wanted.budget:
        rules["budget"] = f"costs up to {high:,.0f} USD a month, more than the budget of {wanted.budget:,.0f}"
    if row.bills and wanted.nothing_lost and row.lost > 0:
        rules["losses"] = f"loses {row.lost:.2g} of the requests where none may get lost"
    if row.bills and wanted.exact and row.pattern not in accurate():
        rules["accuracy"] = f"final numbers wrong, or not there, in {', '.join(one.id for one in strict())}"
    return row._replace(passes=not rules, broken=list(rules), why="; ".join(rules.values()))
