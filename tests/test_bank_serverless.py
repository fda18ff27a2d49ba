"""Proves what is particular to grading 5P, 5C and 5E: what the page shows, tolerances, cases that differ, kills."""

from itertools import combinations, pairwise
from math import exp, isclose
from pathlib import Path

import pytest
from bank import serverless_calculate, serverless_explain
from bank.form import codes, graded
from conftest import rest
from hypothesis import given, settings, strategies as some

import course.asking
from course.asking import ask
from course.asking.rehearsal import CAP, LONGEST, SAVE, SAVE_RESULTS, SAVED, SEND, rehearse
from course.checks import EXERCISES
from course.checks.call_logs import replayed
from course.checks.serverless_calculate import SCALES, Setting, month, share
from course.checks.serverless_explain import UNITS, told
from course.checks.serverless_predict import TIMES, TRAFFIC, beside, observe, seen, targets
from course.data import work
from course.laws import LogNormalLaw
from course.patterns.serverless import Serverless
from course.simulation import replicate
from course.workload import Bursty, Poisson, Work, Workload

FORGED = (serverless_explain.stored_by_hand, serverless_explain.logged_by_hand, serverless_explain.without_cap,
          serverless_explain.without_kills)
LESSON = Path(__file__).resolve().parents[1] / "solutions" / "05-serverless" / "05-serverless.py"


@pytest.fixture(scope="module")
def results():
    """What the cell of the lesson shows."""
    source = LESSON.read_text(encoding="utf-8")
    start = source.index("by_traffic = {")
    page = {"replicate": replicate, "Serverless": Serverless, "LogNormalLaw": LogNormalLaw, "work": work, "Work": Work,
            "Workload": Workload, "Poisson": Poisson, "Bursty": Bursty}
    exec(source[start:source.index("\nreveal(", start)], page)
    return observe(page["run_at"])


def test_the_runs_of_the_lesson_are_those_that_are_judged(results):
    for traffic, judged in zip(TRAFFIC, EXERCISES["5P"].cases(1)[0]["traffic"]):
        an_hour, hours, bursts = judged
        assert results[traffic] == pytest.approx(seen(an_hour, hours, bursts and tuple(bursts)), rel=1e-9)


def test_the_table_puts_the_guess_under_the_rows_that_it_is_about(results):
    lines = beside({"steady": ("down", "same", 1, "x"), "bursts": ("up", "a cliff", 2, "y")}, results).splitlines()
    assert len(lines) == 1 + len(TRAFFIC) + 2
    assert lines[6].endswith("steady: cold share down, p99 same") and lines[-1].endswith("up, p99 a cliff")
    assert TIMES >= 10


def test_traffic_keeps_instances_warm_and_bursts_find_too_few():
    an_hour, ten, minute, second, steady, bursts = (seen(*row) for row in TRAFFIC.values())
    # A call is cold when the last one ended more than 600 s before: at random times, with probability exp(-rate x 600).
    for observed, rate, calls in ((an_hour, 1 / 3600, 4000), (ten, 10 / 3600, 10_000)):
        expected = exp(-600 * rate)
        assert abs(observed.cold - expected) < 4 * (expected * (1 - expected) / calls) ** 0.5
    assert an_hour.cold > ten.cold > minute.cold > second.cold > steady.cold and bursts.cold > 10 * steady.cold
    # The p99 is that of cold calls as long as more than one in a hundred is cold.
    assert all((row.p99 > 2) == (row.cold > 0.01) for row in (an_hour, ten, minute, second, steady, bursts))


def test_no_number_of_the_statement_passes_for_one_that_was_seen():
    stated = [*range(1, 6), 10, 20, 60, 99, 100, 190, 200, 600, 3600, 0.5, 0.35, 36_000]
    found = targets(EXERCISES["5P"].cases(0)[0])
    assert not [(number, target) for number in stated for target in found if isclose(number, target, rel_tol=0.02)]


@pytest.mark.parametrize("cents, millionths, points", [(0.9, 0.5, 4), (2, 0.5, 1.5), (0.5, 4, 2.5)])
def test_money_is_right_to_a_cent_and_the_share_to_a_millionth(cents, millionths, points):
    cost, even = serverless_calculate.BANK.right
    answer = (lambda *asked: cost(*asked) + cents / 100, lambda *asked: even(*asked) + millionths / 1e6)
    assert graded("5C", answer).points == points


def right_bills(variant):
    """Right answers to all cases of a variant."""
    exercise = EXERCISES["5C"]
    return ask("5C", serverless_calculate.BANK.right, exercise.cases(variant))


def test_hidden_bills_differ_by_more_than_five_percent_between_any_two_variants():
    for one, other in combinations([right_bills(variant) for variant in range(1, len(SCALES) + 1)], 2):
        assert not [pair for pair in zip(one, other, strict=True) if isclose(*pair, rel_tol=0.05)]


def test_every_bill_is_far_above_a_cent_and_every_share_below_one():
    for variant in range(len(SCALES) + 1):
        for case, answer in zip(EXERCISES["5C"].cases(variant), right_bills(variant)):
            assert (0.03 < answer < 0.95) if case["about"] == "share" else answer > 1


def test_bills_by_hand():
    # Two million calls of 0.3 s with 1.5 GB are 900,000 GB-seconds, 400,000 of them free; the others at 20 millionths
    # are 10 USD.
    assert month(Setting(2e6, 0.1, 0.2, 1.5, 0, 400_000, 0.2, 2e-5, 0, 730, 1)) == pytest.approx(10 + 0.4)
    assert month(Setting(2e6, 0.1, 0.2, 1.5, 0, 2e6, 0.2, 2e-5, 0, 730, 1)) == pytest.approx(0.4)
    # 0.1 USD in 730 hours are 73; a call of 1 GB-second costs 20.2 millionths; 365 hours at 10 a second hold 13.14
    # million calls.
    assert share(Setting(1, 0.01, 0, 1, 1, 0, 0.2, 2e-5, 0.1, 365, 10)) == pytest.approx(73 / 20.2e-6 / 13.14e6)


@pytest.mark.parametrize("bank", [serverless_calculate.BANK, serverless_explain.BANK], ids=["5C", "5E"])
@rest()
def test_a_wrong_answer_gets_its_own_message_on_every_variant(bank):
    for variant in range(2, bank.sets + 1):     # the first one is asked with all exercises
        for code, answer in bank.wrong:
            assert code in codes(graded(bank.item, answer, variant)), (code, variant)


def test_a_call_ends_at_the_cap_or_a_kill_and_comes_again_with_its_message():
    told = []

    def call(job, message):
        told.append(message)
        if message is None:
            job.send("next")
            job.work(0)
            job.save("results", ["first"])
        job.work(1)
        job.work(1)

    run = rehearse(call, [80, 450], [5, 6], kills=(30,))
    # Killed in unit 0 after 30 s; then 1 + 80 + 1 s and twice 450 s do not fit into 900 s, until the end of patience.
    assert run.calls[:3] == [(0, "killed"), (30, "stopped"), (930, "stopped")]
    assert set(told) == {None} and not run.ended and run.store["results"] == ["first"]
    assert run.calls[1][0] + CAP == run.calls[2][0]


def test_a_save_that_is_killed_changes_nothing_and_later_changes_are_not_saved():
    def call(job, message):
        results = job.saved("results") or []
        results.append(job.work(len(results)))
        job.save("results", results)
        results.append("not saved")
        if len(results) - 1 < job.units:
            job.send("go on")

    # Load until 1 s, work until 61 s, save until 62 s: a kill at 61.5 s comes in the middle of the save.
    run = rehearse(call, [60, 60], [5, 6], kills=(61.5,))
    assert run.store["results"] == [5, 6] and run.done == [2, 1] and run.ended
    assert [how for _, how in run.calls] == ["killed", "done", "done"]


def test_a_call_cannot_outlive_its_end():
    def stubborn(job, message):
        while True:
            try:
                job.work(0)
            except BaseException:
                job.save("results", ["after the end"])

    assert rehearse(stubborn, [400], [5], kills=(100,)).store == {}


@given(kills=some.lists(some.floats(1, 6000), max_size=12))
@settings(max_examples=40, deadline=None)
def test_right_ways_lose_and_repeat_nothing_whenever_kills_come(kills):
    case = EXERCISES["5E"].cases(0)[0]
    for way, call in serverless_explain.BANK.accepted:
        run = rehearse(call, case["seconds"], case["results"], kills)
        assert sorted(run.store["results"]) == sorted(case["results"]), way
        assert run.ended and not run.count("stopped")


@pytest.mark.parametrize("least, points", [(0, 1.7), (20, 1.7), (45, 1.7), (60, 1.7), (70, 1.7), (78, 1.7), (83, 2)])
def test_a_margin_below_the_slowest_unit_is_found(least, points):
    assert LONGEST == 80
    report = graded("5E", serverless_explain.until(least))
    assert (report.points, codes(report)) == (points, [] if points == 2 else ["5E-W4"])


def test_no_common_chunk_divides_a_hidden_job_and_lengths_differ():
    assert all(units % chunk for units in UNITS for chunk in range(2, 21))
    assert all(later > 1.05 * former for former, later in pairwise(UNITS))
    for variant in range(len(UNITS) + 1):
        case = EXERCISES["5E"].cases(variant)[0]
        assert len(set(case["results"])) == len(case["results"])
        assert min(case["seconds"]) >= 40 and max(case["seconds"]) <= LONGEST and sum(case["seconds"]) > CAP


def test_a_kill_strikes_once_in_each_run_of_the_last_case():
    case = EXERCISES["5E"].cases(1)[-1]
    calm, *runs = [ran.run for ran in told(case, *ask("5E", serverless_explain.call, [case]))]
    assert calm.count("killed") == 0
    assert len(runs) >= 12 and {run.count("killed") for run in runs} == {1}
    # In each of the actions at the start: load, work, save, and work again.
    assert sum(sum(run.done) > len(run.done) for run in runs) >= 2


def test_a_run_is_derived_from_its_log_by_hand():
    job = {"seconds": [60, 60], "results": [5, 6]}
    # Work until 60 s, save until 61 s, work until 121 s: the kill at 100 s cuts that. Load, work and save until 162 s.
    run = replayed(job, [[0, SAVE_RESULTS, 1], [SAVED, 1, SAVE_RESULTS]], [100])
    assert run.calls == [(0, "killed"), (100, "done")] and run.now == 162 and run.ended
    assert run.done == [1, 1] and run.store == {"results": {0, 1}}
    # Without a look into the store, the second call does not know the first result.
    assert replayed(job, [[0, SAVE_RESULTS, 1], [1, SAVE_RESULTS]], [100]).store == {"results": {1}}
    # A message tells what its sender knew, and another name in the store is as good as "results".
    assert replayed(job, [[0, SEND], [1, SAVE_RESULTS]], []).store["results"] == {0, 1}
    assert replayed(job, [[0, SAVE, SEND], [1, SAVED, SAVE_RESULTS]], []).store["results"] == {0, 1}


@pytest.mark.parametrize("log", [
    [[0, SAVE_RESULTS, 1, SAVE_RESULTS]],           # goes on after the kill
    [[0, SAVE_RESULTS, 1]],                         # the killed call does not come again
    [[0, SAVE_RESULTS, 1], [], []],                 # a call without a message
    [[0, SAVE_RESULTS], [1, SAVE_RESULTS]],         # the same, before the kill
    [[2], []], [[-5], []], [[0.5], []], [[True], []], [["0"], []], [[None], []], [[[]], []], [0, 1], {"0": []}, "log",
    None, [], [[SAVED] * 101], [[SEND] * 99, *[[]] * 300],
])
def test_a_log_that_no_run_can_have_is_no_run(log):
    assert replayed({"seconds": [60, 60], "results": [5, 6]}, log, [100]) is None


def test_a_forged_run_earns_what_the_log_of_that_run_deserves():
    points = {answer.__name__: graded("5E", answer).points for answer in FORGED}
    # Whoever stops the kills has earned what needs none: 0.4 for the whole job and 0.3 for the cap.
    assert points == {"stored_by_hand": 0, "logged_by_hand": 0, "without_cap": 0, "without_kills": 0.7}


def test_a_run_with_a_kill_that_was_left_out_is_missed():
    exercise = EXERCISES["5E"]
    cases = exercise.cases(1)
    raw = ask("5E", serverless_explain.position_last, cases)
    raw[-1] = raw[-1][:1]                           # only the run without kills
    assert exercise.judge(cases, raw).points == 1.1     # whole, cap and progress; the rest looks at all runs


def test_each_rule_of_the_job_costs_only_its_own_points():
    lost = {"5E-W2": 0.3, "5E-W4": 0.3, "5E-W5": 0.3, "5E-W6": 0.3, "5E-COSTLY": 0.4}
    for code, answer in serverless_explain.WRONG:
        report = graded("5E", answer)
        if code in lost:
            assert (codes(report), report.points) == ([code], pytest.approx(2 - lost[code]))


def test_the_rehearsal_of_the_page_tells_calls_and_results():
    told = course.asking.given("5E")(serverless_explain.call, kills=(500, 1900)).splitlines()
    assert told[0].split() == ["call", "1:", "0", "s", "to", "500", "s,", "killed"]
    assert told[-1] == "results: a list of 41, for 41 units" and "done" in told[-2]
