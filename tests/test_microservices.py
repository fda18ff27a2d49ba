"""Proves microservices: exact times by hand, laws on every pool, Jackson's theorem, a recursion, the bill."""

from dataclasses import replace
from itertools import pairwise
from math import inf, nan

import numpy as np
import pytest
from conftest import rest
from policies.laws import agrees, jobs, lawful, outcomes

from course import theory
from course.checks import oracle
from course.faults import Crash
from course.patterns.microservices import Gateway, Microservices, Service
from course.policies.bulkhead import Bulkhead
from course.policies.failing import Failing
from course.policies.timeout import Timeout
from course.prices import Prices
from course.run import measure
from course.simulation import replicate, simulate
from course.workload import Bursty, Deterministic, Injected, LogNormal, Work, Workload

WORK = Work(0.02, 0.05, 0.01)
POOLS = ("gateway", *Work._fields)
SMALL = Microservices(Service("prepare"), Service("infer", 2), Service("respond"), Gateway(1, 0.5), hop_time=0.25)


def work(*rows):
    return tuple(Work(*row) for row in rows)


# By hand


@pytest.mark.parametrize("hop_time, seconds", [(0.001, 0.0005), (0, 0), (0.25, 0.5)])
def test_without_load_a_request_takes_gateway_service_and_five_hops(hop_time, seconds):
    """Client, gateway, prepare, infer, respond, client: five hops. To the last digit, for all sums are exact here."""
    design = Microservices(gateway=Gateway(1, seconds), hop_time=hop_time)
    run = simulate(design, Injected((0,), work((2, 3, 1))))
    parts = [0.0]
    for step in (seconds, 2, 3, 1):
        parts += [hop_time, step]
    assert list(run.response_times) == [pytest.approx(5 * hop_time + seconds + 2 + 3 + 1, abs=1e-12)]
    assert run.departure_times[0] == sum([*parts, hop_time])
    assert [float(run.waiting_times(pool)[0]) for pool in POOLS] == [0, 0, 0, 0]


def test_requests_that_come_seldom_all_take_that_long():
    rare = Injected(tuple(10.0 * number for number in range(5)), work(*[(1, 2, 3)] * 5))
    assert list(simulate(SMALL, rare).response_times) == [5 * 0.25 + 0.5 + 6] * 5


def test_three_requests_by_hand():
    """All come to the gateway at 0.25, and leave it at 0.75, 1.25, 1.75: a hop later they are at `prepare`.

    That takes them from 1 to 2, from 2 to 4, and from 4 to 5. `infer` has two replicas: from 2.25 to 7.25, from 4.25 to
    5.25, and from 5.25, when the second is ready for the third just as it comes, to 6.25. `respond`: the second from
    5.5 to 6.5, the third from 6.5 to 7.5, the first from 7.5 to 9.5. A hop later they are back.
    """
    run = simulate(SMALL, Injected((0, 0, 0), work((1, 5, 2), (2, 1, 1), (1, 1, 1))))
    assert list(run.departure_times) == [9.75, 6.75, 7.75]
    assert {pool: list(run.waiting_times(pool)) for pool in POOLS} == {
        "gateway": [0, 0.5, 1], "prepare": [0, 0.5, 2], "infer": [0, 0, 0], "respond": [0, 0, 0]}
    assert list(run.jobs["respond"].request) == [1, 2, 0]       # the second and the third have overtaken the first


def test_the_first_model_has_two_replicas_for_the_longest_step():
    run = simulate(Microservices(), Injected((0,), work((1, 1, 1))))
    assert [run.jobs[pool].capacities[0, 1] for pool in run.jobs] == [1, 1, 2, 1]
    assert tuple(run.jobs) == POOLS


def test_a_crash_of_one_service_loses_what_is_in_it_and_nothing_else():
    """At 3 the first is in `infer`, the second in `prepare`, and comes to `infer` in vain at 4.25."""
    trace = Injected((0, 0, 9), work((1, 5, 1), (2, 1, 1), (1, 1, 1)))
    run = simulate(SMALL, trace, faults=(Crash("infer", 3, 2),))
    assert outcomes(run) == ["lost", "lost", "completed"]
    assert list(run.departure_times) == [3, 4.25, 9 + 5 * 0.25 + 0.5 + 3]
    assert jobs(run, "respond") == 1


# Wrapped parts


def test_a_refusing_service_ends_the_journey_there():
    """At most one at `infer`: the second finds it taken at 3.25, is told so, and never comes to `respond`."""
    design = replace(SMALL, infer=Bulkhead(SMALL.infer, 1))
    run = simulate(design, Injected((0, 0), work((1, 5, 2), (1, 1, 1))))
    assert outcomes(run) == ["completed", "dropped"]
    assert list(run.departure_times) == [2.25 + 5 + 0.25 + 2 + 0.25, 3.25]
    assert [jobs(run, pool) for pool in POOLS] == [2, 2, 1, 1]


@pytest.mark.parametrize("refusing", POOLS)
def test_services_behind_the_one_that_fails_never_hear_of_the_request(refusing):
    part = getattr(SMALL, refusing)
    run = simulate(replace(SMALL, **{refusing: Failing(part, 1)}), Injected((0, 1), work((1, 1, 1), (1, 1, 1))))
    assert outcomes(run) == ["lost", "lost"]
    reached = POOLS.index(refusing)
    assert [jobs(run, pool) for pool in POOLS] == [2] * reached + [0] * (len(POOLS) - reached)


def test_a_service_that_is_given_up_goes_on():
    design = replace(SMALL, infer=Timeout(SMALL.infer, 2))
    run = simulate(design, Injected((0,), work((1, 5, 1)), duration=20))
    assert (outcomes(run), list(run.departure_times)) == (["timed_out"], [4.25])
    assert list(run.jobs["infer"].finished) == [7.25] and jobs(run, "respond") == 0


def test_a_policy_may_wrap_the_whole():
    run = simulate(Timeout(SMALL, 7.75), Injected((0, 5), work((1, 5, 1), (1, 1, 1))))
    assert outcomes(run) == ["timed_out", "completed"]


# Laws


@pytest.mark.parametrize("workload", [
    Workload(25, 40, WORK, distribution=LogNormal(2)),
    Workload(15, 40, WORK, arrivals=Bursty()),
    Workload(60, 40, WORK, distribution=Deterministic()),
], ids=["busy", "bursty", "overload"])
@pytest.mark.parametrize("design", [
    Microservices(),
    Microservices(infer=Bulkhead(Service("infer", 2), 3), respond=Failing(Service("respond"), 0.1)),
], ids=["plain", "wrapped"])
def test_no_request_is_lost_from_sight_and_littles_law_holds_on_every_pool(design, workload):
    run = lawful(design, workload)
    reached = [len(run.arrival_times), *(jobs(run, pool) for pool in POOLS)]
    assert all(after <= before for before, after in pairwise(reached))
    assert run.share("completed") * reached[0] <= jobs(run, "respond")


def test_another_replica_never_makes_a_request_later_when_work_is_equal():
    workload = Workload(30, 60, WORK, distribution=Deterministic())
    departures = [np.nan_to_num(simulate(Microservices(infer=Service("infer", replicas)), workload).departure_times,
                                nan=inf) for replicas in (1, 2, 3)]
    assert np.all(departures[0] >= departures[1]) and np.all(departures[1] >= departures[2])


# Theory


RATE, REPLICAS = 40, {"prepare": 1, "infer": 4, "respond": 2}
MEANS = Work(0.015, 0.08, 0.04)         # busy to 60, 80 and 80 %


@pytest.fixture(scope="module")
@rest()
def tandem_runs():
    """A tandem of three stations with Poisson arrivals and exponential work; a gateway that takes no time."""
    design = Microservices(*(Service(step, replicas) for step, replicas in REPLICAS.items()), Gateway(1, 0))
    return [run.after(50) for run in replicate(design, Workload(RATE, 600, MEANS))]


def station(step):
    """What Jackson's theorem says of one: as if it were alone, with Poisson arrivals (Jackson, 1957)."""
    return theory.mmc(RATE, 1 / getattr(MEANS, step), REPLICAS[step])


@pytest.mark.parametrize("step", Work._fields)
def test_each_station_of_a_tandem_waits_as_if_it_were_alone(tandem_runs, step):
    waits = measure(tandem_runs, lambda run: run.waiting_times(step).mean())
    share = measure(tandem_runs, lambda run: np.mean(run.waiting_times(step) > 0))
    assert agrees(waits, station(step).waiting_time) and waits.high - waits.low < 0.2 * waits.mean
    assert agrees(share, station(step).waiting_probability) and share.high - share.low < 0.08 * share.mean


def test_the_response_time_of_a_tandem_is_the_sum_of_its_stations_and_hops(tandem_runs):
    found = measure(tandem_runs, lambda run: run.mean_response)
    assert agrees(found, sum(station(step).response_time for step in Work._fields) + 5 * 0.001)
    assert found.high - found.low < 0.1 * found.mean


def test_the_numbers_at_two_stations_are_independent(tandem_runs):
    """The product form: the share of time in which both queue is the product of the shares; seen once a second."""
    def both_and_product(run):
        moments = np.arange(50, run.end)
        queues = []
        for step in ("infer", "respond"):
            levels = run.levels(step)
            queues.append(levels.waiting[np.searchsorted(levels.time, moments, side="right") - 1] > 0)
        return np.mean(queues[0] & queues[1]) - np.mean(queues[0]) * np.mean(queues[1])

    found = measure(tandem_runs, both_and_product)
    assert agrees(found, 0) and found.high - found.low < 0.1


# An independent recursion


@pytest.mark.parametrize("seed, replicas", [(1, (1, 1, 1, 1)), (2, (1, 1, 2, 1)), (3, (2, 3, 5, 2))])
def test_the_same_times_as_the_recursion(seed, replicas):
    drawn = list(Workload(18 * replicas[1], 20, WORK, seed, distribution=LogNormal(2)).requests())
    trace = Injected(tuple(one.arrival_time for one in drawn), tuple(one.work for one in drawn))
    gateway, *others = replicas
    design = Microservices(*map(Service, Work._fields, others), Gateway(gateway, 0.01), hop_time=0.003)
    stages = [[0.01] * len(drawn), *zip(*trace.work)]
    expected = oracle.tandem(trace.arrival_times, stages, replicas, 0.003)
    run = simulate(design, trace)
    assert list(run.departure_times - run.arrival_times) == pytest.approx(expected, abs=1e-9)
    assert np.any(np.diff(run.departure_times) < 0) == (max(replicas) > 1)      # they overtake each other, or cannot


# The bill


def test_the_bill_has_an_item_for_each_part_with_its_own_machine():
    """One hour: replicas times the price of their machine."""
    prices, gpu = Prices.read(), "gpu_g4dn.xlarge_1xT4_4vcpu_16gib"
    design = Microservices(Service("prepare", 3), Service("infer", 2, gpu), Service("respond"), Gateway(2))
    bill = design.bill(simulate(design, Workload(1, 3600, WORK)), prices)
    server = prices.usd("vm_m5.large_2vcpu_8gib")
    assert bill == pytest.approx({"gateway": 2 * server, "prepare": 3 * server, "infer": 2 * prices.usd(gpu),
                                  "respond": server})
    assert list(bill) == list(POOLS)


def test_wrapping_a_part_does_not_change_the_bill():
    prices, workload = Prices.read(), Workload(1, 600, WORK)
    wrapped = replace(SMALL, infer=Timeout(SMALL.infer, 1))
    assert wrapped.bill(simulate(wrapped, workload), prices) == SMALL.bill(simulate(SMALL, workload), prices)


# Numbers that cannot be


@pytest.mark.parametrize("design, sentence", [
    (Microservices(infer=Service("infer", 0)), "capacity of pool 'infer' must be a whole number of at least 1, got 0"),
    (Microservices(infer=Service("infer", 1.5)), "capacity of pool 'infer' must be a whole number of at least 1, got"),
    (Microservices(gateway=Gateway(0)), "capacity of pool 'gateway' must be a whole number of at least 1, got 0"),
    (Microservices(gateway=Gateway(1, -1)), "pool 'gateway' cannot serve for -1 seconds"),
    (Microservices(gateway=Gateway(1, nan)), "pool 'gateway' cannot serve for nan seconds"),
    (Microservices(hop_time=-0.1), "a delay must be at least 0 seconds, got -0.1"),
    (Microservices(hop_time=nan), "a delay must be at least 0 seconds, got nan"),
    (Microservices(prepare=Service("infer")), "two pools have the same name"),
])
def test_impossible_numbers_are_refused_with_a_sentence(design, sentence):
    with pytest.raises(ValueError, match=sentence):
        simulate(design, Injected((0,), work((1, 1, 1))))


def test_a_bill_for_a_machine_without_a_price_says_so():
    design = Microservices(infer=Service("infer", 1, "abacus"))
    with pytest.raises(ValueError, match="no row 'abacus'"):
        design.bill(simulate(design, Injected((0,), work((1, 1, 1)))), Prices.read())
