"""The choice map: which pattern is cheapest for a request rate, a burstiness, a promise and a price of operations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, inf, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import data
from ..prices import Prices
from ..run import Interval, interval
from ..scenario import CrashOfLargestPool, Scenario, Slo
from ..workload import Diurnal, Work
from .families import UNITS
from .flips import Row

if TYPE_CHECKING:
    from pandas import DataFrame

    from ..picture import Picture

PROMISES = (0.5, 4.0, 30.0)                             # seconds, for 99 % of the requests
RATES = (0.05, 0.2, 0.8, 3.2, 12.8, 51.2, 204.8)        # requests a second, on average
BURSTINESS = (1.5, 3.0, 10.0, 30.0, 100.0)              # times the mean, in a rush
RUSH, SHARE = 2.0, 0.5                                  # seconds of a rush, and its share of all requests
ENOUGH, SHORTEST = 4_000, 60.0                          # requests, and seconds, of a trace at least
WORK = Work(*data.work("image_classifier"))
NOBODY, UNDECIDED, NOT_THERE = "nobody", "undecided", "not looked at"
STORED = Path(__file__).parent / "results" / "map.json"         # made by `course choose --map`


@dataclass(frozen=True)
class Together(Slo):
    """A promise that is kept where all traces together keep it.

    Few traces with a rush in each say little of the interval.
    """

    def verdict(self, late: Interval) -> str:
        """Whether the promise is kept."""
        return "met" if late.mean <= self.allowed else "missed"


class Cell(NamedTuple):
    """A place on the map, and how the patterns do there: rows without operations."""

    promise: float          # seconds
    rate: float             # requests a second
    burstiness: float       # peak over mean
    rows: list[Row]

    def ranked(self, operations: float) -> list[Row]:
        """Those that pass, with `operations` US dollars a month for each unit, the cheapest first."""
        passing = [priced(row, operations) for row in self.rows if row.passes]
        return sorted(passing, key=lambda row: (row.total_usd, row.pattern))

    def difference(self, operations: float) -> Interval | None:
        """What the second costs more than the first, in US dollars a month, paired by trace; None without a second."""
        ranked = self.ranked(operations)
        return dearer(ranked[0], ranked[1], operations) if len(ranked) > 1 else None

    def answer(self, operations: float) -> str:
        """The cheapest that passes, or that nobody can tell, or that there is none."""
        ranked, difference = self.ranked(operations), self.difference(operations)
        if difference and not difference.clear:
            return UNDECIDED
        return ranked[0].pattern if ranked else NOBODY

    def close(self, operations: float) -> bool:
        """Whether a machine more or less would turn the answer round."""
        difference = self.difference(operations)
        return difference is not None and abs(difference.mean) < machine_usd()


@dataclass(frozen=True)
class ChoiceMap:
    """All places, and how they were computed."""

    recipe: str
    places: tuple[Cell, ...]

    def sheet(self, promise: float) -> list[Cell]:
        """The places with a promise in seconds; raises ValueError for one that is not on the map."""
        found = [cell for cell in self.places if cell.promise == promise]
        if not found:
            raise ValueError(f"the map has no sheet for a promise of {promise:g} s: choose one of "
                             f"{', '.join(f'{one:g}' for one in self.promises)}")
        return found

    @property
    def promises(self) -> list[float]:
        """The promises of its sheets, in seconds."""
        return sorted({cell.promise for cell in self.places})

    def cells(self, slo: float, operations: float = 100.0) -> DataFrame:
        """The answers for a promise in seconds and a price in US dollars a unit and month: a row for each rate."""
        from pandas import DataFrame

        check(operations)
        answers = DataFrame([(cell.rate, cell.burstiness, cell.answer(operations)) for cell in self.sheet(slo)],
                            columns=["requests a second", "peak over mean", "answer"])
        table = answers.pivot(index="requests a second", columns="peak over mean", values="answer")
        return table.fillna(NOT_THERE)

    def line(self, cell: Cell, edge: str) -> list[Cell]:
        """The places that differ from one only in its "promise", "rate" or "burstiness", in order of that."""
        others = [name for name in Cell._fields[:3] if name != edge]
        found = [one for one in self.places if all(getattr(one, name) == getattr(cell, name) for name in others)]
        return sorted(found, key=lambda one: getattr(one, edge))

    def picture(self, slo: float, operations: float = 100.0) -> Picture:
        """The answers for a promise in seconds and a price in US dollars a unit and month, as a figure."""
        from .map_picture import drawn

        check(operations)
        return drawn(self.sheet(slo), operations)

    def cell(self, promise: float, rate: float, burstiness: float) -> Cell:
        """The place with just these numbers; raises ValueError when it is not on the map."""
        for cell in self.sheet(promise):
            if (cell.rate, cell.burstiness) == (rate, burstiness):
                return cell
        raise ValueError(f"the map has no place for {rate:g} requests a second and {burstiness:g} times the mean: "
                         "take both from its edges")

    def told(self, operations: float = 100.0) -> str:
        """All sheets as text."""
        return "\n\n".join(f"99 % within {promise:g} s, operations at {operations:g} USD a unit and month\n"
                           f"{self.cells(promise, operations).to_string()}" for promise in self.promises)

    def leaf_shares(self, leaf: Callable[[Scenario], Iterable[str]], operations: float = 100.0) -> DataFrame:
        """How well a rule agrees with the map: a row for each set of patterns that `leaf` names.

        Columns are percent of the area: how much of the map ends there, and of that, where the cheapest is named,
        where it is not, and where there is none or nobody can tell.
        """
        from pandas import DataFrame

        ends: dict[str, list[str]] = {}
        for cell in self.places:
            ends.setdefault(" or ".join(leaf(scenario(*cell[:3]))), []).append(cell.answer(operations))
        return DataFrame([shares(name, answers, len(self.places)) for name, answers in ends.items()]).set_index("leaf")


def shares(leaf: str, answers: Sequence[str], places: int) -> dict[str, Any]:
    """The row of a leaf; on the map, where both edges are powers, each place has the same area."""
    open_ones = sum(answer in (NOBODY, UNDECIDED) for answer in answers)
    agreed = sum(answer in leaf.split(" or ") for answer in answers)
    percent = 100 / len(answers)
    return {"leaf": leaf, "of the map (%)": 100 * len(answers) / places, "cheapest named (%)": agreed * percent,
            "another cheapest (%)": (len(answers) - open_ones - agreed) * percent, "open (%)": open_ones * percent}


@lru_cache
def machine_usd() -> float:
    """What a machine costs, in US dollars a month."""
    return Prices.read().server_month


def check(operations: float) -> None:
    """Raises ValueError for a price that nobody can pay."""
    if not 0 <= operations < inf:
        raise ValueError(f"the operations price must be 0 US dollars a month or more, got {operations}")


def priced(row: Row, operations: float) -> Row:
    """The row with a price for operations in its total."""
    return row._replace(total_usd=row.cloud_usd + row.units * operations)


def dearer(first: Row, second: Row, operations: float) -> Interval:
    """What the second costs more, paired by trace."""
    more = (second.units - first.units) * operations
    return interval([b - a + more for a, b in zip(first.bills, second.bills)])


def scenario(promise: float, rate: float, burstiness: float) -> Scenario:
    """The use case of a place on the map: in each round one rush, which has half of all requests.

    A machine dies four times a month, and hardly anything may get lost.
    """
    arrivals = rounds(burstiness)
    seconds = arrivals.day * ceil(max(ENOUGH / rate, SHORTEST) / arrivals.day - 1e-9)
    return Scenario(
        id="map", name="A place on the map", use_case="none", story="An image classifier, with rushes.",
        mean_rate=rate, peak_rate=rate * burstiness, arrivals=arrivals, mean_work=WORK, slo=Together(99, promise),
        budget=inf, availability=0.99, most_lost=1e-3, gb_per_day=1.0, teams=1, changes_per_week=1.0,
        duration=seconds, mishap=(CrashOfLargestPool(0.6 * seconds, 10.0),))


def rounds(burstiness: float) -> Diurnal:
    """Rounds with one rush of RUSH seconds after a third of them; calm is what is left for the other parts."""
    parts = round(burstiness / SHARE)
    profile = [(1 - SHARE) * parts / (parts - 1)] * parts
    profile[parts // 3] = burstiness
    return Diurnal(tuple(profile), RUSH * parts)


@lru_cache(maxsize=2)
def stored(path: Path = STORED) -> ChoiceMap:
    """The map as it was computed once; `course choose --map` makes it anew. Raises ValueError where it is missing."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return ChoiceMap(found["recipe"], tuple(read(*place) for place in found["places"]))
    except (OSError, KeyError, TypeError, ValueError) as problem:
        raise ValueError(f"the choice map in {path} cannot be read ({type(problem).__name__}): `course choose --map` "
                         "makes it anew, or restore the file") from None


def read(promise: float, rate: float, burstiness: float, rows: Iterable[Sequence[Any]]) -> Cell:
    """A place from what JSON holds of it."""
    return Cell(promise, rate, burstiness, [row_of(*fields) for fields in rows])


def row_of(pattern: str, sizes: dict[str, int], evaluations: int, ended: str, response: float | None, lost: float,
           broken: list[str], why: str, bills: list[float]) -> Row:
    """A row without what no map needs: operations, line items, days to a release."""
    cloud = sum(bills) / len(bills)
    response = inf if response is None else response
    slo = "missed" if "promise" in broken else "met"
    return Row(pattern, "", sizes, evaluations, ended, UNITS[pattern], cloud, cloud, response, slo, lost, None,
               not broken, broken, why, nan, bills, {})


def fields_of(row: Row) -> list[Any]:
    """What is stored of a row, money in cents."""
    response = None if row.response == inf else round(row.response, 4)
    return [row.pattern, row.sizes, row.evaluations, row.ended, response, float(f"{row.lost:.3g}"), row.broken,
            row.why, [round(bill, 2) for bill in row.bills]]
