"""Exercise 5M: instances that stay warm for a while and then go, in SimPy or any other way."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import inf, isnan, nan
from typing import Any

import numpy as np

from ..asking.serverless import TRACE
from ..workload import Work, Workload
from .answers import failed, failure, number, paired, shown
from .exercise import Message, Outcome, Report, maker, verdict
from .oracle_serverless import Step, first_created, last_created, newest, oldest, warm_pool

EXACT = 1e-9
WHERE = "Hint 2 of exercise 5M, and the life of a call in the source of Serverless."
# Rows of kind, calls, cold start and keep-alive in seconds, limit. Calls apart meet one instance at most; together they
# need many; limited, more than there may be; mixed, all of that.
VISIBLE = (("apart", 24, 2.0, 20.0, 3), ("together", 20, 2.0, 600.0, 20), ("mixed", 50, 2.0, 6.0, 4))
HIDDEN = (("apart", 30, 1.5, 12.0, 2), ("together", 40, 2.5, 900.0, 40), ("limited", 50, 2.0, 900.0, 3),
          ("mixed", 70, 1.0, 5.0, 5), ("mixed", 90, 3.0, 8.0, 6))
SETS = 8
IDLE = (0.2, 0.7), (0.2, 0.7), (1.002, 1.02), (0.95, 0.99), (0.2, 0.7), (1.6, 3.0), (1.002, 1.04)    # keep-alives


@dataclass(frozen=True)
class Modify:
    """`warm_pool(arrival_times, service_times, cold_start, keep_alive, limit)` gives response times and a count."""

    id: str = "5M"
    points: float = 5.0
    hidden: int = 8

    def cases(self, variant: int) -> list[Any]:
        if variant == 0:
            return [trace(*row, seed=1) for row in VISIBLE]
        place = variant % SETS
        return [trace(kind, calls + place, cold_start, keep_alive, limit, seed=100 + 10 * place + row)
                for row, (kind, calls, cold_start, keep_alive, limit) in enumerate(HIDDEN)]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        asked = [Asked(case, answer) for case, answer in paired(cases, raw)]
        good, wrong = [one for one in asked if one.right], [one for one in asked if not one.right]
        message = why(wrong) if wrong else None
        outcomes = [Outcome(0.5, float(one.right), message) for one in asked[:1]]
        outcomes += [Outcome(3.5 / len(asked[1:]), float(one.right), message) for one in asked[1:]]
        spoilt = CHANGED if all(map(Asked.repeated, good)) else DIFFERS
        for points, holds, other in ((0.5, Asked.counted, COUNT), (0.25, Asked.unchanged, spoilt),
                                      (0.25, Asked.repeated, DIFFERS)):
            bad = [one for one in good if not holds(one)]
            told = other._replace(got=other.got.format(what=bad[0].counts())) if bad else message
            outcomes.append(Outcome(points, float(bool(good) and not bad), told))
        return verdict(self.id, self.points, outcomes)


@lru_cache(maxsize=64)
def drawn(kind: str, calls: int, cold_start: float, keep_alive: float, seed: int) -> tuple[list[float], list[float]]:
    """Arrival times and service times in seconds; a service takes a second on average."""
    requests = list(Workload(2.0, 3 * calls, Work(0, 1, 0), seed).requests())[:calls]
    arrival_times, services = [one.arrival_time for one in requests], [sum(one.work) for one in requests]
    rng = np.random.default_rng(seed)
    if kind == "apart":
        return apart(services, cold_start, keep_alive, rng), services
    if kind == "mixed":
        pauses = np.where(np.arange(calls) % 8, 0, keep_alive * rng.uniform(0.4, 2.4, calls))
        return (np.cumsum(pauses) + arrival_times).tolist(), services
    return arrival_times, services


def apart(services: list[float], cold_start: float, keep_alive: float, rng: np.random.Generator) -> list[float]:
    """Arrival times of calls that never meet: idle for a short while, just below keep-alive, just above, or long."""
    now, arrival_times, due = 1.0, [], 0.0
    for place, service in enumerate(services):
        arrival_times.append(now)
        end = now + service + (cold_start if now > due else 0)
        due = end + keep_alive
        now = end + keep_alive * rng.uniform(*IDLE[place % len(IDLE)])
    return arrival_times


def trace(kind: str, calls: int, cold_start: float, keep_alive: float, limit: int, seed: int) -> dict[str, Any]:
    """One case as plain values."""
    arrival_times, service_times = drawn(kind, calls, cold_start, keep_alive, seed)
    return dict(zip(TRACE, ([*arrival_times], [*service_times], cold_start, keep_alive, limit)))


class Asked:
    """One trace, the raw answer, and what the recursion says, whichever idle instance is taken first."""

    def __init__(self, case: dict[str, Any], raw: Any):
        self.given, self.raw = [case[part] for part in TRACE], raw
        self.services, self.cold_start, self.keep_alive, self.limit = self.given[1:]
        self.responses, self.instances = self.told("answer")
        self.ways = self.by_rule(self.keep_alive)
        self.right = self.is_one_of(self.ways)

    def told(self, name: str) -> tuple[list[float | None] | None, float | None]:
        """The times and the number of the first answer, of that "with_same" lists, or of that "with_new" ones."""
        answer = self.raw.get(name) if isinstance(self.raw, dict) else None
        parts = list(answer.values()) if isinstance(answer, dict) else answer
        if not isinstance(parts, list) or len(parts) != 2 or not isinstance(parts[0], list):
            return None, None
        return [read(one) for one in parts[0]], number(parts[1])

    def by_rule(self, keep_alive: float) -> list[list[Step]]:
        """What happens under each rule for the instance that is taken."""
        arrivals, services, cold_start, _, limit = self.given
        return [warm_pool(arrivals, services, cold_start, keep_alive, limit, take)
                for take in (newest, oldest, first_created, last_created)]

    def is_one_of(self, ways: list[list[Step]]) -> bool:
        """Whether the response times are those of one of these."""
        return any(equal(self.responses, [step.response for step in way]) for way in ways)

    def first_difference(self) -> tuple[int, Step] | None:
        """The first call that is not as under the rule that fits longest."""
        places = [next((place for place, (one, step) in enumerate(zip(self.responses or [], way))
                        if not same(one, step.response)), len(way)) for way in self.ways]
        place = max(places)
        return (place, self.ways[places.index(place)][place]) if place < len(self.services) else None

    def is_cold(self) -> list[bool]:
        """For each call with an answer, whether it took its service and a cold start."""
        return [same(one, self.cold_start + service)
                for one, service in zip(self.responses or [], self.services) if one is not None]

    def counts(self) -> str:
        """What the learner counted, and what the response times tell."""
        told = "no number" if self.instances is None else shown(self.instances)
        return f"{told} instances, and {sum(self.is_cold())} calls with a cold start"

    def counted(self) -> bool:
        """Each cold start is an instance, and each instance has one cold start."""
        return self.instances == sum(self.is_cold())

    def unchanged(self) -> bool:
        """The lists that it had are still good for the same answer."""
        return self.is_as("with_same")

    def repeated(self) -> bool:
        """The same trace gives the same answer."""
        return self.is_as("with_new")

    def is_as(self, name: str) -> bool:
        """Whether that answer is the first one."""
        responses, instances = self.told(name)
        return equal(responses, self.responses) and instances == self.instances


def read(raw: Any) -> float | None:
    """A response time; None for a call that has none, not a number for anything else."""
    value = number(raw)
    return None if raw is None or raw == "nan" else nan if value is None else value


def equal(mine: list[float | None] | None, others: list[float | None] | None) -> bool:
    """Whether both are response times, and the same."""
    return mine is not None and others is not None and len(mine) == len(others) and all(map(same, mine, others))


def same(one: float | None, other: float | None) -> bool:
    """Both no response, or the same to within rounding."""
    return one is other if one is None or other is None else abs(one - other) <= EXACT


def why(wrong: list[Asked]) -> Message:
    """The mistake behind wrong answers: a rule that explains all of them, or what is different first."""
    first = wrong[0]
    if failure(first.raw):
        return failed("5M", first.raw, WHERE)
    if any(isinstance(one.raw, dict) and one.raw.get("answer") != one.raw.get("with_new") for one in wrong):
        return DIFFERS
    for explains, message in RULES:
        if all(map(explains, wrong)):
            return message._replace(got=message.got.format(what=described(first)))
    if first.responses is None or len(first.responses) != len(first.services):
        return FORM._replace(got=f"{described(first)}.")
    place, step = first.first_difference() or (0, first.ways[0][0])
    return by_difference(first, place, step)


def described(one: Asked) -> str:
    """What can be counted in the learner's answer."""
    if one.responses is None:
        return "something else than a list and a number"
    answered = [value for value in one.responses if value is not None]
    return (f"{len(one.responses)} results for {len(one.services)} calls, "
            f"{len(one.responses) - len(answered)} of them throttled and {sum(one.is_cold())} with a cold start")


def by_difference(one: Asked, place: int, step: Step) -> Message:
    """What is different about a call, the first one that is."""
    mine = (one.responses or [])[place]
    if mine is None:
        return EARLY._replace(got=f"call {place} throttled, with {step.busy} of {one.limit} at work.")
    if step.response is None:
        return LIMIT._replace(got=f"call {place} admitted, with {step.busy} of {one.limit} at work.")
    if same(mine, one.services[place]):
        return too_warm(one, place, step)
    if same(mine, one.services[place] + one.cold_start):
        return LOST._replace(got=f"call {place} with a cold start, while {step.idle} idle less than "
                                 f"{one.keep_alive:g} s.")
    return OTHER._replace(got=f"{shown(mine)} s for call {place}, whose service takes {one.services[place]:.4g} s.")


def too_warm(one: Asked, place: int, step: Step) -> Message:
    """Why a call without a cold start should have had one."""
    if isnan(step.gone) and not step.busy:
        return FIRST._replace(got=f"call {place} served warm, before any instance was there.")
    if isnan(step.gone):
        return BUSY._replace(got=f"call {place} served warm, with {step.busy} at work and none idle.")
    message = POLLED if step.gone <= one.keep_alive + 1 else KEPT
    return message._replace(got=f"call {place} served after {step.gone:.3f} s of idling; the keep-alive is "
                                f"{one.keep_alive:g} s.")


def without_throttled(one: Asked) -> bool:
    """Just the throttled calls are missing, or have a response time of nothing."""
    mine, ways = rounded(one.responses or []), [rounded([step.response for step in way]) for way in one.ways]
    return any(None in full and mine in ([value for value in full if value is not None], [value or 0 for value in full])
               for full in ways)


def rounded(values: list[float | None]) -> list[float | None]:
    """To a millionth, to be compared as lists."""
    return [value if value is None else round(value, 6) for value in values]


def all_cold(one: Asked) -> bool:
    """Every call with an answer had a cold start."""
    return len(one.is_cold()) > 1 and all(one.is_cold())


def one_cold(one: Asked) -> bool:
    """The first call had a cold start, and no other."""
    return len(one.is_cold()) > 1 and one.is_cold()[0] and sum(one.is_cold()) == 1


message = maker("5M", WHERE)
KEPT = message("W7", "An idle instance goes", "{what}.", "No call is served by an instance that was idle for longer "
               "than the keep-alive.", "Yours stays for ever once it has started. A platform gives the room to others, "
               "and so a quiet hour ends with cold starts.")
RULES: tuple[tuple[Callable[[Asked], bool], Message], ...] = (
    (without_throttled, message(
        "W5", "A throttled call is told of", "{what}.",
        "There is an entry for each call, in order of arrival; one that was turned away has None.",
        "Yours leaves them out, or gives them a time. Those who were turned away are users too, and without them any "
        "limit looks harmless.")),
    (all_cold, message(
        "W3", "A warm instance needs no start", "{what}.", "A call that finds a warm instance takes its service time "
        "and nothing else.", "Yours starts a new one each time. See what happens to an instance when its call is over: "
        "the next call must be able to find it.")),
    (one_cold, message(
        "W4", "Each new instance starts cold", "{what}.", "There are as many cold starts as instances are created.",
        "Yours is cold once and then warm for ever. Calls that meet need an instance each, and after a long pause none "
        "is left.")),
    (lambda one: one.is_one_of(one.by_rule(inf)), KEPT),
)
BUSY = message("W1", "One call at a time", "", "An instance that serves a call is not there for another.",
               "Yours hands out an instance that is at work. Then one instance would do for any number of calls, and "
               "nobody would ever meet a cold start in a rush.")
FIRST = message("FIRST", "Somebody has to be the first", "", "A call that finds no instance has a cold start.",
                "No platform keeps instances for a function that nobody has called. The first user of the day waits.")
LOST = message("W2", "Idle time counts from the last use", "",
               "An instance that was idle for less than the keep-alive serves the next call.",
               "Yours is gone too early. Each use starts the clock anew; the time of its creation, or of an earlier "
               "use, does not matter.")
POLLED = message("W6", "It goes when its time is over", "",
                 "No call is served by an instance that was idle for longer than the keep-alive.",
                 "Yours goes a little too late, as when someone looks only now and then. Compare times when a call "
                 "comes, or wait for just as long.")
LIMIT = message("LIMIT", "The limit holds", "", "Never more instances start or serve at once than the limit allows.",
                "Those that start count as well: they are already taken. Without the limit a function can drown what "
                "lies behind it.")
EARLY = message("EARLY", "Only the limit turns calls away", "",
                "A call is throttled only if as many as the limit allows start or serve.",
                "Idle instances do not count, and one that is done must be taken off the count.")
FORM = message("FORM", "A list and a number", "", "A response time or None for each call in order of arrival, and the "
               "number of instances created.", "The check compares call by call.")
OTHER = message("TIMES", "A start or none, and the service", "", "A call takes its service time, after a cold start or "
                "without one; nobody waits.", "Take three calls on paper to see where yours differs.")
COUNT = message("COUNT", "One cold start for each instance", "{what}.",
                "As many instances are created as calls have a cold start.",
                "An instance is created when a call needs it, and never otherwise. If the two differ, one of them is "
                "counted in the wrong place.")
CHANGED = message("INPUT", "The trace stays as it was", "another answer for the lists that you had before.",
                  "The lists are the same after the call as before.", "Others use the same trace after you.")
DIFFERS = message("LUCK", "The same trace gives the same answer", "two answers to the same trace.",
                  "A second call with the same trace returns the same.",
                  "Yours depends on what ran before it. Then nobody can check a result.")
EXERCISES = (Modify(),)
