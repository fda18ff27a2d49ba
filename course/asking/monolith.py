"""How the exercises of lesson 01 are asked."""

from typing import Any

import numpy as np

from .. import data
from ..prices import Prices
from ..workload import Diurnal, LogNormal, Work, Workload
from . import probe

RATES = (20, 64, 96)        # of exercise 1D: requests per second at night, by day and at peak
DAY_SEEN: dict[str, Any] = {"day": 360, "seeds": [36]}


def calculate(function: Any, case: list[float]) -> Any:
    """1C: what a function makes of an arrival rate and a service rate."""
    return probe.call(function, *case)


def modify(function: Any, case: dict[str, Any]) -> Any:
    """1M: what a function makes of a trace, again and again."""
    return probe.call_again(function, case["arrival_times"], case["service_times"], case["workers"])


def design(replicas: Any, case: Any) -> Any:
    """1D: three numbers, and what they were chosen for."""
    return {"replicas": probe.value(replicas), **probe.run(surroundings, ())}


def explain(record: Any, case: Any) -> Any:
    """1E: a text."""
    return probe.value(record)


def workload_of(day: float, seed: int) -> Workload:
    """The requests of one day of exercise 1D."""
    return Workload(float(np.mean(RATES)), day, Work(*data.work("image_classifier")), seed, Diurnal(RATES, day),
                    LogNormal(0.5))


def surroundings() -> dict[str, Any]:
    """What this process takes for the traffic and the price, to notice when either was changed in a kernel."""
    requests = list(workload_of(DAY_SEEN["day"], DAY_SEEN["seeds"][0]).requests())
    return {"requests": len(requests), "work": sum(sum(request.work) for request in requests),
            "price": Prices.read().server_second}


ASKED = {"1C": calculate, "1M": modify, "1D": design, "1E": explain}
