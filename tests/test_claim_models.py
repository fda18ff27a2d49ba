"""The small models behind the claims agree, arm by arm, with hand calculation, counting, and formulas."""

from math import exp

import numpy as np
import pytest
from claim_laws import PRICES, functions_month, lead_time

from course.claims.coupling import (
    GRAPHS,
    DistributedMonolith,
    FeatureServices,
    OwnQueues,
    graph,
    imports,
    propagation_cost,
)
from course.claims.delivery import FaultSearch, ReleaseTrain, RollOut, parts
from course.claims.scaling import Growth, LockedMonolith, PerStagePools, image_work
from course.claims.small import FUNCTION, SmallProject, monthly
from course.faults import Crash
from course.patterns.monolith import Monolith
from course.run import interval
from course.simulation import simulate
from course.workload import Injected, Mixed, Work, Workload


@pytest.mark.parametrize("units", [1, 4, 10, 40])
def test_all_units_are_right_at_the_first_try_with_the_power_of_one(units):
    spread = (0.99**units * (1 - 0.99**units) / 20_000) ** 0.5
    assert RollOut(rollouts=2000).all_right(units) == pytest.approx(0.99**units, abs=4 * spread)


def test_parts_are_counted_in_the_code():
    assert parts(Monolith()) == {"knobs": 2, "pools": 1, "waits": 1}
    assert parts(PerStagePools())["pools"] == 3


@pytest.mark.parametrize("components", [8, 20])
def test_places_inspected_without_trace_ids(components):
    places = interval(FaultSearch().search(components, 0.0, 0.0, 30).comparison)
    assert places.low < (1 + components) / 2 < places.high
    assert FaultSearch().path_rebuilt(components) == 0.98**components


def test_traffic_boundary_without_operations():
    two_servers = 2 * PRICES.server_month               # one is too few at that rate: 0.83 of it busy
    assert SmallProject().enough_traffic() == pytest.approx(two_servers / functions_month(1), rel=0.10)


def test_functions_are_as_fast_as_the_server_and_start_cold_when_none_is_warm():
    work = [Work(0.0, 1.0, 0.0)] * 4
    warm, overlapping, late = 10.0, 10.5, 700.0         # the one warm instance is busy at 10.5
    responses = simulate(FUNCTION, Injected([0.0, warm, overlapping, late], work)).response_times
    assert list(responses) == [1.5, 1.0, 1.5, 1.5]


def test_the_bill_of_functions_by_hand():
    run = simulate(FUNCTION, Injected([0.0, 10.0], [Work(0.0, 1.0, 0.0)] * 2))
    bill = FUNCTION.bill(run, PRICES)
    paid = bill["duration"] + bill["initialisation"]
    assert paid == pytest.approx((1.5 + 1.0) * 3.5 * PRICES.usd("lambda_duration_x86"))
    assert bill["requests"] == pytest.approx(2 / 1e6 * PRICES.usd("lambda_request"))


def test_a_month_of_servers_is_their_monthly_price():
    run = simulate(Monolith(3), Workload(1, 100, image_work()))
    assert monthly(run, PRICES) == pytest.approx(3 * PRICES.server_month)


def test_whole_machines_are_bought_for_what_runs_out_first():
    machine = PRICES.usd("gpu_g4dn.xlarge_1xT4_4vcpu_16gib")
    scarce_gpu = Growth().sides(0.008, 10).pattern          # 1 machine's CPUs, but 400 * 0.010 / 0.8 = 5 GPUs
    assert all(round(usd / machine) in (5, 6) for usd in scarce_gpu)


def test_pools_pay_only_with_much_traffic():
    assert 20 < Growth().pools_pay_from() < 200


def test_a_promise_below_the_work_itself_is_refused():
    with pytest.raises(ValueError, match=r"answers 95 % within 0.001 s"):
        Growth(promise=0.001).copies(2, 10)


def test_steps_and_locks_by_hand():
    work = [Work(1.0, 2.0, 3.0)] * 2
    steps = simulate(PerStagePools(1, 2, 1), Injected([0.0, 0.0], work))
    assert list(steps.departure_times) == [6.0, 9.0]            # prepared at 1 and 2, inferred at 3 and 4
    locked = simulate(LockedMonolith(3, locked=0.5, crosstalk=0.1), Injected([0.0, 0.0], work))
    assert np.allclose(locked.departure_times, [3 + 4.2, 3 + 2 * 4.2])     # 0.5 + 2 * 0.1 of 6 s under the lock


def test_servers_of_each_part_are_billed():
    run = simulate(PerStagePools(1, 2, 1), Injected([0.0], [Work(1.0, 2.0, 3.0)]))
    assert PerStagePools(1, 2, 1).bill(run, PRICES)["infer"] == pytest.approx(2 * 6 * PRICES.server_second)
    locked = simulate(LockedMonolith(2), Injected([0.0], [Work(1.0, 0.0, 0.0)]))
    assert LockedMonolith(2).bill(locked, PRICES) == {"servers": pytest.approx(2 * locked.end * PRICES.server_second)}


def test_a_crash_takes_only_its_own_feature():
    arrivals = Injected(range(5), [Work(0.1, 0.2, 0.3)] * 5)     # keys 0 to 4: one request for each feature
    crash = (Crash("feature 0", 0.0, 100.0),)
    assert simulate(FeatureServices(), arrivals, crash).share("lost") == 0.2
    assert simulate(DistributedMonolith(), arrivals, crash).share("lost") == 1.0
    assert np.allclose(simulate(DistributedMonolith(), arrivals).response_times, 0.6)


def test_every_service_is_billed():
    run = simulate(FeatureServices(3), Injected([0.0], [Work(1.0, 0.0, 0.0)]))
    for design in (FeatureServices(3), DistributedMonolith(3)):
        assert sum(design.bill(run, PRICES).values()) == pytest.approx(6 * PRICES.server_second)


def test_own_queues_keep_kinds_apart():
    kinds = [Workload(0.5, 20, Work(0, seconds, 0), kind=kind) for kind, seconds in (("light", 0.1), ("heavy", 9))]
    own = simulate(OwnQueues(), Mixed(tuple(kinds)))
    lights = sum(request.kind == "light" for request in own.workload.requests())
    assert len(own.jobs["light"].arrived) == lights
    assert OwnQueues().bill(own, PRICES)["heavy"] == pytest.approx(20 * PRICES.server_second)


def test_propagation_cost_by_counting_paths():
    counted = {"anything calls anything": 25 / 25, "monolith in layers": 15 / 25, "services in a chain": 15 / 25,
               "gateway and services": 9 / 25, "services on one database": 31 / 36}
    assert {name: propagation_cost(calls) for name, calls in GRAPHS.items()} == pytest.approx(counted)
    assert propagation_cost(graph(3, [])) == pytest.approx(3 / 9)


def test_imports_are_read_from_the_source(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.py").write_text("from . import b\nfrom .deep.c import something\nimport csv\n")
    (tmp_path / "b.py").write_text("")
    (tmp_path / "deep" / "c.py").write_text("from ..b import other\n")
    names, calls = imports(tmp_path)
    edges = {(names[user], names[used]) for user, used in np.argwhere(calls)}
    assert edges == {("a", "b"), ("a", "deep.c"), ("deep.c", "b")}


@pytest.mark.parametrize("teams, days", [(1, 7), (2, 7), (5, 7), (10, 7), (5, 1)])
def test_lead_times_agree_with_the_sum_over_releases(teams, days):
    lead = interval([ReleaseTrain(teams=teams).lead_times(days, teams, trace)[0] for trace in range(30)])
    assert lead.low < lead_time(teams, days) < lead.high


@pytest.mark.parametrize("teams", [1, 5, 10])
def test_failed_releases_are_those_with_a_bad_change(teams):
    failed = np.mean([ReleaseTrain(teams=teams).failed_releases(7, trace) for trace in range(100)])
    expected = 1 - exp(-0.05 * 2 * teams)
    spread = (expected * (1 - expected) / (100 * 260)) ** 0.5           # 260 weekly releases in each trace
    assert failed == pytest.approx(expected, abs=3 * spread)


def test_changes_that_need_two_teams_make_services_wait():
    alone = np.mean([ReleaseTrain().lead_times(7, 5, trace)[1] for trace in range(10)])
    together = np.mean([ReleaseTrain(shared=1.0).lead_times(7, 5, trace)[1] for trace in range(10)])
    assert together > alone + 0.3
