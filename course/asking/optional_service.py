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
MOST_CALLS = 6                      # for each request: beyond that, the run is stopped
MICRO = 1e-6                        # seconds
FAULTS = {"hang": Hang, "crash": Crash}


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


def decisions(answer: Any, case: dict[str, Any]) -> dict[str, Any] | None:
    """What requests did under the learner's policy around the optional service: when they called, and how they left.

    Of the calls, in their order, the differences between request numbers, and between times in millionths of a second.
    """
    log: list[tuple[int, float]] = []
    policy = answer(Watched(Service("infer", THREADS), log, MOST_CALLS * len(case["own"])))
    if not hasattr(policy, "deploy"):
        return None if policy is None else {"no_design": type(policy).__name__}
    work = tuple(Work(own, call, 0) for own, call in zip(case["own"], case["call"]))
    workload = Injected(tuple(case["arrival_times"]), work, case["arrival_times"][-1] + MARGIN)
    fault = FAULTS[case["fault"]]("infer", case["start"], case["length"])
    run = simulate(FrontEnd(policy, THREADS), workload, faults=(fault,))
    stand_ins = set(run.jobs["fallback"].request.tolist()) if "fallback" in run.jobs else set()
    called, at = np.array(log).reshape(-1, 2).T
    return {"times": np.round(run.departure_times - run.arrival_times, 9), "failed": np.flatnonzero(run.outcomes),
            "stand_ins": sorted(stand_ins), "called": np.diff(called, prepend=0).astype(int),
            "at": np.diff(np.rint(at / MICRO), prepend=0).astype(int)}
