"""Proves that workloads are what theory says, the same for the same seed, and refused when impossible."""

import pickle
from dataclasses import FrozenInstanceError, replace
from itertools import islice, pairwise
from math import exp, inf, nan, sqrt

import numpy as np
import pytest

from course.patterns.microservices import Service
from course.simulation import simulate
from course.workload import (
    Bursty,
    Deterministic,
    Diurnal,
    Exponential,
    Hyperexponential,
    Injected,
    LogNormal,
    Mixed,
    Poisson,
    Replay,
    Request,
    Work,
    Workload,
)

WORK = Work(0.01, 0.03, 0.02)
DISTRIBUTIONS = [Exponential(), Deterministic(), LogNormal(0.5), LogNormal(2.0), Hyperexponential(1.0),
                 Hyperexponential(3.0)]
ARRIVALS = [Poisson(), Bursty(), Diurnal((1, 3, 2), day=60), Replay((0.0, 1.0, 1.5, 4.0))]


def arrival_times(workload):
    return np.array([request.arrival_time for request in workload.requests()])


def counts(workload, seconds):
    """Arrivals in each window of so many seconds."""
    return np.histogram(arrival_times(workload), np.arange(0, workload.duration + seconds / 2, seconds))[0]


def cv_of(distribution):
    """Coefficient of variation that the definition states."""
    return {Exponential: 1.0, Deterministic: 0.0}.get(type(distribution), getattr(distribution, "cv", None))


# The same requests for everybody


@pytest.mark.parametrize("arrivals", ARRIVALS)
@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_the_same_seed_gives_the_same_requests(arrivals, distribution):
    workload = Workload(20, 60, WORK, seed=4, arrivals=arrivals, distribution=distribution)
    first = list(workload.requests())
    assert first == list(workload.requests()) == list(replace(workload).requests())
    assert hash(workload) == hash(replace(workload)) and pickle.loads(pickle.dumps(workload)) == workload
    others = list(replace(workload, seed=5).requests())
    assert [request.luck for request in first[:9]] != [request.luck for request in others[:9]]


def test_requests_are_numbered_in_order_of_arrival_and_typed():
    requests = list(Workload(50, 100, WORK, kind="image", keys=7).requests())
    assert [request.id for request in requests] == list(range(len(requests)))
    assert all(earlier.arrival_time <= later.arrival_time for earlier, later in pairwise(requests))
    assert all(0 <= request.arrival_time < 100 and 0 <= request.luck < 1 for request in requests)
    assert {request.key for request in requests} == set(range(7))
    request = requests[0]
    assert isinstance(request, Request) and isinstance(request.work, Work) and request.kind == "image"
    assert [type(part) for part in (request.id, request.arrival_time, request.key, request.luck)] == [
        int, float, int, float]
    assert all(type(seconds) is float for seconds in request.work)


@pytest.mark.parametrize("count", [4095, 4096, 4097, 8192])
def test_no_request_is_lost_where_one_chunk_ends(count):
    requests = list(Injected(range(count), [Work(1, 2, 3)] * count).requests())
    assert [request.id for request in requests] == list(range(count)) == [one.arrival_time for one in requests]


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_a_higher_rate_packs_the_same_requests_closer(distribution):
    slow = list(Workload(10, 300, WORK, distribution=distribution).requests())
    fast = list(islice(Workload(25, 300, WORK, distribution=distribution).requests(), len(slow)))
    assert [one.work for one in slow] == [one.work for one in fast]
    assert [(one.key, one.luck) for one in slow] == [(one.key, one.luck) for one in fast]
    assert [one.arrival_time for one in fast] == pytest.approx([one.arrival_time * 10 / 25 for one in slow], rel=1e-12)


@pytest.mark.parametrize("arrivals", ARRIVALS)
def test_more_work_or_more_time_changes_nothing_else(arrivals):
    base = Workload(10, 300, WORK, arrivals=arrivals)
    requests = list(base.requests())
    heavier = list(replace(base, mean_work=Work(0.02, 0.06, 0.04)).requests())
    assert [one.arrival_time for one in heavier] == [one.arrival_time for one in requests]
    assert np.array([one.work for one in heavier]) == pytest.approx(2 * np.array([one.work for one in requests]))
    longer = list(islice(replace(base, duration=600).requests(), len(requests)))
    assert [one.work for one in longer] == [one.work for one in requests]
    assert [one.arrival_time for one in longer] == pytest.approx([one.arrival_time for one in requests], rel=1e-9)


def test_other_arrivals_leave_the_work_alone():
    works = [[one.work for one in islice(Workload(10, 300, WORK, arrivals=arrivals).requests(), 1000)]
             for arrivals in ARRIVALS]
    assert works.count(works[0]) == len(works)


# What the numbers follow


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_work_has_the_mean_and_the_variation_that_it_promises(distribution):
    count = 60_000
    work = np.array([one.work for one in Workload(count / 100, 100, WORK, distribution=distribution).requests()])
    factors = (work / WORK).ravel()
    cv = cv_of(distribution)
    assert abs(factors.mean() - 1) <= 4 * cv / sqrt(len(factors)) + 1e-12
    squares = (factors - 1) ** 2
    assert abs(squares.mean() - cv**2) <= 4 * squares.std() / sqrt(len(factors)) + 1e-12
    for column in range(3):
        assert abs(work[:, column].mean() / WORK[column] - 1) <= 4 * cv / sqrt(len(work)) + 1e-12


def test_exponential_and_lognormal_work_have_the_right_tails():
    """The share above x is exp(-x); half of a log-normal lies below exp(-variance/2), 1/sqrt(1 + cv^2)."""
    count = 100_000

    def factors(distribution):
        workload = Workload(count / 100, 100, Work(1, 1, 1), distribution=distribution)
        return np.array([one.work for one in workload.requests()]).ravel()

    def within(share, expected, n):
        return abs(share - expected) <= 4 * sqrt(expected * (1 - expected) / n)
    long = factors(Exponential())
    for x in (0.1, 1, 3, 5):
        assert within(np.mean(long > x), exp(-x), len(long))
    skewed = factors(LogNormal(2.0))
    assert within(np.mean(skewed < 1 / sqrt(5)), 0.5, len(skewed))


def test_hyperexponential_work_comes_half_from_each_kind():
    """p of the jobs have mean 1/(2p) and 1-p have mean 1/(2(1-p)): the tail is their mixture."""
    cv, x = 3.0, 4.0
    share = (1 + sqrt((cv**2 - 1) / (cv**2 + 1))) / 2
    expected = share * exp(-2 * share * x) + (1 - share) * exp(-2 * (1 - share) * x)
    work = np.array([one.work for one in Workload(1000, 100, Work(1, 1, 1),
                                                   distribution=Hyperexponential(cv)).requests()]).ravel()
    assert abs(np.mean(work > x) - expected) <= 4 * sqrt(expected * (1 - expected) / len(work))


def test_steps_keys_and_luck_are_independent():
    requests = list(Workload(1000, 100, Work(1, 1, 1)).requests())
    columns = np.array([(*one.work, one.key, one.luck) for one in requests]).T
    columns = np.vstack([columns, np.diff([0.0, *(one.arrival_time for one in requests)])])
    off_diagonal = np.corrcoef(columns)[~np.eye(len(columns), dtype=bool)]
    assert np.abs(off_diagonal).max() < 4.5 / sqrt(len(requests))


def test_many_chances_at_once_are_those_one_by_one():
    request = Request(0, 0.0, WORK, "request", 0, 0.7310585)
    assert list(request.chances("leaf", 50)) == [request.chance("leaf", attempt) for attempt in range(50)]


def test_poisson_arrivals_are_as_variable_as_poisson_counts():
    """Counts have a variance equal to their mean; their ratio's standard error is sqrt(2/windows)."""
    found = counts(Workload(10, 20_000, WORK), 5)
    assert abs(found.mean() - 50) <= 4 * sqrt(50 / len(found))
    assert abs(found.var() / found.mean() - 1) <= 4 * sqrt(2 / len(found))
    intervals = np.diff(arrival_times(Workload(10, 20_000, WORK)))
    for x in (0.02, 0.1, 0.3):
        expected = exp(-10 * x)
        assert abs(np.mean(intervals > x) - expected) <= 4 * sqrt(expected / len(intervals))


@pytest.mark.parametrize(("arrivals", "seconds"), [(Bursty(), 5.0), (Bursty(), 50.0), (Bursty(6, 2, 18), 10.0)])
def test_bursty_counts_are_as_variable_as_theory_says(arrivals, seconds):
    """Two-state MMPP: var/mean = 1 + 2 v/(m s) (1 - (1 - exp(-s t))/(s t)) in windows of t seconds.

    It is what integrating the covariance of the rate, v exp(-s |difference|), twice over the window gives: m
    is the mean rate, v its variance p (1-p) (high - low)^2, and s = 1/burst + 1/calm the rate of forgetting.
    """
    rate, share = 20, arrivals.burst / (arrivals.burst + arrivals.calm)
    high = rate * arrivals.peak
    low = (rate - share * high) / (1 - share)
    variance, forgetting = share * (1 - share) * (high - low) ** 2, 1 / arrivals.burst + 1 / arrivals.calm
    faded = forgetting * seconds
    expected = 1 + 2 * variance / (rate * forgetting) * (1 - (1 - exp(-faded)) / faded)
    replications = [counts(Workload(rate, 2_000, WORK, seed=seed, arrivals=arrivals), seconds) for seed in range(25)]
    second_moments = np.array([np.mean((found - rate * seconds) ** 2) for found in replications])
    means = np.array([found.mean() for found in replications])
    assert abs(means.mean() - rate * seconds) <= 4 * means.std() / sqrt(25)
    ratio = second_moments / (rate * seconds)
    assert abs(ratio.mean() - expected) <= 3.5 * ratio.std() / sqrt(25)
    assert expected > 2


def test_bursts_start_at_any_phase():
    """The first second has the mean rate too, over many seeds: no run starts in the calm on purpose."""
    first = [len(arrival_times(Workload(20, 1, WORK, seed=seed, arrivals=Bursty()))) for seed in range(400)]
    assert abs(np.mean(first) - 20) <= 4 * np.std(first) / sqrt(400)


def test_a_day_follows_its_profile_and_repeats():
    found = counts(Workload(100, 600, WORK, arrivals=Diurnal((1, 0, 5, 2), day=120)), 30).reshape(5, 4)
    expected = 100 * 30 * np.array([1, 0, 5, 2]) / 2
    assert np.all(np.abs(found - expected) <= 4.5 * np.sqrt(expected))


def test_a_day_may_be_cut_short():
    found = arrival_times(Workload(100, 45, WORK, arrivals=Diurnal((1, 3), day=60)))
    assert found.max() < 45
    assert abs(len(found) - (30 * 50 + 15 * 150)) <= 4 * sqrt(3750)


def test_a_replay_repeats_the_recorded_intervals_at_the_rate_asked_for():
    """Recorded intervals of 1, 0.5 and 2.5 s have the mean 4/3; at 3 a second they are a quarter as long."""
    found = arrival_times(Workload(3, 4, WORK, arrivals=Replay((10.0, 11.0, 11.5, 14.0))))
    lengths = np.tile([0.25, 0.125, 0.625], 5)[: len(found) - 1]
    assert found == pytest.approx([0, *np.cumsum(lengths)])
    assert len(found) == 12


def test_mixed_workloads_are_merged_in_order_and_numbered_anew():
    mixed = Mixed((Workload(5, 20, WORK, kind="image"), Workload(10, 40, WORK, kind="text")))
    requests = list(mixed.requests())
    assert mixed.duration == 40
    assert [one.id for one in requests] == list(range(len(requests)))
    assert [one.arrival_time for one in requests] == sorted(one.arrival_time for one in requests)
    images = [one for one in requests if one.kind == "image"]
    assert abs(len(images) - 100) <= 40 and abs(len(requests) - len(images) - 400) <= 80
    assert requests == list(mixed.requests())


def test_parts_of_a_mixture_with_equal_seeds_are_independent():
    """Two Poisson streams together are one: were they the same, every count would be even, and the variance double."""
    found = counts(Mixed((Workload(5, 5_000, WORK), Workload(5, 5_000, WORK))), 5)
    assert abs(found.var() / found.mean() - 1) <= 4 * sqrt(2 / len(found))


def test_injected_requests_are_as_given():
    requests = list(Injected((0, 1, 1), (Work(1, 2, 3), (0, 0, 0), (4, 5, 6)), luck=(0.1, 0.2, 0.3)).requests())
    assert requests == [Request(0, 0.0, Work(1, 2, 3), "request", 0, 0.1),
                        Request(1, 1.0, Work(0, 0, 0), "request", 1, 0.2),
                        Request(2, 1.0, Work(4, 5, 6), "request", 2, 0.3)]
    assert list(Injected((), ()).requests()) == []
    assert [one.luck for one in Injected((0,), (WORK,)).requests()] == [0.5]


def test_a_replication_has_the_next_seed():
    assert Workload(5, 10, WORK, seed=3).replication(4) == Workload(5, 10, WORK, seed=7)
    assert Mixed((Workload(5, 10, WORK, seed=3),)).replication(4) == Mixed((Workload(5, 10, WORK, seed=7),))


def test_workloads_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        Workload(5, 10, WORK).arrival_rate = 6


def test_a_rate_of_nought_brings_nobody():
    assert [list(Workload(0, 10, WORK, arrivals=arrivals).requests()) for arrivals in ARRIVALS] == [[]] * 4


# What is refused


@pytest.mark.parametrize(("change", "sentence"), [
    ({"arrival_rate": -1}, "arrival_rate must be at least 0 requests per second, got -1"),
    ({"arrival_rate": nan}, "arrival_rate must be at least 0 requests per second, got nan"),
    ({"arrival_rate": inf}, "arrival_rate must be at least 0 requests per second, got inf"),
    ({"arrival_rate": "ten"}, "arrival_rate must be at least 0 requests per second, got ten"),
    ({"arrival_rate": True}, "arrival_rate must be at least 0 requests per second, got True"),
    ({"arrival_rate": 1e8}, "1,000,000,000 requests are more than one run can hold (5,000,000): "
                            "lower arrival_rate or duration"),
    ({"duration": 0}, "duration must be at least 0.001 seconds, got 0"),
    ({"duration": inf}, "duration must be at least 0.001 seconds, got inf"),
    ({"mean_work": (1, 2)}, "work has three steps (prepare, infer, respond), in seconds, got (1, 2)"),
    ({"mean_work": 0.2}, "work has three steps (prepare, infer, respond), in seconds, got 0.2"),
    ({"mean_work": (1, -2, 3)}, "infer must be at least 0 seconds, got -2.0"),
    ({"mean_work": (1, 2, nan)}, "respond must be at least 0 seconds, got nan"),
    ({"seed": -1}, "seed must be a whole number of at least 0, got -1"),
    ({"seed": 1.5}, "seed must be a whole number of at least 0, got 1.5"),
    ({"keys": 0}, "keys must be a whole number of at least 1, got 0"),
    ({"keys": 2.5}, "keys must be a whole number of at least 1, got 2.5"),
])
def test_impossible_workloads_get_a_sentence(change, sentence):
    with pytest.raises(ValueError) as refusal:
        replace(Workload(10, 10, WORK), **change)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(("make", "sentence"), [
    (lambda: Bursty(peak=5), "peak must be at most 4 with these burst and calm times, got 5"),
    (lambda: Bursty(peak=0.5), "peak must be at least 1, got 0.5"),
    (lambda: Bursty(burst=0), "burst must be at least 0.001 seconds, got 0"),
    (lambda: Bursty(calm=nan), "calm must be at least 0.001 seconds, got nan"),
    (lambda: Diurnal(()), "profile needs at least one part, none negative and not all zero"),
    (lambda: Diurnal((0, 0)), "profile needs at least one part, none negative and not all zero"),
    (lambda: Diurnal((1, -1, 3)), "profile needs at least one part, none negative and not all zero"),
    (lambda: Diurnal((1, nan)), "profile needs at least one part, none negative and not all zero"),
    (lambda: Diurnal((1,), day=0), "day must be at least 1 second, got 0"),
    (lambda: Replay((1.0,)), "a recorded trace needs two arrival times or more, in order, not all the same"),
    (lambda: Replay((1.0, 1.0)), "a recorded trace needs two arrival times or more, in order, not all the same"),
    (lambda: Replay((2.0, 1.0)), "a recorded trace needs two arrival times or more, in order, not all the same"),
    (lambda: Replay((1.0, nan)), "a recorded trace needs two arrival times or more, in order, not all the same"),
    (lambda: LogNormal(-1), "cv must be at least 0, got -1"),
    (lambda: Hyperexponential(0.5), "cv must be at least 1, got 0.5"),
    (lambda: Mixed(()), "a mixed workload needs at least one part"),
    (lambda: Injected((0, 1), (WORK,)), "2 arrival times need as many works, got 1"),
    (lambda: Injected((1, 0), (WORK, WORK)), "arrival times must be in order"),
    (lambda: Injected((-1,), (WORK,)), "arrival times must be finite and not negative"),
    (lambda: Injected((nan,), (WORK,)), "arrival times must be finite and not negative"),
    (lambda: Injected((0,), ((1, nan, 1),)), "infer must be at least 0 seconds, got nan"),
    (lambda: Injected((0,), (WORK,), duration=0), "duration must be more than 0 seconds, got 0"),
    (lambda: Injected((0,), (WORK,), duration=nan), "duration must be more than 0 seconds, got nan"),
    (lambda: Injected((0, 1), (WORK, WORK), luck=(0.5,)), "luck needs a number of at least 0 and below 1 for each "
                                                          "request"),
    (lambda: Injected((0,), (WORK,), luck=(1.0,)), "luck needs a number of at least 0 and below 1 for each request"),
    (lambda: list(Workload(1e-6, 4e12, WORK, arrivals=Bursty()).requests()),
     "200,000,000,000 bursts are more than one run can hold (5,000,000): lower duration"),
    (lambda: list(Workload(1e-6, 4e12, WORK, arrivals=Diurnal((1, 2))).requests()),
     "92,592,593 parts of a day are more than one run can hold (5,000,000): lower duration"),
])
def test_impossible_parts_get_a_sentence(make, sentence):
    with pytest.raises(ValueError) as refusal:
        make()
    assert str(refusal.value) == sentence


def test_numbers_of_numpy_are_numbers():
    workload = Workload(np.float64(5), np.int64(10), np.array([1, 2, 3]), seed=np.int64(3), keys=np.int32(4))
    assert list(workload.requests()) == list(Workload(5, 10, (1, 2, 3), seed=3, keys=4).requests())


def test_a_step_that_does_not_exist_is_refused_with_the_names_of_those_that_do():
    with pytest.raises(AttributeError, match="work has the steps prepare, infer, respond, not 'train'"):
        simulate(Service("train"), Workload(1, 10, Work(0, 1, 0)))
