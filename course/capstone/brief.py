"""A brief: a use case with its rules in numbers, as somebody who pays for it would write it down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from math import inf
from textwrap import fill
from typing import Any

from ..choosing.families import FAMILIES, STEPS, UNITS, Sizes
from ..policies.chained import Chained
from ..policies.store import Store
from ..scenario import Scenario, grown

WIDTH = 100
# What may be doubted, of the brief and of its scenario.
OWN, OF_SCENARIO = ("operations", "growth", "most_days", "recovery"), ("budget", "most_lost", "most_error")


@dataclass(frozen=True)
class Brief:
    """A scenario as it is today, and the rules that a scenario has no room for."""

    number: int
    scenario: Scenario
    recovery: float                 # seconds after the end of the mishap, from when on the promise holds again
    operations: float = 100.0       # US dollars a month for each unit that is operated
    growth: float = 1.0             # times the traffic of today, at which the promise has to hold
    most_days: float = inf          # from a change to its release, on average
    store: Store | None = None      # a database that every request asks last; others pay for it and own it

    @property
    def later(self) -> Scenario:
        """The scenario on which designs are tried: with the traffic that the brief expects."""
        return grown(self.scenario, self.growth)

    @property
    def mended(self) -> float:
        """Seconds after which the failure script wants the promise kept again."""
        return max(fault.start + fault.duration for fault in self.scenario.mishap) + self.recovery

    def changed(self, **numbers: Any) -> "Brief":
        """The same brief with other numbers; raises ValueError for one that it does not have.

        US dollars: `operations` for a unit, `budget` for the cloud. `growth`: times the traffic of today. `recovery`:
        seconds. `most_days`: to a release. Shares: `most_lost` of the requests, `late_share` of the events. Percent:
        `most_error` of the number of a day.
        """
        known = (*OWN, *OF_SCENARIO, *["late_share"] * (self.scenario.late is not None))
        if odd := set(numbers) - set(known):
            raise ValueError(f"this brief can be changed in {', '.join(known)}, not in {', '.join(sorted(odd))}")
        scenario = replace(self.scenario, **{name: numbers[name] for name in OF_SCENARIO if name in numbers})
        if "late_share" in numbers and scenario.late:
            scenario = replace(scenario, late=replace(scenario.late, share=numbers["late_share"]))
        return replace(self, scenario=scenario, **{name: numbers[name] for name in OWN if name in numbers})

    def build(self, pattern: str, sizes: Sizes) -> Any:
        """A pattern with these sizes, as a competent team would build it for this brief; raises ValueError."""
        names = self.sizes(pattern)
        if not isinstance(sizes, Mapping):
            raise ValueError(f'sizes stand in braces, such as {{"machines": 3}}, or {{}} for none; got {sizes!r}')
        if set(sizes) != set(names) or not all(map(whole, sizes.values())):
            raise ValueError(f"{pattern} has {named(names)} to choose here, each a whole number from 1 on, got {sizes}")
        if sizes.get("memory", 1) > STEPS:
            raise ValueError(f"memory has 1 to {STEPS} steps, got {sizes['memory']}")
        design = FAMILIES[pattern].build(self.later, sizes)
        return Chained((design, self.store)) if self.store else design

    def sizes(self, pattern: str) -> list[str]:
        """The names of the sizes to choose for a pattern; raises ValueError for one that is unknown or impossible."""
        if pattern not in FAMILIES:
            raise ValueError(f"a pattern is one of {', '.join(FAMILIES)}, got {pattern!r}")
        family = FAMILIES[pattern]
        if reason := family.cannot(self.later):
            raise ValueError(f"{pattern} is impossible here: {reason}")
        return list(family.sizes(self.later, self.later.mean_rate))

    @property
    def choices(self) -> str:
        """Each pattern, with its units and the sizes to choose, or why it is impossible."""
        lines = [f"{'pattern':20}{'units':>6}  sizes to choose"]
        for name, family in FAMILIES.items():
            reason = family.cannot(self.later)
            sizes = f"impossible: {reason}" if reason else named(self.sizes(name))
            lines.append(f"{name:20}{family.units:6}  {sizes}")
        return "\n".join(lines)

    @property
    def rows(self) -> list[tuple[str, str]]:
        """What the brief says, as pairs of a heading and a text."""
        return [(heading, text) for heading, text in stated(self) if text]

    def __str__(self):
        lines = [f"Brief {self.number}: {self.scenario.name}", fill(self.scenario.story, WIDTH), ""]
        return "\n".join(lines + [fill(text, WIDTH, initial_indent=f"{heading + ':':18}", subsequent_indent=" " * 18)
                                  for heading, text in self.rows])

    __repr__ = __str__

    def _repr_html_(self):
        left = '<td style="text-align: left">'
        rows = "".join(f'<tr><th scope="row">{escape(heading)}</th>{left}{escape(text)}</td></tr>'
                       for heading, text in self.rows)
        return (f"<h3>Brief {self.number}: {escape(self.scenario.name)}</h3><p>{escape(self.scenario.story)}</p>"
                f"<table><caption>What brief {self.number} asks for</caption><tbody>{rows}</tbody></table>")


def whole(count: Any) -> bool:
    """Whether it is a whole number from 1 on."""
    return isinstance(count, int | float) and count >= 1 and count % 1 == 0


def named(sizes: list[str]) -> str:
    """The names of sizes in a row."""
    return ", ".join(sizes) or "none"


def stated(brief: Brief) -> Iterable[tuple[str, str]]:
    """All rows of a brief; a text is empty where there is nothing to say."""
    asked, slo = brief.scenario, brief.scenario.slo
    what = f"have their {slo.until}" if slo.until else "are answered"
    yield "Traffic", f"{asked.mean_rate:g} requests a second on average, {asked.peak_rate:g} at the peak"
    yield "Growth", growing(brief)
    yield "Work", working(asked)
    yield "Kinds", "; ".join(f"{share:.0%} of the requests need {times:.2g} times the inference"
                             for share, times in asked.models)
    yield "Promise", f"{slo.percentile:g} % of the requests {what} within {slo.seconds:g} s"
    yield "Budget", f"{asked.budget:,.0f} US dollars a month for the cloud"
    yield "Operations", f"{brief.operations:g} US dollars a month for each unit; {units()}"
    yield "Losses", losing(asked)
    yield "Accuracy", accurate(asked)
    changes = f"{asked.changes_per_week:g} change{'s' * (asked.changes_per_week != 1)} a week"
    yield "Team", (f"{asked.teams} team{'s' * (asked.teams > 1)}, {changes}"
                   + (f", each live within {brief.most_days:g} days on average" if brief.most_days < inf else ""))
    yield "Data", f"{asked.gb_per_day:g} GB a day"
    yield "Behind it", stored(brief.store)
    yield "Failure script", failing(brief)


def units() -> str:
    """How many units each pattern has."""
    return ", ".join(f"{name} has {count}" for name, count in UNITS.items())


def growing(brief: Brief) -> str:
    """What becomes of the traffic."""
    if brief.growth == 1:
        return "none to speak of"
    return f"{brief.growth:g} times the traffic in a year; promise and money count for the traffic of then"


def working(asked: Scenario) -> str:
    """What a request needs."""
    prepare, infer, respond = (f"{1000 * seconds:g} ms" for seconds in asked.mean_work)
    machine = " on a GPU" if asked.gpu else ""
    waits = "; each turn waits 2 s for a language model that others run" if asked.slo.until else ""
    return f"{prepare} to prepare, {infer} to infer{machine}, {respond} to respond, on average{waits}"


def losing(asked: Scenario) -> str:
    """How many requests may get lost."""
    if asked.most_lost == 0:
        return "no request may get lost"
    again = f"; a caller tries {asked.tries} times" if asked.tries > 1 else ""
    return f"at most 1 in {1 / asked.most_lost:,.0f} of a month's requests{again}"


def accurate(asked: Scenario) -> str:
    """How right the numbers of a day must be."""
    if asked.most_error == inf:
        return ""
    return (f"one event in twenty comes up to twelve hours late; a day later, the number of that day's events is right "
            f"to {asked.most_error:g} %")


def stored(store: Store | None) -> str:
    """What every request asks last."""
    if store is None:
        return ""
    return (f"a database that others own and pay: {store.seconds * 1000:g} ms a request, {store.connections} "
            f"connections, {store.queue_limit:g} more may wait; who comes then is refused")


def failing(brief: Brief) -> str:
    """What goes wrong, and what is asked of the design."""
    crash = brief.scenario.mishap[0]
    return (f"the largest pool of servers dies at {crash.start:g} s of the {brief.scenario.duration:g} s that are "
            f"simulated, with all that is in it, and is back after {crash.duration:g} s; "
            f"{brief.scenario.mishaps_per_month:g} times a month; {brief.recovery:g} s after it is back, the promise "
            f"has to hold again")
