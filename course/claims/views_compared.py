"""Experiments on the views of a log: batch alone, speed alone, and both merged; how wrong each is, and how old."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..laws import Sometimes, UniformLaw
from ..patterns.event_driven import EventDriven
from ..patterns.lambda_architecture import LambdaArchitecture
from ..policies.late import Late
from ..policies.replay import Replayed
from ..run import Run
from ..views import Answers, ask, facts
from ..workload import Work, Workload
from .claim import Sides, paired, runs

HOUR, DAY = 3600.0, 86_400.0
WORK = Work(0.001, 0.002, 0.001)


@dataclass(frozen=True)
class Days:
    """A few days of events, of which a share is up to `latest` seconds on its way; a batch run takes some of its time.

    What looks at events as they come ignores those that are more than `lateness` seconds late.
    """

    share: float = 0.03
    latest: float = 12 * HOUR
    interval: float = 6 * HOUR
    batch_share: float = 1 / 6
    lateness: float = 60.0
    rate: float = 0.01
    days: float = 3.0
    keys: int = 100

    @property
    def design(self) -> Late:
        """Two layers that get late events."""
        return self.late(LambdaArchitecture(batch_interval=self.interval, batch_fixed=self.batch_share * self.interval,
                                            batch_work=0.0))

    @property
    def workload(self) -> Workload:
        """Events at a steady rate."""
        return Workload(self.rate, self.days * DAY, WORK, keys=self.keys)

    def late(self, design) -> Late:
        """A design whose events are on their way for some time."""
        return Late(design, Sometimes(self.share, UniformLaw(0, self.latest)))

    def times(self, first: float = 1.5, step: float = HOUR) -> np.ndarray:
        """When questions are asked, from so many days on: in the middle of each step, in seconds."""
        return np.arange(first * DAY, self.days * DAY, step) + step / 2

    def runs(self, traces: int) -> tuple[Run, ...]:
        """A run of the two layers on each trace."""
        return runs(self.design, self.workload, traces)

    def error(self, view: str, traces: int, lateness: float = 60.0) -> list[float]:
        """Percent that a view of the last day is wrong, on each trace."""
        return [asked(run, self, lateness).error(view) for run in self.runs(traces)]

    def merged(self, traces: int) -> list[float]:
        """Percent that both layers together are wrong, on each trace."""
        return self.error("merged", traces, self.lateness)


@lru_cache(maxsize=256)
def asked(run: Run, data: Days, lateness: float) -> Answers:
    """What the views know of the last day, kept."""
    return ask(run, data.times(), DAY, lateness)


@dataclass(frozen=True)
class ViewsCompared:
    """Percent that the number of events of the last day is wrong; the knob is how late the one stream takes events.

    In hours. The layers have the short patience of `data.lateness`; compared with a stream that is alone.
    """

    data: Days = Days()
    replay: float = 2.5         # days, after which the one stream is read again
    caught_up: float = 0.25     # hours later at which it is asked

    def sides(self, knob, traces):
        return Sides(self.data.merged(traces), self.data.error("speed", traces, knob * HOUR))

    def others(self, traces):
        data, prompt = self.data, Days(share=0.0, interval=self.data.interval)
        return [("hold", "the same layers, compared with the batch layer alone",
                 Sides(data.merged(traces), data.error("batch", traces, data.lateness))),
                ("hold", "the same layers, compared with the batch layer alone", self.old(traces)),
                ("fail", "nothing is late", Sides(prompt.merged(traces), prompt.error("speed", traces))),
                ("fail", "yesterday's number is enough, compared with the batch layer alone", self.yesterday(traces)),
                ("fail", "one stream whose log has just been read again", self.read_again(traces))]

    def old(self, traces: int) -> Sides:
        """Mean hours since the newest event that is certain to be counted: those on the way to a layer, and the cut."""
        found = self.data.runs(traces)
        return Sides([until_seen(run) / HOUR for run in found], [stale(run, self.data) for run in found],
                     "hours that the answer is old, mean")

    def yesterday(self, traces: int) -> Sides:
        """Percent wrong of the day before the last one."""
        found = [day_before(run, self.data.times(2.0), self.data.lateness) for run in self.data.runs(traces)]
        return Sides([both.error("merged") for both in found], [both.error("batch") for both in found])

    def read_again(self, traces: int) -> Sides:
        """Percent wrong shortly after one stream has been read again, and of two layers at the same time."""
        data, now = self.data, (self.replay * DAY + self.caught_up * HOUR,)
        one = runs(data.late(Replayed(EventDriven(), "bus", self.replay * DAY)), data.workload, traces)
        return paired((ask(run, now, DAY, data.lateness).error("merged"), ask(other, now, DAY).error("merged"))
                      for run, other in zip(data.runs(traces), one))


def until_seen(run: Run) -> float:
    """Mean seconds from the log to the speed layer's view."""
    _, logged, seen = facts(run)
    there = np.isfinite(seen)
    return float(np.mean(seen[there] - logged[there]))


def stale(run: Run, data: Days) -> float:
    """Mean hours since the cut of the batch view."""
    return float(np.mean(asked(run, data, data.lateness).staleness)) / HOUR


def day_before(run: Run, times: np.ndarray, lateness: float) -> Answers:
    """What the views know of the day that ended a day ago: two days without the last one."""
    two, one = (ask(run, times, days * DAY, lateness) for days in (2, 1))
    return Answers(two.truth - one.truth, two.batch - one.batch, two.speed - one.speed, two.merged - one.merged,
                   two.staleness)
