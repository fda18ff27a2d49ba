"""Proves what is particular to grading the exercises on events: what the page shows, tolerances, hidden cases."""

from itertools import combinations, product
from math import inf, isclose
from pathlib import Path

import pytest
from bank import event_driven_calculate, event_driven_design, event_driven_explain, event_driven_modify
from bank.form import codes, graded
from conftest import rest

from course.asking import ask
from course.asking.crash_schedules import Plan, Rehearsal
from course.asking.deliveries import Message as Payment
from course.checks import EXERCISES
from course.checks.event_driven_calculate import SCALES
from course.checks.event_driven_design import stored
from course.checks.event_driven_explain import IN_TIME, SETS, silent
from course.checks.event_driven_predict import PARTS, beside, observe, seen, targets
from course.patterns.event_driven import Consumers, EventDriven
from course.policies import Scheduled
from course.simulation import replicate
from course.workload import Deterministic, Diurnal, Work, Workload

LESSON = Path(__file__).resolve().parents[1] / "solutions" / "03-event-driven" / "03-event-driven.py"


@pytest.fixture(scope="module")
@rest()
def results():
    """What the cell of the lesson shows."""
    source = LESSON.read_text(encoding="utf-8")
    start = source.index("\nrush = Workload(")
    page = {"replicate": replicate, "EventDriven": EventDriven, "Consumers": Consumers, "Scheduled": Scheduled,
            "Work": Work, "Workload": Workload, "Diurnal": Diurnal, "Deterministic": Deterministic}
    exec(source[start:source.index("\nreveal(", start)], page)
    return observe(page["run_at"])


def judged():
    """What 3P takes for seen."""
    case = EXERCISES["3P"].cases(1)[0]
    return {part: seen(part, tuple(case["rates"]), case["duration"], case["times"]) for part in PARTS}


def test_the_queue_of_the_lesson_is_the_one_that_is_judged(results):
    for part, found in judged().items():
        for shown, again in zip(results[part], found):
            assert tuple(shown) == pytest.approx(tuple(again), rel=1e-9)


def test_the_queue_stands_beside_the_guess_about_it():
    guesses = {"same": ("20 minutes", "1 s", 1, "x"), "double": ("a blink", "none", 2, "y")}
    lines = beside(guesses, judged()).splitlines()
    assert [line.split()[0] for line in lines[1:4:2]] == list(PARTS)
    assert lines[2].endswith("empty after 20 minutes, last event late by 1 s")
    assert lines[4].endswith("empty after a blink, last event late by none")
    assert all("±" in line for line in lines[1:4:2]) and "10 traces" in lines[-1]


def test_no_number_of_the_task_but_the_right_guess_passes_for_one_that_was_seen():
    stated = [1, 2, 3, 4, 5, 9, 10, 12, 40, 50, 100, 600, 2400, 0.5, 9.75]
    found = targets(EXERCISES["3P"].cases(0)[0])
    assert not [(number, target) for number in stated for target in found if isclose(number, target, rel_tol=0.02)]
    assert [target for target in found if isclose(20, target, rel_tol=0.02)]


def right_backlogs(variant):
    """Right answers to all cases of 3C in a variant."""
    exercise = EXERCISES["3C"]
    return ask("3C", event_driven_calculate.BANK.right, exercise.cases(variant))


def test_hidden_backlogs_differ_by_more_than_five_percent_between_any_two_variants():
    for one, other in combinations([right_backlogs(variant) for variant in range(1, len(SCALES) + 1)], 2):
        finite = [pair for pair in zip(one, other, strict=True) if 0 not in pair and "inf" not in pair]
        assert len(finite) == 12 and not [pair for pair in finite if isclose(*pair, rel_tol=0.05)]


@pytest.mark.parametrize("factor, points", [(1.004, 4), (0.996, 4), (1.006, 0.5), (0.99, 0.5)])
def test_backlogs_are_right_to_half_a_percent(factor, points):
    right = event_driven_calculate.BANK.right
    answer = tuple(lambda *asked, function=function: factor * function(*asked) for function in right)
    assert graded("3C", answer).points == points        # half a point: infinity stays what it is


def test_backlogs_of_the_task_by_hand():
    peak, drain, delay = event_driven_calculate.BANK.right
    assert (peak([(600, 12)], 10), drain([(600, 12)], 9, 10), delay([(600, 12)], 10)) == (1200, 1200, 120)
    assert drain([(600, 12)], 10, 10) == inf


@pytest.mark.parametrize("bank", [event_driven_calculate.BANK, event_driven_explain.BANK], ids=["3C", "3E"])
@rest()
def test_a_wrong_answer_gets_its_own_message_on_every_variant(bank):
    for variant in range(2, bank.sets + 1):     # the first one is asked with all exercises
        for code, answer in bank.wrong:
            assert code in codes(graded(bank.item, answer, variant)), (code, variant)


def test_an_endless_drain_costs_only_where_there_is_no_end():
    def endless(segments, after, capacity):
        while after >= capacity:
            raise TimeoutError
        return event_driven_calculate.drain_time(segments, after, capacity)

    peak, _, delay = event_driven_calculate.BANK.right
    assert graded("3C", (peak, endless, delay)).points == 3.5
    assert [case["about"] for case in EXERCISES["3C"].cases(3)][-2:] == ["never", "never"]  # asked last


def test_hidden_logs_have_other_events_than_those_on_the_page():
    found = [{line["event"] for line in case["logs"]} - {None}
             for number in range(SETS + 1) for case in EXERCISES["3E"].cases(number)[:4]]
    assert len({frozenset(names) for names in found[3:]}) == 4 * SETS + 1
    assert len({len(names) for names in found}) > 4


@pytest.mark.parametrize("code, points", [
    ("3E-W3", 1.4), ("3E-W4", 1.2), ("3E-NAMES", 1.7), ("3E-HOPS", 1.6), ("3E-W5", 1.6), ("3E-DEAF", 1.6)])
def test_each_kind_of_logs_and_the_alarm_have_points_of_their_own(code, points):
    answer = next(answer for name, answer in reversed(event_driven_explain.WRONG) if name == code) \
        if code in ("3E-W5", "3E-DEAF") else next(answer for name, answer in event_driven_explain.WRONG if name == code)
    assert (graded("3E", answer).points, codes(graded("3E", answer))) == (points, [code])


@pytest.mark.parametrize("late, points", [(IN_TIME - 1, 2), (IN_TIME, 1.6)])
def test_an_alarm_has_five_minutes(late, points):
    hour = EXERCISES["3E"].cases(1)[5]["minutes"]
    begins = [silent(minute) for minute in hour].index(True)
    answer = event_driven_explain.find, lambda minute: minute["lag"] >= hour[begins + late]["lag"]
    assert graded("3E", answer).points == points


@pytest.mark.parametrize("place", range(1, len(stored()["hidden"])))
@rest()
def test_a_wrong_design_gets_its_own_message_on_every_variant(place):
    """One of each way; all of them are asked on the first variant."""
    for code, answer in dict(reversed(event_driven_design.BANK.wrong)).items():
        report = graded("3D", answer, place + 1)
        assert code in codes(report) and report.points < 5, (code, place)


@pytest.mark.parametrize("variant", [5, event_driven_modify.BANK.sets])
@rest()
def test_a_wrong_consumer_gets_its_own_message_on_other_variants_too(variant):
    for code, answer in event_driven_modify.WRONG:      # the first variant is asked with all exercises
        report = graded("3M", answer, variant)
        assert code in codes(report) and report.points < 5, (code, codes(report))


@rest()
def test_right_consumers_count_each_payment_once_however_often_it_dies():
    """Beyond the cases of the check: each point up to the sixth, three times in a row, and each message twice."""
    messages = [Payment(number, "Ada", 10**(number - 1)) for number in range(1, 5)]
    for way, consumer in event_driven_modify.ACCEPTED:
        for points in product(range(7), repeat=3):
            trouble = Plan(messages, 20, 2, {2: points, 3: points[::-1]}, dict.fromkeys(range(1, 5), 2), 2)
            run = Rehearsal(consumer, trouble)
            assert (run.balances, list(run.waiting), run.failure) == ({"Ada": 1111}, [], None), (way, points)
