"""What arrives: requests, and the work that each of them brings. All randomness of the course is drawn here."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain, repeat
from math import inf, isfinite
from typing import NamedTuple
from zlib import crc32

import numpy as np

from .arrivals import Arrivals, Bursty, Diurnal, Poisson, Replay
from .limits import MOST_REQUESTS, at_least, whole

__all__ = [
    "Bursty",
    "Deterministic",
    "Distribution",
    "Diurnal",
    "Exponential",
    "Hyperexponential",
    "Injected",
    "LogNormal",
    "Mixed",
    "Poisson",
    "Replay",
    "Request",
    "Work",
    "Workload",
    "in_order",
]
CHUNK = 4096


class Work(NamedTuple):
    """Seconds of work in each step that an AI request goes through."""

    prepare: float
    infer: float
    respond: float

    def __getattr__(self, name: str) -> float:
        raise AttributeError(f"work has the steps {', '.join(self._fields)}, not '{name}'")


class Request(NamedTuple):
    """One request, and all that chance decides about it; `luck` is uniform in [0, 1)."""

    id: int
    arrival_time: float
    work: Work
    kind: str
    key: int
    luck: float

    def chance(self, use: str, attempt: int = 0) -> float:
        """A number in [0, 1) for one decision about this request: the luck, stretched and wrapped, squared, and again.

        Uniform when the luck is; two uses or attempts correlate by less than a millionth. Without the square, the
        second retry of a first retry would have the luck of the first retry of a second.
        """
        stretched = self.luck * stretch(use, attempt) % 1.0
        return stretched * stretched * stretch(use, attempt) % 1.0

    def chances(self, use: str, count: int) -> np.ndarray:
        """The chances of the attempts 0, 1, 2, and so on: as from `chance`, and for many of them much faster."""
        stretched = self.luck * stretches(use, count) % 1.0
        return stretched * stretched * stretches(use, count) % 1.0


@cache
def stretch(use: str, attempt: int) -> int:
    """A whole number from 2**20 on, another one for each use and attempt."""
    return 2**20 + crc32(f"{use} {attempt}".encode()) % 2**20


@cache
def stretches(use: str, count: int) -> np.ndarray:
    """The stretches of so many attempts."""
    return np.array([stretch(use, attempt) for attempt in range(count)], float)


@dataclass(frozen=True)
class Exponential:
    """Many short jobs and a few long ones; coefficient of variation 1."""

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        """Factors with mean 1."""
        return rng.exponential(size=shape)


@dataclass(frozen=True)
class Deterministic:
    """Every job takes the mean."""

    def draw(self, rng, shape):
        return np.ones(shape)


@dataclass(frozen=True)
class LogNormal:
    """Skewed, as measured service times are; `cv` is the standard deviation over the mean."""

    cv: float = 1.0

    def __post_init__(self):
        at_least("cv", self.cv, 0)

    def draw(self, rng, shape):
        variance = np.log1p(self.cv**2)
        return rng.lognormal(-variance / 2, variance**0.5, shape)


@dataclass(frozen=True)
class Hyperexponential:
    """Two kinds of exponential jobs, short and long, that each bring half of the work; `cv` above 1."""

    cv: float = 3.0

    def __post_init__(self):
        at_least("cv", self.cv, 1)

    def draw(self, rng, shape):
        share = (1 + ((self.cv**2 - 1) / (self.cv**2 + 1)) ** 0.5) / 2
        chance = rng.random(shape)      # one number per job says its kind and its length
        short = chance < share
        rest = np.where(short, chance / share, (chance - share) / (1 - share))
        return -np.log1p(-rest) / np.where(short, 2 * share, 2 * (1 - share))


Distribution = Exponential | Deterministic | LogNormal | Hyperexponential


@dataclass(frozen=True)
class Workload:
    """Requests at `arrival_rate` per second for `duration` seconds; the same seed gives the same requests.

    A higher rate packs the same requests closer; more work stretches the same draws: neighbouring workloads differ in
    what was changed, not in luck. Raises ValueError with a sentence for impossible numbers.
    """

    arrival_rate: float
    duration: float
    mean_work: Work
    seed: int = 1
    arrivals: Arrivals | Replay = field(default_factory=Poisson)
    distribution: Distribution = Exponential()
    kind: str = "request"
    keys: int = 100

    def __post_init__(self):
        object.__setattr__(self, "mean_work", checked_work(self.mean_work))
        at_least("arrival_rate", self.arrival_rate, 0, "requests per second")
        at_least("duration", self.duration, 0.001, "seconds")
        whole("keys", self.keys, 1)
        whole("seed", self.seed, 0)
        expected = self.arrival_rate * self.duration
        if expected > MOST_REQUESTS:
            raise ValueError(f"{expected:,.0f} requests are more than one run can hold ({MOST_REQUESTS:,}): "
                             "lower arrival_rate or duration")

    def replication(self, number: int) -> "Workload":
        """The same traffic with another seed, so many further on."""
        return replace(self, seed=self.seed + number)

    def requests(self) -> Iterator[Request]:
        """The requests in order of arrival, numbered from 0."""
        return self.drawn(np.random.SeedSequence(self.seed))

    def drawn(self, sequence: np.random.SeedSequence) -> Iterator[Request]:
        """The requests that these random numbers give."""
        streams = [np.random.default_rng(seed) for seed in sequence.spawn(5)]
        times = self._arrival_times(streams[0], streams[1])
        count = len(times)
        work = self.distribution.draw(streams[2], (count, 3)) * self.mean_work
        return in_order(times, work, repeat(self.kind), streams[3].integers(self.keys, size=count),
                        streams[4].random(count))

    def _arrival_times(self, gaps, phases):
        if self.arrival_rate == 0:
            return np.empty(0)
        if isinstance(self.arrivals, Replay):
            return self.arrivals.at_rate(self.arrival_rate, self.duration)
        times, expected = self.arrivals.spread(self.arrival_rate, self.duration, phases)
        count = int(expected[-1] + 6 * expected[-1] ** 0.5) + 20
        unit = np.cumsum(gaps.exponential(size=count))
        while unit[-1] < expected[-1]:
            unit = np.concatenate([unit, unit[-1] + np.cumsum(gaps.exponential(size=count))])
        return np.interp(unit[unit < expected[-1]], expected, times)


@dataclass(frozen=True)
class Mixed:
    """Several workloads at once, merged in order of arrival; equal seeds of the parts still give independent draws."""

    parts: tuple[Workload, ...]

    def __post_init__(self):
        object.__setattr__(self, "parts", tuple(self.parts))
        if not self.parts:
            raise ValueError("a mixed workload needs at least one part")

    def replication(self, number: int) -> "Mixed":
        """The same traffic with other seeds, so many further on."""
        return Mixed(tuple(part.replication(number) for part in self.parts))

    @property
    def duration(self) -> float:
        """Seconds until the longest part ends."""
        return max(part.duration for part in self.parts)

    def requests(self) -> Iterator[Request]:
        """The requests of all parts, numbered anew."""
        drawn = [part.drawn(np.random.SeedSequence((part.seed, place))) for place, part in enumerate(self.parts)]
        merged = sorted(chain.from_iterable(drawn), key=lambda request: request.arrival_time)
        return (request._replace(id=id) for id, request in enumerate(merged))


@dataclass(frozen=True)
class Injected:
    """Explicit lists, for checks by hand and for grading: nothing is drawn.

    Times and work in seconds; the run goes on until all is done unless `duration` ends it.
    """

    arrival_times: tuple[float, ...]
    work: tuple[Work, ...]
    duration: float = inf
    luck: tuple[float, ...] = ()

    def __post_init__(self):
        object.__setattr__(self, "arrival_times", tuple(map(float, self.arrival_times)))
        object.__setattr__(self, "work", tuple(checked_work(work) for work in self.work))
        object.__setattr__(self, "luck", tuple(map(float, self.luck)))
        if not self.duration > 0:
            raise ValueError(f"duration must be more than 0 seconds, got {self.duration}")
        if len(self.luck) not in (0, len(self.work)) or any(not 0 <= luck < 1 for luck in self.luck):
            raise ValueError("luck needs a number of at least 0 and below 1 for each request")
        if len(self.arrival_times) != len(self.work):
            raise ValueError(f"{len(self.arrival_times)} arrival times need as many works, got {len(self.work)}")
        if any(not isfinite(time) or time < 0 for time in self.arrival_times):
            raise ValueError("arrival times must be finite and not negative")
        if list(self.arrival_times) != sorted(self.arrival_times):
            raise ValueError("arrival times must be in order")

    def replication(self, number: int) -> "Injected":
        """Raise ValueError: there are no others."""
        raise ValueError("injected lists leave nothing to chance: one run says it all")

    def requests(self) -> Iterator[Request]:
        """The requests as given, numbered from 0."""
        count = len(self.work)
        return in_order(np.array(self.arrival_times), np.array(self.work).reshape(count, 3), repeat("request"),
                        np.arange(count), np.array(self.luck or [0.5] * count))


def in_order(times, work, kinds, keys, luck) -> Iterator[Request]:
    """Rows of the columns as requests, a chunk at a time so that a million of them need little memory."""
    def chunk(first):
        rows = slice(first, first + CHUNK)
        work_of_rows = map(tuple.__new__, repeat(Work), zip(*work[rows].T.tolist()))
        columns = (range(first, first + CHUNK), times[rows].tolist(), work_of_rows, kinds, keys[rows].tolist(),
                   luck[rows].tolist())
        return map(tuple.__new__, repeat(Request), zip(*columns))

    return chain.from_iterable(map(chunk, range(0, len(times), CHUNK)))


def checked_work(work) -> Work:
    """`work` as Work; raises ValueError unless it is three times in seconds, each finite and not negative."""
    if not hasattr(work, "__len__") or len(work) != 3:
        raise ValueError(f"work has three steps (prepare, infer, respond), in seconds, got {work}")
    work = Work(*map(float, work))
    for step, seconds in zip(Work._fields, work):
        at_least(step, seconds, 0, "seconds")
    return work
