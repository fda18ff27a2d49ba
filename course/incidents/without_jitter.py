"""Backoff without jitter: all who failed at the same moment come back at the same moment, again and again.

After Brooker, Exponential Backoff and Jitter, AWS Architecture Blog, 2015.
"""

from dataclasses import dataclass
from typing import Any

from ..faults import Crash
from ..laws import UniformLaw
from ..patterns.monolith import Monolith
from ..policies.late import Late
from ..policies.rate_limit import RateLimited
from ..policies.retries import Exponential, Retries
from ..workload import Deterministic, Diurnal, Mixed, Work, Workload
from .for_kind import ForKind
from .incident import Action, Incident, Settings

DURATION, WAVE, PART, DEVICES = 105, 20, 0.5, 400        # seconds, and how many wake together


@dataclass(frozen=True)
class Jittered:
    """An exponential pause, a share `jitter` of which is left to chance."""

    base: float
    jitter: float

    def pause(self, retry, chance, before):
        whole = Exponential(self.base, 60).pause(retry, chance, before)
        return whole * (1 - self.jitter + self.jitter * chance)


def design(settings: Settings):
    """A service with little room to wait, and devices that try again after pauses which double."""
    service: Any = Monolith(settings["servers"], settings["queue limit"])
    if settings["rate limit"]:
        service = RateLimited(service, settings["rate limit"], settings["rate limit"])
    retried = Retries(service, settings["attempts"], Jittered(settings["pause"], settings["jitter"]))
    wake_up = settings["wake up within"]
    return ForKind(retried, "device", lambda inner: Late(inner, UniformLaw(0, wake_up))) if wake_up else retried


def workload(seed: int, shift: float):
    """People, and devices that wake by the clock."""
    parts = [0.0] * round(DURATION / PART)
    parts[round((WAVE + shift) / PART)] = 1.0
    work = Work(0, 0.05, 0)
    people = Workload(10, DURATION, work, seed, distribution=Deterministic(), kind="person")
    devices = Workload(DEVICES / DURATION, DURATION, work, seed, Diurnal(tuple(parts), DURATION), Deterministic(),
                       "device")
    return Mixed((people, devices))


def faults(settings: Settings, shift: float):
    """The service restarts just then."""
    return (Crash("workers", WAVE + shift - 1, 2),)


INCIDENT = Incident(
    "backoff without jitter",
    "400 devices wake up at the full minute, while the service restarts. All are refused, and try again after 1, 2, "
    "4, 8 and 16 s. Four servers answer 80 a second, and 20 more may wait. Between the waves they have little to do. "
    "In each wave nearly everybody is refused.",
    "95 % of the devices and 95 % of the people have their answer within 20 s.",
    0.95, {"person": 20.0, "device": 20.0}, 0.80, 5, 80, (
        Action("attempts", 6, 1, 15, "how often a device or a person tries, the first time included"),
        Action("pause", 1.0, 0.0, 60.0, "seconds before the first retry; each further pause is twice as long"),
        Action("jitter", 0.0, 0.0, 1.0, "the share of each pause that is left to chance"),
        Action("queue limit", 20, 0, 100_000, "requests that may wait; one more is refused at once"),
        Action("rate limit", 0.0, 0.0, 1000.0, "requests of a kind let through in a second; 0: no limit"),
        Action("wake up within", 0.0, 0.0, 60.0, "seconds over which the devices wake up, each at one of its own"),
        Action("servers", 4, 1, 100, "servers of the service, each paid by the hour"),
    ), design, workload, faults)
