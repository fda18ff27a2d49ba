"""The universal scalability law: throughput measured at 1 to 48 workers, the law fitted to it, and its peak."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..policies.batching import Batched
from ..run import Run, interval
from ..simulation import replicate
from ..theory import Scalability, fit_usl, measurements, usl
from ..workload import Work, Workload
from .designs import Faster

if TYPE_CHECKING:
    from pandas import DataFrame

WORKERS = (1, 2, 4, 8, 12, 16, 24, 32, 48)
SECONDS = 0.1       # of work for a request
# Simulated users, and the scripts an hour that a Sun SPARCcenter 2000 with 16 processors did for them: SPEC SDM91,
# October 1994, in Gunther, Guerrilla Capacity Planning, 2007, and in the R package usl. That prints what
# `theory.fit_usl` gives, and once, by a line with the first throughput fixed, contention 0.01705 and crosstalk 7.89e-5.
SDM91 = {1: 64.9, 18: 995.9, 36: 1652.4, 72: 1853.2, 108: 1828.9, 144: 1775.0, 216: 1702.2}


@dataclass(frozen=True)
class InStep:
    """`workers` that take a request each, do most of it side by side and the rest in turn, and go on together.

    A share `contention` of the work is done in turn. After each round every worker compares notes with every other:
    a share `crosstalk` of the work for each of them, also in turn. So a round is a batch.
    """

    workers: int = 8
    contention: float = 0.03
    crosstalk: float = 0.002

    def deploy(self, env):
        in_turn = self.contention + self.crosstalk * (self.workers - 1)
        together = Batched(most=self.workers, wait=1.0, fixed=SECONDS * (1 - self.contention))
        return Faster(together, infer=1 / in_turn).deploy(env)

    def bill(self, run, prices):
        return {"servers": self.workers * (run.end - run.start) * prices.server_second}


def measured(design: Callable[[int], Any] = InStep, workers: Sequence[int] = WORKERS, traces: int = 5) -> "DataFrame":
    """Requests a second of `design(workers)` when there is always work, with intervals; one column for each trace.

    `measured(LockedMonolith)`: workers that wait for a lock and not for one another, which the law fits badly.
    """
    from pandas import DataFrame

    rows = []
    for count in workers:
        found = [steady(run) for run in replicate(design(count), saturating(count), traces)]
        middle = interval(found)
        rows.append({"workers": count, "throughput": middle.mean, "low": middle.low, "high": middle.high,
                     **{f"trace {number}": value for number, value in enumerate(found)}})
    return DataFrame(rows).set_index("workers")


def saturating(workers: int) -> Workload:
    """More requests than so many workers can do, for about 600 answers of ideal ones."""
    return Workload(1.5 * workers / SECONDS, max(4.0, 600 * SECONDS / workers), Work(0.0, SECONDS, 0.0))


def steady(run: Run) -> float:
    """Answers a second until the last one."""
    return len(run.response_times) / float(np.nanmax(run.departure_times))


def straight(workers: Sequence[float], throughput: Sequence[float]) -> Scalability:
    """The law by a straight line's least squares: n / throughput is linear in n - 1 and in n (n - 1).

    Small throughputs weigh more than in `theory.fit_usl`, which bends the curve itself: name the method.
    """
    n, found = measurements(workers, throughput)
    terms = np.column_stack([np.ones_like(n), n - 1, n * (n - 1)])
    one, contention, crosstalk = np.linalg.lstsq(terms, n / found, rcond=None)[0]
    return Scalability(float(1 / one), float(contention / one), float(crosstalk / one))


def peak(law: Scalability) -> tuple[float, float]:
    """Workers beyond which more do less, and the throughput there; both infinite without crosstalk."""
    if law.kappa <= 0:
        return np.inf, np.inf
    workers = float(np.sqrt(max(0.0, 1 - law.sigma) / law.kappa))
    return workers, float(usl(workers, *law))


def fitted(table: "DataFrame", fit: Callable = fit_usl) -> "DataFrame":
    """The law's parameters and its peak from a table of `measured`, with intervals over its traces."""
    from pandas import DataFrame

    laws = [fit(table.index, table[column]) for column in table if str(column).startswith("trace ")]
    values = {"throughput of one": [law.gamma for law in laws], "contention": [law.sigma for law in laws],
              "crosstalk": [law.kappa for law in laws], "peak (workers)": [peak(law)[0] for law in laws],
              "peak (requests a second)": [peak(law)[1] for law in laws]}
    return DataFrame({name: interval(found)._asdict() for name, found in values.items()}).T
