"""Exercise 6R: a rule that chooses a pattern from a brief, judged by what its choices cost in briefs it never saw."""

import json
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

from ..asking.probe import failure
from ..choosing.briefs import brief
from ..choosing.families import FAMILIES
from ..choosing.winners import compared_in
from ..scenarios import SCENARIOS
from .answers import failed, paired, shown
from .exercise import Message, Outcome, Report, maker, verdict

WITHIN = 1.10           # times the cost of the best that passes
STORED = Path(__file__).with_name("choosing_rule.json")
WHERE = "Hint 2 of exercise 6R, and the bills of the fifteen use cases above it."
REQUESTS = {"Monolith", "Microservices", "Serverless"}     # get a hosted queue where nothing may be lost
EVENTS = {"EventDriven", "LambdaArchitecture"}


class Bill(NamedTuple):
    """A pattern in a brief, tuned: US dollars a month of the cloud, units to operate, and the rules that it breaks."""

    cloud: float
    units: int
    broken: tuple[str, ...]

    def total(self, price: float) -> float:
        """US dollars a month with operations."""
        return self.cloud + self.units * price


class Known(NamedTuple):
    """A brief whose answer is known."""

    brief: dict[str, Any]
    bills: dict[str, Bill]

    @property
    def best(self) -> str:
        """The cheapest of those that pass."""
        return min((name for name in self.bills if not self.bills[name].broken), key=self.total)

    def total(self, pattern: str) -> float:
        """US dollars a month with operations."""
        return self.bills[pattern].total(self.brief["operations_price"])

    def good(self, pattern: str) -> bool:
        """Whether a choice breaks no rule, and costs hardly more than the best."""
        return not self.bills[pattern].broken and self.total(pattern) <= WITHIN * self.total(self.best)


@dataclass(frozen=True)
class Rule:
    """A function that names a pattern for each brief."""

    id: str = "6R"
    points: float = 8.0
    hidden: int = 3

    def cases(self, variant: int) -> list[Any]:
        variants = stored()["variants"]
        chosen = fifteen() if variant == 0 else [hidden()[place] for place in variants[variant % len(variants)]]
        return [{"brief": dict(one.brief)} for one in chosen]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        answers = [(answer(case), picked(given), given) for case, given in paired(cases, raw)]
        named = [(one, pick) for one, pick, _ in answers if pick]
        unnamed = next((given for _, pick, given in answers if not pick), None)
        share = sum(one.good(pick) for one, pick in named) / len(answers)
        earned = min(max((share - stored()["baseline"]) / (stored()["full"] - stored()["baseline"]), 0.0), 1.0)
        form = unusable(unnamed) if len(named) < len(answers) else None
        rules, dear = (None, None) if form or earned == 1 else lacking(named, share)
        return verdict(self.id, self.points, [
            *(Outcome(0.0, float(message is None), message) for message in (form, rules)),
            Outcome(self.points, earned, form or dear or rules)])


@lru_cache(maxsize=1)
def stored() -> dict[str, Any]:
    """The hidden briefs with the bills of all patterns, who gets which, and the shares for no and for all points."""
    return json.loads(STORED.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def hidden() -> list[Known]:
    """All hidden briefs."""
    return [Known(one["brief"], {name: Bill(inf if cloud is None else cloud, units, tuple(broken))
                                 for name, (cloud, units, broken) in one["bills"].items()})
            for one in stored()["briefs"]]


@lru_cache(maxsize=1)
def fifteen() -> list[Known]:
    """The use cases of the course."""
    found = ((scenario, compared_in(scenario).rows) for scenario in SCENARIOS)
    return [Known(brief(scenario), {row.pattern: Bill(row.cloud_usd, row.units, tuple(row.broken)) for row in rows})
            for scenario, rows in found]


@lru_cache(maxsize=1)
def known() -> dict[str, Known]:
    """All briefs, by their text."""
    return {json.dumps(one.brief, sort_keys=True): one for one in (*fifteen(), *hidden())}


def answer(case: dict[str, Any]) -> Known:
    """What is known of a case."""
    return known()[json.dumps(case["brief"], sort_keys=True)]


def picked(given: Any) -> str:
    """The pattern that an answer names, if it does."""
    name = given.strip() if isinstance(given, str) else ""
    return name if name in FAMILIES else ""


def unusable(given: Any) -> Message:
    """What is wrong with an answer that names no pattern."""
    if given is None or failure(given):
        return failed("6R", given if failure(given) else {"error": "Blank"}, WHERE)
    return FORM._replace(got=f"'{given[:40]}'." if isinstance(given, str) else f"{shown(given)}.")


def lacking(named: list[tuple[Known, str]], share: float) -> tuple[Message | None, Message | None]:
    """What is to be said about choices that are not all good: the commonest broken rule, and the commonest cost."""
    if len({pick for _, pick in named}) == 1:
        return None, SAME._replace(got=f"{named[0][1]} for each of {len(named)} briefs.")
    wrong = [(one, pick, mistake(one, pick)) for one, pick in named if not one.good(pick)]
    parts = ([message for one, pick, message in wrong if bool(one.bills[pick].broken) is broken]
             for broken in (True, False))
    rules, dear = (commonest(part, share, len(named)) for part in parts)
    return rules, dear


def commonest(mistakes: list[Message], share: float, asked: int) -> Message | None:
    """The message that most of the choices get, with how many."""
    if not mistakes:
        return None
    message, count = Counter(mistakes).most_common(1)[0]
    return message._replace(got=f"a good choice in {share:.0%} of {asked} briefs. {count} of the others {message.got}")


def mistake(one: Known, pick: str) -> Message:
    """What is wrong with a choice."""
    bill, best = one.bills[pick], one.best
    least = min(other.cloud for other in one.bills.values() if not other.broken)
    return next(message for applies, message in (
        *((rule in bill.broken, message) for rule, message in BROKEN.items()),
        (bool(bill.broken), OTHER),
        (bill.cloud <= WITHIN * least, UNITS),
        (pick == "Serverless", BUSY),
        (best == "Serverless", IDLE),
        (pick in REQUESTS and best in EVENTS and not one.brief["gpu"], MESSAGES),
        (one.brief["gpu"], HARDWARE),
        (True, OTHER)) if applies)


message = maker("6R", WHERE)
FORM = message("FORM", "The name of a pattern", "", "One of the five names, as text, for every brief.",
               "The check looks the name up among the designs that were tuned for the brief.")
SAME = message("W1", "The brief decides", "", "Briefs that differ get answers that differ.",
               "No pattern wins everywhere. Take two of the fifteen that have other winners, and ask which number of "
               "the brief makes the difference.")
ACCURACY = message("W2", "Final numbers that are right", "tell final numbers that are too wrong.",
                   "Where a brief limits how wrong they may be, the pattern keeps to it.",
                   "Events that come late change a number that was told before. Ask which patterns look at them, and "
                   "how many are late at all.")
POSSIBLE = message("W3", "The hardware that is needed", "cannot be built: the hardware is not to be had there.",
                   "The pattern can run on what the brief asks for.",
                   "A rule about hardware comes before any sum of money. Look for the lesson that says what its "
                   "platform does not offer.")
BUDGET = message("W4", "Within the budget", "cost more than the budget.",
                 "The bill of the cloud stays within the budget of the brief.",
                 "What is too dear is not built, however few people it takes. Work out the bill before you look at "
                 "operations.")
IDLE = message("W5", "Machines that have work", "pay for machines that mostly wait.",
               "What is paid by the hour is busy for a good part of it.",
               "Machines are bought for the peak. Compare what they cost in a month with what the same requests cost "
               "when each is paid by itself.")
BUSY = message("W6", "Pay by the request only while they are few", "pay for each request where machines cost less.",
               "What is paid by the request costs less than machines for the same work.",
               "The bill grows with every request, and that of a machine does not. Somewhere the two lines cross.")
UNITS = message("W7", "People cost money too", "have a small bill of the cloud, and many parts to operate.",
                "The sum with operations is small, and not the cloud's bill alone.",
                "Each part has to be watched by somebody. Its price stands in the brief, and is not the same in all.")
MESSAGES = message("W8", "A queue in front is not free", "pay for messages of a hosted queue.",
                   "Where much comes, the way in is cheap as well.",
                   "A queue that is paid by the message costs more than the work when requests are many and small. Ask "
                   "which patterns bring their own.")
HARDWARE = message("HARDWARE", "Each step on its own machines", "buy dear machines for steps that do not need them.",
                   "A dear machine does only what no other can do.",
                   "Boxes with a GPU are bought whole. When the other steps need most of the time, their processors "
                   "run out first, and the GPUs wait.")
OTHER = message("OTHER", "Close to the cheapest", "cost more than a tenth above the cheapest that passes.",
                "The choice passes every rule, and costs at most a tenth more than the best.",
                "Write down the bill of each pattern for one such brief, line by line, and see which line your rule "
                "leaves out.")
BROKEN = {"possible": POSSIBLE, "accuracy": ACCURACY, "budget": BUDGET}
EXERCISES = (Rule(),)
