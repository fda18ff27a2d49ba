"""The numbers that a model accepts; others are refused with a sentence that says what to change."""

from math import isfinite
from numbers import Integral, Real

MOST_REQUESTS = 5_000_000       # about a minute of simulation, and a few hundred megabytes


def at_least(name, value, least, unit="") -> None:
    """Raise ValueError with a sentence unless `value` is a finite number of at least `least`."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not (number and isfinite(value) and value >= least):
        raise ValueError(f"{name} must be at least {least} {unit}".rstrip() + f", got {value}")


def whole(name: str, value: int, least: int) -> int:
    """`value` itself; raises ValueError with a sentence unless it is a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, got {value}")
    return int(value)


def few(count: float, things: str) -> int:
    """`count` as a whole number; raises ValueError with a sentence when they would not fit into memory."""
    if count > MOST_REQUESTS:
        raise ValueError(f"{count:,.0f} {things} are more than one run can hold ({MOST_REQUESTS:,}): lower duration")
    return int(count)
