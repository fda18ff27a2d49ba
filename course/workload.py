"""What arrives: requests, and the work that each of them brings. All randomness of the course is drawn here."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from math import inf, isfinite
from typing import NamedTuple, Protocol

import numpy as np

MOST_REQUESTS = 5_000_000       # about a minute of simulation, and a few hundred megabytes
CHUNK = 4096


class Work(NamedTuple):
    """Seconds of work in each step that an AI request goes through."""

    prepare: float
    infer: float
    respond: float


class Request(NamedTuple):
    """One request, and all that chance decides about it; `luck` is uniform in [0, 1)."""

    id: int
    arrival_time: float
    work: Work
    kind: str
    key: int
    luck: float


class Arrivals(Protocol):
    """How the arrival rate moves: maps the arrival times of a rate of 1 to seconds."""

    def spread(self, rate: float, duration: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Corners of the curve of requests expected by a time: their times, and the requests expected."""
        ...


@dataclass(frozen=True)
class Poisson:
    """Independent requests at a constant rate."""

    def spread(self, rate, duration, rng):
        return np.array([0.0, duration]), np.array([0.0, rate * duration])


@dataclass(frozen=True)
class Bursty:
    """Calm and bursts in turn (two-state MMPP): in a burst the rate is `peak` times the mean.

    Bursts and calm last `burst` and `calm` seconds on average. The calm rate follows from the mean; ValueError if the
    bursts alone would exceed it.
    """

    peak: float = 3.0
    burst: float = 10.0
    calm: float = 30.0

    def __post_init__(self):
        for name in ("burst", "calm"):
            at_least(name, getattr(self, name), 0.001, "seconds")
        at_least("peak", self.peak, 1)
        if self.peak * self.burst > self.burst + self.calm:
            most = (self.burst + self.calm) / self.burst
            raise ValueError(f"peak must be at most {most:g} with these burst and calm times, got {self.peak}")

    def spread(self, rate, duration, rng):
        share = self.burst / (self.burst + self.calm)
        calm_rate = (1 - self.peak * share) / (1 - share)
        starts_calm = rng.random() >= share
        pairs = int(duration / (self.burst + self.calm) * 2) + 20
        means = [self.calm, self.burst] if starts_calm else [self.burst, self.calm]
        rates = [calm_rate, self.peak] if starts_calm else [self.peak, calm_rate]
        stays = rng.exponential(means, (pairs, 2))
        while stays.sum() < duration:
            stays = np.concatenate([stays, rng.exponential(means, (pairs, 2))])
        times = np.concatenate([[0.0], np.cumsum(stays)])
        expected = np.concatenate([[0.0], np.cumsum(stays * rates)]) * rate
        return np.append(times[times < duration], duration), np.append(
            expected[times < duration], np.interp(duration, times, expected))


@dataclass(frozen=True)
class Diurnal:
    """A day that repeats: `profile` gives the relative rate of equal parts of the day."""

    profile: tuple[float, ...]
    day: float = 86_400.0

    def __post_init__(self):
        object.__setattr__(self, "profile", tuple(float(part) for part in self.profile))
        at_least("day", self.day, 1, "second")
        if not self.profile or min(self.profile) < 0 or not 0 < sum(self.profile) < inf:
            raise ValueError("profile needs at least one part, none negative and not all zero")

    def spread(self, rate, duration, rng):
        part = self.day / len(self.profile)
        relative = np.array(self.profile) / np.mean(self.profile)
        count = int(np.ceil(duration / part))
        times = np.arange(count + 1) * part
        expected = rate * part * np.concatenate([[0.0], np.cumsum(np.resize(relative, count))])
        return np.append(times[:-1], duration), np.append(expected[:-1], np.interp(duration, times, expected))


@dataclass(frozen=True)
class Replay:
    """A recorded trace, repeated as often as needed and stretched to the rate asked for."""

    recorded: tuple[float, ...]

    def __post_init__(self):
        object.__setattr__(self, "recorded", tuple(float(time) for time in self.recorded))
        gaps = np.diff(self.recorded)
        if len(gaps) < 1 or not np.all(np.isfinite(gaps)) or gaps.min() < 0 or gaps.sum() == 0:
            raise ValueError("a recorded trace needs two arrival times or more, in order, not all the same")

    def at_rate(self, rate: float, duration: float) -> np.ndarray:
        """Arrival times in seconds below `duration`."""
        gaps = np.diff(self.recorded)
        gaps = gaps / gaps.mean() / rate
        rounds = int(duration * rate / len(gaps)) + 2
        times = np.concatenate([[0.0], np.cumsum(np.tile(gaps, rounds))])
        return times[times < duration]


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
        short = rng.random(shape) < share
        return rng.exponential(size=shape) * np.where(short, 1 / (2 * share), 1 / (2 * (1 - share)))


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
    arrivals: Arrivals | Replay = Poisson()
    distribution: Distribution = Exponential()
    kind: str = "request"
    keys: int = 100

    def __post_init__(self):
        object.__setattr__(self, "mean_work", checked_work(self.mean_work))
        at_least("arrival_rate", self.arrival_rate, 0, "requests per second")
        at_least("duration", self.duration, 0.001, "seconds")
        at_least("keys", self.keys, 1)
        at_least("seed", self.seed, 0)
        expected = self.arrival_rate * self.duration
        if expected > MOST_REQUESTS:
            raise ValueError(f"{expected:,.0f} requests are more than one run can hold ({MOST_REQUESTS:,}): "
                             "lower arrival_rate or duration")

    def requests(self) -> Iterator[Request]:
        """The requests in order of arrival, numbered from 0."""
        streams = [np.random.default_rng(seed) for seed in np.random.SeedSequence(self.seed).spawn(5)]
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
    """Several workloads at once, merged in order of arrival."""

    parts: tuple[Workload, ...]

    def __post_init__(self):
        if not self.parts:
            raise ValueError("a mixed workload needs at least one part")

    @property
    def duration(self) -> float:
        """Seconds until the longest part ends."""
        return max(part.duration for part in self.parts)

    def requests(self) -> Iterator[Request]:
        """The requests of all parts, numbered anew."""
        merged = sorted((request for part in self.parts for request in part.requests()),
                        key=lambda request: request.arrival_time)
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
        if len(self.arrival_times) != len(self.work):
            raise ValueError(f"{len(self.arrival_times)} arrival times need as many works, got {len(self.work)}")
        if any(not isfinite(time) or time < 0 for time in self.arrival_times):
            raise ValueError("arrival times must be finite and not negative")
        if list(self.arrival_times) != sorted(self.arrival_times):
            raise ValueError("arrival times must be in order")

    def requests(self) -> Iterator[Request]:
        """The requests as given, numbered from 0."""
        count = len(self.work)
        return in_order(np.array(self.arrival_times), np.array(self.work).reshape(count, 3), repeat("request"),
                        np.arange(count), np.array(self.luck or [0.5] * count))


def in_order(times, work, kinds, keys, luck) -> Iterator[Request]:
    """Rows of the columns as requests, a chunk at a time so that a million of them need little memory."""
    make_work, make_request = partial(tuple.__new__, Work), partial(tuple.__new__, Request)

    def chunk(first):
        rows = slice(first, first + CHUNK)
        work_of_rows = map(make_work, zip(*work[rows].T.tolist()))
        return map(make_request, zip(range(first, first + CHUNK), times[rows].tolist(), work_of_rows, kinds,
                                     keys[rows].tolist(), luck[rows].tolist()))

    return chain.from_iterable(map(chunk, range(0, len(times), CHUNK)))


def checked_work(work) -> Work:
    """`work` as Work; raises ValueError unless it is three times in seconds, each finite and not negative."""
    if len(work) != 3:
        raise ValueError(f"work has three steps (prepare, infer, respond), got {len(work)}")
    work = Work(*map(float, work))
    for step, seconds in zip(Work._fields, work):
        at_least(step, seconds, 0, "seconds")
    return work


def at_least(name, value, least, unit="") -> None:
    """Raise ValueError with a sentence unless `value` is a finite number of at least `least`."""
    if not (isinstance(value, (int, float, np.number)) and isfinite(value) and value >= least):
        raise ValueError(f"{name} must be at least {least} {unit}".rstrip() + f", got {value}")
