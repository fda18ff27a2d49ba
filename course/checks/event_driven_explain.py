"""Exercise 3E: where each lost event died, from the logs of six services, and an alarm that would have told."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .answers import FAILURES, failed, failure, number, paired, shown
from .exercise import Message, Outcome, Report, maker, verdict
from .service_logs import KINDS, LAST, SERVICES, Line, logs, lost, paths

SETS = 8
IN_TIME = 5                 # minutes of silence
USUAL = 600                 # events a minute on the page; a set of hidden hours for each other rate
PAUSE = (44, 45)            # minutes without an event
RATES = (450, 500, 550, 580, 620, 660, 700, 750)
WHERE, WHERE_ALARM = "Hint 2 of exercise 3E.", "Hint 2 of exercise 3E, its last part."


@dataclass(frozen=True)
class LostEvents:
    """`find(logs)` gives a place and a count of hops for each lost event; `alarm(minute)` says whether it rings."""

    id: str = "3E"
    points: float = 2.0
    hidden: int = 6

    def cases(self, variant: int) -> list[Any]:
        number = 1 + variant % SETS if variant else 0
        found = [{"about": about, "logs": logs(about, 10 * number + place if number else 0)}
                 for place, about in enumerate(KINDS)]
        return [*found, *({"about": about, "minutes": hour(number)} for about, hour in HOURS.items())]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        told = {case["about"]: Told(case, answer) for case, answer in paired(cases, raw)}
        places = [(points, why_place(told[about], about)) for about, points in PLACES.items()]
        first = next((message for _, message in places if message), None)
        outcomes = [Outcome(points, float(message is None), message if message is first else None)
                    for points, message in places]
        return verdict(self.id, self.points, [*outcomes, Outcome(0.4, *why_hops([told[about] for about in KINDS])),
                                              Outcome(0.4, *why_alarm(told))])


@dataclass(frozen=True)
class Told:
    """A case, and what the learner's function said."""

    case: dict[str, Any]
    raw: Any

    @property
    def lines(self) -> list[Line]:
        """The logs."""
        return list(self.case["logs"])

    @cached_property
    def right(self) -> dict[str, tuple[str, int]]:
        """For each lost event the service that read it last, and how often it was passed on."""
        return {event: (path[-1]["service"], len(path) - 1) for event, path in lost(self.lines).items()}

    @cached_property
    def found(self) -> dict[str, tuple[Any, Any]] | None:
        """What was said, by event; None when it has another form."""
        rows = self.raw
        if isinstance(rows, dict) and not failure(rows):
            rows = [[event, *(said.values() if isinstance(said, dict) else said if isinstance(said, list) else [said])]
                    for event, said in rows.items()]
        if not isinstance(rows, list):
            return None
        rows = [list(row.values()) if isinstance(row, dict) else row for row in rows]
        if not all(isinstance(row, list) and len(row) == 3 and isinstance(row[0], str) for row in rows):
            return None
        return {event: (place, hops) for event, place, hops in rows}

    @property
    def rings(self) -> list[bool]:
        """Whether the alarm rang, minute by minute."""
        rings = self.raw if isinstance(self.raw, list) else []
        return [isinstance(ring, int | float) and bool(ring) for ring in rings]


def why_place(told: Told, about: str) -> Message | None:
    """What is wrong with the places in one set of logs."""
    if failure(told.raw):
        return failed("3E", told.raw, WHERE)
    if told.found is None:
        return FORM._replace(got=f"{shown(told.raw)}.")
    if mixed_up := set(told.found) ^ set(told.right):
        got = f"{len(told.found)} lost events, and {len(mixed_up)} on the wrong side."
        return (WHICH if about == "apart" else BY_KIND[about])._replace(got=got)
    wrong = {event: place for event, (place, _) in told.found.items() if place != told.right[event][0]}
    if not wrong:
        return None
    got = f"{len(wrong)} of {len(told.right)} events in the wrong place, such as {next(iter(wrong))} in " \
          f"'{str(next(iter(wrong.values())))[:20]}'."
    beliefs = BELIEFS if about == "apart" else ()       # here nothing else can go wrong
    found = (message for belief, message in beliefs
             if all(belief(told.lines, event) == place for event, place in wrong.items()))
    return next(found, BY_KIND[about])._replace(got=got)


def last_in_diagram(lines: list[Line], event: str) -> str:
    """The last service of the diagram that wrote of an event."""
    return max((line["service"] for line in paths(lines)[event]), key=SERVICES.index)


def next_in_diagram(lines: list[Line], event: str) -> str:
    """The service after the one where it died."""
    place = SERVICES.index(paths(lines)[event][-1]["service"])
    return SERVICES[min(place + 1, len(SERVICES) - 1)]


def most_errors(lines: list[Line], event: str) -> str:
    """The service that failed most often."""
    return Counter(line["service"] for line in lines if line["text"] != "read").most_common(1)[0][0]


def first_missing(lines: list[Line], event: str) -> str:
    """The first service, in the order in which their clocks saw anything, without a line on an event."""
    order = {line["service"]: line["time"] for line in reversed(lines)}
    wrote = {line["service"] for line in paths(lines)[event]}
    return next((service for service in sorted(order, key=order.__getitem__) if service not in wrote), LAST)


def why_hops(told: list[Told]) -> tuple[float, Message | None]:
    """The share for hops, and what is wrong with them."""
    pairs = [(event, said[1], one.right[event][1]) for one in told for event, said in (one.found or {}).items()
             if event in one.right]
    wrong = [(event, hops) for event, hops, right in pairs if number(hops) != right]
    if wrong:
        event, hops = wrong[0]
        return 0.0, HOPS._replace(got=f"{shown(hops)} for {event}, and {len(wrong)} of {len(pairs)} counts are wrong.")
    return float(len(pairs) == sum(len(one.right) for one in told)), None


def why_alarm(told: dict[str, Told]) -> tuple[float, Message | None]:
    """The share for the alarm, and what is wrong with it."""
    broken = next((told[about].raw for about in HOURS if failure(told[about].raw)), None)
    if broken is not None:
        return 0.0, None if failure(told["apart"].raw) in FAILURES else failed("3E", broken, WHERE_ALARM)
    begins = next((place for place, minute in enumerate(told["silence"].case["minutes"]) if silent(minute)), 0)
    before, after = told["silence"].rings[:begins], told["silence"].rings[begins:]
    if any(after[:IN_TIME]) and not any(before) and not any(told["calm"].rings):
        return 1.0, None
    if not any(after):
        return 0.0, ERRORS if any(told["errors"].rings) else DEAF
    if any(before) or any(told["calm"].rings):
        return 0.0, LOUD._replace(got=f"alarms while all went well: {sum(before) + sum(told['calm'].rings)}.")
    return 0.0, LATE._replace(got=f"the first alarm after {after.index(True) + 1} minutes of silence.")


def silent(minute: dict[str, int]) -> bool:
    """Whether events came and none was stored."""
    return minute["published"] > 0 and minute["stored"] == 0


def calm(number: int) -> list[dict[str, int]]:
    """An hour in which all goes well: a rush, a pause, and a few failures that are tried again."""
    rate = RATES[number - 1] if number else USUAL
    found, before = [], 60
    for minute in range(60):
        published = (2 if 12 <= minute < 15 else 1) * (rate + 17 * minute * (minute + number) % 61 - 30)
        waiting = 60 + 29 * minute * (1 + number) % 83
        if minute in PAUSE:
            published = waiting = 0
        found.append({"published": published, "stored": published + before - waiting, "failed": 7 * minute % 19,
                      "lag": waiting})
        before = waiting
    return found


def silence(number: int) -> list[dict[str, int]]:
    """The same hour; at some minute the consumers of one service stop reading, and nobody fails any more."""
    found, begins = calm(number), 20 + 2 * number
    for before, minute in zip(found[begins - 1:], found[begins:]):
        minute |= {"stored": 0, "failed": 0, "lag": before["lag"] + minute["published"]}
    return found


def errors(number: int) -> list[dict[str, int]]:
    """The same hour with many failures, all tried again in time."""
    return [{**minute, "failed": minute["published"] // 2} for minute in calm(number)]


HOURS: dict[str, Callable[[int], list[dict[str, int]]]] = {"calm": calm, "silence": silence, "errors": errors}
message, of_alarm = maker("3E", WHERE), maker("3E", WHERE_ALARM)
FORM = message("FORM", "A place and a count", "", "A dict: for each lost event the service that read it last, and how "
               "often it was passed on.", "Whoever is on duty at night goes to the place that you name.")
WHICH = message("WHICH", "Lost or safe", "", "An event is safe when the store has read it. All others are lost.",
                "A search for events that are safe costs as much as one for those that are not.")
DIAGRAM = message("W1", "The way that it took", "", "The place is the last step of the event's own way.",
                  "You read the place off the diagram. Events skip services, and some are sent back to an earlier one.")
LOUDEST = message("W2", "Errors are not losses", "", "The place stays the same when a service fails and tries again.",
                  "You named the one that fails most. It writes down its trouble. The one that loses events is calm.")
CLOCKS = message("W3", "Each clock is its own", "", "The place stays the same when the clock of a service is set to "
                 "another time.", "You took times of different clocks for one order. A child must be later than its "
                 "parent. Look whether that is so.")
BY_TIME = message("W4", "Which line goes with which", "", "The place stays the same when more events come at once.",
                  "Your answer fits while events come one by one. Lines close in time may be about two events.")
NAMES = message("NAMES", "Lines without a name", "", "A line counts, also when the name of the event is not in it.",
                "Two services do not write names, and you lose sight of events there. What else ties a line to the one "
                "before?")
NEXT = message("NEXT", "The last that read it", "", "The place is a service that wrote of the event.",
               "You named the one that should have come next. Nothing shows that the event was on its way there.")
PLACE = message("PLACE", "The last step", "", "A message that no other was made from is the last one of its event.",
                "One wrong turn on the way, and you search in a service that is well.")
HOPS = message("HOPS", "Hops", "",
               "An event that only the first service read has none, and each time it is passed on adds one.",
               "A second try is no hop. A service that reads an event twice counts twice.")
ERRORS = of_alarm("W5", "Silence makes no errors", "an alarm that rings for errors, and never in the silence.",
                  "It rings when events come and nothing happens to them.",
                  "A consumer that hangs does not fail. It does nothing, and your graph of errors looks better than "
                  "ever.")
DEAF = of_alarm("DEAF", "It rings", "no alarm in the whole time without a consumer.",
                "It rings when events come and nothing happens to them.",
                "Users tell you then, and they tell you late. Look at what grows while nobody reads.")
LOUD = of_alarm("LOUD", "Quiet on a good day", "", "It stays quiet in a rush, in a pause, and when a few tries fail.",
                "After some false alarms nobody gets up any more.")
LATE = of_alarm("LATE", "In time", "", "It rings within five minutes.",
                "While you wait, all that came is late, and grows older.")
BELIEFS: tuple[tuple[Callable[[list[Line], str], str], Message], ...] = (
    (lambda lines, event: LAST, DIAGRAM), (most_errors, LOUDEST), (last_in_diagram, DIAGRAM), (first_missing, CLOCKS),
    (next_in_diagram, NEXT))
BY_KIND = {"apart": PLACE, "crowd": BY_TIME, "skew": CLOCKS, "gaps": NAMES}
PLACES = {"apart": 0.4, "crowd": 0.2, "skew": 0.3, "gaps": 0.3}
EXERCISES = (LostEvents(),)
