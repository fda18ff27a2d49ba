"""An optional service that hangs or is down: the run that a learner's policy around it is judged by."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ..faults import Crash, Hang
from ..patterns.microservices import Service
from ..policies.front_end import FrontEnd
from ..simulation import simulate
from ..workload import Injected, LogNormal, Work, Workload
from . import oracle

RATE, THREADS = 100, 20             # requests per second; threads of the front end
WORK = Work(0.020, 0.030, 0)        # seconds: the front end's own step, and the optional call
MARGIN = 5.0                        # seconds that the run goes on after the last arrival
MOST_CALLS = 20                     # for each request: beyond that, the run is stopped
FAULTS = {"hang": Hang, "crash": Crash}


@lru_cache(maxsize=64)
def trace(fault: str, duration: int, start: int, length: int, seed: int) -> dict[str, Any]:
    """One case: requests with the work of both steps, and when the optional service hangs or is down, in seconds."""
    requests = list(Workload(RATE, duration, WORK, seed, distribution=LogNormal(0.15)).requests())
    return {"fault": fault, "start": start, "length": length, "arrival_times": [one.arrival_time for one in requests],
            "own": [one.work.prepare for one in requests], "call": [one.work.infer for one in requests]}


class Storm(Exception):
    """Raised when there are far more calls than requests."""


@dataclass(frozen=True)
class Watched:
    """`design`, with a row in `log` for each call: the request, and when it was called."""

    design: Any
    log: list[tuple[int, float]]
    most: int

    def deploy(self, env):
        inner = self.design.deploy(env)

        def handle(request):
            self.log.append((request.id, env.now))
            if len(self.log) > self.most:
                raise Storm
            return (yield from inner.handle(request))

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)


def facts(answer: Any, case: dict[str, Any]) -> dict[str, Any] | None:
    """What happens with the learner's policy around the optional service; nothing is judged here."""
    log: list[tuple[int, float]] = []
    policy = answer(Watched(Service("infer", THREADS), log, MOST_CALLS * len(case["own"])))
    if not hasattr(policy, "deploy"):
        return None if policy is None else {"no_design": type(policy).__name__}
    work = tuple(Work(own, call, 0) for own, call in zip(case["own"], case["call"]))
    workload = Injected(tuple(case["arrival_times"]), work, case["arrival_times"][-1] + MARGIN)
    fault = FAULTS[case["fault"]]("infer", case["start"], case["length"])
    run = simulate(FrontEnd(policy, THREADS), workload, faults=(fault,))
    stand_ins = set(run.jobs["fallback"].request.tolist()) if "fallback" in run.jobs else set()
    return {"times": np.round(run.departure_times - run.arrival_times, 9), "failed": np.flatnonzero(run.outcomes),
            "stand_ins": sorted(stand_ins),
            "kept": sum(int(np.isnan(jobs.finished).sum()) for jobs in run.jobs.values()),
            **calls(log, np.nan_to_num(run.departure_times, nan=run.end), meanwhile(case), stand_ins)}


def meanwhile(case: dict[str, Any]) -> set[int]:
    """The requests that arrive while the optional service hangs or is down."""
    start, end = case["start"], case["start"] + case["length"]
    return {number for number, time in enumerate(case["arrival_times"]) if start <= time < end}


def calls(log: list[tuple[int, float]], left: np.ndarray, during: set[int], stand_ins: set[int]) -> dict[str, Any]:
    """How many calls the requests of the fault made, how long they waited for nothing, and how many at once."""
    called = dict(reversed(log))        # the first call of each request
    in_vain = [left[one] - called[one] for one in sorted(during & stand_ins & set(called))]
    return {"calls": sum(request in during for request, _ in log),
            "waited": float(np.median(in_vain)) if in_vain else 0.0,
            "waiting_at_once": oracle.most_at_once(list(called.values()), [left[one] for one in called])}
