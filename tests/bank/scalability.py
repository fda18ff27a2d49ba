"""Answers to exercise 7C: what learners get wrong, and ways to be right."""

import math

import numpy as np
from bank.form import Bank

from course.theory import fit_usl


def fit(workers, throughputs):
    terms = [(1.0, n - 1, n * (n - 1)) for n in workers]
    ratios = [n / throughput for n, throughput in zip(workers, throughputs)]
    matrix = [[sum(row[i] * row[j] for row in terms) for j in range(3)] for i in range(3)]
    right = [sum(row[i] * ratio for row, ratio in zip(terms, ratios)) for i in range(3)]
    one, contention, crosstalk = np.linalg.solve(matrix, right)
    return 1 / one, contention / one, crosstalk / one


def best(contention, crosstalk):
    if crosstalk == 0:
        return math.inf
    return math.sqrt((1 - contention) / crosstalk)


def law(n, rate, contention, crosstalk):
    return rate * n / (1 + contention * (n - 1) + crosstalk * n * (n - 1))


def fit_and(wrong):
    """An answer whose first function is right."""
    return fit, wrong


def and_best(wrong):
    """An answer whose second function is right."""
    return wrong, best


def line(workers, throughputs):
    return np.dot(workers, throughputs) / np.dot(workers, workers), 0.0, 0.0


def amdahl(workers, throughputs):
    x, y = np.array(workers) - 1.0, np.array(workers) / np.array(throughputs)
    slope, one = np.polyfit(x, y, 1)
    return 1 / one, slope / one, 0.0


def first_row(workers, throughputs):
    """The first row taken for a worker alone."""
    rate = throughputs[0] / workers[0]
    n, y = np.array(workers, float), rate * np.array(workers) / np.array(throughputs) - 1
    parts = np.linalg.lstsq(np.column_stack([n - 1, n * (n - 1)]), y, rcond=None)[0]
    return rate, *parts


def swapped(workers, throughputs):
    rate, contention, crosstalk = fit(workers, throughputs)
    return rate, crosstalk, contention


def joined(workers, throughputs):
    """A polynomial in workers less one, whose coefficients are taken as they are."""
    x, y = np.array(workers) - 1.0, np.array(workers) / np.array(throughputs)
    crosstalk, contention, one = np.polyfit(x, y, 2)
    return 1 / one, contention / one, crosstalk / one


def scaled(*factors):
    """The right three numbers in other units."""
    return lambda workers, throughputs: [value * times for value, times in zip(fit(workers, throughputs), factors)]


def first_three(workers, throughputs):
    """As many points as unknowns."""
    return fit(workers[:3], throughputs[:3])


def in_range(most):
    """The best of so many, by trying."""
    return lambda contention, crosstalk: max(range(1, most + 1), key=lambda n: law(n, 1, contention, crosstalk))


WRONG = (
    ("7C-W1", and_best(line)), ("7C-W2", and_best(amdahl)), ("7C-W3", fit_and(in_range(100))),
    ("7C-W3", fit_and(in_range(200))), ("7C-W4", and_best(scaled(1, 100, 100))), ("7C-W4", and_best(scaled(60, 1, 1))),
    ("7C-W4", and_best(scaled(0.001, 1, 1))), ("7C-W5", and_best(first_row)), ("7C-W6", and_best(swapped)),
    ("7C-W7", and_best(joined)), ("7C-W8", fit_and(lambda contention, crosstalk: math.sqrt(1 / crosstalk))),
    ("7C-W8", fit_and(lambda contention, crosstalk: 1 / math.sqrt(crosstalk) if crosstalk else math.inf)),
    ("7C-FIT", and_best(lambda workers, throughputs: (throughputs[0], 0.1, 0.001))),
    ("7C-NOISE", and_best(first_three)),
    ("7C-PEAK", fit_and(lambda contention, crosstalk: (1 - contention) / crosstalk if crosstalk else math.inf)),
    ("7C-FLAT", fit_and(lambda contention, crosstalk: best(contention, crosstalk) if crosstalk else 0)),
    ("7C-ERROR", fit_and(lambda contention, crosstalk: math.sqrt((1 - contention) / crosstalk))),
    ("7C-FORM", and_best(lambda workers, throughputs: fit(workers, throughputs)[0])),
    ("7C-FORM", and_best(lambda workers, throughputs: "41, 0.06, 0.004")),
    ("7C-NUMBER", fit_and(lambda contention, crosstalk: "about twenty")),
    ("7C-NOTAFUNCTION", fit), ("7C-NOTAFUNCTION", (fit, 40)),
)


def by_least_squares(workers, throughputs):
    n = np.array(workers, float)
    terms = np.column_stack([np.ones_like(n), n - 1, n * (n - 1)])
    parts = np.linalg.lstsq(terms, n / np.array(throughputs), rcond=None)[0]
    return [1 / parts[0], parts[1] / parts[0], parts[2] / parts[0]]


def by_polynomial(workers, throughputs):
    """Linear regression of the transformed form: a parabola in workers less one."""
    n = np.array(workers, float)
    square, slope, one = np.polyfit(n - 1, n / np.array(throughputs), 2)
    return {"rate": 1 / one, "contention": (slope - square) / one, "crosstalk": square / one}


def by_grid(workers, throughputs):
    """Finer and finer grids; the rate follows from the other two."""
    n, measured = np.array(workers, float), np.array(throughputs)
    low, high = np.array([0.0, 0.0]), np.array([0.5, 0.02])
    for _ in range(30):
        first, second = np.meshgrid(np.linspace(low[0], high[0], 21), np.linspace(low[1], high[1], 21))
        shapes = law(n, 1, first[..., None], second[..., None])
        rates = (shapes * measured).sum(-1) / (shapes**2).sum(-1)
        errors = ((rates[..., None] * shapes - measured)**2).sum(-1)
        place = np.unravel_index(errors.argmin(), errors.shape)
        found, reach = np.array([first[place], second[place]]), (high - low) / 4
        low, high = np.maximum(found - reach, 0), found + reach
    return rates[place], *found


def by_bisection(contention, crosstalk):
    """Where the slope of workers over throughput per worker changes its sign."""
    if not crosstalk:
        return float("inf")
    low, high = 0.0, 1e6
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (low, middle) if crosstalk * middle**2 > 1 - contention else (middle, high)
    return low


def by_steps(contention, crosstalk):
    """One worker more as long as that helps; without crosstalk it always does."""
    n = 1
    while crosstalk and law(n + 1, 1, contention, crosstalk) > law(n, 1, contention, crosstalk):
        n += 1
    return n if crosstalk else np.inf


ACCEPTED = (
    ("7C-A1 normal equations", (fit, best)), ("7C-A2 by lstsq", and_best(by_least_squares)),
    ("7C-A3 a parabola, in a dict", and_best(by_polynomial)), ("7C-A4 by grid", and_best(by_grid)),
    ("7C-A5 least squares on the throughput", and_best(fit_usl)), ("7C-A6 by bisection", fit_and(by_bisection)),
    ("7C-A7 by steps", fit_and(by_steps)),
    ("7C-A8 rounded up", fit_and(lambda *asked: math.ceil(best(*asked)) if asked[1] else math.inf)),
    ("7C-A1 in a list, as arrays", [lambda *table: np.array(fit(*table)), best]),
)
HARD_CODED = ((lambda *table: (41.0, 0.06, 0.004), lambda *asked: 20.0),
              (lambda *table: (1.0, 0.0, 0.0), lambda *asked: math.inf))
PATH = (None, (line, None), (line, in_range(100)), (first_three, in_range(100)), (first_three, best), (fit, best))
BANK = Bank("7C", (fit, best), 8, WRONG, ACCEPTED, PATH, 8, HARD_CODED,
            secrets=("sqrt", "(1 -", "lstsq", "polyfit", "regression"))
