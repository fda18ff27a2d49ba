"""What a consumer makes of the payments, crashes and duplicates that exercise 3M has planned, in plain values."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pickle import loads
from typing import Any

from .crash_schedules import Exhaustive, Plan, Rehearsal, balances
from .deliveries import Message, Queue, Store, named, total
from .probe import failure, plain, run
from .restart import restarted

FEW = 6                     # messages whose schedules are all tried
MOST_RESULTS = 40           # different ones that are told
Case = dict[str, Any]


class Logged:
    """A consumer that notes what it does at each delivery; all its copies write into one log."""

    def __init__(self, consume: Callable, log: list[Any]):
        self.consume, self.log = consume, log

    def __call__(self, message: Message, queue: Queue, store: Store) -> None:
        self.log.append(queue._delivery.log)
        self.consume(message, queue, store)

    def __deepcopy__(self, made: Any) -> "Logged":
        return Logged(restarted(self.consume), self.log)


def logged(consume: Callable, case: Case) -> Any:
    """What a consumer does at each delivery of a case: the judge finds what it comes to."""
    log: list[Any] = []
    problem = run(lambda: TRIALS.get(case["about"], rehearsed)(Logged(consume, log), case), ())
    return problem if failure(problem) else told(log)


def told(log: list[Any]) -> dict[str, Any]:
    """A log in plain values: an action is a text, or for a put the places in `values` of what was stored.

    A value is told as the place of its name, how many bytes it takes, and the balance that it may be; equal ones have
    the same place.
    """
    places: dict[Any, int] = {}
    actions = [[action if isinstance(action, str) else [places.setdefault(pair, len(places)) for pair in action]
                for action in delivery] for delivery in log]
    names = {name: place for place, name in enumerate(dict.fromkeys(name for name, _ in places))}
    return {"log": actions, "names": [*map(str, names)],
            "values": [[names[name], len(kept or b""), *balance(kept)] for name, kept in places]}


def balance(kept: bytes | None) -> list[float]:
    """The number that a value may be as a balance; nothing where it is none."""
    with suppress(Exception):           # what cannot be read again is no balance
        amount = plain(total(loads(kept or b"")))
        return [amount] if isinstance(amount, int | float) else []
    return []


def plan(case: Case) -> Plan:
    """A case as it is rehearsed."""
    messages = [Message(place, *row) for place, row in enumerate(case["messages"], 1)]
    return Plan(messages, case["window"], case["behind"], dict(case["crashes"]), dict(case["again"]), case["consumers"])


def rehearsed(consume: Callable, case: Case) -> Any:
    """What a rehearsal ends with, in plain values."""
    run = Rehearsal(consume, plan(case))
    return {"balances": run.balances, "open": sorted({message.id for message in run.waiting}), "most": run.most,
            "aside": sorted(run.aside), "marks": len({*run.stored} - {*run.balances}),
            "failure": run.failure and named(run.failure)}


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


TRIALS: dict[str, Callable[[Callable, Case], Any]] = {"calm": undisturbed, "every": tried}
