"""Proves that 4M accepts any cut that loses and doubles nothing, on histories in which all can go wrong."""

from collections import Counter

import numpy as np
import pytest
from bank.form import codes, graded
from bank.lambda_modify import ACCEPTED, RIGHT, layers, merge, prune, recompute
from hypothesis import given, settings, strategies as some

from course.asking import ask
from course.asking.lambda_histories import EVERY, LATENESS, TAKES, Event, lived, taken
from course.checks.lambda_histories import cuts, history
from course.checks.lambda_modify import EXERCISES, HIDDEN, RIGHT as CUT, SETS, SKETCHED, VISIBLE, Asked, fits

CASES = [case for variant in range(SETS + 1) for case in EXERCISES[0].cases(variant)]
NOTHING = {"found": [], "again": [], "sizes": []}


def logged(case):
    """The log of a case as events."""
    return [Event(*row) for row in case["log"]]


def counts(case):
    """The questions for counts with the right answers."""
    asked = Asked(case, NOTHING)
    return [(question, len(batch) + len(speed)) for question, (batch, speed) in zip(asked.asked, asked.amounts)
            if question[3] == "count"]


def test_six_payments_by_hand():
    # The cut is at 6 and the run ends at 7.5. Logged before: two. At the cut: one. Since: one that is 0.2 h late, and
    # one that is 3 h late, which the speed layer ignores and the second run, at 12, knows. The last comes at 8.
    log = [[1, 1, 8], [5.5, 5.5, 2], [6, 5.9, 4], [6.5, 6.3, 6], [7, 4, 9], [8, 8, 5]]
    asked = [[7.6, 0, 12, "count"], [8, 0, 12, "count"], [8, 0, 12, "mean"], [8, 5, 6, "count"],
             [13.6, 0, 12, "count"], [13.6, 0, 12, "p90"], [13.6, 6, 9, "mean"]]
    case = {"log": log, "runs": [6, 12], "asked": asked}
    assert lived(*RIGHT, case) == {"found": [4, 5, 5, 2, 6, 9, 5.5], "again": [4, 5, 5, 2, 6, 9, 5.5], "sizes": [2, 0]}
    one = Asked(case, lived(*RIGHT, case))
    assert one.right("count") and one.right("mean") and one.right("p90") and one.small() and one.idempotent()
    assert [len(batch) for batch, _ in one.amounts] == [2, 2, 2, 1, 6, 6, 2]
    assert taken(logged(case), 6, 7.5) == [(6.5, 6.3, 6)]
    assert one.needed() == [2, 0]


@settings(max_examples=60, deadline=None)
@given(some.lists(some.tuples(some.integers(0, 71), some.integers(0, 60), some.integers(1, 9)), max_size=40))
def test_right_ways_agree_on_any_history_and_find_the_truth_where_nothing_is_late(rows):
    """In quarters of an hour, so that many are logged at a cut."""
    log = sorted(Event((came + late) / 4, came / 4, amount) for came, late, amount in rows)
    asked = [[cut + TAKES + later, first, last, "count"] for cut in (6, 12) for later in (0.1, 4.4)
             for first, last in ((0, 18), (5, 7))]
    case = {"log": log, "runs": [6, 12], "asked": asked}
    one = Asked(case, lived(recompute, prune, merge, case))
    assert one.right("count") and one.small() and one.idempotent()
    for now, first, last, _ in asked:
        known = [event for event in log if first <= event.happened < last and event.logged <= now]
        late = [event for event in known if event.logged - event.happened > LATENESS]
        found = one.found[asked.index([now, first, last, "count"])]
        assert len(known) - len(late) <= found <= len(known)
        cut = one.cut_at(now)
        assert found == len(known) - sum(event.logged >= cut for event in late)     # late ones come with the next run


def test_prompt_histories_have_one_truth_and_late_ones_have_it_later():
    for case in CASES:
        log, ignored = logged(case), 0
        for (now, first, last, _), found in counts(case):
            truth = sum(first <= event.happened < last and event.logged <= now for event in log)
            assert found <= truth
            ignored += truth - found
        assert (ignored > 0) == any(event.logged - event.happened > LATENESS for event in log)


def test_histories_have_all_that_can_go_wrong():
    for number in range(SETS + 1):
        for (kind, _, runs), case in zip(HIDDEN if number else VISIBLE, EXERCISES[0].cases(number)):
            log = logged(case)
            for cut in cuts(runs):
                at = [event for event in log if event.logged == cut]
                over = [event for event in log if event.happened < cut < event.logged]
                prompt = [event for event in over if event.logged - event.happened <= LATENESS]
                assert len(at) == (2 if kind == "edge" else 0)
                if kind == "late":
                    assert {event.logged > cut + TAKES for event in prompt} == {False, True}
                    assert [event for event in over if event not in prompt and event.logged < cut + TAKES]
            assert (kind == "late") == any(event.logged - event.happened > 0.2001 for event in log)
            assert all(found for _, found in counts(case))


def test_hidden_histories_differ_from_each_other_and_from_those_on_the_page():
    sets = [str(EXERCISES[0].cases(variant)) for variant in range(SETS + 1)]
    assert len({*sets}) == SETS + 1 >= 7
    assert history("late", 4, 2, 5) == history("late", 4, 2, 5) != history("late", 4, 2, 6)
    assert all(len(case["log"]) > max(len(one["log"]) for one in EXERCISES[0].cases(0)[:1]) for case in CASES[3:])


def test_averages_of_averages_are_wrong_in_every_set():
    """The views are of different size and level, by more than what is forgiven."""
    for case in CASES:
        one = Asked(case, NOTHING)
        pairs = [(batch, speed) for batch, speed in one.amounts if batch and speed]
        assert any(abs(np.mean([np.mean(batch), np.mean(speed)]) - np.mean(batch + speed)) > 0.01
                   for batch, speed in pairs)


def test_percentiles_of_any_custom_and_sketches_fit():
    amounts = [*range(1, 21)]
    for method in ("linear", "lower", "higher", "inverted_cdf", "nearest"):
        assert fits("p90", float(np.percentile(amounts, 90, method=method)), amounts)
    assert fits("p90", 18 * (1 - SKETCHED), amounts) and fits("p90", 19 * (1 + SKETCHED), amounts)
    assert not fits("p90", 17, amounts) and not fits("p90", 20, amounts) and not fits("p90", None, amounts)
    assert fits("mean", 10.5, amounts) and not fits("mean", 10.51, amounts)
    assert fits("count", 20, amounts) and not fits("count", 20.5, amounts)


def test_points_for_each_part():
    # 2.5 for counts, 0.75 each for means and percentiles, 0.5 each for a small view and for a second run.
    def without(measure):
        return lambda *asked: -1 if asked[3][2] == measure else merge(*asked)

    assert graded("4M", (recompute, prune, without("mean"))).points == 4.25
    assert graded("4M", (recompute, prune, without("p90"))).points == 4.25
    assert graded("4M", (recompute, lambda view, cut: view, layers_after_prune)).points == 4.5
    assert codes(graded("4M", (recompute, lambda view, cut: view, layers_after_prune))) == ["4M-W6"]
    assert graded("4M", (lambda log, cut: Counter(), lambda view, cut: [], lambda *_: 0)).points == 0


def layers_after_prune(batch_view, cut, speed_view, query):
    """Prunes at each question, and not before."""
    return merge(batch_view, cut, prune(speed_view, cut), query)


def test_a_sum_of_both_views_is_right_only_with_a_pruned_one():
    def whole(event, cut):
        return True

    kept = layers(CUT.batch, whole, keep=CUT.speed)
    assert graded("4M", kept).points == 5
    assert codes(graded("4M", layers(CUT.batch, whole))) == ["4M-W1"]


@pytest.mark.parametrize("way, answer", ACCEPTED, ids=[way for way, _ in ACCEPTED])
def test_ways_are_right_on_a_long_history_too(way, answer):
    case = history("late", 8, 5, 7)
    one = Asked(case, *ask("4M", answer, [case]))
    assert one.right("count") and one.right("mean") and one.right("p90") and one.small()
    assert case["runs"][-1] == 5 * EVERY
