"""Experiments on the edges of a flowchart: what the bills of tuned designs say about each, and what it does not ask."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..claims.claim import Sides, paired
from ..claims.delivery import WEEK, ReleaseTrain
from ..policies.queued import Queued
from .families import UNITS, WORKERS
from .flips import Row
from .recommending import HardwareMix
from .volumes import BY_ID, LAYERS, STREAM, total, with_errors
from .winners import OPERATIONS, compared_in

ON_EVENTS = (STREAM, LAYERS)
ON_REQUESTS = ("Monolith", "Microservices", "Serverless")
SCALING = ("Microservices", "Serverless")
NOT_SCALING = ("Monolith", *ON_EVENTS)


def cheapest(brief: str, patterns: Iterable[str], operations: float = OPERATIONS) -> Row:
    """The row of the cheapest of these that breaks no rule but perhaps the budget."""
    rows = [row for row in compared_in(BY_ID[brief]).rows if row.pattern in tuple(patterns)]
    fit = [row for row in rows if set(row.broken) <= {"budget"}]
    return min(fit, key=lambda row: row.cloud_usd + row.units * operations)


def against(brief: str, patterns: Iterable[str], others: Iterable[str], traces: int, operations: float = OPERATIONS,
            ) -> Sides:
    """US dollars a month on each trace of the cheapest of some patterns, and of the cheapest of others."""
    own, other = (total(brief, cheapest(brief, names, operations).pattern, traces, operations)
                  for names in (patterns, others))
    return Sides(own, other)


@dataclass(frozen=True)
class EitherWillDo:
    """US dollars a month, with what wrong numbers cost; the knob is the percent of the events that are late.

    The first of the edge's two patterns against the second; in the further arms, the cheaper of them against the rest.
    """

    brief: str = "U10"
    price: float = 200.0        # US dollars a month for each percent that a number is wrong

    def sides(self, knob, traces):
        return Sides(*with_errors(self.brief, knob, self.price, traces))

    def others(self, traces):
        def rest(brief):
            return against(brief, ON_EVENTS, ON_REQUESTS, traces)

        return [("hold", "U9, machines that report: the cheaper of the two, against the rest", rest("U9")),
                ("comparison", "U7, fraud: the cheaper of the two, against the rest", rest("U7")),
                ("fail", "U8, proposals while somebody looks: the cheaper of the two, against the rest", rest("U8")),
                ("fail", "U13, a chatbot: the cheaper of the two, against the rest", rest("U13"))]


@dataclass(frozen=True)
class LeftOut:
    """US dollars a month; the knob is the messages that a queue is paid for with each request, so that none is lost.

    The three patterns that the edge leaves, the cheapest of them, against the cheaper of the two that it leaves out.
    """

    brief: str = "U11"
    busy: str = "U4"            # a brief with many teams

    def sides(self, knob, traces):
        own = [self.queueing(row.pattern, knob, traces) for row in self.left]
        least = min(own, key=sum)
        return Sides(least, total(self.brief, cheapest(self.brief, ON_EVENTS).pattern, traces))

    @property
    def left(self) -> list[Row]:
        """The rows of the patterns that the edge leaves."""
        return [compared_in(BY_ID[self.brief]).row(name) for name in ON_REQUESTS]

    def queueing(self, pattern: str, messages: float, traces: int) -> list[float]:
        """US dollars a month on each trace when a request is so many messages."""
        queue = compared_in(BY_ID[self.brief]).row(pattern).items["queue"]
        return [usd + queue * (messages / Queued.messages - 1) for usd in total(self.brief, pattern, traces)]

    def others(self, traces):
        teams = BY_ID[self.busy].teams
        train = ReleaseTrain(teams, BY_ID[self.busy].changes_per_week / teams)
        days = paired(train.lead_times(WEEK, teams, trace) for trace in range(traces))
        alike = HardwareMix().sides(15.0, traces)
        return [("hold", "U1, an office: the cheapest that is left, against the two", self.rest("U1", traces)),
                ("hold", "U5, many releases: the cheapest that is left, against the two", self.rest("U5", traces)),
                ("fail", "U4, 8 teams: the monolith, the cheapest that is left, against services released by each team",
                 days._replace(metric="days from a change to its release")),
                ("fail", "150 requests a second, steps like the box: services, against whole boxes",
                 alike._replace(metric="US dollars an hour"))]

    def rest(self, brief: str, traces: int) -> Sides:
        """What the edge leaves, against what it leaves out."""
        return against(brief, ON_REQUESTS, ON_EVENTS, traces)


@dataclass(frozen=True)
class BusyShare:
    """US dollars a month; the knob is the percent of their time for which the machines of a monolith are busy.

    Functions or services, the cheaper, against a monolith; all have what the brief's peak needs, and only functions
    are paid by the request.
    """

    brief: str = "U14"

    def sides(self, knob, traces):
        functions = [usd * knob / self.usual + UNITS["Serverless"] * OPERATIONS
                     for usd in total(self.brief, "Serverless", traces, 0.0)]
        services = total(self.brief, "Microservices", traces)
        return Sides(min(functions, services, key=sum), total(self.brief, "Monolith", traces))

    @property
    def usual(self) -> float:
        """Percent of their time for which the machines are busy with the brief's own traffic."""
        scenario = BY_ID[self.brief]
        cores = WORKERS * compared_in(scenario).row("Monolith").sizes["machines"]
        return 100 * scenario.mean_rate * sum(scenario.mean_work) / cores

    def others(self, traces):
        def rest(brief):
            return against(brief, SCALING, NOT_SCALING, traces)

        return [("fail", "U4, millions: services, against the cheapest of the rest", rest("U4")),
                ("comparison", "U5, many releases: functions, against the cheapest of the rest", rest("U5")),
                ("comparison", "U6, five models: functions, against the cheapest of the rest", rest("U6"))]


@dataclass(frozen=True)
class OperationsPrice:
    """US dollars a month; the knob is what it costs to operate one unit: a monolith is one, functions are two."""

    brief: str = "U1"

    def sides(self, knob, traces):
        return self.monolith(self.brief, knob, traces)

    def others(self, traces):
        over = "US dollars a month above the budget for the cloud"
        return [("hold", "U3, a start-up, 100 dollars to operate a unit", self.monolith("U3", OPERATIONS, traces)),
                ("fail", "U3, a start-up, operations for nothing", self.monolith("U3", 0.0, traces)),
                *(("fail", f"{brief}, {name}, a budget of {BY_ID[brief].budget:g} dollars",
                   self.over(brief, traces)._replace(metric=over))
                  for brief, name in (("U2", "a prototype"), ("U15", "a small model")))]

    def monolith(self, brief: str, operations: float, traces: int) -> Sides:
        """The monolith, against the cheapest of the others."""
        return against(brief, ("Monolith",), (*SCALING, *ON_EVENTS), traces, operations)

    def over(self, brief: str, traces: int) -> Sides:
        """What a monolith's bill, and that of functions, is above the budget."""
        budget = BY_ID[brief].budget
        own, other = ([max(0.0, usd - budget) for usd in total(brief, pattern, traces, 0.0)]
                      for pattern in ("Monolith", "Serverless"))
        return Sides(own, other)
