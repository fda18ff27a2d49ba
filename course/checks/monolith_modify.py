"""Exercise 1M: a pool that all requests share, in SimPy or any other way."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..workload import Work, Workload
from . import oracle
from .answers import failed, failure, numbers, paired, shown
from .exercise import Message, Outcome, Report, verdict

EXACT = 1e-9
WHERE = "Hint 2 of exercise 1M, and the queue in bare SimPy in lesson 00."
# Rows of arrival rate, requests, workers; mean work is 1 s. The first has idle workers, the others a queue.
VISIBLE = ((0.001, 6, 2), (1.9, 40, 2))
HIDDEN = ((0.001, 1), (1.0, 1), (1.9, 2), (2.8, 3), (4.2, 4))
LENGTHS = ((23, 70, 110, 150, 61), (25, 83, 95, 131, 74), (17, 77, 121, 97, 66), (29, 91, 88, 140, 58),
           (21, 64, 133, 101, 79), (27, 73, 99, 125, 85), (19, 68, 117, 109, 92), (31, 87, 105, 137, 63))


@dataclass(frozen=True)
class Modify:
    """`response_times(arrival_times, service_times, workers)` gives a list in order of arrival."""

    id: str = "1M"
    points: float = 5.0
    hidden: int = 7

    def cases(self, variant: int) -> list[Any]:
        if variant == 0:
            return [trace(*row, seed=1) for row in VISIBLE]
        place = variant % len(LENGTHS)
        return [trace(rate, length, workers, seed=100 + place)
                for (rate, workers), length in zip(HIDDEN, LENGTHS[place])]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        asked = [Asked(case, answer) for case, answer in paired(cases, raw)]
        good = [one for one in asked if one.right]
        light, queued = asked[:1], asked[1:]
        wrong = [one for one in queued if not one.right] or [one for one in light if not one.right]
        message = why(wrong) if wrong else None
        outcomes = [Outcome(0.5, float(one.right), message) for one in light]
        outcomes += [Outcome(4.0 / len(queued), float(one.right), message) for one in queued]
        same = bool(good) and all(one.is_right("with_new") for one in good)
        kept = bool(good) and all(one.is_right("with_same") for one in good)
        told = message or (CHANGED if same else DIFFERS)
        outcomes += [Outcome(0.25, float(kept), told), Outcome(0.25, float(same), told)]
        return verdict(self.id, self.points, outcomes)


@lru_cache(maxsize=64)
def drawn(rate: float, length: int, seed: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The first `length` requests at a rate: arrival times, and service times with mean 1, in seconds."""
    requests = list(Workload(rate, 3 * length / rate, Work(0, 1, 0), seed=seed).requests())[:length]
    return tuple(one.arrival_time for one in requests), tuple(sum(one.work) for one in requests)


def trace(rate: float, length: int, workers: int, seed: int) -> dict[str, Any]:
    """One case: a recorded trace as plain values."""
    arrival_times, service_times = drawn(rate, length, seed)
    return {"arrival_times": list(arrival_times), "service_times": list(service_times), "workers": workers}


class Asked:
    """One trace, the raw answer, and what the oracle says."""

    def __init__(self, case: dict[str, Any], raw: Any):
        self.arrivals, self.services, self.workers = case["arrival_times"], case["service_times"], case["workers"]
        self.raw = raw
        self.answer = self.told("answer")
        self.starts = oracle.start_times(self.arrivals, self.services, [(0, self.workers)])
        self.right = self.is_right("answer")

    def rows(self) -> list[tuple[float, float, float]]:
        """Arrival, service and right start of each request."""
        return list(zip(self.arrivals, self.services, self.starts))

    def told(self, name: str) -> Any:
        """The answer to the first call, to a second "with_same" lists, or to a third "with_new" ones."""
        return self.raw.get(name) if isinstance(self.raw, dict) else None

    def is_right(self, name: str) -> bool:
        """Whether that answer is right."""
        return equal(self.told(name), [start + service - arrival for arrival, service, start in self.rows()])

    def equals(self, values: list[float], tolerance: float = EXACT) -> bool:
        """Whether the first answer is these values."""
        return equal(self.answer, values, tolerance)

    def gaps(self) -> list[int]:
        """Requests without a number, in a list of the right length."""
        if not isinstance(self.answer, list) or len(self.answer) != len(self.arrivals):
            return []
        return [place for place, value in enumerate(self.answer) if value is None]


def equal(answer: Any, values: list[float], tolerance: float = EXACT) -> bool:
    """Whether an answer is these values."""
    mine = numbers(answer)
    return mine is not None and len(mine) == len(values) and all(
        abs(one - other) <= tolerance for one, other in zip(mine, values))


def why(wrong: list[Asked]) -> Message:
    """The mistake behind wrong answers: the first rule that explains all of them."""
    first = wrong[0]
    if failure(first.raw):
        return failed("1M", first.raw, WHERE)
    for explains, message in RULES:
        if all(map(explains, wrong)):
            return message._replace(got=message.got.format(what=described(first)))
    return by_property(first)


def described(one: Asked) -> str:
    """A number of the learner's own that can be looked at."""
    values = numbers(one.answer)
    if values:
        place = max(range(len(values)), key=values.__getitem__)
        return f"at most {shown(values[place])} s, at request {place}"
    count = len(one.answer) - len(one.gaps()) if isinstance(one.answer, list) else 0
    return f"{count} response times for {len(one.arrivals)} requests"


def by_property(one: Asked) -> Message:
    """No known mistake: name a law that the answer breaks."""
    values = numbers(one.answer)
    if values is None or len(values) != len(one.arrivals):
        return FORM._replace(got=f"{described(one)}.")
    starts = [arrival + value - service for (arrival, service, _), value in zip(one.rows(), values)]
    finishes = [arrival + value for arrival, value in zip(one.arrivals, values)]
    late = oracle.out_of_order(starts)
    if late is not None:
        return ORDER._replace(got=f"request {late} starts at {shown(starts[late])} s, before the one ahead of it.")
    if oracle.most_at_once(starts, finishes) > one.workers:
        return CROWD._replace(got=f"{oracle.most_at_once(starts, finishes)} requests in service at once.")
    return OTHER._replace(got=f"{described(one)}.")


def is_list_of_services(one: Asked, starts: Callable[[Asked], list[float]]) -> bool:
    """The service times, rounded as a clock that reads `starts` and then the end would round them."""
    return one.equals([start + service - start for service, start in zip(one.services, starts(one))], tolerance=0)


def only_first_served(one: Asked) -> bool:
    """Every worker served one request, and no more came out."""
    return len(one.arrivals) - len(one.gaps()) == one.workers < len(one.arrivals)


def late_ones_missing(one: Asked) -> bool:
    """Just those are missing that leave after the last arrival."""
    if not isinstance(one.answer, list):
        return False
    last = max(one.arrivals)
    leave = [start + service for _, service, start in one.rows()]
    missing = [place for place, time in enumerate(leave) if time >= last]
    return one.gaps() == missing or len(one.answer) == len(leave) - len(missing)


def below_service(one: Asked) -> bool:
    """Some request took less time than its own work."""
    values = numbers(one.answer)
    return values is not None and oracle.too_short(values, one.services) is not None


def message(code: str, title: str, expected: str, why_it_matters: str, got: str = "{what}.") -> Message:
    """A message of this exercise."""
    return Message(f"1M-{code}", title, got, expected, why_it_matters, WHERE)


RULES: tuple[tuple[Callable[[Asked], bool], Message], ...] = (
    (lambda one: is_list_of_services(one, lambda one: one.arrivals), message(
        "W2", "No more in service than there are workers",
        "While a request is served, its worker is taken and nobody else can have it.",
        "Yours gives the worker back before the service. Then any number are served at once, and nobody ever waits.")),
    (lambda one: is_list_of_services(one, lambda one: one.starts) or one.equals(one.services), message(
        "W1", "The clock starts at the arrival",
        "In a busy hour some requests take longer than their own service.",
        "Your clock starts once a worker is there, so it sees no queue. Users feel the queue.")),
    (lambda one: one.equals([start - arrival for arrival, _, start in one.rows()]), message(
        "W4", "The clock stops at the end",
        "No response time is below the request's own service time.",
        "Yours is written down when the service starts. A user has the answer only when it ends.")),
    (lambda one: one.equals(oracle.last_come_first_served(one.arrivals, one.services, one.workers)), message(
        "W7", "First come, first served",
        "Requests start in the order in which they came.",
        "Yours serves the newest first. The mean looks alike, but those who waited long go on waiting.")),
    (only_first_served, message(
        "W3", "Every worker comes back",
        "As many requests leave as arrive, however few workers there are.",
        "Yours never gives a worker back. When each has served once, all the others wait for ever.")),
    (late_ones_missing, message(
        "W8", "Everybody is served in the end",
        "As many requests leave as arrive: none is left out because the last arrival is over.",
        "Those still in the queue are the ones who waited longest. Without them, overload looks harmless.")),
    (lambda one: one.answer != one.told("with_new"), message(
        "W6", "The same trace gives the same answer", "A second call with the same trace returns the same list.",
        "Yours depends on what ran before it, such as random numbers of its own. Then nobody can check a result.")),
    (below_service, message(
        "W5", "The work comes from the trace",
        "No response time is below the service time that the trace gives for that request.",
        "Yours uses other service times than those it was handed. Two designs can be compared only on the same "
        "requests.")),
)
FORM = message("FORM", "One number for each request", "A list of seconds, one for each arrival and in their order.",
               "The check compares request by request.")
ORDER = message("FIFO", "First come, first served", "Requests start in the order in which they came.",
                "A queue that lets some overtake makes others wait longer.")
CROWD = message("CROWD", "No more in service than there are workers",
                "At any time at most `workers` requests are in service.", "Otherwise capacity comes from nowhere.")
OTHER = message("TIMES", "The same times as by hand", "A request starts when it has come and a worker is free, "
                "not sooner and not later.", "A queue is exact: three requests on paper show where yours differs.")
CHANGED = message("INPUT", "The trace stays as it was", "The lists are the same after the call as before.",
                  "Others use the same trace after you.", got="another answer for the lists that you had before.")
DIFFERS = next(one for _, one in RULES if one.code == "1M-W6")._replace(got="two answers to the same trace.")
EXERCISES = (Modify(),)
