"""Exercise 8A: the chosen design on traces that nobody has seen, with its price and with the failure script."""

from dataclasses import dataclass
from typing import Any

from ..capstone import tried
from ..capstone.trying import Result
from . import promise
from .answers import paired
from .capstone_least import HIDDEN, SEEN, stored
from .capstone_read import WHERE, Answer, read
from .exercise import Message, Outcome, Report, maker, verdict

OTHERS = "budget", "accuracy", "releases"       # rules that stand beside the promise
# Of the promise on average and trace by trace, the other rules, the money; and of the failure script: losses, recovery.
AVERAGE, EACH, RULES, MONEY, LOSSES, RECOVERY = 7.0, 3.0, 4.0, 6.0, 4.0, 4.0


@dataclass(frozen=True)
class Designs:
    """A number, designs, and the name of the one that is chosen."""

    id: str = "8A"
    points: float = 28.0
    hidden: int = 6

    def cases(self, variant: int) -> list[Any]:
        return [{"about": "designs", "seeds": HIDDEN[variant % len(HIDDEN)] if variant else SEEN}]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        case, given = paired(cases, raw)[0]
        answer = read(self.id, given)
        if isinstance(answer, Answer) and not chosen(answer):
            answer = unchosen(answer)
        if isinstance(answer, Message):
            return verdict(self.id, self.points, [Outcome(self.points, 0.0, answer)])
        pattern, sizes = answer.designs[answer.rest]
        found = tried(answer.brief, "", pattern, sizes, first=case["seeds"])
        return verdict(self.id, self.points, outcomes(answer, found, str(case["seeds"])) + answer.left_out)


def chosen(answer: Answer) -> bool:
    """Whether what was chosen is one of the designs."""
    return isinstance(answer.rest, str) and answer.rest in answer.designs


def unchosen(answer: Answer) -> Message:
    """What to say of a choice that cannot be judged: what is wrong with that design, or that there is none."""
    name = answer.rest if isinstance(answer.rest, str) else ""
    return answer.wrong.get(name) or CHOSEN._replace(got=f"{str(answer.rest)[:30]}.")


def outcomes(answer: Answer, found: Result, traces: str) -> list[Outcome]:
    """All checks of the chosen design; rules and money count once the promise is kept."""
    missed = MISSED._replace(
        got=f"a percentile of {found.response.mean:.3g} s, where {promised(answer):g} s are promised.")
    average, each, _ = promise.scored(found.slowest, promised(answer), 0.0, missed)
    kept = "promise" not in found.broken
    lucky = LUCKY._replace(got=f"up to {max(found.slowest):.3g} s.") if kept else missed
    rule = next((one for one in OTHERS if one in found.broken), "") if kept else "promise"
    other = missed if not kept else BROKEN[rule or OTHERS[0]]._replace(got=seen(answer, found, rule))
    return [Outcome(AVERAGE, average.share, missed), Outcome(EACH, each.share, lucky),
            Outcome(RULES, float(not rule), other), money(answer, found, traces, other if rule else SCRIPT),
            *script(found)]


def money(answer: Answer, found: Result, traces: str, other: Message) -> Outcome:
    """How near the price is to the least, for a design that breaks no rule."""
    if found.broken:
        return Outcome(MONEY, 0.0, other)
    known = stored()[str(answer.brief.number)]
    saved = promise.saving(found.total_usd.mean, known["least"][traces], known["naive"][traces])
    return Outcome(MONEY, saved, DEAR._replace(got=f"{found.total_usd.mean:,.0f} US dollars a month in all."))


def script(found: Result) -> list[Outcome]:
    """What the failure script asks for."""
    lost = LOST._replace(got=f"{found.lost:.2g} of a month's requests.")
    slow = SLOW._replace(got=f"{found.again:.3g} s when the time to recover is over.")
    return [Outcome(LOSSES, float("losses" not in found.broken), lost),
            Outcome(RECOVERY, float("recovery" not in found.broken), slow)]


def promised(answer: Answer) -> float:
    """Seconds."""
    return answer.brief.later.slo.seconds


def seen(answer: Answer, found: Result, rule: str) -> str:
    """What a rule is about, as it was found."""
    if rule == "budget":
        return f"{found.cloud_usd.mean:,.0f} US dollars a month, where the budget is {answer.brief.later.budget:,.0f}."
    if rule == "releases":
        return f"{found.lead_days:.1f} days from a change to its release."
    return "no numbers of a day at all." if found.error is None else f"numbers that are {found.error:.2g} % wrong."


message = maker("8A", WHERE)
CHOSEN = message("CHOSEN", "One design is chosen", "", "The name of the chosen design, which is one of your own.",
                 "A record that leaves the choice open has not decided.")._replace(where="The cell that sets `chosen`.")
MISSED = message("PROMISE", "The promise", "", "On average over the traces, the promised time is kept.",
                 "Look at what is busy when most people come, and at what they meet there that is not yours.")
LUCKY = message("LUCKY", "The promise, trace by trace", "", "No trace goes far beyond the promise.",
                "It is kept on average, and some days are bad. Ask how much room the worst of your own traces left.")
DEAR = message("COST", "A price near the least", "",
               "Among designs that keep all rules, yours is one of the cheapest, operations included.",
               "Compare what you pay for idle machines, for waiting, and for each unit that somebody looks after.")
SCRIPT = message("MONEY", "Cheap, and by the rules", "a design that the failure script breaks.",
                 "Money is compared among designs that keep all rules.",
                 "What a design saves by breaking a rule is paid for later.")
LOST = message("LOSSES", "What a crash may lose", "", "No more is lost in a month than the brief allows.",
               "Follow one request that is at work when the machine dies. Who still knows of it?")
SLOW = message("RECOVERY", "Back after a crash", "", "Once the time to recover is over, the promise is kept again.",
               "Those who waited through the crash are still ahead of the others. Only spare servers catch up.")
BROKEN = {
    "budget": message("BUDGET", "The budget", "", "The bill of the cloud stays within the budget.",
                      "What the brief cannot pay for is no option, however well it works."),
    "accuracy": message("ACCURACY", "The numbers of a day", "",
                        "A day later, its numbers are as right as the brief asks.",
                        "Some events are told late. Ask what your design still does with one that comes hours later."),
    "releases": message("RELEASES", "A change goes live in time", "",
                        "The mean time to a release is what the brief asks.",
                        "When all teams leave together, each of them waits for the slowest."),
}
EXERCISES = (Designs(),)
