"""Exercise 8M: a station of one's own, judged by what holds for any right model, in whatever order it serves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, isclose, isfinite
from typing import Any

import numpy as np

from .answers import failed, failure, numbers, paired
from .exercise import Message, Outcome, Report, maker, verdict

EXACT = 1e-6        # seconds
TIMES = 3.0         # the unit of time is changed by so much
WHERE = "Hint 2 of exercise 8M."
SETS = 4
# Seed and number of requests of each set; set 0 is the visible one.
DRAWN = ((1, 12), (11, 35), (12, 48), (13, 41), (14, 29))


@dataclass(frozen=True)
class Station:
    """`station(arrival_times, service_times, servers)` gives when each request leaves, in the order of arrival."""

    id: str = "8M"
    points: float = 5.0
    hidden: int = 5

    def cases(self, variant: int) -> list[Any]:
        return asked(*DRAWN[1 + variant % SETS if variant else 0])

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        known = {case["about"]: Seen(case, answer) for case, answer in paired(cases, raw)}
        broken = [one for one in known.values() if one.departures is None]
        if broken:
            return verdict(self.id, self.points, [Outcome(1.0, 0.0, unread(broken[0]))] * 5)
        return verdict(self.id, self.points, [Outcome(1.0, float(found is None), found) for found in found_in(known)])


def asked(seed: int, count: int) -> list[dict[str, Any]]:
    """The cases of one set: a crowd that needs about one server and a half, and others made from it."""
    random = np.random.default_rng(seed)
    arrivals = [round(float(value), 3) for value in np.cumsum(random.exponential(0.7, count))]
    services = [round(float(value), 3) for value in random.gamma(2.0, 0.5, count) + 0.01]
    longer = [TIMES * value for value in services]
    return [{"about": about, "asked": list(parts)} for about, parts in (
        ("apart", ([40.0 * (place + 1) for place in range(5)], services[:5], 1)),
        ("many", (arrivals, services, count)), ("crowd", (arrivals, services, 2)),
        ("batch", ([2.5] * count, services, 1)), ("even", ([2.5] * count, [0.8] * count, 3)),
        ("equal", (arrivals, [1.1] * count, 2)), ("one more", (arrivals, [1.1] * count, 3)),
        ("long", ([0.0] + [0.1] * 6, [12.0] + [1.0] * 6, 2)),
        ("unit", ([TIMES * value for value in arrivals], longer, 2)), ("nobody", ([], [], 2)))]


class Seen:
    """One case, and what the function made of it."""

    def __init__(self, case: dict[str, Any], raw: Any):
        self.arrivals, self.services, self.servers = case["asked"]
        self.raw = raw
        answer = raw.get("answer") if isinstance(raw, dict) else None
        read = numbers(answer) if answer != [] else []
        whole = read is not None and len(read) == len(self.arrivals) and all(map(isfinite, read))
        self.departures = read if whole else None
        self.same = isinstance(raw, dict) and raw.get("with_same") == raw.get("with_new") == answer

    @property
    def left(self) -> list[float]:
        """When each request leaves."""
        return self.departures or []

    @property
    def bare(self) -> list[float]:
        """When each would leave if nobody else were there."""
        return [arrival + service for arrival, service in zip(self.arrivals, self.services)]

    def crowded(self) -> bool:
        """Whether more work was done between some arrival and some departure than the servers can do."""
        rows = list(zip(self.arrivals, self.left, self.services))
        for start in {arrival for arrival, _, _ in rows}:
            done = 0.0
            for _, end, service in sorted((row for row in rows if row[0] >= start), key=lambda row: row[1]):
                done += service
                if done > self.servers * (end - start) + EXACT:
                    return True
        return False


def found_in(known: dict[str, Seen]) -> list[Message | None]:
    """What is wrong, by the five rules."""
    return [early(known), alone(known), TOO_MANY if any(one.crowded() for one in known.values()) else None,
            idle(known), odd(known) or (TOO_MANY if known["crowd"].crowded() else None)]


def early(known: dict[str, Seen]) -> Message | None:
    """Nobody leaves before the own work is done; two frequent reasons for it have words of their own."""
    hasty = any(left < bare - EXACT for one in known.values() for left, bare in zip(one.left, one.bare))
    if not hasty:
        return None
    if near(known["apart"].left, known["apart"].services):
        return STAYS
    several = known["many"].left
    return SORTED if near(several, sorted(known["many"].bare)) else EARLY


def alone(known: dict[str, Seen]) -> Message | None:
    """Who need not wait is there for the bare service time."""
    return None if all(near(known[about].left, known[about].bare) for about in ("apart", "many")) else WAITS


def idle(known: dict[str, Seen]) -> Message | None:
    """As long as somebody waits, all servers work: so a batch ends with its work, and one long job keeps one server."""
    batch, even, long = known["batch"], known["even"], known["long"]
    rounds = ceil(len(even.left) / even.servers)
    ends = ((batch.left, batch.arrivals[0] + sum(batch.services)),
            (even.left, even.arrivals[0] + rounds * even.services[0]),
            (long.left[1:], long.arrivals[1] + sum(long.services[1:])))
    return None if all(max(left) <= end + EXACT for left, end in ends) else IDLE


def odd(known: dict[str, Seen]) -> Message | None:
    """More servers make nobody later, equal work overtakes nobody, a unit is a unit, and lists stay as they are."""
    two, three = known["equal"].left, known["one more"].left
    rules: tuple[tuple[Callable[[], bool], Message], ...] = (
        (lambda: all(one.same for one in known.values()), CHANGES),
        (lambda: all(b <= a + EXACT for a, b in zip(sorted(two), sorted(three))), LATER),
        (lambda: all(a <= b + EXACT for a, b in pairwise(two)), OVERTAKES),
        (lambda: near(known["unit"].left, [TIMES * value for value in known["crowd"].left]), UNIT))
    return next((message for rule, message in rules if not rule()), None)


def near(values: Sequence[float], others: Sequence[float]) -> bool:
    """Equal, one by one."""
    return all(isclose(one, other, rel_tol=0, abs_tol=EXACT) for one, other in zip(values, others, strict=True))


def unread(one: Seen) -> Message:
    """What to say when there is no list of departures."""
    answer = one.raw.get("answer") if isinstance(one.raw, dict) else None
    if failure(one.raw) or one.raw is None:
        return failed("8M", one.raw or {"error": "Blank"}, WHERE)
    got = "something else than times"
    if isinstance(answer, list) and len(answer) != len(one.arrivals):
        got = f"{len(answer)} values for {len(one.arrivals)} arrivals"
    return FORM._replace(got=f"{got}.")


message = maker("8M", WHERE)
FORM = message("FORM", "Who comes in goes out", "", "A list with a number for each arrival, in the order of arrival; "
               "an empty one for nobody.",
               "A model that loses requests, or makes some up, cannot tell how long they take.")
EARLY = message("EARLY", "Nobody leaves too early", "somebody who leaves before the own work is done.",
                "Each leaves at least one service time after the arrival.",
                "Time saved there is time that the real system will take.")
STAYS = message("STAYS", "Times on the clock", "how long each one stays, where nobody else is there.",
                "The time at which each request leaves: the time of its arrival, and what it takes after that.",
                "What stands behind this station has to know when somebody comes.")
SORTED = message("SORTED", "Each at its own place", "times in the order of leaving.",
                 "The first number is when the first to arrive leaves, also where others leave before.",
                 "With two servers, `station([0, 1], [5, 1], 2)` gives 5 and 2.")
WAITS = message("BARE", "Without a crowd nobody waits", "a wait, although a server was free for each.",
                "Who finds a free server leaves one service time after the arrival.",
                "This is the case that you know by heart. A model that fails here fails everywhere.")
TOO_MANY = message("CROWD", "No more work than the servers can do", "more work done than the servers have time for.",
                   "In any stretch of time, the servers together do at most so many seconds of work each second.",
                   "Count how many are at work at once, when many come at the same time.")
IDLE = message("IDLE", "Nobody is idle while others wait", "a batch that ends later than its work.",
               "As long as somebody waits, every server works.",
               "Look at which server the next one gets. Some wait for a busy one, though another is free.")
LATER = message("LATER", "One server more makes nobody later", "later departures with one server more.",
                "With equal work and one more server, the first to leave is no later, nor the second, and so on.",
                "If help makes it worse, the model hands out the work in an odd way.")
OVERTAKES = message("ORDER", "With equal work nobody overtakes", "somebody who came later and left earlier.",
                    "When all need the same time, they leave in the order in which they came.",
                    "Keep each departure at the place of its own arrival.")
UNIT = message("UNIT", "A unit is a unit", "other departures when all times are in another unit.",
               "When all times are multiplied by a number, so are the departures.",
               "A number of seconds is hidden in the model. It belongs among what comes in.")
CHANGES = message("TWICE", "The same again", "another answer the second time, or lists that were changed.",
                  "The same lists give the same answer, and stay as they were.",
                  "Who runs your cell again would see other numbers and could not tell why.")
EXERCISES = (Station(),)
