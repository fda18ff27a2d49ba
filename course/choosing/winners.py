"""Which pattern wins in a use case, by how much, why the others lose, and where the answer changes."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..claims.delivery import WEEK, ReleaseTrain
from ..prices import Prices
from ..run import Interval, interval
from ..scenario import Scenario, by_the_run, grown, monthly
from ..simulation import simulate
from .families import FAMILIES, Family
from .flips import Flip, Row, of_growth, of_rows
from .tuning import EVALUATIONS, TRACES, Tuned, tuned

OPERATIONS = 100.0      # US dollars a month for each unit that is operated
STORED = Path(__file__).parent / "results" / "winners.json"     # made by `course choose --measure`
FEW, ENOUGH = 5, 10_000                 # traces, and requests in each, at other traffic than the brief's
SHORTEST = 2.0          # seconds of a trace, at whose end few must be unfinished


ENDLESS = ("cloud_usd", "total_usd", "response")        # of a row, where a design is impossible


class Choice(NamedTuple):
    """The answer for a use case; `difference` is what the runner-up costs more, in US dollars a month."""

    scenario: str
    rows: list[Row]
    winner: str
    runner_up: str
    difference: Interval | None
    step: float                 # US dollars a month of one machine more or less, in either of the two
    flips: list[Flip]
    growth: list[tuple[float, str]]         # times the traffic, and who wins there

    @property
    def tie(self) -> bool:
        """Whether nobody can tell the first from the second."""
        return self.difference is not None and not self.difference.clear

    @property
    def close(self) -> bool:
        """Whether a machine more or less would turn the answer round."""
        return self.difference is not None and abs(self.difference.mean) < self.step

    def row(self, pattern: str) -> Row:
        """The row of a pattern."""
        return next(row for row in self.rows if row.pattern == pattern)

    def flips_of(self, knob: str) -> list[Flip]:
        """Where the answer changes with one of the KNOBS."""
        return [flip for flip in self.flips if flip.knob == knob]


def compared_in(scenario: Scenario) -> Choice:
    """The answer for a use case: stored for those of the course, else computed, which takes a minute or two.

    Then nothing is looked up about other traffic.
    """
    known = stored().get(key(scenario))
    return known or choice(scenario, [tuned(family, scenario) for family in FAMILIES.values()])


@lru_cache(maxsize=2)
def stored(path: Path = STORED) -> dict[str, Choice]:
    """All answers that are stored, by `key`; none without the file. `course choose --measure` makes them anew."""
    if not path.is_file():
        return {}
    return {name: read(fields) for name, fields in json.loads(path.read_text(encoding="utf-8"))["choices"].items()}


def key(scenario: Scenario) -> str:
    """Another one whenever anything in the scenario is another."""
    return f"{scenario.id} {sha256(repr(scenario).encode()).hexdigest()[:16]}"


def read(fields: Mapping[str, Any]) -> Choice:
    """A choice from what JSON holds of it."""
    found = fields["difference"]
    return Choice(**{**fields, "rows": [Row(**{**one, **{name: inf for name in ENDLESS if one[name] is None}})
                                        for one in fields["rows"]],
                     "difference": None if found is None else Interval(*found),
                     "flips": [Flip(*flip) for flip in fields["flips"]],
                     "growth": [(times, name) for times, name in fields["growth"]]})


def written(one: Choice) -> dict[str, Any]:
    """What JSON holds of a choice: no number where one is infinite."""
    rows = [{name: None if value in (inf, None) else value for name, value in row._asdict().items()}
            for row in one.rows]
    return {**one._asdict(), "rows": rows}


def told(one: Choice) -> str:
    """The answer in a few lines: who wins, by how much, and where that changes."""
    lines = [f"{one.scenario}: {one.winner or 'nobody passes'}"]
    if one.difference:
        word = "a tie" if one.tie else "less than a machine" if one.close else "clear"
        lines[0] += f", then {one.runner_up}: {one.difference} USD a month more ({word})"
    for flip in one.flips:
        before, after = (name or "nobody" for name in (flip.before, flip.after))
        lines.append(f"    {flip.knob} {flip.low:.3g} to {flip.high:.3g}: {before}, then {after}")
    return "\n".join(lines)


def choice(scenario: Scenario, found: Iterable[Tuned], growth: Iterable[tuple[float, str]] = ()) -> Choice:
    """The answer from the tuned designs, and from who wins at another traffic, if somebody has looked."""
    rows = ranked([row(scenario, one) for one in found])
    passing = [one for one in rows if one.passes]
    winner, runner_up = ([one.pattern for one in passing] + ["", ""])[:2]
    more = dearer(*passing[:2]) if runner_up else None
    step = max(map(machine, passing[:2])) if runner_up else 0.0
    answers = sorted([*growth, (1.0, winner)]) if growth else []
    flips = [*of_rows(rows), *of_growth(answers)]
    return Choice(scenario.id, rows, winner, runner_up, more, step, flips, answers)


def row(scenario: Scenario, one: Tuned) -> Row:
    """The row of a tuned design, as long as it is alone."""
    family, judged = FAMILIES[one.family], one.row
    cloud = judged.get("cloud_usd", inf)
    design = str(family.build(scenario, one.sizes)) if judged else ""
    return Row(one.family, design, one.sizes, one.evaluations, one.ended, family.units, cloud,
               cloud + family.units * OPERATIONS, judged.get("response", inf), judged.get("slo", "missed"),
               judged.get("lost", 0.0), judged.get("error"), judged.get("passes", False), *why(scenario, one),
               lead_days(scenario, one.family), one.bills, one.items)


def ranked(rows: Iterable[Row]) -> list[Row]:
    """Those that pass first, the cheapest first, and each with a word on why it does not win."""
    ordered = sorted(rows, key=lambda one: (not one.passes, one.total_usd, one.pattern))
    best = ordered[0].total_usd if ordered[0].passes else inf
    return [one._replace(why=f"costs {one.total_usd - best:,.0f} USD a month more") if one.passes and place else one
            for place, one in enumerate(ordered)]


def why(scenario: Scenario, one: Tuned) -> tuple[list[str], str]:
    """Which rules a design breaks, and in a sentence by how much; nothing for one that passes."""
    if not one.row:
        return ["possible"], one.ended
    judged, slo = one.row, scenario.slo
    late = f"needs {judged['response']:.3g} s where {slo.seconds:g} are promised"
    if judged["slo"] == "not clear" and judged["response"] <= slo.seconds:
        late = f"keeps {slo.seconds:g} s on these traces, but may miss them on others"
    rules = (
        ("budget", judged["within_budget"],
         f"costs {judged['cloud_usd']:,.0f} USD a month, more than the budget of {scenario.budget:,.0f}"),
        ("promise", judged["slo"] == "met", late),
        ("losses", judged["losses_allowed"],
         f"loses {judged['lost']:.2g} of the requests where {scenario.most_lost:g} are allowed"),
        ("accuracy", judged.get("accurate", True),
         f"has final numbers that are {wrong(judged)} where {scenario.most_error:g} % are allowed"),
        ("availability", judged["available"], "is down for too long"))
    broken = [(rule, sentence) for rule, kept, sentence in rules if not kept]
    return [rule for rule, _ in broken], "; ".join(sentence for _, sentence in broken)


def wrong(judged: Mapping[str, Any]) -> str:
    """How wrong the final numbers are."""
    error = judged.get("error")
    return "not there, for nothing keeps events" if error is None else f"{error:.2g} % wrong"


def lead_days(scenario: Scenario, pattern: str) -> float:
    """Mean days from a change to its release: one application leaves once a week as a whole, other parts by team."""
    whole, apart = weekly(scenario.teams, scenario.changes_per_week)
    return whole if pattern == "Monolith" else apart


@lru_cache
def weekly(teams: int, changes: float) -> tuple[float, float]:
    """Mean days to a weekly release, of one application and of each team's own parts."""
    train = ReleaseTrain(teams, changes / teams)
    whole, apart = np.mean([train.lead_times(WEEK, teams, trace) for trace in range(TRACES)], axis=0)
    return float(whole), float(apart)


def dearer(winner: Row, other: Row) -> Interval:
    """How much more the other costs in total, paired by trace."""
    operations = (other.units - winner.units) * OPERATIONS
    return interval([b - a + operations for a, b in zip(winner.bills, other.bills)])


def machine(one: Row) -> float:
    """US dollars a month for the dearest machine that a design has; nothing where it has none."""
    named = {"machines": ("servers", "boxes", "consumers", "machine")}
    return max((one.items[item] / count for name, count in one.sizes.items() for item in named.get(name, (name,))
                if item in one.items), default=0.0)


def other_traffic(scenario: Scenario, times: float) -> Scenario:
    """So many times the traffic, on a stretch with plenty of requests and a burst, which may be shorter or longer.

    A longer one has more mishaps. The budget grows with the traffic, and never shrinks.
    """
    more = grown(scenario, times)
    cycle = getattr(more.arrivals, "burst", 0.0) + getattr(more.arrivals, "calm", 0.0)
    seconds = max(ENOUGH / more.mean_rate, cycle, SHORTEST)
    part = min(max(1.0, 1 / times), seconds / more.duration)
    repeated = max(1, int(part))
    mishap = tuple(replace(one, start=one.start * min(1.0, part) + place * more.duration)
                   for place in range(repeated) for one in more.mishap)
    return replace(more, duration=more.duration * part, mishap=mishap, budget=more.budget * max(1.0, times),
                   mishaps_per_month=more.mishaps_per_month / repeated)


def cheapest(scenario: Scenario, evaluations: int = EVALUATIONS, traces: int = FEW) -> tuple[str, float]:
    """Who wins, and US dollars a month; those that would be dearer even with the fewest machines are left out."""
    best, least = "", inf
    bounds = {name: floor(family, scenario) for name, family in FAMILIES.items() if not family.cannot(scenario)}
    for name in sorted(bounds, key=lambda name: bounds[name]):
        if bounds[name] >= least:
            break
        found = row(scenario, tuned(FAMILIES[name], scenario, evaluations, traces))
        if found.passes and found.total_usd < least:
            best, least = name, found.total_usd
    return best, least


def floor(family: Family, scenario: Scenario) -> float:
    """US dollars a month that a pattern costs at least: with machines that are busy all the time."""
    design, prices = family.build(scenario, family.sizes(scenario, scenario.mean_rate)), Prices.read()
    run = simulate(design, scenario.workload)
    return monthly(run, prices) - by_the_run(run, prices) + family.units * OPERATIONS
