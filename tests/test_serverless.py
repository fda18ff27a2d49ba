"""Proves serverless: exact times by hand, limits, memory, the bill, a recursion, set-up times in theory."""

from dataclasses import replace
from math import exp, inf, nan

import numpy as np
import pytest
from conftest import rest
from policies.laws import BUSY, agrees, inject, jobs, lawful, outcomes

from course import data
from course.faults import Crash
from course.laws import ExponentialLaw, LogNormalLaw
from course.patterns.serverless import Serverless
from course.policies.language_model import LanguageModel
from course.policies.queued import Queued
from course.policies.retries import Immediate, Retries
from course.policies.store import Store
from course.prices import Prices
from course.run import measure
from course.simulation import replicate, simulate
from course.workload import Bursty, Injected, LogNormal, Work, Workload

TWO = Serverless(cold_start=LogNormalLaw(2), keep_alive=10)         # a cold start takes 2 s


def starts(run):
    """When the cold starts began."""
    return run.jobs["cold starts"].arrived.tolist()


def instances(run):
    """Rows of (time, instances that have started), without the empty beginning."""
    return run.jobs["instances"].capacities[2:].tolist()


def wait(seconds):
    """A hosted model that always takes so many seconds."""
    return LanguageModel(LogNormalLaw(seconds), 0, LogNormalLaw(1))


# By hand


def test_without_load_a_request_takes_its_work_and_the_first_one_a_cold_start():
    run = simulate(TWO, inject((0, 20, 30), (3, 0.125, 4)))
    assert list(run.response_times) == [5, 2.125, 4]       # the second comes 15 s after the first, the third 8 s later
    assert starts(run) == [0, 20]


def test_every_step_is_done_in_the_instance():
    run = simulate(TWO, Injected((0,), (Work(1, 2, 4),)))
    assert list(run.response_times) == [2 + 7]
    assert run.busy_seconds("instances") == 7


def test_keep_alive_counts_from_the_last_use():
    """Used from 0 to 3, 12 to 13, 22 to 23: never idle for 10 s, though it is older. At 33 it goes."""
    run = simulate(TWO, inject((0, 12, 22, 34), (1, 1, 1, 1)))
    assert starts(run) == [0, 34]
    assert instances(run) == [[2, 1], [33, 0], [36, 1], [47, 0]]


def test_an_instance_has_one_request_at_a_time():
    """The second finds the first in its cold start, the third both at work: each needs its own."""
    run = simulate(TWO, inject((0, 1, 4), (9, 9, 9)))
    assert starts(run) == [0, 1, 4]
    assert list(run.response_times) == [11, 11, 11]
    assert instances(run) == [[2, 1], [3, 2], [6, 3], [21, 2], [22, 1], [25, 0]]


@pytest.mark.parametrize("rule, left", [(reversed, [[15, 1], [22, 0]]), (iter, [[16, 1], [21, 0]])])
def test_the_newest_idle_instance_is_used_again_or_the_oldest(rule, left):
    """Idle since 5 and since 6; one of them is used from 10 to 11, or from 10 to 12. The other goes after 10 s."""
    last = 2 if rule is reversed else 1
    run = simulate(replace(TWO, reuse=rule), inject((0, 0, 10), (3, 4, last)))
    assert instances(run)[2:] == left


def test_chance_gives_each_start_its_time():
    """The cold start is the quantile of its law at the request's chance."""
    law = ExponentialLaw(2)
    trace = inject((0, 100), (1, 1), luck=(0.2, 0.7))
    run = simulate(replace(TWO, cold_start=law), trace)
    expected = [1 + law.quantile(request.chance("cold start")) for request in trace.requests()]
    assert list(run.response_times) == pytest.approx(expected)
    assert expected[0] != expected[1]


# Limits


def test_beyond_the_concurrency_limit_requests_are_throttled_and_do_not_come_back():
    """Two at once, also while they start: the third finds them starting, the fourth working, the fifth one idle."""
    run = simulate(replace(TWO, concurrency_limit=2), inject((0, 0, 1, 4, 6), (3, 9, 1, 1, 1)))
    assert outcomes(run) == ["completed", "completed", "throttled", "throttled", "completed"]
    assert list(run.response_times) == [5, 11, 1]
    assert jobs(run, "instances") == 3


def test_cold_starts_in_ten_seconds_are_limited_and_warm_instances_are_not():
    """Two in any 10 s: at 9 the ones of 0 and 5 count, at 10.5 only the one of 5. The idle one is used all the time."""
    run = simulate(replace(TWO, ramp=2), inject((0, 5, 5, 9, 10.5), (1, 20, 0.25, 1, 20)))
    assert starts(run) == [0, 5]
    run = simulate(replace(TWO, ramp=2), inject((0, 5, 9, 10.5), (30, 30, 1, 1)))
    assert outcomes(run)[2:] == ["throttled", "completed"]
    assert starts(run) == [0, 5, 10.5]


def test_a_throttled_request_may_try_again():
    design = Retries(replace(TWO, concurrency_limit=1), attempts=3, backoff=Immediate())
    assert outcomes(simulate(design, inject((0, 1), (1, 1)))) == ["completed", "throttled"]


@pytest.mark.parametrize("seconds, outcome, ends", [(7, "completed", 7), (7.5, "timed_out", 7), (99, "timed_out", 7)])
def test_work_is_stopped_at_the_time_limit(seconds, outcome, ends):
    """The cold start does not count; the instance can be used again."""
    run = simulate(replace(TWO, time_limit=7), inject((0, 9.5), (seconds, 1)))
    assert outcomes(run) == [outcome, "completed"]
    assert list(run.departure_times) == [2 + ends, 10.5]


def test_more_memory_is_faster_in_proportion_until_the_program_cannot_use_it():
    times = [simulate(replace(TWO, memory_gb=gb, full_speed_gb=2), inject((0,), (3,))).response_times[0]
             for gb in (0.5, 1, 2, 8)]
    assert times == [2 + 12, 2 + 6, 2 + 3, 2 + 3]


# Calls


def test_the_instance_is_kept_while_it_waits_for_a_call():
    """Work for 1 s, wait for 5 s: the second, at 4, finds it waiting."""
    run = simulate(replace(TWO, calls=wait(5)), inject((0, 4), (1, 1)))
    assert list(run.response_times) == [8, 8]
    assert run.busy_seconds("instances") == 12
    assert starts(run) == [0, 4]


def test_a_call_ends_with_the_time_limit_and_goes_on_behind():
    run = simulate(replace(TWO, calls=wait(5), time_limit=4), inject((0, 7), (1, 1)))
    assert outcomes(run) == ["timed_out", "timed_out"]
    assert list(run.departure_times) == [6, 11]
    assert list(run.jobs["first token"].finished) == [8, 13]
    assert starts(run) == [0]


def test_who_is_too_slow_by_itself_never_calls():
    run = simulate(replace(TWO, calls=wait(5), time_limit=4), inject((0,), (5,)))
    assert (outcomes(run), jobs(run, "first token")) == (["timed_out"], 0)


def test_errors_move_downstream():
    """One connection: both instances ask at 3, and only one gets it."""
    run = simulate(replace(TWO, calls=Store(1, 0.5)), inject((0, 0), (1, 1)))
    assert outcomes(run) == ["completed", "dropped"]
    assert list(run.departure_times) == [3.5, 3]


def test_a_crash_loses_what_is_in_work_and_instances_are_still_counted():
    run = simulate(TWO, inject((0, 5, 9), (4, 1, 1)), faults=(Crash("instances", 4, 2),))
    assert outcomes(run) == ["lost", "lost", "completed"]
    assert instances(run)[-1][1] == 0


# The bill


def test_the_bill_by_hand():
    """Two requests on 2 GB: 2 s of start, 3 + 4 s of work; a throttled one costs nothing. Prices by the table."""
    prices = Prices.read()
    design = replace(TWO, memory_gb=2, full_speed_gb=2, concurrency_limit=1)
    run = simulate(design, inject((0, 1, 10), (3, 1, 4)))
    gb_second = prices.usd("lambda_duration_x86")
    assert design.bill(run, prices) == pytest.approx({
        "requests": 2 * prices.usd("lambda_request") / 1e6, "duration": 2 * 7 * gb_second,
        "initialisation": 2 * 2 * gb_second})


def test_waiting_is_paid_and_what_is_called_sends_its_own_bill():
    prices = Prices.read()
    design = replace(TWO, calls=Store(1, 0.5))
    bill = design.bill(simulate(design, inject((0,), (1,), duration=3600)), prices)
    assert bill["duration"] == pytest.approx(1.769 * 1.5 * prices.usd("lambda_duration_x86"))
    assert bill["store"] == pytest.approx(prices.usd("rds_mysql_db.t3.large_single_az"))


# Laws


@pytest.mark.parametrize("design", [
    Serverless(keep_alive=0.3), Serverless(keep_alive=0.3, reuse=iter), Serverless(concurrency_limit=3, ramp=5),
    Serverless(calls=Store(2, 0.05, 1), time_limit=0.1), Serverless(memory_gb=0.5, time_limit=0.2),
], ids=["newest", "oldest", "limited", "calls", "slow"])
def test_no_request_is_lost_from_sight_and_littles_law_holds_on_every_pool(design):
    for workload in (BUSY, replace(BUSY, arrivals=Bursty(), distribution=LogNormal(2))):
        run = lawful(design, workload)
        served = len(run.arrival_times) * (1 - run.share("throttled"))
        assert jobs(run, "instances") <= served <= jobs(run, "instances") + 5     # some start when the time is over
        assert jobs(run, "cold starts") == sum(np.diff(run.jobs["instances"].capacities[1:, 1]) > 0) + round(
            sum(~(run.jobs["cold starts"].finished < run.end)))


def test_no_instance_is_idle_for_longer_than_keep_alive():
    """Each of those that exist had a request of its own within the last 0.3 s, and there are some that go."""
    run = simulate(Serverless(keep_alive=0.3), BUSY)
    levels, visits = run.levels("instances"), run.jobs["instances"]
    for time, capacity in zip(levels.time, levels.capacity):
        assert capacity <= np.sum((visits.started <= time) & ~(visits.finished < time - 0.3 - 1e-9))
    assert np.sum(np.diff(levels.capacity) < 0) > 20


# An independent recursion


def recursion(arrivals, seconds, cold, keep_alive, limit, rule):
    """When each request is done, and whether it was cold; from the times at which instances become free alone."""
    free, done = [], []
    for now, work, start in zip(arrivals, seconds, cold):
        idle = sorted(time for time in free if time <= now <= time + keep_alive)
        busy = [time for time in free if time > now]
        if len(busy) >= limit:
            done.append((nan, False))
            continue
        kept = idle[:-1] if rule is reversed else idle[1:]
        begin = now if idle else now + start
        free = busy + kept + [begin + work]
        done.append((begin + work, not idle))
    return done


@pytest.mark.parametrize("rule", [reversed, iter])
@pytest.mark.parametrize("seed, keep_alive, limit", [(1, 0.5, inf), (2, 2, 8), (3, 60, 5)])
def test_the_same_times_as_the_recursion(seed, keep_alive, limit, rule):
    workload = Workload(20, 100, Work(0.05, 0.1, 0.05), seed, Bursty(3, 4, 12), LogNormal(1.5))
    law = ExponentialLaw(0.4)
    drawn = list(workload.requests())
    expected = recursion([one.arrival_time for one in drawn], [sum(one.work) for one in drawn],
                         [law.quantile(one.chance("cold start")) for one in drawn], keep_alive, limit, rule)
    design = Serverless(cold_start=law, keep_alive=keep_alive, reuse=rule, concurrency_limit=min(limit, 10_000),
                        ramp=10_000)
    run = simulate(design, workload)
    assert outcomes(run).count("throttled") == sum(time != time for time, _ in expected)
    over = np.array([time < workload.duration for time, _ in expected])
    assert run.departure_times[over] == pytest.approx(np.array([time for time, _ in expected])[over], abs=1e-9)
    cold = [number for number, (_, cold) in enumerate(expected) if cold]
    assert run.jobs["cold starts"].request.tolist() == cold


# Theory


RATE, WORK, SETUP = 0.7, 1.0, 2.0


@pytest.mark.parametrize("keep_alive", [0.05, 1.5])
@rest()
def test_a_cold_start_is_a_setup_time(keep_alive):
    """One instance and a queue: M/M/1 whose server needs a set-up when it has been idle for longer than keep_alive.

    Welch, On a generalized M/G/1 queuing process, 1964: the mean waiting time is that of M/M/1, and
    (2 E[D] + rate E[D^2]) / (2 (1 + rate E[D])) more, where D is the set-up of a request that finds the server idle:
    none with the chance that the idle time, which is exponential, is shorter than keep_alive.
    """
    share = exp(-RATE * keep_alive)
    first, second = share * SETUP, share * 2 * SETUP ** 2
    expected = WORK / (1 - RATE * WORK) + (2 * first + RATE * second) / (2 * (1 + RATE * first))
    one = Serverless(cold_start=ExponentialLaw(SETUP), keep_alive=keep_alive, concurrency_limit=1)
    runs = [run.after(200) for run in replicate(Queued(one, 1), Workload(RATE, 6000, Work(0, WORK, 0)))]
    found = measure(runs, lambda run: run.mean_response)
    assert agrees(found, expected) and found.high - found.low < 0.15 * found.mean


# Defaults


def test_the_defaults_are_those_of_aws_lambda():
    defaults = {row["name"]: float(row["value"]) for row in data.rows("platform_defaults")
                if row["name"].startswith("lambda_") and row["unit"] != "date"}
    design = Serverless()
    assert design.memory_gb == design.full_speed_gb == defaults["lambda_memory_per_vcpu"] / 1000
    assert design.time_limit == defaults["lambda_timeout_max"]
    assert design.keep_alive == defaults["lambda_idle_life"]
    assert design.concurrency_limit == defaults["lambda_account_concurrency"]
    assert design.ramp == defaults["lambda_scale_environments"]
    median, sigma = data.cold_start("lambda_python3.12_zip_x86_1024")
    assert (design.cold_start.median, design.cold_start.sigma) == (pytest.approx(median, rel=1e-3), sigma)


# Numbers that cannot be


@pytest.mark.parametrize("knobs, words", [
    ({"memory_gb": 0}, "memory_gb must be at least 0.001, got 0"),
    ({"keep_alive": 0}, "keep_alive must be at least 0.001, got 0"),
    ({"time_limit": nan}, "time_limit must be at least 0.001, got nan"),
    ({"ramp": 0}, "ramp must be at least 0.001, got 0"),
    ({"concurrency_limit": -1}, "concurrency_limit must be at least 0.001, got -1"),
])
def test_numbers_that_cannot_be_are_refused(knobs, words):
    with pytest.raises(ValueError, match=words):
        Serverless(**knobs)
