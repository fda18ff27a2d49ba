"""The answers as tables for a page: a brief, the five patterns in one use case, and who wins in all of them."""

from __future__ import annotations

from collections.abc import Iterable
from math import isinf
from typing import TYPE_CHECKING

from ..scenario import Scenario
from .flips import BUDGET, OPERATIONS_PRICE, TRAFFIC, Flip, Row
from .winners import Choice, compared_in

if TYPE_CHECKING:
    from pandas import DataFrame

SHOWN = {OPERATIONS_PRICE: "operations at {} USD", BUDGET: "budget of {} USD", TRAFFIC: "{} times the traffic"}
KNOBS = {TRAFFIC: 0, OPERATIONS_PRICE: 1, BUDGET: 2}


def briefs(scenarios: Iterable[Scenario]) -> DataFrame:
    """A row for each use case: what a team would be told before it chooses."""
    from ..claims.whole import Whole

    return Whole([{
        "use case": f"{one.id} {one.name}", "mean (1/s)": one.mean_rate, "peak (1/s)": one.peak_rate,
        "work (s)": sum(one.mean_work), "promise": promised(one), "budget (USD)": f"{one.budget:,.0f}",
        "may be lost": f"{one.most_lost:.2%}", "besides": besides(one)} for one in scenarios]).set_index("use case")


def promised(one: Scenario) -> str:
    """The promise in words."""
    return f"{one.slo.percentile:g} % in {one.slo.seconds:g} s" + f", {one.slo.until}" * bool(one.slo.until)


def besides(one: Scenario) -> str:
    """What else rules a pattern out, or changes what it costs."""
    rules = {"a GPU": one.gpu, "waits for a language model": one.slo.until, f"{len(one.models)} models": one.models,
             "late data": one.late, f"final numbers within {one.most_error:g} %": not isinf(one.most_error)}
    return ", ".join([rule for rule, there in rules.items() if there] + [f"{one.teams} team" + "s" * (one.teams > 1)])


def patterns(choice: Choice) -> DataFrame:
    """A row for each pattern in a use case, the winner first, and why each of the others does not win."""
    from ..claims.whole import Whole

    return Whole([{
        "pattern": row.pattern, "sizes": sizes(row), "tried": row.evaluations, "units": row.units,
        "cloud (USD)": money(row.cloud_usd), "with operations (USD)": money(row.total_usd),
        "promised percentile (s)": "" if isinf(row.response) else f"{row.response:.3g}",
        "lead time (days)": f"{row.lead_days:.1f}", "why not": row.why} for row in choice.rows]).set_index("pattern")


def sizes(row: Row) -> str:
    """What the search chose, in words."""
    return ", ".join(f"{name} {count}" for name, count in row.sizes.items())


def money(usd: float) -> str:
    """US dollars a month; nothing for what is impossible."""
    return "" if isinf(usd) else f"{usd:,.0f}"


def answers(scenarios: Iterable[Scenario]) -> DataFrame:
    """A row for each use case: who wins, who comes next and by how much, how sure that is, and what changes it."""
    from ..claims.whole import Whole

    table = [(one, compared_in(one)) for one in scenarios]
    return Whole([{
        "use case": f"{one.id} {one.name}", "cheapest that passes": found.winner or "nobody",
        "next": found.runner_up or "nobody else passes", "costs more (USD a month)": ahead(found),
        "so it is": sure(found), "the answer changes at": "; ".join(map(flip, ordered(found)))}
        for one, found in table]).set_index("use case")


def ahead(found: Choice) -> str:
    """What the runner-up costs more, with its interval."""
    more = found.difference
    return "" if more is None else f"{more.mean:,.0f} [{more.low:,.0f}, {more.high:,.0f}]"


def sure(found: Choice) -> str:
    """How sure the first place is."""
    if found.difference is None:
        return "the only one" if found.winner else "without an answer"
    return "a tie" if found.tie else "less than a machine" if found.close else "clear"


def ordered(found: Choice) -> list[Flip]:
    """Its changes with the knobs of SHOWN, the traffic first."""
    return sorted((flip for flip in found.flips if flip.knob in SHOWN), key=lambda flip: (KNOBS[flip.knob], flip.low))


def flip(one: Flip) -> str:
    """A change in words: at what value, and to whom."""
    low, high = (f"{value:.3g}" for value in (one.low, one.high))
    place = SHOWN[one.knob].format(low if low == high else f"{low} to {high}")
    return f"{place}: {one.before or 'nobody'} to {one.after or 'nobody'}"
