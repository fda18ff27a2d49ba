"""Answers to exercise 4E: what learners get wrong, and ways to be right."""

import ast
import builtins
import io
import keyword
import re
import tokenize
from collections import Counter
from difflib import SequenceMatcher
from itertools import chain

import numpy as np
from bank.form import Bank

NOTE = """We share one definition: two copies differed on half of the days. The price: a bug in it is in both layers,
which agree on the wrong number, so that nobody notices. After the fix we recompute the views from the log."""


def similarity(first, second):
    shapes = []
    for source in (first, second):
        shape = [type(part).__name__ for part in ast.walk(ast.parse(source))]
        shapes.append({tuple(shape[place:place + 3]) for place in range(len(shape) - 2)})
    return len(shapes[0] & shapes[1]) / len(shapes[0] | shapes[1])


def days_apart(changes, days):
    apart = set()
    for batch_day, speed_day in changes:
        begin = min(batch_day, speed_day)
        end = max(batch_day, speed_day)
        for day in range(begin, end):
            if day < days:
                apart.add(day)
    return len(apart) / days


def with_similarity(other):
    return other, days_apart, NOTE


def with_days(other):
    return similarity, other, NOTE


def with_note(text):
    return similarity, days_apart, text


def by_lines(first, second):
    return SequenceMatcher(None, first.splitlines(), second.splitlines()).ratio()


def by_letters(first, second):
    return SequenceMatcher(None, first, second).ratio()


def by_words(first, second):
    one, other = (set(re.findall(r"\w+", source)) for source in (first, second))
    return len(one & other) / len(one | other)


def by_tree_with_names(first, second):
    one, other = (ast.dump(ast.parse(source)) for source in (first, second))
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def one_letter(source):
    """Every name of its own is x; what Python has, and what follows a point, stays."""
    kept = {*keyword.kwlist, *dir(builtins)}
    return re.sub(r"(?<![.\w])[A-Za-z_]\w*", lambda word: word[0] if word[0] in kept else "x", source)


def one_letter_by_letters(first, second):
    return by_letters(one_letter(first), one_letter(second))


def kinds(source):
    return [type(part).__name__ for part in ast.walk(ast.parse(source))]


def by_set_of_kinds(first, second):
    one, other = set(kinds(first)), set(kinds(second))
    return len(one & other) / len(one | other)


def same_shape(first, second):
    return float(kinds(first) == kinds(second))


def spans(changes, days):
    return [range(min(change), min(max(change), days)) for change in changes]


def added(changes, days):
    return sum(map(len, spans(changes, days))) / days


def added_beyond(changes, days):
    return sum(abs(first - second) for first, second in changes) / days


def never_above_one(changes, days):
    return min(1, added(changes, days))


def one_way(changes, days):
    return len({day for first, second in changes for day in range(first, min(second, days))}) / days


def other_way(changes, days):
    return one_way([(second, first) for first, second in changes], days)


def beyond(changes, days):
    return len({day for change in changes for day in range(min(change), max(change))}) / days


def inclusive(changes, days):
    return len({day for change in changes for day in range(min(change), min(max(change) + 1, days))}) / days


ONLY_BENEFIT = "We share one definition, so the layers never differ, and recompute all of it each night."
NO_HEALING = "We share one definition. A bug in it is in both layers, so nobody sees a difference. Then we fix it."
WRONG = (
    ("4E-W1", with_note(ONLY_BENEFIT)),
    ("4E-W1", with_note("Keep both copies, they check each other. We recompute when they differ.")),
    *(("4E-W2", with_similarity(wrong)) for wrong in (by_lines, by_letters, by_words, by_tree_with_names)),
    *(("4E-W3", with_days(wrong)) for wrong in (added, added_beyond, never_above_one)),
    ("4E-W4", with_note(NO_HEALING)),
    ("4E-LAYOUT", with_similarity(one_letter_by_letters)),
    *(("4E-CHANGE", with_similarity(wrong)) for wrong in (by_set_of_kinds, same_shape)),
    ("4E-UNLIKE", with_similarity(lambda *sources: 1.0)),
    ("4E-SCALE", with_similarity(lambda *sources: 100 * similarity(*sources))),
    ("4E-SCALE", with_similarity(lambda *sources: 1 - similarity(*sources))),
    *(("4E-FIRST", with_days(wrong)) for wrong in (one_way, other_way, lambda changes, days: sum(
        second - first for first, second in changes) / days)),
    ("4E-END", with_days(beyond)), ("4E-EDGE", with_days(inclusive)),
    ("4E-PERCENT", with_days(lambda *asked: 100 * days_apart(*asked))),
    ("4E-CHANGES", with_days(lambda changes, days: np.mean([first != second for first, second in changes]))),
    ("4E-PERCENT", with_days(lambda changes, days: days_apart(changes, days) * days)),
    ("4E-DAYS", with_days(lambda changes, days: 1 - days_apart(changes, days))),
    ("4E-DECISION", with_note("It depends on the team, on the data, and on who pays for a bug that is in both.")),
    ("4E-DECISION", with_note(3)), ("4E-BLANK", with_note(None)),
    ("4E-FORM", with_similarity(lambda *sources: "alike")), ("4E-FORM", with_days(lambda *asked: [1, 2])),
    ("4E-ERROR", with_similarity(lambda first, second: first["names"])), ("4E-ERROR", with_days(lambda changes: 1)),
    ("4E-NOTAFUNCTION", similarity), ("4E-NOTAFUNCTION", (0.5, days_apart, NOTE)),
    ("4E-NOTAFUNCTION", (similarity, days_apart)),
)


def by_order_of_kinds(first, second):
    return SequenceMatcher(None, kinds(first), kinds(second), autojunk=False).ratio()


def edges(source):
    return Counter((type(part).__name__, type(child).__name__) for part in ast.walk(ast.parse(source))
                   for child in ast.iter_child_nodes(part))


def by_edges(first, second):
    one, other = edges(first), edges(second)
    return 2 * (one & other).total() / (one.total() + other.total())


def without_names(source):
    tree = ast.parse(source)
    for part in ast.walk(tree):
        for field in ("name", "id", "arg"):
            if hasattr(part, field):
                setattr(part, field, "x")
    return ast.dump(tree)


def by_tree(first, second):
    return SequenceMatcher(None, without_names(first), without_names(second), autojunk=False).ratio()


def by_counts(first, second):
    one, other = Counter(kinds(first)), Counter(kinds(second))
    return np.array([(one & other).total() / (one | other).total()])


def tokens(source):
    """Words of the program, its own names as x, without what does not run."""
    skipped = (tokenize.COMMENT, tokenize.NL)
    read = tokenize.generate_tokens(io.StringIO(source).readline)
    return [one_letter(token.string) if token.type == tokenize.NAME else token.string for token in read
            if token.type not in skipped]


def by_tokens(first, second):
    return SequenceMatcher(None, tokens(first), tokens(second)).ratio()


def day_by_day(changes, days):
    return np.mean([any(min(change) <= day < max(change) for change in changes) for day in range(days)])


def by_counting_up(changes, days):
    """How many changes are in one copy only: up where one begins, down where it ends."""
    steps = np.zeros(days + 1)
    for change in changes:
        np.add.at(steps, np.minimum([min(change), max(change)], days), [1, -1])
    return float((np.cumsum(steps)[:days] > 0).sum() / days)


def in_a_simulation(changes, days):
    """The rules that each copy knows, day by day."""
    apart = 0
    for day in range(days):
        batch = {number for number, change in enumerate(changes) if change[0] <= day}
        speed = {number for number, change in enumerate(changes) if change[1] <= day}
        apart += batch != speed
    return apart / days


def by_sets(changes, days):
    return len(set(chain.from_iterable(spans(changes, days)))) / days


SHARED = """Decision: share. One function is called by both layers, so that they agree. It costs us a wrong result that
is the same in both, which no comparison shows. Once it is fixed, the batch layer runs again over the whole log."""
GENERATED = """Generate the speed code from the batch code. It must be kept up, and its errors are in each layer.
We reprocess the log after a fix."""
KEPT = """Keep both, and compare the views each night. With sharing, one mistake would be everywhere and unseen; with
two copies they differ on many days, and we see it. What was counted wrong is counted again from the log."""
ACCEPTED = (
    ("4E-A1", (by_order_of_kinds, day_by_day, SHARED)), ("4E-A1 the reference", with_note(NOTE)),
    ("4E-A2", (by_edges, by_counting_up, GENERATED)), ("4E-A3", (by_tree, in_a_simulation, KEPT)),
    ("4E-A3 in a list", [by_counts, by_sets, KEPT]), ("4E-A1 tokens", (by_tokens, by_sets, SHARED)),
)
HARD_CODED = ((lambda *sources: 1.0, lambda *asked: 0.36, ""), (lambda *sources: 0.5, lambda *asked: 0, "share"),
              (lambda first, second: float(first == second), lambda *asked: 1, "keep both"))
PATH = (None, (by_lines, None, None), (by_lines, one_way, None), (similarity, one_way, None),
        (similarity, beyond, None), (similarity, beyond, ONLY_BENEFIT), with_note(ONLY_BENEFIT), with_note(NOTE))
BANK = Bank("4E", (similarity, days_apart, NOTE), 4, WRONG, ACCEPTED, PATH, 8, HARD_CODED,
            secrets=("ast.", "tree", "min(", "max(", "a set"))
