"""What is seen of a design in a brief: the promise, the money, losses, the failure script, with intervals."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import inf, isnan
from typing import NamedTuple

import numpy as np

from ..choosing.families import UNITS, Sizes
from ..choosing.winners import lead_days
from ..prices import Prices
from ..run import Interval, Run, interval
from ..scenario import Scenario, Slo, bills, final, losses, several_days
from ..simulation import simulate
from .brief import Brief

TRACES, STRUCK, DAYS = 10, 5, 2     # stretches as usual, the first of them with the mishap, and three days each
NEVER = 10.0                        # times the promise: what a request without an answer counts as


class Result(NamedTuple):
    """One design on some traces: times in seconds, money in US dollars a month, `lost` as a share of the requests.

    `response` is the promised percentile, `again` the same after the mishap and the time to recover; `slowest` and
    `usd` have a number for each trace, so that two designs can be compared in pairs. Money has operations in it, but
    for the cloud's bill. `broken` names the rules.
    """

    design: str
    pattern: str
    response: Interval
    total_usd: Interval
    cloud_usd: Interval
    lost: float
    again: float
    error: float | None
    lead_days: float
    broken: tuple[str, ...]
    slowest: tuple[float, ...]
    usd: tuple[float, ...]


class Results(tuple[Result, ...]):
    """Results of several designs, shown as a table in a notebook and as lines elsewhere."""

    HEAD = ("design", "pattern", "promised percentile (s)", "on the worst trace (s)", "cloud (USD a month)",
            "with operations (USD a month)", "after the mishap (s)", "lost of a million", "wrong by (%)",
            "rules broken")

    @property
    def cells(self) -> list[tuple[str, ...]]:
        """The texts of the table."""
        return [(one.design, one.pattern, one.response.ends, f"{max(one.slowest):.3g}",
                 one.cloud_usd.ends, one.total_usd.ends, f"{one.again:.3g}", f"{1e6 * one.lost:.3g}",
                 "" if one.error is None else f"{one.error:.2g}", ", ".join(one.broken) or "none") for one in self]

    def beside(self, name: str | None) -> dict[str, Interval]:
        """How much more each other design costs a month than the one of this name, paired; who breaks a rule says so.

        Nothing without a design of that name.
        """
        first = next((one for one in self if one.design == name), None)
        return {f"{one.design}, {one.pattern}" + f" (breaks: {', '.join(one.broken)})" * bool(one.broken):
                difference(first, one) for one in self if first and one is not first}

    def __repr__(self):
        return "\n".join(" | ".join(row) for row in (self.HEAD, *self.cells))

    def _repr_html_(self):
        head = "".join(f'<th scope="col">{name}</th>' for name in self.HEAD)
        rows = "".join("<tr>" + "".join(f"<td>{text}</td>" for text in row) + "</tr>" for row in self.cells)
        traces = max((one.response.n for one in self), default=TRACES)
        return f"<table><caption>Means of {traces} traces [95 % interval]</caption><tr>{head}</tr>{rows}</table>"


def picked(designs: Mapping[str, tuple[str, Sizes]] | None, name: str) -> tuple[str, Sizes]:
    """The pattern and the sizes of a design; raises ValueError if none has the name."""
    if not designs or name not in designs:
        raise ValueError(f"there is no design {name}: write at least two, with the names A and B, in `designs` above")
    return designs[name]


def tried_all(brief: Brief, designs: Mapping[str, tuple[str, Sizes]] | None, traces: int = TRACES) -> Results:
    """A result for each design, all on the same traces; none as long as there is no design."""
    return Results(tried(brief, name, pattern, sizes, traces) for name, (pattern, sizes) in (designs or {}).items())


def what_if(changes: Mapping[str, Brief], designs: Mapping[str, tuple[str, Sizes]] | None) -> Results:
    """The same designs in each of several changed briefs, by the names of the changes."""
    return Results(result._replace(design=f"{result.design}, {name}")
                   for name, changed in changes.items() for result in tried_all(changed, designs))


def tried(brief: Brief, name: str, pattern: str, sizes: Sizes, traces: int = TRACES, first: int = 0) -> Result:
    """What is seen of one design on so many traces, from number `first` on; computed once for the same question."""
    return seen(brief, pattern, tuple(sorted(sizes.items())), traces, first)._replace(design=name)


@lru_cache(maxsize=256)
def seen(brief: Brief, pattern: str, sizes: tuple[tuple[str, int], ...], traces: int, first: int) -> Result:
    """The same, without a name."""
    scenario, design = brief.later, brief.build(pattern, dict(sizes))
    days = several_days(scenario, design, DAYS)
    usual = [simulate(design, scenario.workload.replication(first + number)) for number in range(traces)]
    struck = [simulate(design, run.workload, scenario.mishap) for run in usual[:STRUCK]]
    slowest = tuple(percentile(run, scenario.slo) for run in usual)
    again = np.mean([percentile(run.after(brief.mended), scenario.slo) for run in struck])
    cloud = bills(usual, Prices.read(), days)
    usd = tuple(bill + UNITS[pattern] * brief.operations for bill in cloud)
    result = Result("", pattern, interval(slowest), interval(usd), interval(cloud),
                    losses(scenario, struck, usual)["lost"], float(again), error(scenario, days),
                    lead_days(scenario, pattern), (), slowest, usd)
    return result._replace(broken=tuple(rule for rule, kept in rules(brief, result) if not kept))


def percentile(run: Run, slo: Slo) -> float:
    """The promised percentile of all who could have been answered in time; without an answer one counts as NEVER."""
    run = run.until(slo.until) if slo.until else run
    asked = (run.arrival_times >= run.start) & (run.arrival_times <= run.end - slo.seconds)
    answered = np.where(run.outcomes == 0, run.departure_times - run.arrival_times, inf)[asked]
    return float(np.percentile(np.minimum(answered, NEVER * slo.seconds), slo.percentile)) if len(answered) else 0.0


def error(scenario: Scenario, days: Sequence[Run]) -> float | None:
    """Percent that the number of a day is wrong a day later; None where a design counts none, or nobody cares."""
    values = [final(scenario, run) for run in days]
    return None if not values or isnan(values[0]) else float(np.mean(values))


def rules(brief: Brief, result: Result) -> tuple[tuple[str, bool], ...]:
    """The rules of a brief, and whether a result keeps them; what is promised must hold on average over the traces."""
    asked = brief.later
    right = asked.most_error == inf or (result.error is not None and result.error <= asked.most_error)
    return (("promise", result.response.mean <= asked.slo.seconds), ("budget", result.cloud_usd.mean <= asked.budget),
            ("losses", result.lost <= asked.most_lost), ("recovery", result.again <= asked.slo.seconds),
            ("accuracy", right), ("releases", result.lead_days <= brief.most_days))


def difference(one: Result, other: Result, measure: str = "usd") -> Interval:
    """How much more `usd` or `slowest` is in the other than in the one, paired trace by trace."""
    return interval([b - a for a, b in zip(getattr(one, measure), getattr(other, measure), strict=True)])
