"""Proves what 4P, 4C and 4E judge by: views by theory, ages by hand and by a clock, copies that differ as they say."""

import ast
from itertools import combinations
from math import exp, inf

import numpy as np
import pytest
from conftest import rest

import course.checks
from course.checks import EXERCISES
from course.checks.copies import FORGOTTEN, LONG, PROGRAMS, USUAL, apart, changed, changes, commented, renamed
from course.checks.lambda_calculate import HIDDEN, mean, most
from course.checks.lambda_explain import SETS, share
from course.checks.lambda_predict import DURATION, PARTS, RATE, TIMES, seen


@rest()
def test_theory_lies_within_the_intervals_of_the_page():
    late, prompt = (seen(part, RATE, DURATION, TIMES) for part in PARTS)
    # Asked every 10 minutes, the batch view is 1 h to 6 h 50 old, 235 minutes on average: so much of 24 h is unknown,
    # and of 3 % of the events 6 h more, the mean time on the way.
    age = 235 / 60
    assert prompt.batch.low < 100 * age / 24 < prompt.batch.high
    assert late.batch.low < 100 * (age + 0.03 * 6) / 24 < late.batch.high
    # The speed layer never knows 11 of 12 late events; the others are on the way for half an hour.
    assert late.speed.low < 3 * (11 / 12 + 1 / 12 * 0.5 / 24) < late.speed.high
    # Merged, an event of those 11 is unknown on the way, 6.5 h, then for 3 h until a run begins, and 1 h until it ends;
    # a question every 10 minutes meets 5 minutes less of it, since the run ends just when one is asked.
    assert late.merged.low < 3 * (11 / 12 * (6.5 + 3 + 1 - 5 / 60) + 1 / 12 * 0.5) / 24 < late.merged.high
    for view in (prompt.speed, prompt.merged):
        assert 0 <= view.mean < 0.001       # but for an event that is on its way for some milliseconds
    assert late.merged.n == TIMES >= 10
    assert late.merged.high < late.speed.low and late.speed.high < late.batch.low


@pytest.mark.parametrize("interval, runtime", HIDDEN["steady"] + HIDDEN["level"])
def test_ages_by_a_clock(interval, runtime):
    """Run number n begins at n intervals, and its view counts from when it ends."""
    clock = np.arange(10 * interval, 13 * interval)
    ages = np.array([now - max(begin for begin in range(0, 14 * interval, interval) if begin + runtime <= now)
                     for now in clock[::interval // 100]])
    assert mean(interval, runtime) == pytest.approx(ages.mean(), rel=0.01)
    assert most(interval, runtime) == pytest.approx(ages.max(), rel=0.01)


def test_runs_that_take_too_long_fall_behind_without_end():
    """A run waits for the one before and knows the log when it was due: each view is older than the last."""
    for interval, runtime in HIDDEN["over"]:
        ages = [(number + 1) * runtime - number * interval for number in range(1000)]
        assert ages[-1] > 10 * interval and ages == sorted(ages)


@pytest.mark.parametrize("source", PROGRAMS)
def test_a_renamed_copy_is_the_same_program_and_shares_no_name_of_its_own(source):
    def words(program):
        """Names that the program gives itself."""
        parts = list(ast.walk(ast.parse(program)))
        return ({part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
                | {part.arg for part in parts if isinstance(part, ast.arg)} | {parts[1].name})

    assert ast.unparse(ast.parse(source)) + "\n" == source              # so that only names differ
    for shift in range(1, SETS + 1):
        other = renamed(source, shift)
        assert not words(source) & words(other) and len(words(source)) == len(words(other))
        assert [type(part) for part in ast.walk(ast.parse(source))] == [type(part) for part in
                                                                        ast.walk(ast.parse(other))]
    assert ast.dump(ast.parse(commented(source))) == ast.dump(ast.parse(source)) != ast.dump(ast.parse(changed(source)))
    assert changed(source).count("\n") == source.count("\n") + 1


def test_a_renamed_program_still_runs():
    page: dict = {}
    exec(renamed(PROGRAMS[4], 3), page)
    search = next(value for name, value in page.items() if name != "__builtins__")
    assert [search([1, 3, 5, 7], wanted) for wanted in (0, 3, 4, 8)] == [0, 1, 2, 4]


def test_no_two_programs_have_the_same_shape():
    shapes = [[type(part) for part in ast.walk(ast.parse(source))] for source in PROGRAMS]
    assert all(one != other for one, other in combinations(shapes, 2))


def test_days_apart_by_hand():
    # Days 3 and 4, then 4 to 6 the other way round, one on time, and 9 of what lasts until long after.
    pairs = [[3, 5], [7, 4], [8, 8], [9, 99]]
    assert apart(pairs, 10) == {3, 4, 5, 6, 9}
    assert share(pairs, 10) == 0.5


@rest()
def test_the_copies_differ_on_as_many_days_as_theory_says():
    def later(days):
        """The chance that the second copy follows after so many days or more, to the nearest day."""
        return (1 - FORGOTTEN) * exp(-(days - 0.5) / USUAL) + FORGOTTEN * exp(-(days - 0.5) / LONG)

    # On day r of a week they agree if all changes have followed: the one of this week within r days, and so on.
    expected = 1 - np.mean([np.prod([1 - later(7 * week + day + 1) for week in range(60)]) for day in range(7)])
    weeks, begin = 1000, 700        # when the first changes of all no longer matter
    found = np.array([sum(day >= begin for day in apart(changes(seed, weeks), 7 * weeks)) / (7 * weeks - begin)
                      for seed in range(40)])
    assert abs(found.mean() - expected) < 4 * found.std(ddof=1) / len(found)**0.5 < 0.02


def test_each_hidden_year_has_what_learners_forget():
    for number in range(SETS + 1):
        cases = EXERCISES["4E"].cases(number)
        end = [case["asked"] for case in cases if case["about"] == "end"]
        (pairs, days), (crowd, _) = (case["asked"] for case in cases if case["about"] in ("apart", "crowd"))
        assert {first < second for first, second in pairs if first != second} == {True, False}
        assert any(first == second for first, second in pairs) and max(map(max, pairs)) < days
        assert sum(abs(first - second) for first, second in crowd) > len(apart(crowd, 9999))    # they overlap
        assert any(max(pair) > days for pairs, days in end[:2] for pair in pairs)


def test_the_year_on_the_page_is_the_first_of_the_visible_ones():
    assert course.checks.given("4E") == EXERCISES["4E"].cases(0)[6]["asked"][0]
    assert inf not in [max(pair) for pair in course.checks.given("4E")]
