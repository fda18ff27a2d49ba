"""Experiments on what goes wrong in one layer or in both, and whether the next batch run heals it."""

from dataclasses import dataclass
from math import inf

from ..faults import Crash
from ..patterns.event_driven import EventDriven
from ..policies.replay import Replayed
from ..run import Run
from ..simulation import simulate
from ..views import NONE, Bug, ask
from .claim import Sides, runs
from .views_compared import DAY, HOUR, Days

FOUR = Days(days=4.0)


@dataclass(frozen=True)
class Healing:
    """Percent that the number of all events is wrong; the knob is for how many hours the log keeps an event.

    The speed layer counts each event `times` times for a day, from the second day on. Compared with that layer alone.
    """

    data: Days = FOUR
    times: float = 1.3
    found: float = 1.0          # days, after which the bug is gone
    away: float = 6 * HOUR      # seconds for which the speed layer is down, in an arm of its own

    def sides(self, knob, traces):
        return self.wrong(self.data.runs(traces), self.bug, NONE, knob * HOUR)

    def others(self, traces):
        found = self.data.runs(traces)
        return [("hold", f"no bug, and the speed layer is down for {self.away / HOUR:g} hours", self.down(traces)),
                ("fail", "the same bug in both layers", self.wrong(found, self.bug, self.bug, inf)),
                ("fail", "nothing is left in the log", self.wrong(found, self.bug, NONE, 0.0)),
                ("comparison", "one stream that is read again when the bug is found", self.read_again(traces))]

    @property
    def bug(self) -> Bug:
        """Too many for a while, from the second day on."""
        return Bug(DAY, DAY + self.found * DAY, self.times)

    def wrong(self, found: tuple[Run, ...], speed: Bug, batch: Bug, kept: float) -> Sides:
        """Percent wrong from the second day on, of both layers and of the speed layer alone."""
        answers = [ask(run, self.data.times(1.0), inf, self.data.lateness, speed, batch, kept) for run in found]
        return Sides([both.error("merged") for both in answers], [both.error("speed") for both in answers])

    def down(self, traces: int) -> Sides:
        """The same when the speed layer is down for a while."""
        crash = (Crash("speed", DAY, self.away),)
        found = tuple(simulate(self.data.design, self.data.workload.replication(trace), crash)
                      for trace in range(traces))
        return self.wrong(found, NONE, NONE, inf)

    def read_again(self, traces: int) -> Sides:
        """Both layers against one stream, whose log is read again without the bug."""
        one = runs(self.data.late(Replayed(EventDriven(), "bus", self.bug.end)), self.data.workload, traces)
        both = self.wrong(self.data.runs(traces), self.bug, NONE, inf)
        return Sides(both.pattern, self.wrong(one, self.bug, NONE, inf).pattern)
