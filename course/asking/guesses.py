"""The guesses of a lesson: stored before the run, set beside what was seen, and all together at the end."""

from collections.abc import Mapping
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from .predictions import FILE, keep, read, recall

NAMED = "guess: "       # begins the name of each record, so that none is taken for an exercise


class Line(NamedTuple):
    """One question with the guess, what was seen, and second thoughts, in words."""

    question: str
    guessed: str
    seen: str
    second_thoughts: str


def remember(question: str, guess: Any) -> None:
    """Store a guess before the run; once the result was seen, the first one stays and others are second thoughts."""
    plain, record = kept(guess), recall(NAMED + question) or {}
    if blank(plain):
        print(f"No guess about {question} yet: you can write one and run this cell again." if blank(record.get("guess"))
              else f"Your guess about {question} stays as it was stored.")
        return
    if "seen" not in record:
        record["guess"] = plain
    keep(NAMED + question, record | {"latest": plain})
    print(f"Your guess about {question} is stored." if record.get("guess") == plain else
          f"The result about {question} is known, so this is kept as second thoughts. To start over, delete {FILE}.")


def contrast(question: str, seen: Any) -> None:
    """Print the stored guess beside what was seen, and store that too; a dict is compared name by name."""
    record = (recall(NAMED + question) or {}) | {"seen": kept(seen)}
    keep(NAMED + question, record)
    for line in lines(question, record):
        print(f"{line.question}: you guessed {line.guessed}, you saw {line.seen}")


def looking_back() -> None:
    """Print every question of the lesson with the guess, what was seen, and second thoughts where there are any."""
    records = {name.removeprefix(NAMED): recall(name) for name in read() if name.startswith(NAMED)}
    table = [line for question, record in records.items() if record for line in lines(question, record)]
    if not table:
        print("No guess is stored yet.")
        return
    shown = 4 if any(line.second_thoughts for line in table) else 3
    rows = [("about", "you guessed", "you saw", "second thoughts")[:shown], *(line[:shown] for line in table)]
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print("  ".join(map(str.ljust, row, widths)).rstrip())


def lines(question: str, record: Mapping[str, Any]) -> list[Line]:
    """A line for the question, or one for each of its names."""
    guess, seen, latest = (record.get(part) for part in ("guess", "seen", "latest"))
    names = next((part for part in (seen, guess, latest) if isinstance(part, dict)), None)
    if names is None:
        return [Line(question, text(guess), text(seen), text(latest) if latest != guess else "")]
    return [line for name in names for line in lines(f"{question}, {name}", {
        part: value.get(name) if isinstance(value, dict) else value for part, value in record.items()})]


def kept(value: Any) -> Any:
    """`value` as JSON can hold it: numbers, words, and what is made of them; anything else as Python prints it."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(name): kept(part) for name, part in value.items()}
    if type(value) in (list, tuple):
        return [kept(part) for part in value]
    held = value is None or isinstance(value, bool | int | str) or (isinstance(value, float) and isfinite(value))
    return value if held else str(value)


def blank(value: Any) -> bool:
    """Whether nothing was written, in any part."""
    if isinstance(value, dict | list):
        return all(map(blank, value.values() if isinstance(value, dict) else value))
    return value is None or value == ""


def text(value: Any) -> str:
    """A stored value for a reader, its numbers to four digits."""
    if isinstance(value, list):
        return ", ".join(map(text, value))
    return "nothing" if blank(value) else f"{value:.4g}" if isinstance(value, float) else str(value)
