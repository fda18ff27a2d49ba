"""Experiments on tending a system for a year: batch runs that take longer from week to week, and numbers to choose."""

from dataclasses import dataclass, fields, replace
from functools import lru_cache

import numpy as np

from ..patterns.event_driven import Consumers, EventDriven
from ..patterns.lambda_architecture import LambdaArchitecture
from ..run import Run
from ..simulation import simulate
from ..workload import Diurnal, Work, Workload
from .claim import Sides

HOUR, WEEK = 3600.0, 604_800.0
BOUGHT = {"machine", "broker", "database"}
MEASURED = {"append_time", "publish_time", "batch_fixed", "batch_work", "history"}
PARTS = {"name", "consume", "others"}


@dataclass(frozen=True)
class Overrun:
    """Weeks of a year that need somebody; the knob is the percent by which the log grows in a week.

    A batch run over the whole log takes `lasts` seconds at first; a week needs somebody when one ends after the next
    was due. Compared with a stream, whose log somebody has to read again after each change of what is computed.
    """

    interval: float = 6 * HOUR
    lasts: float = 3 * HOUR
    history: int = 800          # what is in the log at first: each stands for very many
    changes: float = 12.0       # of what is computed, in a year
    weeks: int = 52
    busy: float = 0.5           # share of the stream's time at first, in an arm of its own

    def sides(self, knob, traces):
        return Sides(self.late(knob, traces), self.replays(traces))

    def others(self, traces):
        chosen = float(len(knobs(LambdaArchitecture))), float(len(knobs(EventDriven) | knobs(Consumers)))
        return [("hold", "two layers, against one stream",
                 Sides(*([number] * traces for number in chosen), "numbers to choose in the course's own models")),
                ("fail", "3 % a week, and machines that become more with the log",
                 Sides(self.late(3.0, traces, 1.03), self.replays(traces))),
                ("fail", "3 % a week, compared with a stream that is as busy at first and gets as many more events",
                 Sides(self.late(3.0, traces), self.overloaded(3.0, traces)))]

    def late(self, growth: float, traces: int, more: float = 1.0) -> list[float]:
        """Weeks with a late batch run on each trace, when machines are multiplied by `more` every week."""
        return [float(len(set(late_weeks(self.year(growth, trace), more).tolist()))) for trace in range(traces)]

    def first(self, growth: float, traces: int = 10) -> list[float]:
        """The week of the first late batch run on each trace, from 1 on; not a number when there is none."""
        found = [late_weeks(self.year(growth, trace)) for trace in range(traces)]
        return [float(weeks[0]) if len(weeks) else float("nan") for weeks in found]

    def year(self, growth: float, trace: int) -> Run:
        """A year of batch runs over a log that grows by so many percent a week."""
        return trial(self.design, replace(self.growing(growth), seed=trace + 1))

    @property
    def design(self) -> LambdaArchitecture:
        """A fixed number of machines for the batch layer, for which the log is all that counts."""
        machines = LambdaArchitecture().batch_machines
        return LambdaArchitecture(batch_interval=self.interval, batch_fixed=0.0, history=self.history,
                                  batch_work=self.lasts * machines / self.history)

    def growing(self, growth: float) -> Workload:
        """As many events as the log grows by, week by week."""
        weekly = tuple((1 + growth / 100) ** week for week in range(self.weeks))
        come = self.history * growth / 100 * sum(weekly)
        year = self.weeks * WEEK
        return Workload(come / year, year, Work(0.0, 0.01, 0.0), arrivals=Diurnal(weekly, year))

    def replays(self, traces: int) -> list[float]:
        """Weeks of a year with a change, on each trace, after which the log of one stream is read again."""
        return self.changed(traces).sum(axis=1).astype(float).tolist()

    def overloaded(self, growth: float, traces: int) -> list[float]:
        """Weeks on each trace in which more events come than a stream can do, or its log is read again."""
        busy = self.busy * (1 + growth / 100) ** np.arange(self.weeks)
        return (self.changed(traces) | (busy > 1)).sum(axis=1).astype(float).tolist()

    def changed(self, traces: int) -> np.ndarray:
        """Whether what is computed changes: trace, week."""
        rows = [np.random.default_rng([112, trace]).poisson(self.changes / self.weeks, self.weeks)
                for trace in range(traces)]
        return np.array(rows) > 0


@lru_cache(maxsize=64)
def trial(design: LambdaArchitecture, workload: Workload) -> Run:
    """A run, kept."""
    return simulate(design, workload)


def late_weeks(run: Run, more: float = 1.0) -> np.ndarray:
    """The week, from 1 on, of each batch run that takes longer than the interval, in order."""
    batch = run.jobs["batch"]
    week = batch.arrived // WEEK
    return week[(batch.finished - batch.started) / more**week > run.design.batch_interval].astype(int) + 1


def knobs(design: type) -> set[str]:
    """The numbers that somebody has to choose, read from the code of a design."""
    return {field.name for field in fields(design)} - BOUGHT - MEASURED - PARTS
