"""Exercise 7C: the universal scalability law from a table of throughputs, and the number of workers at its peak."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import Any, NamedTuple

import numpy as np

from ..theory import usl
from .answers import failed, failure, near, number, numbers, paired, shown
from .exercise import Message, Outcome, Report, maker, verdict

NOISE = 0.01                # of each throughput, as a standard deviation
SCALES = (0.7, 0.78, 0.88, 1.0, 1.13, 1.27, 1.43, 1.61)     # a set of hidden cases for each
# Rate of one worker, contention, crosstalk, and the workers of the table.
EXACT = ((41.0, 0.06, 0.004, (1, 2, 4, 6, 8, 12)), (9.5, 0.07, 0.0031, (3, 5, 9, 14, 20)))
NOISY = ((120.0, 0.04, 0.0012, (2, 4, 8, 12, 16, 20, 24, 32, 40, 48)),
         (15.0, 0.15, 0.0031, (4, 6, 8, 10, 12, 16, 20, 24, 30, 36)))
SEEN_EXACT = ((20.0, 0.05, 0.003, (1, 2, 4, 8, 16)), (300.0, 0.09, 0.002, (2, 3, 6, 10, 15)))
SEEN_NOISY = ((50.0, 0.07, 0.0022, (2, 4, 6, 8, 12, 16, 20, 24, 32)),)
TABLES: dict[str, tuple[Any, Any]] = {"exact": (SEEN_EXACT, EXACT), "noisy": (SEEN_NOISY, NOISY)}
PEAKS, SEEN_PEAKS = ((0.3, 0.002), (0.05, 4e-6), (0.12, 0.0009)), ((0.25, 0.0015), (0.1, 0.001))
FLAT = 0.08                 # contention without crosstalk
WHERE, WHERE_PEAK = "Hint 2 of exercise 7C, its first part.", "Hint 2 of exercise 7C, its last part."


class Law(NamedTuple):
    """What the law needs."""

    rate: float
    contention: float
    crosstalk: float

    def at(self, workers: Sequence[float]) -> np.ndarray:
        """Throughputs of so many workers."""
        return usl(np.array(workers, float), *self)


@dataclass(frozen=True)
class Scalability:
    """`fit(workers, throughputs)` and `best(contention, crosstalk)`."""

    id: str = "7C"
    points: float = 4.0
    hidden: int = 4

    def cases(self, variant: int) -> list[Any]:
        return written(0 if variant == 0 else 1 + variant % len(SCALES))

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        answered = paired(cases, raw)
        fits = [Fitted(law_of(case), case["asked"][0], case["asked"][1], answer) for case, answer in answered
                if case["about"] in ("exact", "noisy")]
        peaks = [(case["asked"], answer) for case, answer in answered if case["about"] == "peak"]
        exact, noisy = ([one for one, (case, _) in zip(fits, answered) if case["about"] == about]
                        for about in ("exact", "noisy"))
        slip = diagnosed(exact)
        return verdict(self.id, self.points, [
            part(1.25, exact, exactly, slip or FIT), part(1.25, noisy, roughly, slip or ROUGH),
            at_peak(1.0, [row for row in peaks if row[0][1]]), at_peak(0.5, [row for row in peaks if not row[0][1]])])


def written(place: int) -> list[Any]:
    """The cases of a set as they are asked; set 0 is what everybody can see."""
    rng, cases = np.random.default_rng(place), []
    for about, tables in TABLES.items():
        for row, (*_, workers) in enumerate(tables[place > 0]):
            case = {"about": about, "set": place, "row": row}
            noise = NOISE * rng.standard_normal(len(workers)) * (about == "noisy")
            cases.append({**case, "asked": [list(workers), (law_of(case).at(workers) * np.exp(noise)).tolist()]})
    for contention, crosstalk in (*(PEAKS if place else SEEN_PEAKS), (FLAT, 0.0)):
        cases.append({"about": "peak", "asked": [contention * sqrt(scale(place)), crosstalk * scale(place)]})
    return cases


def scale(place: int) -> float:
    """By how much the numbers of a set are larger."""
    return SCALES[place - 1] if place else 1.0


def law_of(case: dict[str, Any]) -> Law:
    """The law behind a table, which the case itself does not tell."""
    rate, contention, crosstalk, _ = TABLES[case["about"]][case["set"] > 0][case["row"]]
    times = scale(case["set"])
    return Law(rate * times, contention * sqrt(times), crosstalk * sqrt(times))


@dataclass(frozen=True)
class Fitted:
    """A table, the law behind it, and the raw answer."""

    law: Law
    workers: list[int]
    throughputs: list[float]
    raw: Any

    @property
    def answer(self) -> Law | None:
        """Three numbers in their order, also from a record; None for anything else."""
        found = numbers(list(self.raw.values()) if isinstance(self.raw, dict) else self.raw)
        return Law(*found) if found and len(found) == 3 and not failure(self.raw) else None

    def __str__(self):
        return f"({', '.join(shown(part) for part in self.answer or ())}) for a table of {len(self.workers)} rows."


def exactly(one: Fitted) -> bool:
    """Whether the three numbers are right: to one or two in a hundred."""
    answer, law = one.answer, one.law
    return answer is not None and all(
        near(value, right, relative) for value, right, relative in zip(answer, law, (0.01, 0.02, 0.02)))


def roughly(one: Fitted) -> bool:
    """Whether the curve is right where the table has rows, and so is its peak."""
    answer, law = one.answer, one.law
    if answer is None or not all(0 < value < inf for value in answer):
        return False
    off = np.abs(answer.at(one.workers) / law.at(one.workers) - 1).max()
    top, right = peak(answer.contention, answer.crosstalk), peak(law.contention, law.crosstalk)
    return bool(off <= 0.04) and near(answer.rate, law.rate, 0.12) and near(top, right, 0.2)


def peak(contention: float, crosstalk: float) -> float:
    """The number of workers with the largest throughput."""
    return sqrt(max(1 - contention, 0.0) / crosstalk) if crosstalk > 0 else inf


def part(points: float, fits: list[Fitted], good: Callable[[Fitted], bool], message: Message) -> Outcome:
    """The fits of one kind, right in each of its cases."""
    wrong = [one for one in fits if not good(one)]
    if not wrong:
        return Outcome(points, 1.0)
    first = wrong[0]
    if first.answer is None:
        return Outcome(points, 0.0, failed("7C", first.raw, WHERE) if failure(first.raw) else
                       FORM._replace(got=f"{shown(first.raw)}."))
    return Outcome(points, 0.0, message._replace(got=str(first)))


def diagnosed(fits: list[Fitted]) -> Message | None:
    """The slip that explains every wrong fit of a table without noise."""
    found = [(one, one.answer) for one in fits]
    wrong = [(one, answer) for one, answer in found if answer is not None and not exactly(one)]
    for slipped, message in SLIPS:
        if wrong and all(slipped(one, answer) for one, answer in wrong):
            return message
    return None


def at_peak(points: float, rows: list[tuple[list[float], Any]]) -> Outcome:
    """The peak, right to one worker in each case."""
    wrong = [(asked, raw) for asked, raw in rows if not right_peak(asked, raw)]
    if not wrong:
        return Outcome(points, 1.0)
    asked, raw = wrong[0]
    if failure(raw):
        return Outcome(points, 0.0, failed("7C", raw, WHERE_PEAK))
    if number(raw) is None:
        return Outcome(points, 0.0, NUMBER._replace(got=f"{shown(raw)}."))
    message = next((message for slip, message in PEAK_SLIPS if slip(asked, number(raw))), PEAK)
    return Outcome(points, 0.0, message._replace(
        got=f"{shown(raw)} for a contention of {asked[0]:.3g} and a crosstalk of {asked[1]:.3g}."))


def right_peak(asked: Sequence[float], raw: Any) -> bool:
    """Whether an answer is the peak, rounded or not."""
    value, right = number(raw), peak(asked[0], asked[1])
    return value is not None and (value == right or abs(value - right) <= 1)


message, of_peak = maker("7C", WHERE), maker("7C", WHERE_PEAK)
FORM = message("FORM", "Three numbers", "", "fit returns the rate of one worker, the contention and the crosstalk.",
               "The check draws the curve that belongs to them.")
NUMBER = of_peak("NUMBER", "A number", "", "best returns one number of workers.", "Somebody is going to order so many.")
LINE = message("W1", "Workers get in each other's way", "", "Twice the workers do less than twice the work.",
               "Your curve is a straight line. It promises what no table of this kind has shown.")
AMDAHL = message("W2", "A curve that comes down again", "", "Far out, more workers do less work in all.",
                 "Yours only flattens. Workers who must agree with each other cost more with each one that joins.")
UNIT = message("W4", "Rates as in the table, troubles as shares", "", "A single worker does so much in a second as the "
               "table would say. Both troubles are shares of one.",
               "Yours is off by the factor between two units.")
FIRST = message("W5", "One worker, alone", "", "Where the table begins with more workers, one alone is faster than "
                "their average.", "You divided the first row by its workers. They are in each other's way already.")
SWAPPED = message("W6", "Which is which", "", "Contention comes second, crosstalk third.",
                  "You have the two the other way round. They lead to different remedies.")
JOINED = message("W7", "Two troubles in one term", "", "With no crosstalk, the contention is that of Amdahl's law.",
                 "Write the law as a polynomial. One of its coefficients has both troubles in it.")
FIT = message("FIT", "The law behind the table", "", "The curve of your three numbers meets each point of the table.",
              "This table has no noise, so that a fit leaves nothing over.")
ROUGH = message("NOISE", "The law behind the noise", "", "The curve runs near all points of the table.",
                "Measured points scatter. Use all of them, and let none decide alone.")
SHORT = of_peak("W3", "The peak may lie far out", "", "With little crosstalk, the peak comes late.",
                "Yours is the end of where you looked. There it still goes up.")
ALONE = of_peak("W8", "Both troubles move the peak", "", "With more contention, the peak comes earlier.",
                "Yours does not depend on it as it should.")
NO_PEAK = of_peak("FLAT", "No crosstalk, no peak", "", "Without crosstalk, one more worker never does harm.",
                  "Then no number of workers is the best, and infinity says so.")
PEAK = of_peak("PEAK", "The top of the curve", "", "One worker more does less in all, and so does one fewer.",
               "Beyond that point you pay for workers who slow the others down.")
SLIPS = (
    (lambda one, answer: max(abs(answer.contention), abs(answer.crosstalk)) < 1e-9, LINE),
    (lambda one, answer: abs(answer.crosstalk) < 1e-9, AMDAHL),
    (lambda one, answer: any(near(answer.rate, one.law.rate * times, 0.02) for times in (60, 1000, 1 / 60, 0.001))
     or near(answer.contention, 100 * one.law.contention, 0.02), UNIT),
    (lambda one, answer: one.workers[0] > 1 and near(answer.rate, one.throughputs[0] / one.workers[0]), FIRST),
    (lambda one, answer: near(answer.contention, one.law.crosstalk, 0.02)
     and near(answer.crosstalk, one.law.contention, 0.02), SWAPPED),
    (lambda one, answer: near(answer.contention, one.law.contention + one.law.crosstalk, 0.01), JOINED),
)
PEAK_SLIPS = (
    (lambda asked, value: asked[1] == 0, NO_PEAK),
    (lambda asked, value: near(value, sqrt(1 / asked[1]), 1e-3) or near(value, 1 / sqrt(asked[1]) + 1, 1e-3), ALONE),
    (lambda asked, value: 1 < value < peak(*asked) and peak(*asked) > 200 and value % 1 == 0, SHORT),
)
EXERCISES = (Scalability(),)
