"""Proves what is particular to grading the exercises on lambda: what the page shows, tolerances, hidden cases."""

from itertools import combinations
from math import inf, isclose
from pathlib import Path

import pytest
from bank import lambda_calculate, lambda_design, lambda_explain, lambda_modify
from bank.form import codes, graded
from bank.mutants import mutants
from conftest import rest

import course.asking
from course.checks import EXERCISES
from course.checks.copies import PROGRAMS
from course.checks.lambda_calculate import SCALES
from course.checks.lambda_design import stored
from course.checks.lambda_predict import DURATION, PARTS, RATE, TIMES, VIEWS, beside, observe, seen, targets
from course.laws import Sometimes, UniformLaw
from course.patterns.lambda_architecture import LambdaArchitecture
from course.policies.late import Late
from course.simulation import replicate
from course.views import ask
from course.workload import Work, Workload

LESSON = Path(__file__).resolve().parents[1] / "solutions" / "04-lambda" / "04-lambda.py"


@pytest.fixture(scope="module")
@rest()
def results():
    """What the cell of the lesson shows."""
    source = LESSON.read_text(encoding="utf-8")
    start = source.index("\nhappenings = Workload(")
    page = {"replicate": replicate, "LambdaArchitecture": LambdaArchitecture, "Late": Late, "Sometimes": Sometimes,
            "UniformLaw": UniformLaw, "Work": Work, "Workload": Workload, "ask": ask}
    exec(source[start:source.index("\nreveal(", start)], page)
    return observe(page["run_at"])


@rest()
def judged():
    """What 4P takes for seen."""
    return {part: seen(part, RATE, DURATION, TIMES) for part in PARTS}


def test_the_answers_of_the_lesson_are_those_that_are_judged(results):
    for part, found in judged().items():
        for shown, again in zip(results[part], found):
            assert tuple(shown) == pytest.approx(tuple(again), rel=1e-9, abs=1e-9)


def test_the_errors_stand_beside_the_guess_about_them():
    guesses = {"late": ("speed, merged, batch", "1, 2 and 3 %", 1, "x"), "prompt": ("all alike", "none", 2, "y")}
    lines = beside(guesses, judged()).splitlines()
    assert [line.split()[0] for line in lines[1:4:2]] == list(PARTS)
    assert lines[2].endswith("from best to worst speed, merged, batch; errors 1, 2 and 3 %")
    assert lines[4].endswith("from best to worst all alike; errors none")
    assert all(line.count("±") == len(VIEWS) for line in lines[1:4:2]) and "10 traces" in lines[-1]


@rest()
def test_no_number_of_the_task_passes_for_one_that_was_seen():
    stated = [0.5, 1, 2, 3, 4, 5, 6, 10, 12, 20, 24, 0.03, 0.05, 0.01, 3600, 21_600, 43_200, 86_400, 259_200, 600]
    found = targets(EXERCISES["4P"].cases(0)[0])
    assert not [(number, target) for number in stated for target in found if isclose(number, target, rel_tol=0.02)]
    assert 0 in found and len(found) > 6        # as the table shows it, where nothing is late


def right_ages(variant):
    """Right answers to all cases of 4C in a variant, in one row."""
    exercise = EXERCISES["4C"]
    raw = course.asking.ask("4C", lambda_calculate.BANK.right, exercise.cases(variant))
    return [number for answer in raw for number in (answer if isinstance(answer, list) else [answer])]


def test_hidden_ages_differ_by_more_than_five_percent_between_any_two_variants():
    for one, other in combinations([right_ages(variant) for variant in range(1, len(SCALES) + 1)], 2):
        finite = [pair for pair in zip(one, other, strict=True) if "inf" not in pair]
        assert len(finite) == 13 and not [pair for pair in finite if isclose(*pair, rel_tol=0.05)]


@pytest.mark.parametrize("factor, points", [(1.004, 4), (0.996, 4), (1.006, 0.75), (0.99, 0.75)])
def test_ages_are_right_to_half_a_percent(factor, points):
    staleness, merged = lambda_calculate.BANK.right
    answer = (lambda *asked: [factor * age for age in staleness(*asked)], lambda *asked: factor * merged(*asked))
    assert graded("4C", answer).points == points        # three quarters: infinity stays what it is


def test_ages_of_the_task_by_hand():
    """A run of an hour every six: an hour old when it comes out, seven just before the next."""
    staleness, merged = lambda_calculate.BANK.right
    assert staleness(6 * 3600, 3600) == (4 * 3600, 7 * 3600)
    assert staleness(3600, 3601) == (inf, inf) and staleness(3600, 3600) == (5400, 7200)
    assert merged(6 * 3600, 3600, 2) == 2


@pytest.mark.parametrize("bank", [lambda_calculate.BANK, lambda_explain.BANK], ids=["4C", "4E"])
@rest()
def test_a_wrong_answer_gets_its_own_message_on_every_variant(bank):
    for variant in range(2, bank.sets + 1):     # the first one is asked with all exercises
        for code, answer in bank.wrong:
            report = graded(bank.item, answer, variant)
            assert code in codes(report) and report.points < report.most, (code, variant)


@rest()
def test_mutants_of_the_count_of_days_are_refused():
    """The third part of 4E is a text, so that this function is changed here; of similarities, many are right."""
    found = mutants(lambda_explain.days_apart)
    assert len(found) >= 7
    reports = {mutant.change: graded("4E", lambda_explain.with_days(mutant.function)) for mutant in found}
    assert not [change for change, report in reports.items() if report.points == report.most]


@pytest.mark.parametrize("code, points", [("4E-W1", 1.8), ("4E-W2", 1.7), ("4E-W3", 1.2), ("4E-W4", 1.8),
                                          ("4E-END", 1.8), ("4E-CHANGE", 1.7), ("4E-LAYOUT", 1.8)])
def test_similarity_days_and_note_have_points_of_their_own(code, points):
    answer = next(answer for name, answer in reversed(lambda_explain.WRONG) if name == code)
    assert (graded("4E", answer).points, codes(graded("4E", answer))) == (points, [code])


def test_every_program_is_asked_about_once():
    """Eight hidden ones, and the one on the page."""
    sources = [EXERCISES["4E"].cases(variant)[0]["asked"][0] for variant in range(len(PROGRAMS))]
    assert sorted(sources) == sorted(PROGRAMS)


@pytest.mark.parametrize("note", [
    "We keep two copies. One bug must not be in both of them. Results are recomputed after a fix.",
    "Keep both: a shared function would share its bugs. After a fix, replay the log.",
    "One definition. Its mistakes show up everywhere, and the old days must be computed anew.",
    "Decision: generate. If the definition is wrong, both layers are. Reprocess what is stored."])
def test_notes_in_other_words(note):
    assert graded("4E", lambda_explain.with_note(note)).points == 2


def test_what_comes_after_so_many_words_is_not_read():
    assert graded("4E", lambda_explain.with_note("word " * 120 + lambda_explain.NOTE)).points == 1.6


@pytest.mark.parametrize("place", range(1, len(stored()["hidden"])))
@rest()
def test_a_wrong_design_gets_its_own_message_on_every_variant(place):
    """One of each way; all of them are asked on the first variant."""
    for code, answer in dict(reversed(lambda_design.BANK.wrong)).items():
        report = graded("4D", answer, place + 1)
        assert code in codes(report) and report.points < 5, (code, place)


@pytest.mark.parametrize("variant", [5, lambda_modify.BANK.sets])
@rest()
def test_a_wrong_merge_gets_its_own_message_on_other_variants_too(variant):
    for code, answer in lambda_modify.WRONG:        # the first variant is asked with all exercises
        report = graded("4M", answer, variant)
        assert code in codes(report) and report.points < 5, (code, codes(report))
