"""Exercise 4D: layers, batch interval, allowed lateness and workers that last for forty weeks; the judge recounts."""

import json
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..laws import Sometimes, UniformLaw
from ..prices import Prices
from ..workload import LogNormal, Work, Workload
from . import promise
from .answers import failed, failure, number, paired
from .exercise import Message, Outcome, Report, maker, verdict
from .oracle_event_driven import by_anyone
from .oracle_lambda import cuts, missing, runs

RATE, GROWTH, LAST = 0.03, 1.03, 40     # events per second in week 0; growth by the week; and the week that is judged
HOUR, WINDOW, TRACE = 3600, 86_400, 172_800     # seconds
ASKED = np.arange(WINDOW + 1000, TRACE, 1800.0)
KEPT_LOG = 30 * 86_400                  # seconds of events in the log when a trace begins
OWN_WORK, APPEND = 12.0, 0.005          # seconds for an event
WAYS = {"late": (UniformLaw(0, 60), Sometimes(0.03, UniformLaw(0, 43_200))), "prompt": (UniformLaw(0, 60),)}
MACHINES = 4                            # that share a batch run or a replay
RUN = {"lambda": (600.0, 0.104), "replay": (0.0, 0.12)}       # seconds of a run; and of a machine for each event
EVENT_GB = 0.02
PROMISE, FRESH, BROKEN = 1.5, 60.0, 2.25    # percent; seconds; and what a trace counts as that breaks another rule
LAYERS, INTERVALS, WORKERS = ("lambda", "stream", "replay"), (0.5, 1, 3, 4, 12, 24), range(1, 7)
LATENESSES, LONG = (0, 1, 60, 720, 10_080), 720         # minutes
STORED = Path(__file__).with_name("lambda_design.json")
WHERE = "Hint 2 of exercise 4D, and the report above it."


class Choice(NamedTuple):
    """What the learner chooses: hours of the interval, minutes of lateness; a stream alone has no interval."""

    layers: str
    interval: float | None
    lateness: int
    workers: int


class Trace(NamedTuple):
    """The events of two days, in order of the time at which they are logged."""

    happened: np.ndarray
    logged: np.ndarray
    work: np.ndarray


class Found(NamedTuple):
    """One trace: the error in percent, the p99 to be seen in seconds, and the longest run in intervals."""

    error: float
    fresh: float
    busy: float

    @property
    def judged(self) -> float:
        """The error that counts; that of a promise missed by half where another rule is broken."""
        return self.error if self.fresh <= FRESH and self.busy <= 1 else max(self.error, BROKEN)


@dataclass(frozen=True)
class Design:
    """Two designs: for a city where some events are late, and for one where none is."""

    id: str = "4D"
    points: float = 5.0
    hidden: int = 6

    def cases(self, variant: int) -> list[Any]:
        hidden = stored()["hidden"]
        return [{"seeds": stored()["seen"] if variant == 0 else hidden[variant % len(hidden)]}]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        case, answer = paired(cases, raw)[0]
        given = answer.get("designs") if isinstance(answer, dict) else None
        choices = [read(one) for one in given] if isinstance(given, list) and len(given) == len(WAYS) else [None]
        if None in choices:
            return verdict(self.id, self.points, [Outcome(self.points, 0, unusable(given))])
        outcomes = [part for city, share, choice in zip(WAYS, (0.8, 0.2), choices) if choice
                    for part in scored(choice, city, share, case["seeds"])]
        return verdict(self.id, self.points, outcomes)


def scored(choice: Choice, city: str, share: float, seeds: list[int]) -> list[Outcome]:
    """The outcomes for one city, which has a share of the points."""
    traces = [two_days(choice, city, seed) for seed in seeds]
    best, naive = (Choice(*stored()[name]) for name in (city, "naive"))
    saved = promise.saving(usd(choice), usd(best), usd(naive))
    message = lacking(choice, city, Found(*np.mean(traces, axis=0)), seeds)
    outcomes = promise.scored([one.judged for one in traces], PROMISE, saved, message)
    return [part._replace(points=share * part.points) for part in outcomes]


@lru_cache(maxsize=1)
def stored() -> dict[str, Any]:
    """The best designs, a naive one, and the seeds of the traces that were checked to be fair."""
    return json.loads(STORED.read_text(encoding="utf-8"))


def rate(week: int) -> float:
    """Events per second in a week."""
    return RATE * GROWTH**week


@lru_cache(maxsize=128)
def offered(seed: int, week: int) -> tuple[np.ndarray, ...]:
    """What happens in two days of a week: the time, the chance of the way, and the work."""
    workload = Workload(rate(week), TRACE, Work(0, OWN_WORK, 0), seed, distribution=LogNormal(0.5))
    rows = [(event.arrival_time, event.chance("way"), event.work.infer) for event in workload.requests()]
    return tuple(map(np.array, zip(*rows)))


@lru_cache(maxsize=256)
def trace(city: str, seed: int, week: int = LAST) -> Trace:
    """What happens in two days of a week, and when it is logged."""
    happened, chance, work = offered(seed, week)
    logged = happened + sum(np.array([*map(way.quantile, chance)]) for way in WAYS[city])
    order = np.argsort(logged, kind="stable")
    return Trace(happened[order], logged[order], work[order])


@lru_cache(maxsize=512)
def seen(workers: int, city: str, seed: int, week: int = LAST) -> np.ndarray:
    """When the workers of the speed layer have looked at each event."""
    events = trace(city, seed, week)
    return by_anyone(workers, (events.logged + APPEND).tolist(), events.work.tolist(), inf, inf)


def run_time(layers: str, events: float) -> float:
    """Seconds of a run over so many events; 0 where there are no runs."""
    fixed, work = RUN.get(layers, (0.0, 0.0))
    return fixed + work / MACHINES * events


@lru_cache(maxsize=4096)
def two_days(choice: Choice, city: str, seed: int, week: int = LAST) -> Found:
    """What is found in one trace."""
    events, done = trace(city, seed, week), seen(choice.workers, city, seed, week)
    cut, busy = np.full(len(ASKED), -inf), 0.0
    if choice.interval and choice.layers in RUN:
        fixed, each = run_time(choice.layers, KEPT_LOG * rate(week)), RUN[choice.layers][1] / MACHINES
        began, ended = runs(events.logged, TRACE, choice.interval * HOUR, fixed, each)
        cut, busy = cuts(began, ended, ASKED), float(np.max(ended - began)) / (choice.interval * HOUR)
    taken = np.where(events.logged - events.happened <= 60 * choice.lateness, done, inf)
    error = missing(events.happened, taken, ASKED, WINDOW, events.logged, cut)
    counts = (events.logged >= ASKED[0]) & (events.logged < ASKED[-1])
    waited = np.minimum(done, TRACE)[counts] - events.logged[counts]
    return Found(float(np.mean(error)), float(np.percentile(waited, 99)), busy)


def usd(choice: Choice, week: int = LAST) -> float:
    """US dollars for an hour: workers, machines while they run, and events that are held in memory."""
    server, memory = rates()
    share = run_time(choice.layers, KEPT_LOG * rate(week)) / (choice.interval * HOUR) if choice.interval else 0
    held = rate(week) * 60 * choice.lateness * EVENT_GB
    return (choice.workers + MACHINES * min(share, 1)) * server + held * memory


@lru_cache(maxsize=1)
def rates() -> tuple[float, float]:
    """US dollars for an hour of a machine, and of a GB of memory."""
    prices = Prices.read()
    return prices.usd("vm_m5.large_2vcpu_8gib"), prices.usd("fargate_memory")


def read(given: Any) -> Choice | None:
    """A choice from a list in the order of its fields, or from a record; None for anything else."""
    if isinstance(given, dict) and set(given) == set(Choice._fields):
        given = [given[name] for name in Choice._fields]
    if not isinstance(given, list) or len(given) != len(Choice._fields):
        return None
    layers, (interval, lateness, workers) = given[0], (number(part) for part in given[1:])
    if not isinstance(layers, str) or layers not in LAYERS or lateness not in LATENESSES or workers not in WORKERS:
        return None
    if layers == "stream":
        return Choice(layers, None, int(lateness or 0), int(workers or 0))
    return Choice(layers, interval, int(lateness or 0), int(workers or 0)) if interval in INTERVALS else None


def candidates() -> list[Choice]:
    """All that a design can be."""
    return [Choice(layers, interval, lateness, workers) for layers in LAYERS for lateness in LATENESSES
            for interval in (INTERVALS if layers in RUN else (None,)) for workers in WORKERS]


def unusable(given: Any) -> Message:
    """What is wrong with an answer that cannot be computed."""
    if given is None or failure(given):
        return failed("4D", given if failure(given) else {"error": "Blank"}, WHERE)
    return FORM._replace(got=f"{given if isinstance(given, list) else 'something else'}."[:80])


def lacking(choice: Choice, city: str, found: Found, seeds: list[int]) -> Message:
    """What is to be said first about a design for a city."""
    first = two_days(choice, city, seeds[0], 0)
    told = (f"{city}: in week {LAST} {found.error:.2f} % error, seen after {found.fresh:.0f} s (in week 0 "
            f"{first.fresh:.0f} s), a run takes {found.busy:.2f} intervals ({first.busy:.2f}), and an hour "
            f"{usd(choice):.2f} USD.")
    if found.busy > 1 or found.fresh > FRESH:
        return (SHORT if first.busy > 1 else GROWN)._replace(got=told)
    return (wrong(choice, city) if found.error > PROMISE else dear(choice, city))._replace(got=told)


def wrong(choice: Choice, city: str) -> Message:
    """Why the error is too large."""
    if choice.lateness == 0:
        return STRICT
    if choice.layers == "stream":
        return ALONE
    lucky = all(two_days(choice, city, seed).judged <= PROMISE for seed in stored()["seen"])
    return LUCKY if lucky else STALE


def dear(choice: Choice, city: str) -> Message:
    """Why the promise is kept for too much money."""
    if choice.lateness >= LONG:
        return HELD
    return IDLE if city == "prompt" and choice.layers != "stream" else DEAR


message = maker("4D", WHERE)
FORM = message("FORM", "Two designs", "", "For each city one of the three words, an interval and a lateness from the "
               "lists, and 1 to 6 workers.", "The check can only compute what could be set up.")
SHORT = message("W1", "A run ends before the next is due", "", "A run takes less time than its interval.",
                "Yours are late from week 0 on: each delays the next, and machines never rest. An interval "
                "that is short on paper is long in truth.")
GROWN = message("W2", "It lasts for forty weeks", "", "All rules still hold in the last week.",
                "A little more each week is a lot in a year. Runs read a log that grows, and workers get more to do. "
                "What fits today is soon outgrown.")
HELD = message("W3", "What is waited for is held in memory", "",
               "Each minute of lateness is worth its memory.",
               "The speed layer keeps each event for so long. Nobody needs this when a batch run corrects the rest, or "
               "when nothing is late.")
STRICT = message("W4", "A little lateness is normal", "", "Events on an ordinary way are seen at once.",
                 "Each event is on its way for some seconds. With no lateness at all the speed layer ignores nearly "
                 "everything, and questions wait for the batch run.")
ALONE = message("W5", "Someone corrects the rest", "", "Events that are too late for the speed layer are found later.",
                "Yours never learns of them. Without a second reading of the log, what the stream ignores is missing "
                "for good.")
LUCKY = message("W6", "Right on other days too", "", "The promise holds on average over many traces.",
                "You tuned your numbers to the luck of one trace. Repeat the report with other seeds before you trust "
                "a number that only just fits.")
STALE = message("STALE", "The batch view is young enough", "", "What the speed layer ignores is found in time.",
                "An event that is too late waits for the next run to begin, and then until it ends. Shorten what it "
                "waits for.")
IDLE = message("CITY", "Nothing to correct", "", "Each part of a design has something to do.",
               "Nothing is late in that city, so the stream is already right. What do you pay the other layer for?")
DEAR = message("COST", "No more than the promise needs", "", "Less of anything would break the promise.",
               "What nobody needs is paid again every hour. Which of your numbers can be smaller, or longer?")
EXERCISES = (Design(),)
