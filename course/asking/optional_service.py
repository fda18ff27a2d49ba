"""An optional service that hangs or is down, and what happens with a learner's policy around it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..faults import Crash, Hang
from ..patterns.microservices import Service
from ..policies.front_end import FrontEnd
from ..simulation import simulate
from ..workload import Injected, Work

THREADS = 20                        # of the front end
MARGIN = 5.0                        # seconds that the run goes on after the last arrival
MOST_CALLS = 20                     # for each request: beyond that, the run is stopped
FAULTS = {"hang": Hang, "crash": Crash}
INSTANT = 1e-9                      # seconds: who leaves then has left


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
            "waiting_at_once": most_at_once(np.array(list(called.values())), left[list(called)])}


def most_at_once(began: np.ndarray, ended: np.ndarray) -> int:
    """The largest number that went on at the same time: at some beginning, those begun less those that have ended."""
    begun = np.searchsorted(np.sort(began), began, "right")
    return int(np.max(begun - np.searchsorted(np.sort(ended), began + INSTANT, "right"), initial=0))
