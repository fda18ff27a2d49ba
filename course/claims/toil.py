"""Experiments on who runs a queue: a provider who is paid for it, or oneself."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..patterns.event_driven import Consumers, EventDriven
from ..patterns.monolith import Monolith
from ..policies.queued import Queued
from ..prices import HOURS_IN_A_MONTH, SERVER, Prices
from ..run import Run
from ..workload import Deterministic, Work, Workload
from .claim import Sides, runs

MONTH = HOURS_IN_A_MONTH * 3600     # seconds
WORKERS = 100                       # the same behind either queue, and in neither sum


@dataclass(frozen=True)
class Toil:
    """US dollars a month for a queue and those who keep it running; the knob is the hours of toil that one of one's own
    takes in a month.

    A hosted queue is paid by the message, brokers of one's own are machines. The hours, what one of them costs and the
    share of them that a hosted queue still takes are yours to say: nothing here measures them. They come as incidents
    of `incident` hours on average.
    """

    rate: float = 200.0             # messages a second
    usd_per_hour: float = 60.0
    left: float = 0.2
    incident: float = 2.0
    months: int = 24
    duration: float = 2.0
    broker: str = SERVER
    managed_broker: str = "kafka_broker_msk_m5.large"
    prices: Prices | None = None

    def sides(self, knob, traces):
        return self.compared(self.hosted, self.rate, knob, traces)

    def others(self, traces):
        return [("hold", "20 messages a second, 1 hour", self.compared(self.hosted, 20, 1, traces)),
                ("fail", "2,000 messages a second, 40 hours", self.compared(self.hosted, 2000, 40, traces)),
                ("hold", "brokers that a provider runs, 40 hours", self.compared(self.managed, self.rate, 40, traces)),
                ("fail", "brokers that a provider runs, 1 hour", self.compared(self.managed, self.rate, 1, traces))]

    @property
    def hosted(self) -> Any:
        """A queue that is paid by the message."""
        return Queued(Monolith(WORKERS))

    @property
    def managed(self) -> Any:
        """Brokers as one's own, which somebody else looks after."""
        return EventDriven(Consumers(WORKERS), broker=self.managed_broker)

    @property
    def own(self) -> Any:
        """Brokers on machines of one's own."""
        return EventDriven(Consumers(WORKERS), broker=self.broker)

    def compared(self, bought: Any, rate: float, hours: float, traces: int) -> Sides:
        """US dollars a month on each trace: bought, and run by oneself with so many hours of toil on average."""
        toil = self.usd_per_hour * np.array([self.hours(hours, trace) for trace in range(traces)])
        hosted = self.usd(bought, rate, traces) + self.left * toil
        return Sides(hosted.tolist(), (self.usd(self.own, rate, traces) + toil).tolist())

    def hours(self, mean: float, trace: int) -> float:
        """Hours of toil in a month, over the months of a trace: more of them when the mean is higher."""
        rng = np.random.default_rng([111, trace])
        most = 10 + 4 * self.months * 100
        starts = np.cumsum(rng.exponential(size=most))      # a higher mean packs the same incidents closer
        count = int(np.searchsorted(starts, self.months * mean / self.incident))
        return float(self.incident * rng.exponential(size=most)[:count].sum() / self.months)

    def usd(self, design: Any, rate: float, traces: int) -> np.ndarray:
        """US dollars a month for the queue alone, on each trace."""
        workload = Workload(rate, self.duration, Work(0.0, 0.01, 0.0), distribution=Deterministic())
        return np.array([self.queue_month(run) for run in runs(design, workload, traces)])

    def queue_month(self, run: Run) -> float:
        """US dollars a month for the items of a bill that are the queue."""
        bill = run.design.bill(run, self.prices or Prices.read())
        return sum(bill.get(item, 0.0) for item in ("queue", "bus")) * MONTH / run.end

    def flips_at(self, rate: float | None = None, bought: Any = None) -> float:
        """Hours of toil from which buying is cheaper; below 0, always. By algebra, with the mean traffic."""
        prices, rate = self.prices or Prices.read(), self.rate if rate is None else rate
        own = 3 * prices.usd(self.broker) * HOURS_IN_A_MONTH
        paid = (rate * MONTH * Queued.messages * prices.usd("sqs_standard_request") / 1e6 if bought is None
                else 3 * prices.usd(bought.broker) * HOURS_IN_A_MONTH)
        return (paid - own) / (self.usd_per_hour * (1 - self.left))
