"""Exercise 5D: a function under spiky traffic on a budget; the judge computes what the learner's choices do."""

import json
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..prices import Prices
from ..workload import Diurnal, LogNormal, Work, Workload
from . import promise
from .answers import failed, failure, number, paired
from .exercise import Message, Outcome, Report, maker, verdict
from .oracle_serverless import Day, Platform

CALM, RUSH = 2, 72                      # calls per second
RATES = (CALM,) * 44 + (RUSH,) * 2 + (CALM,) * 44       # in a quarter of an hour, each for 10 s
QUARTER, HOUR = 900, 3600               # seconds
OWN_WORK, FULL_SPEED = 0.1, 1.769       # seconds on average, with so many GB or more
STORE, CONNECTIONS = 0.3, 50            # seconds for a query, each over a connection of its own
COLD_START, KEEP_ALIVE = 2.0, 600.0
PROMISE, REFUSED = 1.5, 30.0            # seconds: the p99; and what a call without an answer counts as
FETCH = 2.0                             # seconds between two looks for an answer that comes through a queue
FEW_RETRIES = 0.05                      # for each call
SIZES, STEP, MOST = (0.5, 1.0, 1.769, 3.0), 5, 1000     # GB; instances
# The pauses before each retry in seconds, and how many retries each call brings.
WHEN_FULL: dict[str, tuple[tuple[float, ...] | None, float]] = {
    "refuse": ((), inf), "retry": ((0.01,) * 49, inf), "budget": ((0.1, 0.2, 0.4), 0.05), "queue": (None, inf)}
STORED = Path(__file__).with_name("serverless_design.json")
WHERE = "Hint 2 of exercise 5D, and the report of one hour above it."


class Choice(NamedTuple):
    """What the learner chooses."""

    memory_gb: float
    provisioned: int
    limit: int
    when_full: str


class Found(NamedTuple):
    """One hour: p99 in seconds; cold starts, calls without an answer, and retries for each call; and US dollars."""

    p99: float
    cold: float
    refused: float
    retries: float
    usd: float


@dataclass(frozen=True)
class Design:
    """Memory, provisioned instances, the limit for others, and what happens to a call that finds all in use."""

    id: str = "5D"
    points: float = 5.0
    hidden: int = 3

    def cases(self, variant: int) -> list[Any]:
        hidden = stored()["hidden"]
        return [dict(stored()["seen"] if variant == 0 else hidden[variant % len(hidden)])]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        case, answer = paired(cases, raw)[0]
        given = answer.get("design") if isinstance(answer, dict) else None
        choice = read(given)
        if choice is None:
            return verdict(self.id, self.points, [Outcome(self.points, 0, unusable(given))])
        hours = [hour(choice, seed) for seed in case["seeds"]]
        message = lacking(choice, Found(*np.mean(hours, axis=0)))
        return verdict(self.id, self.points, promise.scored(
            [one.p99 for one in hours], PROMISE, saving(choice, hours, case), message))


def saving(choice: Choice, hours: list[Found], case: dict[str, Any]) -> float:
    """How much of the possible saving is made; nothing by a design that breaks a rule."""
    average = Found(*np.mean(hours, axis=0))
    if choice.provisioned + choice.limit > CONNECTIONS or average.retries > FEW_RETRIES:
        return 0.0
    return promise.saving(average.usd, case["least"], case["naive"])


@lru_cache(maxsize=1)
def stored() -> dict[str, Any]:
    """The best design, the hours that were checked to be fair, and what it and a naive one cost in them."""
    return json.loads(STORED.read_text(encoding="utf-8"))


@lru_cache(maxsize=128)
def trace(seed: int) -> tuple[list[float], list[float]]:
    """Arrival times of one hour, and the work of each call at full speed."""
    mean_work, arrivals = Work(0, OWN_WORK, 0), Diurnal(RATES, QUARTER)
    rows = list(Workload(float(np.mean(RATES)), HOUR, mean_work, seed, arrivals, LogNormal(0.5)).requests())
    return [request.arrival_time for request in rows], [sum(request.work) for request in rows]


def slowdown(memory_gb: float) -> float:
    """How many times longer the work takes than at full speed."""
    return max(1, FULL_SPEED / memory_gb)


def day(choice: Choice, seed: int) -> Day:
    """What happens in one hour."""
    arrival_times, work = trace(seed)
    pauses, budget = WHEN_FULL[choice.when_full]
    platform = Platform(choice.provisioned, choice.limit, CONNECTIONS, STORE, COLD_START, KEEP_ALIVE, pauses, budget)
    slower = slowdown(choice.memory_gb)
    return Day(arrival_times, [seconds * slower for seconds in work], platform)


@lru_cache(maxsize=64)
def hour(choice: Choice, seed: int) -> Found:
    """What is seen of one hour."""
    happened = day(choice, seed)
    count = len(happened.responses)
    responses = np.array(happened.responses)
    refused = np.isinf(responses)
    if choice.when_full == "queue":
        responses = FETCH * np.ceil(responses / FETCH)
    p99 = float(np.percentile(np.where(refused, REFUSED, responses), 99))
    return Found(p99, happened.cold / count, float(refused.mean()), happened.retries / count, usd(choice, happened))


def usd(choice: Choice, happened: Day) -> float:
    """US dollars for the hour; the store is not ours to pay."""
    second, ready, working, request = rates()
    others = happened.busy[False] + happened.cold * COLD_START
    return happened.tries * request / 1e6 + choice.memory_gb * (
        others * second + choice.provisioned * HOUR * ready + happened.busy[True] * working)


@lru_cache(maxsize=1)
def rates() -> list[float]:
    """US dollars: a GB-second at work, one that is ready, one that is ready and at work, and a million requests."""
    items = "lambda_duration_x86", "lambda_provisioned_idle_x86", "lambda_provisioned_duration_x86", "lambda_request"
    return [Prices.read().usd(item) for item in items]


def read(given: Any) -> Choice | None:
    """A choice from a list in the order of its fields, or from a record; None for anything else."""
    if isinstance(given, dict) and set(given) == set(Choice._fields):
        given = [given[name] for name in Choice._fields]
    if not isinstance(given, list) or len(given) != len(Choice._fields):
        return None
    memory_gb, provisioned, limit = (number(part) for part in given[:3])
    counts = [count for count in (provisioned, limit) if count is not None and count % STEP == 0 and count <= MOST]
    known = memory_gb in SIZES and isinstance(given[3], str) and given[3] in WHEN_FULL
    if not known or len(counts) < 2 or counts[0] < 0 or counts[1] < STEP:
        return None
    return Choice(float(memory_gb or 0), int(counts[0]), int(counts[1]), given[3])


def offered(memory_gb: float) -> float:
    """Mean busy instances in a rush."""
    return RUSH * (OWN_WORK * slowdown(memory_gb) + STORE)


def candidates() -> list[Choice]:
    """All that keep to the connections; larger sizes do the same for more money, and queues take too long."""
    return [Choice(memory_gb, provisioned, limit, when_full)
            for memory_gb in SIZES if memory_gb <= FULL_SPEED
            for provisioned in range(0, CONNECTIONS, STEP)
            for limit in range(STEP, CONNECTIONS - provisioned + 1, STEP)
            for when_full, (pauses, _) in WHEN_FULL.items() if pauses is not None]


def unusable(given: Any) -> Message:
    """What is wrong with an answer that cannot be computed."""
    if given is None or failure(given):
        return failed("5D", given if failure(given) else {"error": "Blank"}, WHERE)
    return FORM._replace(got=f"{given if isinstance(given, list) else 'something else'}."[:80])


def lacking(choice: Choice, found: Found) -> Message:
    """What is to be said first about an answer that can be computed."""
    for breaks, message in RULES:
        if breaks(choice, found):
            return message._replace(got=described(found))
    kept = found.p99 <= PROMISE
    at_work = offered(choice.memory_gb)
    crowded = choice.provisioned > at_work + at_work**0.5
    message = (PEAK if crowded else DEAR) if kept else broken(choice, found)
    return message._replace(got=described(found))


def described(found: Found) -> str:
    """What the learner's own choice does."""
    return (f"a p99 of {found.p99:.2f} s; {found.cold:.1%} cold starts, {found.refused:.1%} unanswered, "
            f"{found.retries:.0%} retries; {found.usd:.2f} USD.")


def broken(choice: Choice, found: Found) -> Message:
    """Why the promise is broken."""
    if choice.provisioned == 0:
        return NONE_READY
    if all(hour(choice, seed).p99 <= PROMISE for seed in stored()["seen"]["seeds"]):
        return LUCKY
    return TURNED_AWAY if found.refused > 0.01 else SLOW


message = maker("5D", WHERE)
FORM = message("FORM", "A size, two numbers and a word", "",
               "One of the four sizes; provisioned and limit in fives, the limit not zero; one of the four words.",
               "The check can only compute what the platform could be told.")
WAITS = message("W6", "The caller waits for an answer", "",
                "Every answer comes back on the call that asked for it.",
                "A queue hands out a receipt. The answer has to be fetched later, and the caller who holds the line "
                "does not get it in time. Queues are for work that nobody waits for.")
TOO_MANY = message("W3", "No more instances than connections", "",
                   "All instances that can be at work at once find a connection.",
                   "The platform would start more of them than the store lets in. The limit is what keeps them in "
                   "step, and the store serves others too.")
TOO_LARGE = message("W4", "Memory buys speed up to a point", "",
                    "One step less memory would make the function slower.",
                    "This code cannot use more than one core. Beyond that point more memory makes each second dearer "
                    "and none of them shorter.")
STORM = message("W5", "Retries have a budget", "", "Retries stay few for each call, in a rush as well.",
                "A caller who asks again at once meets the same full platform, and so do all the others. Such a storm "
                "is what brings down a service that was only busy.")
PEAK = message("W1", "Ready for most, not for all at once", "", "In a rush hardly any instance is idle.",
               "Each ready instance is paid all hour, and a rush takes seconds of it. Between rushes nearly all of "
               "yours do nothing. A short wait before a retry is free.")
DEAR = message("COST", "No more than the promise needs", "", "One step less of anything would break the promise.",
               "What nobody needs is paid again every hour.")
NONE_READY = message("W2", "Someone is ready when the rush begins", "",
                     "Of a hundred calls, at most one meets a cold start or no instance at all.",
                     "Yours has nobody ready. Until more have started, a rush is served by the few that are warm, and "
                     "a cold start alone takes longer than you promised.")
TURNED_AWAY = message("REFUSED", "Hardly anyone is turned away", "",
                      "Of a hundred calls, fewer than one has no answer.",
                      "Those who find all instances in use give up. Either fewer find it so, or they may ask again a "
                      "little later.")
LUCKY = message("LUCKY", "Right in other hours too", "", "The promise holds on average over many hours.",
                "It is kept in the hour that you can see, and broken in others. Repeat it with other seeds before you "
                "trust a choice that only just fits.")
SLOW = message("SLO", "The promise", "", "At most one call in a hundred takes longer than promised.",
               "Count who is slow: those who meet a cold start, those who try again, or all because the work itself is "
               "slow. Each has another remedy.")
RULES = (
    (lambda choice, found: choice.when_full == "queue", WAITS),
    (lambda choice, found: choice.provisioned + choice.limit > CONNECTIONS, TOO_MANY),
    (lambda choice, found: choice.memory_gb > FULL_SPEED, TOO_LARGE),
    (lambda choice, found: found.retries > FEW_RETRIES, STORM),
)
EXERCISES = (Design(),)
