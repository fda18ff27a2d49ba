"""Reading raw answers, whatever form they have, and the messages that any exercise can need."""

import re
from math import isclose, isfinite, isnan
from typing import Any

from ..asking.probe import failure
from .exercise import Message

FAILURES = {
    "Blank": ("There is an answer", "no answer yet.", "Your own lines stand where the cell says so.",
              "A check can only react to what you try. A wrong first try teaches more than none."),
    "NotAFunction": ("The answer is a function", "a value of type {about}.",
                     "The function itself is handed to the check, by its name and without brackets.",
                     "The check calls it with numbers of its own."),
    "Global": ("The function stands alone", "a function that reads '{about}' from the page.",
               "All it needs comes in through its arguments.",
               "The check uses other data of another length. What is on your page would still be the old data."),
    "OutOfTime": ("The function comes to an end", "no answer for ten seconds, so it was stopped.",
                  "Every loop ends, and every process waits for something that will happen.",
                  "An honest answer takes far less than a second here."),
}

KINDS = {str: "a text", list: "a list", dict: "a dict"}     # of raw answers, whose own types are the grader's


def paired(cases: list[Any], raw: Any) -> list[tuple[Any, Any]]:
    """Every case with its raw answer; None where there is none."""
    answers = raw if isinstance(raw, list) else []
    return [(case, answers[place] if place < len(answers) else None) for place, case in enumerate(cases)]


def number(raw: Any) -> float | None:
    """A raw number as a float, infinity included; None for anything else."""
    while isinstance(raw, list) and len(raw) == 1:
        raw = raw[0]
    if isinstance(raw, str) and raw in ("inf", "-inf"):
        return float(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    try:
        value = float(raw)
    except OverflowError:
        return None
    return None if isnan(value) else value


def numbers(raw: Any) -> list[float] | None:
    """A raw list as floats; None unless it is a list of numbers."""
    values = [number(part) for part in raw] if isinstance(raw, list) else [None]
    return None if None in values else [value for value in values if value is not None]


def quoted(text: str) -> list[set[float]]:
    """Every number in a text, each with its readings: a comma may stand for a point, or for thousands."""
    found = re.findall(r"\d+(?:[.,]\d+)*", text)
    return [{float(reading) for reading in readings(word) if reading.count(".") <= 1} for word in found]


def readings(word: str) -> tuple[str, str]:
    """A written number as Python would write it, in the two customs."""
    return word.replace(",", ""), word.replace(".", "").replace(",", ".") if "," in word else word


def words(text: str) -> int:
    """How many words a text has; where words are not divided by spaces, every letter counts."""
    undivided = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
    return len(re.findall(rf"[{undivided}]|[^\W{undivided}]+", text))


def near(value: float | None, right: float, relative: float = 1e-6) -> bool:
    """Equal to within the relative error; infinity equals itself."""
    return value is not None and isclose(value, right, rel_tol=relative, abs_tol=1e-12)


def shown(raw: Any) -> str:
    """A raw value as a short text for a message."""
    value = number(raw)
    if value is not None:
        return f"{value:.4g}" if isfinite(value) else str(value)
    if isinstance(raw, bool):
        return str(raw)
    if isinstance(raw, dict) and set(raw) == {"type"}:      # what has no plain value
        return f"a value of type {str(raw['type'])[:40]}"
    return next((name for kind, name in KINDS.items() if isinstance(raw, kind)), "nothing")


def failed(item: str, raw: Any, where: str) -> Message:
    """What to say when the answer could not be had."""
    name = failure(raw) or ""
    about = str(raw.get("about", ""))[:80] if isinstance(raw, dict) else ""
    if name in FAILURES:
        title, got, expected, why = FAILURES[name]
        return Message(f"{item}-{name.upper()}", title, got.format(about=about), expected, why, where)
    return Message(f"{item}-ERROR", "The function runs", f"{name}: {about}" if about else f"{name}.",
                   "It gives an answer for every input that the task allows.",
                   "A program that stops gives its users nothing.", where)
