"""Answers to exercise 3C: what learners get wrong, and ways to be right."""

from fractions import Fraction
from math import inf

import numpy as np
from bank.form import Bank


def peak_backlog(segments, capacity):
    waiting = peak = 0
    for seconds, rate in segments:
        waiting = max(0, waiting + (rate - capacity) * seconds)
        peak = max(peak, waiting)
    return peak


def drain_time(segments, after, capacity):
    if after >= capacity:
        return float("inf")
    waiting = 0
    for seconds, rate in segments:
        waiting = max(0, waiting + (rate - capacity) * seconds)
    return waiting / (capacity - after)


def max_delay(segments, capacity):
    waiting = longest = 0
    for seconds, rate in segments:
        waiting = max(0, waiting + (rate - capacity) * seconds)
        longest = max(longest, waiting)
    return longest / capacity


RIGHT = (peak_backlog, drain_time, max_delay)


def with_levels(levels):
    """The three functions on another way to count those that wait."""
    return (lambda segments, capacity: max(levels(segments, capacity)),
            lambda segments, after, capacity: drained(levels(segments, capacity)[-1], after, capacity),
            lambda segments, capacity: max(levels(segments, capacity)) / capacity)


def drained(waiting, after, capacity):
    return inf if after >= capacity else max(0, waiting) / (capacity - after)


def levels(segments, capacity):
    found = [0]
    for seconds, rate in segments:
        found.append(max(0, found[-1] + (rate - capacity) * seconds))
    return found


def anew(segments, capacity):
    return [max(0, (rate - capacity) * seconds) for seconds, rate in segments]


def average(segments, capacity):
    return [max(0, sum((rate - capacity) * seconds for seconds, rate in segments))]


def saved(segments, capacity):
    return [0, *np.cumsum([(rate - capacity) * seconds for seconds, rate in segments])]


def only_added(segments, capacity):
    return np.cumsum(anew(segments, capacity))


def with_drain(wrong):
    return peak_backlog, wrong, max_delay


def with_delay(wrong):
    return peak_backlog, drain_time, wrong


def with_peak(wrong):
    return wrong, drain_time, max_delay


def forgets_the_new(segments, after, capacity):
    return inf if after >= capacity else levels(segments, capacity)[-1] / capacity


def as_long_as(choice):
    """The length of a rush for the time to drain."""
    def drain(segments, after, capacity):
        return inf if after >= capacity else choice([time for time, rate in segments if rate > capacity] or [0])

    return drain


def without_a_question(segments, after, capacity):
    return levels(segments, capacity)[-1] / (capacity - after)


def stops_below_zero(segments, after, capacity):
    return without_a_question(segments, after, capacity) if after != capacity else inf


def never_below_zero(segments, after, capacity):
    return max(0, stops_below_zero(segments, after, capacity))


def by_rate(rate_of):
    """The longest wait by another rate."""
    return lambda segments, capacity: peak_backlog(segments, capacity) / rate_of(segments, capacity)


def at_the_peak(segments, capacity):
    found = levels(segments, capacity)[1:]
    return segments[found.index(max(found))][1]


def mean_rate(segments, capacity):
    return sum(seconds * rate for seconds, rate in segments) / sum(seconds for seconds, _ in segments)


def last_rate(segments, capacity):
    return segments[-1][1]


WRONG = (
    ("3C-W1", with_drain(forgets_the_new)),
    ("3C-W1", with_drain(lambda segments, after, capacity: levels(segments, capacity)[-1] / capacity)),
    ("3C-W2", with_drain(as_long_as(sum))), ("3C-W2", with_drain(as_long_as(max))),
    ("3C-W2", with_drain(as_long_as(lambda rush: rush[-1]))),
    ("3C-W3", with_drain(without_a_question)), ("3C-W3", with_drain(stops_below_zero)),
    ("3C-W3", with_drain(never_below_zero)),
    *(("3C-W4", with_delay(by_rate(rate))) for rate in (at_the_peak, mean_rate, last_rate)),
    ("3C-W5", with_levels(anew)), *(("3C-W5", put(with_levels(anew)[place])) for place, put in enumerate(
        (with_peak, with_drain, with_delay))),
    ("3C-W6", with_levels(average)), *(("3C-W6", put(with_levels(average)[place])) for place, put in enumerate(
        (with_peak, with_drain, with_delay))),
    ("3C-IDLE", with_levels(saved)), ("3C-CALM", with_levels(only_added)),
    *((code, (*with_levels(anew)[:2], by_rate(at_the_peak))) for code in ("3C-W4", "3C-W5")),
    ("3C-SECONDS", with_drain(lambda *asked: drain_time(*asked) / 60)),
    ("3C-SECONDS", with_delay(lambda *asked: max_delay(*asked) / 60)),
    ("3C-SECONDS", with_peak(lambda *asked: peak_backlog(*asked) * 60)),
    ("3C-PEAK", with_peak(lambda segments, capacity: max(rate for _, rate in segments))),
    ("3C-DRAIN", with_drain(lambda *asked: 1.1 * drain_time(*asked))),
    ("3C-DRAIN", with_drain(lambda segments, after, capacity: levels(segments, capacity)[-1] / after)),
    ("3C-DELAY", with_delay(peak_backlog)), ("3C-FORM", with_peak(lambda *asked: "many")),
    ("3C-ERROR", with_delay(lambda segments, capacity: segments["delay"])),
    ("3C-NOTAFUNCTION", peak_backlog), ("3C-NOTAFUNCTION", (peak_backlog, drain_time)),
)


def in_steps(segments, capacity, step=0.1):
    """The queue every tenth of a second."""
    waiting, found = 0.0, [0.0]
    for seconds, rate in segments:
        for _ in range(round(seconds / step)):
            waiting = max(0.0, waiting + (rate - capacity) * step)
            found.append(waiting)
    return found


def peak_in_steps(segments, capacity):
    return max(in_steps(segments, capacity))


def drained_in_steps(segments, after, capacity, step=0.1):
    waiting, time = in_steps(segments, capacity)[-1], 0.0
    if after >= capacity:
        return inf
    while waiting > 0:
        waiting += (after - capacity) * step
        time += step
    return time


def who_waits_longest(segments, capacity, step=0.1):
    """A queue of all that came against all that was done: how much later a count is reached."""
    came = np.cumsum([0.0] + [rate * step for seconds, rate in segments for _ in range(round(seconds / step))])
    done = came - np.array(in_steps(segments, capacity))
    times = np.arange(len(came)) * step
    finished = np.append(done, came[-1]), np.append(times, times[-1] + (came[-1] - done[-1]) / capacity)
    order = np.concatenate([[True], np.diff(finished[0]) > 1e-9])
    return float(np.max(np.interp(came, finished[0][order], finished[1][order]) - times))


def reflected(segments, capacity):
    """Free walk less its lowest point so far: the queue without a loop."""
    walk = np.concatenate([[0], np.cumsum([(rate - capacity) * seconds for seconds, rate in segments])])
    return walk - np.minimum.accumulate(walk)


def exactly(segments, capacity):
    """The same in fractions."""
    waiting, found = Fraction(0), [Fraction(0)]
    for seconds, rate in segments:
        gain = (Fraction(str(rate)) - Fraction(str(capacity))) * Fraction(str(seconds))
        waiting = max(Fraction(0), waiting + gain)
        found.append(waiting)
    return found


def in_fractions():
    return (lambda segments, capacity: float(max(exactly(segments, capacity))),
            lambda segments, after, capacity: (inf if capacity <= after else float(
                exactly(segments, capacity)[-1] / (Fraction(str(capacity)) - Fraction(str(after))))),
            lambda segments, capacity: float(max(exactly(segments, capacity)) / Fraction(str(capacity))))


def one_segment_more(segments, after, capacity):
    """Bisection: is the queue empty when the rate afterwards has lasted so long?"""
    if after >= capacity:
        return inf
    low, high = 0.0, 1e6
    while high - low > 1e-6:
        middle = (low + high) / 2
        empty = levels([*segments, (middle, after)], capacity)[-1] == 0
        low, high = (low, middle) if empty else (middle, high)
    return high


class Queue:
    """Methods of an object, and arrays as answers."""

    def peak(self, segments, capacity):
        return np.array([max(levels(segments, capacity))])

    def drain(self, segments, after, capacity):
        with np.errstate(divide="ignore"):
            return np.float64(levels(segments, capacity)[-1]) / max(0, capacity - after)

    def delay(self, segments, capacity):
        return np.max(reflected(segments, capacity)) / capacity


ACCEPTED = (
    ("3C-A1", RIGHT), ("3C-A1 levels", with_levels(levels)), ("3C-A1 bisection", with_drain(one_segment_more)),
    ("3C-A1 in a list, as methods", [Queue().peak, Queue().drain, Queue().delay]),
    ("3C-A2", (peak_in_steps, drained_in_steps, lambda *asked: peak_in_steps(*asked) / asked[1])),
    ("3C-A2 who waits longest", with_delay(who_waits_longest)),
    ("3C-A3", with_levels(reflected)), ("3C-A3 fractions", in_fractions()),
)
HARD_CODED = ((lambda *asked: 1200, lambda *asked: 600, lambda *asked: 120),
              (lambda *asked: 0, lambda *asked: inf, lambda *asked: 0), (lambda *asked: 0,) * 3)
PATH = (None, (peak_backlog, None, None), (peak_backlog, forgets_the_new, None),
        (peak_backlog, without_a_question, None), (peak_backlog, drain_time, peak_backlog), RIGHT)
SURVIVORS = frozenset({"line 3: 'float('inf')' without its outside"})     # the word inf is read as the number
BANK = Bank("3C", RIGHT, 6, WRONG, ACCEPTED, PATH, 8, HARD_CODED, SURVIVORS,
            secrets=("max(", "capacity - after", "/ capacity", "(rate - capacity)"))
