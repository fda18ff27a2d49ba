"""Experiments on much data: events that come late, numbers that have to be right, and data that a step keeps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ..claims.claim import Sides, paired
from ..claims.overrun import Overrun
from ..claims.scaling import PerStagePools, smallest, staffed
from ..patterns.monolith import Monolith
from ..prices import HOURS_IN_A_MONTH, Prices
from ..scenario import Scenario
from ..scenarios import SCENARIOS, UP_TO_HALF_A_DAY
from ..workload import LogNormal, Work, Workload
from .families import WORKERS
from .winners import OPERATIONS, compared_in

BY_ID = {scenario.id: scenario for scenario in SCENARIOS}
STREAM, LAYERS = "EventDriven", "LambdaArchitecture"
DAYS_IN_A_MONTH = HOURS_IN_A_MONTH / 24
HEADROOM = 0.25         # the least spare capacity by the square root rule: a short trace does not show what it is for


def total(brief: str, pattern: str, traces: int, operations: float = OPERATIONS) -> list[float]:
    """US dollars a month of a tuned design on each trace, as stored, with its operations; ValueError beyond those."""
    row = compared_in(BY_ID[brief]).row(pattern)
    if len(row.bills) < traces:
        raise ValueError(f"answers are stored for {len(row.bills)} traces, not for {traces}: ask for fewer")
    return [bill + row.units * operations for bill in row.bills[:traces]]


def unseen(scenario: Scenario, share: float, traces: int) -> list[float]:
    """Percent of the events, on each trace, that a stream ignores when `share` percent come up to half a day late."""
    way = replace(UP_TO_HALF_A_DAY, share=share / 100)
    return [100 * sum(way.quantile(chance) > scenario.lateness for chance in chances) / len(chances)
            for chances in (ways(scenario, trace) for trace in range(traces))]


@lru_cache(maxsize=64)
def ways(scenario: Scenario, trace: int) -> Sequence[float]:
    """The chances of the events of a few days, which say how late each is."""
    return [event.chance("way") for event in scenario.days.replication(trace).requests()]


def with_errors(brief: str, share: float, price: float, traces: int) -> tuple[list[float], list[float]]:
    """US dollars a month of a stream, with `price` for each percent that it does not count, and of two layers.

    The layers count everything in the end: a batch run reads what was late.
    """
    wrong = unseen(BY_ID[brief], share, traces)
    stream = [usd + price * percent for usd, percent in zip(total(brief, STREAM, traces), wrong)]
    return stream, total(brief, LAYERS, traces)


@dataclass(frozen=True)
class WrongNumbers:
    """US dollars a month, with what wrong numbers cost; the knob is what a percent costs by which they are wrong.

    Two layers against one stream that ignores what is more than a minute late; both tuned for the brief, as stored.
    """

    brief: str = "U10"
    share: float = 5.0          # percent of the events that are late
    price: float = 200.0        # US dollars a month for each percent, in the further arms

    def sides(self, knob, traces):
        return self.layers(self.share, knob, traces)

    def others(self, traces):
        stream, layers = total(self.brief, STREAM, traces), total(self.brief, LAYERS, traces)
        return [("fail", "nothing is late, and a percent costs 200 dollars", self.layers(0.0, self.price, traces)),
                ("hold", "a quarter of the events late, and a percent costs 200 dollars",
                 self.layers(25.0, self.price, traces)),
                ("fail", "a stream that takes events up to 12 hours late, and counts all of them",
                 Sides(layers, stream))]

    def layers(self, share: float, price: float, traces: int) -> Sides:
        """The layers' side first."""
        stream, layers = with_errors(self.brief, share, price, traces)
        return Sides(layers, stream)


@dataclass(frozen=True)
class MoreData:
    """US dollars a month, with what is not billed; the knob is the gigabytes that come in a day.

    Two layers against one stream that never bills what is more than a minute late.
    """

    brief: str = "U12"
    usd_per_gb: float = 0.5     # that customers are billed
    growth: float = 3.0         # percent a week by which the log grows, in an arm of its own

    @property
    def scenario(self) -> Scenario:
        """The brief as a scenario."""
        return BY_ID[self.brief]

    def sides(self, knob, traces):
        return self.billed(knob, 5.0, traces)

    def others(self, traces):
        usual, weeks = self.scenario.gb_per_day, Overrun()
        stream = [self.paid(STREAM, usual)] * traces
        again = [usd + self.read_again(usual) for usd in stream]
        return [("fail", "nothing is late, 2000 GB a day", self.billed(usual, 0.0, traces)),
                ("fail", "2000 GB a day, and a stream whose log is read again every night",
                 Sides([self.paid(LAYERS, usual)] * traces, again)),
                ("fail", "U11: late events, and no number that has to be exact",
                 Sides(total("U11", LAYERS, traces), total("U11", STREAM, traces))),
                ("fail", "the log grows by 3 % a week, and no machine is added",
                 Sides(weeks.late(self.growth, traces), weeks.replays(traces), "weeks of a year that need somebody"))]

    def billed(self, gb: float, share: float, traces: int) -> Sides:
        """The layers, which bill everything, and the stream with what it never bills."""
        income = gb * DAYS_IN_A_MONTH * self.usd_per_gb
        missed = [income * percent / 100 for percent in unseen(self.scenario, share, traces)]
        stream = self.paid(STREAM, gb)
        return Sides([self.paid(LAYERS, gb)] * traces, [stream + usd for usd in missed])

    def paid(self, pattern: str, gb: float) -> float:
        """US dollars a month, operations included, of the design tuned for the brief, with machines in proportion.

        At least one of each sort; the brokers and the database are large enough for all.
        """
        row, times = compared_in(self.scenario).row(pattern), gb / self.scenario.gb_per_day
        least = dict.fromkeys(("consumers", "speed", "serving"), Prices.read().server_month) | {"batch": 0.0}
        bill = (max(least[item], usd * times) if item in least else usd for item, usd in row.items.items())
        return sum(bill) + row.units * OPERATIONS

    def read_again(self, gb: float) -> float:
        """US dollars a month for machines that compute each day's numbers anew from the log."""
        work = self.scenario.mean_work
        busy = self.scenario.mean_rate * gb / self.scenario.gb_per_day * (work.prepare + work.infer) / WORKERS
        return busy * Prices.read().server_month


@dataclass(frozen=True)
class DataInMemory:
    """US dollars an hour under the same promise; the knob is the gigabytes of data that come in a day.

    The mechanism that we name: the first step, a tenth of the work, keeps the data of the last hour in memory. Then
    each copy of the whole keeps them, but only the servers of one step where each step has its own.
    """

    rate: float = 50.0
    mean_work: tuple[float, float, float] = (0.010, 0.080, 0.010)
    promise: float = 0.4        # seconds for 95 % of the requests
    own_gb: float = 0.5         # of any server
    hours: float = 1.0          # of data
    requests: int = 250         # in a trace

    def sides(self, knob, traces):
        return paired(self.usd(servers, knob, (1, 0, 0)) for servers in self.sized(traces))

    def others(self, traces):
        found = self.sized(traces)
        return [("fail", "200 GB a day, and every step keeps the data",
                 paired(self.usd(servers, 200.0, (1, 1, 1)) for servers in found)),
                ("fail", "200 GB a day in a store that both designs share",
                 paired(self.usd(servers, 0.0, (0, 0, 0)) for servers in found))]

    def sized(self, traces: int) -> list[tuple[int, ...]]:
        """For each trace the smallest pools of three steps, and the smallest number of copies."""
        workload = Workload(self.rate, self.requests / self.rate, Work(*self.mean_work), distribution=LogNormal(1.0))
        return [enough(workload.replication(trace), self.promise) for trace in range(traces)]

    def usd(self, servers: tuple[int, ...], gb: float, keeping: tuple[int, ...]) -> tuple[float, float]:
        """US dollars an hour of pools and of copies, where the marked steps keep the data."""
        price, kept = Prices.read().usd, gb / 24 * self.hours
        one, memory = price("fargate_vcpu") + self.own_gb * price("fargate_memory"), kept * price("fargate_memory")
        *pools, copies = servers
        apart = sum(count * (one + memory * keeps) for count, keeps in zip(pools, keeping))
        return apart, copies * (one + memory * max(keeping))


@lru_cache(maxsize=64)
def enough(workload: Workload, promise: float) -> tuple[int, ...]:
    """Servers of each step and copies of the whole that are just enough on a trace."""
    def servers(seconds, spare):
        return staffed(workload, seconds, HEADROOM + spare)

    pools = smallest(workload, lambda spare: PerStagePools(*(servers(step, spare) for step in workload.mean_work)),
                     promise).design
    copies = smallest(workload, lambda spare: Monolith(servers(sum(workload.mean_work), spare)), promise).design
    return pools.prepare, pools.infer, pools.respond, copies.workers
