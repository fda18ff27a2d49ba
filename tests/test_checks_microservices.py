"""Proves that 2M judges a policy by what is true of any right one, and that 2D is fair: by hand, by law, by search."""

import hashlib
import json
from dataclasses import replace
from math import ceil
from pathlib import Path

import numpy as np
import pytest
from bank.form import codes, graded
from bank.microservices_design import DESIGNS, PATH
from bank.microservices_modify import PLENTY, Protected, late, place_kept, policy, silent
from conftest import need, rest

from course.asking.optional_service import MARGIN, MICRO, MOST_CALLS, THREADS, decisions
from course.asking.probe import run
from course.checks import EXERCISES, oracle
from course.checks.exercise import Outcome
from course.checks.microservices_design import (
    BUDGET,
    GATEWAY,
    HOP_TIME,
    MACHINES,
    OFFERED,
    PROMISE,
    SEEN,
    WORK,
    Replicas,
    candidates,
    lacking,
    least,
    response_times,
    saving,
    stored,
    trace,
    usd,
    worst,
)
from course.checks.microservices_modify import HIDDEN, PATIENCE, RECOVERY, VISIBLE, Asked
from course.checks.promise import scored
from course.checks.service_calls import begun, in_vain, most_at_once, possible
from course.checks.troubles import RATE, trace as trouble
from course.patterns.microservices import Gateway, Microservices, Service
from course.policies.front_end import FrontEnd
from course.prices import Prices
from course.simulation import simulate
from course.workload import Diurnal, Injected, LogNormal, Work, Workload

LESSON = Path(__file__).resolve().parents[1] / "solutions" / "02-microservices" / "02-microservices.py"
BEST = Replicas(*stored()["best"])
CALM = {"fault": "hang", "start": 0.5, "length": 1,
        "arrival_times": [0.0, 0.7, 2.0], "own": [0.02] * 3, "call": [0.03] * 3}


def told(times, calls=((0, 0.02), (1, 0.72), (2, 2.02)), failed=(), stand_ins=()):
    """The judge's view of a raw answer about the calm case."""
    called, at = np.array(calls).reshape(-1, 2).T
    return Asked(CALM, {"times": times, "failed": list(failed), "stand_ins": list(stand_ins),
                        "called": np.diff(called, prepend=0).tolist(),
                        "at": np.diff(np.rint(at / MICRO), prepend=0).tolist()})


def test_what_happens_in_a_hang_by_hand():
    # The second is called at 0.72 and answered when the hang is over at 1.5, 0.03 s later.
    bare = decisions(lambda design: design, CALM)
    assert bare["times"] == pytest.approx([0.05, 0.83, 0.05])
    assert (list(bare["failed"]), bare["stand_ins"], list(bare["called"])) == ([], [], [0, 1, 1])
    assert list(bare["at"]) == [20_000, 700_000, 1_300_000]
    # With a limit of 0.1 s it has a stand-in at 0.82; the call itself goes on and is over before the end.
    limited = decisions(policy(late(0.1)), CALM)
    assert limited["times"] == pytest.approx([0.05, 0.12, 0.05])
    assert limited["stand_ins"] == [1] and list(limited["at"]) == list(bare["at"])


def test_the_judge_sees_the_laws_by_hand():
    bare = told([0.05, 0.83, 0.05])
    assert (bare.possible, bare.survives, bare.unchanged, bare.honest, bare.gentle) == (True, True, True, True, True)
    claimed = told([0.05, 0.12, 0.05])
    assert claimed.survives and not claimed.honest              # nobody could answer between 0.5 and 1.5
    again = told([0.05, 0.12, 0.05], [(0, 0.02), (1, 0.72), (1, 0.77), (2, 2.02)], stand_ins=[1])
    assert again.honest and not again.gentle                    # two calls for the one request of the hang
    late_one, failed = told([0.05, 1.01, 0.05], stand_ins=[1]), told([0.05, 0.12, 0.05], failed=[1])
    assert not late_one.survives and not failed.survives
    uncalled = told([0.05, 0.83, 0.05], [(1, 0.72), (2, 2.02)])
    assert uncalled.possible and not uncalled.honest and not uncalled.unchanged     # who has not called has no answer


@pytest.mark.parametrize("times, calls", [
    ([0.05, 0.01, 0.05], [(0, 0.02), (2, 2.02)]),               # left before its own 0.02 s were over
    ([0.05, 0.83, 0.05], [(0, 0.02), (1, 0.71), (2, 2.02)]),    # called before
    ([0.05, 0.83, 0.05], [(0, 0.02), (2, 2.02), (1, 0.72)]),    # calls out of order
    ([0.05, 0.83, 0.05], [(0, 0.02), (3, 2.02)]), ([0.05, 0.83, 0.05], [(0.5, 0.9)]),           # nobody's call
    ([0.05, 0.83, 0.05], [(0, 2.1 + MARGIN)]),                  # after the end
    ([0.05, 0.83, 0.05], [(0, 0.02)] * (3 * MOST_CALLS + 1)),
])
def test_calls_and_departures_that_no_run_can_have(times, calls):
    one = told(times, calls)
    assert not one.possible and not one.sound


def test_who_waits_for_a_thread_cannot_call():
    crowd = CALM | {"arrival_times": [0.0] * (THREADS + 1), "own": [0.02] * (THREADS + 1)}
    # All threads are taken until 0.05: the last one has one from then on, and is done with its own step at 0.07.
    assert list(begun(crowd["arrival_times"], [0.05] * THREADS + [0.1])) == [0] * THREADS + [0.05]
    calls = np.arange(THREADS + 1), np.array([0.02] * THREADS + [0.07])
    left = np.array([0.05] * THREADS + [0.1])
    assert possible(crowd, left, *calls)
    assert not possible(crowd, left - np.array([0] * THREADS + [0.04]), *calls)
    assert not possible(crowd, left, calls[0], np.full(THREADS + 1, 0.02))


def test_how_long_calls_wait_by_hand():
    called, at, left = np.array([0, 1, 1, 2]), np.array([0.0, 1.0, 2.0, 2.5]), np.array([2.0, 4.0, 9.0])
    assert in_vain(called, at, left, np.array([True, True, False])) == 2.5      # 2 and 3 s
    assert in_vain(called, at, left, np.array([False] * 3)) == 0
    assert most_at_once(called, at, left) == 2


def test_forged_answers_earn_what_they_show():
    exercise = EXERCISES["2M"]
    cases = exercise.cases(1)
    right = [decisions(Protected, case) for case in cases]
    raw = [run(lambda answer: answer, (one,)) for one in right]
    assert exercise.judge(cases, raw).points == 5
    # Claims in place of calls, as they were once believed; and calls that nobody has made.
    claims = {"calls": 0, "kept": 0, "waited": 0.0, "waiting_at_once": 0}
    assert exercise.judge(cases, [without(one, "called", "at") | claims for one in raw]).points == 0
    assert exercise.judge(cases, [one | {"called": [], "at": []} for one in raw]).points == 0
    # All at the time that they would have without the fault: then those of the fault are claimed, as under `silent`.
    alone = [one | {"stand_ins": [], "times": oracle.response_times(
        case["arrival_times"], np.add(case["own"], case["call"]).tolist(), [(0, THREADS)])}
        for case, one in zip(cases, raw)]
    assert exercise.judge(cases, alone).points == graded("2M", policy(silent)).points == 4


def without(answer, *names):
    """A raw answer that lacks something."""
    return {name: value for name, value in answer.items() if name not in names}


@pytest.mark.parametrize("later, code", [(1e-10, []), (1e-8, ["2M-HEALTHY"])])
def test_answers_come_when_they_would_without_the_policy(later, code):
    def life(env, call, fallback):
        quick = late(0.1)(env, call, fallback)

        def handle(request):
            yield from quick(request)
            yield env.timeout(later)
        return handle

    assert codes(graded("2M", policy(life))) == code


@pytest.mark.parametrize("seconds, survives", [(0.15, True), (0.3, False), (0.9 * PATIENCE, False)])
def test_patience_is_not_what_limits_a_timeout(seconds, survives):
    # By Little's law, rate x time held is the number of threads taken: with 20 ms of own work 0.18 s take them all.
    assert (RATE * (0.020 + seconds) < THREADS) == survives
    case = trouble(*VISIBLE[0], seed=1)
    assert Asked(case, run(decisions, (policy(late(seconds)), case))).survives == survives


def test_a_point_is_lost_for_each_property_and_all_for_a_core_that_dies():
    # Two points for three traces, one each for honest, recovering and gentle; only the crash is survived: a third.
    assert [graded("2M", answer).points for answer in (Protected, policy(place_kept, places=10), policy(late(2)))] == [
        5, 4, pytest.approx(5 / 3, abs=0.01)]


@pytest.mark.parametrize("place", range(len(HIDDEN)))
def test_hidden_troubles_are_fair_and_differ(place):
    for number, row in enumerate(HIDDEN[place]):
        fault, duration, start, length = row
        case = trouble(*row, seed=100 + 10 * place + number)
        assert start * RATE >= 400 and duration >= start + length + RECOVERY + 2
        assert max(case["call"]) < 0.060                        # as the page promises
        assert 15 / len(case["own"]) < 0.01                     # a bulkhead of 15 may lose its own
        assert number or RATE * length > 1.1 * PLENTY           # a leak of places ends a pool of a thousand
        bare = Asked(case, run(decisions, (lambda design: design, case)))
        assert fault == "crash" or not bare.survives            # without a policy the core dies
    assert len({*HIDDEN}) == len(HIDDEN) >= 6
    assert not {row[1:] for row in VISIBLE} & {row[1:] for rows in HIDDEN for row in rows}


def test_a_healthy_front_end_is_one_queue_for_the_oracle():
    """With as many replicas as threads nobody queues behind the front end, so the recursion has an exact answer."""
    case = trouble(*VISIBLE[0], seed=1)
    healthy = simulate(FrontEnd(Service("infer", THREADS), THREADS), Injected(
        tuple(case["arrival_times"]), tuple(Work(own, call, 0) for own, call in zip(case["own"], case["call"]))))
    works = [own + call for own, call in zip(case["own"], case["call"])]
    alone = oracle.response_times(case["arrival_times"], works, [(0, THREADS)])
    assert healthy.response_times == pytest.approx(alone, abs=1e-12)


def test_three_requests_in_a_tandem_by_hand():
    # Two stages of one server, hops of 1. Stage 1: 1 to 3, 3 to 4. Stage 2: 4 to 5, 5 to 8. One hop back.
    assert oracle.tandem([0, 1], [[2, 1], [1, 3]], [1, 1], 1) == [6, 8]
    # Two servers first: the second overtakes and is served first behind. 1 to 6 and 2 to 3; then 4 to 5 and 7 to 8.
    assert oracle.tandem([0, 1], [[5, 1], [1, 1]], [2, 1], 1) == [9, 5]
    assert oracle.departure_times([5, 0], [1, 2], 1) == [6, 2]


@pytest.mark.parametrize("replicas", [(4, 5, 2), (3, 4, 2), (1, 2, 1), (9, 4, 3)])
def test_the_same_times_as_the_simulation_to_the_last_digit(replicas):
    requests = trace(SEEN["day"], SEEN["seeds"][0])
    count = 3000
    work = tuple(Work(*one) for one in zip(*(step[:count] for step in requests.work)))
    services = [Service(step, number) for step, number in zip(WORK._fields, replicas)]
    design = Microservices(*services, Gateway(seconds=GATEWAY), hop_time=HOP_TIME)
    simulated = simulate(design, Injected(tuple(requests.arrival_times[:count]), work))
    times = [[GATEWAY] * count, *(step[:count] for step in requests.work)]
    assert oracle.tandem(requests.arrival_times[:count], times, (1, *replicas), HOP_TIME) == list(
        simulated.response_times)


def test_laws_hold_in_a_tandem():
    requests = trace(SEEN["day"], SEEN["seeds"][0])
    alone = response_times(Replicas(500, 500, 500), SEEN["day"], SEEN["seeds"][0])
    straight = np.sum(requests.work, axis=0) + GATEWAY + 5 * HOP_TIME
    assert np.mean(np.isclose(alone, straight)) > 0.9           # only the gateway has a queue, now and then
    assert (response_times(BEST, SEEN["day"], SEEN["seeds"][0]) >= straight - 1e-9).all()
    without = worst(BEST, SEEN["day"], SEEN["seeds"][0], hop_time=0)
    assert worst(BEST, SEEN["day"], SEEN["seeds"][0]) - without == pytest.approx(5 * HOP_TIME, abs=0.01)


def test_the_stored_answer_is_sealed():
    kept = stored()
    body = {name: kept[name] for name in kept if name != "sha256"}
    assert kept["sha256"] == hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    assert tuple(kept["best"]) == PATH[-1]
    assert 6 <= len(kept["hidden"]) <= 12
    assert all(len(set(day["seeds"])) == 10 and SEEN["seeds"][0] not in day["seeds"] for day in kept["hidden"])


def p99_of_all(day, seed, designs):
    """The slower p99 of each design, with the stages that designs share computed once."""
    requests = trace(day, seed)
    arrivals, reached = np.array(requests.arrival_times), {}

    def leave(times, service_times, count):
        return oracle.departure_times([one + HOP_TIME for one in times], service_times, count)

    at_gateway = leave(requests.arrival_times, [GATEWAY] * len(arrivals), 1)
    for design in designs:
        for stage in range(3):
            before = reached[design[:stage]] if stage else at_gateway
            if design[:stage + 1] not in reached:
                reached[design[:stage + 1]] = leave(before, requests.work[stage], design[stage])
    parts = (requests.rush, ~requests.rush)
    responses = [np.array(reached[design]) + HOP_TIME - arrivals for design in designs]
    return [max(np.percentile(each[part], 99) for part in parts) for each in responses]


@pytest.mark.slow
@pytest.mark.parametrize("hidden", stored()["hidden"], ids=lambda hidden: f"{hidden['day']} s")
@rest()
def test_no_design_sits_near_the_promise_and_the_best_is_the_cheapest(hidden):
    designs = [tuple(design) for design in candidates() if design.prepare <= 6 and design.respond <= 4]
    # As many as you like in the other two pools do not help one that has too few: beyond these, nothing changes.
    designs += [(3, 60, 60), (60, 4, 60), (60, 60, 1), (60, 3, 60), (2, 60, 60)]
    each = np.array([p99_of_all(hidden["day"], seed, designs) for seed in hidden["seeds"]])
    assert all(len(trace(hidden["day"], seed).arrival_times) >= 10_000 for seed in hidden["seeds"])
    average = each.mean(axis=0)
    assert not [design for design, p99 in zip(designs, average) if abs(p99 / PROMISE - 1) <= 0.05]
    kept = [design for design, p99 in zip(designs, average) if p99 <= PROMISE]
    assert kept[0] == tuple(stored()["best"])                   # they are in order of cost
    assert each[:, [designs.index(design) for design in kept]].max() <= 1.1 * PROMISE
    assert (average[-5:] > 1.05 * PROMISE).all()
    variant = stored()["hidden"].index(hidden)                  # six hidden days serve all variants in turn
    for replicas in {tuple(answer) for _, answer in DESIGNS}:
        assert graded("2D", replicas, variant + 6).points == 5, replicas


def test_the_search_finds_the_cheapest():
    hidden = stored()["hidden"][0]
    seeds = hidden["seeds"][:2]
    average = np.mean([p99_of_all(hidden["day"], seed, candidates()) for seed in seeds], axis=0)
    cheapest = next(design for design, p99 in zip(candidates(), average) if p99 <= PROMISE)
    assert least(hidden["day"], seeds) == cheapest


def test_a_queue_grows_through_the_campaign_below_the_offered_load():
    by_hand = (62 * 0.044, 62 * 0.055, 62 * 0.019)
    assert pytest.approx(by_hand) == OFFERED
    assert {design[0] for design in candidates()} >= {3, 4, 5} and min(candidates())[:2] == (3, 4)
    assert all(count >= load for design in candidates() for count, load in zip(design, OFFERED))


def test_money_by_hand():
    prices = Prices.read()
    assert MACHINES[0] == MACHINES[2] and MACHINES[1].startswith("gpu")
    assert usd(Replicas(4, 5, 2)) == pytest.approx(6 * prices.usd(MACHINES[0]) + 5 * prices.usd(MACHINES[1]))
    assert all(usd(design) <= BUDGET for design in candidates())
    assert usd(Replicas(*[max(ceil(load) for load in OFFERED) + 1] * 3)) > BUDGET      # what an equal split would need
    best, dear = usd(Replicas(4, 5, 2)), usd(Replicas(5, 5, 3))
    assert [saving(Replicas(*row)) for row in ((4, 5, 2), (5, 5, 2), (5, 5, 3), (6, 6, 4))] == [
        1, 1, pytest.approx((BUDGET - dear) / (BUDGET - best)), 0]


def test_over_the_budget_a_kept_promise_gives_no_points_for_cost():
    message = lacking(Replicas(6, 6, 4), SEEN, kept=True)
    assert scored([0.3] * 10, PROMISE, saving(Replicas(6, 6, 4)), message) == [
        Outcome(2.5, 1, message), Outcome(1.0, 1, message), Outcome(1.5, 0, message)]
    assert graded("2D", (6, 6, 4)).points == 3.5 and message.code == "2D-W6"


def test_the_day_of_the_lesson_is_the_one_that_is_judged():
    need(LESSON.exists(), "the lesson on microservices is not there")
    source = LESSON.read_text(encoding="utf-8")
    begin = source.index("\ngpu, rates = ")
    page = {"Workload": Workload, "Work": Work, "Diurnal": Diurnal, "LogNormal": LogNormal, "Service": Service,
            "np": np, "Microservices": Microservices, "simulate": simulate, "replace": replace, "prices": Prices.read()}
    exec(source[begin:source.index("# %%", begin)], page)
    shown = page["day_with"](BEST)
    judged = response_times(BEST, SEEN["day"], SEEN["seeds"][0])
    done = len(judged) - 50                                     # a few are unfinished at midnight
    assert list((shown.departure_times - shown.arrival_times)[:done]) == list(judged[:done])
    assert max(page["p99_by_period"](shown)) == pytest.approx(worst(BEST, SEEN["day"], SEEN["seeds"][0]), abs=0.001)
    assert page["usd_per_hour"](BEST) == pytest.approx(usd(BEST), abs=0.001)
