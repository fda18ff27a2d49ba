"""The source's flowchart and table as code: what they say in each use case, and what came of it."""

from collections import Counter
from collections.abc import Iterable
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from ..claims.claim import Arm, Claim
from ..claims.stored import run
from ..scenario import Scenario
from ..scenarios import SCENARIOS
from . import advice
from .winners import Choice, compared_in

if TYPE_CHECKING:
    from pandas import DataFrame

TABLE = {
    "scalability": ("Microservices", "Serverless"),
    "real-time processing": ("EventDriven", "LambdaArchitecture"),
    "cost efficiency": ("Serverless",),
    "ease of development": ("Monolith",),
    "large data volumes": ("LambdaArchitecture", "Microservices"),
}
CLAIMS = dict(zip(((need, pattern) for need, patterns in TABLE.items() for pattern in patterns), advice.CLAIMS))

RIGHT, TWO = "right", "two patterns, no further help"
DEPENDS, WRONG = "depends on what the brief does not say", "wrong"
OUTCOMES = (RIGHT, TWO, DEPENDS, WRONG)


class Answers(NamedTuple):
    """Of a brief, to the flowchart's two questions: None where it does not say, or where nobody asks any more."""

    real_time: bool | None
    scalability: bool | None
    because: str                # the words of the brief that say so, in quotation marks


READINGS = {
    "U1": Answers(False, False, '"sorted on weekdays, in waves"; "limited scope"'),
    "U2": Answers(False, False, '"a prototype"; "Quiet for hours"'),
    "U3": Answers(False, False, '"quick development matters more than scale"'),
    "U4": Answers(False, True, 'requests, no events; "A platform for millions"'),
    "U5": Answers(False, None, 'requests, no events; "ten times a week" is how often it changes, not how far it grows'),
    "U6": Answers(False, None, 'requests, no events; "several models" are what it needs, not how far it grows'),
    "U7": Answers(True, None, '"while money moves"'),
    "U8": Answers(True, None, '"while they look"'),
    "U9": Answers(True, None, '"Machines report all the time"; "a warning may take a minute", and no longer'),
    "U10": Answers(True, None, '"what happens while it happens"'),
    "U11": Answers(None, None, '"minutes ago at the latest" may be real time, and "trained daily" is not'),
    "U12": Answers(True, None, '"Customers see within seconds what they have used"'),
    "U13": Answers(True, None, '"its first word should come soon"'),
    "U14": Answers(False, True, '"an answer may take half a minute"; "hundreds of uploads in a few seconds"'),
    "U15": Answers(False, False, '"idle nearly all day"'),
}


class Followed(NamedTuple):
    """What the flowchart says about a use case: `ways` are the leaves that the answers leave open."""

    scenario: Scenario
    answers: Answers
    ways: tuple[tuple[str, ...], ...]
    choice: Choice
    outcome: str


def leaves(real_time: bool, scalability: bool) -> tuple[str, ...]:
    """The flowchart: real-time needs first, then scalability; what it names at the end."""
    if real_time:
        return "EventDriven", "LambdaArchitecture"
    return ("Microservices", "Serverless") if scalability else ("Monolith",)


def answers(scenario: Scenario) -> Answers:
    """The two answers as we read them in the words of a brief; nothing about one that nobody has read.

    Real time: yes where something that happens has to be acted on soon after it does, no where somebody asks and can
    wait, or nothing is said of events. Scalability: yes where the brief says that there is, or may come, far more, no
    where it says that there is little.
    """
    return READINGS.get(scenario.id, Answers(None, None, "nobody has read this brief"))


def ways(found: Answers) -> tuple[tuple[str, ...], ...]:
    """Each leaf that some answer leads to, when what the brief does not say may be either."""
    either = [(True, False) if one is None else (one,) for one in found[:2]]
    return tuple(dict.fromkeys(leaves(*pair) for pair in product(*either)))


def followed(scenario: Scenario) -> Followed:
    """What the flowchart says about a use case, held against the tuned designs."""
    found, choice = answers(scenario), compared_in(scenario)
    return Followed(scenario, found, ways(found), choice, outcome(ways(found), best(choice)))


def best(choice: Choice) -> tuple[str, ...]:
    """The winner, and the runner-up where nobody can tell it apart, or where a machine more or less decides."""
    return (choice.winner, choice.runner_up) if choice.tie or choice.close else (choice.winner,)


def outcome(open_ways: tuple[tuple[str, ...], ...], winners: tuple[str, ...]) -> str:
    """One of the OUTCOMES: whether one leaf is left, has a winner in it, and names nothing else."""
    if len(open_ways) > 1:
        return DEPENDS
    (leaf,) = open_ways
    if not set(leaf) & set(winners):
        return WRONG
    return RIGHT if len(leaf) == 1 else TWO


def on_all(scenarios: Iterable[Scenario] = SCENARIOS) -> "DataFrame":
    """A row for each use case: the answers, the leaves, who wins, and what came of the flowchart."""
    from ..claims.whole import Whole

    rows = [{"use case": f"{one.scenario.id} {one.scenario.name}", "real time": told(one.answers.real_time),
             "scalability": "not asked" if one.answers.real_time else told(one.answers.scalability),
             "because": one.answers.because, "flowchart": ", or else ".join(" or ".join(way) for way in one.ways),
             "wins": winner(one.choice), "outcome": one.outcome} for one in map(followed, scenarios)]
    return Whole(rows).set_index("use case")


def told(answer: bool | None) -> str:
    """An answer in words."""
    return "not said" if answer is None else "yes" if answer else "no"


def winner(choice: Choice) -> str:
    """Who wins, and whether the next could as well."""
    if choice.tie:
        return f"{choice.winner}, a tie with {choice.runner_up}"
    return choice.winner + f", close to {choice.runner_up}" * choice.close


def counts(scenarios: Iterable[Scenario] = SCENARIOS) -> dict[str, int]:
    """How many use cases have each of the OUTCOMES."""
    found = Counter(followed(scenario).outcome for scenario in scenarios)
    return {name: found[name] for name in OUTCOMES}


def laid_out() -> "DataFrame":
    """The table row by row: what it recommends, the verdict, where that flips, and a counter-example with its size."""
    from ..claims.whole import Whole

    return Whole([{"need": need, "recommended": pattern, "claim": claim.id, **row(claim)}
                  for (need, pattern), claim in CLAIMS.items()]).set_index(["need", "recommended"])


def row(claim: Claim) -> dict[str, str]:
    """What became of a recommendation."""
    result = run(claim)
    return {"verdict": result.verdict, "holds in": sized(result.arms[0]), "flips at": result.flips,
            "counter-example": sized(result.arms[1]), "false when": claim.false_when}


def sized(arm: Arm) -> str:
    """An arm with its effect."""
    return f"{arm.name}: {arm.effect.mean:+.3g} {arm.metric}"
