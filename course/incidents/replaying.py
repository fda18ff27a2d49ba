"""A replay: the same incident with the actions of a runbook in place, and what became of the users."""

from dataclasses import dataclass
from functools import cache
from itertools import islice
from math import inf
from typing import Any, NamedTuple

import numpy as np

from ..prices import Prices
from ..simulation import simulate
from .incident import Incident


class Row(NamedTuple):
    """The users who came in some seconds from `start` on."""

    start: float
    users: int
    in_time: int
    late: int
    lost: int


@dataclass(frozen=True, eq=False)
class Result:
    """What became of the users: one who tried again and again is one user, served in time, late or lost."""

    incident: Incident
    actions: tuple[Any, ...]    # those that change something
    arrived: np.ndarray         # seconds
    seconds: np.ndarray         # that the user waited; infinity: lost
    kinds: np.ndarray           # of the requests
    usd: float                  # US dollars an hour

    @property
    def limits(self) -> np.ndarray:
        """Seconds in which an answer is in time."""
        return np.array([self.incident.within[kind] for kind in self.kinds])

    @property
    def users(self) -> int:
        """How many there were."""
        return len(self.arrived)

    @property
    def in_time(self) -> int:
        """How many were served in time."""
        return int(np.sum(self.seconds <= self.limits))

    @property
    def lost(self) -> int:
        """How many got nothing."""
        return int(np.sum(self.seconds == inf))

    @property
    def late(self) -> int:
        """How many were served too late."""
        return self.users - self.in_time - self.lost

    @property
    def share(self) -> float:
        """The share of the users who were served in time, of the kind of users with the smallest share."""
        return min(float(np.mean((self.seconds <= self.limits)[self.kinds == kind])) for kind in self.incident.within)

    @property
    def kept(self) -> bool:
        """Whether the promise holds."""
        return self.share >= self.incident.promised

    @property
    def affordable(self) -> bool:
        """Whether it costs no more than the budget."""
        return self.usd <= self.incident.usd

    @property
    def lost_a_minute(self) -> float:
        """Users lost in a minute, on average."""
        return 60 * self.lost / self.incident.counted

    @property
    def rows(self) -> list[Row]:
        """The users by the time of their arrival."""
        starts = np.arange(0, self.incident.counted, self.incident.row)
        return [self._row(start, start + self.incident.row) for start in starts.tolist()]

    def _row(self, start, end):
        mine = (self.arrived >= start) & (self.arrived < end)
        seconds, limits = self.seconds[mine], self.limits[mine]
        in_time, lost = int(np.sum(seconds <= limits)), int(np.sum(seconds == inf))
        return Row(start, len(seconds), in_time, len(seconds) - in_time - lost, lost)

    def __str__(self):
        done = ", ".join(f"{name} {value:g}" for name, value in self.actions) or "nothing done"
        lines = [f"{self.incident.name}: {done}", f"{'from (s)':>8}{'users':>8}{'in time':>9}{'late':>7}{'lost':>7}"]
        lines += [f"{row.start:8g}{row.users:8}{row.in_time:9}{row.late:7}{row.lost:7}" for row in self.rows]
        money = f"{self.usd:.2f} of {self.incident.usd:.2f} USD an hour{'' if self.affordable else ', over the budget'}"
        return "\n".join([
            *lines, f"{'all':>8}{self.users:8}{self.in_time:9}{self.late:7}{self.lost:7}",
            f"{self.lost_a_minute:.0f} users lost a minute; {money}",
            f"in time {self.share:.1%}, promised {self.incident.promised:.0%}: {'kept' if self.kept else 'broken'}"])

    __repr__ = __str__


def replayed(incident: Incident, actions: Any = (), seed: int = 1, shift: float = 0.0) -> Result:
    """What becomes of the users when the actions, pairs or a dict, are in place before the trouble begins."""
    settings, workload = incident.settings(actions), incident.workload(seed, shift)
    run = simulate(incident.design(settings), workload, incident.faults(settings, shift))
    kinds = np.array([request.kind for request in islice(workload.requests(), len(run.arrival_times))], object)
    counted = np.isin(kinds, [*incident.within]) & (run.arrival_times < incident.counted)
    usd = sum(run.design.bill(run, prices()).values()) / run.end * 3600
    return Result(incident, incident.changes(settings), run.arrival_times[counted], incident.seconds(run)[counted],
                  kinds[counted], usd)


@cache
def prices() -> Prices:
    """The price table of the course, read once."""
    return Prices.read()
