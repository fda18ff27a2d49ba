"""What a consumer makes of the payments, crashes and duplicates that exercise 3M has planned, in plain values."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from .crash_schedules import Exhaustive, Plan, Rehearsal, balances
from .deliveries import Message
from .probe import text_of

FEW = 6                     # messages whose schedules are all tried
MOST_RESULTS = 40           # different ones that are told
Case = dict[str, Any]


def plan(case: Case) -> Plan:
    """A case as it is rehearsed."""
    messages = [Message(place, *row) for place, row in enumerate(case["messages"], 1)]
    return Plan(messages, case["window"], case["behind"], dict(case["crashes"]), dict(case["again"]), case["consumers"])


def rehearsed(consume: Callable, case: Case) -> Any:
    """What a rehearsal ends with, in plain values."""
    run = Rehearsal(consume, plan(case))
    return {"balances": run.balances, "open": sorted({message.id for message in run.waiting}), "most": run.most,
            "aside": sorted(run.aside), "marks": len({*run.stored} - {*run.balances}),
            "failure": run.failure and f"{type(run.failure).__name__}: {text_of(run.failure)}"}


def undisturbed(consume: Callable, case: Case) -> Any:
    """The same when nobody dies; a failure is the learner's own."""
    run = Rehearsal(consume, plan(case))
    if run.failure:
        raise run.failure
    return rehearsed(consume, case)


def tried(consume: Callable, case: Case) -> Any:
    """The different results of all schedules, each with the first schedule that has it, and how often messages came."""
    messages = plan(case).messages
    trials = Exhaustive(consume, messages, case["window"])
    counts = Counter[tuple[int, ...]]()
    firsts: dict[tuple[int, ...], dict[str, Any]] = {}
    for points in trials.schedules():
        stored, still, came = trials.run(points)
        counts[stored, *still] += 1
        firsts.setdefault((stored, *still), {"points": points, "came": came, "count": 0})
        if still and not any(points):       # no end without any crash: the others tell nothing more
            break
    results: dict[str, dict[str, Any]] = {}
    for (stored, *still), count in counts.items():
        ending = {"balances": balances(trials.stores[stored], messages), "open": still}
        results.setdefault(repr(ending), {**ending, **firsts[stored, *still]})["count"] += count
    return [*results.values()][:MOST_RESULTS]
