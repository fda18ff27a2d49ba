"""A rehearsal of 5E run again from its log on the judge's clock, since what a kernel says of a run may be forged."""

from collections.abc import Sequence
from typing import Any

from ..asking.rehearsal import SAVE, SAVE_RESULTS, SAVED, SEND, Job, Rehearsal

REST = "all but the results"


def replayed(case: dict[str, Any], log: Any, kills: Sequence[float]) -> Rehearsal | None:
    """The run with this log, or None when no run can have it; its store holds the units whose results were known."""
    run = Rehearsal(case["seconds"], case["results"], kills)
    try:
        calls = iter(log)
        run.work_off(lambda job, message: repeat(next(calls), run, job, message or set()))
    except (TypeError, ValueError, StopIteration):      # no log at all, an impossible action, or too few calls
        return None
    return run if run.log == log else None


def repeat(actions: list[Any], run: Rehearsal, job: Job, known: set[int]) -> None:
    """Do what the log says of a call, which knows what its message tells, what it works on, and what it reads."""
    for action in actions:
        if action == SAVED:
            job.saved(REST)
            known = known.union(*run.store.values())
        elif action == SAVE_RESULTS:
            job.save("results", known)
        elif action == SAVE:
            job.save(REST, known | run.store.get(REST, set()))
        elif action == SEND:
            job.send(known)
        else:
            job.work(action)
            known = known | {action}
