"""Predictions are stored before the run and shown beside its result: the order is what earns the point."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import probe
from .catalogue import EXERCISES
from .exercise import Message, PredictedExercise

FILE = Path("predictions.json")     # beside the notebook; the learner may delete it
KEPT: dict[str, Any] = {}           # for folders that cannot be written to: lasts as long as the kernel


def predict(item: str, guesses: dict[str, Any]) -> None:
    """Store a prediction before the run, and say so; say what is missing if it is not complete."""
    exercise, plain = predicted(item), probe.value(guesses)
    problems = exercise.problems(plain)
    record = recall(item) or {"steps": 0, "ran_at": 0, "guesses": None}
    step = record["steps"] + 1
    if not record["ran_at"]:
        record |= {"guesses": None if problems else plain, "predicted_at": step}
    keep(item, record | {"latest": plain, "steps": step})
    print(answer_to(plain, record["guesses"], problems))


def answer_to(latest: Any, guesses: Any, problems: list[Message]) -> str:
    """What to say to a prediction."""
    if guesses == latest:
        return "Your prediction is stored. Run on."
    if guesses is None:
        return "\n\n".join(["This does not count as a prediction yet.", *map(str, problems)])
    return ("This is not what you predicted before the run. The point is for the first prediction: put it back, or "
            f"delete {FILE} to start over.")


def reveal(item: str, run_at: Callable[..., list[Any]]) -> None:
    """Run the experiment, once a prediction is stored, and print its result beside the prediction."""
    exercise, record = predicted(item), recall(item)
    if record is None or record["guesses"] is None:
        print("The result stays covered until a full prediction is stored: write yours in the cell above, run that "
              "cell, then this one.")
        return
    observed = exercise.observe(run_at)
    step = record["steps"] + 1
    keep(item, record | {"steps": step, "ran_at": record["ran_at"] or step})
    print(exercise.beside(record["guesses"], observed))


def predicted(item: str) -> PredictedExercise:
    """The exercise; raises ValueError for one without a prediction."""
    exercise = EXERCISES[item]
    if not isinstance(exercise, PredictedExercise):
        raise ValueError(f"exercise {item} has no prediction")
    return exercise


def recall(item: str) -> dict[str, Any] | None:
    """The record of a prediction; None when there is none, or when it was changed by hand."""
    stored = read().get(item)
    if not isinstance(stored, dict) or not isinstance(stored.get("record"), dict):
        return None
    record: dict[str, Any] = stored["record"]
    return record if stored.get("seal") == seal(record) else None


def keep(item: str, record: dict[str, Any]) -> None:
    """Write the record beside the notebook, whole or not at all."""
    everything = read() | {item: {"record": record, "seal": seal(record)}}
    told = bool(KEPT)
    KEPT.clear()
    draft = FILE.with_name(f".{FILE.name}.{os.getpid()}")
    try:
        draft.write_text(json.dumps(everything, indent=1), encoding="utf-8")
        draft.replace(FILE)
    except OSError:
        KEPT.update(everything)
        if not told:
            print("This folder cannot be written to, so predictions are remembered until the kernel restarts.")


def read() -> dict[str, Any]:
    """All records as they are stored; a file that cannot be read counts as deleted."""
    try:
        everything = json.loads(FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        everything = {}
    return (everything if isinstance(everything, dict) else {}) | KEPT


def seal(record: dict[str, Any]) -> str:
    """A digest that shows a slip of the hand; whoever wants to forge it can, and learns nothing."""
    return hashlib.sha256(b"prediction" + json.dumps(record, sort_keys=True).encode()).hexdigest()[:16]
