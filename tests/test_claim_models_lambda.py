"""The small models behind the claims about the lambda architecture agree, arm by arm, with calculation by hand."""

from ast import parse

import numpy as np
import pytest
from policies.laws import Asked

from course import pipeline
from course.claims.complexity import branches, one_path, parts, statements, waits
from course.claims.duplication import covered, differing, kinds, readers, shingles, similarity
from course.claims.freshness import beyond, front, wait
from course.claims.healing import Healing
from course.claims.overrun import WEEK, Overrun, knobs, late_weeks
from course.claims.views_compared import DAY, HOUR, Days, day_before, until_seen
from course.patterns.event_driven import Consumers, EventDriven
from course.patterns.lambda_architecture import LambdaArchitecture
from course.simulation import simulate
from course.views import Answers
from course.workload import Work, Workload


def test_questions_come_in_the_middle_of_each_step():
    times = Days(days=2.0).times(first=1.0, step=12 * HOUR)
    assert list(times / HOUR) == [24 + 6, 36 + 6]


def test_the_day_before_is_two_days_without_the_last():
    """Before 1.3 only the second event counts, before 1.9 also the third; the first and the last are too far away."""
    trace = Asked((0.2 * DAY, 1.2 * DAY, 1.4 * DAY, 2.1 * DAY), (0.0, 0.0, 0.0, 0.0), duration=3 * DAY)
    run = simulate(LambdaArchitecture(batch_interval=HOUR), trace)
    assert list(day_before(run, np.array([2.3 * DAY, 2.9 * DAY]), 60.0).merged) == [1, 2]


def test_seconds_to_the_speed_view_are_those_of_its_work():
    run = simulate(LambdaArchitecture(), Asked((1.0, 5.0), (1.5, 0.5), duration=20.0))
    assert until_seen(run) == pytest.approx(0.005 + (1.5 + 0.5) / 2)


def test_a_stream_waits_until_few_enough_are_later():
    """All are late by up to 8 hours, so half of them by less than 4."""
    data = Days(share=1.0, latest=8 * HOUR)
    run = simulate(data.design, Workload(0.01, DAY, Work(0.0, 0.0, 0.0)))
    assert wait(run, 25.0) == pytest.approx(0.75 * 8, abs=0.6)
    assert wait(run, 50.0) == pytest.approx(0.50 * 8, abs=0.6)


def test_answers_beyond_what_is_tolerated_are_counted():
    columns = np.array([100.0, 100.0, 100.0, 100.0]), np.array([94.0, 95.0, 106.0, 100.0])
    answers = Answers(columns[0], columns[1], columns[1], columns[1], columns[0])
    assert beyond(answers, "merged", 5.0) == 50


def test_the_front_has_two_layers_ahead_of_any_stream_that_is_as_fresh():
    rows = {row[:2]: row[2:] for row in front(hours=(6,), waits=(0, 6), traces=2)}
    old, wrong = rows["both layers", 6]
    assert old == 0 and wrong < rows["speed only", 0][1] and rows["batch only", 6][0] == pytest.approx(4)
    assert rows["speed only", 6][1] == pytest.approx(3 * 0.5, abs=0.5)


def test_the_bug_lasts_for_the_second_day():
    assert (Healing().bug.start, Healing().bug.end) == (DAY, 2 * DAY)
    assert Healing(found=3.0).bug.end == 4 * DAY


def test_the_log_grows_by_the_percent_of_each_week():
    year = Overrun()
    counts = np.histogram([event.arrival_time for event in year.growing(3.0).requests()], [0, 26 * WEEK, 52 * WEEK])[0]
    expected = [800 * (1.03**26 - 1), 800 * (1.03**52 - 1.03**26)]
    assert list(counts) == [pytest.approx(number, abs=4 * number**0.5) for number in expected]
    assert year.design.run_time(800) == 3 * HOUR and year.design.run_time(1600) == 6 * HOUR


def test_late_runs_are_those_longer_than_the_interval():
    """0.4 weeks of any run, and 0.4 for each event: the run that begins after a week finds two, the first none."""
    design = LambdaArchitecture(batch_interval=WEEK, batch_fixed=0.4 * WEEK, batch_work=1.6 * WEEK, batch_machines=4)
    run = simulate(design, Asked((0.5 * WEEK, 0.6 * WEEK), (0.0, 0.0), duration=3.5 * WEEK))
    assert list(late_weeks(run)) == [2]                     # 0.4 + 2 * 0.4 = 1.2 weeks from week 1 on
    assert list(late_weeks(run, more=1.3)) == []            # 30 % more machines in that week


def test_knobs_are_what_somebody_chooses():
    assert knobs(LambdaArchitecture) == {"speed", "serving", "batch_interval", "batch_machines", "brokers"}
    assert knobs(EventDriven) | knobs(Consumers) == {"publishers", "brokers", "consumers", "partitions"}


def test_a_stream_with_no_changes_needs_nobody_until_it_is_full():
    calm = Overrun(changes=0.0)
    assert calm.replays(2) == [0.0, 0.0]
    assert calm.overloaded(3.0, 1) == [sum(0.5 * 1.03**week > 1 for week in range(52))]
    assert Overrun(changes=0.0, busy=0.1).overloaded(3.0, 1) == [0.0]


def test_days_in_several_stretches_count_once():
    assert covered([0.0, 1.0, 5.0], [3.0, 2.0, 6.0]) == 4
    assert covered([5.0, 0.0], [6.0, 5.5]) == 6
    assert covered([1.0], [1.0]) == 0


def test_functions_that_read_the_amount_are_found_through_those_they_call():
    assert readers(pipeline.batch) == {"batch"}
    assert readers(pipeline.batch_shared, pipeline.speed_shared) == {"booked"}


def test_shared_functions_give_the_same_for_each_day():
    assert differing(pipeline.batch_shared, pipeline.speed_shared) == 0
    assert differing(pipeline.batch, pipeline.speed) > 0


def test_shingles_are_runs_of_kinds_in_which_names_do_not_matter():
    assert list(kinds(parse("a = 1"))) == ["Module", "Assign", "Name", "Store", "Constant"]
    assert shingles(one_line, 4) == shingles(another_line, 4)
    assert similarity(one_line, another_line) == 100 and {len(run) for run in shingles(two_lines)} == {4}
    assert 0 < similarity(one_line, two_lines) < 100


def one_line(first):
    return first + 1


def another_line(second):
    return second + 2


def two_lines(first):
    second = first * 2
    return second + 1


class Small:
    def life(self, things):
        for thing in things:
            if thing:
                yield thing


def test_waits_branches_and_statements_are_counted_in_the_text():
    assert (waits((Small,)), branches((Small,)), statements((Small,))) == (1, 2, 5)


def test_each_group_of_the_one_path_is_a_part():
    assert [parts(one_path(groups)) for groups in (1, 2, 5)] == [2, 3, 6]
