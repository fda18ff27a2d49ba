"""Experiments on accuracy and latency: how wrong an answer is, against how old; and sketches, which only estimate."""

from dataclasses import dataclass
from math import inf

import numpy as np

from ..run import Run
from ..sketch import Sketch
from ..views import Answers, batches, events, facts
from .claim import Sides, paired
from .views_compared import DAY, HOUR, Days, asked, stale, until_seen

DAYS = Days()


@dataclass(frozen=True)
class Balance:
    """Percent that the number of events of the last day is wrong; the knob is how often a batch layer alone runs.

    In hours between runs, each of which takes `batch_share` of them. The two layers run theirs every `data.interval`.
    """

    data: Days = DAYS
    registers: int = 2**14      # of the sketch that counts users
    coarse: int = 2**7
    tolerated: float = 5.0      # percent

    def sides(self, knob, traces):
        alone = Days(self.data.share, self.data.latest, knob * HOUR, self.data.batch_share, rate=self.data.rate)
        return Sides(self.data.merged(traces), alone.error("batch", traces))

    def others(self, traces):
        data = self.data
        return [("hold", "compared with the speed layer alone",
                 Sides(data.merged(traces), data.error("speed", traces, data.lateness))),
                ("hold", "compared with a stream that waits until it is as right", self.waiting(traces)),
                ("hold", f"users in a sketch of {self.registers} registers", self.users(self.registers, traces)),
                ("fail", f"users in a sketch of {self.coarse} registers", self.users(self.coarse, traces)),
                ("fail", "compared with one stream that takes any late event",
                 Sides(data.merged(traces), data.error("speed", traces, inf))),
                ("fail", "whoever asks tolerates that much, compared with the speed layer alone",
                 self.intolerable(traces))]

    def waiting(self, traces: int) -> Sides:
        """Hours until an answer: of two layers, and of a stream that waits for late events until it is as right."""
        found, wrong = self.data.runs(traces), self.data.merged(traces)
        return Sides([until_seen(run) / HOUR for run in found], [wait(run, error) for run, error in zip(found, wrong)],
                     "hours that the answer is old")

    def users(self, registers: int, traces: int) -> Sides:
        """Percent that the number of different users is wrong: two layers with sketches, and a stream with a list."""
        many = Days(self.data.share, self.data.latest, self.data.interval, rate=self.data.rate, keys=1_000_000)
        both = paired(different(run, many, registers) for run in many.runs(traces))
        return both._replace(metric="percent that the number of users is wrong, mean")

    def intolerable(self, traces: int) -> Sides:
        """Percent of the answers that are further from the truth than is tolerated."""
        found = [asked(run, self.data, self.data.lateness) for run in self.data.runs(traces)]
        merged, speed = ([beyond(both, view, self.tolerated) for both in found] for view in ("merged", "speed"))
        return Sides(merged, speed, f"percent of answers that are more than {self.tolerated:g} % wrong")


def wait(run: Run, wrong: float) -> float:
    """Hours for which a stream has to wait for late events, so that it misses only so many percent of all."""
    happened, logged, _ = facts(run)
    settled = happened < run.end - 0.5 * DAY
    return float(np.quantile((logged - happened)[settled], 1 - wrong / 100, method="higher")) / HOUR


def beyond(both: Answers, view: str, tolerated: float) -> float:
    """Percent of the answers of a view that are more than so many percent wrong."""
    return 100 * float(np.mean(100 * np.abs(getattr(both, view) - both.truth) > tolerated * both.truth))


def different(run: Run, data: Days, registers: int) -> tuple[float, float]:
    """Percent that the number of users of the last day is wrong, mean: by a sketch of both layers, by a stream."""
    (happened, logged, seen), (began, ended) = facts(run), batches(run)
    users = np.array([event.key for event in events(run)])
    rows = []
    for now in data.times(step=3 * HOUR):
        recent = (happened <= now) & (happened > now - DAY)
        prompt = (seen <= now) & (logged - happened <= data.lateness)
        sketch = Sketch(registers)
        sketch.add(users[recent & (prompt | (logged < began[ended <= now][-1]))])
        true, listed = (len(set(users[known].tolist())) for known in (recent, recent & prompt))
        rows.append((abs(sketch.count() / true - 1), 1 - listed / true))
    sketched, streamed = 100 * np.mean(rows, axis=0)
    return float(sketched), float(streamed)


def front(hours: tuple[float, ...] = (1, 3, 6, 12), waits: tuple[float, ...] = (0, 3, 6, 9, 12), traces: int = 3,
          ) -> list[tuple[str, float, float, float]]:
    """Points to choose from: what answers, its hours, how many hours old its answer is, and percent wrong.

    Its hours are those between batch runs, or those for which a stream waits for late events.
    """
    rows = []
    for interval in hours:
        data = Days(interval=interval * HOUR)
        old = float(np.mean([stale(run, data) for run in data.runs(traces)]))
        rows += [("batch only", interval, old, float(np.mean(data.error("batch", traces)))),
                 ("both layers", interval, 0.0, float(np.mean(data.merged(traces))))]
    return rows + [("speed only", wait, wait, missed(wait, traces)) for wait in waits]


def missed(hours: float, traces: int) -> float:
    """Percent of all events that are later than so many hours, or than a minute."""
    ways = [np.subtract(*facts(run)[1::-1])[: -int(0.3 * len(run.arrival_times))] for run in Days().runs(traces)]
    return 100 * float(np.mean([np.mean(way > max(hours * HOUR, 60.0)) for way in ways]))
