"""A hunt for counter-examples: numbers of a workload with which a stated advantage is false, whatever the traces."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import nan
from typing import Any, NamedTuple

from ..claims.claim import Table
from ..run import Interval, interval
from .disputed import ADVANTAGES, Trial

SEEN = tuple(range(1, 7))       # the seeds of the page
FEWEST = 100                    # requests in each trace
HALF = 0.5                      # of the requests have to be answered in time by one side at least
UNKNOWN = Interval(nan, nan, nan, 0)
FEW, OVERLOAD, NOTHING = "few", "overload", "nothing"
BROKEN = {FEW: f"nothing: fewer than {FEWEST} requests came in a trace",
          OVERLOAD: "nothing: there is more work than all servers can do",
          NOTHING: "nothing: neither side answers half of the requests in time"}


class Found(NamedTuple):
    """What both sides did on some traces; less is better. `broken` names a rule that such a workload breaks."""

    pattern: str
    numbers: dict[str, float]
    own: Interval
    rival: Interval
    difference: Interval        # what the pattern has more than its rival
    broken: str

    @property
    def false(self) -> bool:
        """Whether the advantage is none there, beyond doubt."""
        return not self.broken and self.difference.low > 0

    @property
    def verdict(self) -> str:
        """What this says about the statement."""
        if self.broken:
            return BROKEN[self.broken]
        return "it is false here" if self.false else "it holds here" if self.difference.high < 0 else "nobody can tell"

    @property
    def table(self) -> Table:
        """The experiment and its result."""
        said = ADVANTAGES[self.pattern]
        rows = [(name, f"{self.numbers[name]:g}", f"{one.low:g} to {one.high:g} {one.meaning}")
                for name, one in said.ranges.items()]
        seen = () if self.broken else ((self.pattern, str(self.own)), ("its rival", str(self.rival)),
                                       ("the pattern has more by", str(self.difference)))
        return Table(f"{self.pattern}, {said.statement}: {said.sides} ({said.measure})",
                     (*rows, *seen, ("verdict", self.verdict)), ("number", "yours", "may be"))

    def __str__(self):
        return str(self.table)

    def _repr_html_(self):
        return self.table._repr_html_()


def hunt(pattern: str, **numbers: float) -> Found:
    """What a pattern and its rival do with these numbers on six traces; those left out are where it is said to hold.

    Raises ValueError, with a sentence, for an unknown pattern or name and for a number outside its range.
    """
    return found(pattern, checked(pattern, numbers), SEEN)


def checked(pattern: str, numbers: Mapping[str, Any]) -> dict[str, float]:
    """All numbers of a workload; raises ValueError where one may not be."""
    if pattern not in ADVANTAGES:
        raise ValueError(f"the pattern is one of {', '.join(ADVANTAGES)}, got {pattern!r}")
    ranges = ADVANTAGES[pattern].ranges
    if unknown := [name for name in numbers if name not in ranges]:
        raise ValueError(f"{pattern} has the numbers {', '.join(ranges)}, got {unknown[0]!r}")
    for name, value in numbers.items():
        low, high, *_ = ranges[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"{name} of {pattern} must be a number from {low:g} to {high:g}, got {value!r}")
    return {name: float(numbers.get(name, one.usual)) for name, one in ranges.items()}


def found(pattern: str, numbers: dict[str, float], seeds: Iterable[int]) -> Found:
    """What both sides do on a trace for each seed."""
    return kept(pattern, tuple(numbers.items()), tuple(seeds))


@lru_cache(maxsize=256)
def kept(pattern: str, numbers: tuple[tuple[str, float], ...], seeds: tuple[int, ...]) -> Found:
    """The same, computed once; it ends with the first trace that breaks a rule."""
    trials: list[Trial] = []
    broken = ""
    for seed in seeds:
        trials.append(ADVANTAGES[pattern].trial(seed, **dict(numbers)))
        if broken := rule(trials[-1]):
            break
    if broken:
        return Found(pattern, dict(numbers), UNKNOWN, UNKNOWN, UNKNOWN, broken)
    more = interval([one.own - one.rival for one in trials])
    return Found(pattern, dict(numbers), interval([one.own for one in trials]),
                 interval([one.rival for one in trials]), more, "")


def rule(trial: Trial) -> str:
    """The rule that a trace breaks, if any."""
    if trial.requests < FEWEST:
        return FEW
    if trial.busy >= 1:
        return OVERLOAD
    return NOTHING if max(trial.answered) < HALF else ""
