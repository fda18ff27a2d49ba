"""Experiments on a control that functions lack: doing several requests at once, where starting costs more than one."""

from dataclasses import dataclass, replace
from typing import Any

from ..patterns.serverless import Serverless
from ..policies.batching import Batched
from ..prices import SERVER, Prices
from ..run import Run
from ..workload import Deterministic, Work, Workload
from .claim import Sides, runs

MS_OF_A_SERVER = "milliseconds of a server for a request"
P99 = "milliseconds, 99th percentile of the response time"


@dataclass(frozen=True)
class PaidByUse:
    """Machines that are paid while they work, and for each batch that is handed to them."""

    design: Batched
    memory_gb: float = 1.769

    def deploy(self, env):
        return self.design.deploy(env)

    def bill(self, run, prices):
        step = self.design.step
        return {"requests": len(run.waiting_times(step)) * prices.usd("lambda_request") / 1e6,
                "duration": run.busy_seconds(step) * self.memory_gb * prices.usd("lambda_duration_x86")}


@dataclass(frozen=True)
class OneAtATime:
    """US dollars for a million requests; the knob is the milliseconds that any batch takes, beside `each` for one.

    A function works on one request at a time. A container, on a machine of which it uses one core, takes up to `most`.
    """

    each: float = 2.0               # milliseconds
    usual: float = 20.0
    rate: float = 60.0
    most: int = 16
    duration: float = 6.0
    prices: Prices | None = None

    def sides(self, knob, traces):
        return self.usd(Serverless(), self.batched(knob), knob, traces)

    def others(self, traces):
        fixed, light = self.usual, OneAtATime(0.2, 1.0, self.rate, self.most, self.duration, self.prices)
        by_platform = PaidByUse(Batched(machines=100, most=self.most, wait=0.1, fixed=fixed / 1000))
        return [("hold", "a model that fills 6 GB and one core",
                 self.usd(Serverless(6.0), self.batched(fixed), fixed, traces)),
                ("hold", "there is always work",
                 replace(self, duration=2.0).measured(server_ms, 600, traces, MS_OF_A_SERVER)),
                ("fail", "a light model, 1.2 ms in all", light.usd(Serverless(), light.batched(1), 1, traces)),
                ("fail", "a platform that waits 0.1 s for more and hands over up to 16",
                 self.usd(by_platform, self.batched(fixed), None, traces)),
                ("fail", "60 requests a second", self.measured(p99_ms, self.rate, traces, P99))]

    def batched(self, fixed: float) -> Batched:
        """The container that may take several."""
        return Batched(most=self.most, fixed=fixed / 1000, machine=SERVER)

    def workload(self, rate: float, alone: float | None) -> Workload:
        """Requests with what each takes; when they are done `alone`, with the milliseconds for a batch of one."""
        return Workload(rate, self.duration, Work(0.0, (self.each + (alone or 0)) / 1000, 0.0),
                        distribution=Deterministic())

    def usd(self, function: Any, container: Batched, alone: float | None, traces: int) -> Sides:
        """US dollars for a million requests of both, at the usual rate."""
        prices = self.prices or Prices.read()
        own, other = ([1e6 * sum(design.bill(run, prices).values()) / len(run.arrival_times)
                       for run in runs(design, self.workload(self.rate, fixed), traces)]
                      for design, fixed in ((function, alone), (container, None)))
        return Sides(own, other)

    def measured(self, of, rate: float, traces: int, metric: str) -> Sides:
        """Something else of both, at that rate and the usual milliseconds."""
        own, other = ([of(run) for run in runs(design, self.workload(rate, fixed), traces)]
                      for design, fixed in ((Serverless(), self.usual), (self.batched(self.usual), None)))
        return Sides(own, other, metric)


def server_ms(run: Run) -> float:
    """Milliseconds in which a server is busy for each completed request."""
    return 1000 * run.busy_seconds("instances" if "instances" in run.jobs else "infer") / len(run.response_times)


def p99_ms(run: Run) -> float:
    """Milliseconds that 99 % of the response times do not exceed, once the first instances have started."""
    return 1000 * run.after(run.end / 2).percentile(99)
