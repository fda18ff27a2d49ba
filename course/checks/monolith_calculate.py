"""Exercise 1C: the response time of one worker under random traffic, as a formula."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite, log
from typing import Any

from .answers import failed, failure, near, number, paired, shown
from .exercise import Message, Outcome, Report, verdict

BUSY = (0.08, 0.25, 0.41, 0.5, 0.66, 0.78, 0.87, 0.93, 0.97)
SPEEDS = (3.0, 4.4, 6.5, 9.5, 14.0, 20.5, 30.0, 44.0)      # a set of hidden cases for each
VISIBLE = ((3.0, 5.0), (9.0, 10.0), (0.0, 4.0), (6.0, 6.0), (8.0, 5.0))
NAMES = ("mean", "p99", "number")
WHERE = "Hint 1 of exercise 1C, and the picture of response times under 'Latency'."


@dataclass(frozen=True)
class Calculate:
    """`mm1_response(arrival_rate, service_rate)` gives mean, p99 and number in the system."""

    id: str = "1C"
    points: float = 4.0
    hidden: int = 5

    def cases(self, variant: int) -> list[Any]:
        if variant == 0:
            return [list(pair) for pair in VISIBLE]
        speed = SPEEDS[variant % len(SPEEDS)]
        stable = [[busy * speed * (1 + 0.07 * place), speed * (1 + 0.07 * place)] for place, busy in enumerate(BUSY)]
        return [*stable, [0.0, speed], [speed, speed], [1.6 * speed, speed]]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        asked = [Asked(case[0], case[1], answer, three(answer)) for case, answer in paired(cases, raw)]
        if all(failure(one.raw) == "Blank" for one in asked):
            return verdict(self.id, self.points, [Outcome(self.points, 0, failed(self.id, asked[0].raw, WHERE))])
        stable = [one for one in asked if 0 < one.arrival_rate < one.service_rate]
        outcomes = [part(points, stable, place, explain)
                    for points, place, explain in ((1.2, 0, why_mean), (1.2, 1, why_p99), (0.8, 2, why_number))]
        outcomes.append(whole(0.3, [one for one in asked if one.arrival_rate == 0], why_zero))
        overload = whole(0.5, [one for one in asked if one.arrival_rate >= one.service_rate], why_unstable)
        finite = any(value is not None and isfinite(value) for one in stable for value in one.values)
        outcomes.append(overload if finite else overload._replace(share=0.0))   # infinite everywhere proves nothing
        if any(outcome.message for outcome in outcomes[:3]):        # the special cases follow from the formulas
            outcomes[3] = outcomes[3]._replace(message=None)
        if outcomes[0].message:
            last = len(outcomes) if any(None in one.values for one in stable) else 3
            outcomes[1:last] = [outcome._replace(message=None) for outcome in outcomes[1:last]]
        return verdict(self.id, self.points, outcomes)


@dataclass(frozen=True)
class Asked:
    """One case, the raw answer, and the answer as three numbers if it is that."""

    arrival_rate: float
    service_rate: float
    raw: Any
    values: list[float | None]

    @property
    def spare(self) -> float:
        """How much more the worker could do, 1/s."""
        return self.service_rate - self.arrival_rate

    @property
    def busy(self) -> float:
        """Utilisation."""
        return self.arrival_rate / self.service_rate

    @property
    def right(self) -> list[float]:
        """The right answer."""
        if self.spare <= 0:
            return [inf, inf, inf]
        return [1 / self.spare, log(100) / self.spare, self.arrival_rate / self.spare]

    @property
    def setting(self) -> str:
        """The case in words."""
        return f"at {self.arrival_rate:g} requests a second and a service rate of {self.service_rate:g}"


def three(raw: Any) -> list[float | None]:
    """Mean, p99 and number from a list, or from a dict or record with those names or in that order."""
    if failure(raw) and "unstable" in str(failure(raw)).lower():
        return [inf, inf, inf]
    if isinstance(raw, dict):
        raw = [raw[name] for name in NAMES] if set(NAMES) <= set(raw) else list(raw.values())
    if not isinstance(raw, list) or len(raw) != len(NAMES):
        return [None, None, None]
    return [number(part) for part in raw]


def part(points: float, asked: list[Asked], place: int, explain: Callable) -> Outcome:
    """One of the three numbers, right in every stable case."""
    wrong = [one for one in asked if not near(one.values[place], one.right[place])]
    return Outcome(points, float(not wrong), explain(wrong) if wrong else None)


def whole(points: float, asked: list[Asked], explain: Callable) -> Outcome:
    """All three numbers in some special cases."""
    wrong = [one for one in asked if not all(map(near, one.values, one.right))]
    return Outcome(points, float(not wrong), explain(wrong) if wrong else None)


def always(wrong: list[Asked], place: int, formula: Callable[[Asked], float]) -> bool:
    """Whether the answers follow a wrong formula wherever they are wrong."""
    return all(near(one.values[place], formula(one)) for one in wrong)


def why_mean(wrong: list[Asked]) -> Message:
    """The mistake behind a wrong mean."""
    first = wrong[0]
    if any(None in one.values for one in wrong):
        return failed("1C", first.raw, WHERE) if failure(first.raw) else why_form(first)
    got = f"a mean of {shown(first.values[0])} s {first.setting}."
    for formula, code, title, expected, reason in MEANS:
        if always(wrong, 0, formula):
            return Message(code, title, got, expected, reason, WHERE)
    if all(any(near(one.values[0], scale * one.right[0]) for scale in (1000, 0.001)) for one in wrong):
        return unit("mean response time", got)
    return Message("1C-MEAN", "The mean response time", got,
                   "It is the mean work when the worker idles, and grows without limit as spare capacity shrinks.",
                   "Users feel the whole stay, waiting and service together.", WHERE)


MEANS: tuple[tuple[Callable[[Asked], float], str, str, str, str], ...] = (
    (lambda one: 1 / one.service_rate + one.busy, "1C-W1", "Waiting does not grow in a straight line",
     "From half busy to fully busy, waiting grows faster and faster.",
     "Utilisation is a share, not seconds. The last tenth of capacity costs more waiting than all the rest."),
    (lambda one: one.busy / one.spare, "1C-W2", "Response time, not waiting time",
     "With hardly any traffic, the mean is the mean work, and not 0.",
     "You counted the time in the queue. Users also wait while their request is served."),
    (lambda one: one.busy / (1 - one.busy), "1C-W3", "Seconds, not requests",
     "A worker that is twice as fast at the same utilisation halves the time.",
     "Your value depends on utilisation alone. It counts requests in the system, and a count is not a time."),
    (lambda one: -1 / one.spare, "1C-W7", "The two rates are in their places",
     "Time is above zero when the worker can do more than arrives.",
     "You took the arrival rate for the service rate. A fast worker then looks overloaded."),
    (lambda one: inf, "1C-W7", "The two rates are in their places",
     "The queue is stable when the service rate is above the arrival rate.",
     "You took one rate for the other. A fast worker then looks overloaded."),
)


def why_p99(wrong: list[Asked]) -> Message:
    """The mistake behind a wrong p99."""
    got = f"a p99 of {shown(wrong[0].values[1])} s {wrong[0].setting}."
    if always(wrong, 1, lambda one: max(0.0, log(100 * one.busy)) / one.spare):
        return Message("1C-W5", "The p99 of the whole response", got,
                       "At zero load it equals the p99 of the service, not 0.",
                       "Your p99 leaves out the request's own service time. Users wait for both.", WHERE)
    ratios = [(one.values[1] or 0) / one.right[0] for one in wrong]
    if min(ratios) > 1.9 and max(ratios) < 4.2 and near(max(ratios), min(ratios)):
        return Message("1C-W4", "The tail of a skewed distribution", got,
                       "Of exponential times, one in a hundred exceeds the p99.",
                       "You added standard deviations, which fits a bell curve. Response times have a longer tail, "
                       "so more users than you think wait longer than that.", WHERE)
    if all(any(near(ratio, scale * log(100)) for scale in (1000, 0.001)) for ratio in ratios):
        return unit("p99", got)
    return Message("1C-P99", "The 99th percentile", got,
                   "It lies above the mean, and it is the same multiple of the mean at every load.",
                   "The p99 is what your least lucky users get. A promise to users is about them.", WHERE)


def why_number(wrong: list[Asked]) -> Message:
    """The mistake behind a wrong number in the system."""
    first = wrong[0]
    return Message("1C-NUMBER", "Little's law", f"{shown(first.values[2])} requests in the system {first.setting}.",
                   "The mean number in a system is the arrival rate times the mean time in it.",
                   "The law needs no formula for the queue: it holds for every system, so it finds slips.",
                   "Hint 2 of exercise 1C, and Little's law in lesson 00.")


def why_zero(wrong: list[Asked]) -> Message:
    """What is wrong without traffic."""
    first = wrong[0]
    got = f"{failure(first.raw)}." if failure(first.raw) else f"a mean of {shown(first.values[0])} s."
    return Message("1C-ZERO", "No traffic at all", got,
                   "Without other requests nobody waits: times are those of the service, and the system is empty.",
                   "The edge of a formula is where slips show first.", WHERE)


def why_unstable(wrong: list[Asked]) -> Message:
    """What is wrong when more arrives than can be done."""
    first = wrong[0]
    got = f"{failure(first.raw)}" if failure(first.raw) else f"{shown(first.values[0])} s"
    return Message("1C-W6", "A queue that never settles", f"{got} {first.setting}.",
                   "When as much arrives as can be done, or more, the queue grows without end.",
                   "A formula gives some number there, even one below zero. It means nothing, and must not be sold "
                   "as a response time.", "The statement of exercise 1C says what to return then.")


def why_form(first: Asked) -> Message:
    """What is wrong with an answer that is not three numbers."""
    return Message("1C-FORM", "Three numbers", f"{shown(first.raw)} {first.setting}.",
                   "Mean in seconds, p99 in seconds, and number in the system, in this order.",
                   "The check reads them by their place, or by the names mean, p99 and number.",
                   "The statement of exercise 1C.")


def unit(what: str, got: str) -> Message:
    """The answer is a thousand times too large or too small."""
    return Message("1C-W8", "Seconds", got, f"With rates per second, the {what} is in seconds.",
                   "Yours is off by a factor of a thousand: one part is in milliseconds.", WHERE)


EXERCISES = (Calculate(),)
