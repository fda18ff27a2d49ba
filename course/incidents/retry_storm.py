"""Retry storm: a short outage, callers who ask again at once, and servers that work for callers who have gone.

After Bronson et al., Metastable Failures in Distributed Systems, HotOS 2021.
"""

from typing import Any

from ..faults import Hang
from ..patterns.monolith import Monolith
from ..policies.breaker import CircuitBreaker
from ..policies.retries import FullJitter, Retries
from ..policies.timeout import Timeout
from ..workload import LogNormal, Work, Workload
from .incident import Action, Incident, Settings

DURATION, OUTAGE, LASTS = 122, 20, 6        # seconds


def design(settings: Settings):
    """Callers with a timeout and retries, and the service behind them."""
    service: Any = Timeout(Monolith(settings["servers"], settings["queue limit"]), settings["timeout"])
    if settings["breaker opens for"]:
        service = CircuitBreaker(service, window=20, open_for=settings["breaker opens for"], trials=5)
    pause = settings["pause"]
    return Retries(service, settings["attempts"], FullJitter(pause, 8 * pause), settings["retry budget"])


def workload(seed: int, shift: float):
    """People who look something up."""
    return Workload(34, DURATION, Work(0.02, 0.06, 0.02), seed, distribution=LogNormal(0.3), kind="user")


def faults(settings: Settings, shift: float):
    """The service takes requests and answers none."""
    return (Hang("workers", OUTAGE + shift, LASTS),)


INCIDENT = Incident(
    "retry storm",
    "34 users a second ask a service of five servers, each of which can answer ten a second. Who has no answer after "
    "a second asks again, three times in all. The service hangs for six seconds. It comes back, and hardly anyone "
    "gets an answer any more.",
    "70 % of all users have their answer within 2 s, those who come during the outage included.",
    0.70, {"user": 2.0}, 0.80, 10, 120, (
        Action("attempts", 3, 1, 8, "how often a caller asks, the first time included"),
        Action("retry budget", 10.0, 0.0, 10.0, "retries that each first try brings, all callers together"),
        Action("pause", 0.0, 0.0, 30.0, "seconds before the first retry, by chance up to that, then twice as long"),
        Action("timeout", 1.0, 0.1, 60.0, "seconds that a caller waits for a try"),
        Action("queue limit", 100_000, 0, 100_000, "requests that may wait; one more is refused at once"),
        Action("breaker opens for", 0.0, 0.0, 60.0, "seconds without calls when half of the last 20 have failed"),
        Action("servers", 5, 1, 100, "servers of the service, each paid by the hour"),
    ), design, workload, faults)
