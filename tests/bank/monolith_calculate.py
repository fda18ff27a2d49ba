"""Answers to exercise 1C: what learners get wrong, and ways to be right."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from bank.form import Bank

INF = (math.inf, math.inf, math.inf)
TAIL = math.log(100)


def right(arrival_rate, service_rate):
    if arrival_rate >= service_rate:
        return math.inf, math.inf, math.inf
    mean = 1 / (service_rate - arrival_rate)
    return mean, mean * math.log(100), arrival_rate * mean


def stable(formula):
    """A wrong formula that is guarded against overload."""
    return lambda arrival_rate, service_rate: (
        INF if arrival_rate >= service_rate else formula(arrival_rate, service_rate))


def linear(arrival_rate, service_rate):
    mean = 1 / service_rate + arrival_rate / service_rate
    return mean, TAIL * mean, arrival_rate * mean


def waiting(arrival_rate, service_rate):
    mean = arrival_rate / service_rate / (service_rate - arrival_rate)
    return mean, TAIL * mean, arrival_rate * mean


def number_for_time(arrival_rate, service_rate):
    busy = arrival_rate / service_rate
    return busy / (1 - busy), TAIL * busy / (1 - busy), busy / (1 - busy)


def bell_curve(arrival_rate, service_rate):
    mean = 1 / (service_rate - arrival_rate)
    return mean, 2.33 * mean, arrival_rate * mean


def two_deviations(arrival_rate, service_rate):
    mean = 1 / (service_rate - arrival_rate)
    return mean, mean + 2 * mean, arrival_rate * mean


def p99_of_waiting(arrival_rate, service_rate):
    mean, busy = 1 / (service_rate - arrival_rate), arrival_rate / service_rate
    return mean, mean * math.log(100 * busy) if busy > 0.01 else 0.0, arrival_rate * mean


def below_zero(arrival_rate, service_rate):
    mean = 1 / (service_rate - arrival_rate) if arrival_rate != service_rate else math.inf
    return mean, mean * TAIL, arrival_rate * mean


def swapped(arrival_rate, service_rate):
    mean = 1 / (arrival_rate - service_rate) if arrival_rate != service_rate else math.inf
    return mean, mean * TAIL, service_rate * mean


def milliseconds(arrival_rate, service_rate):
    mean, p99, number = right(arrival_rate, service_rate)
    return 1000 * mean, 1000 * p99, number


def p99_in_milliseconds(arrival_rate, service_rate):
    mean, p99, number = right(arrival_rate, service_rate)
    return mean, 1000 * p99, number


WRONG = (
    ("1C-W1", stable(linear)), ("1C-W2", stable(waiting)), ("1C-W3", stable(number_for_time)),
    ("1C-W4", stable(bell_curve)), ("1C-W4", stable(two_deviations)), ("1C-W5", stable(p99_of_waiting)),
    ("1C-W6", below_zero), ("1C-W7", swapped), ("1C-W7", lambda a, s: right(s, a)),
    ("1C-W8", milliseconds), ("1C-W8", p99_in_milliseconds),
    ("1C-NUMBER", lambda a, s: (*right(a, s)[:2], a / s)),
    ("1C-P99", lambda a, s: (right(a, s)[0], 0.5, right(a, s)[2])),
    ("1C-MEAN", lambda a, s: (0.5, 1.0, 2.0)), ("1C-FORM", lambda a, s: right(a, s)[:2]),
    ("1C-ZERO", lambda a, s: right(a, s) if a else (0, 0, 0)), ("1C-FORM", lambda a, s: "0.5, 1, 2"),
    ("1C-ERROR", lambda a, s: {}["mean"]),
)


def by_utilisation(arrival_rate, service_rate):
    busy = arrival_rate / service_rate
    if busy >= 1:
        return [math.inf] * 3
    return [1 / service_rate / (1 - busy), -math.log(0.01) / service_rate / (1 - busy), busy / (1 - busy)]


def with_numpy(arrival_rate, service_rate):
    spare = np.float64(service_rate) - arrival_rate
    return np.array([1 / spare, np.log(100) / spare, arrival_rate / spare]) if spare > 0 else np.full(3, np.inf)


def vectorised(arrival_rate, service_rate):
    arrival_rate, service_rate = np.atleast_1d(arrival_rate), np.atleast_1d(service_rate)
    with np.errstate(divide="ignore"):
        mean = np.where(arrival_rate < service_rate, 1 / (service_rate - arrival_rate), np.inf)
    return mean, mean * np.log(100), np.where(np.isinf(mean), np.inf, arrival_rate * np.nan_to_num(mean))


def as_dict(arrival_rate, service_rate):
    return dict(zip(("number", "mean", "p99"), np.roll(right(arrival_rate, service_rate), 1)))


@dataclass
class Answer:
    mean: float
    p99: float
    number: float


class Named(NamedTuple):
    mean: float
    p99: float
    number: float


class Unstable(Exception):
    pass


def refusing(arrival_rate, service_rate):
    if arrival_rate >= service_rate:
        raise Unstable("more arrives than can be done")
    return right(arrival_rate, service_rate)


ACCEPTED = (
    ("1C-A1 through the spare rate", right), ("1C-A1 through utilisation", by_utilisation), ("1C-A2", with_numpy),
    ("1C-A3", vectorised), ("1C-A4 dict", as_dict), ("1C-A4 dataclass", lambda a, s: Answer(*right(a, s))),
    ("1C-A4 named tuple", lambda a, s: Named(*right(a, s))), ("1C-A5", refusing),
)
HARD_CODED = (lambda a, s: right(3, 5), lambda a, s: (0.5, 2.302585, 1.5), lambda a, s: INF, lambda a, s: (0, 0, 0))
PATH = (
    lambda a, s: None,
    lambda a, s: (1 / (s - a) if s > a else 0, 0, 0),
    lambda a, s: (*right(a, s)[:2], -1) if 0 < a < s else (0, 0, 0),
    lambda a, s: right(a, s) if 0 < a < s else (0, 0, 0),
    lambda a, s: right(a, s) if 0 <= a < s else (0, 0, 0),
    right,
)
SURVIVORS = frozenset({     # a thousand times infinity
    "line 3: result 0 times 1000", "line 3: result 1 times 1000", "line 3: result 2 times 1000",
})
BANK = Bank("1C", right, 8, WRONG, ACCEPTED, PATH, 8, HARD_CODED, SURVIVORS,
            secrets=("log(100)", "4.605", "service_rate - arrival_rate"))
