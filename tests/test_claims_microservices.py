"""The numbers behind each claim about microservices agree with numbers worked out here, and a broken constant turns the
signs red."""

from dataclasses import replace
from math import exp, log

import pytest
from claim_laws import PRICES, lead_time, proven, repriced, result

from course.claims import microservices as claims
from course.claims.api import OneCallsTooOften
from course.claims.claim import arms, crossing
from course.claims.delivery import OwnPace, ReleaseTrain, UnitsToWatch
from course.claims.hardware import Unlike
from course.claims.isolation import ExtraThatHangs
from course.claims.splitting import Splitting, light_and_heavy, tail_gains_from
from course.theory import erlang_c, mmc

BOX, SERVER = (PRICES.usd(item) for item in ("gpu_g4dn.xlarge_1xT4_4vcpu_16gib", "vm_c5.xlarge_4vcpu_8gib"))

BROKEN = {
    "a GPU box that costs what a CPU server costs": replace(
        claims.GROWS, experiment=Unlike(prices=repriced("gpu_g4dn.xlarge_1xT4_4vcpu_16gib", SERVER))),
    "changes that are never bad": replace(claims.FREE, experiment=OwnPace(ReleaseTrain(bad=0.0))),
    "an extra that never hangs": replace(claims.ISOLATED, experiment=ExtraThatHangs(hang=0.0)),
    "one service": replace(claims.UNITS, experiment=UnitsToWatch(units=1)),
    "an API with room for every call": replace(claims.API, experiment=OneCallsTooOften(replicas=40)),
    "hops of 10 ms": replace(claims.SLOWER, experiment=Splitting(hops=0.050)),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_constant_takes_the_proof_away(what):
    assert not proven(arms(BROKEN[what], 10))


def test_one_box_with_four_workers_is_enough_up_to_the_boundary():
    one_box_is_full = 4 / 0.105
    assert 0.8 * one_box_is_full < result("µ+1").boundary <= one_box_is_full
    few = result("µ+1").arms[1]                # at 5 a second one replica of each service, three of them on CPUs
    assert few.pattern.mean == pytest.approx(BOX + 3 / 4 * SERVER)
    assert few.comparison.mean == pytest.approx(BOX)


def test_services_need_whole_gpus_and_little_else():
    many = result("µ+1").arms[0]
    busy_cpus, busy_gpus, busy_workers = 150 * 0.100, 150 * 0.005, 150 * 0.105
    assert many.pattern.mean > BOX * busy_gpus + SERVER / 4 * busy_cpus
    assert many.comparison.mean >= BOX * busy_workers / 4
    paid_and_idle = next(arm for arm in result("µ+1").also if "GPUs" in arm.name)
    boxes = many.comparison.mean / BOX
    assert paid_and_idle.comparison.mean == pytest.approx(100 * (1 - busy_gpus / boxes), abs=3)


def test_release_boundary_is_where_the_lead_times_meet():
    def saved(shared):
        own, joint = lead_time(1 - shared, 0.25), lead_time(5 * shared, 7)
        return lead_time(1, 7) - (1 - shared) * own - shared * joint

    assert result("µ+2").boundary == pytest.approx(crossing(saved, 0, 1), abs=0.03)


def test_threads_are_enough_while_a_timeout_lets_them_go():
    enough = (6 - 30 * 0.020) / (30 * 0.3)           # threads not at work of their own, over calls a second
    lost = {seconds: claims.ISOLATED.at(seconds).pattern.mean for seconds in (enough - 0.15, enough + 0.15)}
    assert lost[enough - 0.15] < 1 < 10 < lost[enough + 0.15]


def test_one_process_stands_still_while_the_extra_hangs():
    whole = result("µ+3").arms[0].comparison
    threads_last, patience, drained = 6 / 9, 1.0, 2.0           # seconds: about 240 in line, 180 more gone than come
    assert 100 * (8 - threads_last - patience) / 24 < whole.mean < 100 * (8 + drained) / 24


def test_a_required_call_fails_with_what_it_calls():
    needed = next(arm for arm in result("µ+3").arms if "30 %" in arm.name)
    drained = (8 + 2) * 30 * 0.3 * 0.030 / 6        # seconds: calls that nobody waits for are worked on all the same
    assert needed.pattern.mean == pytest.approx(100 * 0.3 * (8 + 2 + drained) / 24, rel=0.05)


def test_all_units_are_up_with_the_power_of_one():
    arms = result("µ-1").arms
    for units, arm in ((10, arms[0]), (40, arms[2]), (3, arms[3])):
        up = 1 / (1 + 43.2 / (30 * 24 * 60))
        assert arm.pattern.low < 100 * (1 - up**units) < arm.pattern.high
    assert result("µ-1").boundary == pytest.approx(43.2 / 10, abs=0.3)


def test_the_api_is_full_at_the_boundary():
    room, polite, agreed = 4 / 0.040, 40, 20
    assert result("µ-2").boundary == pytest.approx((room - polite) / agreed, rel=0.2)


def test_calls_to_a_version_that_is_gone():
    changed = result("µ-2").also[0]
    at_once = 100 * 3 / 30 * (1 - exp(-30 / 3))
    kept = 100 * 3 / 30 * exp(-14 / 3) * (1 - exp(-16 / 3))
    assert changed.pattern.low < at_once < changed.pattern.high
    assert changed.comparison.low < kept < changed.comparison.high


@pytest.mark.parametrize("arm, utilisation", [(0, 0.3), (2, 0.8)])
def test_hops_and_lost_pooling_add_up(arm, utilisation):
    rate = utilisation * 10 / 0.050
    single = 0.005 * utilisation / (1 - utilisation)            # M/G/1, work as various as exponential
    pooled = mmc(rate, 1 / 0.050, 10).waiting_time * (1 + (0.040**2 + 2 * 0.005**2) / 0.050**2) / 2
    added = 0.008 + 2 * single + mmc(rate, 1 / 0.040, 8).waiting_time - pooled
    assert result("µ-3").arms[arm].effect.mean == pytest.approx(1000 * added, rel=0.15)


def test_parallel_inference_pays_for_the_hops_at_the_boundary():
    added = 8 + 2 * 5 * 0.3 / 0.7
    saved_by_all = 40 * (1 - 1 / 4)
    assert result("µ-3").boundary == pytest.approx(added / saved_by_all, abs=0.04)


def test_light_requests_gain_at_the_tail_what_the_mean_and_the_heavy_lose():
    kinds = light_and_heavy()
    assert kinds.light_mean.low > 0 > kinds.light_p99.high and kinds.heavy_p99.low > 0
    assert kinds.light_mean.n == 10


def test_a_few_heavy_requests_leave_servers_enough_for_the_light_ones():
    edge = tail_gains_from()
    busy = 100 * ((1 - edge) * 0.010 + edge * 0.600)
    assert 0.01 < erlang_c(8, busy) < 0.03      # one in a hundred waits, and some of them longer than the hops last


def test_light_requests_alone_take_their_work_and_the_hops():
    tail = next(arm for arm in result("µ-3").also if "99th percentile of the light" in arm.metric)
    spread = log(1 + 0.5**2) ** 0.5
    assert tail.pattern.mean == pytest.approx(8 + 10 * exp(2.3263 * spread - spread**2 / 2), rel=0.03)
