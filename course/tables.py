"""Tables from runs: every measure with its interval, its unit in the column's name, and what was left undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from .run import Interval, Run, measure, percentile_interval

if TYPE_CHECKING:
    from pandas import DataFrame

MEASURES = ("mean", "p50", "p95")


def summary(runs_by_name: Mapping, index: str = "design") -> DataFrame:
    """A row for each named list of replications: response times in seconds with the ends of their 95 % intervals.

    `utilisation` is that of the busiest pool; `refused` (throttled, lost and so on) and `unfinished` are shares. With a
    single run the intervals are unknown.
    """
    from pandas import DataFrame, Index

    rows = [summary_row(runs) for runs in runs_by_name.values()]
    return DataFrame(rows, index=Index(list(runs_by_name), name=index))


def summary_row(runs: Sequence[Run]) -> dict[str, float]:
    """The cells of one row of `summary`."""
    cells: dict[str, float] = {}
    for name, found in zip(MEASURES, (mean_interval(runs), *(percentile(runs, p) for p in (50, 95)))):
        cells |= {f"{name} (s)": found.mean, f"{name} low (s)": found.low, f"{name} high (s)": found.high}
    return {**cells, "utilisation": float(np.mean([busiest(run) for run in runs])),
            "refused": float(np.mean([run.refused for run in runs])),
            "unfinished": float(np.mean([run.share("unfinished") for run in runs])),
            "requests": sum(int(np.sum(run.arrival_times >= run.start)) for run in runs), "runs": len(runs)}


def mean_interval(runs: Sequence[Run]) -> Interval:
    """The mean response time; its ends are unknown for a single run."""
    if len(runs) == 1:
        return Interval(runs[0].mean_response, nan, nan, 1)
    return measure(runs, lambda run: run.mean_response)


def percentile(runs: Sequence[Run], p: float) -> Interval:
    """A percentile of the response times; its ends are unknown for a single run."""
    if len(runs) == 1:
        return Interval(runs[0].percentile(p), nan, nan, 1)
    return percentile_interval(runs, p)


def busiest(run: Run) -> float:
    """The utilisation of the pool that limits the design."""
    return max((run.utilisation(pool) for pool in run.jobs), default=0.0)


def readable(table: DataFrame) -> DataFrame:
    """A `summary` for the page: each value with its interval in one cell, shares in percent; no refusals, no column."""
    from pandas import DataFrame

    columns: dict = {f"{name} (s)": [with_ends(*row) for row in table[
        [f"{name} (s)", f"{name} low (s)", f"{name} high (s)"]].to_numpy()] for name in MEASURES}
    for share in ("utilisation", *(["refused"] if table["refused"].any() else []), "unfinished"):
        columns[f"{share} (%)"] = [f"{value:.1%}".removesuffix("%") for value in table[share]]
    columns["requests"] = [f"{count:,}" for count in table["requests"]]
    return DataFrame({**columns, "runs": table["runs"].to_numpy()}, index=table.index)


def with_ends(mean: float, low: float, high: float) -> str:
    """A value and its interval: `0.61 [0.58, 0.65]`."""
    return f"{mean:.3g}" if low != low else f"{mean:.3g} [{low:.3g}, {high:.3g}]"


def bill(bills: Mapping[str, Mapping[str, float]], unit: str = "USD") -> DataFrame:
    """A row for each design and a column for each line item, with the total at the end."""
    from pandas import DataFrame, Index

    table = DataFrame(list(bills.values()), index=Index(list(bills), name="design")).fillna(0.0)
    table["total"] = table.sum(axis=1)
    return table.rename(columns=lambda item: f"{item} ({unit})")
