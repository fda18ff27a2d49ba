"""What a class teaches its teacher: how hard each item was, and which wrong answers came up."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import atanh, sqrt, tanh
from pathlib import Path
from statistics import NormalDist, StatisticsError, correlation
from typing import NamedTuple

from .classroom import write_whole
from .exports import as_csv, lessons
from .pages import bullets, document, heading, paragraph, table
from .verdict import Mark, Verdict

Z = NormalDist().inv_cdf(0.975)     # for intervals of 95 %
FEW = 10            # below that, a correlation says nothing
BLANK = ("-BLANK", "P-W1")      # ends of the codes of "no answer yet" and "a full prediction"
UNFILLED = "6H-MISSING"     # a part was left out; all parts were, where there is nothing else to say and nothing passed
NOTHING = ("No points: ", "Nothing was written here.")      # how a note begins when there was nothing to judge
MOST_TOLD = 5       # messages of one item
COLUMNS = ("Exercise", "Submissions", "Mean share of points", "Full marks", "No answer", "Discrimination")


class Estimate(NamedTuple):
    """A value from `n` submissions with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


class Frequent(NamedTuple):
    """A message, and how many submissions got it."""

    code: str
    title: str
    submissions: int
    share: Estimate


class Item(NamedTuple):
    """One exercise in one class; the shares are None as long as nothing has been marked."""

    lesson: str
    item: str
    n: int
    waiting: int
    mean: Estimate | None
    full: Estimate | None
    blank: Estimate | None
    discrimination: Estimate | None
    messages: tuple[Frequent, ...]


def wilson(total: float, n: int) -> Estimate:
    """A share with Wilson's interval (1927); safe for means of values from 0 to 1, which vary less than yes and no."""
    value = total / n
    middle, half = value + Z * Z / (2 * n), Z * sqrt(value * (1 - value) / n + Z * Z / (4 * n * n))
    low, high = ((middle + sign * half) / (1 + Z * Z / n) for sign in (-1, 1))
    return Estimate(value, max(low, 0.0), min(high, 1.0), n)


def items(verdicts: Iterable[Verdict]) -> list[Item]:
    """Every item of every lesson, in the order of the lessons; errors are not counted."""
    found: dict[tuple[str, str], list[tuple[Mark, Verdict]]] = {}
    for verdict in sorted(verdicts, key=lambda verdict: verdict.lesson):
        for mark in verdict.marks:
            found.setdefault((verdict.lesson, mark.item), []).append((mark, verdict))
    return [item(lesson, name, seen) for (lesson, name), seen in found.items()]


def item(lesson: str, name: str, seen: Sequence[tuple[Mark, Verdict]]) -> Item:
    """One item, from its marks and the verdicts that they belong to."""
    marked = [(mark, verdict) for mark, verdict in seen if mark.points is not None]
    n, waiting = len(marked), len(seen) - len(marked)
    if not n:
        return Item(lesson, name, 0, waiting, None, None, None, None, ())
    marks = [mark for mark, _ in marked]
    return Item(lesson, name, n, waiting, wilson(sum(map(earned, marks)), n), wilson(sum(map(is_full, marks)), n),
                wilson(sum(map(is_blank, marks)), n), discrimination(marked), frequent(marks))


def earned(mark: Mark) -> float:
    """The share of a mark's points, from 0 to 1."""
    return min(max((mark.points or 0.0) / mark.most, 0.0), 1.0) if mark.most else 0.0


def is_full(mark: Mark) -> bool:
    """Whether nothing is missing."""
    return mark.points is not None and mark.points >= mark.most


def is_blank(mark: Mark) -> bool:
    """Whether there was no answer to judge, or a prediction with gaps."""
    found = codes(mark)
    return mark.note.startswith(NOTHING) or any(code.endswith(BLANK) for code in found) or is_unfilled(mark)


def is_unfilled(mark: Mark) -> bool:
    """Whether every part of the answer was left out."""
    return not mark.passed and codes(mark) == {UNFILLED}


def codes(mark: Mark) -> set[str]:
    """Of all messages of a mark."""
    return {message.code for message in mark.messages}


def frequent(marks: Sequence[Mark]) -> tuple[Frequent, ...]:
    """Messages by how many submissions got them; each submission counts once."""
    titles = {message.code: message.title for mark in marks for message in mark.messages}
    counts = Counter(code for mark in marks if not is_unfilled(mark) for code in codes(mark))
    return tuple(Frequent(code, titles[code], count, wilson(count, len(marks)))
                 for code, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def discrimination(marked: Sequence[tuple[Mark, Verdict]]) -> Estimate | None:
    """Point-biserial correlation of full marks with the share of all other points; None where nothing can be said.

    Its interval is Fisher's (1915), which is rough for yes-or-no values.
    """
    full = [float(is_full(mark)) for mark, _ in marked]
    others = [rest(mark, verdict) for mark, verdict in marked]
    if len(full) < FEW:
        return None
    try:
        r = correlation(full, others)
    except StatisticsError:     # all alike: nothing to tell apart
        return None
    centre, half = atanh(min(max(r, -0.999999), 0.999999)), Z / sqrt(len(full) - 3)
    return Estimate(r, tanh(centre - half), tanh(centre + half), len(full))


def rest(mark: Mark, verdict: Verdict) -> float:
    """The share that was earned of all other marks that are known."""
    others = [other for other in verdict.marks if other.item != mark.item and other.points is not None]
    most = sum(other.most for other in others)
    return sum(other.points or 0.0 for other in others) / most if most else 0.0


def teach_next(found: Sequence[Item]) -> list[str]:
    """A few sentences on one lesson: what fails most often, the hardest item, and how far to trust them."""
    marked = [one for one in found if one.mean]
    if not marked:
        return ["Nothing has been marked yet."]
    few = max(one.n for one in marked) < FEW
    return [*commonest(marked), *hardest([one for one in marked if not one.waiting]), *unread(found),
            *["So few submissions can mislead: read the intervals before you change a lesson."] * few]


def commonest(marked: Sequence[Item]) -> list[str]:
    """What most submissions have wrong, in up to two sentences."""
    wrong = [message for one in marked for message in one.messages
             if message.submissions > 1 and not message.code.endswith(BLANK)]
    return [f"{in_words(message.share)} fail: {message.title} [{message.code}]."
            for message in sorted(wrong, key=lambda message: -message.share.value)[:2]]


def hardest(marked: Sequence[Item]) -> list[str]:
    """The item that earned the smallest share of its points, in a sentence if there is one."""
    one = min(marked, key=lambda one: one.mean or wilson(1, 1), default=None)
    if not one or not one.mean or not one.blank:
        return []
    return [f"{one.item} was hardest: it earned {percent(one.mean)} of its points on average, and "
            f"{in_words(one.blank)} gave no answer to it."]


def unread(found: Sequence[Item]) -> list[str]:
    """Which items cannot be compared yet, in a sentence if there are any."""
    waiting = ", ".join(f"{one.item} ({one.waiting} of {one.n + one.waiting})" for one in found if one.waiting)
    return [f"Not compared, because answers still wait for a person: {waiting}."] if waiting else []


def percent(share: Estimate | None) -> str:
    """A share as a table shows it."""
    return f"{100 * share.value:.0f} % ({100 * share.low:.0f} to {100 * share.high:.0f})" if share else ""


def in_words(share: Estimate) -> str:
    """A share as a sentence begins with it."""
    submissions = "submission" if share.n == 1 else "submissions"
    return (f"{100 * share.value:.0f} % of {share.n} {submissions} (95 % interval {100 * share.low:.0f} to "
            f"{100 * share.high:.0f} %)")


def resemblances(verdicts: Iterable[Verdict]) -> str:
    """Which named wrong answers each submission resembles, as CSV."""
    rows = [(verdict.student, mark.item, " ".join(dict.fromkeys(message.code for message in mark.messages)))
            for verdict in verdicts for mark in verdict.marks if mark.messages]
    return as_csv([("student", "item", "codes"), *rows])


def page(verdicts: Sequence[Verdict]) -> str:
    """What to teach next, and a table for each lesson; it names no student."""
    return document("What the class shows", page_parts(verdicts), "wide")


def page_parts(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """The page from top to bottom."""
    found = items(verdicts)
    yield heading(1, "What the class shows")
    yield paragraph(coverage(verdicts))
    for lesson in lessons(verdicts):
        here = [one for one in found if one.lesson == lesson]
        yield from (heading(2, f"Lesson {lesson}"), heading(3, "What to teach next"))
        yield from map(paragraph, teach_next(here))
        yield table(f"Exercises of {lesson}, shares with their 95 % intervals", COLUMNS, map(item_row, here))
        if told := [line for one in here for line in failed(one)]:
            yield from (heading(3, "Which checks fail"), bullets(told))
    yield paragraph(READING, "small")


READING = (
    "Mean share: the points earned, of those to earn; a small share is a hard item. Full marks and No answer: shares "
    "of the submissions; a prediction with gaps counts as no answer. Discrimination: the correlation of full marks "
    "here with the share of all other points, from 10 submissions on; near 0 or below, the item tells little about "
    "what a student can, or its text misleads. Intervals in brackets hold the true value in 95 of 100 classes like "
    "this one (Wilson's for shares, Fisher's for correlations). A check that fails counts once for each submission.")


def coverage(verdicts: Sequence[Verdict]) -> str:
    """How many submissions the numbers rest on."""
    errors = sum(verdict.state == "error" for verdict in verdicts)
    waiting = sum(verdict.state == "needs manual" for verdict in verdicts)
    return (f"Submissions counted: {len(verdicts) - errors}; those with an answer that still waits for a person: "
            f"{waiting}. Left out because they could not be graded: {errors}.")


def item_row(one: Item) -> tuple[str, ...]:
    """The cells of one item."""
    waiting = f"{one.waiting} wait{'s' * (one.waiting == 1)}" if one.waiting else ""
    count = "; ".join(filter(None, [str(one.n), waiting]))
    r = one.discrimination
    return (one.item, count, percent(one.mean), percent(one.full), percent(one.blank),
            f"{r.value:.2f} ({r.low:.2f} to {r.high:.2f})" if r else "")


def failed(one: Item) -> list[str]:
    """The messages of one item that came up most often."""
    return [f"{one.item}: {message.title} [{message.code}], {message.submissions} of {one.n}, {percent(message.share)}"
            for message in one.messages[:MOST_TOLD]]


def write(folder: Path, verdicts: Sequence[Verdict]) -> None:
    """Write items.html, for the teacher, and items.csv: which wrong answer each submission resembles."""
    write_whole(folder / "items.html", page(verdicts))
    write_whole(folder / "items.csv", resemblances(verdicts))
