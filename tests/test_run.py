"""Proves every measure of a run by hand, and that its intervals cover what they promise."""

from dataclasses import replace
from math import inf, isinf, isnan, nan, sqrt

import numpy as np
import pytest
from conftest import rest
from scipy import stats

from course.faults import Crash
from course.patterns.monolith import Monolith
from course.run import OUTCOMES, Run, compare, interval, measure, percentile_interval, student_t
from course.simulation import Deployment, Pool, replicate, simulate
from course.workload import Injected, Mixed, Work, Workload


class Cafe:
    """A counter with room for a queue or none, and a kitchen with two cooks."""

    def __init__(self, room):
        self.room = room

    def deploy(self, env):
        counter, kitchen = Pool(env, "counter", 1, self.room), Pool(env, "kitchen", 2)

        def handle(request):
            yield counter.serve(request.work.prepare)
            yield kitchen.serve(request.work.infer)

        return Deployment(handle, (counter, kitchen))


@pytest.fixture(scope="module")
def cafe():
    """Four guests until 10 s.

    0: counter 0-1, kitchen 1-5. 1: counter 2-3, kitchen 3-6. 2: is refused at 2.5. 3: counter 4-5, waits for a cook
    not at all, since one is free at 5; kitchen 5-11, so it is unfinished at 10.
    """
    guests = (Work(1, 4, 0), Work(1, 3, 0), Work(1, 1, 0), Work(1, 6, 0))
    return simulate(Cafe(room=0), Injected((0, 2, 2.5, 4), guests, duration=10))


@pytest.fixture(scope="module")
def queue():
    """One worker and 2 s of work each at 0, 1, 1 and 8: departures at 2, 4, 6 and 10."""
    return simulate(Monolith(1), Injected((0, 1, 1, 8), (Work(0, 2, 0),) * 4))


def test_times_and_shares_by_hand(cafe):
    assert list(cafe.response_times) == [5, 4]
    assert cafe.mean_response == 4.5
    assert (cafe.percentile(0), cafe.percentile(50), cafe.percentile(100)) == (4, 4.5, 5)
    assert {outcome: cafe.share(outcome) for outcome in OUTCOMES} == {
        "completed": 0.5, "dropped": 0.25, "unfinished": 0.25, "throttled": 0, "timed_out": 0, "lost": 0}
    assert cafe.throughput == 2 / 10
    assert (cafe.goodput(3.9), cafe.goodput(4), cafe.goodput(60)) == (0, 1 / 10, 2 / 10)


def test_seconds_of_servers_by_hand(cafe):
    assert (cafe.server_seconds("counter"), cafe.server_seconds("kitchen")) == (10, 20)
    assert (cafe.busy_seconds("counter"), cafe.busy_seconds("kitchen")) == (3, 4 + 3 + 5)
    assert (cafe.utilisation("counter"), cafe.utilisation("kitchen")) == (0.3, 0.6)


def test_waiting_by_hand(queue):
    assert list(queue.waiting_times("workers")) == [0, 1, 3, 0]
    assert queue.mean_waiting("workers") == (1 + 3) / 10
    assert queue.mean_in_system("workers") == pytest.approx((1 + 3 + 8) / 10)


def test_levels_by_hand(queue):
    levels = queue.levels("workers")
    assert list(levels.time) == [0, 1, 2, 4, 6, 8, 10]
    assert list(levels.waiting) == [0, 2, 1, 0, 0, 0, 0]
    assert list(levels.in_service) == [1, 1, 1, 1, 0, 1, 0]
    assert list(levels.capacity) == [1] * 7


def test_a_warm_up_takes_away_early_requests_and_early_seconds(queue):
    """From 1 s on: three requests; the first job is busy for one second more; the window is 9 s."""
    late = queue.after(1)
    assert list(late.response_times) == [3, 5, 2]
    assert late.throughput == 3 / 9
    assert late.busy_seconds("workers") == 7 and late.server_seconds("workers") == 9
    assert late.mean_waiting("workers") == 4 / 9
    assert late.mean_in_system("workers") == (4 + 7) / 9
    assert list(late.waiting_times("workers")) == [1, 3, 0]
    assert list(late.requests.id) == [1, 2, 3] and list(late.spans.request) == [1, 2, 3]
    assert queue.after(3).mean_waiting("workers") == 1 / 7      # the third still waits, until 4
    assert queue.start == 0 and len(queue.response_times) == 4


@pytest.mark.parametrize("warm_up", [-1, 10, 11, nan])
def test_a_warm_up_beyond_the_run_gets_a_sentence(queue, warm_up):
    with pytest.raises(ValueError, match=f"warm_up must lie between 0 and the end of the run, 10 s, got {warm_up}"):
        queue.after(warm_up)


def test_percentiles_are_numpys_with_linear_steps_between(queue):
    """2, 3, 5, 2 in order: 2, 2, 3, 5; the 90th lies 0.7 of the way from 3 to 5."""
    assert queue.percentile(90) == pytest.approx(3 + 0.7 * 2)
    assert queue.percentile(50) == 2.5


def test_the_journey_of_a_request_is_told_by_its_spans(cafe):
    spans = cafe.spans
    assert list(spans.columns) == ["request", "pool", "arrived", "started", "finished"]
    assert spans[spans.request == 1].values.tolist() == [[1, "counter", 2.0, 2.0, 3.0], [1, "kitchen", 3.0, 3.0, 6.0]]
    assert list(spans.request) == [0, 0, 1, 1, 3, 3]
    assert isnan(spans.finished.iloc[-1]) and spans.started.iloc[-1] == 5


def test_spans_are_in_order_of_request_and_then_of_arrival():
    """The second guest joins the queue at 0.5, before the first gets to the kitchen at 1."""
    spans = simulate(Cafe(room=1), Injected((0, 0.5), (Work(1, 1, 0),) * 2)).spans
    assert list(zip(spans.request, spans.arrived)) == [(0, 0), (0, 1), (1, 0.5), (1, 2)]


def test_the_table_of_requests_by_hand(cafe):
    table = cafe.requests
    assert list(table.columns) == ["id", "kind", "arrival_time", "departure_time", "response_time", "outcome"]
    assert list(table.id) == [0, 1, 2, 3] and list(table.arrival_time) == [0, 2, 2.5, 4]
    assert list(table.outcome) == ["completed", "completed", "dropped", "unfinished"]
    assert list(table.response_time)[:3] == [5, 4, 0] and isnan(table.response_time[3])


def test_the_table_knows_the_kinds_of_a_mixture_and_of_a_run_cut_short():
    mixed = Mixed((Workload(5, 10, Work(0, 0.1, 0), kind="image"), Workload(5, 20, Work(0, 0.1, 0), kind="text")))
    expected = [request.kind for request in mixed.requests()]
    assert list(simulate(Monolith(), mixed).requests.kind) == expected
    assert len(simulate(Monolith(), Injected((0, 5), (Work(0, 1, 0),) * 2, duration=3)).requests) == 1


def test_a_run_until_an_earlier_answer(cafe):
    """All that got a place at the counter have 1 s there; who was refused stays so, and leaves when it did."""
    early = cafe.until("counter")
    assert list(early.response_times) == [1, 1, 1]
    assert (early.share("dropped"), early.share("unfinished")) == (0.25, 0)
    assert list(early.departure_times) == [1, 3, 2.5, 5] and list(early.requests.outcome)[2] == "dropped"
    assert list(early.after(3).response_times) == [1]
    assert list(cafe.until("kitchen").response_times) == [5, 4]
    assert cafe.until("kitchen").share("unfinished") == 0.25
    with pytest.raises(ValueError, match="this run has the pools counter, kitchen, not 'desk'"):
        cafe.until("desk")


class Again:
    """Each request is served twice, the second time for half of its work; the pool has a job of nobody's too."""

    def deploy(self, env):
        pool = Pool(env, "desk", 1)

        def handle(request):
            yield pool.serve(request.work.infer)
            yield pool.serve(request.work.infer / 2)

        def nobody():
            yield pool.serve(1)

        env.process(nobody())
        return Deployment(handle, (pool,))


def test_the_first_job_that_is_done_is_the_answer():
    """Nobody's job 0-1, then 1-5 and 5-7. A crash at 3 cuts the job off: no answer, and lost."""
    trace = Injected((0.5,), (Work(0, 4, 0),))
    assert list(simulate(Again(), trace).until("desk").departure_times) == [5]
    crashed = simulate(Again(), trace, (Crash("desk", 3, 1),))
    assert crashed.jobs["desk"].cut.tolist() == [False, True] and crashed.jobs["desk"].done.tolist() == [False, False]
    assert list(crashed.until("desk").departure_times) == [3] and crashed.until("desk").share("lost") == 1


def test_a_job_that_only_waited_is_no_answer():
    """The second gives up its place at 2, and goes on elsewhere."""
    class Impatient:
        def deploy(self, env):
            pool = Pool(env, "desk", 1)

            def handle(request):
                with pool.request() as turn:
                    yield turn | env.timeout(2)
                    if turn.triggered:
                        yield env.timeout(request.work.infer)
                yield env.timeout(1)

            return Deployment(handle, (pool,))

    run = simulate(Impatient(), Injected((0, 0), (Work(0, 5, 0),) * 2))
    assert list(run.departure_times) == [6, 3]
    early = run.until("desk")
    assert list(early.response_times) == [5] and early.share("unfinished") == 0.5


def test_no_completed_request_is_no_number_and_no_error():
    run = simulate(Monolith(1), Injected((0,), (Work(0, 5, 0),), duration=1))
    assert isnan(run.percentile(99)) and isnan(run.mean_response) and run.throughput == 0


@pytest.mark.parametrize(("ask", "sentence"), [
    (lambda run: run.percentile(101), "a percentile lies between 0 and 100, got 101"),
    (lambda run: run.percentile(nan), "a percentile lies between 0 and 100, got nan"),
    (lambda run: run.share("late"), "an outcome is one of completed, dropped, throttled, timed_out, lost, unfinished"),
    (lambda run: run.utilisation("desk"), "this run has the pools workers, not 'desk'"),
    (lambda run: run.levels("desk"), "this run has the pools workers, not 'desk'"),
    (lambda run: interval([1.0]), "an interval needs at least two replications, got 1"),
    (lambda run: percentile_interval([run], 50), "a percentile's interval needs two replications or more"),
    (lambda run: percentile_interval([run, replace(run, outcomes=run.outcomes + 1)], 50), "each with completed req"),
])
def test_impossible_questions_get_a_sentence(queue, ask, sentence):
    with pytest.raises(ValueError) as refusal:
        ask(queue)
    assert sentence in str(refusal.value)


# Intervals


@pytest.mark.parametrize("degrees", [*range(1, 60), 100, 1000])
def test_students_t_is_that_of_the_tables(degrees):
    assert student_t(degrees) == pytest.approx(stats.t.ppf(0.975, degrees), abs=6e-4)


def test_an_interval_by_hand():
    """1, 2, 3: mean 2, standard deviation 1, t with two degrees of freedom 4.303."""
    found = interval([1, 2, 3])
    assert found.mean == 2 and found.n == 3
    assert found.high - 2 == pytest.approx(4.303 / sqrt(3)) == 2 - found.low
    assert not found.clear and interval([2.0, 2.1, 2.2]).clear and interval([-2.0, -2.1, -2.2]).clear
    assert str(interval([1.0, 1.0])) == "1 [1, 1], n = 2"


def test_intervals_cover_the_mean_in_95_of_100_cases():
    """Of skewed numbers too, somewhat less often; 2,000 experiments have a standard error of half a per cent."""
    chance = np.random.default_rng(1)
    inside = [found.low <= 0 <= found.high for found in map(interval, chance.normal(size=(2_000, 10)))]
    assert abs(np.mean(inside) - 0.95) < 4 * sqrt(0.95 * 0.05 / 2_000)


def of_times(times, workload=None):
    """A run in which the response times are these."""
    count = len(times)
    return Run(None, workload, float(count), np.arange(count, dtype=float), np.arange(count) + times,
               np.zeros(count, np.int8), {})


def test_a_percentile_interval_covers_it_in_95_of_100_cases():
    """Exponential response times of 10 replications: the 99th percentile is ln 100. Between 92 and 98 of 100."""
    chance, inside, experiments = np.random.default_rng(2), 0, 500
    for _ in range(experiments):
        found = percentile_interval([of_times(times) for times in chance.exponential(size=(10, 1_000))], 99)
        inside += found.low <= np.log(100) <= found.high
    assert 0.92 <= inside / experiments <= 0.98


def test_a_percentile_interval_of_dependent_times_covers_it_too():
    """An autoregressive series, correlated over about twenty requests, whose 95th percentile is 1.645."""
    chance, inside, experiments = np.random.default_rng(3), 0, 300
    series = chance.normal(size=(1_500, experiments, 10))
    for place in range(1, 1_500):
        series[place] = 0.9 * series[place - 1] + sqrt(1 - 0.81) * series[place]
    for replications in series.transpose(1, 2, 0):
        found = percentile_interval([of_times(times) for times in replications], 95)
        inside += found.low <= stats.norm.ppf(0.95) <= found.high
    assert 0.90 <= inside / experiments <= 0.985


def test_a_percentile_interval_is_open_above_with_too_few_requests():
    chance = np.random.default_rng(4)
    found = percentile_interval([of_times(chance.exponential(size=20)) for _ in range(10)], 99)
    assert isinf(found.high) and found.high == inf and found.low < found.mean


def test_a_percentile_interval_by_hand():
    """0..99 and 1..100: shares below the pooled median 50 are .51 and .50, so s = 12.706 x .005 is the half width."""
    runs = [of_times(np.arange(100.0)), of_times(np.arange(100.0) + 1)]
    found = percentile_interval(runs, 50)
    half = 12.706 * np.std([0.51, 0.50], ddof=1) / sqrt(2)
    pooled = np.sort([*range(100), *range(1, 101)])
    assert found == pytest.approx((50, np.quantile(pooled, 0.5 - half), np.quantile(pooled, 0.5 + half), 2))


# Comparisons


def test_compare_pairs_run_by_run_and_says_how_much_more_b_has():
    pairs = [(1, 3), (2, 5), (4, 6)]
    runs_a, runs_b = ([of_times(np.array([float(pair[side])])) for pair in pairs] for side in (0, 1))
    assert compare(runs_a, runs_b, lambda run: run.mean_response) == interval([2, 3, 2])


def test_compare_refuses_unequal_traffic():
    workload = Workload(5, 50, Work(0, 0.1, 0))
    runs = replicate(Monolith(1), workload, 3)
    for others in (replicate(Monolith(2), replace(workload, arrival_rate=6), 3), runs[::-1], runs[:2]):
        with pytest.raises(ValueError, match="only runs of the same workloads, in the same order, can be compared in"):
            compare(runs, others, lambda run: run.mean_response)
    assert compare(runs, replicate(Monolith(2), workload, 3), lambda run: run.throughput).n == 3


@rest()
def test_pairs_on_the_same_requests_tell_more_than_unpaired_runs():
    """Between neighbours, one per cent of work apart, the variance of the difference falls more than twentyfold."""
    workload = Workload(30, 100, Work(0, 0.05, 0))

    def mean_response(runs):
        return np.array([run.mean_response for run in runs])
    two, three = (mean_response(replicate(Monolith(workers), workload, 20)) for workers in (2, 3))
    strangers = mean_response(replicate(Monolith(3), replace(workload, seed=1_000), 20))
    near = mean_response(replicate(Monolith(2), replace(workload, mean_work=Work(0, 0.0505, 0)), 20))
    assert np.var(near - two) * 20 < np.var(near) + np.var(two)
    assert np.var(three - two) < np.var(strangers - two)
    assert measure(replicate(Monolith(2), workload, 20), lambda run: run.mean_response).mean == two.mean()
