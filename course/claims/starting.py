"""Experiments on how large to begin: a small design that is split when it must, and a large one from the first day."""

from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from ..prices import HOURS_IN_A_MONTH, SERVER, Prices
from .claim import Sides

if TYPE_CHECKING:
    from pandas import DataFrame

CORES = 2       # of the course's server


@dataclass(frozen=True)
class StartSmall:
    """US dollars in two years for a project; the knob is the probability that its traffic grows.

    A project that grows takes one of the two ways of `growths` that lead up, as likely as the other. One application
    does at most `limit` requests a second, and is split in the month in which more come; `overrun` is the spread of
    what that costs, as the sigma of a log-normal law. Services stand twice each from the first day. All prices but
    those of the machines are assumptions: set your own.
    """

    growths: tuple[float, float, float] = (1.0, 1.1, 1.25)      # times the requests of the month before
    rate: float = 10.0              # requests a second in the first month
    seconds: float = 0.1            # of work for a request
    limit: float = 40.0
    target: float = 0.6             # busy share of the processors
    services: int = 4
    operations: float = 100.0       # US dollars a month for each unit that is operated
    migration: float = 20_000.0     # US dollars for splitting it later, with all that comes with it
    overrun: float = 0.5
    months: int = 24
    projects: int = 200
    prices: Prices | None = None

    def sides(self, knob, traces):
        return self.compared(knob, self.migration, traces)

    def others(self, traces):
        sorry = "US dollars more than the other choice, on the worst of the three ways"
        return [("hold", "growth is certain, and splitting costs a tenth",
                 self.compared(1.0, self.migration / 10, traces)),
                ("hold", "growth is unlikely, and splitting costs twice as much",
                 self.compared(0.2, 2 * self.migration, traces)),
                ("fail", "growth is certain, and splitting costs twice as much",
                 self.compared(1.0, 2 * self.migration, traces)),
                *((role, name, Sides(*([usd] * traces for usd in self.regret(times)), sorry)) for role, name, times in (
                    ("hold", "the worst way", 1), ("fail", "the worst way, and splitting costs twice as much", 2)))]

    def compared(self, probability: float, migration: float, traces: int) -> Sides:
        """US dollars a project on each trace: begun small, and begun large."""
        small, large, split = self.ways()
        own, other = [], []
        for trace in range(traces):
            chances, overruns = self.drawn(trace)
            way = np.where(chances < probability / 2, 1, np.where(chances < probability, 2, 0))
            own.append(float(np.mean(small[way] + split[way] * migration * overruns)))
            other.append(float(np.mean(large[way])))
        return Sides(own, other)

    def drawn(self, trace: int) -> tuple[np.ndarray, np.ndarray]:
        """A chance for each project, and by how much its migration costs more than planned, 1 on average."""
        rng = np.random.default_rng([110, trace])
        return rng.random(self.projects), rng.lognormal(-self.overrun**2 / 2, self.overrun, self.projects)

    def ways(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For each of the three ways: US dollars begun small without the split, begun large; whether it is split."""
        rates = self.rate * np.array(self.growths)[:, None] ** np.arange(self.months)
        before, after = self.month(rates, 1, 1), self.month(rates, self.services, 2 * self.services)
        split = np.maximum.accumulate(rates > self.limit, axis=1)
        return np.where(split, after, before).sum(axis=1), after.sum(axis=1), split[:, -1]

    def month(self, rates: np.ndarray, units: int, least: int) -> np.ndarray:
        """US dollars a month: what is operated, and machines for so many requests a second, `least` at any rate."""
        machines = np.maximum(least, np.ceil(np.round(rates * self.seconds / self.target / CORES, 9)))
        return units * self.operations + machines * server_month(self.prices)

    def regret(self, times: float = 1) -> tuple[float, float]:
        """US dollars that the other choice would have saved on the worst of the three ways, begun small and large.

        Splitting is so many `times` as dear as usual.
        """
        small, large, split = self.ways()
        begun_small = small + split * times * self.migration
        best = np.minimum(begun_small, large)
        return float((begun_small - best).max()), float((large - best).max())

    def flips_at(self, migration: float | None = None) -> float:
        """The probability of growth from which to begin large is cheaper; infinite where it never is. By algebra."""
        small, large, _ = self.ways()
        stays, *others = (large - small).tolist()
        later = (self.migration if migration is None else migration) - sum(others) / 2
        return stays / (stays + later) if later > 0 else inf

    def table(self) -> "DataFrame":
        """US dollars in two years on each of the three ways, migration as planned."""
        from pandas import DataFrame

        small, large, split = self.ways()
        names = [f"{growth:g} times a month" for growth in self.growths]
        return DataFrame({"split": split, "begun small (USD)": small + split * self.migration,
                          "begun large (USD)": large}, index=names)


@lru_cache(maxsize=8)
def server_month(prices: Prices | None) -> float:
    """US dollars for a month of the course's server."""
    return (prices or Prices.read()).usd(SERVER) * HOURS_IN_A_MONTH
