"""Proves the lambda architecture: exact times by hand, staleness and errors in theory, overruns, healing, its bill."""

from dataclasses import replace
from math import ceil, inf, log

import numpy as np
import pytest
from conftest import rest
from policies.laws import BUSY, agrees, inject, jobs, lawful, outcomes

from course import data, theory, views
from course.faults import Crash, Outage
from course.laws import Sometimes, UniformLaw
from course.patterns.lambda_architecture import LambdaArchitecture
from course.policies.late import Late
from course.prices import Prices
from course.run import interval, measure
from course.simulation import replicate, simulate
from course.workload import Bursty, Injected, LogNormal, Mixed, Work, Workload

EVERY_TEN = LambdaArchitecture(batch_interval=10, batch_machines=2, batch_fixed=2, batch_work=1, append_time=0.5)


def batch_runs(run):
    """Rows of (began, ended)."""
    return np.array([run.jobs["batch"].started, run.jobs["batch"].finished]).T.tolist()


# By hand


def test_without_load_an_event_takes_the_append_and_its_work():
    run = simulate(LambdaArchitecture(append_time=0.25), Injected((0, 50), (Work(1, 2, 4), Work(0.5, 0.25, 0.125))))
    assert list(run.response_times) == [0.25 + 7, 0.25 + 0.875]
    assert run.jobs["speed"].finished.tolist() == [3.25, 51]


class Both:
    """An event at 0 with 4 s of `respond`, and a query at 1 with 1 s, whose other work nobody does."""

    duration = inf

    def requests(self):
        event, query = Injected((0, 1), (Work(0, 0, 4), Work(9, 9, 1))).requests()
        yield from (event, query._replace(kind="query"))


def test_a_query_only_reads():
    run = simulate(replace(EVERY_TEN, serving=2), Both())
    assert list(run.response_times) == [4.5, 1]
    assert [run.jobs[pool].request.tolist() for pool in ("log", "speed", "serving")] == [[0], [0], [0, 1]]


def test_the_serving_layer_is_shared_by_events_and_queries():
    """With one worker the query, at 1, waits until the result of the event is there, at 0.5 + 4."""
    assert list(simulate(EVERY_TEN, Both()).departure_times) == [4.5, 5.5]


def test_batch_runs_begin_every_interval_and_grow_with_the_log():
    """2 s, and half a second for each event in the log: two by 10, four by 20, then all is read."""
    run = simulate(EVERY_TEN, inject((1, 9, 10.5, 19), (1,) * 4))
    assert batch_runs(run) == [[0, 2], [10, 10 + 2 + 1], [20, 20 + 2 + 2]]


def test_a_run_that_takes_longer_than_the_interval_delays_the_next():
    """20 events make it 12 s: the next begin at once, not at 20 and 30; with ten more, 17 s."""
    run = simulate(EVERY_TEN, inject([1] * 20 + [30] * 10, [0] * 30, duration=70))
    assert batch_runs(run)[:4] == [[0, 2], [10, 22], [22, 34], [34, 34 + 17]]
    just = simulate(EVERY_TEN, inject([1] * 16 + [25], [0] * 17, duration=30))
    assert just.jobs["batch"].started.tolist() == [0, 10, 20]           # 2 s and 16 halves fill the interval


def test_a_history_is_read_from_the_first_run_on():
    run = simulate(replace(EVERY_TEN, history=4), inject((1,), (1,)))
    assert batch_runs(run) == [[0, 4], [10, 14.5]]


def test_an_outage_of_the_batch_machines_delays_a_run():
    run = simulate(EVERY_TEN, inject((1, 25), (1, 1)), (Outage("batch", 9, 4),))
    assert batch_runs(run) == [[0, 2], [13, 15.5], [20, 22.5], [30, 33]]


def test_after_a_crash_of_the_batch_machines_the_next_run_is_in_time():
    run = simulate(EVERY_TEN, inject((1, 35), (1, 1)), (Crash("batch", 11, 12),))
    assert batch_runs(run) == [[0, 2], [10, 11], [30, 32.5], [40, 43]]      # at 20 they are still down


def test_without_an_interval_there_is_one_run():
    assert batch_runs(simulate(replace(EVERY_TEN, batch_interval=inf), inject((1, 100), (1, 1)))) == [[0, 2]]


# Laws


@pytest.mark.parametrize("design", [
    LambdaArchitecture(), LambdaArchitecture(1, 1, 2.0, batch_fixed=0.1),
    LambdaArchitecture(batch_interval=1, history=9_999),
    Late(LambdaArchitecture(), Sometimes(0.3, UniformLaw(0, 9)))], ids=["default", "small", "overrun", "late"])
def test_no_event_is_lost_from_sight_and_littles_law_holds_on_every_pool(design):
    queries = replace(BUSY, arrival_rate=20, kind="query")
    for workload in (BUSY, replace(BUSY, arrivals=Bursty(), distribution=LogNormal(2)), Mixed((BUSY, queries))):
        run = lawful(design, workload)
        asked = sum(request.kind == "query" for request in workload.requests())
        on_the_way = len(run.arrival_times) - asked - jobs(run, "log")
        assert on_the_way == 0 or (on_the_way > 0 and isinstance(design, Late))
        assert jobs(run, "log") >= jobs(run, "speed") >= jobs(run, "serving") - asked
        assert run.jobs["serving"].done.sum() == outcomes(run).count("completed")


# An independent recursion


def first_come(arrivals, seconds, servers):
    """When each is done, from the times at which the servers become free alone; in the order of the arrivals."""
    free, done = [0.0] * servers, [0.0] * len(arrivals)
    for number in sorted(range(len(arrivals)), key=lambda number: arrivals[number]):
        free.sort()
        free[0] = done[number] = max(free[0], arrivals[number]) + seconds[number]
    return done


def computed(logged, design, end):
    """When batch runs begin and end."""
    begin, runs = 0.0, []
    while begin < end:
        events = design.history + sum(time < begin for time in logged)
        finish = begin + design.batch_fixed + design.batch_work / design.batch_machines * events
        runs.append((begin, finish))
        begin = max(begin + design.batch_interval, finish)
    return runs


@pytest.mark.parametrize("seed, design", [
    (1, LambdaArchitecture(batch_interval=7)), (2, LambdaArchitecture(1, 1, 9.0, 3, 1.0, 0.05)),
    (3, LambdaArchitecture(3, 2, batch_interval=3, batch_fixed=1, batch_work=0.01, history=500))])
def test_the_same_times_as_the_recursion(seed, design):
    events = Workload(9, 60, Work(0.02, 0.08, 0.05), seed, Bursty(3, 4, 12), LogNormal(1.5))
    workload = Mixed((events, replace(events, arrival_rate=4, kind="query")))
    drawn = list(workload.requests())
    happened = [one for one in drawn if one.kind != "query"]
    seen = first_come([one.arrival_time + design.append_time for one in happened],
                      [one.work.prepare + one.work.infer for one in happened], design.speed)
    ready = dict(zip((one.id for one in happened), seen))
    answered = first_come([ready.get(one.id, one.arrival_time) for one in drawn],
                          [one.work.respond for one in drawn], design.serving)
    run = simulate(design, workload)
    over = np.array(answered) < workload.duration
    assert over.sum() > 0.9 * len(over)
    assert run.departure_times[over] == pytest.approx(np.array(answered)[over], abs=1e-9)
    expected = computed([one.arrival_time for one in happened], design, workload.duration)
    found = np.array([run.jobs["batch"].started, np.nan_to_num(run.jobs["batch"].finished, nan=0)]).T
    assert len(found) == len(expected)
    done = found[:, 1] > 0
    assert found[done] == pytest.approx(np.array(expected)[done], abs=1e-9)


# Staleness


@pytest.mark.parametrize("every, lasts", [(300.0, 20.0), (300.0, 300.0), (21_600.0, 3600.0)])
def test_the_batch_view_is_as_stale_as_the_formula_says(every, lasts):
    """Run k begins at k T and ends R later; from then until the next has ended, T later, its age goes from R to R + T.

    So its mean is R + T / 2 over whole periods, and it stays below R + T.
    """
    design = LambdaArchitecture(batch_interval=every, batch_fixed=lasts, batch_work=0)
    run = simulate(design, inject((0, 5 * every), (0, 0), duration=5 * every + 1))
    moments = lasts + (np.arange(3000) + 0.5) / 1000 * every            # three periods, in the middle of equal parts
    staleness = views.ask(run, moments).staleness
    assert staleness.mean() == pytest.approx(lasts + every / 2, rel=1e-9)
    assert staleness.max() == pytest.approx(lasts + every, rel=1e-3) and staleness.max() < lasts + every
    assert staleness.min() == pytest.approx(lasts, abs=1e-3 * every) and staleness.min() >= lasts
    edge = views.ask(run, (lasts + every - 1e-6, lasts + every)).staleness
    assert edge == pytest.approx([lasts + every - 1e-6, lasts])


def test_a_view_that_overruns_is_as_stale_as_its_runs_are_long():
    """Runs of R > T follow each other at once: the interval is R, so the mean is R + R / 2."""
    design = LambdaArchitecture(batch_interval=10, batch_fixed=25, batch_work=0)
    run = simulate(design, inject((0, 300), (0, 0)))
    moments = 25 + (np.arange(10_000) + 0.5) / 1000 * 25
    assert views.ask(run, moments).staleness.mean() == pytest.approx(1.5 * 25, rel=1e-9)


def test_staleness_asked_at_random_moments_has_the_mean_of_the_formula():
    """Questions come by chance, as queries do: ten traces of 400."""
    design = LambdaArchitecture(batch_interval=100, batch_fixed=30, batch_work=0)
    means = []
    for seed in range(1, 11):
        queries = Workload(0.2, 2130, Work(0, 0, 0.01), seed, kind="query")
        run = simulate(design, queries)
        asked = run.arrival_times[run.arrival_times >= 130]         # from the end of the second run, for 20 periods
        means.append(views.ask(run, asked).staleness.mean())
    found = interval(means)
    assert agrees(found, 30 + 50) and found.high - found.low < 6


# Errors

HOUR = 3600.0
DAILY = {"window": 24 * HOUR, "lateness": 60}
TIMES = (np.arange(36, 72, 1 / 3) + 1 / 6) * HOUR       # the middle of every 20 minutes, in six whole intervals


def answers(share, seed=1, every=6.0, lasts=1.0):
    """What is found every 20 minutes; a share of the events is up to 12 hours late, no work takes any time."""
    design = LambdaArchitecture(batch_interval=every * HOUR, batch_fixed=lasts * HOUR, batch_work=0, append_time=0)
    late = Late(design, Sometimes(share, UniformLaw(60, 12 * HOUR)))
    return views.ask(simulate(late, Workload(0.05, 72 * HOUR, Work(0, 0, 0), seed)), TIMES, **DAILY)


def test_without_late_data_merged_and_speed_are_exactly_right():
    found = answers(0)
    assert found.error("merged") == found.error("speed") == 0
    assert found.error("batch") > 10


def test_events_in_work_are_all_that_is_missing_without_late_data():
    """The merged view lacks exactly those that the speed layer has not seen yet, if no run has found them."""
    run = simulate(LambdaArchitecture(batch_interval=20, batch_fixed=5), Workload(20, 200, Work(0.02, 0.06, 0.01)))
    times = np.linspace(0, 199, 400)
    happened, _, seen = views.facts(run)
    began, ended = views.batches(run)
    cuts = [max(began[ended <= now], default=-inf) for now in times]
    missing = [np.sum((happened <= now) & (seen > now) & (happened >= cut)) for now, cut in zip(times, cuts)]
    found = views.ask(run, times)
    assert (found.truth - found.merged).tolist() == missing
    assert max(missing) > 3


@rest()
def test_errors_with_late_data_are_those_of_the_formulas():
    """A share p of all is late by a time that is even between 0 and L = 12 h; W = 24 h, T = 6 h, R = 1 h.

    Speed: p, all that was late is missing. Batch: staleness a is even between R and R + T. What happened within the
    last a is missing, a / W on average (R + T / 2) / W; and of what happened x before the cut, p (1 - x / L) was not
    yet there: the mean over the window, p / W times the integral to min(L, W - a), which is L / 2 for a below W - L.
    Merged: of what happened within the last a, p is missing; before that, the same as the batch view lacks.
    """
    p, window, late, every, lasts = 0.03, 24, 12, 6, 1
    mean_age = lasts + every / 2
    before = p * late / 2 / window
    expected = {"speed": 100 * p, "batch": 100 * (mean_age / window + before),
                "merged": 100 * (p * mean_age / window + before)}
    runs = [answers(p, seed) for seed in range(1, 11)]
    for view, percent in expected.items():
        found = interval([run.error(view) for run in runs])
        assert agrees(found, percent), (view, found, percent)
        assert found.high - found.low < 0.15 * percent
    assert expected["merged"] == pytest.approx(1.25)
    assert expected["batch"] == pytest.approx(17.4, abs=0.1)


def test_merged_is_never_behind_either_view_without_bugs():
    found = answers(0.3)
    assert (found.merged >= found.batch).all() and (found.merged >= found.speed).all()
    assert (found.merged <= found.truth).all()


@pytest.mark.parametrize("layers, healed", [(("speed",), True), (("speed", "batch"), False), ((), True)])
def test_a_bug_heals_with_the_next_batch_run_unless_that_has_it_too(layers, healed):
    """From 30 h to 42 h events count 1.3 times. At 43 h the run that began at 42 h has ended: it found the truth, or
    if it was in both layers and is not fixed before 48 h, 1.3 times all.
    """
    design = LambdaArchitecture(batch_interval=6 * HOUR, batch_fixed=HOUR, batch_work=0, append_time=0)
    run = simulate(design, Workload(0.05, 60 * HOUR, Work(0, 0, 0)))
    bugs = {f"{layer}_bug": views.Bug(30 * HOUR, (42 if layer == "speed" else 47) * HOUR, 1.3) for layer in layers}
    during, after, fixed = np.array(views.ask(run, np.array([36.9, 43.0, 49.0]) * HOUR, 24 * HOUR, **bugs)).T
    assert (during[3] > during[0]) == bool(layers)
    assert (after[3] == after[0]) == healed
    if not healed:
        old = after[1] / 1.3
        assert after[3] == pytest.approx(after[0] + 0.3 * old)
    assert fixed[3] == fixed[0]
    assert (fixed[2] > fixed[0]) == bool(layers)        # what the speed layer alone says stays wrong


# Growth


@pytest.mark.parametrize("first, growth", [(3.0, 0.03), (5.0, 0.01), (2.5, 0.1)])
def test_the_week_of_the_first_overrun_is_that_of_the_formula(first, growth):
    """R0 (1 + g)**week > T from week log(T / R0) / log(1 + g) on: runs with a history that grows."""
    slot, events = 6 * HOUR, 100_000
    work = first * HOUR * 2 / events
    design = LambdaArchitecture(batch_interval=slot, batch_machines=2, batch_fixed=0, batch_work=work)

    def overruns(week):
        grown = replace(design, history=round(events * (1 + growth) ** week))
        run = simulate(grown, inject((0, 3 * slot), (0, 0)))
        return run.jobs["batch"].started[1] > slot

    expected = ceil(log(6 / first) / log(1 + growth))
    assert [overruns(week) for week in (expected - 1, expected)] == [False, True]
    assert not overruns(0)


# Queries


@rest()
@pytest.mark.parametrize("serving, rate", [(1, 60.0), (3, 220.0)])
def test_events_and_queries_wait_for_a_shared_serving_layer_as_in_theory(serving, rate):
    """With an endless speed layer the results of events come as a Poisson stream, too, so the layer is M/M/c."""
    work = Work(0, 0.5, 0.01)
    design = LambdaArchitecture(1000, serving, append_time=0)
    both = Mixed((Workload(rate / 2, 60, work), Workload(rate / 2, 60, work, kind="query")))
    runs = [run.after(5) for run in replicate(design, both)]
    found = measure(runs, lambda run: np.mean(run.waiting_times("serving")))
    expected = theory.mmc(rate, 100, serving).waiting_time
    assert agrees(found, expected) and found.high - found.low < 0.3 * expected


def test_queries_wait_for_no_speed_layer():
    """One that is overloaded twice keeps no query waiting: with a serving layer that is hardly used, each takes its
    own work.
    """
    work = Work(0, 0.1, 0.001)
    both = Mixed((Workload(20, 60, work), Workload(2, 60, work, kind="query")))
    run = simulate(LambdaArchitecture(speed=1, serving=100), both)
    asked = [request for request in both.requests() if request.kind == "query"]
    times = [run.departure_times[one.id] - one.arrival_time for one in asked]
    assert times == pytest.approx([one.work.respond for one in asked])
    assert run.share("unfinished") > 0.3


# The bill


def test_the_bill_by_hand():
    """An hour: three brokers, two workers, one server all the time; two machines while runs last."""
    prices = Prices.read()
    design = replace(EVERY_TEN, batch_interval=1800)
    run = simulate(design, inject((1,), (1,), duration=3600))
    hour = prices.usd("vm_m5.large_2vcpu_8gib")
    lasted = 2 + 2.5            # from 0, and from 1800
    assert design.bill(run, prices) == pytest.approx({
        "log": 3 * prices.usd("kafka_broker_msk_t3.small"), "speed": 2 * hour, "serving": hour,
        "batch": 2 * lasted / 3600 * hour})
    half = design.bill(run.after(1800), prices)
    assert half["log"] == pytest.approx(design.bill(run, prices)["log"] / 2)
    assert half["batch"] == pytest.approx(2 * 2.5 / 3600 * hour)


def test_the_append_takes_what_the_table_says():
    assert LambdaArchitecture().append_time == float(data.row("service_times", "kafka_end_to_end")["p99_ms"]) / 1000


@pytest.mark.parametrize("knobs, words", [
    ({"batch_interval": 0}, "batch_interval must be at least 0.001, got 0"),
    ({"batch_machines": 0}, "batch_machines must be at least 1, got 0"),
    ({"history": -1}, "history must be at least 0, got -1"),
    ({"batch_fixed": -1}, "pool 'batch' cannot serve for -1.0 seconds"),
    ({"speed": 0}, "the capacity of pool 'speed' must be a whole number of at least 1, got 0"),
    ({"serving": 0}, "the capacity of pool 'serving' must be a whole number of at least 1, got 0"),
])
def test_numbers_that_cannot_be_are_refused(knobs, words):
    with pytest.raises(ValueError, match=words):
        simulate(LambdaArchitecture(**knobs), BUSY)
