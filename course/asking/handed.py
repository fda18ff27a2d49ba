"""What exercises hand to their readers: a table, logs, a year of changes, and two rehearsals."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .crash_runs import FEW
from .crash_schedules import Plan, Rehearsal
from .decision import RESULTS, Table
from .deliveries import Message
from .rehearsal import rehearse


def page(item: str) -> Any:
    """What is kept of a page; what draws such data tells its answers as well, and is not here."""
    return json.loads(Path(__file__).with_name("handed.json").read_text(encoding="utf-8"))[item]


def payments() -> Callable[..., Rehearsal]:
    """A rehearsal of six payments to Ada: of 1, 10, and so on, so that a digit says how often each has counted."""
    messages = [Message(place + 1, "Ada", 10**place) for place in range(FEW)]
    return lambda consume, crashes=None: Rehearsal(consume, Plan(messages, 20, FEW, crashes or {}, {}))


def long_job() -> Callable[..., str]:
    """A rehearsal of the job on the page: `given("5E")(call, kills=(500, 1900))` tells how it went."""
    job = page("5E")
    return lambda call, kills=(): str(rehearse(call, job["seconds"], job["results"], kills))


GIVEN: dict[str, Callable[[], Any]] = {
    "1E": lambda: Table(RESULTS), "3E": lambda: page("3E"), "3M": payments, "4E": lambda: page("4E"), "5E": long_job}
