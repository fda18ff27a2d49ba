"""Proves the clock: exact times by hand, laws, theory, an independent recursion, and sentences for bad input."""

import gc
import heapq
import weakref
from dataclasses import dataclass, replace
from math import factorial, inf, nan, sqrt

import numpy as np
import pytest
import simpy
from conftest import rest

from course.environment import Environment
from course.faults import Crash, Outage
from course.patterns.monolith import Monolith
from course.policies.scheduled import Scheduled
from course.run import OUTCOMES, measure
from course.simulation import Deployment, Pool, Refused, replicate, simulate
from course.workload import (
    Bursty,
    Deterministic,
    Diurnal,
    Exponential,
    Hyperexponential,
    Injected,
    LogNormal,
    Mixed,
    Work,
    Workload,
)

WORK = Work(0.01, 0.03, 0.02)       # 60 ms in all: one worker can do 16.7 requests a second


@dataclass(frozen=True)
class Line:
    """Each step has servers of its own; `servers` at each."""

    servers: int = 1

    def deploy(self, env):
        first, second, third = pools = [Pool(env, name, self.servers) for name in Work._fields]

        def handle(request):
            yield first.serve(request.work.prepare)
            yield second.serve(request.work.infer)
            yield third.serve(request.work.respond)

        return Deployment(handle, tuple(pools))

    def bill(self, run, prices):
        return {}


@dataclass(frozen=True)
class Patient:
    """One server that is kept across steps, in SimPy's idiom; gives up after `patience` seconds of waiting."""

    patience: float = inf
    servers: int = 1

    def deploy(self, env):
        pool = Pool(env, "desk", self.servers)

        def handle(request):
            with pool.request() as claim:
                if self.patience < inf:
                    yield claim | env.timeout(self.patience)
                    if not claim.triggered:
                        return "timed_out"
                else:
                    yield claim
                for seconds in request.work:
                    yield env.timeout(seconds)
            return None

        return Deployment(handle, (pool,))

    def bill(self, run, prices):
        return {}


@dataclass(frozen=True)
class Given:
    """Whatever handle the test needs, on one pool."""

    make: object
    capacity: int = 1

    def deploy(self, env):
        pool = Pool(env, "pool", self.capacity)
        return Deployment(self.make(env, pool), (pool,))

    def bill(self, run, prices):
        return {}


def work(*seconds):
    """Requests that need so many seconds in one step."""
    return tuple(Work(0, each, 0) for each in seconds)


# By hand


def test_three_requests_by_hand_with_one_worker():
    """Work of 2, 3 and 1 s at 0, 1 and 1.5 s: the second waits 1 s until 2, the third 3.5 s until 5."""
    run = simulate(Monolith(1), Injected((0, 1, 1.5), (Work(0.5, 1, 0.5), Work(1, 1, 1), Work(0, 1, 0))))
    assert list(run.departure_times) == [2, 5, 6]
    assert list(run.response_times) == [2, 4, 4.5]
    assert list(run.waiting_times("workers")) == [0, 1, 3.5]
    assert run.end == 6
    assert run.utilisation("workers") == 1
    assert run.mean_waiting("workers") == (1 + 3.5) / 6


def test_three_requests_by_hand_with_two_workers():
    """The second is served at once, until 4; the third waits half a second for the first worker, until 3."""
    run = simulate(Monolith(2), Injected((0, 1, 1.5), work(2, 3, 1)))
    assert list(run.departure_times) == [2, 4, 3]
    assert list(run.waiting_times("workers")) == [0, 0, 0.5]


def test_three_requests_by_hand_through_a_line():
    """The second waits for `infer` from 1 to 3; the third for `prepare` from 1 to 2 and for `infer` from 2.5 to 4."""
    run = simulate(Line(), Injected((0, 0, 1), (Work(0, 3, 1), Work(1, 1, 1), Work(1, 2, 0))))
    assert list(run.departure_times) == [4, 5, 6]
    assert list(run.waiting_times("infer")) == [0, 2, 2]


def test_a_run_stops_at_its_duration_and_what_is_in_it_is_unfinished():
    run = simulate(Monolith(1), Injected((0, 1, 2, 8), work(4, 4, 4, 1), duration=7))
    assert [OUTCOMES[outcome] for outcome in run.outcomes] == ["completed", "unfinished", "unfinished"]
    assert run.end == 7 and run.share("unfinished") == 2 / 3
    jobs = run.jobs["workers"]
    assert list(jobs.started[:2]) == [0, 4] and np.isnan(jobs.started[2])
    assert jobs.finished[0] == 4 and np.isnan(jobs.finished[1:]).all()


def test_a_bounded_queue_drops_those_beyond_it():
    """One is served, one waits, the third finds the queue full; at 2.5 there is room again."""
    run = simulate(Monolith(1, queue_limit=1), Injected((0, 0.5, 1, 2.5), work(2, 2, 2, 2)))
    assert [OUTCOMES[outcome] for outcome in run.outcomes] == ["completed", "completed", "dropped", "completed"]
    assert list(run.departure_times) == [2, 4, 1, 6]
    assert simulate(Monolith(1, queue_limit=0), Injected((0, 1), work(2, 2))).share("dropped") == 0.5


def test_an_outage_by_hand():
    """From 1 to 5 one of two servers is away: it finishes its job at 2, and the third waits for the other until 3."""
    run = simulate(Monolith(2), Injected((0, 0, 1.5, 4), work(2, 3, 1.5, 2)), faults=(Outage("workers", 1, 4),))
    assert list(run.departure_times) == [2, 3, 4.5, 6.5]
    assert run.server_seconds("workers") == 1 * 2 + 4 * 1 + 1.5 * 2


def test_a_crash_by_hand():
    """At 3 one job is lost in service and one in the queue, at 4 one is refused; the last starts after the repair."""
    run = simulate(Monolith(1), Injected((0, 1, 2, 4, 6), work(2, 3, 1, 1, 1)), faults=(Crash("workers", 3, 2),))
    assert [OUTCOMES[outcome] for outcome in run.outcomes] == ["completed", "lost", "lost", "lost", "completed"]
    assert list(run.departure_times) == [2, 3, 3, 4, 7]
    jobs = run.jobs["workers"]
    assert list(jobs.finished) == [2, 3, 3, 7] and np.isnan(jobs.started[2])
    assert run.busy_seconds("workers") == 2 + 1 + 1
    assert run.server_seconds("workers") == 3 + 2


def test_a_schedule_by_hand():
    """None until 3, then two: the first two start at 3, the third at 4 on the server that is free first."""
    design = Scheduled(Monolith(1), "workers", ((0, 0), (3, 2)))
    run = simulate(design, Injected((0.5, 1, 1), work(1, 2, 1)))
    assert list(run.departure_times) == [4, 5, 5]


def test_a_smaller_pool_finishes_what_it_does():
    """Three are busy when two servers are taken away at 1; the fourth may start only when two have left, at 3."""
    design = Scheduled(Monolith(3), "workers", ((1, 1),))
    run = simulate(design, Injected((0, 0, 0, 0), work(2, 3, 4, 1)))
    assert list(run.departure_times) == [2, 3, 4, 5]
    assert run.busy_seconds("workers") == 10


def test_a_server_kept_across_steps_by_hand():
    run = simulate(Patient(), Injected((0, 1), (Work(1, 1, 1), Work(0, 2, 0))))
    assert list(run.departure_times) == [3, 5]
    assert list(run.waiting_times("desk")) == [0, 2]
    assert run.busy_seconds("desk") == 5


def test_claims_given_up_by_hand():
    """The second gives up at 3, the third at 4, and the fourth gets the server at 5."""
    run = simulate(Patient(patience=2), Injected((0, 1, 2, 4), work(5, 1, 1, 1)))
    assert [OUTCOMES[outcome] for outcome in run.outcomes] == ["completed", "timed_out", "timed_out", "completed"]
    assert list(run.departure_times) == [5, 3, 4, 6]
    jobs = run.jobs["desk"]
    assert list(jobs.request) == [0, 1, 2, 3]
    assert np.array_equal(jobs.started, [0, nan, nan, 5], equal_nan=True)
    assert list(jobs.finished) == [5, 3, 4, 6]
    assert run.mean_waiting("desk") == (2 + 2 + 1) / 6


def test_releasing_twice_and_cancelling_what_is_served_do_nothing():
    env = Environment()
    pool = Pool(env, "pool", 1)
    first, second, third = pool.request(), pool.request(), pool.request()
    assert (first.triggered, second.triggered) == (True, False)
    first.cancel()
    assert pool.busy == 1
    second.cancel()
    second.cancel()
    pool.release(second)
    env.run(until=1)
    pool.release(first)
    pool.release(first)
    assert third.triggered and pool.busy == 1
    env.run(until=3)
    pool.release(third)
    assert pool.busy == 0
    jobs = pool.jobs()
    assert np.array_equal(jobs.started, [0, nan, 1], equal_nan=True) and list(jobs.finished) == [1, 0, 3]


def test_a_claim_keeps_its_server_through_a_crash():
    env = Environment()
    pool = Pool(env, "pool", 2)
    kept, visit = pool.request(), pool.serve(5)
    waiting = pool.request()
    env.run(until=1)
    pool.crash()
    env.run(until=2)
    assert not visit.ok and not waiting.ok and isinstance(visit.value, Refused)
    pool.repair()
    pool.serve(1)
    assert pool.busy == 2
    pool.release(waiting)
    pool.release(kept)
    env.run()
    assert pool.busy == 0
    assert list(pool.jobs().finished) == [2, 1, 1, 3]


def test_a_pool_may_be_used_before_and_after_its_record_is_read():
    env = Environment()
    pool = Pool(env, "pool", 1)
    pool.serve(1), pool.serve(1)
    env.run(until=1.5)
    assert np.array_equal(pool.jobs().finished, [1, nan], equal_nan=True)
    env.run()
    assert list(pool.jobs().finished) == [1, 2]


# Laws


ALL = {
    "one worker": (Monolith(1), ()),
    "bounded": (Monolith(1, queue_limit=2), ()),
    "no queue": (Monolith(2, queue_limit=0), ()),
    "line": (Line(), ()),
    "kept": (Patient(), ()),
    "impatient": (Patient(0.1), ()),
    "impatient pair": (Patient(0.05, 2), ()),
    "crash": (Monolith(1), (Crash("workers", 50, 20),)),
    "two crashes": (Monolith(2), (Crash("workers", 50, 20), Crash("workers", 60, 20))),
    "crash of an impatient pair": (Patient(0.1, 2), (Crash("desk", 50, 20),)),
    "crash in a line": (Line(), (Crash("infer", 50, 20), Outage("respond", 20, 50))),
    "outage": (Monolith(3), (Outage("workers", 50, 30, 2),)),
    "outage and bounded": (Monolith(3, 3), (Outage("workers", 50, 30, 3),)),
    "scheduled": (Scheduled(Monolith(1), "workers", ((20, 4), (50, 0), (60, 1), (100, 2))), ()),
    "scheduled with outage": (Scheduled(Monolith(3), "workers", ((20, 4), (70, 2))), (Outage("workers", 10, 90),)),
}
TRAFFIC = {
    "calm": Workload(8, 150, WORK),
    "busy": Workload(15, 150, WORK, distribution=LogNormal(2)),
    "bursty": Workload(12, 150, WORK, arrivals=Bursty(), distribution=Hyperexponential(3)),
    "daily": Workload(12, 150, WORK, arrivals=Diurnal((1, 2, 0, 1), day=50), distribution=Deterministic()),
    "overload": Workload(40, 150, WORK),
    "mixed": Mixed((Workload(6, 150, WORK), Workload(3, 90, WORK, kind="other"))),
}


@pytest.fixture(scope="module", params=[(design, traffic) for design in ALL for traffic in TRAFFIC], ids="-".join)
def any_run(request):
    design, traffic = request.param
    return simulate(ALL[design][0], TRAFFIC[traffic], ALL[design][1])


def test_every_request_has_exactly_one_outcome(any_run):
    arrived = sum(1 for request in any_run.workload.requests())
    counts = np.bincount(any_run.outcomes, minlength=len(OUTCOMES))
    assert counts.sum() == arrived == len(any_run.arrival_times)
    assert sum(any_run.share(outcome) for outcome in OUTCOMES) == pytest.approx(1)
    unfinished = any_run.outcomes == OUTCOMES.index("unfinished")
    assert np.array_equal(np.isnan(any_run.departure_times), unfinished)
    assert np.all(any_run.departure_times[~unfinished] >= any_run.arrival_times[~unfinished])


def test_littles_law_holds_on_every_pool(any_run):
    """The time average of the number waiting is what the waiting times add up to; both come from different books."""
    for pool, jobs in any_run.jobs.items():
        levels = any_run.levels(pool)
        lasting = np.diff(levels.time, append=any_run.end)
        left = np.where(np.isnan(jobs.started), jobs.finished, jobs.started)
        left = np.where(np.isnan(left), any_run.end, left)
        assert lasting @ levels.waiting == pytest.approx(np.sum(left - jobs.arrived))
        assert lasting @ levels.waiting / any_run.end == pytest.approx(any_run.mean_waiting(pool))
        assert lasting @ levels.in_service == pytest.approx(any_run.busy_seconds(pool))
        assert lasting @ levels.capacity == pytest.approx(any_run.server_seconds(pool))


def test_no_server_is_idle_while_someone_waits_and_none_works_twice(any_run):
    for pool in any_run.jobs:
        levels = any_run.levels(pool)
        assert levels.waiting.min() >= 0 and levels.in_service.min() >= 0
        assert not np.any((levels.waiting > 0) & (levels.in_service < levels.capacity))
        if len(np.unique(levels.capacity)) == 1:
            assert np.all(levels.in_service <= levels.capacity)


def test_jobs_start_in_the_order_of_their_arrival(any_run):
    for jobs in any_run.jobs.values():
        started = jobs.started[~np.isnan(jobs.started)]
        assert np.all(np.diff(jobs.arrived) >= 0) and np.all(np.diff(started) >= 0)
        assert not np.any(jobs.started < jobs.arrived) and not np.any(jobs.finished < jobs.arrived)


@pytest.mark.parametrize(("design", "faults"), ALL.values(), ids=ALL)
def test_the_same_arguments_give_the_same_run(design, faults):
    first, second = (simulate(design, TRAFFIC["bursty"], faults) for _ in range(2))
    assert np.array_equal(first.departure_times, second.departure_times, equal_nan=True)
    assert np.array_equal(first.outcomes, second.outcomes)


@pytest.mark.parametrize("traffic", TRAFFIC.values(), ids=TRAFFIC)
def test_another_worker_never_makes_a_request_later(traffic):
    """Holds request by request: first come first served, and the same work whatever the number of servers."""
    runs = [simulate(Monolith(workers), traffic) for workers in (1, 2, 3)]
    departures = [np.nan_to_num(run.departure_times, nan=inf) for run in runs]
    assert np.all(departures[0] >= departures[1]) and np.all(departures[1] >= departures[2])


def test_more_work_never_makes_a_request_earlier():
    light, heavy = (simulate(Monolith(2), Workload(20, 100, Work(0, seconds, 0))) for seconds in (0.05, 0.08))
    assert np.all(np.nan_to_num(heavy.departure_times, nan=inf) >= np.nan_to_num(light.departure_times, nan=inf))


def test_twice_the_capacity_leaves_half_unfinished():
    """Two workers do 2/0.06 requests a second; offered are twice as many. 4 standard errors of the share."""
    run = simulate(Monolith(2), Workload(4 / 0.06, 600, WORK))
    requests = len(run.arrival_times)
    assert abs(run.share("unfinished") - 0.5) <= 4 * sqrt(2 / requests)
    assert run.throughput == pytest.approx(2 / 0.06, rel=0.03)
    assert run.utilisation("workers") > 0.999


@dataclass(frozen=True)
class Counting:
    """A resource that notes its queue's length whenever SimPy tries to serve it: the trap."""

    notes: list

    def deploy(self, env):
        notes = self.notes

        class Desk(simpy.Resource):
            def _do_put(self, event):
                super()._do_put(event)
                notes.append((env.now, len(self.put_queue)))

            def _do_get(self, event):
                super()._do_get(event)
                notes.append((env.now, len(self.put_queue)))
        desk, pool = Desk(env, 1), Pool(env, "pool", 1)

        def handle(request):
            both = env.process(queue_at(desk, request))
            yield pool.serve(request.work.infer)
            yield both

        def queue_at(desk, request):
            with desk.request() as turn:
                yield turn
                yield env.timeout(request.work.infer)
        return Deployment(handle, (pool,))

    def bill(self, run, prices):
        return {}


def test_littles_law_would_show_a_queue_that_is_counted_too_early():
    """Noting lengths inside `_do_put` counts those who are about to leave: too long by a tenth, our record is not."""
    notes = []
    run = simulate(Counting(notes), Workload(8, 2_000, Work(0, 0.1, 0)))
    times, lengths = np.array(notes).T
    noted = np.diff(times, append=run.end) @ lengths / run.end
    law = len(run.arrival_times) / run.end * run.waiting_times("pool").mean()
    assert run.mean_waiting("pool") == pytest.approx(law, rel=0.01)
    assert noted > 1.08 * law


# Theory


def mean_wait(runs, pool="workers"):
    """The interval of the mean waiting time, without the first tenth of each run."""
    return measure(runs, lambda run: run.after(run.end / 10).waiting_times(pool).mean())


def agrees(found, expected):
    """Within the 99.9 % interval: 4.78 instead of 2.26 standard errors for ten replications."""
    half = (found.high - found.low) / 2
    return abs(found.mean - expected) <= half * 4.78 / 2.262 and half < expected / 2


@pytest.mark.parametrize("load", [0.5, 0.8])
@rest()
def test_one_server_waits_as_m_m_1_says(load):
    """Wq = rho S / (1 - rho)."""
    found = mean_wait(replicate(Monolith(1), Workload(10 * load, 3_000, Work(0, 0.1, 0))))
    assert agrees(found, load * 0.1 / (1 - load))


@pytest.mark.parametrize(("servers", "load"), [(2, 0.7), (4, 0.9)])
@rest()
def test_several_servers_wait_as_erlang_c_says(servers, load):
    """Wq = C(c, a) S / (c (1 - rho)), with Erlang's C from its sum."""
    offered = servers * load
    last = offered**servers / factorial(servers) / (1 - load)
    waits = last / (sum(offered**k / factorial(k) for k in range(servers)) + last)
    found = mean_wait(replicate(Monolith(servers), Workload(10 * offered, 1_000, Work(0, 0.1, 0))))
    assert agrees(found, waits * 0.1 / (servers * (1 - load)))


@pytest.mark.parametrize("distribution", [Deterministic(), LogNormal(0.5), LogNormal(1.5), Hyperexponential(2.0)])
@rest()
def test_other_distributions_wait_as_pollaczek_and_khinchine_say(distribution):
    """Wq = rho S (1 + cv^2) / (2 (1 - rho)), and M/D/1 is half of M/M/1."""
    cv = getattr(distribution, "cv", 0.0)
    found = mean_wait(replicate(Monolith(1), Workload(7, 2_000, Work(0, 0.1, 0), distribution=distribution)))
    assert agrees(found, 0.7 * 0.1 * (1 + cv**2) / (2 * (1 - 0.7)))


@rest()
def test_three_exponential_steps_together_are_less_variable():
    """Their sum has cv^2 = sum of squares over the square of the sum."""
    steps = Work(0.02, 0.05, 0.03)
    found = mean_wait(replicate(Monolith(1), Workload(7, 2_000, steps)))
    squared = sum(seconds**2 for seconds in steps) / sum(steps) ** 2
    assert agrees(found, 0.7 * 0.1 * (1 + squared) / (2 * (1 - 0.7)))


@rest()
def test_a_line_of_exponential_servers_is_a_product_of_m_m_1():
    """Burke: what leaves an M/M/1 is Poisson again, so each step waits as if alone."""
    workload = Workload(12, 1_000, Work(0.05, 0.06, 0.03))
    runs = replicate(Line(), workload)
    for pool, seconds in zip(Work._fields, workload.mean_work):
        load = 12 * seconds
        assert agrees(mean_wait(runs, pool), load * seconds / (1 - load))


@rest()
def test_a_loss_system_drops_what_erlang_b_says():
    """B(3, 2) = 8/6 / (1 + 2 + 2 + 8/6) = 4/19."""
    runs = replicate(Monolith(3, queue_limit=0), Workload(20, 500, Work(0, 0.1, 0)))
    assert agrees(measure(runs, lambda run: run.share("dropped")), 4 / 19)


# An independent recursion


def first_come_first_served(arrived, service, servers):
    """Departure times: each takes the server that is free first."""
    free, departures = [0.0] * servers, []
    for arrival, seconds in zip(arrived, service):
        departures.append(max(arrival, heapq.heappop(free)) + seconds)
        heapq.heappush(free, departures[-1])
    return np.array(departures)


@pytest.mark.parametrize("servers", [1, 2, 5, 40])
@pytest.mark.parametrize("distribution", [Exponential(), Deterministic(), Hyperexponential(4)])
def test_departures_are_those_of_the_recursion(servers, distribution):
    traced = Workload(14 * servers, 400 / servers, WORK, seed=9, arrivals=Bursty(), distribution=distribution)
    requests = list(traced.requests())
    trace = Injected([one.arrival_time for one in requests], [one.work for one in requests])
    run = simulate(Monolith(servers), trace)
    expected = first_come_first_served(run.arrival_times, [sum(one.work) for one in requests], servers)
    assert np.abs(run.departure_times - expected).max() < 1e-9
    kept = simulate(Patient(servers=servers), trace)
    assert np.abs(kept.departure_times - expected).max() < 1e-9


@pytest.mark.parametrize("servers", [1, 3])
def test_departures_from_a_line_are_those_of_the_recursion(servers):
    requests = list(Workload(25 * servers, 400 / servers, WORK, seed=9).requests())
    run = simulate(Line(servers), Injected([one.arrival_time for one in requests], [one.work for one in requests]))
    number, times = np.arange(len(requests)), run.arrival_times
    for step in range(3):
        order = np.argsort(times, kind="stable")
        left = first_come_first_served(times[order], [requests[place].work[step] for place in number[order]], servers)
        times = np.empty(len(times))
        times[order] = left
    assert np.abs(run.departure_times - times).max() < 1e-9


# What a handle may do


def test_outcomes_are_what_handle_returns_or_a_pool_refuses():
    def make(env, pool):
        def handle(request):
            if request.id == 0:
                return "throttled"
            if request.id == 1:
                raise Refused("timed_out")
            yield pool.serve(1)
            return "completed" if request.id == 2 else None
        return handle
    run = simulate(Given(make), Injected((0, 1, 2, 3), work(1, 1, 1, 1)))
    assert [OUTCOMES[outcome] for outcome in run.outcomes] == ["throttled", "timed_out", "completed", "completed"]
    assert list(run.departure_times) == [0, 1, 3, 4]


def test_a_handle_may_catch_a_refusal_and_try_elsewhere():
    def make(env, pool):
        pool.queue_limit = 0

        def handle(request):
            while True:
                try:
                    yield pool.serve(2)
                    return
                except Refused as refusal:
                    assert refusal.outcome == "dropped"
                    yield env.timeout(0.75)
        return handle
    run = simulate(Given(make), Injected((0, 1), work(1, 1)))
    assert list(run.departure_times) == [2, 1 + 2 * 0.75 + 2]


def test_a_handle_may_share_its_work_among_processes_that_count_for_it():
    def make(env, pool):
        def part(seconds):
            yield pool.serve(seconds)
            return seconds

        def handle(request):
            parts = [env.process(part(seconds)) for seconds in (1, 3)]
            done = yield env.all_of(parts)
            assert sorted(done.values()) == [1, 3]
        return handle
    run = simulate(Given(make, 2), Injected((0, 10), work(1, 1)))
    assert list(run.departure_times) == [3, 13]
    assert list(run.jobs["pool"].request) == [0, 0, 1, 1]


def test_the_memory_of_a_run_is_given_back():
    """Nothing but the run itself survives the next collection."""
    pools = []

    def make(env, pool):
        pools.append(weakref.ref(pool))

        def handle(request):
            yield pool.serve(1)
        return handle
    run = simulate(Given(make), Injected((0, 0, 0), work(1, 1, 1), duration=1.5))
    gc.collect()
    assert pools[0]() is None and run.share("unfinished") == 2 / 3


def test_replications_have_neighbouring_seeds_and_equal_those_made_one_by_one():
    workload = Workload(10, 50, WORK, seed=3)
    runs = replicate(Monolith(1), workload, times=4)
    assert [run.workload.seed for run in runs] == [3, 4, 5, 6]
    assert np.array_equal(runs[2].departure_times, simulate(Monolith(1), replace(workload, seed=5)).departure_times,
                          equal_nan=True)
    mixed = replicate(Monolith(1), Mixed((workload,)), times=2)
    assert mixed[1].workload == Mixed((replace(workload, seed=4),))


def test_an_empty_workload_gives_an_empty_run():
    for workload in (Workload(0, 10, WORK), Injected((), ())):
        run = simulate(Monolith(1), workload)
        assert len(run.arrival_times) == 0 and run.throughput == 0 and run.mean_waiting("workers") == 0


# What is refused


def handle_without_yield(env, pool):
    def handle(request):
        pool.serve(1)
    return handle


def handle_that_yields_nothing(env, pool):
    def handle(request):
        yield
    return handle


def handle_with(outcome):
    def make(env, pool):
        def handle(request):
            yield pool.serve(1)
            return outcome
        return handle
    return make


def serving(seconds):
    def make(env, pool):
        def handle(request):
            yield pool.serve(seconds)
        return handle
    return make


class Twins:
    def deploy(self, env):
        return Deployment(serving(1)(env, Pool(env, "twin", 1)), (Pool(env, "twin", 1), Pool(env, "twin", 2)))


ONE = Injected((0,), work(1))


@pytest.mark.parametrize(("make", "sentence"), [
    (lambda: simulate(Monolith(0), ONE), "the capacity of pool 'workers' must be a whole number of at least 1, got 0"),
    (lambda: simulate(Monolith(2.5), ONE), "capacity of pool 'workers' must be a whole number of at least 1, got 2.5"),
    (lambda: simulate(Monolith(True), ONE), "capacity of pool 'workers' must be a whole number of at least 1, got Tr"),
    (lambda: simulate(Monolith(nan), ONE), "capacity of pool 'workers' must be a whole number of at least 1, got nan"),
    (lambda: simulate(Monolith(1, queue_limit=-1), ONE), "queue_limit of pool 'workers' must be at least 0, got -1"),
    (lambda: simulate(Monolith(1, queue_limit=nan), ONE), "queue_limit of pool 'workers' must be at least 0, got nan"),
    (lambda: simulate(Given(serving(nan)), ONE), "pool 'pool' cannot serve for nan seconds"),
    (lambda: simulate(Given(serving(-1)), ONE), "pool 'pool' cannot serve for -1 seconds"),
    (lambda: simulate(Given(handle_with("late")), ONE), "handle returned 'late'; an outcome is one of completed, dro"),
    (lambda: simulate(Given(handle_without_yield), ONE), "handle must yield the events that a request waits for, but "
                                                         "returned None"),
    (lambda: simulate(Twins(), ONE), "two pools have the same name: ['twin', 'twin']"),
    (lambda: simulate(Monolith(1), ONE, (Crash("desk", 1, 1),)), "this design has the pools workers, not 'desk'"),
    (lambda: simulate(Monolith(1), ONE, (Outage("desk", 1, 1),)), "this design has the pools workers, not 'desk'"),
    (lambda: simulate(Monolith(1), ONE, (Outage("workers", -1, 1),)), "a delay must be at least 0 seconds, got -1"),
    (lambda: simulate(Monolith(1), ONE, (Outage("workers", 0, 1, 0.5),)), "the number of servers that fail must be a "
                                                                          "whole number of at least 0, got 0.5"),
    (lambda: simulate(Scheduled(Monolith(1), "desk", ()), ONE), "this design has the pools workers, not 'desk'"),
    (lambda: simulate(Scheduled(Monolith(1), "workers", ((0, -1),)), ONE), "must be a whole number of at least 0, got"),
    (lambda: Scheduled(Monolith(1), "workers", ((5, 1), (2, 3))), "the times of the steps must be in order and not"),
    (lambda: replicate(Monolith(1), Workload(1, 1, WORK), times=0), "times must be a whole number of at least 1, got"),
    (lambda: replicate(Monolith(1), ONE), "injected lists leave nothing to chance: one run says it all"),
])
def test_impossible_models_get_a_sentence(make, sentence):
    with pytest.raises(ValueError) as refusal:
        make()
    assert sentence in str(refusal.value) and "\n" not in str(refusal.value)


def test_a_handle_that_yields_nothing_gets_a_sentence():
    with pytest.raises(RuntimeError, match="a process may yield only events, not None"):
        simulate(Given(handle_that_yields_nothing), ONE)


def test_numbers_of_numpy_are_numbers():
    assert simulate(Monolith(np.int64(2)), ONE).server_seconds("workers") == 2
