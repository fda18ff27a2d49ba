"""Proves what is particular to grading 2P, 2C and 2E: what the page shows, tolerances, cases that differ."""

from itertools import combinations
from math import isclose
from pathlib import Path

import numpy as np
import pytest
from bank import microservices_calculate, microservices_contract
from bank.form import codes, graded
from conftest import rest

from course.checks import EXERCISES
from course.checks.microservices_calculate import SCALES, Asked
from course.checks.microservices_contract import HIDDEN, SEEN
from course.checks.microservices_predict import MIXES, TIMES, beside, observe, seen, targets
from course.patterns.microservices import Service
from course.policies.routing import Routed
from course.simulation import replicate
from course.theory import mmc
from course.workload import Deterministic, Mixed, Work, Workload

LESSON = Path(__file__).resolve().parents[1] / "solutions" / "02-microservices" / "02-microservices.py"


@pytest.fixture(scope="module")
def results():
    """What the cell of the lesson shows."""
    source = LESSON.read_text(encoding="utf-8")
    start = source.index("def part_of(")
    page = {"replicate": replicate, "Service": Service, "Routed": Routed, "Mixed": Mixed, "Workload": Workload,
            "Work": Work, "Deterministic": Deterministic}
    exec(source[start:source.index("\nreveal(", start)], page)
    return observe(page["run_at"])


def test_the_runs_of_the_lesson_are_those_that_are_judged(results):
    case = EXERCISES["2P"].cases(1)[0]
    for mix, judged in zip(MIXES, case["mixes"]):
        again = seen(tuple(map(tuple, judged)), case["duration"], case["times"])
        assert np.allclose(results[mix], again, rtol=1e-12)


def test_equal_jobs_lose_by_the_split_and_light_jobs_win_at_the_99th_percentile(results):
    assert all(split > shared for shared, split in zip(*results["equal"]))
    shared, split = results["unequal"]
    assert split.mean > 1.05 * shared.mean and split.p99 < 0.8 * shared.p99
    # On servers of their own, the requests A never notice what B does.
    assert results["equal"][1] == pytest.approx(results["unequal"][1], rel=1e-12)


def test_waiting_in_the_equal_mix_lies_below_that_of_random_work(results):
    # With work of equal length at most as much as with exponential work: half of it for one server, more for several.
    for servers, observed in zip((10, 5), results["equal"]):
        waiting = observed[0] - 20
        random = 1000 * mmc(servers / 10 * 380, 1 / 0.020, servers).waiting_time
        assert 0.5 * random < waiting < 0.75 * random


def test_no_number_of_the_statement_passes_for_one_that_was_seen():
    stated = [*range(1, 11), 20, 40, 50, 95, 99, 100, 190, 200, 300, 380, 0.02, 0.3, 0.5]
    found = targets(EXERCISES["2P"].cases(0)[0])
    close = [(number, target) for number in stated for target in found if isclose(number, target, rel_tol=0.02)]
    # Seven percent is one of the changes; nothing on the page counts seven of anything.
    assert {number for number, _ in close} <= {7}


def test_the_table_puts_the_guess_beside_the_result(results):
    part = ("up", "down", 2, "a reason")
    lines = beside({mix: part for mix in MIXES}, results).splitlines()
    assert len(lines) == 5 and lines[3].split()[0] == "unequal"
    assert [line.split()[-1] for line in lines[1:]] == ["up", "down"] * 2
    assert TIMES >= 10


@pytest.mark.parametrize("error, points", [(1e-5, 0), (1e-8, 4)])
def test_chances_are_right_to_a_millionth(error, points):
    slow, works = microservices_calculate.BANK.right
    answer = (lambda calls, p: slow(calls, p) * (1 + error), lambda parts: works(parts) * (1 + error))
    assert graded("2C", answer).points == points


def right_chances(variant):
    """Right answers to the cases in which something can fail."""
    asked = [Asked(case["about"], case["asked"], None) for case in EXERCISES["2C"].cases(variant)]
    return [one.right for one in asked if one.right < 1]


def test_hidden_chances_or_their_opposites_differ_by_more_than_five_percent_between_any_two_variants():
    variants = [right_chances(variant) for variant in range(1, len(SCALES) + 1)]
    for one, other in combinations(variants, 2):
        for a, b in zip(one, other, strict=True):
            assert not isclose(a, b, rel_tol=0.05) or not isclose(1 - a, 1 - b, rel_tol=0.05)


@pytest.mark.parametrize("bank", [microservices_calculate.BANK, microservices_contract.BANK], ids=["2C", "2E"])
@rest()
def test_a_wrong_answer_gets_its_own_message_on_every_variant(bank):
    for variant in range(1, bank.sets + 1):
        for code, answer in bank.wrong:
            assert code in codes(graded(bank.item, answer, variant)), (code, variant)


def test_chances_by_hand():
    # Three calls, each slow once in ten: none is with 0.9 x 0.9 x 0.9 = 0.729.
    assert Asked("calls", [3, 0.1], None).right == pytest.approx(0.271)
    # Two copies fail together in 0.1 x 0.2 = 0.02 of the time; the optional part does not count.
    parts = [["required", [0.9, 0.8]], ["required", [0.5]], ["optional", [0.1]]]
    assert Asked("optional", [parts], None).right == pytest.approx(0.98 * 0.5)


def test_messages_of_hidden_events_differ_in_every_value():
    for one, other in combinations((SEEN, *HIDDEN), 2):
        assert one.id != other.id and one.extra != other.extra
        assert not isclose(one.milliseconds, other.milliseconds, rel_tol=0.05)


def test_each_rule_of_the_contract_costs_only_its_own_points():
    lost = {"2E-W1": 0.25, "2E-W2": 0.3, "2E-W3": 0.25, "2E-W4": 0.3, "2E-W5": 0.2, "2E-EXTRA": 0.25,
            "2E-MODEL": 0.25}
    for code, answer in microservices_contract.WRONG:
        report = graded("2E", answer)
        if code in lost:
            assert (code, report.points) == (code, pytest.approx(2 - lost[code]))
            assert codes(report) == [code]
