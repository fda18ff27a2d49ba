"""Exercise 5E: a job of 40 minutes on a platform that stops every call after 15, and kills some earlier."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..asking.rehearsal import LONGEST
from .answers import failed, failure, paired
from .exercise import Message, Outcome, Report, maker, verdict

LOSS = 300                  # seconds of finished work that a kill may cost
UNITS = (23, 29, 31, 37, 47, 53, 59, 67)    # of the hidden jobs; no chunk of a common length divides them
SEEN_UNITS = 41
SPARE = 0.35                # the most that a forgotten chunk can be; with less done, it is no way to do the job
SHORT = range(40, 65, 4)    # seconds of a second unit, so that any time may be left for a slow one
WHERE = "Hint 2 of exercise 5E, and the log of the cell above the check."


@dataclass(frozen=True)
class LongJob:
    """`call(job, message)`: one call of a function that the platform starts as often as it is asked to."""

    id: str = "5E"
    points: float = 2.0
    hidden: int = 6

    def cases(self, variant: int) -> list[Any]:
        units = UNITS[variant % len(UNITS)] if variant else SEEN_UNITS
        number = variant % len(UNITS) if variant else len(UNITS)
        job = {"seconds": [40 + (37 * unit * unit + 11 * unit + 5 * number) % 41 for unit in range(units)],
               "results": [101 * number + 7 * unit + 13 for unit in range(units)], "kills": []}
        strikes = [150 + 29 * number + 397 * kill + 53 * kill * number % 160 for kill in range(5)]
        slow = [[40, short, *[LONGEST] * (units - 2)] for short in SHORT]
        return [{"about": "calm", **job}, *({"about": "slow", **job, "seconds": seconds} for seconds in slow),
                {"about": "kills", **job, "kills": strikes},
                {"about": "storm", **job, "kills": [(360 + number) * kill for kill in range(1, 25)]},
                {"about": "actions", **job}]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        runs: Runs = {case["about"]: [] for case in cases}
        for case, answer in paired(cases, raw):
            runs[case["about"]] += [Ran(case, run) for run in (answer if isinstance(answer, list) else [answer])]
        calm = runs["calm"][0] if runs["calm"] else Ran(cases[0], None)
        if failure(calm.raw):
            return verdict(self.id, self.points, [Outcome(self.points, 0, failed(self.id, calm.raw, WHERE))])
        useful = len(calm.lost) <= SPARE * len(calm.results)
        outcomes = [Outcome(points, float(useful and message is None), message)
                    for points, message in ((points, find(runs)) for points, find in PARTS)]
        return verdict(self.id, self.points, explained(outcomes, useful))


@dataclass(frozen=True)
class Ran:
    """A run of a job, as it was told."""

    case: dict[str, Any]
    raw: Any

    @property
    def results(self) -> list[int]:
        """What should be saved in the end."""
        return list(self.case["results"])

    @property
    def saved(self) -> list[Any] | None:
        """What was saved, one by one."""
        saved = self.raw.get("results") if isinstance(self.raw, dict) else None
        return saved if isinstance(saved, list) else None

    @cached_property
    def counts(self) -> Counter:
        """How often each result was saved."""
        return Counter(value for value in self.saved or () if isinstance(value, int | float))

    @property
    def lost(self) -> list[int]:
        """Units whose result is not there."""
        return [unit for unit, value in enumerate(self.results) if not self.counts[value]]

    @property
    def twice(self) -> list[int]:
        """Units whose result is there more than once."""
        return [unit for unit, value in enumerate(self.results) if self.counts[value] > 1]

    @property
    def foreign(self) -> int:
        """How many values are no result of a unit."""
        return len(self.saved or ()) - sum(self.counts[value] for value in self.results)

    def told(self, name: str) -> int:
        """A whole number of the log."""
        value = self.raw.get(name) if isinstance(self.raw, dict) else None
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0

    @property
    def ended(self) -> bool:
        """Whether no call was left to make."""
        return isinstance(self.raw, dict) and self.raw.get("ended") is True

    @property
    def done(self) -> list[int]:
        """How often each unit was worked on to its end."""
        done = self.raw.get("done") if isinstance(self.raw, dict) else None
        if isinstance(done, list) and len(done) == len(self.results) and all(type(times) is int for times in done):
            return done
        return [0] * len(self.results)

    @property
    def repeated(self) -> float:
        """Seconds of work that was done before."""
        return sum(seconds * max(0, times - 1) for seconds, times in zip(self.case["seconds"], self.done))


Runs = dict[str, list[Ran]]


def why_whole(runs: Runs) -> Message | None:
    """What is missing although nobody killed a call."""
    for run in (*runs["calm"], *runs["slow"]):
        if failure(run.raw):
            return failed("5E", run.raw, WHERE)
        if run.lost and run.repeated and not run.ended:
            return RESTARTED._replace(got=f"{run.told('calls')} calls, and unit 0 was done {run.done[0]} times.")
        if run.saved is None or run.foreign:
            return FORM._replace(got="other values in the list." if run.saved else "no list under that name.")
        if run.lost:
            tail = run.told("calls") > 1 and len(run.lost) <= SPARE * len(run.results)
            return (TAIL if tail else STOPS)._replace(got=f"{len(run.results) - len(run.lost)} of {len(run.results)} "
                                                      "units, without any kill.")
    return None


def why_cap(runs: Runs) -> Message | None:
    """Whether a call was stopped at the cap."""
    for run in (*runs["calm"], *runs["slow"]):
        if run.told("stopped"):
            return CAPPED._replace(got=f"{run.told('stopped')} of {run.told('calls')} calls stopped by the platform.")
    return None


def why_end(runs: Runs) -> Message | None:
    """Whether the calls come to an end."""
    endless = next((run for run in every(runs) if not run.ended), None)
    if endless is None:
        return None
    got = f"{endless.told('calls')} calls, and one more waiting."
    return (RESTARTED if endless.repeated > LOSS * (1 + endless.told("killed")) else ENDLESS)._replace(got=got)


def why_progress(runs: Runs) -> Message | None:
    """Whether a kill costs too much."""
    for run in (*runs["kills"], *runs["storm"]):
        if failure(run.raw):
            return failed("5E", run.raw, WHERE)
        if run.repeated > LOSS * run.told("killed"):
            return COSTLY._replace(got=f"{run.repeated / 60:.0f} minutes of work done again after "
                                   f"{run.told('killed')} kills.")
    return None if runs["kills"] and runs["storm"] else ENDLESS


def why_lost(runs: Runs) -> Message | None:
    """Whether a kill makes work vanish."""
    for run in every(runs):
        if run.lost:
            return EARLY._replace(got=f"{len(run.lost)} of {len(run.results)} results missing after a kill.")
    return None if runs["actions"] else ENDLESS


def why_twice(runs: Runs) -> Message | None:
    """Whether a kill makes work count twice."""
    for run in every(runs):
        if run.twice:
            return TWICE._replace(got=f"{len(run.twice)} results more than once, of {len(run.results)}.")
    return None if runs["actions"] else ENDLESS


def every(runs: Runs) -> list[Ran]:
    """All runs, those without kills first."""
    return [run for several in runs.values() for run in several]


def explained(outcomes: list[Outcome], useful: bool) -> list[Outcome]:
    """The checks without messages that an earlier message explains."""
    whole = outcomes[0].message
    if not useful:
        return [outcomes[0], *(outcome._replace(message=None) for outcome in outcomes[1:])]
    if whole:
        outcomes[4] = outcomes[4]._replace(message=None)
    return outcomes


message = maker("5E", WHERE)
FORM = message("FORM", "A list of results", "", "In the end job.saved('results') is a list of what job.work gave.",
               "Whoever ordered the job reads this list, and nothing else.")
RESTARTED = message("W1", "Go on where you were", "", "A unit that is saved is not worked on again.",
                    "Your calls begin at the start. A job longer than a call then never ends, and each call is paid.")
EARLY = message("W2", "Saved means done", "", "A kill at any moment loses no result for good.",
                "Between two saves there is a moment when one says more than the other. Kill a call right there.")
TAIL = message("W3", "The last units count", "", "All units are done, whatever their number.",
               "Your chunks end before the job does. What is left over is smaller than a chunk, and easy to forget.")
CAPPED = message("W4", "End before the cap", "", "A call ends on its own, also when its next unit is the slowest.",
                 "Units differ in length. Who plans for the mean is stopped in every second call.")
TWICE = message("W5", "Each unit counts once", "", "After a kill at any moment, no result is there twice.",
                "A killed call comes again and does not know how far it got. All it can trust is what was saved whole.")
ENDLESS = message("W6", "The job ends", "", "When all is done, no further call is asked for.",
                  "A function that calls itself for ever is paid for ever. It has made bills that people wrote about.")
STOPS = message("STOPS", "Ask for another call", "", "While units are left, another call is on its way.",
                "The platform starts a call only when it gets a message. Nobody else knows that work is left.")
COSTLY = message("COSTLY", "A kill costs little", "", "A kill costs at most five minutes of finished work.",
                 "What a call has not saved is lost with it. So is what the next one does not read.")
PARTS: tuple[tuple[float, Callable[[Runs], Message | None]], ...] = (
    (0.4, why_whole), (0.3, why_cap), (0.3, why_end), (0.4, why_progress), (0.3, why_lost), (0.3, why_twice),
)
EXERCISES = (LongJob(),)
