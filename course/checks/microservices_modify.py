"""Exercise 2M: a policy of one's own, so that requests survive when an optional service hangs or fails."""

from dataclasses import dataclass
from math import inf, nan
from typing import Any

import numpy as np

from ..asking.optional_service import MARGIN, MOST_CALLS, THREADS
from . import oracle, service_calls
from .answers import failed, failure, number, paired
from .exercise import Message, Outcome, Report, maker, verdict
from .troubles import trace

PATIENCE, RECOVERY = 1.0, 5.0       # seconds
EXACT, ENOUGH, FEW_CALLS = 1e-9, 0.99, 1.2
# A hang is so long that a pool of a thousand runs dry when no place is given back.
VISIBLE = (("hang", 26, 6, 12), ("crash", 17, 5, 4))
# Rows of fault, seconds of traffic, start and length of the fault.
HIDDEN = (
    (("hang", 27, 5, 13), ("crash", 18, 6, 3), ("hang", 18, 6, 5)),
    (("hang", 28, 6, 12), ("crash", 19, 5, 5), ("hang", 19, 5, 6)),
    (("hang", 27, 6, 13), ("crash", 16, 5, 3), ("hang", 20, 7, 6)),
    (("hang", 26, 5, 12), ("crash", 20, 7, 4), ("hang", 22, 6, 9)),
    (("hang", 29, 7, 13), ("crash", 18, 5, 5), ("hang", 18, 5, 5)),
    (("hang", 27, 5, 14), ("crash", 19, 6, 5), ("hang", 20, 6, 5)),
)
WHERE = "Hint 2 of exercise 2M, and the source of Timeout in this lesson."


@dataclass(frozen=True)
class Protect:
    """`Protected(design)` is a policy around the optional service; a stand-in answer is a job in pool "fallback"."""

    id: str = "2M"
    points: float = 5.0
    hidden: int = 6

    def cases(self, variant: int) -> list[Any]:
        if variant == 0:
            return [trace(*row, seed=1) for row in VISIBLE]
        place = variant % len(HIDDEN)
        return [trace(*row, seed=100 + 10 * place + number) for number, row in enumerate(HIDDEN[place])]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        asked = [Asked(case, answer) for case, answer in paired(cases, raw)]
        message = why(asked)
        sound = [one for one in asked if one.sound]
        outcomes = [Outcome(2.0 / len(asked), float(one.sound), message) for one in asked]
        for holds in ("honest", "recovers", "gentle"):
            good = all(getattr(one, holds) for one in sound)
            outcomes.append(Outcome(1.0, len(sound) / len(asked) if good else 0.0, message))
        return verdict(self.id, self.points, outcomes)


class Asked:
    """One trace, the raw answer, and the properties that every right one has."""

    called: np.ndarray      # by whom each call is made, and when
    at: np.ndarray
    possible: bool          # whether that can be

    def __init__(self, case: dict[str, Any], raw: Any):
        self.case, self.raw = case, raw if isinstance(raw, dict) else {}
        self.arrivals = np.array(case["arrival_times"])
        start, end = case["start"], case["start"] + case["length"]
        work = [own + call for own, call in zip(case["own"], case["call"])]
        alone = np.array(oracle.response_times(case["arrival_times"], work, [(0, THREADS)]))
        self.before, self.late = self.arrivals + alone < start, self.arrivals >= end + RECOVERY
        self.during = (start <= self.arrivals) & (self.arrivals < end)
        self.times, self.failed, self.stand_ins = self.seconds(), self.marked("failed"), self.marked("stand_ins")
        self.left = self.arrivals + self.times
        has_part = self.left >= self.answered() - service_calls.SLACK      # the service, whose answer was there by then
        self.full = ~self.failed & ~self.stand_ins & has_part
        self.claimed = ~self.failed & ~self.stand_ins & ~has_part
        self.in_time = ~self.failed & (self.times <= PATIENCE)
        self.as_alone = self.full & (np.abs(self.times - alone) <= EXACT)

    def answered(self) -> np.ndarray | float:
        """When the service first answers each request; never, if the calls and departures are those of no run."""
        calls = service_calls.calls(self.case, self.raw)
        self.called, self.at = calls or (np.zeros(0, int), np.zeros(0))
        self.possible = calls is not None and service_calls.possible(self.case, self.left, *calls)
        return service_calls.answered(self.case, self.called, self.at) if self.possible else inf

    def seconds(self) -> np.ndarray:
        """Response times; not a number where there is none."""
        told = self.raw.get("times")
        values = [number(time) for time in told] if isinstance(told, list) else []
        fits = len(values) == len(self.arrivals)
        return np.array([nan if time is None else time for time in values] if fits else [nan] * len(self.arrivals))

    def marked(self, name: str) -> np.ndarray:
        """Which requests the raw answer lists under a name."""
        told = self.raw.get(name)
        listed = {number(one) for one in told} if isinstance(told, list) else set()
        return np.array([place in listed for place in range(len(self.arrivals))])

    @property
    def calls(self) -> int:
        """How many calls the requests of the fault made."""
        return int(self.during[self.called].sum())

    @property
    def survives(self) -> bool:
        """Nearly all have an answer, full or not, while the client still waits for it."""
        return share(self.in_time) >= ENOUGH

    @property
    def unchanged(self) -> bool:
        """Before the fault, nearly all have a full answer at the time they would have it without the policy."""
        return share(self.as_alone[self.before]) >= ENOUGH

    @property
    def sound(self) -> bool:
        """What must hold before anything else counts."""
        return self.possible and self.survives and self.unchanged

    @property
    def honest(self) -> bool:
        """No answer is called full that cannot be."""
        return not self.claimed.any()

    @property
    def recovers(self) -> bool:
        """A while after the fault nearly all are full again."""
        return share((self.full & self.in_time)[self.late]) >= ENOUGH

    @property
    def gentle(self) -> bool:
        """The service that hangs or is down gets few calls more than there are requests."""
        return self.calls <= FEW_CALLS * self.during.sum()


def share(which: np.ndarray) -> float:
    """The share of True."""
    return float(which.mean()) if len(which) else 0.0


def why(asked: list[Asked]) -> Message | None:
    """The first mistake, the most basic before others; None when there is none."""
    for one in asked:
        if failure(one.raw) == "Storm":
            return STORM._replace(got=f"more than {MOST_CALLS} calls for each request.")
        if failure(one.raw) or "times" not in one.raw:
            return unusable(one.raw)
        if not one.possible:
            return LOG._replace(got="calls or departures at times when they cannot be.")
    for explain in (stormy, changed, dying, lying, stuck):
        if messages := [message for message in map(explain, asked) if message]:
            return messages[0]
    return None


def unusable(raw: dict[str, Any]) -> Message:
    """The policy could not be run."""
    if "no_design" in raw:
        return FORM._replace(got=f"something of type {str(raw['no_design'])[:40]}.")
    return failed("2M", raw if failure(raw) else {"error": "Blank"}, WHERE)


def stormy(one: Asked) -> Message | None:
    """Too many calls to a service in trouble."""
    return None if one.gentle else STORM._replace(
        got=f"{one.calls} calls for {one.during.sum()} requests during the {one.case['fault']}.")


def changed(one: Asked) -> Message | None:
    """Not the same answers as without the policy, while all is well."""
    if one.unchanged:
        return None
    missing = 1 - share(one.full[one.before])
    return (ALWAYS._replace(got=f"{missing:.0%} stand-ins while the service was well.") if missing > 1 - ENOUGH else
            OTHER._replace(got=f"{1 - share(one.as_alone[one.before]):.0%} of the full answers at another time."))


def dying(one: Asked) -> Message | None:
    """Too few answers in time."""
    if one.survives:
        return None
    refused = one.failed & ~np.isnan(one.times)
    lost = f"{share(one.in_time):.1%} of the requests answered in time"
    if refused.sum() > 0.5 * (~one.in_time).sum():
        return REFUSED._replace(got=f"{refused.sum()} requests that failed as a whole.")
    calls = one.called, one.at, np.nan_to_num(one.left, nan=one.arrivals[-1] + MARGIN)
    if waited := service_calls.in_vain(*calls, one.during & one.stand_ins):
        return (LATE if waited > PATIENCE else THREADS_GONE)._replace(
            got=f"{lost}; a call was given up after {waited:.4g} s.")
    return HANGING._replace(got=f"{lost}; {service_calls.most_at_once(*calls)} of them waited for a call at once.")


def lying(one: Asked) -> Message | None:
    """Answers called full that cannot be."""
    return None if one.honest else UNMARKED._replace(
        got=f"{one.claimed.sum()} answers in which the service has no part, and that are not marked as stand-ins.")


def stuck(one: Asked) -> Message | None:
    """No way back after the fault."""
    if one.recovers:
        return None
    message = LEAK if one.case["fault"] == "hang" else MISCOUNT
    missing = 1 - share((one.full & one.in_time)[one.late])
    return message._replace(got=f"{missing:.0%} stand-ins long after the {one.case['fault']} was over.")


message = maker("2M", WHERE)
LOG = message("LOG", "The times are those of a run", "", "A request leaves, and calls, when a thread has done its own "
              "step for it, and not before.",
              "The check follows threads and calls again. What only a changed report says is not believed.")
FORM = message("FORM", "The answer is a policy", "", "'Protected(design)' is a design: it has 'deploy' and 'bill'.",
               "Designs that wrap designs can be combined in any order.")
STORM = message("W5", "A service in trouble is left in peace", "",
                "While the service is in trouble, it gets hardly more calls than there are requests.",
                "Each try that is made again at once adds work where there is too much of it. That is how a short hang "
                "turns into a long one.")
ALWAYS = message("W3", "Full answers while all is well", "", "As long as the service is well, users get its answers.",
                 "Yours puts stand-ins in place of good answers. A service that is never used cannot break, and nobody "
                 "needs it.")
OTHER = message("HEALTHY", "Nothing changes while all is well", "",
                "As long as the service is well, each answer comes at the same time as without your policy.",
                "A seat belt that makes you brake on an empty road will be taken off.")
LATE = message("W1", "Give up while somebody still waits", "", "An answer comes before the client's patience is over.",
               "Yours gives up after the client has left. A stand-in that nobody sees is of no use.")
THREADS_GONE = message("THREADS", "Threads are left for others", "",
                       "Some threads stay free while the service hangs, however many requests come.",
                       "A thread that waits serves nobody else. Rate times waiting time is how many of them are gone; "
                       "compare that with how many there are.")
HANGING = message("HANG", "Nobody waits for ever", "", "Some threads stay free while the service hangs.",
                  "Yours lets any number of calls wait as long as the hang lasts. Soon every thread waits, and those "
                  "who need only the front end wait with them.")
REFUSED = message("W7", "Only the call may fail", "", "A request is completed whether or not the optional call is.",
                  "The request's own work was done by then. Yours throws it away because an extra is missing.")
UNMARKED = message("W4", "A stand-in is marked", "", "Each answer without the service's part is a job in the pool "
                   "'fallback'.", "Yours reports success for what never came. Nobody will notice the fault, and users "
                   "act on an answer that is not there.")
LEAK = message("W2", "What is taken is given back", "",
               "Soon after the hang all answers are full again, however long it was.",
               "What a call takes or sets, be it a place, a count or a switch, is put back on every way out, giving up "
               "included.")
MISCOUNT = message("W6", "A call that fails gives back its place", "",
                   "A few seconds after the service is back, all answers are full again.",
                   "A failure jumps over the lines below it, and so over the one that counts down. Each one leaves a "
                   "place taken that nobody uses.")
EXERCISES = (Protect(),)
