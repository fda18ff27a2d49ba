"""What happened: every request and every job of a run, and each number with its confidence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import inf, isfinite, nan, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from pandas import DataFrame

OUTCOMES = ("completed", "dropped", "throttled", "timed_out", "lost", "unfinished")
UNFINISHED = OUTCOMES.index("unfinished")
# 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom, as in any table.
STUDENT_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
             2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042)


class Jobs(NamedTuple):
    """The jobs of one pool, a row each: the request's id, and times in seconds, not a number when it had not come.

    A job that left the queue unserved has finished without having started. `capacities` has rows (time, servers).
    `cut`: a crash ended the job.
    """

    request: np.ndarray
    arrived: np.ndarray
    started: np.ndarray
    finished: np.ndarray
    capacities: np.ndarray
    cut: np.ndarray

    @property
    def done(self) -> np.ndarray:
        """Which jobs were done to their end, on behalf of a request."""
        return ~np.isnan(self.started) & ~np.isnan(self.finished) & ~self.cut & (self.request >= 0)


class Levels(NamedTuple):
    """Numbers in a pool over time: each value holds from its `time`, in seconds, to the next."""

    time: np.ndarray
    waiting: np.ndarray
    in_service: np.ndarray
    capacity: np.ndarray


class Interval(NamedTuple):
    """A mean of `n` replications, with the ends of its 95 % confidence interval."""

    mean: float
    low: float
    high: float
    n: int

    def __str__(self):
        return f"{self.ends}, n = {self.n}"

    @property
    def ends(self) -> str:
        """The mean and both ends, as they are printed."""
        mean, low, high = (f"{value:.4g}" if abs(value) < 1e4 else f"{value:,.0f}" for value in self[:3])
        return f"{mean} [{low}, {high}]"

    @property
    def clear(self) -> bool:
        """Whether zero lies outside the interval."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, eq=False)
class Run:
    """One design under one workload; measures count the requests that arrive from `start` on, times in seconds."""

    design: Any
    workload: Any
    end: float
    arrival_times: np.ndarray
    departure_times: np.ndarray         # not a number while unfinished
    outcomes: np.ndarray                # places in OUTCOMES
    jobs: dict[str, Jobs]
    start: float = 0.0

    def after(self, warm_up: float) -> "Run":
        """The same run without its first `warm_up` seconds; raises ValueError when nothing would be left."""
        if not 0 <= warm_up < self.end:
            raise ValueError(f"warm_up must lie between 0 and the end of the run, {self.end:g} s, got {warm_up}")
        return replace(self, start=float(warm_up))

    def until(self, pool: str) -> "Run":
        """The run as if each request were answered when its first job in `pool` is done; who was refused stays so."""
        jobs, done = self._jobs(pool), np.full(len(self.arrival_times), nan)
        np.fmin.at(done, jobs.request[jobs.done], jobs.finished[jobs.done])
        refused = (self.outcomes != 0) & (self.outcomes != UNFINISHED)
        early = np.where(np.isnan(done), UNFINISHED, 0)
        return replace(self, departure_times=np.where(refused, self.departure_times, done),
                       outcomes=np.where(refused, self.outcomes, early).astype(np.int8))

    @property
    def response_times(self) -> np.ndarray:
        """Seconds from arrival to departure, of the completed requests in order of arrival."""
        done = (self.outcomes == 0) & (self.arrival_times >= self.start)
        return self.departure_times[done] - self.arrival_times[done]

    @property
    def mean_response(self) -> float:
        """Mean response time in seconds; not a number when no request was completed."""
        return float(np.mean(self.response_times)) if len(self.response_times) else nan

    def percentile(self, p: float) -> float:
        """The response time in seconds that `p` percent of the completed requests do not exceed."""
        if not 0 <= p <= 100:
            raise ValueError(f"a percentile lies between 0 and 100, got {p}")
        return float(np.percentile(self.response_times, p)) if len(self.response_times) else nan

    def share(self, outcome: str) -> float:
        """The share of the requests with this outcome; all shares sum to 1."""
        if outcome not in OUTCOMES:
            raise ValueError(f"an outcome is one of {', '.join(OUTCOMES)}, got '{outcome}'")
        mine = self.outcomes[self.arrival_times >= self.start]
        return float(np.mean(mine == OUTCOMES.index(outcome))) if len(mine) else 0.0

    @property
    def refused(self) -> float:
        """The share of the requests that left without an answer: dropped, throttled, timed out or lost."""
        return sum(self.share(outcome) for outcome in OUTCOMES[1:-1])

    @property
    def throughput(self) -> float:
        """Completed requests per second."""
        return self._per_second(len(self.response_times))

    def goodput(self, within: float) -> float:
        """Requests per second that were completed within so many seconds."""
        return self._per_second(int(np.sum(self.response_times <= within)))

    def server_seconds(self, pool: str) -> float:
        """Seconds of server paid for: the number of servers added up over time."""
        times, capacity = self._jobs(pool).capacities.T
        until = np.append(times[1:], self.end)
        return float(capacity @ self._overlap(times, until))

    def busy_seconds(self, pool: str) -> float:
        """Seconds in which servers were at work, all servers together."""
        jobs = self._jobs(pool)
        began = ~np.isnan(jobs.started)
        return float(self._overlap(jobs.started[began], jobs.finished[began]).sum())

    def utilisation(self, pool: str) -> float:
        """Busy share of the servers."""
        available = self.server_seconds(pool)
        return self.busy_seconds(pool) / available if available else 0.0

    def waiting_times(self, pool: str) -> np.ndarray:
        """Seconds from arrival at the pool to the start of service, of the jobs that have started."""
        jobs = self._jobs(pool)
        counted = (jobs.arrived >= self.start) & ~np.isnan(jobs.started)
        return jobs.started[counted] - jobs.arrived[counted]

    def mean_waiting(self, pool: str) -> float:
        """Time average of the number waiting."""
        jobs = self._jobs(pool)
        left = np.where(np.isnan(jobs.started), jobs.finished, jobs.started)
        return self._per_second(float(self._overlap(jobs.arrived, left).sum()))

    def mean_in_system(self, pool: str) -> float:
        """Time average of the number waiting or in service."""
        return self.mean_waiting(pool) + self._per_second(self.busy_seconds(pool))

    def levels(self, pool: str) -> Levels:
        """The numbers waiting, in service and available, whenever one of them changes."""
        jobs = self._jobs(pool)
        left = np.where(np.isnan(jobs.started), jobs.finished, jobs.started)
        began = ~np.isnan(jobs.started)
        times = [jobs.arrived, left, jobs.finished[began], jobs.capacities[:, 0]]
        steps = np.array([[1, 0, 0], [-1, 0, 0], [0, -1, 0], [0, 0, 0]])
        change = np.repeat(steps, [len(part) for part in times], axis=0)
        change[len(jobs.arrived):2 * len(jobs.arrived), 1] = began
        change[len(change) - len(jobs.capacities):, 2] = np.diff(jobs.capacities[:, 1], prepend=0)
        when = np.concatenate(times)
        order = np.argsort(when, kind="stable")
        order = order[: int(np.sum(when <= self.end))]      # not a number sorts last
        moments, first = np.unique(when[order], return_index=True)
        after = np.append(first[1:], len(order)) - 1
        return Levels(moments, *np.cumsum(change[order], axis=0)[after].T)

    @property
    def requests(self) -> "DataFrame":
        """A row per request: id, kind, arrival_time, departure_time, response_time, outcome."""
        from pandas import DataFrame

        rows = self.arrival_times >= self.start
        arrived = islice(self.workload.requests(), len(self.arrival_times))
        kinds = np.array([request.kind for request in arrived], dtype=object)
        return DataFrame({
            "id": np.flatnonzero(rows),
            "kind": kinds[rows],
            "arrival_time": self.arrival_times[rows],
            "departure_time": self.departure_times[rows],
            "response_time": (self.departure_times - self.arrival_times)[rows],
            "outcome": np.array(OUTCOMES, dtype=object)[self.outcomes[rows]],
        })

    @property
    def spans(self) -> "DataFrame":
        """A row per job: request, pool, arrived, started, finished; in order of request and arrival."""
        from pandas import DataFrame, concat

        parts = [DataFrame({"request": jobs.request, "pool": name, "arrived": jobs.arrived,
                            "started": jobs.started, "finished": jobs.finished}) for name, jobs in self.jobs.items()]
        spans = concat(parts, ignore_index=True).sort_values(["request", "arrived"], kind="stable", ignore_index=True)
        return spans[spans.arrived >= self.start].reset_index(drop=True)

    def _jobs(self, pool):
        if pool not in self.jobs:
            raise ValueError(f"this run has the pools {', '.join(self.jobs)}, not '{pool}'")
        return self.jobs[pool]

    def _per_second(self, amount):
        return amount / (self.end - self.start) if self.end > self.start else 0.0

    def _overlap(self, began, left):
        """Seconds of each stay within the run; not a number as an end: still there."""
        left = np.where(np.isnan(left), self.end, left)
        return np.maximum(0, np.minimum(left, self.end) - np.maximum(began, self.start))


def interval(values: Sequence[float]) -> Interval:
    """The mean of independent replications and its 95 % interval, by Student's t; raises ValueError below two."""
    numbers = np.asarray(values, float)
    if len(numbers) < 2:
        raise ValueError(f"an interval needs at least two replications, got {len(numbers)}")
    half = student_t(len(numbers) - 1) * float(numbers.std(ddof=1)) / sqrt(len(numbers))
    mean = float(numbers.mean())
    return Interval(mean, mean - half, mean + half, len(numbers))


def student_t(degrees: int) -> float:
    """The 97.5 % quantile of Student's t; beyond the table by its series around the normal distribution's 1.96."""
    return STUDENT_T[degrees - 1] if degrees <= len(STUDENT_T) else 1.95996 + 2.3723 / degrees + 2.822 / degrees**2


def measure(runs: Sequence[Run], of: Callable[[Run], float]) -> Interval:
    """The interval of one measure over replications: `measure(runs, lambda run: run.percentile(50))`."""
    return interval([of(run) for run in runs])


def compare(runs_a: Sequence[Run], runs_b: Sequence[Run], measure: Callable[[Run], float]) -> Interval:
    """How much more `measure` is in b than in a, paired run by run; raises ValueError unless both met equal traffic."""
    if [run.workload for run in runs_a] != [run.workload for run in runs_b]:
        raise ValueError("only runs of the same workloads, in the same order, can be compared in pairs")
    return interval([measure(b) - measure(a) for a, b in zip(runs_a, runs_b)])


def percentile_interval(runs: Sequence[Run], p: float) -> Interval:
    """A percentile of the pooled response times, in seconds, with its interval; open above with too few requests.

    Woodruff's method: how far the share below the pooled percentile varies between replications says which pooled
    percentiles are its ends.
    """
    if len(runs) < 2 or not all(len(run.response_times) for run in runs):
        raise ValueError("a percentile's interval needs two replications or more, each with completed requests")
    pooled = np.sort(np.concatenate([run.response_times for run in runs]))
    middle = float(np.percentile(pooled, p))
    shares = interval([float(np.mean(run.response_times <= middle)) for run in runs])
    half = (shares.high - shares.low) / 2
    low, high = max(0.0, p / 100 - half), p / 100 + half
    above = float(np.quantile(pooled, high)) if high < 1 and isfinite(high) else inf
    return Interval(middle, float(np.quantile(pooled, low)), above, len(runs))
