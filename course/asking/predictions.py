"""Predictions are stored before the run and compared with its result: the order is what earns the point."""

import hashlib
import json
import os
from functools import partial
from pathlib import Path
from typing import Any

from . import probe

FILE = Path("predictions.json")     # beside the notebook; the learner may delete it
EMPTY: dict[str, Any] = {"steps": 0, "ran_at": 0, "guesses": None}
KEPT: dict[str, Any] = {}           # for folders that cannot be written to: lasts as long as the kernel
COVERED = ("The result stays covered until a full prediction is stored: write yours in the cell above, run that cell, "
           "then this one.")


def asked(item: str, text: Any, case: Any) -> Any:
    """The record of a prediction, and the sentence after the run."""
    return {"record": recall(item), "reconcile": probe.value(text)}


def note_prediction(item: str, latest: Any, counted: Any) -> dict[str, Any]:
    """Store a prediction; before the run, what counts of it is kept as well."""
    record = with_prediction(recall(item) or EMPTY, latest, counted)
    keep(item, record)
    return record


def with_prediction(record: dict[str, Any], latest: Any, counted: Any) -> dict[str, Any]:
    """The record after a prediction."""
    step = record["steps"] + 1
    counts = {} if record["ran_at"] else {"guesses": counted, "predicted_at": step}
    return record | counts | {"latest": latest, "steps": step}


def note_run(item: str, record: dict[str, Any]) -> None:
    """Store that the run was made."""
    keep(item, with_run(record))


def with_run(record: dict[str, Any]) -> dict[str, Any]:
    """The record after the run; the first time counts."""
    step = record["steps"] + 1
    return record | {"steps": step, "ran_at": record["ran_at"] or step}


def uncovered(item: str) -> dict[str, Any] | None:
    """The record of a prediction that counts, so that its result may be seen; None when there is none."""
    record = recall(item)
    return None if record is None or record["guesses"] is None else record


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
            print("This folder cannot be written to, so predictions are remembered until the kernel restarts, and no "
                  "file can be handed in.")


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


ASKED = {item: partial(asked, item) for item in ("1P", "2P", "3P", "4P", "5P", "6P", "7P", "8P")}
