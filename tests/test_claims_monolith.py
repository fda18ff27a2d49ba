"""The numbers behind each claim about the monolith agree with numbers worked out here, and a broken constant turns the
signs red."""

from dataclasses import replace

import pytest
from claim_laws import PRICES, functions_month, lead_time, proven, repriced, result

from course.claims import monolith as claims
from course.claims.claim import arms, crossing
from course.claims.coupling import BlastRadius
from course.claims.delivery import FaultSearch, ReleaseTrain, RollOut
from course.claims.scaling import Growth, image_work, speed_up
from course.claims.small import SmallProject

BROKEN = {
    "deploying one service": replace(claims.SIMPLE, experiment=RollOut(services=1)),
    "trace ids that are lost": replace(claims.DEBUG, experiment=FaultSearch(id_kept=0.0)),
    "a server at a tenth of its price": replace(
        claims.SMALL, experiment=SmallProject(prices=repriced("vm_m5.large_2vcpu_8gib", 0.0096))),
    "a GPU box that costs what a CPU server costs": replace(
        claims.SCALE, experiment=Growth(prices=repriced("gpu_g4dn.xlarge_1xT4_4vcpu_16gib", 0.17))),
    "one feature": replace(claims.COUPLED, experiment=BlastRadius(features=1)),
    "changes that are never bad": replace(claims.UPDATE, experiment=ReleaseTrain(bad=0.0)),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_constant_takes_the_proof_away(what):
    assert not proven(arms(BROKEN[what], 10))


def test_roll_out_boundary_is_services_times_minutes():
    assert result("M+1").boundary == pytest.approx(10 * 5, abs=0.5)


def test_search_boundary_from_means():
    whole = 1 + 0.25 * (1 + 7) / 2                      # a misleading trace, then half of the 7 others
    untraced = (1 + 8) / 2
    traced = (untraced - whole) / (untraced - 1) / 0.98**8
    assert result("M+2").boundary == pytest.approx(traced, abs=0.03)


def test_operations_boundary_is_what_the_idle_server_costs():
    assert result("M+3").boundary == pytest.approx(PRICES.server_month - functions_month(1), rel=0.02)


def test_hardware_boundary_from_prices():
    box, server = PRICES.usd("gpu_g4dn.xlarge_1xT4_4vcpu_16gib"), PRICES.usd("vm_c5.xlarge_4vcpu_8gib")
    gpu_boxes, boxes_a_cpu_second = 400 * 0.010 / 0.8, 400 / 4 / 0.8
    even = gpu_boxes * box / (boxes_a_cpu_second * (box - server))
    assert result("M-1").boundary == pytest.approx(even, rel=0.10)     # whole boxes: steps of a fifth


def test_a_lock_bounds_throughput():
    lock = next(arm for arm in result("M-1").also if "lock" in arm.name)
    bound = 40 * sum(image_work()) * (0.05 + 39 * 0.0005)
    assert lock.pattern.low < bound < lock.pattern.high
    assert speed_up(80, traces=3) < speed_up(20, traces=3)


def test_blast_radius_is_the_share_of_time_down():
    hold = result("M-2").arms[0]
    down = 100 * 300 / (6 * 3600 + 300)
    assert hold.pattern.low < down < hold.pattern.high
    assert hold.comparison.low < down / 5 < hold.comparison.high
    assert result("M-2").boundary == pytest.approx(1 / 5, abs=0.03)


def test_services_that_all_call_the_crashed_one_fail_like_one_process():
    chained = next(arm for arm in result("M-2").arms if "all call" in arm.name)
    assert chained.effect.mean == pytest.approx(0, abs=0.05)


def test_noisy_neighbour_agrees_with_pollaczek_and_khinchine():
    neighbour = result("M-2").also[0]
    shared, own = neighbour.pattern, neighbour.comparison
    second_moment = 0.99 * 0.010**2 + 0.01 * 1.0**2
    assert shared.low < 1000 * 30 * second_moment / 2 / (1 - 30 * (0.99 * 0.010 + 0.01)) < shared.high
    assert own.low < 1000 * 29.7 * 0.010**2 / 2 / (1 - 0.297) < own.high


def test_release_boundary_is_where_the_lead_times_meet():
    even = crossing(lambda days: lead_time(5, days) - lead_time(1, 7), 7, 1)
    assert result("M-3").boundary == pytest.approx(even, abs=0.3)
