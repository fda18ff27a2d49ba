"""Experiments on small projects: what a month costs when few requests come."""

from dataclasses import dataclass

import numpy as np

from ..laws import LogNormalLaw
from ..patterns.monolith import Monolith
from ..patterns.serverless import Serverless
from ..prices import HOURS_IN_A_MONTH, Prices
from ..run import Run
from ..workload import LogNormal, Workload
from .claim import Sides, crossing, runs
from .scaling import PerStagePools, image_work, staffed

# a function with two processors, as many as the course's server has
FUNCTION = Serverless(memory_gb=3.5, full_speed_gb=3.5, cold_start=LogNormalLaw(0.5))


def monthly(run: Run, prices: Prices) -> float:
    """US dollars a month (730 hours) if every hour were like the run."""
    return sum(run.design.bill(run, prices).values()) * HOURS_IN_A_MONTH * 3600 / run.end


@dataclass(frozen=True)
class SmallProject:
    """US dollars a month with operations; the knob is what it costs to operate one unit for a month.

    One server against the cheaper of functions and of a server for each step behind a gateway.
    """

    rate: float = 1.0
    requests: int = 600             # expected in a trace
    units: int = 1
    function_units: int = 2
    service_units: int = 4
    prices: Prices | None = None

    def sides(self, knob, traces):
        return self.at_rate(self.rate, knob, traces)

    def others(self, traces):
        return [("comparison", "30 requests a second, operations for nothing", self.at_rate(30, 0, traces)),
                ("fail", "0.1 requests a second, operations for nothing", self.at_rate(0.1, 0, traces))]

    def at_rate(self, rate: float, operations: float, traces: int) -> Sides:
        """US dollars a month on each trace: the monolith, and the cheaper of the other two."""
        workload = Workload(rate, self.requests / rate, image_work(), distribution=LogNormal(0.5))
        workers = staffed(workload, sum(workload.mean_work), 1.0)
        monolith, functions, services = (
            self.total(design, units * operations, workload, traces)
            for design, units in ((Monolith(workers), self.units), (FUNCTION, self.function_units),
                                  (PerStagePools(infer=workers), self.service_units)))
        return Sides(monolith, np.minimum(functions, services).tolist())

    def total(self, design, operations: float, workload: Workload, traces: int) -> list[float]:
        """US dollars a month of one design on each trace."""
        prices = self.prices or Prices.read()
        return [monthly(run, prices) + operations for run in runs(design, workload, traces)]

    def enough_traffic(self, traces: int = 10) -> float:
        """Requests a second from which the monolith is cheaper although operations cost nothing."""
        def saved(rate):
            sides = self.at_rate(rate, 0, traces)
            return float(np.mean(sides.comparison) - np.mean(sides.pattern))

        return crossing(saved, 30.0, self.rate)
