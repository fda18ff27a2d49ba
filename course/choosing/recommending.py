"""Experiments on what a table recommends for scalability, real time, cost, and ease of development."""

from dataclasses import dataclass, replace

from ..claims.arriving import ArrivingOrLookedFor
from ..claims.claim import Sides, paired, runs, unanswered
from ..claims.delivery import WEEK, FaultSearch, ReleaseTrain, RollOut, parts
from ..claims.hardware import Unlike
from ..claims.paying import InSteps, PayingForUse, machines, waiting
from ..claims.rising import SuddenRise, WithStore
from ..patterns.event_driven import EventDriven
from ..patterns.microservices import Microservices
from ..patterns.monolith import Monolith
from ..patterns.serverless import Serverless
from ..policies.asynchronous import Asynchronous
from ..policies.store import Store
from ..workload import LogNormal, Work, Workload

USD = "US dollars a month"
UNLIKE, RISE, PAID = Unlike(), SuddenRise(), PayingForUse(duration=60.0)
EACH_SECOND, FOUR, WEEKLY = ArrivingOrLookedFor(period=1.0), RollOut(services=4), ReleaseTrain()
FOUR_LOGS = FaultSearch(components=4)


@dataclass(frozen=True)
class HardwareMix:
    """US dollars an hour; the knob is the milliseconds of CPU that a request needs beside those of the GPU.

    Services, each on machines of its own sort, against boxes that hold everything; both under the same promise.
    """

    usual: Unlike = UNLIKE

    def sides(self, knob, traces):
        gpu, half = self.usual.mean_work[1], knob / 2000
        mixed = replace(self.usual.workload(self.usual.rate), mean_work=Work(half, gpu, half))
        return self.usual.compared(self.usual.usd_an_hour, mixed, traces)

    def others(self, traces):
        few, usual = self.usual.workload(5.0), self.usual.workload(self.usual.rate)
        late = "percent of requests not answered within a second"
        return [("fail", "5 requests a second", self.usual.compared(self.usual.usd_an_hour, few, traces)),
                ("fail", "one store behind both, for half of the requests",
                 self.usual.compared(self.usual.late, usual, traces)._replace(metric=late))]


@dataclass(frozen=True)
class RisingOrSteady:
    """Percent of requests not answered in time after a rise; the knob is the requests at once that functions may be.

    With what functions cost where nothing rises, against machines that are busy for a share `steady` of their time.
    """

    rise: SuddenRise = RISE
    paid: PayingForUse = PAID
    steady: float = 0.6

    def sides(self, knob, traces):
        return self.rise.sides(knob, traces)

    def others(self, traces):
        return [*self.rise.others(traces),
                ("fail", "traffic that keeps two machines busy for three fifths of their time, and never rises",
                 self.paid.sides(self.steady, traces)._replace(metric=USD))]


@dataclass(frozen=True)
class SoonOrAnswered:
    """Seconds from an event to its action; the knob is how busy the events keep their consumer.

    Compared with a job that looks every `events.period` seconds; where a caller waits for the answer, which comes
    back over the bus, with a direct call.
    """

    events: ArrivingOrLookedFor = EACH_SECOND
    waits: float = 0.050        # seconds that a caller waits for an answer
    mean_work: tuple[float, float, float] = (0.005, 0.030, 0.005)

    def sides(self, knob, traces):
        return self.events.sides(knob, traces)

    def others(self, traces):
        events, late = self.events, f"percent of answers that take longer than {1000 * self.waits:g} ms"
        return [("hold", "half busy, against a job that looks every minute",
                 events.against(events.pushed, events.looking(60.0), events.usual, traces)),
                ("fail", "little to do, against a direct call",
                 events.against(events.pushed, Monolith(events.consumers), events.low, traces)),
                ("fail", "a caller waits for the answer, against a direct call",
                 self.answered(traces)._replace(metric=late))]

    def answered(self, traces: int) -> Sides:
        """Percent of late answers on each trace, when the answer comes back over a bus as fast as the one there."""
        bus = EventDriven()
        there_and_back = WithStore(bus, Store(bus.publishers, bus.publish_time))
        workload = Workload(5.0, 40.0, Work(*self.mean_work), distribution=LogNormal(1.0))
        own, direct = ([unanswered(run, self.waits) for run in runs(design, workload, traces)]
                       for design in (there_and_back, Monolith()))
        return Sides(own, direct)


@dataclass(frozen=True)
class MoreRequests:
    """US dollars a month; the knob is the requests a second: functions against the machines of `paid`."""

    paid: PayingForUse = PAID

    def sides(self, knob, traces):
        return self.against(Serverless(), knob, traces)

    def others(self, traces):
        paid, asks, few = self.paid, waiting(self.paid.waits), self.paid.busy(0.2, 1)
        return [("hold", "10 requests a second at a peak of 10 times as many", paid.at_peak(10, traces)),
                ("fail", "a function waits 1.8 s for an answer, a box waits for many at once",
                 paid.usd(Serverless(calls=asks), Asynchronous(asks, 2), few, traces)),
                ("fail", "8 functions in a row, each called over an API, 4 requests a second",
                 self.against(InSteps(Serverless()), 4.0, traces))]

    def against(self, functions, rate: float, traces: int) -> Sides:
        """US dollars a month on each trace, against as many machines as availability asks for."""
        return self.paid.usd(functions, machines(self.paid.least), self.paid.workload(rate), traces)


@dataclass(frozen=True)
class OneUnit:
    """Minutes until a change runs everywhere; the knob is the minutes that the whole application takes.

    Compared with a gateway and three services, rolled out one after the other.
    """

    rollout: RollOut = FOUR
    search: FaultSearch = FOUR_LOGS
    train: ReleaseTrain = WEEKLY

    def sides(self, knob, traces):
        return self.rollout.sides(knob, traces)

    def others(self, traces):
        own, other = (float(sum(parts(design).values())) for design in (Monolith(), Microservices()))
        return [*(arm for arm in self.rollout.others(traces) if "4 services" not in arm[1]),
                *self.searching(traces),
                ("hold", "the course's own monolith, against its gateway and three services",
                 Sides([own] * traces, [other] * traces, "knobs, queues and waits in the code")),
                ("fail", "5 teams with one release of everything a week, against a service for each team",
                 self.waiting(traces))]

    def searching(self, traces: int) -> list[tuple[str, str, Sides]]:
        """Looking for a fault in one stack trace, and in the logs of the services."""
        return [(role, f"one stack trace, against 4 logs where {percent} % of the requests carry a trace id",
                 self.search.sides(percent / 100, traces)._replace(metric="places inspected until a fault is found"))
                for role, percent in (("hold", 0), ("fail", 95))]

    def waiting(self, traces: int) -> Sides:
        """Days from a change to its release: of everything together, and of each team's own service."""
        weekly = paired(self.train.lead_times(WEEK, self.train.teams, trace) for trace in range(traces))
        return weekly._replace(metric="days from a change to its release")
