"""Answers to exercise 2C: what learners get wrong, and ways to be right."""

import math
from itertools import product

import numpy as np
from bank.form import Bank


def any_slow(calls, p):
    return 1 - (1 - p) ** calls


def available(parts):
    chance = 1
    for role, copies in parts:
        if role == "required":
            all_fail = 1
            for copy in copies:
                all_fail = all_fail * (1 - copy)
            chance = chance * (1 - all_fail)
    return chance


def chain(parts, alone=lambda copies: 1 - math.prod(1 - copy for copy in copies), whole=math.prod, roles=("required",)):
    """A chain with a rule for one part, and one for all of them."""
    return whole([alone(copies) for role, copies in parts if role in roles])


def average(values):
    return sum(values) / len(values) if values else 1


def failures_added(values):
    return 1 - sum(1 - value for value in values)


def read_as_percent(parts):
    return available([(role, [copy / 100 for copy in copies]) for role, copies in parts])


def slow_and(available):
    """An answer whose first function is right."""
    return any_slow, available


def chain_and(any_slow):
    """An answer whose second function is right."""
    return any_slow, available


EVERY = ("required", "optional")
WRONG = (
    ("2C-W1", chain_and(lambda calls, p: calls * p)), ("2C-W1", chain_and(lambda calls, p: min(1, calls * p))),
    ("2C-W2", chain_and(lambda calls, p: 1 - p**calls)), ("2C-SLOW", chain_and(lambda calls, p: p)),
    ("2C-SLOW", chain_and(lambda calls, p: (1 - p) ** calls)),
    ("2C-W7", chain_and(lambda calls, p: 100 * any_slow(calls, p))),
    ("2C-W7", chain_and(lambda calls, p: any_slow(calls, p / 100))),
    ("2C-FORM", chain_and(lambda calls, p: f"{any_slow(calls, p):.1%}")),
    ("2C-W3", slow_and(lambda parts: chain(parts, whole=average))),
    ("2C-W4", slow_and(lambda parts: chain(parts, alone=math.prod))),
    ("2C-W5", slow_and(lambda parts: chain(parts, roles=EVERY))),
    ("2C-W6", slow_and(lambda parts: chain(parts, whole=failures_added))),
    ("2C-W6", slow_and(lambda parts: max(0, chain(parts, whole=failures_added)))),
    ("2C-W7", slow_and(lambda parts: 100 * available(parts))), ("2C-W7", slow_and(read_as_percent)),
    ("2C-W4", slow_and(lambda parts: chain(parts, alone=math.prod, roles=EVERY))),
    ("2C-W5", slow_and(lambda parts: chain(parts, alone=math.prod, roles=EVERY))),
    ("2C-SERIES", slow_and(lambda parts: chain(parts, whole=lambda values: min(values, default=1)))),
    ("2C-COPIES", slow_and(lambda parts: chain(parts, alone=max))),
    ("2C-OPTIONAL", slow_and(lambda parts: chain(parts, whole=lambda values: math.prod(values) if values else 0))),
    ("2C-ERROR", slow_and(lambda parts: parts["required"])),
    ("2C-NOTAFUNCTION", any_slow), ("2C-NOTAFUNCTION", (any_slow, 0.97)),
)


def one_call_more(calls, p):
    """Recursion: slow now, or not now and slow later."""
    return p if calls == 1 else p + (1 - p) * one_call_more(calls - 1, p)


def part_by_part(parts):
    if not parts:
        return 1
    (role, copies), *others = parts
    return (1 if role == "optional" else some(copies)) * part_by_part(others)


def some(copies):
    return copies[0] if len(copies) == 1 else copies[0] + (1 - copies[0]) * some(copies[1:])


def by_states(parts):
    """Every combination of copies that work and fail, with its probability."""
    copies = [(place, copy) for place, (role, group) in enumerate(parts) if role == "required" for copy in group]
    total = 0.0
    for works in product((True, False), repeat=len(copies)):
        chance = math.prod(copy if up else 1 - copy for up, (_, copy) in zip(works, copies))
        alive = {place for up, (place, _) in zip(works, copies) if up}
        total += chance * (alive == {place for place, _ in copies})
    return total


def slow_by_numbers(calls, p):
    """How many calls are slow, from one to all: the binomial sum."""
    return sum(math.comb(calls, slow) * p**slow * (1 - p) ** (calls - slow) for slow in range(1, calls + 1))


def slow_in_logs(calls, p):
    return -math.expm1(calls * math.log1p(-p))


def in_logs(parts):
    fails = [np.prod([1 - copy for copy in copies]) for role, copies in parts if role == "required"]
    return np.exp(np.sum(np.log1p(-np.array(fails))))


class Graph:
    """Methods of an object, and arrays as answers."""

    def slow(self, calls, p):
        return np.array([1 - np.power(1 - p, calls)])

    def works(self, parts):
        return np.prod([1 - np.prod(1 - np.array(copies)) for role, copies in parts if role == "required"])


ACCEPTED = (
    ("2C-A1", (one_call_more, part_by_part)), ("2C-A2", (slow_by_numbers, by_states)), ("2C-A3", (any_slow, available)),
    ("2C-A3 in two lines", slow_and(chain)), ("2C-A4", (slow_in_logs, in_logs)),
    ("2C-A3 in a list, as methods", [Graph().slow, Graph().works]),
)
HARD_CODED = ((lambda calls, p: 0.25, lambda parts: 0.891), (lambda calls, p: p, lambda parts: 1),
              (lambda calls, p: 1.0, lambda parts: parts[0][1][0]))
PATH = (None, (any_slow, None), slow_and(lambda parts: chain(parts, alone=math.prod, roles=EVERY)),
        slow_and(lambda parts: chain(parts, roles=EVERY)), (any_slow, available))
BANK = Bank("2C", (any_slow, available), 7, WRONG, ACCEPTED, PATH, 8, HARD_CODED,
            secrets=("1 - ", "1 −", "(1 - p)", "one minus", "complement"))
