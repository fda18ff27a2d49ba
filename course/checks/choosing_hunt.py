"""Exercise 6H: for each pattern a workload with which its stated advantage is false, on traces that nobody has seen."""

from dataclasses import dataclass
from math import isfinite
from typing import Any

from ..asking.probe import failure
from ..choosing.disputed import ADVANTAGES
from ..choosing.hunt import FEW, FEWEST, NOTHING, OVERLOAD, SEEN, Found, checked, found
from .answers import failed, number, paired, shown
from .exercise import Message, Outcome, Report, maker, verdict

SETS, TRACES, FIRST = 6, 8, 100         # of hidden traces; traces in each; the first seed
WHERE = "The table of hunt(...) for that pattern, and hint 2 of exercise 6H."


@dataclass(frozen=True)
class Hunt:
    """Numbers of a workload by pattern; the design of both sides is fixed."""

    id: str = "6H"
    points: float = 6.0
    hidden: int = len(ADVANTAGES)

    def cases(self, variant: int) -> list[Any]:
        first = FIRST + variant % SETS * TRACES
        return [{"seeds": list(SEEN) if variant == 0 else list(range(first, first + TRACES))}]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        case, answer = paired(cases, raw)[0]
        given = answer.get("numbers") if isinstance(answer, dict) else None
        return verdict(self.id, self.points, self.outcomes(given, case))

    def outcomes(self, given: Any, case: dict[str, Any]) -> list[Outcome]:
        """One for each pattern."""
        each = self.points / len(ADVANTAGES)
        if not isinstance(given, dict) or not given or failure(given):
            return [Outcome(each, 0.0, unusable(given)) for _ in ADVANTAGES]
        messages = [judged(pattern, given.get(pattern), case["seeds"]) for pattern in ADVANTAGES]
        return [Outcome(each, float(message is None), message) for message in messages]


def judged(pattern: str, given: Any, seeds: list[int]) -> Message | None:
    """What is wrong with the numbers for one pattern."""
    if given in (None, {}):
        return MISSING._replace(got=f"nothing for {pattern}.")
    values = {name: number(value) for name, value in given.items()} if isinstance(given, dict) else {}
    if not values:
        return FORM._replace(got=f"{shown(given)} for {pattern}.")
    if unknown := [name for name in values if name not in ADVANTAGES[pattern].ranges]:
        return DESIGN._replace(got=f"'{unknown[0][:30]}' for {pattern}.")
    if bad := next((name for name, value in values.items() if value is None or not isfinite(value)), ""):
        return FORM._replace(got=f"no number as '{bad}' of {pattern}.")
    return tried(pattern, {name: value for name, value in values.items() if value is not None}, seeds)


def tried(pattern: str, values: dict[str, float], seeds: list[int]) -> Message | None:
    """What is wrong with numbers that can be tried."""
    try:
        numbers = checked(pattern, values)
    except ValueError as error:
        return RANGE._replace(got=f"{error}.")
    seen = found(pattern, numbers, seeds)
    return None if seen.false else lacking(seen)


def lacking(seen: Found) -> Message:
    """Why this is no counter-example."""
    if seen.broken:
        return RULES[seen.broken]._replace(got=f"such a workload for {seen.pattern}.")
    low, high = seen.difference.low, seen.difference.high
    message = HOLDS if high < 0 else EQUAL if low == high == 0 else UNCLEAR
    return message._replace(got=f"for {seen.pattern} a difference from {low:.3g} to {high:.3g}.")


def unusable(given: Any) -> Message:
    """What is wrong with an answer that is no dict of patterns."""
    if given in (None, "", {}) or failure(given):
        return failed("6H", given if failure(given) else {"error": "Blank"}, WHERE)
    return FORM._replace(got=f"{shown(given)}.")


message = maker("6H", WHERE)
MISSING = message("MISSING", "Each pattern has its counter-example", "", "Numbers for all five patterns.",
                  "Each statement is true somewhere and false elsewhere. Each counts for itself.")
FORM = message("FORM", "Names with numbers", "", "For each pattern a dict of names with numbers, as hunt takes them.",
               "The check tries them on other traces. It can only do so with numbers.")
RANGE = message("W1", "Within the ranges", "", "Every number lies in the range that hunt shows.",
                "Nearly everything is false for a workload that nobody has. The ranges are what occurs.")
DESIGN = message("W2", "The workload and not the design", "", "Only the names that hunt shows for that pattern.",
                 "Anybody can make a pattern look bad by building it badly. Both sides keep their design here, and you "
                 "choose what comes to them.")
TOO_MUCH = message("W3", "Work that can be done", "",
                   "In the long run there is less work than the servers can do.",
                   "When more comes than both can do, both fail, and that says nothing of either. Let it be too much "
                   "for a short while only.")
TOO_FEW = message("W4", "Enough requests", "", f"At least {FEWEST} requests come in each trace.",
                  "Where nothing happens there is nothing to compare. A few requests prove nothing, whoever looks "
                  "better.")
VAIN = message("W5", "One side at least can do it", "", "One of the two answers half of the requests in time.",
               "A promise that nobody can keep is no test. First make it possible, and then see who keeps it.")
HOLDS = message("W6", "The statement is false there", "", "The pattern is worse than its rival, so the number is above "
                "zero.", "Here the statement holds. Ask what the pattern pays for, or waits for, and choose a workload "
                "that has much of it.")
EQUAL = message("W7", "A difference", "", "The two sides differ.",
                "What would part them does not occur here at all. Give them something that the one does and the other "
                "does not.")
UNCLEAR = message("UNCLEAR", "Beyond doubt", "", "The whole interval lies above zero on other traces as well.",
                  "With other traces it may be the other way round. Go further in the direction that made it larger.")
RULES = {FEW: TOO_FEW, OVERLOAD: TOO_MUCH, NOTHING: VAIN}
EXERCISES = (Hunt(),)
