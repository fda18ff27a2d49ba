"""Experiments on tasks that take long: a time limit ends them, unless they are cut into pieces."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..patterns.monolith import Monolith
from ..patterns.serverless import Serverless
from ..policies.retries import Retries
from ..prices import Prices
from ..run import OUTCOMES, Run
from ..simulation import outcome_of, simulate
from ..workload import Injected, LogNormal, Work, Workload
from .claim import Sides, runs
from .paying import machines

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class Checkpointed:
    """A function that saves what it has done every so many seconds; another call goes on from there."""

    design: Serverless
    every: float = 60.0

    def deploy(self, env):
        inner = self.design.deploy(env)
        saved = (np.ceil(self.design.time_limit / self.every) - 1) * self.every

        def handle(request):
            left = sum(request.work)
            while left > self.design.time_limit:
                yield from outcome_of(inner.handle(request._replace(work=Work(0.0, left, 0.0))))
                left -= saved
            return (yield from inner.handle(request._replace(work=Work(0.0, left, 0.0))))

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)


@dataclass(frozen=True)
class Sharded:
    """A task as so many equal ones at once, each in an instance of its own."""

    design: Serverless
    shards: int = 60

    def deploy(self, env):
        inner = self.design.deploy(env)

        def handle(request):
            work = Work(*(step / self.shards for step in request.work))
            parts = [env.process(outcome_of(inner.handle(request._replace(work=work, luck=luck))))
                     for luck in request.chances("shard", self.shards).tolist()]
            yield env.all_of(parts)
            return next((part.value for part in parts if part.value), None)

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)


@dataclass(frozen=True)
class LongTasks:
    """Percent of tasks not done within `patience` times their mean; the knob is that mean, in minutes.

    Functions with a time limit, against machines without one that are busy for a share of their time.
    """

    limit: float = 900.0            # seconds
    patience: float = 3.0
    cores: int = 4
    busy: float = 0.6
    tasks: int = 500                # expected in a trace
    usual: float = 10.0             # minutes

    def sides(self, knob, traces):
        return self.late(Serverless(time_limit=self.limit), knob, traces)

    def others(self, traces):
        function, usual = Serverless(time_limit=self.limit), self.workload(self.usual)
        spent = [[wasted(run, self.limit) for run in runs(design, usual, traces)]
                 for design in (function, Retries(function), Monolith(self.cores))]
        metric = "percent of the paid time that goes into tasks which are then stopped"
        return [("fail", "each minute is saved", self.late(Checkpointed(function), self.usual, traces)),
                ("fail", "each task in 60 parts", replace(self, tasks=100).late(Sharded(function), self.usual, traces)),
                ("hold", "a task is tried once", Sides(spent[0], spent[2], metric)),
                ("hold", "a task is tried three times from its start", Sides(spent[1], spent[2], metric))]

    def workload(self, minutes: float) -> Workload:
        """A trace of tasks, as many as keep the machines busy for the share."""
        mean = 60 * minutes
        rate = self.busy * self.cores / mean
        return Workload(rate, self.tasks / rate, Work(0.0, mean, 0.0), distribution=LogNormal(1.0))

    def late(self, functions: Any, minutes: float, traces: int) -> Sides:
        """Percent late on each trace, of the functions and of the machines."""
        within, workload = self.patience * 60 * minutes, self.workload(minutes)
        own, others = ([not_done(run, within) for run in runs(design, workload, traces)]
                       for design in (functions, Monolith(self.cores)))
        return Sides(own, others)


def not_done(run: Run, within: float) -> float:
    """Percent of the tasks that are not done in time, of those whose time is over when the run ends."""
    over = run.arrival_times <= run.end - within
    done = (run.outcomes == 0) & (run.departure_times - run.arrival_times <= within)
    return 100 * (1 - float(np.mean(done[over])))


def wasted(run: Run, limit: float) -> float:
    """Percent of the paid time of finished calls that goes into those which the time limit ends."""
    jobs = run.jobs.get("instances") or run.jobs["workers"]
    took = jobs.finished - jobs.started
    took = took[~np.isnan(took)]
    stopped = took >= limit * (1 - 1e-9) if "instances" in run.jobs else np.zeros(len(took), bool)
    return 100 * float(took[stopped].sum() / took.sum())


def one_job(minutes: float = 40.0) -> "DataFrame":
    """What becomes of one long job by design: outcome, minutes until then, seconds paid, US dollars."""
    from pandas import DataFrame

    function = Serverless()
    job = Injected((0.0,), (Work(0.0, 60 * minutes, 0.0),))
    designs: dict[str, Any] = {
        "tried three times": Retries(function), "each minute saved": Checkpointed(function),
        "in 60 parts at once": Sharded(function), "one machine": machines(1)}
    return DataFrame([{"design": name, **ended(simulate(design, job))} for name, design in designs.items()])


def ended(run: Run) -> dict[str, Any]:
    """How the first task of a run ended, and what the run was paid for."""
    own = "instances" if "instances" in run.jobs else "workers"
    return {"outcome": OUTCOMES[run.outcomes[0]], "minutes": float(run.departure_times[0]) / 60,
            "seconds of work": run.busy_seconds(own), "usd": sum(run.design.bill(run, Prices.read()).values())}
