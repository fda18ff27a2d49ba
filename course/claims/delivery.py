"""Experiments on changing an application: rolling it out, searching it for a fault, releasing it."""

from ast import Yield, YieldFrom, parse, walk
from dataclasses import dataclass, fields, replace
from inspect import getsource
from math import ceil
from typing import Any

import numpy as np

from ..environment import Environment
from ..patterns.microservices import Microservices, Service
from ..patterns.monolith import Monolith
from ..policies.failing import Failing
from ..policies.front_end import FrontEnd
from ..policies.retries import Retries
from ..simulation import simulate
from ..workload import Injected, Work
from .claim import Sides, paired

WEEK = 7        # days
MINUTES = 1440  # in a day


def parts(design) -> dict[str, int]:
    """Moving parts of a design, counted in its own code: knobs, pools, and waits in the life of a request."""
    waits = sum(isinstance(node, (Yield, YieldFrom)) for node in walk(parse(getsource(type(design)))))
    return {"knobs": len(fields(design)), "pools": len(design.deploy(Environment()).pools), "waits": waits}


@dataclass(frozen=True)
class RollOut:
    """Minutes until a change runs everywhere; the knob is the minutes that the whole application takes.

    The services go out one after the other; an attempt that fails is repeated. Each trace has many roll-outs.
    """

    services: int = 10
    minutes_per_service: float = 5.0
    first_time_right: float = 0.99
    rollouts: int = 400

    def sides(self, knob, traces):
        tries = self.attempts(traces)
        return Sides(knob * tries[:, :, 0].mean(axis=1), self.minutes(tries, self.services))

    def others(self, traces):
        tries = self.attempts(traces)
        whole = self.minutes(tries, 1)
        by_platform = np.full(traces, self.minutes_per_service)
        return [("hold", "the same with 4 services", Sides(whole, self.minutes(tries, 4))),
                ("hold", "the same with 40 services", Sides(whole, self.minutes(tries, 40))),
                ("fail", "a platform rolls out all units at once and without fault", Sides(by_platform, by_platform))]

    def attempts(self, traces: int) -> np.ndarray:
        """Tries until each of 40 units is out: trace, roll-out, unit."""
        return np.random.default_rng(101).geometric(self.first_time_right, (traces, self.rollouts, 40))

    def minutes(self, tries: np.ndarray, units: int) -> np.ndarray:
        """Mean minutes until so many units are out, for each trace."""
        return self.minutes_per_service * tries[:, :, :units].sum(axis=2).mean(axis=1)

    def all_right(self, units: int, traces: int = 10) -> float:
        """The share of roll-outs in which every unit succeeds at the first try."""
        return float((self.attempts(traces)[:, :, :units] == 1).all(axis=2).mean())


@dataclass(frozen=True)
class FaultSearch:
    """Places inspected until a fault is found; the knob is the share of requests that carry a trace id.

    One application has one stack trace, which names the wrong module in the share `misleading`: shared state or a
    leak hides the culprit. Services have a log each; an id is kept at each hop with probability `id_kept`.
    """

    components: int = 8
    misleading: float = 0.25
    id_kept: float = 0.98
    faults: int = 400

    def sides(self, knob, traces):
        return self.search(self.components, self.misleading, knob, traces)

    def others(self, traces):
        tracing = "95 % of the requests traced, and no stack trace misleads"
        return [("hold", "20 services, no trace ids", self.search(20, self.misleading, 0.0, traces)),
                ("comparison", tracing, self.search(self.components, 0.0, 0.95, traces))]

    def search(self, components: int, misleading: float, traced: float, traces: int) -> Sides:
        """Mean places inspected in one application and in services, for each trace."""
        stack, ids, place = np.random.default_rng(102).random((3, traces, self.faults))
        culprit = 1 + np.floor(place * components)      # its place in the order of search
        others = 1 + np.floor(place * (components - 1))
        whole = np.where(stack < misleading, 1 + others, 1)
        services = np.where(ids < traced * self.id_kept**components, 1, culprit)
        return Sides(whole.mean(axis=1), services.mean(axis=1))

    def path_rebuilt(self, hops: int) -> float:
        """The probability that a trace id survives so many hops."""
        return self.id_kept**hops


@dataclass(frozen=True)
class ReleaseTrain:
    """Days from a change to its release; the knob is the days between releases of the one application.

    Every team's changes leave together, or stay until the next release when one of them is bad. Each service is
    released by its team alone, every `service_interval` days; a change in the share `shared` needs a second team too.
    """

    teams: int = 5
    changes_per_week: float = 2.0
    bad: float = 0.05
    service_interval: float = WEEK
    shared: float = 0.0
    weeks: int = 260

    def sides(self, knob, traces):
        return paired(self.lead_times(knob, self.teams, trace) for trace in range(traces))

    def others(self, traces):
        def train(teams, interval):
            return paired(self.lead_times(interval, teams, trace) for trace in range(traces))

        return [("hold", "10 teams, weekly", train(10, WEEK)), ("comparison", "1 team, weekly", train(1, WEEK)),
                ("fail", "10 teams, daily", train(10, 1))]

    def lead_times(self, interval: float, teams: int, trace: int) -> tuple[float, float]:
        """Mean days to release: everything together, and each team alone."""
        days, team, second, bad, shared = self.changes(teams, trace)
        alone = np.array([released(days, bad & (team == number), self.service_interval) for number in range(teams)])
        own, other = alone[team, np.arange(len(days))], alone[second, np.arange(len(days))]
        services = np.where(shared, np.maximum(own, other), own)
        return float(np.mean(released(days, bad, interval) - days)), float(np.mean(services - days))

    def failed_releases(self, interval: float, trace: int = 0) -> float:
        """The share of releases of everything together that a bad change stops."""
        days, _, _, bad, _ = self.changes(self.teams, trace)
        return len(np.unique(days[bad] // interval)) / (self.weeks * WEEK / interval)

    def changes(self, teams: int, trace: int) -> tuple[np.ndarray, ...]:
        """Of each change: the day, its team, another team, whether it is bad, whether it needs the other team."""
        rng = np.random.default_rng([103, trace])
        days = np.sort(rng.uniform(0, self.weeks * WEEK, rng.poisson(self.weeks * teams * self.changes_per_week)))
        team, away = rng.integers(teams, size=len(days)), rng.integers(1, max(2, teams), size=len(days))
        bad, shared = rng.random((2, len(days)))
        return days, team, (team + away) % teams, bad < self.bad, shared < self.shared


@dataclass(frozen=True)
class OwnPace:
    """Days from a change to its release; the knob is the share of changes that need a second team.

    A team releases its own changes every `pace` days. Those that need two teams leave together once a week, or stay
    until the next week when one of them is bad. Compared with one team that releases one application once a week.
    """

    train: ReleaseTrain = ReleaseTrain()
    pace: float = 0.25

    def sides(self, knob, traces):
        return paired((self.services(knob, trace), self.whole(1, WEEK, trace)) for trace in range(traces))

    def others(self, traces):
        def against(shared, teams, interval):
            return paired((self.services(shared, trace), self.whole(teams, interval, trace)) for trace in range(traces))

        return [("hold", "5 teams that release one application once a week", against(0.0, 5, WEEK)),
                *(("comparison", f"a share of {shared} needs a second team", against(shared, 1, WEEK))
                  for shared in (0.3, 0.7)),
                ("fail", "a share of 0.3, against 5 teams that release one application once a day", against(0.3, 5, 1))]

    def services(self, shared: float, trace: int) -> float:
        """Mean days to release when each team has services of its own."""
        days, team, _, bad, together = replace(self.train, shared=shared).changes(self.train.teams, trace)
        alone = np.array([released(days, bad & ~together & (team == number), self.pace)
                          for number in range(self.train.teams)])
        joint = released(days, bad & together, WEEK)
        return float(np.mean(np.where(together, joint, alone[team, np.arange(len(days))]) - days))

    def whole(self, teams: int, interval: float, trace: int) -> float:
        """Mean days to release when so many teams have one application, released every `interval` days."""
        return self.train.lead_times(interval, teams, trace)[0]


@dataclass(frozen=True)
class UnitsToWatch:
    """Percent of the time in which some unit is down; the knob is the minutes until a service is up again.

    Each unit fails `between` days after it was last up, on average; the one application is up again after `repair`.
    """

    units: int = 10
    between: float = 30.0
    repair: float = 43.2        # minutes: a thousandth of the time
    days: int = 3650

    def sides(self, knob, traces):
        return self.down(self.units, knob, traces)

    def others(self, traces):
        mixes = "mixes of old and new that may run during an upgrade"
        queues = (parts(design)["pools"] for design in (Microservices(), Monolith()))
        return [("hold", "40 services", self.down(40, self.repair, traces)),
                ("comparison", "3 services", self.down(3, self.repair, traces)),
                ("fail", "3 services of which a platform starts each anew in 1 minute", self.down(3, 1.0, traces)),
                *((role, name, Sides([own] * traces, [other] * traces, metric)) for role, name, own, other, metric in (
                    ("hold", "10 services, each old or new", 2**10, 2, mixes),
                    ("fail", "10 services, against one unit with 40 switches", 2**10, 2**40, mixes),
                    ("hold", "a gateway and three services", *queues, "queues to watch in the course's own models"),
                    ("hold", "5 layers that each try 3 times, and what is behind them is down", calls_below(5),
                     calls_below(1), "calls at the last layer for a request")))]

    def down(self, units: int, repair: float, traces: int) -> Sides:
        """Percent of the time in which one of so many services is down, and in which the one application is."""
        return paired((self.share_down(units, repair, trace), self.share_down(1, self.repair, trace))
                      for trace in range(traces))

    def share_down(self, units: int, repair: float, trace: int) -> float:
        """Percent of the time in which at least one of so many units is down; each fails by draws of its own."""
        calm = np.random.default_rng([105, trace]).exponential(self.between, (40, 2 * ceil(self.days / self.between)))
        ends = np.cumsum(calm[:units] + repair / MINUTES, axis=1)
        starts = ends - repair / MINUTES
        return 100 * covered(starts.ravel(), ends.ravel(), self.days) / self.days


def calls_below(layers: int) -> int:
    """Calls that come to the last of so many layers for one request when what is behind it is lost."""
    design: Any = FrontEnd(Failing(Service("respond"), 1.0), name="layer 1")
    for layer in range(2, layers + 1):
        design = FrontEnd(Retries(design), name=f"layer {layer}")
    run = simulate(Retries(design), Injected((0.0,), (Work(0.001, 0.001, 0.001),)))
    return len(run.jobs["layer 1"].arrived)


def covered(starts: np.ndarray, ends: np.ndarray, until: float) -> float:
    """How much of the time from 0 to `until` lies in at least one of the intervals, which may overlap."""
    order = np.argsort(starts)
    ends = np.minimum(np.maximum.accumulate(ends[order]), until)
    begin = np.maximum(starts[order], np.append(0.0, ends[:-1]))
    return float(np.maximum(0.0, ends - begin).sum())


def released(days: np.ndarray, bad: np.ndarray, interval: float) -> np.ndarray:
    """The day on which each change is out: the first release from its own on that no new bad change stops."""
    own = (days // interval).astype(int)
    stopped = np.zeros(own[-1] + 2, bool)        # the first after the end is never stopped
    stopped[own[bad]] = True
    runs_through = np.flatnonzero(~stopped)
    return (runs_through[np.searchsorted(runs_through, own)] + 1) * interval
