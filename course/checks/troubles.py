"""The traces of exercise 2M: requests, and when an optional service hangs or is down."""

from functools import lru_cache
from typing import Any

from ..workload import LogNormal, Work, Workload

RATE = 100                      # requests per second
WORK = Work(0.020, 0.030, 0)    # seconds: the front end's own step, and the optional call


@lru_cache(maxsize=64)
def trace(fault: str, duration: int, start: int, length: int, seed: int) -> dict[str, Any]:
    """One case: requests with the work of both steps, and when the optional service hangs or is down, in seconds."""
    requests = list(Workload(RATE, duration, WORK, seed, distribution=LogNormal(0.15)).requests())
    return {"fault": fault, "start": start, "length": length, "arrival_times": [one.arrival_time for one in requests],
            "own": [one.work.prepare for one in requests], "call": [one.work.infer for one in requests]}
