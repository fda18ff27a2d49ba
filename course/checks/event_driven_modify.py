"""Exercise 3M: a consumer that counts each payment once, whenever it dies and whatever comes again."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..asking.crash_runs import FEW, Case, plan
from ..asking.crash_schedules import POINTS, paid
from .answers import failed, failure, number, paired
from .crash_cases import planned
from .delivery_logs import replayed
from .exercise import Message, Outcome, Report, maker, verdict

SETS = 8
GROWTH = 1.5                # of the store, from the first half of many messages to the second: it would be two
WHERE = "Hint 2 of exercise 3M, and the log of the cell above the check."


@dataclass(frozen=True)
class Once:
    """`consume(message, queue, store)` deals with one delivery of a payment."""

    id: str = "3M"
    points: float = 5.0
    hidden: int = 9

    def cases(self, variant: int) -> list[Case]:
        return planned(variant % SETS if variant else SETS)

    def judge(self, cases: list[Case], raw: list[Any]) -> Report:
        runs = {case["about"]: Ran(case, replayed(case, answer)) for case, answer in paired(cases, raw)}
        if failure(runs["calm"].raw):
            return verdict(self.id, self.points, [Outcome(5, 0, failed(self.id, runs["calm"].raw, WHERE))])
        if any(run.raw is None for run in runs.values()):
            return verdict(self.id, self.points, [Outcome(5, 0, LOG)])
        found = {name: find(runs) for name, (_, find) in PARTS.items()}
        missing = {name: [need for need in NEEDS.get(name, ("calm",)) if found[need]] for name in PARTS}
        return verdict(self.id, self.points, [
            Outcome(points, float(not (found[name] or missing[name])), None if missing[name] else found[name])
            for name, (points, _) in PARTS.items()])


class Ran:
    """A case and what is told of it, whatever form that has."""

    def __init__(self, case: Case, raw: Any):
        self.case, self.raw = case, raw
        self.owed = paid(plan(case).messages)

    def part(self, name: str) -> Any:
        """A part of what is told; None when it is not."""
        return self.raw.get(name) if isinstance(self.raw, dict) else None

    @cached_property
    def errors(self) -> list[float] | None:
        """By how much each balance is wrong; None without numbers."""
        held = self.part("balances")
        values = [number(held.get(name)) for name in self.owed] if isinstance(held, dict) else [None]
        return None if None in values else [
            value - right for value, right in zip(values, self.owed.values()) if value is not None]

    @property
    def missing(self) -> float:
        """How much is missing on accounts that hold too little."""
        return -sum(error for error in self.errors or () if error < 0)

    @property
    def extra(self) -> float:
        """How much there is too much on others."""
        return sum(error for error in self.errors or () if error > 0)

    @property
    def open(self) -> bool:
        """Whether a message is left, or nobody knows."""
        return self.part("open") != []

    @property
    def right(self) -> bool:
        """Whether the balances are right and no message is left."""
        return self.errors is not None and not self.missing and not self.extra and not self.open

    @cached_property
    def times(self) -> list[int]:
        """How often each payment has counted, when they are 1, 10, 100 and so on: a digit for each."""
        held = {name: int(right + error) if abs(error) < 1e12 else 0
                for (name, right), error in zip(self.owed.items(), self.errors or ())}
        return [held.get(name, 0) // amount % 10 for name, amount in self.case["messages"]]

    @property
    def lost(self) -> bool:
        """Whether a payment does not count."""
        return self.errors is None or 0 in self.times

    @property
    def twice(self) -> bool:
        """Whether a payment counts more than once, or something else is wrong."""
        return max(self.times) > 1 or (bool(self.missing or self.extra) and not self.lost)

    @cached_property
    def results(self) -> list["Ran"]:
        """The results of all schedules."""
        told = self.raw if isinstance(self.raw, list) else []
        return [Ran(self.case, result) for result in told if isinstance(result, dict)]

    @property
    def complete(self) -> bool:
        """Whether all schedules were tried."""
        return sum(number(result.part("count")) or 0 for result in self.results) == POINTS**FEW


Runs = dict[str, Ran]


def why_calm(runs: Runs) -> Message | None:
    """What goes wrong although nobody dies and nothing comes twice."""
    run = runs["calm"]
    if run.errors is not None and run.open and not run.missing:
        return OPEN._replace(got=left(run))
    return None if run.right else CALM._replace(got=differs(run))


def why_equal(runs: Runs) -> Message | None:
    """Whether two payments can be the same."""
    return None if runs["equal"].right else broken(runs["equal"], EQUAL)


def why_again(runs: Runs) -> Message | None:
    """Whether a message that comes again counts again."""
    return None if runs["again"].right else broken(runs["again"], TWICE)


def why_lost(runs: Runs) -> Message | None:
    """Whether a crash makes a payment vanish, and how."""
    run = runs["every"]
    for result in run.results:
        if result.lost:
            return cause(result)._replace(got=shown(run, "lost"))
        if result.open:
            return OPEN._replace(got=left(result))
    return None if run.complete or any(result.twice for result in run.results) else broken(run, LONG)


def cause(result: Ran) -> Message:
    """The way in which the last payment that is missing was lost."""
    points, came = (plain_list(result.part(name)) for name in ("points", "came"))
    if 0 not in result.times or not len(points) == len(came) == FEW:
        return CALM
    place = FEW - 1 - result.times[::-1].index(0)
    return ACKNOWLEDGED if came[place] == 1 else ORDER if points[place] == 1 else MARKED


def why_twice(runs: Runs) -> Message | None:
    """Whether a crash makes a payment count twice, and how."""
    run = runs["every"]
    if any(result.twice for result in run.results):
        return (APART if runs["calm"].part("marks") else MEMORY)._replace(got=shown(run, "twice"))
    return None if run.results else broken(run, LONG)


def why_others(runs: Runs) -> Message | None:
    """Whether consumers share what they know."""
    return None if runs["others"].right else broken(runs["others"], OTHERS if runs["calm"].part("marks") else MEMORY)


def why_long(runs: Runs) -> Message | None:
    """Whether it goes well for long, and for messages that come again late."""
    if not runs["late"].right:
        return broken(runs["late"], SHORT if runs["late"].extra else LONG)
    return None if runs["long"].right else broken(runs["long"], LONG)


def why_bounded(runs: Runs) -> Message | None:
    """Whether the store stops growing."""
    most = [number(value) for value in plain_list(runs["long"].part("most"))]
    if len(most) != 2 or not most[0] or not most[1]:
        return broken(runs["long"], LONG)
    return None if most[1] < GROWTH * most[0] else GROWS._replace(
        got=f"{most[0]:.0f} bytes in the store after half of the messages, {most[1]:.0f} in the end.")


def why_poison(runs: Runs) -> Message | None:
    """Whether a message that nobody can read is put where a person finds it."""
    run = runs["poison"]
    unreadable = [place for place, (_, amount) in enumerate(run.case["messages"], 1) if amount is None]
    if run.right and run.part("aside") == unreadable:
        return None
    if run.open:
        return broken(run, POISON)
    return broken(run, SWALLOWED if not run.missing and not run.extra else POISON)


def broken(run: Ran, message: Message) -> Message:
    """The message, with what was seen."""
    if failure(run.raw):
        return failed("3M", run.raw, WHERE)
    if message in (EQUAL, TWICE, OTHERS, SHORT) and run.open:
        message = OPEN
    return message._replace(got=left(run) if run.open else differs(run))


def differs(run: Ran) -> str:
    """By how much balances are wrong."""
    if run.errors is None:
        return "balances that are no numbers."
    parts = [f"{amount:g} {what}" for amount, what in ((run.missing, "missing"), (run.extra, "too much")) if amount]
    return f"{' and '.join(parts) or 'nothing wrong'} in balances that should be {sum(run.owed.values()):g} in all."


def left(run: Ran) -> str:
    """Which messages have no end."""
    numbers = plain_list(run.part("open"))
    stopped = run.part("failure")
    return (f"message {str(numbers[0])[:9] if numbers else '?'} comes again and again"
            + (f"; your function stopped with {stopped[:80]}." if isinstance(stopped, str) else "."))


def shown(run: Ran, what: str) -> str:
    """A schedule that shows it."""
    result = next(result for result in run.results if getattr(result, what))
    deaths = [f"message {place} after step {point}" for place, point in enumerate(plain_list(result.part("points")), 1)
              if point in range(1, POINTS)]
    counted = [f"payment {place} counts {times} times" for place, times in enumerate(result.times, 1) if times != 1]
    return f"{', '.join(counted) or differs(result)}, when the consumer dies at {', '.join(deaths) or 'no message'}."


def plain_list(value: Any) -> list[Any]:
    """A list, or an empty one in the place of anything else."""
    return list(value) if isinstance(value, list | tuple) else []


message = maker("3M", WHERE)
LOG = message("LOG", "Deliveries as they were planned", "a log that does not fit the plan of crashes.",
              "Consumers use `get`, `put`, `acknowledge` and `set_aside` as they are, and die when it is planned.",
              "The check makes the run again from its log, with a store and a queue of its own.")
CALM = message("CALM", "Each payment counts once", "", "Without any crash, each account holds the sum of its payments.",
               "Begin with the calm day: add the amount, store the balance, and acknowledge.")
OPEN = message("OPEN", "Each message leaves the queue", "", "In the end each message is acknowledged, or set aside.",
               "What nobody acknowledges comes again, even if it was dealt with before. A duplicate is no exception.")
ACKNOWLEDGED = message(
    "W1", "First the work, then the word", "", "No payment is lost, after whichever step a consumer dies.",
    "Yours says that it is done, and then it dies. The queue believes it and never sends the message again.")
TWICE = message("W2", "Know what you have done", "", "A message that comes again does not count again.",
                "A queue that loses nothing sends some things twice. So the consumer must know what it has done.")
EQUAL = message("W3", "Equal is not the same", "", "Two payments of the same amount to the same account both count.",
                "You tell messages apart by what is in them. Then who pays twice in a week has paid once.")
MARKED = message("W4", "The mark tells the truth", "", "No payment is lost, after whichever step a consumer dies.",
                 "Yours notes that it is done before it is. When it dies in between, the next one believes the note.")
ORDER = message("ORDER", "Late is not done", "", "A message that comes after later ones still counts.",
                "When a consumer dies at once, its message comes again behind others. A higher number before it says "
                "nothing about it.")
APART = message("W5", "Both or none", "", "No payment counts twice, after whichever step a consumer dies.",
                "The balance and the note that it is done are two writes. A consumer dies between them, and the next "
                "one sees only the first.")
MEMORY = message("W6", "Only the store survives", "", "No payment counts twice, after whichever step a consumer dies.",
                 "Yours keeps what it knows in itself. When it dies, the next one starts without it.")
GROWS = message("W7", "Forget in time", "", "What is stored stops growing, however many messages come.",
                "You keep each number for ever. The queue tells when a message cannot come again.")
OTHERS = message("W8", "Others must know it too", "", "A message that comes again to another consumer does not count "
                 "again.", "Yours knows only what it has done itself. The queue gives a message to whoever is free.")
SHORT = message("SHORT", "Do not forget too early", "", "A message that comes again within the window does not count "
                "again.", "You forget before the window is over. A late duplicate is then new to you.")
LONG = message("LONG", "Also on a bad day", "", "Each payment counts once in a long row of crashes and duplicates.",
               "Consumers die at any step here, some twice for the same message. Ask after each of your writes what "
               "the next one finds.")
SWALLOWED = message("W9", "Nobody may miss it", "", "A message without an amount is set aside, and not acknowledged.",
                    "Yours takes it off the queue, and no one ever hears of it. Somebody has paid, and somebody must "
                    "look at it.")
POISON = message("POISON", "One bad message spoils no others", "",
                 "A message without an amount is set aside; all others count.",
                 "Yours stops at it each time. The message comes again and again, and a consumer dies of it.")
PARTS: dict[str, tuple[float, Callable[[Runs], Message | None]]] = {
    "calm": (0.5, why_calm), "equal": (0.5, why_equal), "again": (0.5, why_again), "lost": (0.75, why_lost),
    "twice": (0.75, why_twice), "others": (0.5, why_others), "long": (0.5, why_long), "bounded": (0.5, why_bounded),
    "poison": (0.5, why_poison),
}
# A check that a consumer passes by doing nothing counts only together with another.
NEEDS = {"calm": (), "equal": ("calm", "again"), "twice": ("calm", "again"), "bounded": ("calm", "again"),
         "others": ("calm", "again"), "long": ("calm", "equal", "again", "lost", "twice", "others")}
EXERCISES = (Once(),)
