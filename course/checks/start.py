"""The practice of lesson 00: three requests by hand, Little's law, workers for a target. No points, only answers."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any

from .answers import failed, failure, near, number, numbers, paired, shown
from .exercise import Message, Outcome, Report, verdict


@dataclass(frozen=True)
class ByHand:
    """Four response times, found with a pencil."""

    id: str = "0A"
    points: float = 0.0
    hidden: int = 0

    def cases(self, variant: int) -> list[Any]:
        return [{"arrival_times": [0, 1, 2, 6], "service_times": [2, 2, 2, 2]}]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        answer = paired(cases, raw)[0][1]
        return verdict(self.id, self.points, [Outcome(0.0, *hand_share(cases[0], answer))])


def hand_share(case: Any, raw: Any) -> tuple[float, Message | None]:
    """Whether the four times are right, and what to say if not."""
    where = "The picture of the three requests above: who is served when the second arrives?"
    if failure(raw):
        return 0.0, failed("0A", raw, where)
    answer, arrived, served = numbers(raw), case["arrival_times"], case["service_times"]
    if answer is None or len(answer) != len(arrived):
        return 0.0, Message("0A-FORM", "Four numbers", f"{shown(raw)}.", "One response time for each request.",
                            "Each request has a response time of its own.", where)
    right, free = [], 0.0
    for arrival, seconds in zip(arrived, served, strict=True):
        free = max(free, arrival) + seconds
        right.append(free - arrival)
    wrong = [place for place, value in enumerate(answer) if not near(value, right[place])]
    if not wrong:
        return 1.0, None
    return 0.0, Message(f"0A-{wrong[0] + 1}", f"Request {wrong[0] + 1}", f"{shown(answer[wrong[0]])} s.",
                        "From its arrival to its departure: it starts when it is there and the worker is free.",
                        "Waiting begins where the work before it ends.", where)


@dataclass(frozen=True)
class Formula:
    """A function of a few numbers, compared with a right one on several inputs."""

    id: str
    right: Callable[..., float]
    inputs: tuple[tuple[float, ...], ...]
    explain: Callable[[tuple[float, ...], Any], Message]
    where: str
    points: float = 0.0
    hidden: int = 0

    def cases(self, variant: int) -> list[Any]:
        return [list(case) for case in self.inputs]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        outcomes = []
        for case, answer in paired(cases, raw):
            right = near(number(answer), self.right(*case))
            message = failed(self.id, answer, self.where) if failure(answer) else self.explain(case, answer)
            outcomes.append(Outcome(0.0, float(right), None if right else message))
        return verdict(self.id, self.points, outcomes)


def time_in_system(arrival_rate: float, mean_in_system: float) -> float:
    """Little's law, solved for the time."""
    return mean_in_system / arrival_rate


def little_message(case: tuple[float, ...], raw: Any) -> Message:
    """What to say about a wrong time."""
    got = f"{shown(raw)} for {case[0]:g} requests a second and {case[1]:g} in it."
    return Message("0B-LITTLE", "Little's law", got,
                   "L = λW, so twice as many in the system at the same rate stay twice as long.",
                   "With this law a dashboard of two numbers gives you the third.",
                   "The section on Little's law above.")


def fewest_workers(arrival_rate: float, mean_work: float, target: float) -> float:
    """The least number of workers with at most `target` utilisation; a hair above a whole number is that number."""
    return max(1, ceil(arrival_rate * mean_work / target - 1e-9))


def workers_message(case: tuple[float, ...], raw: Any) -> Message:
    """What to say about a wrong number of workers."""
    arrival_rate, mean_work, target = case
    got = f"{shown(raw)} for {arrival_rate:g} requests a second of {mean_work:g} s and a target of {target:g}."
    value = number(raw)
    if value is None or value % 1 != 0:
        return Message("0C-WHOLE", "A whole number", got, "Workers come whole, and there is at least one.",
                       "Half a worker serves nobody.", "The section on utilisation above.")
    busy = arrival_rate * mean_work / value if value > 0 else float("inf")
    expected = ("The utilisation stays at or below the target." if busy > target else
                "One worker fewer would break the target.")
    return Message("0C-TARGET", "The least number", got, expected,
                   "Too few let the queue grow; too many are paid for idling.", "The section on utilisation above.")


EXERCISES = (
    ByHand(),
    Formula("0B", time_in_system, ((40, 12), (2, 5), (100, 0.5), (0.25, 3)), little_message,
            "The section on Little's law above."),
    Formula("0C", fewest_workers, ((12, 0.083, 0.7), (100, 0.05, 0.5), (1, 0.01, 0.8), (7, 0.3, 0.9)), workers_message,
            "The section on utilisation above."),
)
