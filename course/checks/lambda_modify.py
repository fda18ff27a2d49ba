"""Exercise 4M: two views of one log are merged at a cut; the judge tries each way to cut, right or wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..asking.lambda_histories import LATENESS, TAKES, Event, taken
from .answers import failed, failure, number, paired, shown
from .exercise import Message, Outcome, Report, maker, verdict
from .lambda_histories import MEASURES, history

SKETCHED = 0.05                 # the relative error of a 90th percentile that is forgiven, as that of a sketch
WHERE = "Hint 2 of exercise 4M, and its drawing of the cut."
# Rows of kind, events an hour, batch runs. In "prompt" histories nothing is late; "edge": some are logged at the cut.
VISIBLE = (("prompt", 3, 1), ("edge", 3, 2), ("late", 4, 2))
HIDDEN = (("prompt", 4, 2), ("edge", 5, 2), ("late", 6, 2), ("edge", 4, 3), ("late", 5, 3))
SETS = 8


@dataclass(frozen=True)
class Modify:
    """`recompute(log, cut)`, `prune(speed_view, cut)` and `merge(batch_view, cut, speed_view, query)`, together."""

    id: str = "4M"
    points: float = 5.0
    hidden: int = 9

    def cases(self, variant: int) -> list[Any]:
        if variant == 0:
            return [history(*row, seed) for seed, row in enumerate(VISIBLE, 1)]
        place = variant % SETS
        return [history(kind, rate + place % 3, runs, 100 + 10 * place + row)
                for row, (kind, rate, runs) in enumerate(HIDDEN)]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        asked = [Asked(case, answer) for case, answer in paired(cases, raw)]
        good, wrong = [one for one in asked if one.right("count")], [one for one in asked if not one.right("count")]
        message = why(wrong, asked) if wrong else None
        outcomes = [Outcome(0.5, float(one.right("count")), message) for one in asked[:1]]
        outcomes += [Outcome(2.0 / len(asked[1:]), float(one.right("count")), message) for one in asked[1:]]
        for points, holds, other in ((0.75, lambda one: one.right("mean"), MEANS),
                                     (0.75, lambda one: one.right("p90"), PERCENTILES),
                                     (0.5, Asked.small, GROWS), (0.5, Asked.idempotent, AGAIN)):
            bad = [one for one in asked if not holds(one)]
            told = message or (other._replace(got=other.got.format(**bad[0].facts())) if bad else None)
            outcomes.append(Outcome(points, float(bool(good) and not bad), told))
        return verdict(self.id, self.points, outcomes)


class Cut(NamedTuple):
    """Which events a way to merge takes from each layer, and how it puts two counts together."""

    batch: Callable[[Event, float], bool]
    speed: Callable[[Event, float], bool]
    together: Callable[[int, int], int] = int.__add__


class Asked:
    """One history, the raw answers, and what they should be."""

    def __init__(self, case: dict[str, Any], raw: Any):
        self.log, self.runs, self.asked = [Event(*row) for row in case["log"]], case["runs"], case["asked"]
        self.raw = raw if isinstance(raw, dict) else {}
        self.found, self.again = (self.numbers(name) for name in ("found", "again"))
        self.sizes = self.raw.get("sizes")
        self.amounts = [self.by(RIGHT, question) for question in self.asked]

    def numbers(self, name: str) -> list[float | None]:
        """The learner's answers; None where there is no number."""
        given = self.raw.get(name)
        given = given if isinstance(given, list) else []
        return [number(given[place]) if place < len(given) else None for place in range(len(self.asked))]

    def cut_at(self, now: float) -> int:
        """The cut of the last run that has ended."""
        return max(cut for cut in self.runs if cut + TAKES <= now)

    def by(self, way: Cut, question: Sequence[Any]) -> tuple[list[int], list[int]]:
        """The amounts that a way to cut takes from the batch layer and from the speed layer."""
        now, first, last, _ = question
        cut = self.cut_at(now)
        asked = [event for event in self.log if first <= event.happened < last and event.logged <= now]
        batch = [event for event in asked if event.logged <= cut + TAKES and way.batch(event, cut)]
        speed = [event for event in asked if event.logged - event.happened <= LATENESS and way.speed(event, cut)]
        return [event.amount for event in batch], [event.amount for event in speed]

    def right(self, measure: str) -> bool:
        """Whether all answers of a measure are right."""
        return all(fits(measure, found, [*batch, *speed]) for found, (batch, speed), question
                   in zip(self.found, self.amounts, self.asked) if question[3] == measure)

    def is_by(self, way: Cut) -> bool:
        """Whether all counts are those of a way to cut."""
        return all(found == way.together(*map(len, self.by(way, question)))
                   for found, question in zip(self.found, self.asked) if question[3] == "count")

    def small(self) -> bool:
        """After each run the speed view holds only what the run could not know."""
        sizes = [number(one) for one in self.sizes] if isinstance(self.sizes, list) else []
        return len(sizes) == len(self.runs) and all(
            held is not None and held <= needed for held, needed in zip(sizes, self.needed()))

    def needed(self) -> list[int]:
        """How many events a speed view needs to hold after each run."""
        return [sum(event.logged >= cut for event in taken(self.log, -1, cut + TAKES)) for cut in self.runs]

    def idempotent(self) -> bool:
        """A second run over the same log gave the same answers."""
        return self.found == self.again and None not in self.found

    def facts(self) -> dict[str, Any]:
        """What can be said about the learner's answers."""
        wrong = {measure: next(((found, batch, speed) for found, (batch, speed), question
                                in zip(self.found, self.amounts, self.asked) if question[3] == measure
                                and not fits(measure, found, [*batch, *speed])), (None, [], []))
                 for measure in MEASURES}
        last = self.sizes[-1] if isinstance(self.sizes, list) and self.sizes else None
        return {**{measure: "no number" if found is None else shown(found) for measure, (found, *_) in wrong.items()},
                "held": shown(last), "old": max(0, int(number(last) or 0) - self.needed()[-1]),
                "changed": sum(one != two for one, two in zip(self.found, self.again))}


def fits(measure: str, found: float | None, amounts: list[int]) -> bool:
    """Whether a number is that measure of the amounts; percentiles by any custom, or by a sketch."""
    if found is None:
        return False
    if measure == "count":
        return found == len(amounts)
    if measure == "mean":
        return abs(found - float(np.mean(amounts))) <= 1e-9 * len(amounts)
    least, most = (float(np.percentile(amounts, 90, method=method)) for method in ("lower", "higher"))
    return least * (1 - SKETCHED) - 1e-9 <= found <= most * (1 + SKETCHED) + 1e-9


def why(wrong: list[Asked], asked: list[Asked]) -> Message:
    """The mistake behind wrong counts: a way to cut that explains all of them, or what is different first."""
    first, ran = wrong[0], [one for one in asked if not failure(one.raw)]
    if failure(first.raw):
        return failed("4M", first.raw, WHERE)
    if all(one is None for one in first.found):
        return failed("4M", {"error": "Blank"}, WHERE)
    if other := [one for one in ran if one.found != one.again]:
        return AGAIN._replace(got=AGAIN.got.format(**other[0].facts()))
    for ways, message in RULES:
        if any(all(one.is_by(way) for one in ran) for way in ways):
            return message._replace(got=different(first))
    return OTHER._replace(got=different(first))


def different(one: Asked) -> str:
    """The first count that is not right."""
    for found, (batch, speed), question in zip(one.found, one.amounts, one.asked):
        now, first, last, measure = question
        if measure == "count" and not fits(measure, found, [*batch, *speed]):
            told = "no number" if found is None else f"{shown(found)} events"
            return (f"{told} of hours {first} to {last}, asked at {now:g} h; {len(batch)} were logged before the cut, "
                    f"and the speed layer has {len(speed)} since.")
    return "other counts."


BATCH: dict[str, Callable[[Event, float], bool]] = {
    "<": lambda event, cut: event.logged < cut, "<=": lambda event, cut: event.logged <= cut,
    "all": lambda event, cut: True, "none": lambda event, cut: False,
    "happened <": lambda event, cut: event.happened < cut, "happened <=": lambda event, cut: event.happened <= cut}
SPEED: dict[str, Callable[[Event, float], bool]] = {
    ">=": lambda event, cut: event.logged >= cut, ">": lambda event, cut: event.logged > cut,
    "all": lambda event, cut: True, "none": lambda event, cut: False,
    "emptied": lambda event, cut: event.logged > cut + TAKES,
    "happened >=": lambda event, cut: event.happened >= cut, "happened >": lambda event, cut: event.happened > cut,
    "pruned": lambda event, cut: event.happened >= cut or event.logged > cut + TAKES}
RIGHT = Cut(BATCH["<"], SPEED[">="])


def ways(batch: Sequence[str], speed: Sequence[str], together: Callable[[int, int], int] = int.__add__) -> list[Cut]:
    """Each of these cuts of the batch layer with each of those of the speed layer."""
    return [Cut(BATCH[one], SPEED[two], together) for one in batch for two in speed]


message = maker("4M", WHERE)
BOTH = message("W1", "Nothing is counted twice", "",
               "What both layers know is taken from one of them.",
               "The speed layer has seen the same events, and the log goes on while a run reads it. Two whole views "
               "overlap; only a cut makes them fit together.")
LARGER = message("W2", "Two parts make a whole", "", "Old events come from one view and new ones from the other.",
                 "The larger of two views is still only one view. Late events are in one of them, the newest in the "
                 "other; neither has all.")
TWICE = message("W3", "An event at the cut is counted once", "",
                "An event that is logged just at the cut belongs to one side.",
                "Both of your sides take it. Let one side end before the cut and the other begin with it.")
NEVER = message("W4", "An event at the cut is counted", "",
                "An event that is logged just at the cut belongs to one side.",
                "Neither of your sides takes it, so it is missing until the next run. Let one side own the cut.")
CLOCKS = message("W5", "Both sides read one clock", "", "The log's time decides on which side an event is.",
                 "A late event happened before the cut and came after it. The batch layer does not know it yet. "
                 "Questions are about what happened; the cut is not.")
GAP = message("GAP", "No gap after the cut", "", "Events since the cut are in the speed view until the next run ends.",
              "While a run reads, events go on coming that it does not know. Whoever empties the speed view "
              "at its end loses them.")
ALONE = message("OLD", "The batch view is used", "", "What was logged before the cut comes from the batch view.",
                "The speed layer drops what is too late, and forgets what the batch layer knows. Only the batch view "
                "brings those back.")
OTHER = message("COUNT", "Every event once", "", "Each event in the hours that are asked for is counted once, from one "
                "side of the cut.", "The first hour belongs to the question, the last does not. Take "
                "four events on paper to see where yours differs.")
ENDS = message("CUT", "A view ends at its cut", "", "What came while the run was reading is not in its view.",
               "How much of that a run sees is luck; another run sees more. Up to the cut everybody can rely on "
               "the view.")
CUTS, SINCE = ("<", "<=", "happened <", "happened <="), (">=", ">", "happened >=", "happened >")
RULES = (
    (ways(("none",), SINCE), ALONE), (ways(CUTS, ("none", "emptied")) + ways(("all",), ("none",)), GAP),
    (ways([*BATCH], [*SPEED], max), LARGER), (ways(("<=",), (">=",)), TWICE), (ways(("<",), (">",)), NEVER),
    (ways(("all",), ("emptied",)), ENDS), (ways(CUTS, (*SINCE[2:], "pruned")) + ways(CUTS[2:], SINCE[:2]), CLOCKS),
    (ways(("all",), (*SINCE, "all")) + ways(CUTS, ("all",)), BOTH),
)
MEANS = message("W7", "An average is a sum and a count", "a mean of {mean} for hours on both sides of the cut.",
                "The mean is that of all events together.",
                "Two averages cannot be averaged: one may stand for a thousand events and the other for three. "
                "Keep sums and counts, put those together, and divide last.")
PERCENTILES = message("W8", "Percentiles are not averaged", "a 90th percentile of {p90}.",
                      "Nine in ten of all events together are no larger.",
                      "Neither the mean of two percentiles nor one of them says how the whole is spread. Merge what "
                      "they are made from: how often each amount occurs.")
GROWS = message("W6", "The speed view stays small", "{held} events in the speed view after a run, {old} of which the "
                "batch view has as well.", "A run that has ended takes its events out of the speed view.",
                "Yours goes on growing, and so does each question. What the batch layer knows can be forgotten.")
AGAIN = message("AGAIN", "A second run changes nothing", "{changed} other answers after the same log was read again.",
                "A run over the same log with the same cut gives the same view.",
                "Runs are repeated when they fail halfway. Yours remembers the run before: a view begins empty.")
EXERCISES = (Modify(),)
