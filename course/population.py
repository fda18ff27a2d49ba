"""A cloud's functions: most are called rarely, and a few get nearly all of the calls."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .limits import whole
from .workload import Bursty, Replay, Work, Workload

DAY = 86_400.0
# Shares of the functions that are called at most so many times a day: 45 % once an hour, 81 % once a minute. Between
# these the logarithm of the rate is uniform. The busiest is chosen so that the upper 18.6 % get 99.6 % of all calls.
SHARES, CALLS_A_DAY = (0.0, 0.45, 0.81, 1.0), (0.1, 24.0, 1440.0, 1.16e6)
BURSTY_SHARE = 0.4                          # the others are called by a clock
SECONDS_MU, SECONDS_SIGMA = -0.38, 2.36     # of the logarithm of a function's mean seconds of work
BURR_C, BURR_K, BURR_MB = 11.652, 0.221, 107.083


class Function(NamedTuple):
    """How often and how a function is called, in calls per second, and what a call needs, in seconds and gigabytes."""

    arrival_rate: float
    bursty: bool
    mean_work: float
    memory_gb: float

    def workload(self, duration: float, seed: int = 1) -> Workload:
        """Its calls: bursts of about 30 with rare calls between them, or as regular as a clock."""
        mean = 1 / self.arrival_rate
        arrivals = Bursty(3, max(0.001, 10 * mean), max(0.001, 30 * mean)) if self.bursty else Replay((0.0, 1.0))
        return Workload(self.arrival_rate, duration, Work(0, self.mean_work, 0), seed, arrivals)


@dataclass(frozen=True)
class Population:
    """So many functions with the laws that Shahrad et al. found in Azure (Serverless in the Wild, USENIX ATC 2020)."""

    count: int = 1000
    seed: int = 1

    def __post_init__(self):
        whole("count", self.count, 1)
        whole("seed", self.seed, 0)

    def functions(self) -> list[Function]:
        """The same seed gives the same functions; shares of rates and bursts are exact, work and memory are drawn."""
        streams = [np.random.default_rng(seed) for seed in np.random.SeedSequence(self.seed).spawn(4)]
        rates, bursts, work, memory = streams
        even = (np.arange(self.count) + 0.5) / self.count
        columns = (call_rate(rates.permutation(even)), bursts.permutation(even) < BURSTY_SHARE,
                   work.lognormal(SECONDS_MU, SECONDS_SIGMA, self.count), burr(memory.random(self.count)) / 1000)
        return [Function(*row) for row in zip(*(column.tolist() for column in columns))]


def call_rate(p: np.ndarray) -> np.ndarray:
    """Calls per second that a share `p` of the functions does not exceed."""
    return np.exp(np.interp(p, SHARES, np.log(CALLS_A_DAY))) / DAY


def burr(p: np.ndarray) -> np.ndarray:
    """Megabytes that a share `p` of the functions does not exceed: the Burr law that was fitted to their memory."""
    return BURR_MB * ((1 - p) ** (-1 / BURR_K) - 1) ** (1 / BURR_C)
