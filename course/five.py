"""All five patterns, each as it is by default, on the very same requests: how fast, how complete, and how dear."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import views
from .patterns.event_driven import EventDriven
from .patterns.lambda_architecture import LambdaArchitecture
from .patterns.microservices import Microservices
from .patterns.monolith import Monolith
from .patterns.serverless import Serverless
from .prices import Prices
from .run import Run, interval, percentile_interval
from .simulation import replicate
from .workload import Work, Workload

if TYPE_CHECKING:
    from pandas import DataFrame

DESIGNS: dict[str, Any] = {"Monolith": Monolith(), "Microservices": Microservices(), "EventDriven": EventDriven(),
                           "LambdaArchitecture": LambdaArchitecture(), "Serverless": Serverless()}
REQUESTS = Workload(arrival_rate=10, duration=600, mean_work=Work(0.020, 0.050, 0.010))
WARM_UP = 300.0     # seconds: until the first batch view is there, and functions are warm
STORED = Path(__file__).with_name("five.csv")       # made by `course five --measure`


def stored() -> DataFrame:
    """What `side_by_side()` gives, as it was measured once; `course five --measure` makes it anew."""
    from pandas import read_csv

    return read_csv(STORED, index_col="design")


def measure() -> DataFrame:
    """Measure all five and store the table, whole or not at all."""
    table, draft = side_by_side(), STORED.with_suffix(".new")
    table.to_csv(draft, lineterminator="\n")
    os.replace(draft, STORED)
    return table


def side_by_side(workload: Any = REQUESTS, traces: int = 10, designs: Mapping[str, Any] = DESIGNS) -> DataFrame:
    """A row for each design: seconds to the answer, shares, staleness in seconds, US dollars for a million requests.

    The columns low and high are the ends of 95 % intervals; each line item of the bill has a column of its own.
    """
    from pandas import DataFrame

    prices = Prices.read()
    rows = {name: row([run.after(WARM_UP) for run in replicate(design, workload, traces)], prices)
            for name, design in designs.items()}
    return DataFrame(rows.values(), index=list(rows)).rename_axis("design")


def row(runs: Sequence[Run], prices: Prices) -> dict[str, float]:
    """The cells of one design."""
    p50, p95 = (percentile_interval(runs, p) for p in (50, 95))
    bills = [a_million(run, prices) for run in runs]
    total = interval([sum(bill.values()) for bill in bills])
    return {"p50": p50.mean, "p50 low": p50.low, "p50 high": p50.high, "p95": p95.mean, "p95 low": p95.low,
            "p95 high": p95.high, "refused": float(np.mean([run.refused for run in runs])),
            "unfinished": float(np.mean([run.share("unfinished") for run in runs])), "staleness": staleness(runs),
            "USD a million": total.mean, "USD low": total.low, "USD high": total.high,
            **{f"of which {item}": float(np.mean([bill[item] for bill in bills])) for item in bills[0]}}


def a_million(run: Run, prices: Prices) -> dict[str, float]:
    """US dollars for a million requests as in this run, by item."""
    requests = int(np.sum(run.arrival_times >= run.start))
    return {item: usd / requests * 1e6 for item, usd in run.design.bill(run, prices).items()}


def staleness(runs: Sequence[Run]) -> float:
    """The mean age of the batch view, in seconds; not a number where a design has none."""
    if "batch" not in runs[0].jobs:
        return nan
    return float(np.mean([views.ask(run, np.linspace(run.start, run.end, 200)).staleness.mean() for run in runs]))
