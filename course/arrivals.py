"""When requests arrive: how the arrival rate moves over time."""

from dataclasses import dataclass
from math import inf
from typing import Protocol

import numpy as np

from .limits import at_least, few


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
        pairs = few(duration / (self.burst + self.calm) * 2, "bursts") + 20
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
        count = few(np.ceil(duration / part), "parts of a day")
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
