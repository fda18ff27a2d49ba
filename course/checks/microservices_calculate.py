"""Exercise 2C: how often some call of many is slow, and how often a graph of services can answer."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

from .answers import failed, failure, near, number, paired, shown
from .exercise import Message, Outcome, Report, maker, verdict

REQUIRED, OPTIONAL = "required", "optional"
SCALES = (0.5, 0.6, 0.72, 0.86, 1.03, 1.24, 1.49, 1.79)     # a set of hidden cases for each: multiplies every failure
CALLS = ((1, 0.3), (2, 0.1), (7, 0.05), (30, 0.02), (60, 0.01))
SEEN_CALLS = ((1, 0.25), (3, 0.1), (100, 0.02))
# Graphs by what they ask; a part is its role and the shares of time in which each of its copies fails.
GRAPHS = {
    "series": (((REQUIRED, 0.02), (REQUIRED, 0.11)), ((REQUIRED, 0.05), (REQUIRED, 0.01), (REQUIRED, 0.07))),
    "copies": (((REQUIRED, 0.2, 0.3),), ((REQUIRED, 0.04), (REQUIRED, 0.25, 0.35, 0.4))),
    "optional": (((REQUIRED, 0.06), (OPTIONAL, 0.15)), ((OPTIONAL, 0.1), (REQUIRED, 0.03), (REQUIRED, 0.08)),
                 ((OPTIONAL, 0.2),), ((REQUIRED, 0.3, 0.3), (OPTIONAL, 0.4, 0.2), (REQUIRED, 0.09))),
}
SEEN_GRAPHS = {
    "series": (((REQUIRED, 0.01), (REQUIRED, 0.1)),), "copies": (((REQUIRED, 0.1, 0.2),),),
    "optional": (((REQUIRED, 0.02), (OPTIONAL, 0.3)),),
}
WHERE_SLOW, WHERE_GRAPH = "Hint 1 of exercise 2C.", "Hint 2 of exercise 2C, and the example in its statement."


@dataclass(frozen=True)
class Calculate:
    """`any_slow(calls, p)` and `available(parts)`, each a probability."""

    id: str = "2C"
    points: float = 4.0
    hidden: int = 4

    def cases(self, variant: int) -> list[Any]:
        if variant == 0:
            return written(SEEN_CALLS, SEEN_GRAPHS, 1)
        return written(CALLS, GRAPHS, SCALES[variant % len(SCALES)])

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        asked = [Asked(case["about"], case["asked"], answer) for case, answer in paired(cases, raw)]
        outcomes = [part(points, [one for one in asked if one.about == about], rules, general)
                    for about, points, rules, general in PARTS]
        chain, copies, optional = (outcome.message for outcome in outcomes[1:])
        if chain:                       # a slip in the chain explains the rest
            outcomes[2:] = [outcome._replace(message=None) for outcome in outcomes[2:]]
        elif copies and optional and optional.code != COUNTED.code:
            outcomes[3] = outcomes[3]._replace(message=None)
        return verdict(self.id, self.points, outcomes)


def written(calls: Any, graphs: Any, scale: float) -> list[Any]:
    """Cases as they are asked, with every chance of failure scaled."""
    asked = [{"about": "calls", "asked": [count, chance * scale]} for count, chance in calls]
    for about, shapes in graphs.items():
        for shape in shapes:
            parts = [[role, [1 - fails * scale for fails in copies]] for role, *copies in shape]
            asked.append({"about": about, "asked": [parts]})
    return asked


@dataclass(frozen=True)
class Asked:
    """One case and the raw answer."""

    about: str
    asked: list[Any]
    raw: Any

    @property
    def value(self) -> float | None:
        """The answer as a number."""
        return number(self.raw)

    @property
    def right(self) -> float:
        """The right answer."""
        return self.slow() if self.about == "calls" else self.chain(needed=self.required)

    @property
    def parts(self) -> list[list[float]]:
        """Availabilities of the copies of every part."""
        return [copies for _, copies in self.asked[0]]

    @property
    def required(self) -> list[list[float]]:
        """Those of the required parts."""
        return [copies for role, copies in self.asked[0] if role == REQUIRED]

    def slow(self) -> float:
        """The chance that at least one call is slow."""
        calls, chance = self.asked
        return 1 - (1 - chance) ** calls

    def chain(self, needed: list[list[float]], whole: Callable = prod) -> float:
        """The availability of a chain of parts, each with copies of which one is enough."""
        return whole([1 - prod(1 - copy for copy in copies) for copies in needed])

    @property
    def setting(self) -> str:
        """The case in words."""
        if self.about == "calls":
            return f"for {self.asked[0]} calls that are each slow with probability {self.asked[1]:.3g}"
        return "for " + " and ".join(f"{role} {', '.join(f'{copy:.3g}' for copy in copies)}"
                                     for role, copies in self.asked[0])


def part(points: float, asked: list[Asked], rules: tuple, general: Message) -> Outcome:
    """One of the rules, right in each of its cases."""
    wrong = [one for one in asked if not near(one.value, one.right)]
    return Outcome(points, float(not wrong), why(wrong, rules, general) if wrong else None)


def why(wrong: list[Asked], rules: tuple, general: Message) -> Message:
    """The mistake behind some wrong answers."""
    first = wrong[0]
    if failure(first.raw):
        return failed("2C", first.raw, general.where)
    if first.value is None:
        return FORM._replace(got=f"{shown(first.raw)}.", where=general.where)
    got = f"{shown(first.value)} {first.setting}."
    for formula, message in rules:
        if all(near(one.value, formula(one)) for one in wrong):
            return message._replace(got=got)
    return general._replace(got=got)


def percent_in(one: Asked) -> float:
    """What comes out when the numbers that come in are taken for percentages."""
    if one.about == "calls":
        return 1 - (1 - one.asked[1] / 100) ** one.asked[0]
    return prod(1 - prod(1 - copy / 100 for copy in copies) for copies in one.required)


message, about_graphs = maker("2C", WHERE_SLOW), maker("2C", WHERE_GRAPH)
SUM = message("W1", "A chance never exceeds 1", "", "Each further call adds less than the one before, and the answer "
              "stays at or below 1.",
              "You added the chances. When two calls are slow together, that counts them twice.")
SOME_FAST = message("W2", "The question", "", "With one call, the answer is the chance you were given. With more calls "
                    "it rises.", "Yours answers whether some call is fast. The user waits for the slowest.")
SLOW = message("SLOW", "Some call is slow", "", "With one call it is the chance you were given. It rises with each "
               "call and stays at or below 1.", "A page that asks many services is as slow as the slowest of them.")
FORM = message("FORM", "A number", "", "Each function returns one number from 0 to 1.",
               "The check compares it with the chance that the rules give.")
PERCENT = message("W7", "A share, not a percentage", "", "Numbers go in and come out as shares, from 0 to 1.",
                  "Yours is off by the factor between the two. The slip hides well where a number is small.")
AVERAGE = about_graphs("W3", "A chain is weaker than its weakest part", "",
                       "The whole is less available than its worst required part.",
                       "In your average, a good part makes up for a bad one. In a chain nothing makes up for it.")
ADDED = about_graphs("W6", "Failures may fall together", "",
                     "However many parts there are, the answer does not fall below 0.",
                     "You added the shares of failure. When two parts fail at once, that counts the time twice.")
SERIES = about_graphs("SERIES", "All required parts", "", "The whole works when each required part works, and parts "
                      "fail on their own.", "A user meets every part on the way. Each new one is a new way to fail.")
PRODUCT = about_graphs("W4", "A second copy helps", "", "One more copy of a part never makes the whole worse.",
                       "You asked for all copies at once. One that works is enough.")
COPIES = about_graphs("COPIES", "Copies of a part", "", "A part fails only while all of its copies fail.",
                      "Copies are how cheap machines make a good service.")
COUNTED = about_graphs("W5", "Optional parts may be away", "",
                       "The answer stays the same when an optional part gets worse.",
                       "You counted an optional part as required. With a stand-in for it, users still get an answer.")
OPTIONALS = about_graphs("OPTIONAL", "What counts", "", "Only required parts decide, and copies count in these as "
                         "before. With none required, nothing can fail.",
                         "Making a part optional is often cheaper than making it better.")
PERCENTAGES: tuple[tuple[Callable[[Asked], float], Message], ...] = (
    (lambda one: 100 * one.right, PERCENT), (percent_in, PERCENT), (lambda one: 100 * percent_in(one), PERCENT))
PARTS = (
    ("calls", 1.25, ((lambda one: one.asked[0] * one.asked[1], SUM),
                     (lambda one: min(1, one.asked[0] * one.asked[1]), SUM),
                     (lambda one: 1 - one.asked[1] ** one.asked[0], SOME_FAST), *PERCENTAGES), SLOW),
    ("series", 0.75, ((lambda one: one.chain(one.required, lambda parts: sum(parts) / len(parts)), AVERAGE),
                      (lambda one: 1 - sum(1 - copies[0] for copies in one.required), ADDED),
                      (lambda one: max(0, 1 - sum(1 - copies[0] for copies in one.required)), ADDED),
                      *PERCENTAGES), SERIES),
    ("copies", 1.0, ((lambda one: prod(map(prod, one.required)), PRODUCT), *PERCENTAGES), COPIES),
    ("optional", 1.0, ((lambda one: one.chain(one.parts), COUNTED),
                       (lambda one: prod(map(prod, one.parts)), COUNTED)), OPTIONALS),
)
EXERCISES = (Calculate(),)
