"""Proves that 5D is fair: its recursion is that of the simulation, its best is the cheapest, and nothing is near."""

import hashlib
import json
from dataclasses import replace
from math import inf
from pathlib import Path

import numpy as np
import pytest
from bank.form import graded
from bank.serverless_design import DESIGNS, PATH
from conftest import need, rest

from course.checks.exercise import Outcome
from course.checks.oracle_serverless import Day, Platform
from course.checks.promise import scored
from course.checks.serverless_design import (
    COLD_START,
    CONNECTIONS,
    FEW_RETRIES,
    FULL_SPEED,
    HOUR,
    KEEP_ALIVE,
    PROMISE,
    RUSH,
    STORE,
    WHEN_FULL,
    Choice,
    Found,
    candidates,
    day,
    hour,
    lacking,
    offered,
    saving,
    slowdown,
    stored,
    trace,
    usd,
)
from course.laws import LogNormalLaw
from course.patterns.serverless import Serverless
from course.policies.provisioned import Provisioned
from course.policies.queued import Queued
from course.policies.retries import Exponential, Retries
from course.policies.store import Store
from course.prices import Prices
from course.simulation import simulate
from course.workload import Diurnal, Injected, LogNormal, Work, Workload

LESSON = Path(__file__).resolve().parents[1] / "solutions" / "05-serverless" / "05-serverless.py"
BEST = Choice(*stored()["best"])
SEEN = stored()["seen"]["seeds"]


def test_four_calls_on_a_platform_by_hand():
    # One instance is ready, one other may be started in 2 s. Work 1 s, then 1 s of the store.
    # 0: ready, done at 2. 0.5: starts, done at 4.5. 1: turned away, tries at 2.5: ready, done at 4.5. 9: ready.
    plain = Platform(1, 1, 5, 1.0, 2.0, 4.0, (1.5,))
    at_work = Day([0, 0.5, 1, 9], [1] * 4, plain)
    assert at_work.responses == [2, 4, 3.5, 2]
    assert (at_work.cold, at_work.retries, at_work.tries) == (1, 1, 4)
    assert at_work.busy == {True: 6.0, False: 2.0}                      # without the cold start
    assert Day([0, 0.5, 1, 9], [1] * 4, plain._replace(pauses=())).responses == [2, 4, inf, 2]
    # In a queue it waits until 2. Of one connection, the second to come finds it taken; so it is lost without retries.
    assert Day([0, 0.5, 1, 9], [1] * 4, plain._replace(pauses=None)).responses == [2, 4, 3, 2]
    both = plain._replace(provisioned=2, connections=1, pauses=())
    assert Day([0, 0.5, 1.75], [1] * 3, both).responses == [2, inf, 2]       # and its instance is free at once
    # The other is idle from 4.5 on; at 8 it is warm when two come at once, at 9 it is gone.
    for late, response in ((8.0, 2), (9.0, 4)):
        assert Day([0, 0.5, late, late], [1] * 4, plain).responses[2:] == [2, response]
    # Two are idle since 4 and 5; the newest serves from 6 to 8, so at 8.5 the other is gone.
    others = plain._replace(provisioned=0, limit=2)
    assert Day([0, 1, 6, 8.5, 8.5], [1] * 5, others).responses == [4, 4, 2, 2, 4]


def platform(choice):
    """The course's own parts for a choice."""
    memory_gb, provisioned, limit, when_full = choice
    function = Serverless(memory_gb, calls=Store(CONNECTIONS, STORE), cold_start=LogNormalLaw(COLD_START),
                          concurrency_limit=limit)
    ready = Provisioned(function, provisioned) if provisioned else function
    return {"refuse": ready, "retry": Retries(ready, 50, Exponential(0.01, 0.01)),
            "budget": Retries(ready, 4, Exponential(0.1, 0.4), budget=0.05),
            "queue": Queued(ready, provisioned + limit)}[when_full]


@pytest.mark.parametrize("choice", [
    Choice(1.0, 35, 10, "budget"), Choice(1.0, 20, 10, "budget"), Choice(1.0, 40, 5, "retry"),
    Choice(1.769, 0, 1000, "refuse"), Choice(0.5, 0, 1000, "retry"), Choice(0.5, 20, 100, "queue")], ids=str)
def test_the_same_times_as_the_simulation_to_the_last_digit(choice):
    arrivals, work = (part[850:2450] for part in trace(SEEN[0]))        # a rush and what is around it
    assert np.histogram(arrivals, 8)[0].max() > 5 * np.histogram(arrivals, 8)[0].min()
    run = simulate(platform(choice), Injected(tuple(arrivals), tuple(Work(0, one, 0) for one in work)))
    pauses, budget = WHEN_FULL[choice.when_full]
    judged = Day(arrivals, [one * slowdown(choice.memory_gb) for one in work], Platform(
        choice.provisioned, choice.limit, CONNECTIONS, STORE, COLD_START, KEEP_ALIVE, pauses, budget))
    assert judged.responses == list(np.where(run.outcomes == 0, run.departure_times - run.arrival_times, inf))
    assert judged.cold == len(run.jobs["cold starts"].arrived)
    bill = run.design.bill(replace(run, end=HOUR), Prices.read())
    assert usd(choice, judged) == pytest.approx(sum(bill[name] for name in bill if name not in ("store", "queue")))


def test_laws_hold_on_a_platform():
    arrivals, work = trace(SEEN[0])
    plenty = day(Choice(1.769, 200, 5, "refuse"), SEEN[0])
    assert plenty.responses == pytest.approx([one + STORE for one in work], abs=1e-9)
    assert plenty.cold == plenty.retries == 0
    happened = day(Choice(1.0, 30, 10, "refuse"), SEEN[0])
    done = np.isfinite(happened.responses)
    slower = np.array(work) * slowdown(1.0) + STORE
    assert len(happened.responses) == len(arrivals) and happened.tries == done.sum()
    assert (np.array(happened.responses)[done] >= slower[done] - 1e-9).all()
    assert sum(happened.busy.values()) == pytest.approx(slower[done].sum())     # busy is what was done, and no more
    storm = day(Choice(1.0, 0, 5, "retry"), SEEN[0])
    assert storm.retries == 2 * len(arrivals)                           # where the judge stops it


def test_the_stored_answer_is_sealed():
    kept = stored()
    body = {name: kept[name] for name in kept if name != "sha256"}
    assert kept["sha256"] == hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    assert 6 <= len(kept["hidden"]) <= 12
    seeds = [seed for hidden in kept["hidden"] for seed in hidden["seeds"]]
    assert len({*seeds, *SEEN}) == len(seeds) + 1 == 10 * len(kept["hidden"]) + 1
    assert BEST in candidates() and Choice(*kept["naive"]).memory_gb == FULL_SPEED


def averaged(choice, seeds):
    """What a choice does on average; None when it is out of the question after some of the hours."""
    found, slowest = [], 0.0
    for seed in seeds:
        found.append(hour(choice, seed))
        slowest += found[-1].p99
        if slowest > 1.1 * PROMISE * len(seeds):
            return None
    return Found(*np.mean(found, axis=0))


@pytest.mark.slow
@rest()
def test_no_choice_sits_near_the_promise_and_the_best_is_the_cheapest():
    """All choices in one set of hours, but for endless retries, which break a rule or are those of a large platform."""
    seeds = stored()["hidden"][0]["seeds"]
    found = {choice: kept for choice in candidates() if choice.when_full != "retry"
             if (kept := averaged(choice, seeds))}
    assert not [choice for choice, kept in found.items() if abs(kept.p99 / PROMISE - 1) <= 0.05]
    able = {choice: kept.usd for choice, kept in found.items()
            if kept.p99 <= PROMISE and kept.retries <= FEW_RETRIES}
    assert min(able, key=able.__getitem__) == BEST
    assert {choice.memory_gb for choice in able} == {1.0, FULL_SPEED}


@pytest.mark.slow
@pytest.mark.parametrize("place", range(len(stored()["hidden"])))
@rest()
def test_all_hours_agree(place):
    """The rivals of the best by cost and by time, and right answers; the rest is further away in every set."""
    hidden = stored()["hidden"][place]
    assert all(len(trace(seed)[0]) >= 10_000 for seed in hidden["seeds"])
    rivals = [choice for choice in candidates()
              if choice[:2] in ((1.0, 30), (1.0, 35)) and choice.limit >= 10 and choice.when_full != "retry"]
    found = {choice: kept for choice in rivals if (kept := averaged(choice, hidden["seeds"]))}
    assert not [choice for choice, kept in found.items() if abs(kept.p99 / PROMISE - 1) <= 0.05]
    able = {choice: kept.usd for choice, kept in found.items() if kept.p99 <= PROMISE and kept.retries <= FEW_RETRIES}
    assert min(able, key=able.__getitem__) == BEST
    assert hidden["least"] == pytest.approx(able[BEST], abs=1e-6)
    naive = np.mean([hour(Choice(*stored()["naive"]), seed).usd for seed in hidden["seeds"]])
    assert hidden["naive"] == pytest.approx(naive, abs=1e-6)
    for answer in {tuple(answer) for _, answer in DESIGNS}:
        assert graded("5D", answer, place + len(stored()["hidden"])).points == 5, answer


def test_more_memory_than_full_speed_only_costs():
    for provisioned, limit, when_full in ((35, 10, "budget"), (20, 30, "refuse")):
        full, more = (hour(Choice(memory_gb, provisioned, limit, when_full), SEEN[0]) for memory_gb in (FULL_SPEED, 3))
        assert more._replace(usd=0) == full._replace(usd=0)
        requests = len(trace(SEEN[0])[0]) * (1 - full.refused) * Prices.read().usd("lambda_request") / 1e6
        assert (more.usd - requests) / (full.usd - requests) == pytest.approx(3 / FULL_SPEED)


def test_an_answer_from_a_queue_is_never_in_time():
    for provisioned, limit in ((0, 5), (35, 15), (200, 1000)):
        assert hour(Choice(FULL_SPEED, provisioned, limit, "queue"), SEEN[0]).p99 >= 2 > PROMISE


def test_the_offered_load_of_a_rush_by_hand():
    assert offered(FULL_SPEED) == pytest.approx(72 * (0.1 + 0.3))
    assert offered(1.0) == pytest.approx(72 * (0.1769 + 0.3))
    assert offered(0.5) == pytest.approx(72 * (0.3538 + 0.3))
    assert RUSH * STORE < CONNECTIONS < RUSH * (0.3538 + 0.3) + 5       # the smallest size cannot do it


def test_money_by_hand():
    prices, choice = Prices.read(), Choice(2.0, 1, 1, "refuse")
    happened = Day([0, 0.5], [1, 1], Platform(1, 1, 5, 1.0, COLD_START, 600, ()))
    # Two seconds of the one that is ready, at work; a cold start and two seconds of the other; an hour of being ready.
    by_hand = 2 * prices.usd("lambda_request") / 1e6 + 2.0 * (
        2 * prices.usd("lambda_provisioned_duration_x86") + 3600 * prices.usd("lambda_provisioned_idle_x86")
        + 4 * prices.usd("lambda_duration_x86"))
    assert usd(choice, happened) == pytest.approx(by_hand)


def test_cost_counts_only_within_the_rules():
    case = {"least": 0.5, "naive": 1.5}
    cheap, dear = Found(1, 0, 0, 0.01, 0.52), Found(1, 0, 0, 0.01, 1.0)
    assert [saving(BEST, [one], case) for one in (cheap, dear)] == [1, pytest.approx(0.5)]
    assert saving(BEST._replace(limit=CONNECTIONS), [cheap], case) == 0
    assert saving(BEST, [cheap._replace(retries=0.06)], case) == 0
    message = lacking(BEST._replace(limit=1000), cheap)
    assert message.code == "5D-W3" and graded("5D", (*BEST[:2], 1000, BEST[3])).points == 3.5
    assert scored([1.0] * 10, PROMISE, 0.0, message)[2] == Outcome(1.5, 0, message)


def test_the_path_of_designs_ends_within_five_percent_of_the_best():
    best, last = (hour(Choice(*one), SEEN[0]).usd for one in (BEST, PATH[-1]))
    assert last <= 1.05 * best


def test_the_hour_of_the_lesson_is_the_one_that_is_judged():
    need(LESSON.exists(), "the lesson on serverless is not there")
    source = LESSON.read_text(encoding="utf-8")
    begin = source.index("\nrates = (2,) * 44")
    page = {"Workload": Workload, "Work": Work, "Diurnal": Diurnal, "LogNormal": LogNormal, "np": np,
            "Serverless": Serverless, "Store": Store, "LogNormalLaw": LogNormalLaw, "Provisioned": Provisioned,
            "Retries": Retries, "Exponential": Exponential, "Queued": Queued}
    exec(source[begin:source.index("# %%", begin)], page)
    assert tuple(page["spiky_hour"].requests())[-1].arrival_time == trace(SEEN[0])[0][-1]
    run = simulate(page["platform"](*BEST), page["spiky_hour"])
    done = len(run.outcomes) - 20                                       # a few are unfinished at the end of the hour
    shown = np.where(run.outcomes == 0, run.departure_times - run.arrival_times, inf)
    assert list(shown[:done]) == day(BEST, SEEN[0]).responses[:done]
