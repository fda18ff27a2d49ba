"""Experiments on paying for use: functions, against machines that are paid whether they work or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from ..laws import LogNormalLaw
from ..patterns.monolith import Monolith
from ..patterns.serverless import Serverless
from ..policies.asynchronous import Asynchronous
from ..policies.language_model import LanguageModel
from ..prices import SERVER, Prices
from ..run import Run, measure
from ..workload import Bursty, LogNormal, Poisson, Work, Workload
from .claim import Sides, runs
from .hardware import Packed
from .small import monthly

if TYPE_CHECKING:
    from pandas import DataFrame

CORES = 2       # of a machine; a worker and a function of 1.769 GB have one each


def machines(number: int) -> Packed:
    """So many of the course's servers, a worker on each of their cores."""
    return Packed(Monolith(CORES * number), 1 / CORES)


def waiting(seconds: float) -> LanguageModel:
    """A call that always takes so long, and no time of the caller's own."""
    return LanguageModel(LogNormalLaw(seconds), 0.0, LogNormalLaw(1.0))


@dataclass(frozen=True)
class InSteps:
    """Functions of which a request passes `steps`, each called over an HTTP API, with the same work in all."""

    design: Any
    steps: int = 8

    def deploy(self, env):
        return self.design.deploy(env)

    def bill(self, run, prices):
        bill, calls = self.design.bill(run, prices), self.steps * len(run.arrival_times) / 1e6
        return bill | {"requests": self.steps * bill["requests"], "api": calls * prices.usd("apigw_http_request")}


@dataclass(frozen=True)
class PayingForUse:
    """US dollars a month; the knob is the busy share of the machines' time.

    Functions, against as many machines as availability asks for. Where traffic has a peak, the machines are as many
    as are busy for a share `target` of their time then.
    """

    seconds: float = 0.2
    least: int = 2
    target: float = 0.6
    waits: float = 1.8
    duration: float = 120.0
    prices: Prices | None = None

    def sides(self, knob, traces):
        return self.usd(Serverless(), machines(self.least), self.busy(knob, self.least), traces)

    def others(self, traces):
        quiet, asks = self.busy(0.2, 1), waiting(self.waits)
        return [*((role, f"10 requests a second at a peak of {peak} times as many", self.at_peak(peak, traces))
                  for role, peak in (("fail", 1), ("hold", 3), ("hold", 10))),
                ("fail", f"a function waits {self.waits:g} s for an answer, a box waits for many at once",
                 self.usd(Serverless(calls=asks), Asynchronous(asks, CORES), quiet, traces)),
                ("fail", "8 functions in a row, each called over an API",
                 self.usd(InSteps(Serverless()), machines(self.least), self.busy(0.2, self.least), traces))]

    def busy(self, share: float, number: int) -> Workload:
        """Traffic that keeps so many machines busy for that share of their time."""
        return self.workload(share * CORES * number / self.seconds)

    def workload(self, rate: float, arrivals: Any = None, duration: float | None = None) -> Workload:
        """One trace of the requests."""
        return Workload(rate, duration or self.duration, Work(0.0, self.seconds, 0.0),
                        arrivals=arrivals or Poisson(), distribution=LogNormal(1.0))

    def at_peak(self, peak: float, traces: int, rate: float = 10.0) -> Sides:
        """Half of the requests come at `peak` times the mean rate; machines are enough for that."""
        arrivals = Bursty(peak, 10.0, 10.0 * (2 * peak - 1)) if peak > 1 else None
        enough = max(self.least, ceil(peak * rate * self.seconds / self.target / CORES))
        return self.usd(Serverless(), machines(enough), self.workload(rate, arrivals, 200.0), traces)

    def usd(self, functions: Any, others: Any, workload: Workload, traces: int) -> Sides:
        """US dollars a month of both on each trace."""
        prices = self.prices or Prices.read()
        used, paid = ([monthly(run, prices) for run in runs(design, workload, traces)]
                      for design in (functions, others))
        return Sides(used, paid)


def break_even(memory_gb: float = 1.769, seconds: float = 0.2, waits: float = 0.0, full_speed_gb: float = 1.769,
               prices: Prices | None = None) -> float:
    """The busy share of a machine's time from which it is cheaper than a function; above 1: never.

    A request is so many seconds of work for one core, and `waits` further ones, which only the function pays.
    """
    prices = prices or Prices.read()
    paid = seconds * max(1, full_speed_gb / memory_gb) + waits
    function = prices.usd("lambda_request") / 1e6 + paid * memory_gb * prices.usd("lambda_duration_x86")
    return seconds * prices.per_second(SERVER) / CORES / function


def chatbot(rate: float = 0.5, memories: tuple[float, ...] = (0.5, 1.0, 1.769), traces: int = 10) -> "DataFrame":
    """US dollars a month for functions of such GB and for one asynchronous box; both wait for a language model.

    With the percent of the paid time that is waiting: of the instances' seconds, and of the box's cores.
    """
    from pandas import DataFrame

    model = LanguageModel()
    workload = Workload(rate, 600 / rate, Work(0.010, 0.050, 0.010), distribution=LogNormal(1.0))
    designs: dict[str, Any] = {f"functions of {gb:g} GB": Serverless(memory_gb=gb, calls=model) for gb in memories}
    designs = {**designs, "one asynchronous box": Asynchronous(model, CORES)}
    return DataFrame([{"design": name, **spent(runs(design, workload, traces))} for name, design in designs.items()])


def spent(of: Sequence[Run]) -> dict[str, float]:
    """US dollars a month with their interval, and percent of the paid time in which nothing is done."""
    prices = Prices.read()
    usd, idle = measure(of, lambda run: monthly(run, prices)), measure(of, not_working)
    return {"usd a month": usd.mean, "low": usd.low, "high": usd.high, "percent not working": idle.mean}


def not_working(run: Run) -> float:
    """Percent of the paid seconds in which no work of one's own is done."""
    own = "instances" if "instances" in run.jobs else "workers"
    slower = max(1, run.design.full_speed_gb / run.design.memory_gb) if own == "instances" else 1
    worked = slower * sum(sum(request.work) for request in run.workload.requests())
    paid = run.busy_seconds(own) if own == "instances" else run.server_seconds(own)
    return 100 * (1 - worked / paid)
