"""Exercise 5C: what a function costs in a month, and how busy a machine must be to cost the same."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import isclose
from typing import Any, NamedTuple

from .answers import failed, failure, number, paired, shown
from .exercise import Message, Outcome, Report, maker, verdict

HOURS = 730                 # in a month
CENT, MILLIONTH = 0.01 + 1e-9, 1e-6
SCALES = (0.5, 0.6, 0.72, 0.86, 1.03, 1.24, 1.49, 1.79)     # a set of hidden cases for each: multiplies calls and wages
FEE, RATE = 0.37, 0.0000193     # US dollars for a million calls, and for a GB-second
# Calls, seconds, waiting, memory, least billed time, free GB-seconds.
COSTS = {
    "plain": ((3_000_000, 0.23, 0, 1.2, 0, 0), (700_000, 1.4, 0, 3.5, 0, 0)),
    "waiting": ((2_300_000, 0.17, 1.9, 0.6, 0, 0),),
    "least": ((9_000_000, 0.021, 0.013, 0.7, 0.1, 0), (1_500_000, 0.31, 0.09, 1.1, 0.1, 0)),
    "free": ((3_500_000, 0.22, 0.14, 1.3, 0, 500_000), (6_000_000, 0.05, 0.01, 0.3, 0, 700_000)),
}
SEEN_COSTS = {
    "plain": ((2_000_000, 0.3, 0, 1.5, 0, 0),), "waiting": ((1_000_000, 0.2, 1.5, 0.5, 0, 0),),
    "least": ((4_000_000, 0.03, 0.01, 0.8, 0.1, 0),), "free": ((5_000_000, 0.25, 0.15, 1.6, 0, 400_000),),
}
# Seconds, waiting, memory, least billed time; US dollars an hour, hours in which calls come, most calls a second.
SHARES = ((0.12, 0.33, 1.3, 0, 0.11, 730, 12), (0.05, 0, 0.9, 0.1, 0.083, 240, 64), (0.4, 1.1, 0.7, 0.2, 0.21, 510, 31))
SEEN_SHARES = ((0.2, 0, 1, 0, 0.08, 365, 23), (0.03, 0.02, 0.5, 0.1, 0.06, 730, 27))
WHERE, WHERE_SHARE = "Hint 2 of exercise 5C, and the units in the docstring.", "Hint 2 of exercise 5C, its last part."


class Setting(NamedTuple):
    """What a bill depends on; the machine stands beside the function."""

    calls: float
    seconds: float
    waiting: float
    memory_gb: float
    least_billed: float
    free: float
    usd_per_million: float
    usd_per_gb_second: float
    usd_per_hour: float
    open_hours: float
    capacity: float

    @property
    def billed(self) -> float:
        """GB-seconds of a call."""
        return max(self.seconds + self.waiting, self.least_billed) * self.memory_gb

    @property
    def usd(self) -> float:
        """US dollars for a call without anything free."""
        return self.billed * self.usd_per_gb_second + self.usd_per_million / 1e6


@dataclass(frozen=True)
class Calculate:
    """`monthly_cost(...)` in US dollars and `break_even_utilisation(...)` as a share."""

    id: str = "5C"
    points: float = 4.0
    hidden: int = 5

    def cases(self, variant: int) -> list[Any]:
        if variant == 0:
            return written(SEEN_COSTS, SEEN_SHARES, 1)
        return written(COSTS, SHARES, SCALES[variant % len(SCALES)])

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        asked = [Asked(case["about"], case["asked"], answer) for case, answer in paired(cases, raw)]
        costs, shares = ([one for one in asked if (one.about == "share") is wanted] for wanted in (False, True))
        slips = {True: diagnosed(shares, SHARE_RULES), False: diagnosed(costs, COST_RULES)}
        outcomes = [part(points, [one for one in asked if one.about == about], slips[about == "share"], general)
                    for about, points, general in PARTS]
        found = [outcome.message for outcome in outcomes if outcome.message]
        general = [message for message in found if message.code in GENERAL]
        return verdict(self.id, self.points, [
            outcome._replace(message=None) if outcome.message in general and outcome.message != found[0] else outcome
            for outcome in outcomes])       # the first slip explains the others


def written(costs: Any, shares: Any, scale: float) -> list[Any]:
    """Cases as they are asked; more calls, and a dearer machine, by the scale."""
    asked = [{"about": about, "asked": [round(calls * scale), *others, FEE, RATE]}
             for about, rows in costs.items() for calls, *others in rows]
    for row in shares:
        asked.append({"about": "share", "asked": [*row[:4], FEE, RATE, row[4] * scale, *row[5:]]})
    return asked


@dataclass(frozen=True)
class Asked:
    """One case and the raw answer."""

    about: str
    asked: list[Any]
    raw: Any

    @property
    def setting(self) -> Setting:
        """The case by names."""
        asked = [1, *self.asked[:4], 0, *self.asked[4:]] if self.about == "share" else self.asked
        return Setting._make([*asked, 0, HOURS, 1][:len(Setting._fields)])

    @property
    def right(self) -> float:
        """The right answer."""
        return (share if self.about == "share" else month)(self.setting)

    @property
    def good(self) -> bool:
        """Right to a cent, or to a millionth."""
        return self.near(self.right)

    def near(self, value: float) -> bool:
        """Whether the answer is this value."""
        answer = number(self.raw)
        if answer is None:
            return False
        return (isclose(answer, value, rel_tol=1e-6, abs_tol=MILLIONTH) if self.about == "share"
                else abs(answer - value) <= CENT)

    def __str__(self):
        setting = self.setting
        case = f"{setting.seconds:g} s of work, {setting.waiting:g} s of waiting, {setting.memory_gb:g} GB"
        return f"{shown(self.raw)} for calls with {case}."


def month(setting: Setting) -> float:
    """US dollars a month."""
    return max(0.0, credit(setting)) + setting.calls * setting.usd_per_million / 1e6


def credit(setting: Setting) -> float:
    """US dollars for GB-seconds, below zero when more are free than used."""
    return (setting.calls * setting.billed - setting.free) * setting.usd_per_gb_second


def share(setting: Setting) -> float:
    """The share of the machine's calls, while there are any, for which both cost the same."""
    return setting.usd_per_hour * HOURS / (setting.open_hours * 3600 * setting.capacity * max(setting.usd, 1e-300))


def rounded(digits: int) -> Callable[[Setting], float]:
    """The cost when that of a single call is rounded first."""
    def total(setting):
        free = min(setting.free, setting.calls * setting.billed) * setting.usd_per_gb_second
        return setting.calls * round(setting.usd, digits) - free

    return total


def whole_seconds(digits: int) -> Callable[[Setting], Setting]:
    """The billed time of a single call rounded first."""
    return lambda setting: setting._replace(seconds=round(setting.seconds + setting.waiting, digits), waiting=0)


def times(factor: float, *names: str) -> Callable[[Setting], Setting]:
    """A slip: some numbers of the setting off by a factor."""
    return lambda setting: setting._replace(**{name: getattr(setting, name) * factor for name in names})


class Rules(NamedTuple):
    """Slips in what goes in, and in what is made of it, each with its message."""

    slips: tuple[tuple[Callable[[Setting], Setting], Message], ...]
    formulas: tuple[tuple[Callable[[Setting], float], Message | None], ...]


def diagnosed(asked: list[Asked], rules: Rules) -> Message | None:
    """The slip, or the first of two, that explains every answer."""
    if all(one.good for one in asked) or any(number(one.raw) is None for one in asked):
        return None
    for count in range(3):
        for slips in combinations(rules.slips, count):
            for formula, message in rules.formulas:
                if all(one.near(formula(slipped(one.setting, slips))) for one in asked):
                    return message or slips[0][1]
    return None


def slipped(setting: Setting, slips: Any) -> Setting:
    """The setting after some slips."""
    for change, _ in slips:
        setting = change(setting)
    return setting


def part(points: float, asked: list[Asked], slip: Message | None, general: Message) -> Outcome:
    """One of the rules, right in each of its cases."""
    wrong = [one for one in asked if not one.good]
    if not wrong:
        return Outcome(points, 1.0)
    first = wrong[0]
    if failure(first.raw):
        return Outcome(points, 0.0, failed("5C", first.raw, general.where))
    if number(first.raw) is None:
        return Outcome(points, 0.0, FORM._replace(got=f"{shown(first.raw)}."))
    return Outcome(points, 0.0, (slip or general)._replace(got=str(first)))


message, of_share = maker("5C", WHERE), maker("5C", WHERE_SHARE)
FORM = message("FORM", "A number", "", "Each function returns one number.", "The check compares it with the bill.")
MEGABYTES = message("W1", "Memory is in GB", "", "A call of one second with 1 GB uses one GB-second.",
                    "Yours is off by the factor between GB and MB. It comes in as GB, and the price is for GB too.")
MILLISECONDS = message("W2", "Times are in seconds", "", "A call of one second with 1 GB uses one GB-second.",
                       "Yours is off by a thousand. Compare the units of what goes in with the unit of the price: "
                       "the times first, then the memory.")
FEELESS = message("W3", "Each call has a fee", "", "Even a call that takes no time costs something.",
                  "You left out the fee for the call itself. For short calls it is a large part of the bill.")
UNWAITED = message("W4", "Waiting is billed", "", "A call that waits longer costs more.",
                   "You bill the work alone. The instance is yours while it waits, so you pay for it.")
TWICE = message("W6", "What is free is free once", "", "A free GB-second more saves the price of one, never of two.",
                "You took it off twice. The bill of the first real month would be a surprise.")
EARLY = message("W8", "Round at the end", "", "A call that costs a little less makes a month that costs less.",
                "You rounded what one call costs. Millions of calls make a large error out of a tiny one.")
MILLION = message("MILLION", "The fee is for a million calls", "", "A call costs a small part of a cent.",
                  "Read the unit of the fee again. It is not for one call.")
LEAST = message("LEAST", "There may be a least time", "",
                "Work and waiting together are billed for at least that long.",
                "Very short calls are billed as if they were longer. They may be most of what you run.")
FREE = message("FREE", "Some GB-seconds may be free", "", "They come off the GB-seconds of the month. The fee stays, "
               "and time never costs less than nothing.",
               "A small service can live within what is free. The platform never pays you, though.")
PLAIN = message("PLAIN", "Time, memory, a fee", "", "Twice the calls cost twice as much, and so do the GB-seconds.",
                "A bill is a sum of few parts. Find out which one is missing, or too large.")
USED = of_share("W5", "The machine is paid all month", "", "With calls in half of the hours only, the machine must be "
                "twice as busy in these.",
                "You paid it only for the hours with calls. It stands there at night as well, and so does its bill.")
CALLS = of_share("W7", "A share of the machine", "", "It is a share of what the machine can do, and has no unit.",
                 "Yours is a number of calls. Whether it is much or little, only the machine's capacity can tell.")
PERCENT = of_share("PERCENT", "A share, not a percentage", "", "A machine that is always full has a share of 1.",
                   "Others multiply by it. A factor of a hundred hides well in a long formula.")
TURNED = of_share("TURNED", "Which way round", "", "A dearer machine must be busier to pay off.",
                  "Yours falls when the machine gets dearer. Ask what is divided by what.")
SHARE = of_share("SHARE", "Both cost the same", "", "At this share, the calls of the month cost as much as the machine "
                 "for the month.", "Below it you pay for idle hours. Above it, the platform is the dearer one.")
INPUTS = (
    *((times(factor, "memory_gb"), MEGABYTES) for factor in (1024, 1 / 1024, 1.024, 1 / 1.024)),
    *((times(factor, *names), MILLISECONDS) for factor in (1000, 0.001)
      for names in (("seconds", "waiting"), ("seconds", "waiting", "least_billed"))),
    (times(0, "usd_per_million"), FEELESS), (times(0, "waiting"), UNWAITED), (times(1e6, "usd_per_million"), MILLION),
    (times(0, "least_billed"), LEAST),
)
COST_RULES = Rules(
    (*INPUTS, (times(2, "free"), TWICE), (times(0, "free"), FREE),
     *((whole_seconds(digits), EARLY) for digits in (0, 1))),
    ((month, None), *((rounded(digits), EARLY) for digits in range(2, 8)),
     (lambda setting: credit(setting) + setting.calls * setting.usd_per_million / 1e6, FREE)))
SHARE_RULES = Rules(
    (*INPUTS, (lambda setting: setting._replace(open_hours=HOURS), USED)),
    ((share, None), (lambda setting: 100 * share(setting), PERCENT), (lambda setting: 1 / share(setting), TURNED),
     (lambda setting: share(setting) * setting.capacity, CALLS),
     (lambda setting: share(setting) * setting.capacity * 3600, CALLS),
     (lambda setting: share(setting) * setting.capacity * 3600 * setting.open_hours, CALLS)))
WAITING = UNWAITED._replace(code="5C-WAITING", title="Work and waiting",
                            why="Both keep the instance busy, and you pay for the sum.")
PARTS = (("plain", 0.75, PLAIN), ("waiting", 0.75, WAITING), ("least", 0.5, LEAST), ("free", 0.5, FREE),
         ("share", 1.5, SHARE))
GENERAL = {general.code for _, _, general in PARTS}
EXERCISES = (Calculate(),)
