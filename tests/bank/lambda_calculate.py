"""Answers to exercise 4C: what learners get wrong, and ways to be right."""

import random
from math import inf
from typing import NamedTuple

import numpy as np
from bank.form import Bank


def staleness(interval, runtime):
    if runtime > interval:
        return float("inf"), float("inf")
    least = 1.0 * runtime
    most = runtime + interval
    return (least + most) / 2, most


def merged_staleness(interval, runtime, on_the_way):
    return on_the_way


RIGHT = (staleness, merged_staleness)


def with_batch(mean, most):
    """Another mean or maximum, with the question whether it is sustainable."""
    return (lambda interval, runtime: (inf, inf) if runtime > interval else (
        mean(interval, runtime), most(interval, runtime)), merged_staleness)


def with_merged(wrong):
    return staleness, wrong


def half(interval, runtime):
    return interval / 2


def mean(interval, runtime):
    return staleness(interval, runtime)[0]


def most(interval, runtime):
    return staleness(interval, runtime)[1]


def without_a_question(interval, runtime):
    return runtime + interval / 2, runtime + interval


def next_one_waits(interval, runtime):
    return without_a_question(max(interval, runtime), runtime)


def strict(interval, runtime):
    return (inf, inf) if runtime >= interval else without_a_question(interval, runtime)


def only_the_most(interval, runtime):
    return runtime + interval / 2, inf if runtime > interval else runtime + interval


def in_units(factor):
    return (lambda interval, runtime: tuple(factor * number for number in staleness(interval, runtime)),
            merged_staleness)


def backwards(interval, runtime):
    return staleness(interval, runtime)[::-1]


WRONG = (
    ("4C-W1", with_batch(half, most)), ("4C-W2", with_batch(mean, lambda interval, runtime: interval)),
    ("4C-W3", with_batch(half, lambda interval, runtime: interval)),
    *(("4C-W4", (wrong, merged_staleness)) for wrong in (without_a_question, next_one_waits, only_the_most)),
    ("4C-W4", (lambda *asked: without_a_question(*asked) if asked[1] <= asked[0] else (-1, -1), merged_staleness)),
    *(("4C-W5", in_units(factor)) for factor in (1 / 3600, 1 / 60, 60, 3600)),
    ("4C-W5", with_batch(lambda *asked: mean(*asked) / 3600, most)),
    ("4C-W5", with_merged(lambda *asked: asked[2] / 60)),
    ("4C-W6", with_merged(lambda interval, runtime, on_the_way: 2 * on_the_way)),
    ("4C-LEAST", with_batch(lambda interval, runtime: (interval + runtime) / 2, most)),
    ("4C-TWICE", with_batch(lambda interval, runtime: 2 * runtime + interval / 2, most)),
    ("4C-TWICE", with_batch(mean, lambda interval, runtime: 2 * runtime + interval)),
    ("4C-EQUAL", (strict, merged_staleness)), ("4C-ORDER", (backwards, merged_staleness)),
    ("4C-MEAN", with_batch(lambda interval, runtime: interval, most)),
    ("4C-MAXIMUM", with_batch(mean, lambda interval, runtime: runtime)),
    ("4C-BATCH", with_merged(lambda interval, runtime, on_the_way: runtime + interval / 2 + on_the_way)),
    ("4C-BATCH", with_merged(lambda interval, runtime, on_the_way: runtime + interval + 2 * on_the_way)),
    ("4C-MERGED", with_merged(lambda interval, runtime, on_the_way: on_the_way / 2)),
    ("4C-MERGED", with_merged(lambda *asked: inf if asked[1] > asked[0] else asked[2])),
    ("4C-NUMBER", with_merged(lambda *asked: (asked[2], asked[2]))),
    ("4C-FORM", (lambda *asked: mean(*asked), merged_staleness)), ("4C-FORM", (lambda *asked: "old", merged_staleness)),
    ("4C-ERROR", (lambda interval, runtime: interval["hours"], merged_staleness)),
    ("4C-ERROR", with_merged(lambda interval, runtime: 0)),
    ("4C-NOTAFUNCTION", staleness), ("4C-NOTAFUNCTION", (staleness, 2)),
)


def by_area(interval, runtime):
    """Renewal: the area under one tooth of the saw by its length."""
    if interval < runtime:
        return [inf, inf]
    highest = interval + runtime
    return [(highest**2 - runtime**2) / 2 / interval, highest]


class Age(NamedTuple):
    mean: float
    maximum: float


def in_steps(interval, runtime, steps=2000):
    """A clock that ticks; each run knows what was in the log when it was due, and the next one waits for it."""
    ages, free, runs = [], 0.0, []
    for number in range(40):
        due = number * interval
        free = max(free, due) + runtime
        runs.append((free, due))
    if free - due > 2 * runtime:
        return Age(inf, inf)
    for tick in range(10 * steps, 12 * steps):
        now = tick * interval / steps
        ages.append(now - max(due for ended, due in runs if ended <= now + 1e-6))
    return Age(sum(ages) / len(ages), max(ages) + interval / steps)


def by_asking(interval, runtime):
    """Questions at random times."""
    if runtime > interval:
        return np.array([inf, inf])
    asked = np.array([random.uniform(10 * interval, 1000 * interval) for _ in range(100_000)])
    ages = asked - np.floor((asked - runtime) / interval) * interval
    return np.array([ages.mean(), ages.max()])


def evenly_asked(interval, runtime):
    if runtime > interval:
        return {"mean": inf, "maximum": inf}
    ages = runtime + np.linspace(0, interval, 1001)
    return {"mean": np.mean(ages), "maximum": np.max(ages)}


def fresher(interval, runtime, on_the_way):
    """The fresher of the two, whenever it is asked."""
    return min(on_the_way, staleness(interval, runtime)[0])


ACCEPTED = (
    ("4C-A1", (by_area, merged_staleness)), ("4C-A1 by hand", RIGHT), ("4C-A1 in a list", [staleness, fresher]),
    ("4C-A2", (in_steps, merged_staleness)), ("4C-A3", (by_asking, lambda *asked: np.array([asked[2]]))),
    ("4C-A3 evenly, in a dict", (evenly_asked, fresher)),
)
HARD_CODED = ((lambda *asked: (14_400, 25_200), lambda *asked: 2), (lambda *asked: (inf, inf), lambda *asked: inf),
              (lambda *asked: (0, 0), lambda *asked: 0))
PATH = (None, (with_batch(half, half)[0], None), (with_batch(half, most)[0], None), (without_a_question, None),
        (staleness, None), RIGHT)
SURVIVORS = frozenset({"line 3: result 0 times 1000", "line 3: result 1 times 1000",     # infinity all the same
                       "line 3: 'float('inf')' without its outside"})       # the word inf is read as the number
BANK = Bank("4C", RIGHT, 6, WRONG, ACCEPTED, PATH, 8, HARD_CODED, SURVIVORS,
            secrets=("interval / 2", "runtime +", "half the interval", "half of the interval"))
