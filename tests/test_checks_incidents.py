"""Proves that 7I, 7C and 7P are fair: right runbooks keep every promise, tables differ, the page is what is judged."""

from itertools import combinations
from math import isclose
from pathlib import Path

import numpy as np
import pytest
from bank import pipeline_predict, scalability
from bank.form import codes, graded
from bank.incidents import DOCUMENTED, MORE_SERVERS, OTHERS, THIRD, but
from conftest import rest

from course.checks import EXERCISES
from course.checks.incidents import HIDDEN, SEEN, replays
from course.checks.pipeline_predict import ROWS, TIMES, beside, observe, seen, served, targets
from course.checks.scalability import SCALES, Fitted, Law, law_of, peak, roughly
from course.incidents import INCIDENTS
from course.patterns.microservices import Microservices
from course.simulation import replicate
from course.theory import usl
from course.workload import Work, Workload

PART = 10 / 6
LESSON = Path(__file__).resolve().parents[1] / "solutions" / "07-scaling" / "07-scaling.py"


def test_no_two_learners_have_the_same_seeds_unless_they_share_a_set():
    seeds = [seed for trials in (SEEN, *HIDDEN) for seed, _ in trials]
    assert len(set(seeds)) == len(seeds) == 2 * len(HIDDEN) + 1 and len(HIDDEN) >= 6
    sets = [EXERCISES["7I"].cases(variant) for variant in range(1, 8)]
    assert sets[0] == sets[6] and sets[0] != sets[1] and EXERCISES["7I"].cases(0) == [{"trials": [[1, 0]]}]


@pytest.mark.parametrize("place", range(len(HIDDEN)))
@rest()
def test_right_runbooks_keep_every_promise_with_room_to_spare(place):
    """Three runbooks in turn, each on two of the sets."""
    runbook = (DOCUMENTED, OTHERS, THIRD)[place % 3]
    for name, actions in runbook.items():
        found = replays(name, tuple(actions), HIDDEN[place])
        assert found.share >= INCIDENTS[name].promised + 0.045 and found.usd <= 0.8 * INCIDENTS[name].usd, name
    assert graded("7I", runbook, place + len(HIDDEN)).points == 10


def test_points_follow_the_users_who_were_saved():
    actions = [("servers", 3)]
    nothing, some, fix = (replays("noisy neighbour", tuple(taken), HIDDEN[1]).share
                          for taken in ((), actions, DOCUMENTED["noisy neighbour"]))
    assert nothing < some < INCIDENTS["noisy neighbour"].promised < fix
    report = graded("7I", {"noisy neighbour": actions})
    assert report.points == pytest.approx(0.8 * PART * (some - nothing) / (fix - nothing), abs=0.006)


def test_money_alone_gets_a_fifth():
    report = graded("7I", MORE_SERVERS)
    assert report.points == 2 and codes(report) == ["7I-W3"]
    assert "retry storm" in report.messages[0].got and "Alike: backoff" in report.messages[0].got


@pytest.mark.parametrize("name", INCIDENTS)
def test_each_incident_is_worth_the_same_and_loses_only_its_own(name):
    without = {other: actions for other, actions in DOCUMENTED.items() if other != name}
    foreign = DOCUMENTED | {name: DOCUMENTED["poison message" if name != "poison message" else "retry storm"]}
    for runbook, code in ((without, "7I-W1"), (foreign, "7I-W5")):
        report = graded("7I", runbook)
        assert (report.points, report.passed, codes(report)) == (pytest.approx(10 - PART, abs=0.005), 5, [code])
        assert name in report.messages[0].where


def test_a_message_tells_what_became_of_users():
    report = graded("7I", but(retry_storm=[("servers", 8)]))
    mine, nothing = (replays("retry storm", actions, HIDDEN[1]) for actions in ((("servers", 8),), ()))
    assert f"{mine.failed} of {mine.users} users late or lost ({mine.lost} lost)" in report.messages[0].got
    assert report.messages[0].got.endswith(f"with nothing done, {nothing.failed}.")


def test_the_law_by_hand():
    # 10 / (1 + 0.1 + 0.01 x 2) a worker, twice; without any trouble, workers times the rate.
    assert Law(10, 0.1, 0.01).at([1, 2]) == pytest.approx([10, 20 / 1.12])
    assert Law(10, 0, 0).at([7]) == pytest.approx([70])


@pytest.mark.parametrize("contention, crosstalk", [(0.3, 0.002), (0.05, 0.0001), (0.12, 0.0009)])
def test_the_peak_is_where_one_worker_more_or_fewer_does_less(contention, crosstalk):
    found = int(np.argmax(usl(np.arange(1, 1000), 1, contention, crosstalk))) + 1
    assert abs(peak(contention, crosstalk) - found) < 1
    assert peak(contention, 0.0) == float("inf")


def test_tables_of_any_two_sets_differ_by_more_than_five_percent():
    for one, other in combinations([EXERCISES["7C"].cases(variant) for variant in range(1, len(SCALES) + 1)], 2):
        for case, another in zip(one, other, strict=True):
            if case["about"] == "exact":
                assert not isclose(law_of(case).rate, law_of(another).rate, rel_tol=0.05)
            elif case["about"] == "peak" and case["asked"][1]:
                assert not isclose(peak(*case["asked"]), peak(*another["asked"]), rel_tol=0.05)


def test_a_case_does_not_tell_its_law():
    for case in EXERCISES["7C"].cases(3):
        assert set(case) == {"about", "set", "row", "asked"} or case["about"] == "peak"


def test_noise_leaves_room_between_right_ways_and_wrong_ones():
    noisy = [case for variant in range(len(SCALES) + 1) for case in EXERCISES["7C"].cases(variant)
             if case["about"] == "noisy"]
    ways = scalability.fit, scalability.fit_usl, scalability.line, scalability.amdahl, scalability.first_three
    fits = {way: [Fitted(law_of(case), *case["asked"], np.array(way(*case["asked"])).tolist()) for case in noisy]
            for way in ways}
    good = {way.__name__: sum(map(roughly, found)) for way, found in fits.items()}
    assert good["fit"] == good["fit_usl"] == len(noisy) == 17
    assert good["line"] == good["amdahl"] == 0 and good["first_three"] <= 1
    right = [np.abs(one.answer.at(one.workers) / one.law.at(one.workers) - 1).max()
             for way in (scalability.fit, scalability.fit_usl) for one in fits[way]]
    assert max(right) < 0.03


@pytest.mark.parametrize("code, answer", scalability.BANK.wrong)
def test_a_wrong_fit_gets_its_own_message_on_every_set(code, answer):
    for variant in range(2, len(SCALES) + 1):
        assert code in codes(graded("7C", answer, variant)), variant


@pytest.fixture(scope="module")
def results():
    """What the cell of the lesson shows."""
    source = LESSON.read_text(encoding="utf-8")
    start = source.index("by_row = {")
    page = {"replicate": replicate, "Microservices": Microservices, "Work": Work, "Workload": Workload}
    exec(source[start:source.index("\nreveal(", start)], page)
    return observe(page["run_at"])


def test_the_runs_of_the_page_are_those_that_are_judged(results):
    for row, judged in zip(ROWS, EXERCISES["7P"].cases(1)[0]["rows"]):
        assert results[row] == pytest.approx(seen(*judged), rel=1e-9)
    assert TIMES == 5


def test_a_step_that_is_no_bottleneck_changes_nothing_when_it_matters(results):
    quiet, busy = ([results[f"{when}, {what}"] for what in ("as it is", "prepare halved", "infer halved")]
                   for when in ("quiet", "busy"))
    # Two servers of 60 ms on average are able to do 33.3 a second, with 30 ms all 36 that come.
    assert [row.throughput for row in busy] == pytest.approx([100 / 3, 100 / 3, 36], rel=0.02)
    assert busy[1].p95 == pytest.approx(busy[0].p95, rel=0.02) and busy[2].p95 < 0.1 * busy[0].p95
    assert [row.throughput for row in quiet] == pytest.approx([10] * 3, rel=0.02)
    assert quiet[2].p95 < quiet[1].p95 < quiet[0].p95 < 0.25


def test_two_servers_by_hand():
    # 0 to 5, 1 to 2, then 2 waits for nobody, and 2.5 until 4.
    assert served(np.array([0, 1, 2.5, 2.0]), np.array([5.0, 1.0, 1.0, 2.0]), 2).tolist() == [5, 2, 5, 4]


def test_the_table_puts_the_guess_under_the_row_that_it_is_about(results):
    lines = beside(pipeline_predict.GUESS, results).splitlines()
    assert len(lines) == 1 + len(ROWS) + 3
    assert lines[4].endswith("quiet: p95 down, throughput same")
    assert lines[-1].endswith("infer: p95 down, throughput up")


def test_no_number_of_the_statement_passes_for_one_that_was_seen():
    stated = [*range(1, 7), 10, 20, 30, 36, 60, 95, 0.02, 0.06, 0.01]
    found = targets(EXERCISES["7P"].cases(0)[0])
    assert not [(number, target) for number in stated for target in found if isclose(number, target, rel_tol=0.02)]
