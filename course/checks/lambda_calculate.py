"""Exercise 4C: how old the batch view is on average and at most, and how old the merged answer is."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isinf
from typing import Any

from .answers import failed, failure, near, number, numbers, paired, shown
from .exercise import Message, Outcome, Report, maker, verdict

ACCURACY = 0.005            # so that a thousand questions at even times are enough
SCALES = (0.5, 0.6, 0.72, 0.86, 1.03, 1.24, 1.49, 1.79)     # a set of hidden cases for each: multiplies every time
# Seconds from one run to the next and of a run; for the merged answer also seconds from an event to the speed view.
HIDDEN = {
    "steady": ((28_800, 5_400), (3_600, 400), (86_400, 61_000), (900, 780)),
    "level": ((5_000, 5_000),),
    "over": ((3_600, 3_720), (600, 1_500)),
    "merged": ((28_800, 5_400, 4), (3_600, 400, 20), (600, 900, 7)),
}
SEEN = {"steady": ((21_600, 3_600), (600, 90)), "level": ((7_200, 7_200),), "over": ((3_600, 5_400),),
        "merged": ((21_600, 3_600, 2), (900, 1_000, 12))}
WHERE, WHERE_OVER, WHERE_MERGED = (f"Hint 2 of exercise 4C{part}." for part in (
    "", ", its part on long runs", ", its last part"))
Formula = Callable[..., float]


@dataclass(frozen=True)
class Calculate:
    """`staleness(interval, runtime)` gives mean and maximum; `merged_staleness(interval, runtime, on_the_way)`."""

    id: str = "4C"
    points: float = 4.0
    hidden: int = 5

    def cases(self, variant: int) -> list[Any]:
        settings, scale = (HIDDEN, SCALES[variant % len(SCALES)]) if variant else (SEEN, 1)
        return [{"about": about, "asked": [round(scale * seconds, 2) for seconds in setting]}
                for about, several in settings.items() for setting in several]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        asked = [Asked(case["about"], tuple(case["asked"]), answer) for case, answer in paired(cases, raw)]
        steady, level, over, merged = ([one for one in asked if one.about == about] for about in HIDDEN)
        outcomes = [Outcome(1.25, *why(steady, 0)), Outcome(1.25, *why(steady, 1)), Outcome(0.25, *why_level(level)),
                    Outcome(0.5, *why_over(over)), Outcome(0.75, *why_merged(merged))]
        if failure(steady[0].raw):      # of the first function, all has been said
            outcomes[1:4] = [outcome._replace(message=None) for outcome in outcomes[1:4]]
        return verdict(self.id, self.points, outcomes)


@dataclass(frozen=True)
class Asked:
    """One case and the raw answer."""

    about: str
    setting: tuple[float, ...]
    raw: Any

    @property
    def values(self) -> list[float] | None:
        """Mean and maximum; None when the answer is not two numbers."""
        found = numbers(list(self.raw.values()) if isinstance(self.raw, dict) else self.raw)
        return found if found and len(found) == 2 else None

    def near(self, place: int, formula: Formula) -> bool:
        """Whether one of the two numbers is what a formula gives."""
        return self.values is not None and near(self.values[place], formula(*self.setting), ACCURACY)

    def __str__(self):
        answer = "two numbers" if self.values else shown(self.raw)
        if self.values:
            answer = " and ".join(map(shown, self.values))
        return f"{answer} for {', '.join(f'{seconds:g}' for seconds in self.setting)} s."


def why(steady: list[Asked], place: int) -> tuple[float, Message | None]:
    """The share for the mean (0) or the maximum (1), and what is wrong with it."""
    right, general, slips = NUMBERS[place]
    wrong = [one for one in steady if not one.near(place, right)]
    if not wrong:
        return 1.0, None
    if failure(wrong[0].raw):
        return 0.0, failed("4C", wrong[0].raw, WHERE)
    if wrong[0].values is None:
        return 0.0, FORM._replace(got=f"{shown(wrong[0].raw)}.")
    if all(one.near(0, half) and one.near(1, whole) for one in steady):
        return 0.0, FRESH._replace(got=str(wrong[0]))
    found = (message for formula, message in slips if all(one.near(place, formula) for one in steady))
    return 0.0, next(found, general)._replace(got=str(wrong[0]))


def why_level(level: list[Asked]) -> tuple[float, Message | None]:
    """The share for runs that end just in time, and what is wrong with it."""
    if all(one.values and not any(map(isinf, one.values)) for one in level):
        return 1.0, None
    endless = all(one.values and all(value == inf for value in one.values) for one in level)
    return 0.0, EQUAL._replace(got=str(level[0])) if endless else None


def why_over(over: list[Asked]) -> tuple[float, Message | None]:
    """The share for runs that take too long, and what is wrong with it."""
    wrong = [one for one in over if one.values != [inf, inf]]
    if not wrong:
        return 1.0, None
    if failure(wrong[0].raw):
        return 0.0, failed("4C", wrong[0].raw, WHERE_OVER)
    return 0.0, OVER._replace(got=str(wrong[0])) if wrong[0].values else None


def why_merged(merged: list[Asked]) -> tuple[float, Message | None]:
    """The share for the merged answer, and what is wrong with it."""
    def fits(formula: Formula) -> bool:
        return all(near(number(one.raw), formula(*one.setting), ACCURACY) for one in merged)

    if fits(lambda interval, runtime, on_the_way: on_the_way):
        return 1.0, None
    broken = next((one.raw for one in merged if failure(one.raw)), None)
    if broken is not None:
        return 0.0, failed("4C", broken, WHERE_MERGED)
    wrong = next(one for one in merged if not near(number(one.raw), one.setting[2], ACCURACY))
    if number(wrong.raw) is None:
        return 0.0, ONE._replace(got=f"{shown(wrong.raw)}.")
    return 0.0, next((message for formula, message in MERGED_SLIPS if fits(formula)), MERGED)._replace(got=str(wrong))


def half(interval: float, runtime: float) -> float:
    """The mean without the run."""
    return interval / 2


def whole(interval: float, runtime: float) -> float:
    """The maximum without the run."""
    return interval


def mean(interval: float, runtime: float) -> float:
    """The age grows from `runtime` by an interval, and falls back."""
    return runtime + interval / 2


def most(interval: float, runtime: float) -> float:
    """The age just before the next run ends."""
    return runtime + interval


def times(formula: Formula, factor: float) -> Formula:
    """A formula in another unit."""
    return lambda *setting: factor * formula(*setting)


message, of_long_runs, of_merged = (maker("4C", where) for where in (WHERE, WHERE_OVER, WHERE_MERGED))
FORM = message("FORM", "Two numbers", "", "The mean and the maximum, in this order.",
               "The check compares each of them with what the clock gives.")
RUN = message("W1", "The run takes time", "", "With a longer run and the same interval, the mean is higher.",
              "Your mean leaves out the run. Events that come while it computes are not in its view.")
LONGEST = message("W2", "Just before the next view", "",
                  "With a longer run and the same interval, the maximum is higher.",
                  "You stop when the next run starts. The old view answers until that run has ended.")
FRESH = message("W3", "A view has the age of its data", "",
                "The youngest view is not of age zero: it knows what was in the log when its run started.",
                "You count as if it were all there at once. What counts is how old the data are.")
UNITS = message("W5", "Times are in seconds", "", "Seconds go in, and seconds come out.",
                "Yours is off by the factor between hours, minutes and seconds.")
LEAST = message("LEAST", "From the least to the most", "", "The mean lies midway between the least and the most.",
                "You start at zero. How old is the view in the moment in which it comes out?")
TWICE = message("TWICE", "One run at a time", "", "One second more of the run makes it one second more.",
                "You count the run twice. While the next run computes, the clock shows the same seconds once.")
SWAPPED = message("ORDER", "In this order", "", "The mean comes first, the maximum second.",
                  "Whoever reads your numbers relies on their order.")
MEAN = message("MEAN", "Age on average", "",
               "Between two views the age grows by a second each second, and falls at once when a new view is out.",
               "Draw it over time: it is a saw. The mean is its area by its length.")
MOST = message("MAXIMUM", "Age at most", "", "It is the age in the moment before a new view is out.",
               "This is what the user with the worst luck gets.")
EQUAL = of_long_runs("EQUAL", "Just in time", "", "When a run takes as long as the interval, no run has to wait.",
                     "There is no time to spare, and yet none is lacking.")
OVER = of_long_runs("W4", "Runs that take too long", "", "When a run takes longer than the interval, both are inf.",
                    "The next run is due before this one has ended. It waits, the one after it waits longer, and so "
                    "on.")
ONE = of_merged("NUMBER", "One number", "", "The age of the merged answer is one number, in seconds.",
                "It has no saw, so mean and maximum are the same.")
AGAIN = of_merged("W6", "On the way once", "", "A second more on the way makes the answer a second older.",
                  "You count the way twice. An event takes it once, whoever asks.")
BATCH = of_merged("BATCH", "What the speed layer is for", "",
                  "When the batch runs get slower, the newest event in the answer is as new as before.",
                  "You let the batch view decide. A merged answer is as fresh as the fresher of the two.")
MERGED = of_merged("MERGED", "The newest event", "", "It is the age of the newest event that the answer knows.",
                   "Ask which of the two layers knows it, and since when.")
NUMBERS: tuple[tuple[Formula, Message, tuple[tuple[Formula, Message], ...]], ...] = (
    (mean, MEAN, ((half, RUN), (lambda interval, runtime: (interval + runtime) / 2, LEAST), (most, SWAPPED),
                  (lambda interval, runtime: 2 * runtime + interval / 2, TWICE),
                  *((times(mean, factor), UNITS) for factor in (60, 3600, 1 / 60, 1 / 3600)))),
    (most, MOST, ((whole, LONGEST), (mean, SWAPPED), (lambda interval, runtime: 2 * runtime + interval, TWICE),
                  *((times(most, factor), UNITS) for factor in (60, 3600, 1 / 60, 1 / 3600)))),
)
MERGED_SLIPS: tuple[tuple[Formula, Message], ...] = (
    (lambda interval, runtime, on_the_way: 2 * on_the_way, AGAIN),
    *((lambda interval, runtime, on_the_way, of=of, ways=ways: of(interval, runtime) + ways * on_the_way, BATCH)
      for of in (mean, most, lambda interval, runtime: runtime) for ways in (0, 1, 2)),
    *((lambda interval, runtime, on_the_way, factor=factor: factor * on_the_way, UNITS)
      for factor in (60, 3600, 1 / 60, 1 / 3600)),
)
EXERCISES = (Calculate(),)
