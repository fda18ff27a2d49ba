"""Proves that the judges' own recursion is right: by hand, by law, and to the last digit against the simulation."""

import ast
import hashlib
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bank.monolith_design import PATH
from conftest import rest

from course import data
from course.checks import oracle
from course.checks.monolith_design import (
    DAY_SEEN,
    HOURS,
    PROMISE,
    RATES,
    Replicas,
    capacities,
    least,
    p99_by_period,
    saving,
    scored,
    stored,
    trace,
    usd,
    worst,
)
from course.checks.monolith_predict import UTILISATIONS, seen
from course.faults import Outage
from course.patterns.monolith import Monolith
from course.policies.scheduled import Scheduled
from course.prices import Prices
from course.simulation import replicate, simulate
from course.workload import Diurnal, Injected, LogNormal, Work, Workload

LESSON = Path(__file__).resolve().parents[1] / "solutions" / "01-monolith" / "01-monolith.py"
IMAGE = Work(*data.work("image_classifier"))


def recorded(rate, count, seed):
    """A short trace with mean work of one second."""
    requests = list(Workload(rate, 3 * count / rate, Work(0, 1, 0), seed=seed).requests())[:count]
    return [one.arrival_time for one in requests], [sum(one.work) for one in requests]


def test_three_requests_by_hand():
    # One worker: the second waits from 1 to 2, the third from 2 to 4 in a queue of its own length.
    assert oracle.response_times([0, 1, 2], [2, 2, 2], [(0, 1)]) == [2, 3, 4]
    # Two workers: the third takes the one that is free at 2.
    assert oracle.response_times([0, 1, 1.5], [2, 2, 2], [(0, 2)]) == [2, 2, 2.5]


def test_capacity_that_changes_by_hand():
    # No worker until 5; from 5 one. Then one is taken away at 6, finishes its job at 7, and the last waits for 9.
    assert oracle.start_times([0, 0, 0], [2, 2, 2], [(0, 0), (5, 2), (6, 1)]) == [5, 5, 7]
    assert oracle.start_times([0, 0], [2, 2], [(0, 1), (1, 0), (9, 1)]) == [0, 9]
    assert oracle.start_times([0, 0], [2, 2], [(0, 1), (1, 0)]) == [0, math.inf]


def test_newest_first_by_hand():
    # At 4 the newest of those waiting (arrived at 3) is served, then the one of 2, then that of 1.
    assert oracle.last_come_first_served([0, 1, 2, 3], [4, 1, 1, 1], 1) == [4, 6, 4, 2]


@pytest.mark.parametrize("workers, rate", [(1, 0.9), (3, 2.7), (4, 5.0)])
def test_the_same_times_as_the_simulation_to_the_last_digit(workers, rate):
    arrivals, services = recorded(rate, 400, seed=workers)
    run = simulate(Monolith(workers), Injected(tuple(arrivals), tuple(Work(0, one, 0) for one in services)))
    assert oracle.response_times(arrivals, services, [(0, workers)]) == list(run.response_times)


@pytest.mark.parametrize("replicas", [(3, 7, 10), (3, 6, 10), (2, 5, 8), (9, 3, 7)])
def test_a_day_with_a_schedule_and_a_failure_is_the_same_in_the_simulation(replicas):
    day, seed = DAY_SEEN["day"], DAY_SEEN["seeds"][0]
    night, by_day, peak = replicas
    design = Scheduled(Monolith(night), "workers", ((120, by_day), (240, peak)))
    requests = trace(day, seed)
    injected = Injected(requests.arrival_times, tuple(Work(0, one, 0) for one in requests.service_times))
    run = simulate(design, injected, faults=(Outage("workers", start=270, duration=60, servers=1),))
    steps = capacities(Replicas(*replicas), day, failing=1)
    assert oracle.response_times(*requests[:2], steps) == list(run.response_times)


def test_laws_hold_on_a_trace():
    arrivals, services = recorded(2.8, 500, seed=9)
    starts = oracle.start_times(arrivals, services, [(0, 3)])
    responses = oracle.response_times(arrivals, services, [(0, 3)])
    finishes = [start + service for start, service in zip(starts, services)]
    assert len(responses) == len(arrivals)                      # in = done: none is lost
    assert oracle.too_short(responses, services) is None
    assert oracle.out_of_order(starts) is None
    assert oracle.most_at_once(starts, finishes) == 3           # the load is high enough to fill the pool
    more = oracle.start_times(arrivals, services, [(0, 4)])
    assert all(later <= start for start, later in zip(starts, more))        # one more never makes anyone start later
    doubled = oracle.response_times([2 * one for one in arrivals], [2 * one for one in services], [(0, 3)])
    assert doubled == [2 * one for one in responses]            # a factor of two is exact in binary
    # Little's law: the area counted event by event is the sum of the stays.
    count = oracle.mean_in_system(arrivals, responses)
    assert count == pytest.approx(sum(responses) / max(finishes), rel=1e-9)
    alone = oracle.response_times([1000.0 * place for place in range(len(services))], services, [(0, 1)])
    assert alone == pytest.approx(services, abs=1e-9)           # without a queue, the response is the service


def test_the_laws_notice_what_breaks_them():
    assert oracle.too_short([3, 1], [2, 2]) == 1
    assert oracle.out_of_order([0, 3, 2]) == 2
    assert oracle.most_at_once([0, 1, 2], [2, 3, 4]) == 2       # one leaves as the third starts


def test_the_oracle_is_independent():
    imports = [node for node in ast.walk(ast.parse(Path(oracle.__file__).read_text(encoding="utf-8")))
               if isinstance(node, ast.Import | ast.ImportFrom)]
    assert {node.module for node in imports} == {"bisect", "collections.abc", "heapq", "math"}


def test_the_run_of_the_lesson_is_the_one_that_is_judged():
    source = LESSON.read_text(encoding="utf-8")
    start = source.index("def run_at(")
    page = {"replicate": replicate, "Monolith": Monolith, "Workload": Workload, "Work": Work, "image": IMAGE}
    exec(source[start:source.index("\n\n", start)], page)
    utilisation = UTILISATIONS[1]
    runs = page["run_at"](utilisation)
    judged = seen(utilisation, 1000, 10)
    assert np.mean([run.mean_response for run in runs]) == pytest.approx(judged.mean, rel=1e-12)
    everyone = np.concatenate([run.response_times for run in runs])
    assert np.percentile(everyone, 99) == pytest.approx(judged.p99, rel=1e-12)


def test_the_day_of_the_lesson_is_the_one_that_is_judged():
    source = LESSON.read_text(encoding="utf-8")
    start = source.index("\ntraffic = Workload(")
    page = {"Workload": Workload, "image": IMAGE, "Diurnal": Diurnal, "LogNormal": LogNormal, "Outage": Outage,
            "Scheduled": Scheduled, "Monolith": Monolith, "simulate": simulate, "replace": replace, "np": np}
    exec(source[start:source.index("# %%", start)], page)
    first = trace(DAY_SEEN["day"], DAY_SEEN["seeds"][0])
    assert tuple(one.arrival_time for one in page["traffic"].requests()) == first.arrival_times
    run = page["day_with"]((3, 7, 10))
    done = len(run.response_times)
    judged = oracle.response_times(*first[:2], capacities(Replicas(3, 7, 10), DAY_SEEN["day"], failing=1))
    assert list(run.response_times)[:done - 20] == judged[:done - 20]       # a few are unfinished at midnight


@pytest.mark.slow
@rest()
def test_the_stored_answer_is_sealed_and_found_again():
    kept = stored()
    body = {name: kept[name] for name in kept if name != "sha256"}
    assert kept["sha256"] == hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    assert least(**kept["hidden"][0]) == tuple(kept["best"])
    assert kept["naive"] == [max(kept["best"])] * 3
    assert 6 <= len(kept["hidden"]) <= 12
    assert all(len(set(day["seeds"])) == 10 and DAY_SEEN["seeds"][0] not in day["seeds"] for day in kept["hidden"])


@pytest.mark.slow
@rest()
def test_no_design_sits_near_the_promise():
    """More servers never make anyone start later, so two bounds speak for every design: the best one keeps 5 % to
    spare, and any with a replica fewer somewhere, whatever the other numbers are, breaks the promise by 5 %."""
    best, plenty = Replicas(*stored()["best"]), Replicas(20, 20, 20)
    for hidden in stored()["hidden"]:
        days = [(hidden["day"], seed) for seed in hidden["seeds"]]
        assert all(len(trace(*day).arrival_times) >= 10_000 for day in days)
        assert np.mean([worst(best, *day) for day in days]) < 0.95 * PROMISE
        for place, period in enumerate(Replicas._fields):
            fewer = plenty._replace(**{period: best[place] - 1})
            assert np.mean([p99_by_period(fewer, *day)[place] for day in days]) > 1.05 * PROMISE


def test_money_is_linear_in_price_and_in_replicas():
    by_hand = (3 + 7 + 10) * 8 * Prices.read().usd("vm_m5.large_2vcpu_8gib")
    assert usd(Replicas(3, 7, 10)) == pytest.approx(by_hand)
    assert usd(Replicas(6, 14, 20)) == pytest.approx(2 * by_hand)
    assert HOURS * len(RATES) == 24


def test_cost_counts_within_five_percent_of_the_least_and_not_at_all_for_the_naive_design():
    # Best 20 replicas, naive 30: 21 is within 5 %; 24 saves (30 - 24) / (30 - 20).
    assert [saving(Replicas(*row)) for row in ((3, 7, 10), (3, 7, 11), (4, 9, 11), (10, 10, 10), (20, 20, 20))] == [
        1, 1, pytest.approx(0.6), 0, 0]


def test_the_score_of_a_design_by_hand():
    # On average at the promise: half of the points. Two of four days above 1.1 times it: half of the fifth.
    slowest = [0.20, 0.30, 0.36, 0.34]
    feasible, robust, cheap = scored(Replicas(3, 7, 10), DAY_SEEN, slowest)
    assert [one.points for one in (feasible, robust, cheap)] == [2.5, 1.0, 1.5]
    assert (feasible.share, robust.share, cheap.share) == (pytest.approx(1), 0.5, 1)
    # A quarter above it: half of the way to 1.5 times, and nothing for cost.
    feasible, robust, cheap = scored(Replicas(3, 7, 10), DAY_SEEN, [0.375] * 4)
    assert (feasible.share, robust.share, cheap.share) == (pytest.approx(0.5), 0, 0)


def test_the_path_of_designs_ends_at_the_best():
    assert PATH[-1] == tuple(stored()["best"])
