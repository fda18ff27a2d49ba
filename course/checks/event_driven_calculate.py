"""Exercise 3C: how many events wait at most, how long the last one waits, and when the queue is empty again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, product
from math import inf
from typing import Any, NamedTuple

from ..asking.event_driven import ORDER
from .answers import failed, failure, near, number, paired, shown
from .exercise import Message, Outcome, Report, maker, verdict

ACCURACY = 0.005            # so that steps of a tenth of a second are fine enough
SCALES = (0.5, 0.6, 0.72, 0.86, 1.03, 1.24, 1.49, 1.79)     # a set of hidden cases for each: multiplies every time
# Capacity, arrival rate afterwards, and segments of seconds and arrival rate.
DAYS = (
    (100, 85, ((700, 125), (300, 92))),
    (50, 42, ((200, 65), (500, 38), (300, 75), (200, 70), (100, 46))),
    (2, 1.4, ((150, 1.3), (100, 3.1), (40, 1.1), (90, 2.5))),
    (3, 2.2, ((100, 4.1), (80, 2.5), (50, 3.6))),
)
QUIET = (30, 22, ((400, 24), (250, 29)))                    # nothing waits
GROWING = ((40, 47, ((300, 52), (100, 36))), (12, 12, ((250, 17), (60, 9))))    # never empty again
SEEN_DAYS = ((10, 8, ((300, 14), (200, 9))), (20, 17, ((100, 26), (200, 15), (300, 24), (100, 31))))
SEEN_GROWING = ((10, 12, ((300, 13),)),)
WHERE, WHERE_DRAIN = "Hint 2 of exercise 3C.", "Hint 2 of exercise 3C, its last part."
WHERE_DELAY = "Hint 1 of exercise 3C."
Segments = Sequence[tuple[float, float]]


class Setting(NamedTuple):
    """What is asked: what came so far, what comes afterwards, and how much can be done in a second."""

    segments: Segments
    after: float
    capacity: float


@dataclass(frozen=True)
class Calculate:
    """`peak_backlog(segments, capacity)`, `drain_time(segments, after, capacity)`, `max_delay(segments, capacity)`."""

    id: str = "3C"
    points: float = 4.0
    hidden: int = 4

    def cases(self, variant: int) -> list[Any]:
        if variant == 0:
            return written(SEEN_DAYS, SEEN_GROWING, 1)
        return written((*DAYS, QUIET), GROWING, SCALES[variant % len(SCALES)])

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        asked = [Asked(case["about"], Setting(*case["asked"]), answer) for case, answer in paired(cases, raw)]
        outcomes = [part(points, [one for one in asked if one.about == about], formulas, general)
                    for about, points, formulas, general in PARTS]
        drain, never = outcomes[1:3]
        if drain.message and never.message:     # a slip in the first explains the second
            outcomes[2] = never._replace(message=None)
        return verdict(self.id, self.points, outcomes)


def written(days: Any, growing: Any, scale: float) -> list[Any]:
    """Cases as they are asked, with all times scaled; where the queue is never empty comes last."""
    asked = {"peak": days, "drain": days, "delay": days, "never": growing}
    return [{"about": about, "asked": [[[round(seconds * scale), rate] for seconds, rate in segments], after, capacity]}
            for about, several in asked.items() for capacity, after, segments in several]


@dataclass(frozen=True)
class Asked:
    """One case and the raw answer."""

    about: str
    setting: Setting
    raw: Any

    @property
    def good(self) -> bool:
        """Near enough to the right answer."""
        return self.near(FORMULAS[self.about](self.setting, levels(self.setting)))

    def near(self, value: float) -> bool:
        """Whether the answer is this value."""
        answer = number(self.raw)
        return near(answer, value, ACCURACY) or (answer is not None and value == 0 and abs(answer) < ACCURACY)

    def __str__(self):
        segments = ", ".join(f"{seconds:g} s with {rate:g}" for seconds, rate in self.setting.segments)
        afterwards = f", then {self.setting.after:g}" if ORDER[self.about] == 1 else ""
        failed_with = failure(self.raw)
        answer = f"the error {failed_with}" if failed_with else shown(self.raw)
        return f"{answer} for {segments}{afterwards} events a second, capacity {self.setting.capacity:g}."


def levels(setting: Setting) -> list[float]:
    """How many events wait at the start and after each segment."""
    gains = ((rate - setting.capacity) * seconds for seconds, rate in setting.segments)
    return list(accumulate(gains, lambda waiting, gain: max(0.0, waiting + gain), initial=0.0))


def begun_anew(setting: Setting) -> list[float]:
    """The levels when each segment starts with an empty queue."""
    return [max(0.0, (rate - setting.capacity) * seconds) for seconds, rate in setting.segments]


def averaged(setting: Setting) -> list[float]:
    """The levels when all events come at their average rate."""
    return [max(0.0, (mean_rate(setting) - setting.capacity) * sum(seconds for seconds, _ in setting.segments))]


def below_zero(setting: Setting) -> list[float]:
    """The levels when idle time is saved for later."""
    return list(accumulate(((rate - setting.capacity) * seconds for seconds, rate in setting.segments), initial=0.0))


def never_served(setting: Setting) -> list[float]:
    """The levels when nothing is done in calm segments."""
    return list(accumulate(begun_anew(setting), initial=0.0))


def mean_rate(setting: Setting) -> float:
    """Events a second over all segments."""
    return sum(seconds * rate for seconds, rate in setting.segments) / sum(seconds for seconds, _ in setting.segments)


def busy(setting: Setting) -> list[float]:
    """The lengths of the segments in which more comes than can be done."""
    return [seconds for seconds, rate in setting.segments if rate > setting.capacity] or [0.0]


def peak_rate(setting: Setting) -> float:
    """The arrival rate while the queue reaches its peak."""
    after = levels(setting)[1:]
    return setting.segments[after.index(max(after))][1]


def drain(setting: Setting, waiting: Sequence[float]) -> float:
    """Seconds until the queue is empty."""
    spare = setting.capacity - setting.after
    return max(0.0, waiting[-1]) / spare if spare > 0 else inf


Formula = Callable[[Setting, Sequence[float]], float]
FORMULAS: dict[str, Formula] = {
    "peak": lambda setting, waiting: max(waiting),
    "drain": drain,
    "never": drain,
    "delay": lambda setting, waiting: max(waiting) / setting.capacity,
}


def part(points: float, asked: list[Asked], formulas: Any, general: Message) -> Outcome:
    """One of the rules, right in each of its cases."""
    wrong = [one for one in asked if not one.good]
    return Outcome(points, float(not wrong), why(wrong, asked, formulas, general) if wrong else None)


def why(wrong: list[Asked], asked: list[Asked], formulas: Any, general: Message) -> Message:
    """The mistake behind some wrong answers."""
    first = wrong[0]
    if failure(first.raw) and not (first.about == "never" and failure(first.raw) == "ZeroDivisionError"):
        return failed("3C", first.raw, general.where)
    if number(first.raw) is None and not failure(first.raw):
        return FORM._replace(got=f"{shown(first.raw)}.", where=general.where)
    for (rule, slip), (formula, message) in product(LEVELS, ((FORMULAS[first.about], None), *formulas)):
        found = message or slip
        if found and all(one.near(formula(one.setting, rule(one.setting))) for one in asked):
            return found._replace(got=str(first))
    return general._replace(got=str(first))


message, of_drain, of_delay = (maker("3C", where) for where in (WHERE, WHERE_DRAIN, WHERE_DELAY))
FORM = message("FORM", "A number", "", "Each function returns one number.",
               "The check compares it with what the rates give.")
ANEW = message("W5", "The queue is carried on", "",
               "What waits at the end of a segment waits at the start of the next.",
               "You begin each segment with an empty queue. Nobody came by night to do the work of yesterday.")
AVERAGE = message("W6", "An average hides the rush", "",
                  "A calm hour later on does not make the queue of now shorter.",
                  "You spread the events over the whole time. The queue grows in the rush, also when the mean is low.")
SAVED = message("IDLE", "Idle time is lost", "", "A calm start never makes a later queue shorter.",
                "You let the queue fall below zero. Consumers with nothing to do cannot work ahead.")
UNSERVED = message("CALM", "Calm segments help", "",
                   "While fewer events come than can be done, the queue gets shorter.",
                   "You only add. In a calm segment the consumers work on what waits.")
MINUTES = message("SECONDS", "Times are in seconds", "",
                  "Segments are in seconds, rates in events a second, and times come out in seconds.",
                  "Yours is off by the factor between a minute and a second.")
PEAK = message("PEAK", "The most that wait", "",
               "In each segment the queue changes by what comes less what is done. It is never below zero.",
               "The longest queue tells how much room a broker needs.")
ALONE = of_drain("W1", "New events keep coming", "", "When more come afterwards, the queue lasts longer.",
                 "Yours would be right if nobody sent any more. The consumers do the new events as well.")
EQUAL = of_drain("W2", "What drains a queue", "", "With more spare capacity the queue is empty sooner.",
                 "You gave the length of a segment. It takes as long as the rush only if the spare capacity is as "
                 "large as what was lacking before.")
DRAIN = of_drain("DRAIN", "Empty again", "",
                 "What waits at the end, against the capacity that new events leave over.",
                 "Until then every event is late, though the rush is over.")
NEVER = of_drain("W3", "A queue that never empties", "",
                 "When as much comes as can be done, or more, the answer is inf.",
                 "Nothing is left over for those that wait, so no time is long enough. A time is never below zero, "
                 "either.")
RATE = of_delay("W4", "Who makes the queue move", "",
                "With twice the capacity, the same queue is gone in half the time.",
                "You divided by a rate of arrivals. Those who come later do not push those who came before.")
DELAY = of_delay("DELAY", "The longest wait", "",
                 "An event waits until all those before it are done. The longest queue makes the longest wait.",
                 "This is how old a result can be, and what a user feels.")
LEVELS: tuple[tuple[Callable[[Setting], list[float]], Message | None], ...] = (
    (levels, None), (begun_anew, ANEW), (averaged, AVERAGE), (below_zero, SAVED), (never_served, UNSERVED))


def divided(divisor: Callable[[Setting], float]) -> Formula:
    """The longest wait by another rate."""
    return lambda setting, waiting: max(waiting) / divisor(setting)


PARTS: tuple[tuple[str, float, tuple[tuple[Formula, Message], ...], Message], ...] = (
    ("peak", 1.25, ((lambda setting, waiting: max(waiting) / 60, MINUTES),
                    (lambda setting, waiting: max(waiting) * 60, MINUTES)), PEAK),
    ("drain", 1.25, ((lambda setting, waiting: waiting[-1] / setting.capacity, ALONE),
                     *((lambda setting, waiting, rule=rule: rule(busy(setting)), EQUAL)
                       for rule in (sum, max, lambda lengths: lengths[-1], lambda lengths: lengths[0])),
                     (lambda setting, waiting: sum(seconds for seconds, _ in setting.segments), EQUAL),
                     (lambda setting, waiting: drain(setting, waiting) / 60, MINUTES)), DRAIN),
    ("never", 0.5, (), NEVER),
    ("delay", 1.0, (*((divided(rate), RATE) for rate in (
        peak_rate, mean_rate, lambda setting: max(rate for _, rate in setting.segments),
        lambda setting: setting.segments[-1][1])),
        (lambda setting, waiting: max(waiting) / setting.capacity / 60, MINUTES)), DELAY),
)
EXERCISES = (Calculate(),)
