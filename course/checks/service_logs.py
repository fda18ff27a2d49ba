"""Logs of six services that pass events on, for exercise 3E: clocks that differ, lines without names, lost events."""

from typing import Any, NamedTuple

import numpy as np

SERVICES = ("gateway", "features", "model", "rules", "review", "store")     # in the order of the diagram
LAST, BUSY = "store", "rules"           # where an event is safe; which service fails most and tries again
NAMELESS = ("rules", "review")          # services that do not write an event's name
ROUTES = tuple(tuple(SERVICES[place] for place in route) for route in (
    (0, 1, 2, 5), (0, 1, 2, 3, 5), (0, 2, 3, 5), (0, 1, 2, 3, 4, 5), (0, 1, 2, 4, 1, 2, 3, 5), (0, 1, 3, 4, 2, 5)))
# Of each set of logs: the routes of its events, and how many services each reaches; 9 is all of them.
FATES = ((0, 9), (4, 5), (1, 9), (3, 2), (4, 9), (2, 9), (5, 5), (0, 1), (3, 9), (1, 3), (4, 6), (2, 9), (5, 4), (1, 9))
Line = dict[str, Any]


class Kind(NamedTuple):
    """What makes a set of logs hard: seconds between events, how far clocks are off, who leaves names out."""

    apart: float
    off: float
    nameless: tuple[str, ...]


KINDS = {"apart": Kind(30, 0, ()), "crowd": Kind(0.2, 0, ()), "skew": Kind(0.2, 1, ()), "gaps": Kind(0.2, 1, NAMELESS)}
EARLIEST = 10                           # so that no time is below zero
OFFSETS = (0.0, 7.3, -4.1, 11.6, -8.2, 3.9)     # seconds, dealt out to the services anew in each set


def logs(about: str, seed: int) -> list[Line]:
    """All lines, one service after the other, each in the order of its own clock."""
    rng, kind = np.random.default_rng(seed), KINDS[about]
    offsets = dict(zip(SERVICES, kind.off * rng.permutation(OFFSETS)))
    numbers = iter(rng.permutation(np.arange(100, 900)).tolist())
    fates = [*FATES, *((place % len(ROUTES), 9) for place in range(seed % 7))]     # some more that are safe
    fates = [fates[place] for place in rng.permutation(len(fates))]
    names = [f"e{number}" for number in sorted(rng.permutation(np.arange(10, 99))[:len(fates)].tolist())]
    lines = [line for place, (name, (route, reached)) in enumerate(zip(names, fates))
             for line in told(name, ROUTES[route][:reached], kind.apart * (place + 0.3 * rng.random()), numbers, rng)]
    for line in lines:
        line["time"] = round(float(line["time"] + offsets[line["service"]]) + EARLIEST, 3)
        line["event"] = None if line["service"] in kind.nameless else line["event"]
    return sorted(lines, key=lambda line: (SERVICES.index(line["service"]), line["time"]))


def told(event: str, route: tuple[str, ...], time: float, numbers: Any, rng: np.random.Generator) -> list[Line]:
    """The lines about one event by a clock that is right; `rules` fails often, and tries again."""
    lines: list[Line] = []
    parent = None
    for service in route:
        line = {"service": service, "time": time, "event": event, "message": next(numbers), "parent": parent}
        lines.append({**line, "text": "read"})
        parent, again = line["message"], 2 if service == BUSY and service != route[-1] else 0
        for attempt in range(again):
            lines.append({**line, "time": time + 0.2 * (attempt + 1), "text": "failed, tries again"})
        time += 0.2 * again + 0.3 + 0.5 * rng.random()
    return lines


def children(lines: list[Line]) -> dict[int, Line]:
    """The line about the message that was made from a message."""
    return {line["parent"]: line for line in lines if line["parent"] is not None}


def paths(lines: list[Line]) -> dict[str, list[Line]]:
    """For each event its lines from service to service, by the messages that they were made from."""
    following, found = children(lines), {}
    for line in lines:
        if line["parent"] is None:
            path = [line]
            while path[-1]["message"] in following:
                path.append(following[path[-1]["message"]])
            found[line["event"]] = path
    return found


def lost(lines: list[Line]) -> dict[str, list[Line]]:
    """The paths of the events that no store has read."""
    return {event: path for event, path in paths(lines).items() if path[-1]["service"] != LAST}
