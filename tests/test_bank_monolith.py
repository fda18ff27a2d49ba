"""Proves what is particular to grading the monolith's exercises: hidden days, tolerances, cases that differ."""

from itertools import pairwise

import pytest
from bank import monolith_calculate, monolith_modify
from bank.form import graded
from bank.monolith_design import DESIGNS
from conftest import rest

from course.checks import EXERCISES
from course.checks.monolith_calculate import SPEEDS
from course.checks.monolith_modify import LENGTHS


@pytest.mark.slow
@rest()
def test_right_designs_get_all_points_on_every_hidden_day():
    # Eight hidden days serve all variants in turn, and one is seen. More servers never make anyone start later, so the
    # larger designs keep the promise wherever the smallest does: they run on two days only.
    for variant in range(9):
        ways = {tuple(answer) for _, answer in DESIGNS} if variant in (1, 5) else {(3, 7, 10)}
        for replicas in ways:
            assert graded("1D", replicas, variant).points == 5, (replicas, variant)


@pytest.mark.parametrize("error, points", [(1e-5, 0.5), (1e-8, 4.0)])
def test_formulas_are_right_to_a_millionth(error, points):
    # Half a point is for overload, where infinity stays infinity.
    report = graded("1C", lambda a, s: [value * (1 + error) for value in monolith_calculate.right(a, s)])
    assert report.points == points


@pytest.mark.parametrize("where", [lambda a, s: True, lambda a, s: a > 0])
def test_infinity_everywhere_proves_nothing(where):
    assert graded("1C", lambda a, s: monolith_calculate.INF if where(a, s) else (1 / s, 4.6 / s, 0)).points == 0


@pytest.mark.parametrize("error, points", [(1e-8, 0.0), (1e-10, 5.0)])
def test_times_on_a_trace_are_right_to_a_thousandth_of_a_microsecond(error, points):
    report = graded("1M", lambda a, s, w: [time + error for time in monolith_modify.right(a, s, w)])
    assert report.points == points


def test_hidden_cases_differ_from_the_visible_ones_and_from_each_other():
    # Speeds a tenth apart or more make every right time differ by more than 5 %.
    assert all(next_ / speed > 1.1 for speed, next_ in pairwise(SPEEDS))
    visible = {len(case["arrival_times"]) for case in EXERCISES["1M"].cases(0)}
    assert not visible & {length for lengths in LENGTHS for length in lengths}
    assert len({tuple(lengths) for lengths in LENGTHS}) == len(LENGTHS) >= 6
    assert len(EXERCISES["1C"].cases(1)) == 12 != len(EXERCISES["1C"].cases(0))
