"""Answers to exercise 5C: what learners get wrong, and ways to be right."""

from decimal import Decimal

import numpy as np
from bank.form import Bank


def monthly_cost(calls, seconds, waiting, memory_gb, least_billed, free, usd_per_million, usd_per_gb_second):
    billed = max(seconds + waiting, least_billed) * memory_gb * calls
    return max(billed - free, 0) * usd_per_gb_second + calls / 1e6 * usd_per_million


def break_even_utilisation(seconds, waiting, memory_gb, least_billed, usd_per_million, usd_per_gb_second,
                           usd_per_hour, open_hours, capacity):
    call = max(seconds + waiting, least_billed) * memory_gb * usd_per_gb_second + usd_per_million / 1e6
    return 730 * usd_per_hour / (open_hours * 3600 * capacity * call)


NAMES = ("calls", "seconds", "waiting", "memory_gb", "least_billed", "free", "usd_per_million", "usd_per_gb_second")
OTHERS = (*NAMES[1:5], *NAMES[6:], "usd_per_hour", "open_hours", "capacity")


def misread(change):
    """Both functions with some arguments changed by what they are."""
    def wrong(function, names):
        def read(*asked):
            given = dict(zip(names, asked))
            return function(**{name: change[name](given) if name in change else given[name] for name in names})

        return read

    return wrong(monthly_cost, NAMES), wrong(break_even_utilisation, OTHERS)


def cost_and(wrong):
    """An answer whose first function is right."""
    return monthly_cost, wrong


def and_share(wrong):
    """An answer whose second function is right."""
    return wrong, break_even_utilisation


def only_cost(change):
    """An answer whose first function misreads."""
    return and_share(misread(change)[0])


def only_share(change):
    """An answer whose second function misreads."""
    return cost_and(misread(change)[1])


def rounded_calls_less_free(calls, seconds, waiting, memory_gb, least_billed, free, usd_per_million, usd_per_gb_second):
    call = monthly_cost(1, seconds, waiting, memory_gb, least_billed, 0, usd_per_million, usd_per_gb_second)
    billed = calls * max(seconds + waiting, least_billed) * memory_gb
    return calls * round(call, 6) - min(free, billed) * usd_per_gb_second


def below_zero(calls, seconds, waiting, memory_gb, least_billed, free, usd_per_million, usd_per_gb_second):
    billed = max(seconds + waiting, least_billed) * memory_gb * calls
    return (billed - free) * usd_per_gb_second + calls / 1e6 * usd_per_million


def milliseconds(name):
    return lambda given: given[name] * 1000


def thousandth(name):
    return lambda given: given[name] / 1000


def none(given):
    return 0


WRONG = (
    ("5C-W1", misread({"memory_gb": lambda given: given["memory_gb"] * 1024})),
    ("5C-W1", only_cost({"memory_gb": lambda given: given["memory_gb"] / 1024})),
    ("5C-W1", only_share({"memory_gb": lambda given: given["memory_gb"] * 1.024})),
    ("5C-W2", misread({"seconds": milliseconds("seconds"), "waiting": milliseconds("waiting")})),
    ("5C-W2", only_cost({"seconds": thousandth("seconds"), "waiting": thousandth("waiting")})),
    ("5C-W2", only_share({"seconds": milliseconds("seconds"), "waiting": milliseconds("waiting"),
                         "least_billed": milliseconds("least_billed")})),
    ("5C-W3", misread({"usd_per_million": none})), ("5C-W3", only_cost({"usd_per_million": none})),
    ("5C-W3", only_share({"usd_per_million": none})),
    ("5C-W4", misread({"waiting": none})), ("5C-W4", only_cost({"waiting": none})),
    ("5C-W4", only_share({"waiting": none})),
    ("5C-W3", misread({"usd_per_million": none, "waiting": none})),
    ("5C-W5", only_share({"open_hours": lambda given: 730})),
    ("5C-W6", only_cost({"free": lambda given: 2 * given["free"]})),
    ("5C-W7", cost_and(lambda *asked: break_even_utilisation(*asked) * asked[-1])),
    ("5C-W7", cost_and(lambda *asked: break_even_utilisation(*asked) * asked[-1] * 3600 * asked[-2])),
    ("5C-W8", and_share(rounded_calls_less_free)), ("5C-PLAIN", and_share(lambda calls, *_: calls / 1e5)),
    ("5C-W8", only_cost({"seconds": lambda given: round(given["seconds"] + given["waiting"], 1), "waiting": none})),
    ("5C-MILLION", misread({"usd_per_million": lambda given: 1e6 * given["usd_per_million"]})),
    ("5C-LEAST", misread({"least_billed": none})), ("5C-LEAST", only_share({"least_billed": none})),
    ("5C-LEAST", only_cost({"least_billed": lambda given: given["least_billed"] + given["seconds"] * (
        given["least_billed"] > 0)})),
    ("5C-FREE", and_share(below_zero)), ("5C-FREE", only_cost({"free": none})),
    ("5C-WAITING", only_cost({"waiting": lambda given: given["waiting"] / 2})),
    ("5C-PERCENT", cost_and(lambda *asked: 100 * break_even_utilisation(*asked))),
    ("5C-TURNED", cost_and(lambda *asked: 1 / break_even_utilisation(*asked))),
    ("5C-SHARE", cost_and(lambda *asked: 0.4)), ("5C-SHARE", cost_and(lambda *asked: min(1, asked[-3]))),
    ("5C-FORM", and_share(lambda *asked: f"{monthly_cost(*asked):.2f} US dollars")),
    ("5C-ERROR", and_share(lambda *asked: {}["usd"])),
    ("5C-NOTAFUNCTION", monthly_cost), ("5C-NOTAFUNCTION", (monthly_cost, 0.4)),
)


def in_cents(*asked):
    return round(monthly_cost(*asked), 2)


def items_in_cents(calls, seconds, waiting, memory_gb, least_billed, free, usd_per_million, usd_per_gb_second):
    """Two lines of a bill, each in whole cents."""
    used = calls * memory_gb * (seconds + waiting if seconds + waiting > least_billed else least_billed)
    duration = 0 if used < free else (used - free) * usd_per_gb_second
    return round(duration, 2) + round(calls * usd_per_million / 1_000_000, 2)


def exact_decimals(*asked):
    calls, seconds, waiting, memory_gb, least_billed, free, fee, rate = (Decimal(str(number)) for number in asked)
    used = calls * max(seconds + waiting, least_billed) * memory_gb
    return float(max(used - free, Decimal(0)) * rate + calls * fee / 10**6)


def both_bills(utilisation, asked):
    """Functions minus the machine, US dollars a month."""
    *call, usd_per_hour, open_hours, capacity = asked
    calls = utilisation * capacity * open_hours * 3600
    return monthly_cost(calls, *call[:4], 0, *call[4:]) - 730 * usd_per_hour


def by_bisection(*asked):
    low, high = 0.0, 10.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (low, middle) if both_bills(middle, asked) > 0 else (middle, high)
    return low


def by_table(*asked):
    table = np.arange(0, 2, 1e-6)
    *call, usd_per_hour, open_hours, capacity = asked
    one = monthly_cost(1, *call[:4], 0, *call[4:])
    return table[np.argmin(np.abs(table * capacity * open_hours * 3600 * one - 730 * usd_per_hour))]


def on_a_line(*asked):
    """A straight line through two bills, and where it crosses zero."""
    return np.interp(0, [both_bills(0, asked), both_bills(10, asked)], [0, 10])


class Bills:
    """Methods of an object, and arrays as answers."""

    def month(self, *asked):
        return np.array([monthly_cost(*asked)])

    def share(self, *asked):
        return np.float64(break_even_utilisation(*asked))


ACCEPTED = (
    ("5C-A1", (monthly_cost, break_even_utilisation)), ("5C-A1 on a line", cost_and(on_a_line)),
    ("5C-A2", cost_and(by_bisection)), ("5C-A3", (exact_decimals, by_table)),
    ("5C-A4", and_share(in_cents)), ("5C-A4 item by item", and_share(items_in_cents)),
    ("5C-A1 in a list, as methods", [Bills().month, Bills().share]),
)
HARD_CODED = ((lambda *asked: 10.6, lambda *asked: 0.4), (lambda *asked: 0.0, lambda *asked: 1.0),
              (lambda *asked: 29.26, lambda *asked: 0.5))
PATH = (None, (lambda *asked: 0, None), (misread({"waiting": none})[0], None),
        (misread({"least_billed": none, "free": none})[0], None), (misread({"free": none})[0], None),
        (monthly_cost, None),
        cost_and(lambda *asked: 100 * break_even_utilisation(*asked)), (monthly_cost, break_even_utilisation))
SURVIVORS = frozenset({"line 3: 0 off by 1", "line 3: 0 off by -1"})     # one GB-second: less than a cent
BANK = Bank("5C", (monthly_cost, break_even_utilisation), 8, WRONG, ACCEPTED, PATH, 8, HARD_CODED, SURVIVORS,
            secrets=("max(", "1e6", "3600", "730", "/ capacity"))
