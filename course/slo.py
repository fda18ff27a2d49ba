"""A promise on response times, and what becomes of it on some traces."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .run import UNFINISHED, Interval, Run, interval


@dataclass(frozen=True)
class Slo:
    """A promise: `percentile` percent of the requests are answered within `seconds`.

    What is promised is the end of the job in pool `until` where that is named, as for the first word of an answer.
    Who was refused is not counted here: the rule of losses does that.
    """

    percentile: float
    seconds: float
    until: str = ""

    @property
    def allowed(self) -> float:
        """The share of the requests that may be late."""
        return 1 - self.percentile / 100

    def seen(self, run: Run) -> Run:
        """The run as the promise sees it."""
        return run.until(self.until) if self.until else run

    def counts(self, run: Run) -> tuple[int, int]:
        """How many requests were not answered in time, and how many there were; who is still waiting is late."""
        run = self.seen(run)
        answered, in_time = len(run.response_times), int(np.sum(run.response_times <= self.seconds))
        waiting = int(np.sum(run.outcomes[run.arrival_times >= run.start] == UNFINISHED))
        return answered - in_time + waiting, answered + waiting

    def late(self, run: Run) -> int:
        """How many requests of a run were not answered in time."""
        return self.counts(run)[0]

    def late_share(self, runs: Sequence[Run]) -> Interval:
        """The share of all requests that were late, with its interval; all of them where nobody was answered.

        Runs differ in how many requests come, so that a run's surplus of late ones over that share is what varies.
        """
        late, asked = np.array([self.counts(run) for run in runs]).T
        if not asked.any():
            return Interval(1.0, 1.0, 1.0, len(runs))
        share = float(late.sum() / asked.sum())
        found = interval(share + (late - share * asked) / asked.mean())
        return found._replace(low=max(0.0, found.low), high=min(1.0, found.high))

    def verdict(self, late: Interval) -> str:
        """Whether the promise is kept, as far as the interval of the share of late requests can tell."""
        if late.low > self.allowed:
            return "missed"
        return "met" if late.high <= self.allowed else "not clear"
