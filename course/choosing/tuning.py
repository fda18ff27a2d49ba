"""Tuning: the smallest sizes with which a pattern keeps a use case's promise, found with the same budget for each."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..prices import Prices
from ..run import Run
from ..scenario import Scenario, Trial, bills, judged, monthly, several_days
from ..simulation import replicate, simulate
from .families import Family, Sizes

EVALUATIONS = 16        # sizes that are tried, for any pattern
QUICK, TRACES = 3, 10   # on which a first guess is tried, and the sizes around it
LEVELS = 64             # steps from LEAST times the mean rate to MOST times the peak, for which a first guess is enough
LEAST, MOST = 0.8, 2.0
HOPELESS = 1.25         # times the late requests that are allowed: then other traces are not tried

SMALLEST = "nothing can be left out anywhere"
NO_KNOB = "there are no sizes to choose"
BUDGET = "the budget of the search was used up"
NEVER = "no sizes that were tried keep the promise"


class Tuned(NamedTuple):
    """A design with its sizes, what the search says of them, and how it does: `row` as from `evaluate`.

    `bills` are US dollars a month of the cloud, a number for each trace, and `items` their mean by line item. The
    row is empty for what is impossible.
    """

    family: str
    sizes: Sizes
    evaluations: int
    ended: str
    row: dict[str, Any]
    bills: list[float]
    items: dict[str, float]


def tuned(family: Family, scenario: Scenario, evaluations: int = EVALUATIONS, traces: int = TRACES) -> Tuned:
    """The smallest sizes that the search finds, and how they do on so many traces.

    First a level between the mean and the peak rate is halved in on, where each size is what the mean work of such a
    rate needs; then the level rises until the promise is kept on all traces, and each size is lowered while it still
    is. The search looks at the promise alone; no other rule depends on sizes, but for the budget, which wants them
    small.
    """
    if reason := family.cannot(scenario):
        return Tuned(family.name, {}, 0, reason, {}, [], {})
    search = Search(family, scenario, evaluations, traces)
    sizes, ended = search.smallest()
    return measured(family, scenario, sizes, traces, search.tried.get(key(sizes)))._replace(
        evaluations=search.spent, ended=ended)


def measured(family: Family, scenario: Scenario, sizes: Sizes, traces: int = TRACES, usual: list[Run] | None = None,
             ) -> Tuned:
    """How a design of these sizes does, without any search; `usual` has its first runs, if there are any."""
    design, prices = family.build(scenario, sizes), Prices.read()
    runs = list(usual or [])[:traces]
    runs += [simulate(design, scenario.workload.replication(number)) for number in range(len(runs), traces)]
    trial = Trial(runs, replicate(design, scenario.workload, traces, scenario.mishap),
                  several_days(scenario, design, traces))
    return Tuned(family.name, sizes, 0, "", plain(judged(scenario, trial, 0.0, prices)),
                 bills(runs, prices, trial.days), items(trial, prices))


class Search:
    """Sizes of a family, tried on a scenario until the budget of evaluations is spent."""

    def __init__(self, family: Family, scenario: Scenario, evaluations: int, traces: int):
        self.family, self.scenario, self.budget, self.traces = family, scenario, evaluations, traces
        self.tried: dict[tuple, list[Run]] = {}
        self.known: dict[tuple, bool] = {}
        self.spent = 0

    def smallest(self) -> tuple[Sizes, str]:
        """The sizes, and how the search ended."""
        level = self.guess()
        while not self.keeps(self.at(level), self.traces):
            if level >= LEVELS or self.over():
                return self.at(level), BUDGET if self.over() else NEVER
            level = LEVELS if self.spent == self.budget - 1 else self.next(level)      # the last try is the safest
        sizes = self.lowered(self.at(level))
        return sizes, BUDGET if self.over() else SMALLEST if sizes else NO_KNOB

    def guess(self) -> int:
        """The lowest level that seems to be enough on a few traces."""
        low, high = -1, LEVELS
        while high - low > 1 and self.at(low + 1) != self.at(high) and not self.over():
            middle = (low + high) // 2
            low, high = (low, middle) if self.keeps(self.at(middle), min(QUICK, self.traces)) else (middle, high)
        return high

    def next(self, level: int) -> int:
        """The next level with other sizes."""
        return next((higher for higher in range(level + 1, LEVELS) if self.at(higher) != self.at(level)), LEVELS)

    def lowered(self, sizes: Sizes) -> Sizes:
        """Sizes each of which was lowered, the first first, as long as the promise is kept."""
        for name in sizes:
            step = max(1, sizes[name] // 8)
            while step and not self.over():
                fewer = {**sizes, name: sizes[name] - step}
                if fewer[name] >= 1 and self.keeps(fewer, self.traces):
                    sizes = fewer
                else:
                    step //= 2
        return sizes

    def at(self, level: int) -> Sizes:
        """Sizes by formula for a rate between the mean and the peak."""
        low, high = LEAST * self.scenario.mean_rate, MOST * self.scenario.peak_rate
        return self.family.sizes(self.scenario, low * (high / low) ** (level / LEVELS))

    def over(self) -> bool:
        """Whether no other sizes may be tried."""
        return self.spent >= self.budget

    def keeps(self, sizes: Sizes, traces: int) -> bool:
        """Whether the promise is kept; on all traces with certainty, on a few it only has to seem so."""
        trial = (*key(sizes), traces)
        if trial not in self.known:
            self.spent += key(sizes) not in self.tried
            self.known[trial] = self.enough(self.tried.setdefault(key(sizes), []), sizes, traces)
        return self.known[trial]

    def enough(self, runs: list[Run], sizes: Sizes, traces: int) -> bool:
        """Run what has not been run yet, and stop when so many are late that other traces cannot make up for it."""
        slo, design = self.scenario.slo, self.family.build(self.scenario, sizes)
        allowed = HOPELESS * slo.allowed * self.scenario.mean_rate * self.scenario.duration * traces
        late = sum(map(slo.late, runs[:traces]))
        for number in range(len(runs), traces):
            if late > allowed:
                return False
            runs.append(simulate(design, self.scenario.workload.replication(number)))
            late += slo.late(runs[-1])
        share = slo.late_share(runs[:traces])
        return slo.verdict(share) == "met" if traces == self.traces else share.mean <= slo.allowed


def key(sizes: Sizes) -> tuple:
    """Sizes as a key of a dictionary."""
    return tuple(sorted(sizes.items()))


def items(trial: Trial, prices: Prices) -> dict[str, float]:
    """US dollars a month by line item; what is paid while a batch run lasts is taken from `days`, if there are any."""
    def each() -> Iterator[tuple[str, float]]:
        for item in trial.usual[0].design.bill(trial.usual[0], prices):
            lasting = trial.days and item in ("batch", "replay")
            runs = trial.days if lasting else trial.usual
            yield item, float(np.mean([monthly(run, prices, item) for run in runs]))

    return dict(each())


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row with Python's own values; None stands for what is not a number, as JSON wants it."""
    values = {name: value.item() if isinstance(value, np.generic) else value for name, value in row.items()}
    return {name: None if value != value else value for name, value in values.items()}
