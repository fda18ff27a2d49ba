"""The chooser: requirements in; out comes who is cheapest, by how much, on what evidence, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import inf, sqrt
from typing import TYPE_CHECKING, NamedTuple

from ..picture import number
from ..run import Interval
from . import choice_map
from .choice_map import NOBODY, UNDECIDED, Cell, priced
from .flips import Flip, Row, of_budget, of_operations
from .nearest import Evidence, Requirements, apart, nearest, under
from .winners import OPERATIONS, machine

if TYPE_CHECKING:
    from pandas import DataFrame

RATE = "requests a second"
KNOBS = {"rate": RATE, "burstiness": "times the mean in a rush", "promise": "seconds of the promise"}
PRICE, MONEY = "USD a month for a unit's operations", "USD a month for the cloud"
BETWEEN = "You lie between two places with different answers."
COMPUTE = "compared_in(scenario) computes your very case, in a minute or two."


class Advice(NamedTuple):
    """The answer: empty where there is none; what the runner-up costs more, in US dollars a month, and what decides.

    `flips` are where the answer changes, `between` whether that is somewhere around what is wanted, and `against` why
    others are out of the question.
    """

    pattern: str
    runner_up: str
    difference: Interval | None
    undecided: bool
    close: bool
    near: bool
    evidence: str
    flips: tuple[Flip, ...] = ()
    between: bool = False
    against: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All of it to read."""
        return " ".join([self.answer, f"Evidence: {self.evidence}.", *self.changes, *self.against, *self.computing])

    @property
    def answer(self) -> str:
        """The first sentence."""
        if not self.near:
            return "No evidence: nothing stored is near."
        if not self.pattern:
            return "Nobody passes."
        if not self.difference:
            return f"{self.pattern}; no other passes."
        mean, low, high, n = self.difference
        more = f"{mean:,.0f} [{low:,.0f}, {high:,.0f}] USD a month more (n = {n})"
        if self.undecided:
            return f"Undecided: {self.runner_up} costs {more} than {self.pattern}, which may be nothing."
        close = ": less than a machine, and so close" if self.close else ""
        return f"{self.pattern}; then {self.runner_up}, which costs {more}{close}."

    @property
    def changes(self) -> list[str]:
        """Where the answer changes, in sentences."""
        return [turn(flip) for flip in self.flips]

    @property
    def computing(self) -> list[str]:
        """How to get a surer answer, where this is not sure."""
        return [BETWEEN] * self.between + [COMPUTE] * (not self.near or self.undecided or self.between)


def recommend(requirements: Requirements) -> Advice:
    """What is stored nearest, under these rules and prices; raises ValueError where the stored map cannot be read."""
    found = nearest(requirements)
    if found is None or not found.near(requirements):
        return Advice("", "", None, False, False, False, far(found, requirements))
    place, operations = under(requirements, found.place), requirements.operations
    ranked, difference = place.ranked(operations), place.difference(operations)
    first, second = ([row.pattern for row in ranked] + ["", ""])[:2]
    step = max((machine(row) or choice_map.machine_usd() for row in ranked[:2]), default=0.0)
    changes = tuple(flips(found, place, requirements))
    return Advice(first, second, difference, place.answer(operations) == UNDECIDED,
                  difference is not None and abs(difference.mean) < step, True, told(found, requirements),
                  changes, any(is_between(flip, requirements) for flip in changes), tuple(against(place.rows)))


def is_between(flip: Flip, wanted: Requirements) -> bool:
    """Whether what is wanted lies between two places with different answers."""
    here = {RATE: wanted.rate, KNOBS["burstiness"]: wanted.peak, KNOBS["promise"]: wanted.promise}
    return flip.knob in here and flip.low < here[flip.knob] < flip.high


def told(found: Evidence, wanted: Requirements) -> str:
    """What the evidence is, and how far from what is wanted."""
    others = [f"{number(float(f'{factor:.2g}'))} times its {name}" for name, factor in found.factors(wanted).items()
              if apart(factor) > 1.05]
    return found.name + (f"; you have {', '.join(others)}" if others else ", just as you want it")


def far(found: Evidence | None, wanted: Requirements) -> str:
    """Why nothing is near."""
    if found is None:
        return "none of this sort"
    return f"the nearest is {told(found, wanted)}"


def against(rows: Sequence[Row]) -> Iterator[str]:
    """Why others are out of the question, in a sentence for each reason."""
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if not row.passes:
            reasons.setdefault(row.why, []).append(row.pattern)
    for why, patterns in reasons.items():
        yield f"Out of the question: {', '.join(patterns)} ({why})."


def flips(found: Evidence, place: Cell, wanted: Requirements) -> Iterator[Flip]:
    """Where the answer changes next to what is wanted: with prices by algebra, otherwise between neighbours."""
    if found.on_map:
        yield from along(found.place, wanted)
    elif wanted.operations == OPERATIONS:
        as_much = place.rate * found.work / wanted.work
        yield from (flip._replace(knob=RATE, low=flip.low * as_much, high=flip.high * as_much)
                    for flip in found.growth)
    yield from (flip._replace(knob=PRICE) for flip in next_to(of_operations(place.rows), wanted.operations))
    ordered = [*place.ranked(wanted.operations),
               *(priced(row, wanted.operations) for row in place.rows if not row.passes)]
    yield from (flip._replace(knob=MONEY) for flip in of_budget(ordered)[:1])


def next_to(found: Sequence[Flip], value: float) -> list[Flip]:
    """The last below a value, and the first above it."""
    return [flip for flip in found if flip.low <= value][-1:] + [flip for flip in found if flip.low > value][:1]


def along(place: Cell, wanted: Requirements) -> Iterator[Flip]:
    """Where neighbours on the map have another answer; rates are those with as much work to do."""
    for name, knob in KNOBS.items():
        if name == "promise" and wanted.nothing_lost:       # the other sheets have no queue
            continue
        line = choice_map.stored().line(place, name)
        times = sum(choice_map.WORK) / wanted.work if name == "rate" else 1.0
        answers = [(getattr(cell, name) * times, under(wanted, cell).answer(wanted.operations)) for cell in line]
        yield from beside(knob, answers, line.index(place))


def beside(knob: str, answers: Sequence[tuple[float, str]], here: int) -> Iterator[Flip]:
    """The last change before a place in a line, and the first one after it."""
    changes = [(at, Flip(knob, low, high, before, after))
               for at, ((low, before), (high, after)) in enumerate(pairwise(answers)) if before != after]
    yield from [flip for at, flip in changes if at < here][-1:]
    yield from [flip for at, flip in changes if at >= here][:1]


def turn(flip: Flip) -> str:
    """A change in a sentence."""
    about, exact = sqrt(flip.low * flip.high), flip.low == flip.high
    place = number(about) if exact else f"about {number(float(f'{about:.2g}'))}"
    ends = "" if exact else f" (looked up at {number(flip.low)} and {number(flip.high)})"
    return (f"Above {place} {flip.knob}{ends} the answer changes: {flip.before or NOBODY} below, "
            f"{flip.after or NOBODY} above.")


def advised(wanted: Mapping[str, Requirements] | None = None) -> DataFrame:
    """A row for each of some requirements: what is wanted, and what came of it."""
    from ..claims.whole import Whole

    return Whole([asked_for(name, one, recommend(one)) for name, one in (wanted or SOME).items()]).set_index("for")


def asked_for(name: str, wanted: Requirements, found: Advice) -> dict[str, str]:
    """The row of some requirements."""
    money = "any" if wanted.budget == inf else f"{wanted.budget:,.0f}"
    return {"for": name, "requests a second": f"{wanted.rate:g}", "peak over mean": f"{wanted.peak:g}",
            "promise (s)": f"{wanted.promise:g}", "budget (USD)": money, "operations (USD)": f"{wanted.operations:g}",
            "answer": found.answer, "evidence": found.evidence, "changes": " ".join(found.changes)}


SOME = {
    "an image classifier": Requirements(),
    "... with steadier traffic": Requirements(peak=3.0),
    "... with operations for nothing": Requirements(peak=3.0, operations=0.0),
    "... of a large shop": Requirements(rate=100.0, peak=3.0),
    "... that may take half a minute": Requirements(rate=100.0, peak=10.0, promise=30.0),
    "... whose numbers have to be right": Requirements(rate=3.0, exact=True),
    "a chatbot": Requirements(rate=0.5, peak=20.0, promise=3.0, work=0.07, talks=True),
    "a platform with GPUs": Requirements(rate=500.0, peak=2.5, promise=0.4, work=0.07, gpu=True),
    "payments": Requirements(rate=200.0, peak=3.0, work=0.04, nothing_lost=True),
    "a model of a minute": Requirements(rate=0.1, promise=300.0, work=60.0),
}
