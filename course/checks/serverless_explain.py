"""Exercise 5E: a job of 40 minutes on a platform that stops every call after 15, and kills some earlier."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from typing import Any

from ..asking.rehearsal import LONGEST, Rehearsal
from ..asking.serverless import moments
from .answers import failed, failure, paired
from .call_logs import replayed
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
            runs[case["about"]] += told(case, answer if isinstance(answer, list) and answer else [answer])
        calm = runs["calm"][0]
        if failure(calm.raw):
            return verdict(self.id, self.points, [Outcome(self.points, 0, failed(self.id, calm.raw, WHERE))])
        useful = len(calm.lost) <= SPARE * len(calm.results)
        outcomes = [Outcome(points, float(useful and message is None), message)
                    for points, message in ((points, find(runs)) for points, find in PARTS)]
        return verdict(self.id, self.points, explained(outcomes, useful))


@dataclass(frozen=True)
class Ran:
    """What was saved in a run, as it was told, and what can be derived from its log."""

    case: dict[str, Any]
    raw: Any
    kills: list[float] | None       # None when no such run was asked for

    @cached_property
    def run(self) -> Rehearsal | None:
        """The run, on the judge's clock; None when its log is not that of a run."""
        log = self.raw.get("log") if isinstance(self.raw, dict) else None
        return None if self.kills is None else replayed(self.case, log, self.kills)

    @property
    def unfit(self) -> Message | None:
        """Why nothing can be said of the run."""
        if failure(self.raw):
            return failed("5E", self.raw, WHERE)
        return None if self.run else LOG

    @property
    def results(self) -> list[int]:
        """What should be saved in the end."""
        return list(self.case["results"])

    @property
    def known(self) -> set[int]:
        """Units whose result a call could know that saved the list."""
        return self.run.store.get("results", set()) if self.run else set()

    @property
    def saved(self) -> list[Any] | None:
        """What was saved, one by one."""
        saved = self.raw.get("results") if self.run and "results" in self.run.store else None
        return saved if isinstance(saved, list) else None

    @cached_property
    def counts(self) -> Counter:
        """How often each result was saved."""
        return Counter(value for value in self.saved or () if isinstance(value, int | float))

    @property
    def unknown(self) -> list[int]:
        """Units whose result is there, and that the call which saved it could not know."""
        return [unit for unit, value in enumerate(self.results) if self.counts[value] and unit not in self.known]

    @property
    def lost(self) -> list[int]:
        """Units whose result is not there."""
        return [unit for unit, value in enumerate(self.results) if not self.counts[value] or unit not in self.known]

    @property
    def twice(self) -> list[int]:
        """Units whose result is there more than once."""
        return [unit for unit, value in enumerate(self.results) if self.counts[value] > 1]

    @property
    def foreign(self) -> int:
        """How many values are no result of a unit."""
        return len(self.saved or ()) - sum(self.counts[value] for value in self.results)

    @property
    def calls(self) -> int:
        """How many calls there were."""
        return len(self.run.calls) if self.run else 0

    def ending(self, how: str) -> int:
        """How many calls were "stopped" or "killed"."""
        return self.run.count(how) if self.run else 0

    @property
    def ended(self) -> bool:
        """Whether no call was left to make."""
        return self.run is not None and self.run.ended

    @property
    def done(self) -> list[int]:
        """How often each unit was worked on to its end."""
        return self.run.done if self.run else [0] * len(self.results)

    @property
    def repeated(self) -> float:
        """Seconds of work that was done before."""
        return sum(seconds * max(0, times - 1) for seconds, times in zip(self.case["seconds"], self.done))


Runs = dict[str, list[Ran]]


def told(case: dict[str, Any], answers: list[Any]) -> list[Ran]:
    """The runs of a case; where kills are tried, the first run says when each of the others is struck."""
    first = Ran(case, answers[0], case["kills"])
    strikes = [[moment] for moment in moments(first.run)] if case["about"] == "actions" and first.run else []
    return [first, *(Ran(case, answer, kills) for answer, kills in zip_longest(answers[1:], strikes))]


def unfit(runs: Iterable[Ran]) -> Message | None:
    """Why nothing can be said of some run."""
    return next((run.unfit for run in runs if run.unfit), None)


def why_whole(runs: Runs) -> Message | None:
    """What is missing although nobody killed a call."""
    calm = [*runs["calm"], *runs["slow"]]
    return unfit(calm) or next((message for message in map(why_less, calm) if message), None)


def why_less(run: Ran) -> Message | None:
    """What is missing in a run without kills."""
    if run.lost and run.repeated and not run.ended:
        return RESTARTED._replace(got=f"{run.calls} calls, and unit 0 was done {run.done[0]} times.")
    if run.saved is None or run.foreign:
        return FORM._replace(got="other values in the list." if run.saved else "no list under that name.")
    if run.unknown:
        return memory(run)
    if run.lost:
        tail = run.calls > 1 and len(run.lost) <= SPARE * len(run.results)
        return (TAIL if tail else STOPS)._replace(got=f"{len(run.results) - len(run.lost)} of {len(run.results)} "
                                                  "units, without any kill.")
    return None


def memory(run: Ran) -> Message:
    """Where a result cannot come from."""
    return MEMORY._replace(got=f"{len(run.unknown)} results that the call had neither worked on nor read.")


def why_cap(runs: Runs) -> Message | None:
    """Whether a call was stopped at the cap."""
    calm = [*runs["calm"], *runs["slow"]]
    stopped = [run for run in calm if run.ending("stopped")]
    return unfit(calm) or next((CAPPED._replace(
        got=f"{run.ending('stopped')} of {run.calls} calls stopped by the platform.") for run in stopped), None)


def why_end(runs: Runs) -> Message | None:
    """Whether the calls come to an end."""
    endless = next((run for run in every(runs) if not run.ended), None)
    if endless is None or unfit(every(runs)):
        return unfit(every(runs))
    got = f"{endless.calls} calls, and one more waiting."
    return (RESTARTED if endless.repeated > LOSS * (1 + endless.ending("killed")) else ENDLESS)._replace(got=got)


def why_progress(runs: Runs) -> Message | None:
    """Whether a kill costs too much."""
    struck = [*runs["kills"], *runs["storm"]]
    return unfit(struck) or next((message for message in map(why_costly, struck) if message), None)


def why_costly(run: Ran) -> Message | None:
    """What is lost by the kills of a run, or would be if its memory were."""
    if run.repeated > LOSS * run.ending("killed"):
        return COSTLY._replace(got=f"{run.repeated / 60:.0f} minutes of work done again after {run.ending('killed')} "
                                   "kills.")
    return memory(run) if run.unknown else None


def why_lost(runs: Runs) -> Message | None:
    """Whether a kill makes work vanish."""
    run = next((run for run in every(runs) if run.lost), None)
    if run is None or unfit(every(runs)):
        return unfit(every(runs))
    return memory(run) if run.unknown else EARLY._replace(
        got=f"{len(run.lost)} of {len(run.results)} results missing after a kill.")


def why_twice(runs: Runs) -> Message | None:
    """Whether a kill makes work count twice."""
    run = next((run for run in every(runs) if run.twice), None)
    if run is None or unfit(every(runs)):
        return unfit(every(runs))
    return TWICE._replace(got=f"{len(run.twice)} results more than once, of {len(run.results)}.")


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
MEMORY = message("MEMORY", "A new call knows what was stored", "",
                 "A call saves results that it has worked on, found in the store, or got in its message.",
                 "The next call may run on another machine. What an earlier one kept in its memory is gone by then.")
LOG = message("LOG", "The log is that of a run", "a log of calls and actions that does not fit the clock.",
              "Each call begins with a message, and ends at the cap or a kill.",
              "The check runs your log again with a clock of its own. What only a changed log says is not believed.")
PARTS: tuple[tuple[float, Callable[[Runs], Message | None]], ...] = (
    (0.4, why_whole), (0.3, why_cap), (0.3, why_end), (0.4, why_progress), (0.3, why_lost), (0.3, why_twice),
)
EXERCISES = (LongJob(),)
