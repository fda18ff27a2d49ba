"""Proves that 4D is fair: its recount is that of the simulation, its best are the cheapest, and nothing is near."""

import ast
import hashlib
import json
from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest
from bank.form import codes, graded
from bank.lambda_design import DESIGNS, late
from conftest import rest

from course.checks import oracle_lambda
from course.checks.lambda_design import (
    ASKED,
    BROKEN,
    FRESH,
    HOUR,
    INTERVALS,
    KEPT_LOG,
    LAST,
    LATENESSES,
    LAYERS,
    OWN_WORK,
    PROMISE,
    RUN,
    TRACE,
    WAYS,
    WINDOW,
    WORKERS,
    Choice,
    Found,
    candidates,
    rate,
    run_time,
    stored,
    trace,
    two_days,
    usd,
)
from course.checks.oracle_lambda import cuts, missing, runs
from course.laws import Sometimes, UniformLaw
from course.patterns.lambda_architecture import LambdaArchitecture
from course.policies.late import Late
from course.prices import Prices
from course.simulation import simulate
from course.views import ask, batches, facts
from course.workload import LogNormal, Work, Workload

LESSON = Path(__file__).resolve().parents[1] / "solutions" / "04-lambda" / "04-lambda.py"
TEXT = LESSON.read_text(encoding="utf-8")
BEST, STREAM, NAIVE = (Choice(*stored()[name]) for name in ("late", "prompt", "naive"))
SEEN = stored()["seen"][0]


def test_runs_and_cuts_by_hand():
    # Of three events, the run at 0 knows none and takes 2 s; that at 5 knows two and takes 2 + 2 × 2 = 6; the next is
    # due at 10, waits until 11, and takes 8.
    log = np.array([1.0, 4, 9])
    began, ended = runs(log, 12, 5, 2, 2)
    assert began.tolist() == [0, 5, 11] and ended.tolist() == [2, 11, 19]
    assert cuts(began, ended, np.array([1.0, 2, 10, 11, 20])).tolist() == [-inf, 0, 0, 5, 11]


def test_what_is_missing_by_hand():
    # At 10, of what happened since 4: one is known by the batch view, one seen, one ignored, one on its way.
    happened, logged = np.array([3.0, 5, 6, 7, 8]), np.array([3.0, 5, 6.5, 9, 12])
    unseen = np.array([inf, inf, 7, inf, 13])
    assert missing(happened, unseen, np.array([10.0]), 6, logged, np.array([6.0])).tolist() == [50]
    assert missing(happened, unseen, np.array([10.0]), 8, logged, np.array([-inf])).tolist() == [80]


def simulated(choice, city, week):
    """A run of the course's own parts for a choice."""
    fixed, work = RUN.get(choice.layers, (0, 0))
    system = LambdaArchitecture(
        speed=choice.workers, batch_interval=(choice.interval or 1e6) * HOUR, batch_fixed=fixed, batch_work=work,
        history=KEPT_LOG * rate(week))
    for way in WAYS[city]:
        system = Late(system, way)
    return simulate(system, Workload(rate(week), TRACE, Work(0, OWN_WORK, 0), SEEN, distribution=LogNormal(0.5)))


@pytest.mark.parametrize("choice, city, week", [
    (BEST, "late", LAST), (BEST._replace(layers="replay", lateness=60), "late", 0), (STREAM, "prompt", LAST),
    (Choice("lambda", 1, 0, 1), "late", LAST)], ids=str)
def test_the_same_error_as_the_simulation(choice, city, week):
    run = simulated(choice, city, week)
    error, fresh, busy = two_days(choice, city, SEEN, week)
    assert ask(run, ASKED, WINDOW, 60 * choice.lateness).error("merged") == pytest.approx(error, abs=1e-9)
    happened, logged, seen = facts(run)
    assert np.sort(happened) == pytest.approx(np.sort(trace(city, SEEN, week).happened))
    counts = (logged >= ASKED[0]) & (logged < ASKED[-1])
    waited = np.minimum(seen, TRACE)[counts] - logged[counts]
    assert np.percentile(waited, 99) == pytest.approx(fresh, abs=1e-6)
    began, ended = batches(run)
    if choice.interval:
        assert max(ended - began) == pytest.approx(busy * choice.interval * HOUR, rel=2e-2)     # one may be cut off


def test_the_second_opinion_is_independent():
    tree = ast.parse(Path(oracle_lambda.__file__).read_text(encoding="utf-8"))
    assert {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} == {"math"}
    assert {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names} == {"numpy"}


def test_money_by_hand():
    # In week 0: 0.03 a second; 2 workers; 4 machines for 600 s and 0.026 s for each of 77,760 events, every 4 hours;
    # an hour of events in memory, of 20 MB each.
    prices = Prices.read()
    server, memory = prices.usd("vm_m5.large_2vcpu_8gib"), prices.usd("fargate_memory")
    by_hand = (2 + 4 * (600 + 0.026 * 77_760) / 14_400) * server + 0.03 * 3600 * 0.02 * memory
    assert usd(BEST._replace(lateness=60), 0) == pytest.approx(by_hand)
    assert usd(Choice("stream", None, 0, 3)) == pytest.approx(3 * server)
    assert usd(Choice("lambda", 0.5, 0, 1)) == pytest.approx(5 * server)        # an overrun is paid all the time
    assert usd(BEST) / usd(BEST, 0) > 1 and rate(LAST) == pytest.approx(0.03 * 1.03**40)


def test_a_run_of_an_hour_is_outgrown_before_week_twenty():
    """600 s and 0.026 s for each event of 30 days: an hour at 115,385 events, 1.48 times those at first."""
    weeks = [week for week in range(LAST + 1) if run_time("lambda", KEPT_LOG * rate(week)) > HOUR]
    assert weeks[0] == np.ceil(np.log(3000 / 0.026 / 77_760) / np.log(1.03)) == 14


def test_the_error_is_near_that_on_paper():
    # On its way: 3 % × 6 / 24. In the log and ignored: 3 % × (interval / 2 + run) / 24, as runs begin at the cut.
    for interval in (4, 12):
        hours = interval / 2 + run_time("lambda", (KEPT_LOG + WINDOW) * rate(LAST)) / HOUR
        traces = [two_days(BEST._replace(interval=interval), "late", seed).error for seed in stored()["hidden"][0]]
        assert np.mean(traces) == pytest.approx(0.75 + 3 * hours / 24, abs=4 * np.std(traces) / len(traces)**0.5)


def test_the_stored_answer_is_sealed():
    kept = stored()
    body = {name: kept[name] for name in kept if name != "sha256"}
    assert kept["sha256"] == hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    seeds = [seed for hidden in kept["hidden"] for seed in hidden]
    assert len({*seeds, SEEN}) == len(seeds) + 1 == 10 * len(kept["hidden"]) + 1 and 6 <= len(kept["hidden"]) <= 12
    assert {BEST, STREAM, NAIVE} <= {*candidates()}
    assert all(len(trace("late", seed).happened) >= 10_000 for seed in kept["hidden"][0])


def averaged(choice, city, seeds):
    """The error on average; infinite when it is out of the question after some of the traces."""
    total = 0.0
    for seed in seeds:
        total += two_days(choice, city, seed).judged
        if total > 1.1 * PROMISE * len(seeds):
            return inf
    return total / len(seeds)


def far(found):
    """Whether no choice is within 5 % of the promise."""
    return all(abs(error / PROMISE - 1) > 0.05 for error in found.values())


@pytest.mark.slow
@rest()
def test_no_choice_sits_near_the_promise_and_the_best_is_the_cheapest():
    """All choices in one set of traces; more than three workers cost more and change less than a minute does."""
    seeds = stored()["hidden"][0]
    for city, best, others in (("late", BEST, {BEST, BEST._replace(layers="replay")}), ("prompt", STREAM, {STREAM})):
        found = {choice: averaged(choice, city, seeds) for choice in candidates() if choice.workers <= 3}
        assert far(found)
        able = [choice for choice, error in found.items() if error <= PROMISE]
        assert min(able, key=usd) == best
        assert {choice for choice in able if usd(choice) <= 1.05 * usd(best)} == others
        assert NAIVE in able
    waits = [two_days(Choice("stream", None, 1, workers), "late", seed).fresh for seed in seeds for workers in (1, 2)]
    assert not [seconds for seconds in waits if abs(seconds / FRESH - 1) <= 0.05]


@pytest.mark.slow
@pytest.mark.parametrize("place", range(1, len(stored()["hidden"])))
@rest()
def test_all_traces_agree(place):
    """The rivals of the best by cost and by error; the rest is further away in every set."""
    rivals = [Choice(layers, interval, lateness, 2) for layers in ("lambda", "replay") for interval in (3, 4, 12, 24)
              for lateness in (1, 60)] + [Choice("stream", None, lateness, 2) for lateness in (1, 60)]
    seeds = stored()["hidden"][place]
    found = {choice: averaged(choice, "late", seeds) for choice in rivals}
    assert far(found)
    assert {choice.interval for choice, error in found.items() if error <= PROMISE} == {3, 4}
    assert all(two_days(BEST, "late", seed).fresh <= FRESH for seed in seeds)
    assert averaged(STREAM, "prompt", seeds) < 0.1


def test_one_step_from_the_best_costs_points():
    steps = [BEST._replace(**{name: value}) for name, values in
             (("layers", LAYERS), ("interval", INTERVALS), ("lateness", LATENESSES), ("workers", WORKERS))
             for value in values if value != getattr(BEST, name)]
    survivors = {step for step in steps if graded("4D", late(*step)).points == 5}
    assert survivors == {BEST._replace(layers="replay")}


def test_a_broken_rule_earns_nothing_however_exact():
    exact = Found(0.8, 30.0, 0.5)
    assert exact.judged == 0.8 and exact._replace(fresh=61).judged == exact._replace(busy=1.01).judged == BROKEN
    assert graded("4D", late("lambda", 1, 1, 2)).points == graded("4D", late("lambda", 4, 1, 1)).points == 1


def test_one_design_is_lucky_on_the_page_and_nowhere_else():
    lucky = Choice("lambda", 12, 60, 2)
    assert graded("4D", (lucky, STREAM), 0).points == 5
    for variant in range(1, 7):
        report = graded("4D", (lucky, STREAM), variant)
        assert report.points < 4 and codes(report) == ["4D-W6"]


def test_cost_counts_only_once_the_promise_is_kept():
    # Kept at the budget: 2.8 of 4, and 0.7 of 1. Halfway between: half of the rest. Wrong and cheap: no more than 2.8.
    assert graded("4D", (NAIVE, NAIVE)).points == 3.5
    dear = BEST._replace(workers=3)
    share = (usd(NAIVE) - usd(dear)) / (usd(NAIVE) - usd(BEST))
    assert graded("4D", late(*dear)).points == pytest.approx(1 + 2.8 + 1.2 * share, abs=0.006)
    wrong = BEST._replace(interval=12)
    errors = np.array([two_days(wrong, "late", seed).judged for seed in stored()["hidden"][0]])
    assert PROMISE < errors.mean() < 1.5 * PROMISE and usd(wrong) < usd(BEST)
    by_hand = 2 * (1.5 * PROMISE - errors.mean()) / (0.5 * PROMISE) + 0.8 * np.mean(errors <= 1.1 * PROMISE)
    assert graded("4D", late(*wrong), 6).points == pytest.approx(1 + by_hand, abs=0.006)


def test_all_ways_end_within_five_percent_of_the_best():
    for _, (one, other) in DESIGNS:
        assert usd(Choice(*one)) <= 1.05 * usd(BEST)
        assert usd(Choice(*other)._replace(interval=None)) == usd(STREAM)


def test_the_report_of_the_lesson_is_what_is_judged(capsys):
    begin = TEXT.index("\nphotos = Workload(0.03")
    page = {"Workload": Workload, "Work": Work, "LogNormal": LogNormal, "LambdaArchitecture": LambdaArchitecture,
            "Late": Late, "UniformLaw": UniformLaw, "Sometimes": Sometimes, "replace": replace, "np": np, "ask": ask,
            "simulate": simulate, "facts": facts, "batches": batches, "prices": Prices.read()}
    exec(TEXT[begin:TEXT.index("# %% answer", begin)], page)
    for choice, city in ((BEST, "late"), (STREAM, "prompt")):
        capsys.readouterr()
        page["report"](choice, city)
        error, fresh, busy = two_days(choice, city, SEEN)
        assert capsys.readouterr().out == (
            f"{city}, week 40: error {error:.2f} %, seen after {fresh:.1f} s, longest run "
            f"{busy * (choice.interval or 0):.2f} h, {usd(choice):.3f} USD an hour\n")
