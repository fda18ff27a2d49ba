"""Answers to exercise 4M: what learners get wrong, and ways to be right."""

from bisect import insort
from collections import Counter, defaultdict
from math import ceil, log
from statistics import mean

import numpy as np
from bank.form import Bank


def recompute(log, cut):
    view = {}
    for logged, happened, amount in log:
        if logged < cut:
            view.setdefault(int(happened), Counter())[amount] += 1
    return view


def prune(speed_view, cut):
    return [event for event in speed_view if event.logged >= cut]


def merge(batch_view, cut, speed_view, query):
    first, last, measure = query
    amounts = Counter(event.amount for event in speed_view if first <= event.happened < last)
    for hour in range(first, last):
        amounts.update(batch_view.get(hour, {}))
    events = list(amounts.elements())
    if measure == "count":
        return len(events)
    if measure == "mean":
        return sum(events) / len(events)
    return sorted(events)[int(0.9 * len(events))]


RIGHT = recompute, prune, merge


def answered(measure, amounts):
    """A measure of a list of amounts; 0 for none."""
    if not amounts:
        return 0
    return len(amounts) if measure == "count" else mean(amounts) if measure == "mean" else np.percentile(amounts, 90)


def whole(amounts, others, measure):
    """All amounts of both views together."""
    return answered(measure, [*amounts, *others])


def layers(batch, speed, together=whole, keep=lambda event, cut: True):
    """Three functions in which a rule of two numbers, an event and a cut, says what each layer takes."""
    def seen(log, cut):
        return [event for event in log if batch(event, cut)]

    def kept(speed_view, cut):
        return [event for event in speed_view if keep(event, cut)]

    def merged(batch_view, cut, speed_view, query):
        first, last, measure = query
        old = [event.amount for event in batch_view if first <= event.happened < last]
        new = [event.amount for event in speed_view if speed(event, cut) and first <= event.happened < last]
        return together(old, new, measure)

    return seen, kept, merged


def before(event, cut):
    return event.logged < cut


def until(event, cut):
    return event.logged <= cut


def since(event, cut):
    return event.logged >= cut


def after(event, cut):
    return event.logged > cut


def happened_before(event, cut):
    return event.happened < cut


def happened_since(event, cut):
    return event.happened >= cut


def always(*_):
    return True


def never(*_):
    return False


def sum_of_both(amounts, others, measure):
    return answered(measure, [*amounts, *others])


def largest(amounts, others, measure):
    return max(answered(measure, part) for part in (amounts, others))


def larger_view(amounts, others, measure):
    return answered(measure, max(amounts, others, key=len))


def parts_averaged(measured):
    """Both views are answered for themselves in one measure, and the answers averaged."""
    def together(amounts, others, measure):
        parts = [part for part in (amounts, others) if part]
        if measure != measured:
            return whole(amounts, others, measure)
        return mean(answered(measure, part) for part in parts)

    return together


def weighted_percentiles(amounts, others, measure):
    if measure != "p90" or not amounts or not others:
        return whole(amounts, others, measure)
    parts = sorted((amounts, others), key=len)
    return sum(len(part) * np.percentile(part, 90) for part in parts) / sum(map(len, parts))


def larger_percentile(amounts, others, measure):
    if measure != "p90" or not amounts or not others:
        return whole(amounts, others, measure)
    return max(np.percentile(part, 90) for part in (amounts, others))


def one_interval_too_much(event, cut):
    return event.logged >= cut - 6


def hours_averaged(batch_view, cut, speed_view, query):
    """The mean of the means of hours."""
    first, last, measure = query
    if measure != "mean":
        return merge(batch_view, cut, speed_view, query)
    means = [merge(batch_view, cut, speed_view, (hour, hour + 1, "mean")) for hour in range(first, last)
             if merge(batch_view, cut, speed_view, (hour, hour + 1, "count"))]
    return mean(means)


def remembering():
    """The batch view goes on from the run before."""
    view = []

    def add(log, cut):
        view.extend(event for event in log if event.logged < cut)
        return view

    return add, *layers(before, since)[1:]


def closed_hours(batch_view, cut, speed_view, query):
    return merge(batch_view, cut, speed_view, (query[0], query[1] + 1, query[2]))


def with_old_mean(measure):
    """Right, but one measure is that of the speed view alone."""
    def together(amounts, others, asked):
        return answered(asked, others or amounts) if asked == measure else whole(amounts, others, asked)

    return layers(before, since, together)


WRONG = (
    ("4M-W1", layers(before, always)), ("4M-W1", layers(always, always)),
    ("4M-W1", layers(always, since)), ("4M-W1", layers(until, always, sum_of_both)),
    ("4M-W1", layers(always, always, keep=since)), ("4M-W1", layers(always, always, keep=after)),
    ("4M-W2", layers(before, since, largest)), ("4M-W2", layers(always, always, largest)),
    ("4M-W2", layers(before, always, larger_view)), ("4M-W2", layers(before, always, largest, since)),
    ("4M-W3", layers(until, since)), ("4M-W3", layers(until, always, keep=since)),
    ("4M-W4", layers(before, after)), ("4M-W4", layers(before, always, keep=after)),
    ("4M-W5", layers(before, happened_since)), ("4M-W5", layers(happened_before, since)),
    ("4M-W5", layers(happened_before, happened_since)), ("4M-W5", layers(before, always, keep=happened_since)),
    ("4M-W6", layers(before, since)), ("4M-W6", layers(until, after)),
    ("4M-W6", layers(before, since, keep=one_interval_too_much)),
    ("4M-W7", layers(before, since, parts_averaged("mean"), since)), ("4M-W7", (recompute, prune, hours_averaged)),
    ("4M-W7", with_old_mean("mean")),
    ("4M-W8", layers(before, since, parts_averaged("p90"), since)), ("4M-W8", with_old_mean("p90")),
    ("4M-W8", layers(before, since, weighted_percentiles, since)),
    ("4M-W8", layers(before, since, larger_percentile, since)),
    ("4M-GAP", layers(before, always, keep=never)), ("4M-GAP", layers(before, never)),
    ("4M-OLD", layers(never, since)), ("4M-OLD", layers(never, always, keep=after)),
    ("4M-CUT", layers(always, always, keep=never)), ("4M-AGAIN", remembering()),
    ("4M-COUNT", (recompute, prune, closed_hours)), ("4M-COUNT", (recompute, prune, lambda *_: 7)),
    ("4M-ERROR", (recompute, prune, lambda view: 7)),
    ("4M-ERROR", (recompute, lambda view, cut: None, merge)), ("4M-NOTAFUNCTION", merge),
    ("4M-NOTAFUNCTION", (recompute, prune, 3)), ("4M-BLANK", (recompute, prune, lambda *_: None)),
)


def by_hour(log, cut):
    """A2: count, sum and sorted amounts for each hour; the cut belongs to the batch layer."""
    hours = defaultdict(lambda: {"count": 0, "sum": 0, "amounts": []})
    for event in log:
        if event.logged <= cut:
            hour = hours[event.happened // 1]
            hour["count"] += 1
            hour["sum"] += event.amount
            insort(hour["amounts"], event.amount)
    return dict(hours)


def merge_hours(batch_view, cut, speed_view, query):
    hours = by_hour(speed_view, float("inf"))
    parts = [view[hour] for view in (batch_view, hours) for hour in range(*query[:2]) if hour in view]
    count, total = sum(part["count"] for part in parts), sum(part["sum"] for part in parts)
    if query[2] == "p90":
        return sorted(amount for part in parts for amount in part["amounts"])[ceil(0.9 * count) - 1]
    return count if query[2] == "count" else total / count


def sketch(log, cut):
    """A3: for each hour the count, the sum, and how often an amount falls into a class 8 % wide."""
    view = {}
    for event in log:
        if event.logged < cut:
            count, total, classes = view.get(int(event.happened), (0, 0, Counter()))
            view[int(event.happened)] = count + 1, total + event.amount, classes + Counter([class_of(event.amount)])
    return view


def class_of(amount):
    return round(log(amount) / log(1.08))


def merge_sketches(batch_view, cut, speed_view, query):
    views = batch_view, sketch(speed_view, float("inf"))
    parts = [view[hour] for view in views for hour in range(query[0], query[1]) if hour in view]
    count, total = sum(part[0] for part in parts), sum(part[1] for part in parts)
    if query[2] == "p90":
        return 1.08 ** sorted(sum((part[2] for part in parts), Counter()).elements())[ceil(0.9 * count) - 1]
    return count if query[2] == "count" else total / count


def table(log, cut):
    """With NumPy; the cut belongs to the speed layer."""
    rows = np.array(log)
    return rows[rows[:, 0] < cut]


def merge_tables(batch_view, cut, speed_view, query):
    rows = np.vstack([batch_view, np.array(speed_view).reshape(-1, 3)])
    amounts = rows[(rows[:, 1] >= query[0]) & (rows[:, 1] < query[1]), 2]
    return {"count": len, "mean": np.mean, "p90": lambda all_amounts: np.percentile(all_amounts, 90)}[query[2]](amounts)


ACCEPTED = (
    ("4M histograms", RIGHT), ("4M-A1 the cut belongs to the speed layer", layers(before, always, keep=since)),
    ("4M-A1 the cut belongs to the batch layer", layers(until, after, keep=after)),
    ("4M-A1 pruned a moment later", layers(until, after, keep=since)),
    ("4M-A2", (by_hour, lambda speed_view, cut: [event for event in speed_view if event[0] > cut], merge_hours)),
    ("4M-A3", (sketch, prune, merge_sketches)), ("4M tables", [table, prune, merge_tables]),
)
HARD_CODED = ((recompute, prune, lambda *_: 1), (lambda *_: {}, lambda *_: [], lambda *_: 20))
PATH = ((lambda *_: None,) * 3, layers(before, always, keep=never), layers(before, after),
        layers(before, since, parts_averaged("mean")), layers(before, since), RIGHT)
BANK = Bank("4M", RIGHT, 8, WRONG, ACCEPTED, PATH, 8, HARD_CODED,
            secrets=(".logged", ">= cut", "< cut", "Counter(", "setdefault"))
