"""Experiments on cold starts: who meets one, and how late that makes the slowest answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..laws import LogNormalLaw
from ..patterns.monolith import Monolith
from ..patterns.serverless import Serverless
from ..policies.provisioned import Provisioned
from ..run import Run, measure, percentile_interval
from ..simulation import replicate
from ..workload import Bursty, LogNormal, Poisson, Work, Workload
from .claim import Sides, runs, unanswered
from .rising import cold_start

if TYPE_CHECKING:
    from pandas import DataFrame

HOUR = 3600.0


def cold_share(run: Run) -> float:
    """Percent of the requests for which an instance is started."""
    ready, cold = (sum(int((run.jobs[pool].arrived >= run.start).sum()) for pool in pools if pool in run.jobs)
                   for pools in (("instances", "provisioned"), ("cold starts",)))
    return 100 * cold / ready if ready else 0.0


@dataclass(frozen=True)
class ColdOrBusy:
    """Seconds, 99th percentile of the response time; the knob is the seconds between two calls, on average.

    A function, against one machine that is always on, where a call may have to wait for another.
    """

    seconds: float = 0.2
    keep_alive: float = 600.0
    cold: LogNormalLaw | None = None
    workers: int = 1
    requests: int = 1000            # expected in a trace
    burst: int = 60                 # calls in a tenth of a second, each 20 minutes, on one a second

    def sides(self, knob, traces):
        return self.p99(self.function, Monolith(self.workers), self.every(knob), traces)

    def others(self, traces):
        rare, warm = self.every(600), replace(self.function, cold_start=LogNormalLaw(0.0))
        on_a_gpu = replace(self.function, cold_start=cold_start("gpu_vllm_boot_snapshot"))
        on, patient = Monolith(self.workers), "percent of calls not done within two minutes"
        late = ([unanswered(run, 120.0) for run in runs(design, rare, traces)] for design in (self.function, on))
        return [("hold", "a call an hour", self.p99(self.function, on, self.every(HOUR), traces)),
                ("hold", "a call each 10 minutes, to a language model on a GPU", self.p99(on_a_gpu, on, rare, traces)),
                ("hold", "one call a second and bursts of 60, against functions that are always warm",
                 self.p99(self.function, warm, self.bursts, traces)),
                ("fail", "a call each 10 minutes, one instance provisioned",
                 self.p99(Provisioned(self.function), on, rare, traces)),
                ("fail", "a call each 10 minutes, nobody waits for the answer", Sides(*late, patient))]

    @property
    def function(self) -> Serverless:
        """With the cold start that was measured, unless another is given."""
        return Serverless(cold_start=self.cold or cold_start(), keep_alive=self.keep_alive)

    def every(self, seconds: float) -> Workload:
        """A trace of independent calls, so many seconds apart on average."""
        return self.workload(1 / seconds, self.keep_alive + self.requests * seconds)

    @property
    def bursts(self) -> Workload:
        """A tenth of a second with many calls, and then 20 minutes with one a second, by the mean."""
        calm, short = 1200.0, 0.1
        rate = (self.burst + calm) / (short + calm)
        return self.workload(rate, self.keep_alive + 3 * calm, Bursty(self.burst / short / rate, short, calm))

    def workload(self, rate: float, duration: float, arrivals: Any = None) -> Workload:
        """Calls with their work; independent ones unless it is said how they arrive."""
        return Workload(rate, duration, Work(0.0, self.seconds, 0.0), arrivals=arrivals or Poisson(),
                        distribution=LogNormal(0.5))

    def p99(self, function: Any, other: Any, workload: Workload, traces: int) -> Sides:
        """Seconds that 99 % of the calls do not exceed, of both on each trace."""
        own, others = ([run.after(self.keep_alive).percentile(99) for run in runs(design, workload, traces)]
                       for design in (function, other))
        return Sides(own, others)


def curve(an_hour: tuple[float, ...] = (1, 6, 30, 360, 36_000), traces: int = 10,
          of: ColdOrBusy = ColdOrBusy()) -> "DataFrame":
    """Percent of cold calls and seconds at the 99th percentile, with intervals, for so many calls an hour.

    The last row has a call a second and bursts. The time in which the first instances start is left out.
    """
    from pandas import DataFrame

    steady = {f"{rate:,} an hour": of.workload(rate / HOUR, of.keep_alive + max(HOUR / 3, of.requests * HOUR / rate))
              for rate in an_hour}
    every = {**steady, "1 a second, bursts of 60": of.bursts}
    return DataFrame([{"calls": name, **starts(replicate(of.function, workload, traces), of.keep_alive)}
                      for name, workload in every.items()])


def starts(whole: Sequence[Run], warm_up: float) -> dict[str, float]:
    """Percent of cold calls and seconds at the 99th percentile, each with its interval, after the warm-up."""
    later = [run.after(warm_up) for run in whole]
    share, slow = measure(later, cold_share), percentile_interval(later, 99)
    return {"cold": share.mean, "cold low": share.low, "cold high": share.high,
            "p99": slow.mean, "p99 low": slow.low, "p99 high": slow.high, "traces": len(later)}
