"""The form of every claim: a statement, a test that it could fail, and a verdict that the result decides."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import islice
from math import nan
from typing import NamedTuple, Protocol

import numpy as np

from ..run import Interval, Run, interval
from ..simulation import replicate

PROXY = "This measures a mechanism, not people."
BLOCK = 5       # traces that are run and kept together


class Sides(NamedTuple):
    """A measure on each trace: for the pattern of the claim, and for what it is compared with."""

    pattern: Sequence[float]
    comparison: Sequence[float]
    metric: str = ""    # when it is not the metric of the claim


def paired(traces: Iterable[tuple[float, float]]) -> Sides:
    """Both sides from a pair for each trace."""
    pattern, comparison = zip(*traces)
    return Sides(pattern, comparison)


class Arm(NamedTuple):
    """One comparison on equal traces; `effect` is the paired difference, positive where the claim is right."""

    role: str           # "hold", "fail", or "comparison" for one that decides nothing
    name: str
    pattern: Interval
    comparison: Interval
    effect: Interval
    metric: str


class Experiment(Protocol):
    """What a claim needs in order to be tested: its assumptions are the fields, so `replace` changes them."""

    def sides(self, knob: float, traces: int) -> Sides:
        """The metric of both sides at one value of the knob."""
        ...

    def others(self, traces: int) -> list[tuple[str, str, Sides]]:
        """Further arms: role, name, both sides."""
        ...


class Table(NamedTuple):
    """Rows under a caption and, perhaps, a head; readable on a page and in a terminal."""

    caption: str
    rows: tuple[tuple[str, ...], ...]
    head: tuple[str, ...] = ()

    def __str__(self):
        rows = [self.head, *self.rows] if self.head else self.rows
        return "\n".join([self.caption, *("  " + " | ".join(row) for row in rows)])

    def _repr_html_(self):
        head = "".join(f"<th scope='col' style='text-align:left'>{escape(name)}</th>" for name in self.head)
        body = "".join(html_row(row, len(self.head) - 1) for row in self.rows)
        return f"<table><caption>{escape(self.caption)}</caption>{head and f'<tr>{head}</tr>'}{body}</table>"


def html_row(row: tuple[str, ...], width: int) -> str:
    """A heading and its cells; a cell that stands alone is as wide as the table."""
    span = f" colspan='{width}'" if len(row) == 2 and width > 1 else ""
    cells = "".join(f"<td style='text-align:left'{span}>{escape(cell)}</td>" for cell in row[1:])
    return f"<tr><th scope='row' style='text-align:left'>{escape(row[0])}</th>{cells}</tr>"


@dataclass(frozen=True)
class Claim:
    """A statement about a pattern, and the experiment that puts it to the test.

    Lower is better in every `metric`. The claim should hold with the knob at `holds_at` and fail at `fails_at`; it is
    conditional when it flips inside the `realistic` range. `proxy` says what stands for people, where they matter.
    """

    id: str             # "M+1": the first statement for the monolith; "M-1": the first against it
    statement: str
    metric: str
    hold: str
    comparison: str
    fail: str
    knob: str           # the number that moves from hold to fail, with its unit
    holds_at: float
    fails_at: float
    realistic: tuple[float, float]
    false_when: str
    not_modelled: tuple[str, ...]
    would_flip: str
    experiment: Experiment
    proxy: str = ""

    def at(self, knob: float, traces: int = 10) -> Arm:
        """The comparison with the knob at this value, on so many traces."""
        return self.arm("comparison", f"{self.knob}: {knob:g}", self.experiment.sides(knob, traces))

    def arm(self, role: str, name: str, sides: Sides) -> Arm:
        """Both sides with their intervals, and the paired difference counted in favour of the claim."""
        gains = [other - own for own, other in zip(sides.pattern, sides.comparison, strict=True)]
        if "-" in self.id:
            gains = [-gain for gain in gains]
        return Arm(role, name, interval(sides.pattern), interval(sides.comparison), interval(gains),
                   sides.metric or self.metric)

    @property
    def card(self) -> Table:
        """What is claimed, how it is tested, and what the test leaves out."""
        rows = [("Statement", self.statement), ("Metric", self.metric), ("Should hold", self.hold),
                ("Compared with", self.comparison), ("Should fail", self.fail), ("Knob", self.knob),
                ("False when", self.false_when), ("Not modelled", "; ".join(self.not_modelled)),
                ("Would flip it", self.would_flip)]
        if self.proxy:
            rows.append(("Stands for", f"{self.proxy} {PROXY}"))
        return Table(f"Claim {self.id}", tuple(rows))


@dataclass(frozen=True)
class Result:
    """What became of a claim: its arms in the claim's metric, the further arms in `also`, each in its own, and the
    value of the knob at which the claim flips (not a number: nowhere).
    """

    claim: Claim
    arms: tuple[Arm, ...]
    also: tuple[Arm, ...]
    boundary: float

    @property
    def effect(self) -> Interval:
        """The effect in the first arm where the claim should hold."""
        return self.arms[0].effect

    @property
    def verdict(self) -> str:
        """Refuted, undecided, proxy only, conditional or supported: read off the intervals and the boundary."""
        hold = [arm.effect for arm in self.arms + self.also if arm.role == "hold"]
        if any(effect.high < 0 for effect in hold):
            return "refuted"
        if any(effect.low <= 0 for effect in hold):
            return "undecided"
        if self.claim.proxy:
            return "proxy only"
        low, high = self.claim.realistic
        return "conditional" if low <= self.boundary <= high else "supported"

    @property
    def flips(self) -> str:
        """Where the claim turns over, in words."""
        if self.boundary != self.boundary:
            return f"nowhere from {self.claim.holds_at:g} to {self.claim.fails_at:g} ({self.claim.knob})"
        return f"{self.boundary:.3g} ({self.claim.knob})"

    @property
    def table(self) -> Table:
        """A row for each arm, then the boundary and the verdict."""
        head = ("role", "arm", "pattern", "comparison", "effect, positive for the claim")
        arms = [(arm.role, arm.name, *map(str, arm[2:5])) for arm in self.arms]
        arms += [(arm.role, f"{arm.name} ({arm.metric})", *map(str, arm[2:5])) for arm in self.also]
        ends = [("flips at", self.flips), ("false when", self.claim.false_when), ("verdict", self.verdict)]
        if self.claim.proxy:
            ends.append(("stands for", f"{self.claim.proxy} {PROXY}"))
        return Table(f"{self.claim.id}: {self.claim.statement} ({self.claim.metric})", (*arms, *ends), head)

    def __str__(self):
        return str(self.table)

    def _repr_html_(self):
        return self.table._repr_html_()


@lru_cache(maxsize=64)
def computed(claim: Claim, traces: int) -> Result:
    """The result of a claim, computed whatever is stored, and kept."""
    found = tuple(arms(claim, traces))
    ends = dict(zip((claim.holds_at, claim.fails_at), found))

    def effect(knob):
        return (ends.get(knob) or decided(claim, knob, traces)).effect.mean

    boundary = crossing(effect, claim.holds_at, claim.fails_at)
    return Result(claim, tuple(arm for arm in found if arm.metric == claim.metric),
                  tuple(arm for arm in found if arm.metric != claim.metric), boundary)


def arms(claim: Claim, traces: int) -> Iterator[Arm]:
    """Where the claim should hold, where it should fail, and the further arms; each is computed when its turn comes."""
    yield claim.arm("hold", claim.hold, claim.experiment.sides(claim.holds_at, traces))
    yield claim.arm("fail", claim.fail, claim.experiment.sides(claim.fails_at, traces))
    yield from (claim.arm(*other) for other in claim.experiment.others(traces))


def decided(claim: Claim, knob: float, traces: int) -> Arm:
    """The comparison at one value of the knob, on half of the traces where these leave no doubt about its sign."""
    half = claim.at(knob, traces // 2)
    return half if half.effect.clear else claim.at(knob, traces)


def crossing(effect: Callable[[float], float], holds: float, fails: float, steps: int = 6) -> float:
    """Where `effect` stops being positive between two values; not a number when it does not.

    Halves the way so many times, and ends with a straight line between the last two values.
    """
    right, wrong = effect(holds), effect(fails)
    if right <= 0 or wrong > 0:
        return nan
    for _ in range(steps):
        middle = (holds + fails) / 2
        found = effect(middle)
        holds, right, fails, wrong = (middle, found, fails, wrong) if found > 0 else (holds, right, middle, found)
    return holds + (fails - holds) * right / (right - wrong)


def of_kind(run: Run, *kinds: str) -> np.ndarray:
    """Which of the requests that have arrived are of these kinds: true or false for each."""
    arrived = islice(run.workload.requests(), len(run.arrival_times))
    return np.array([request.kind in kinds for request in arrived], bool)


def response_times(run: Run, *kinds: str) -> np.ndarray:
    """Seconds from arrival to departure, of the completed requests of these kinds."""
    return (run.departure_times - run.arrival_times)[of_kind(run, *kinds) & (run.outcomes == 0)]


def unanswered(run: Run, within: float, *kinds: str) -> float:
    """Percent of the requests, of these kinds or of all, that are not answered within so many seconds."""
    answered = (run.outcomes == 0) & (run.departure_times - run.arrival_times <= within)
    return 100 * (1 - float(np.mean(answered[of_kind(run, *kinds)] if kinds else answered)))


def runs(design, workload, traces: int) -> tuple[Run, ...]:
    """One run for each trace, kept in blocks, because the search for a boundary asks for the same ones again."""
    return tuple(run for first in range(0, traces, BLOCK)
                 for run in block(design, workload.replication(first), min(BLOCK, traces - first)))


@lru_cache(maxsize=32)
def block(design, workload, traces: int) -> tuple[Run, ...]:
    """Runs on so many traces from this one on, kept."""
    return tuple(replicate(design, workload, traces))
