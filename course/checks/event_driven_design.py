"""Exercise 3D: consumers and partitions for bursts, a hot key and an outage; the judge computes what they do."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..prices import Prices
from ..workload import Diurnal, LogNormal, Mixed, Work, Workload
from . import promise
from .answers import failed, failure, number, paired
from .exercise import Message, Outcome, Report, maker, verdict
from .oracle_event_driven import by_anyone, by_lane, overtaken

CALM, BURST = 1.5, 10                   # events per second
RATES = (CALM,) * 44 + (BURST,) * 2 + (CALM,) * 44      # in a quarter of an hour, each for 10 s
RATE = float(np.mean(RATES))
PART, QUARTER = 9000, 900               # seconds: a part of a day, and after how long the rates repeat
OUTAGE, BACK, EXCUSED = 3000, 5400, 6600        # seconds: it begins, it ends, and the promise holds again
GUESTS, CUSTOMERS = 0.1, 1000           # the share of the events, which all have key 0; and the keys of all others
OWN_WORK, PUBLISHED = 2.0, 0.005        # seconds on average
EVENT_GB, MONTH = 0.001, 730            # and hours
PROMISE, BROKEN = 30.0, 45.0            # seconds: the p99; and what a part counts as in which a hard rule is broken
PARTITIONS, CONSUMERS = (4, 8, 12, 16, 24), range(2, 25)
RETENTIONS, LONG_KEPT = (30, 60, 1440, 10_080), 10_080  # minutes
SPREADS = ("key", "topic", "salt", "any")
STORED = Path(__file__).with_name("event_driven_design.json")
WHERE = "Hint 2 of exercise 3D, and the report above it."


class Choice(NamedTuple):
    """What the learner chooses."""

    partitions: int
    consumers: int
    retention: int
    spread: str


class Trace(NamedTuple):
    """The events of one part of a day in order of arrival; `salted` are the keys when those of guests are salted."""

    arrived: np.ndarray
    work: np.ndarray
    guest: np.ndarray
    salted: np.ndarray


class Found(NamedTuple):
    """One part of a day: p99 in seconds, events lost, and the share of customers' events that were overtaken."""

    p99: float
    lost: float
    overtaken: float

    @property
    def judged(self) -> float:
        """The p99 that counts; that of a promise missed by half where a hard rule is broken."""
        return max(self.p99, BROKEN) if self.lost or self.overtaken else self.p99


@dataclass(frozen=True)
class Design:
    """Partitions, consumers, minutes of retention, and how keys are spread over the partitions."""

    id: str = "3D"
    points: float = 5.0
    hidden: int = 3

    def cases(self, variant: int) -> list[Any]:
        hidden = stored()["hidden"]
        return [{"seeds": stored()["seen"] if variant == 0 else hidden[variant % len(hidden)]}]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        case, answer = paired(cases, raw)[0]
        given = answer.get("design") if isinstance(answer, dict) else None
        choice = read(given)
        if choice is None:
            return verdict(self.id, self.points, [Outcome(self.points, 0, unusable(given))])
        parts = [part_of_a_day(choice, seed) for seed in case["seeds"]]
        message = lacking(choice, Found(*np.mean(parts, axis=0)))
        saved = promise.saving(usd(choice), stored()["least"], usd(Choice(*stored()["naive"])))
        return verdict(self.id, self.points, promise.scored([part.judged for part in parts], PROMISE, saved, message))


@lru_cache(maxsize=1)
def stored() -> dict[str, Any]:
    """The best design and what it costs, a naive one, and the seeds of the parts that were checked to be fair."""
    return json.loads(STORED.read_text(encoding="utf-8"))


@lru_cache(maxsize=128)
def trace(seed: int) -> Trace:
    """What arrives in one part of a day."""
    mean_work, arrivals = Work(0, OWN_WORK, 0), Diurnal(RATES, QUARTER)
    parts = [Workload(share * RATE, PART, mean_work, seed, arrivals, LogNormal(0.5), kind, CUSTOMERS)
             for kind, share in (("customer", 1 - GUESTS), ("guest", GUESTS))]
    rows = [(one.arrival_time, sum(one.work), one.kind == "guest", one.key) for one in Mixed(tuple(parts)).requests()]
    arrived, work, guest, salted = map(np.array, zip(*rows))
    return Trace(arrived, work, guest, salted)


def lanes(choice: Choice, events: Trace) -> np.ndarray:
    """The consumer of each event."""
    partitions, consumers, _, spread = choice
    key = np.where(events.guest, 0, events.salted)
    if spread == "topic":       # one partition and one consumer for guests, the others for the others
        return np.where(events.guest, consumers - 1, key % (partitions - 1) % (consumers - 1))
    return (events.salted if spread == "salt" else key) % partitions % consumers


def done(choice: Choice, seed: int) -> np.ndarray:
    """When the work on each event is done."""
    events = trace(seed)
    handed = events.arrived + PUBLISHED
    if choice.spread == "any":
        return by_anyone(choice.consumers, handed.tolist(), events.work.tolist(), OUTAGE, BACK)
    return by_lane(lanes(choice, events), handed, events.work, OUTAGE, BACK)


@lru_cache(maxsize=1024)
def part_of_a_day(choice: Choice, seed: int) -> Found:
    """What is seen of one part of a day; an event that is not done, or begun, at its end has waited until then."""
    events, end = trace(seed), done(choice, seed)
    counts, ordered = (events.arrived < OUTAGE) | (events.arrived >= EXCUSED), ~events.guest
    waited = np.minimum(end - events.work, PART) - events.arrived - PUBLISHED
    end = np.minimum(end, PART)
    return Found(float(np.percentile((end - events.arrived)[counts], 99)), int(np.sum(waited > 60 * choice.retention)),
                 overtaken(events.salted[ordered], end[ordered]))


def usd(choice: Choice) -> float:
    """US dollars for an hour: partitions, consumers, and the events that are kept, at the mean rate."""
    consumer, partition, stored_gb = rates()
    kept = RATE * 60 * choice.retention * EVENT_GB
    return choice.consumers * consumer + choice.partitions * partition + kept * stored_gb / MONTH


@lru_cache(maxsize=1)
def rates() -> list[float]:
    """US dollars: a consumer for an hour, a partition for an hour, and a GB for a month."""
    items = "vm_m5.large_2vcpu_8gib", "kinesis_shard", "kafka_msk_storage"
    return [Prices.read().usd(item) for item in items]


def read(given: Any) -> Choice | None:
    """A choice from a list in the order of its fields, or from a record; None for anything else."""
    if isinstance(given, dict) and set(given) == set(Choice._fields):
        given = [given[name] for name in Choice._fields]
    if not isinstance(given, list) or len(given) != len(Choice._fields):
        return None
    partitions, consumers, retention = (number(part) for part in given[:3])
    known = isinstance(given[3], str) and given[3] in SPREADS
    if not known or partitions not in PARTITIONS or consumers not in CONSUMERS or retention not in RETENTIONS:
        return None
    return Choice(int(partitions or 0), int(consumers or 0), int(retention or 0), given[3])


def candidates() -> list[Choice]:
    """All that a design can be, but for those that break a rule whatever happens, or pay consumers for nothing."""
    return [Choice(partitions, consumers, retention, spread) for partitions in PARTITIONS for consumers in CONSUMERS
            if consumers <= partitions for retention in RETENTIONS[1:] for spread in SPREADS[:3]]


def unusable(given: Any) -> Message:
    """What is wrong with an answer that cannot be computed."""
    if given is None or failure(given):
        return failed("3D", given if failure(given) else {"error": "Blank"}, WHERE)
    return FORM._replace(got=f"{given if isinstance(given, list) else 'something else'}."[:80])


def lacking(choice: Choice, found: Found) -> Message:
    """What is to be said first about an answer that can be computed."""
    for breaks, message in RULES:
        if breaks(choice, found):
            return message._replace(got=described(choice, found))
    message = dear(choice) if found.p99 <= PROMISE else broken(choice)
    return message._replace(got=described(choice, found))


def described(choice: Choice, found: Found) -> str:
    """What the learner's own choice does."""
    return (f"a p99 of {found.p99:.1f} s; {found.lost:.0f} events lost, {found.overtaken:.1%} overtaken; "
            f"{usd(choice):.2f} USD an hour.")


def dear(choice: Choice) -> Message:
    """Why the promise is kept for too much money."""
    return PEAK if choice.consumers >= BURST * OWN_WORK else KEPT if choice.retention == LONG_KEPT else DEAR


def broken(choice: Choice) -> Message:
    """Why the promise is broken."""
    at_work = RATE * OWN_WORK
    if choice.consumers <= at_work + at_work**0.5:
        return MEAN
    if choice.spread == "key":
        return HOT
    own = int(choice.spread == "topic")
    return UNEVEN if (choice.partitions - own) % (choice.consumers - own) else SLOW


message = maker("3D", WHERE)
FORM = message("FORM", "Three numbers and a word", "",
               "Partitions and retention from the lists; 2 to 24 consumers; one of the four words.",
               "The check can only compute what the bus could be told.")
ORDER = message("W6", "A customer's events stay in order", "",
                "Whatever is spread, the events of one customer are done in the order in which they came.",
                "When anyone may take the next event, two of one customer are in work at once, and the later one can "
                "be done first. That is allowed only where order means nothing.")
GONE = message("W4", "An event is kept until its turn comes", "",
               "The longest wait is shorter than the retention.",
               "The bus throws events away when their time is over, read or not. In the outage nobody reads, and those "
               "that came first wait longest.")
IDLE = message("W1", "Every consumer has a partition", "", "No consumer is without a partition.",
               "A partition has one consumer at a time, so that its events stay in order. Whoever is left over looks "
               "on, and is paid like the others.")
PEAK = message("W2", "A queue lends time", "", "In a burst some events wait, and none of them too long.",
               "You pay all day for as many as a burst keeps busy, and a burst takes seconds. The promise lets events "
               "wait a little; use it.")
KEPT = message("COST", "No more than the promise needs", "", "Less of anything would break the promise.",
               "Storage costs little for hours and more for days. How long can an event wait at worst?")
DEAR = KEPT._replace(why="What nobody needs is paid again every hour.")
MEAN = message("W3", "More than enough for the average", "", "A backlog is gone soon after it began.",
               "Yours are just enough for what arrives on average, so little is left to work off what a burst or the "
               "outage has left behind. It is there for hours.")
HOT = message("W5", "No consumer has much more than the others", "",
              "All consumers are done catching up at about the same time.",
              "All guests have one key, so one consumer gets all of them besides its share of the others. It is far "
              "behind when the rest have nothing to do, and more consumers do not help it.")
UNEVEN = message("EVEN", "Equal shares", "", "Each consumer has as many partitions as any other.",
                 "A partition cannot be halved. Where they do not divide evenly, some consumers have one more, and the "
                 "slowest of them decides. Divide yours; guests with a topic of their own count apart.")
SLOW = message("SLO", "The promise", "", "At most one event in a hundred takes longer than promised.",
               "After the outage two things are to be done before the promise holds again: the backlog, and what "
               "arrives meanwhile. Count the work of both, and the time there is.")
RULES = (
    (lambda choice, found: found.overtaken > 0, ORDER),
    (lambda choice, found: found.lost > 0 and 60 * choice.retention < BACK - OUTAGE, GONE),
    (lambda choice, found: choice.consumers > choice.partitions, IDLE),
)
EXERCISES = (Design(),)
