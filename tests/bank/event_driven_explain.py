"""Answers to exercise 3E: what learners get wrong, and ways to be right."""

from collections import Counter
from typing import NamedTuple

from bank.form import Bank

SERVICES = ["gateway", "features", "model", "rules", "review", "store"]


def find(logs):
    made_from = {line["parent"]: line for line in logs if line["parent"] is not None}
    lost = {}
    for first in logs:
        if first["parent"] is None:
            line, hops = first, 0
            for _ in logs:
                if line["message"] in made_from:
                    line = made_from[line["message"]]
                    hops = hops + 1
            if line["service"] != "store":
                lost[first["event"]] = (line["service"], hops)
    return lost


def alarm(minute):
    return minute["lag"] > minute["published"]


def with_find(wrong):
    return wrong, alarm


def with_alarm(wrong):
    return find, wrong


def by_event(logs):
    """The lines by the name of the event."""
    groups = {}
    for line in logs:
        if line["text"] == "read" and line["event"] is not None:
            groups.setdefault(line["event"], []).append(line)
    return groups


def moved(place_of):
    """Another place for each lost event, with the right count of hops."""
    return lambda logs: {event: (place_of(logs, event, place), hops) for event, (place, hops) in find(logs).items()}


def order_of(line):
    return SERVICES.index(line["service"])


def last_seen_in_diagram(logs, event, place):
    return max(by_event(logs)[event], key=order_of)["service"]


def last_line_of_the_files(logs, event, place):
    return by_event(logs)[event][-1]["service"]


def after_it_in_the_diagram(logs, event, place):
    return SERVICES[min(SERVICES.index(place) + 1, 5)]


def most_errors(logs, event=None, place=None):
    return Counter(line["service"] for line in logs if line["text"] != "read").most_common(1)[0][0]


def most_errors_of_its_own(logs, event, place):
    own = Counter(line["service"] for line in logs if line["event"] == event and line["text"] != "read")
    return own.most_common(1)[0][0] if own else place


def latest(logs, event, place):
    return max(by_event(logs)[event], key=lambda line: line["time"])["service"]


def first_missing(logs, event, place):
    """Services in the order of their first times; the first that lacks the event."""
    order = sorted(SERVICES, key=lambda service: min(line["time"] for line in logs if line["service"] == service))
    wrote = {line["service"] for line in by_event(logs)[event]}
    return next((service for service in order if service not in wrote), "store")


def by_name_and_time(logs):
    """All of it by names and times: places, hops and which are lost."""
    groups = {event: sorted(lines, key=lambda line: line["time"]) for event, lines in by_event(logs).items()}
    return {event: (lines[-1]["service"], len(lines) - 1) for event, lines in groups.items()
            if lines[-1]["service"] != "store"}


def stored_by_parent(logs):
    """Lost or safe by the messages, the place by times."""
    return moved(latest)(logs)


def next_in_time(logs, event, place):
    """From the gateway on, the next line in time, until the gateway writes again."""
    lines = sorted((line for line in logs if line["text"] == "read"), key=lambda line: line["time"])
    start = next(number for number, line in enumerate(lines) if line["event"] == event)
    while start + 1 < len(lines) and lines[start + 1]["service"] != "gateway":
        start += 1
    return lines[start]["service"]


def only_named(logs, event, place):
    """Parents among the lines that bear the event's name."""
    lines = by_event(logs)[event]
    parents = {line["parent"] for line in lines}
    return next(line["service"] for line in lines if line["message"] not in parents)


def named_by_name(logs):
    groups = by_event(logs)
    return {event: (only_named(logs, event, None), len(lines) - 1) for event, lines in groups.items()
            if "store" not in [line["service"] for line in lines]}


def counts(change):
    """The right places with another count."""
    return lambda logs: {event: (place, change(logs, event, hops)) for event, (place, hops) in find(logs).items()}


def lines_of(logs, event, hops):
    return sum(line["event"] == event for line in logs)


def different_services(logs, event, hops):
    return len({line["service"] for line in chains(logs)[event]}) - 1


def everything(logs):
    return {event: (lines[-1]["service"], len(lines) - 1) for event, lines in chains(logs).items()}


WRONG = (
    ("3E-W1", with_find(moved(lambda *_: "store"))), ("3E-W1", with_find(moved(last_seen_in_diagram))),
    ("3E-W1", with_find(moved(last_line_of_the_files))),
    ("3E-W2", with_find(moved(most_errors))), ("3E-W2", with_find(moved(most_errors_of_its_own))),
    ("3E-W3", with_find(moved(latest))), ("3E-W3", with_find(moved(first_missing))),
    ("3E-W4", with_find(moved(next_in_time))), ("3E-NAMES", with_find(moved(only_named))),
    ("3E-NAMES", with_find(named_by_name)),
    ("3E-NEXT", with_find(moved(after_it_in_the_diagram))), ("3E-PLACE", with_find(moved(lambda *_: "bus"))),
    ("3E-WHICH", with_find(everything)), ("3E-WHICH", with_find(lambda logs: {})),
    ("3E-W3", with_find(by_name_and_time)), ("3E-W3", with_find(stored_by_parent)),
    ("3E-HOPS", with_find(counts(lambda logs, event, hops: hops + 1))), ("3E-HOPS", with_find(counts(lines_of))),
    ("3E-HOPS", with_find(counts(different_services))), ("3E-HOPS", with_find(counts(lambda *_: "many"))),
    ("3E-W5", with_alarm(lambda minute: minute["failed"] > 0.05 * minute["published"])),
    ("3E-W5", with_alarm(lambda minute: minute["failed"] > 15)),
    ("3E-W5", with_alarm(lambda minute: minute["failed"] > minute["stored"] / 10 > 0)),
    ("3E-DEAF", with_alarm(lambda minute: False)), ("3E-DEAF", with_alarm(lambda minute: minute["lag"] > 10**6)),
    ("3E-LOUD", with_alarm(lambda minute: True)), ("3E-LOUD", with_alarm(lambda minute: minute["lag"] > 50)),
    ("3E-LOUD", with_alarm(lambda minute: minute["stored"] == 0)),
    ("3E-LATE", with_alarm(lambda minute: minute["lag"] > 6000)),
    ("3E-FORM", with_find(lambda logs: list(find(logs)))), ("3E-FORM", with_find(lambda logs: "model")),
    ("3E-ERROR", with_find(lambda logs: logs["gateway"])), ("3E-ERROR", with_alarm(lambda minute: minute["queue"] > 9)),
    ("3E-NOTAFUNCTION", find), ("3E-NOTAFUNCTION", with_alarm(1000)),
)


def chains(logs):
    """The lines of each event in order, by the messages that they were made from."""
    reads = [line for line in logs if line["text"] == "read"]
    made_from = {line["parent"]: line for line in reads}
    found = {}
    for line in reads:
        if line["parent"] is None:
            found[line["event"]] = [line]
            while found[line["event"]][-1]["message"] in made_from:
                found[line["event"]].append(made_from[found[line["event"]][-1]["message"]])
    return found


def lost_of(groups):
    """The last of each group, and how many came before."""
    return {event: (lines[-1]["service"], len(lines) - 1) for event, lines in groups.items()
            if lines[-1]["service"] != "store"}


def with_names_filled_in(logs):
    """Each line takes over the name from its parent, until all have one; then lines are joined by the name."""
    names = {line["message"]: line["event"] for line in logs}
    while None in names.values():
        for line in logs:
            names[line["message"]] = names[line["message"]] or names.get(line["parent"])
    groups, parents = {}, {line["parent"] for line in logs}
    for line in logs:
        if line["text"] == "read":
            groups.setdefault(names[line["message"]], []).append(line)
    last = {event: next(line for line in lines if line["message"] not in parents) for event, lines in groups.items()}
    return {event: (last[event]["service"], len(lines) - 1) for event, lines in groups.items()
            if last[event]["service"] != "store"}


def backwards(logs):
    """From each line that is nobody's parent back to the gateway, counting."""
    lines = {line["message"]: line for line in logs}
    parents = {line["parent"] for line in logs}
    found = []
    for end in lines.values():
        if end["message"] not in parents and end["service"] != "store":
            line, hops = end, 0
            while line["parent"]:
                line, hops = lines[line["parent"]], hops + 1
            found.append((line["event"], end["service"], hops))
    return found


def steps_from(line, children):
    """The last service and the count, by recursion."""
    if line["message"] not in children:
        return line["service"], 0
    place, hops = steps_from(children[line["message"]], children)
    return place, hops + 1


def by_recursion(logs):
    children = {line["parent"]: line for line in logs}
    ends = {line["event"]: steps_from(line, children) for line in logs if line["parent"] is None}
    return {event: {"place": place, "hops": hops} for event, (place, hops) in ends.items() if place != "store"}


def offsets_of(logs):
    """How far clocks are off: moved until no message is read before the one that it was made from."""
    lines = {line["message"]: line for line in logs if line["text"] == "read"}
    off = dict.fromkeys(SERVICES, 0.0)
    for _ in range(len(SERVICES) ** 2):
        for line in lines.values():
            if line["parent"] is not None:
                parent = lines[line["parent"]]
                early = (parent["time"] + off[parent["service"]] + 0.001) - (line["time"] + off[line["service"]])
                off[line["service"]] += max(0.0, early)
    return off


def by_corrected_times(logs):
    """Names from the parents, and the order from clocks that were set right."""
    off, names = offsets_of(logs), {line["message"]: event for event, path in chains(logs).items() for line in path}
    groups = {}
    for line in sorted(logs, key=lambda line: line["time"] + off[line["service"]]):
        if line["text"] == "read":
            groups.setdefault(names[line["message"]], []).append(line)
    return lost_of(groups)


class Lost(NamedTuple):
    event: str
    place: str
    hops: int


def lag_above(most):
    """An alarm for lag."""
    def rings(minute):
        if minute["lag"] > most:
            return True

    return rings


def too_old(minute):
    """How many minutes of work wait."""
    return minute["lag"] / max(1, minute["published"]) > 1.5


ACCEPTED = (
    ("3E-A1", with_find(with_names_filled_in)), ("3E-A2", (find, alarm)), ("3E-A2 backwards", with_find(backwards)),
    ("3E-A2 recursion", with_find(by_recursion)), ("3E-A2 chains", with_find(lambda logs: lost_of(chains(logs)))),
    ("3E-A2 as records", with_find(lambda logs: [Lost(event, *said) for event, said in find(logs).items()])),
    ("3E-A3", with_find(by_corrected_times)), *(("3E-A4", with_alarm(lag_above(most))) for most in (200, 600, 1500)),
    ("3E-A4 minutes of work", with_alarm(too_old)),
    ("3E-A4 nothing stored", with_alarm(lambda minute: int(minute["stored"] < minute["published"] / 2))),
)
HARD_CODED = ((lambda logs: {"e11": ("review", 3)}, lambda minute: True),
              (lambda logs: find(logs) and {}, lambda minute: minute["stored"] < 400),
              (lambda logs: {line["event"]: ("model", 2) for line in logs}, lambda minute: False))
PATH = (None, (everything, lambda minute: True), (everything, alarm), (moved(next_in_time), alarm),
        (moved(latest), alarm), (counts(lines_of), alarm), (moved(only_named), alarm), (find, alarm))
BANK = Bank("3E", (find, alarm), 5, WRONG, ACCEPTED, PATH, 8, HARD_CODED,
            secrets=("line['parent']", "minute['lag'] >", "the lag", "parents ="))
