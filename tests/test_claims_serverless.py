"""The numbers behind each claim about serverless agree with numbers worked out here, and a broken constant turns the
signs red."""

from dataclasses import replace
from math import exp, log

import pytest
from claim_laws import PRICES, named, proven, repriced, result

from course import data
from course.claims import serverless as claims
from course.claims.claim import arms, crossing
from course.claims.cold import ColdOrBusy
from course.claims.control import OneAtATime
from course.claims.long_tasks import LongTasks
from course.claims.paying import PayingForUse, break_even
from course.claims.rising import SuddenRise
from course.claims.setting_up import MACHINE, SettingUp
from course.laws import STANDARD, LogNormalLaw
from course.prices import SERVER
from course.theory import erlang_b, erlang_c

GB_SECOND, REQUEST = PRICES.usd("lambda_duration_x86"), PRICES.usd("lambda_request") / 1e6
MONTH = 730 * 3600
MACHINE_MONTH = PRICES.usd(SERVER) * 730
CORE = 1.769        # GB that bring one

BROKEN = {
    "seconds of functions at ten times their price": replace(
        claims.PAY_AS_YOU_GO, experiment=PayingForUse(prices=repriced("lambda_duration_x86", 10 * GB_SECOND))),
    "machines enough for the rise from the start": replace(claims.SCALES_ITSELF, experiment=SuddenRise(servers=40)),
    "machines with nothing to set up": replace(claims.SIMPLER, experiment=SettingUp(machine=MACHINE[:1])),
    "a container that takes one request at a time": replace(claims.CONTROL, experiment=OneAtATime(most=1)),
    "instances that are started in no time": replace(claims.COLD, experiment=ColdOrBusy(cold=LogNormalLaw(0.0))),
    "a limit of a day": replace(claims.LONG, experiment=LongTasks(limit=86_400.0)),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_constant_takes_the_proof_away(what):
    assert not proven(arms(BROKEN[what], 10))


def test_a_function_pays_up_to_the_break_even_utilisation():
    a_request = REQUEST + 0.2 * CORE * GB_SECOND
    even = 0.2 * PRICES.usd(SERVER) / 3600 / 2 / a_request
    assert break_even() == pytest.approx(even)
    assert result("S+1").boundary == pytest.approx(even, abs=0.03)
    hold = result("S+1").arms[0]
    assert hold.comparison.mean == pytest.approx(2 * MACHINE_MONTH)
    assert hold.pattern.mean == pytest.approx(0.2 * 4 / 0.2 * MONTH * a_request, rel=0.05)


def test_machines_for_a_peak_and_fees_for_steps():
    for peak in (3, 10):
        arm = named(result("S+1"), f"at a peak of {peak} times")
        cores = peak * 10 * 0.2 / 0.6
        assert MACHINE_MONTH * cores / 2 <= arm.comparison.mean < MACHINE_MONTH * (cores / 2 + 1)
    plain, stepwise = result("S+1").arms[0], named(result("S+1"), "8 functions")
    fees = 4 * MONTH * (8 * PRICES.usd("apigw_http_request") / 1e6 + 7 * REQUEST)
    assert stepwise.pattern.mean - plain.pattern.mean == pytest.approx(fees, rel=0.05)


def test_who_waits_pays_for_work_and_wait():
    arm = named(result("S+1"), "waits 1.8 s")
    assert arm.pattern.mean == pytest.approx(2 * MONTH * (REQUEST + 2.0 * CORE * GB_SECOND), rel=0.06)
    assert arm.comparison.mean == pytest.approx(MACHINE_MONTH)


def test_a_limit_refuses_what_erlang_says():
    few = result("S+2").arms[1]
    assert few.pattern.mean == pytest.approx(100 * erlang_b(4, 20), abs=1.5)
    lost_by_machines = few.comparison.mean / 100
    even = crossing(lambda limit: lost_by_machines - erlang_b(round(limit), 20), 40, 4, steps=12)
    assert result("S+2").boundary == pytest.approx(even, abs=1.5)


def test_a_store_with_few_connections_refuses_what_erlang_says():
    arm = named(result("S+2"), "worked on")
    assert arm.pattern.mean == pytest.approx(100 * erlang_b(5, 10), abs=1.5)
    behind = named(result("S+2"), "a store behind both")
    assert behind.role == "comparison" and behind.pattern.mean > arm.pattern.mean


def test_steps_are_tried_until_they_are_right():
    one, many = result("S+3").arms[:2]
    for found, steps in ((one.pattern, 5), (one.comparison, 12), (many.pattern, 40 * 5 + 39)):
        assert found.mean == pytest.approx(steps / 0.99, rel=0.002)
    assert 2 < result("S+3").boundary < 3.1        # two functions have 11 steps, three have 17


def test_a_batch_of_one_pays_the_fixed_part_each_time():
    hold = result("S-1").arms[0]
    container = 1e6 * PRICES.usd(SERVER) / 3600 / 60
    assert hold.comparison.mean == pytest.approx(container, rel=0.05)
    starts = named(result("S-1"), "light model").pattern.mean - 1e6 * (REQUEST + 0.0012 * CORE * GB_SECOND)
    function = 1e6 * (REQUEST + 0.022 * CORE * GB_SECOND)
    assert function < hold.pattern.mean < function + 4 * starts
    even = ((container - starts) / 1e6 - REQUEST) / (CORE * GB_SECOND) - 0.002
    assert result("S-1").boundary == pytest.approx(1000 * even, abs=1.0)


def test_a_full_batch_shares_the_fixed_part():
    always = named(result("S-1"), "of a server for a request")
    assert always.pattern.mean == pytest.approx(20 + 2, rel=0.01)
    assert always.comparison.mean == pytest.approx((20 + 16 * 2) / 16, rel=0.02)


def p99_of_mixture(cold):
    """Seconds that 99 % do not exceed when a share `cold` of the requests has a median start on top of its work."""
    spread, (start, _) = log(1 + 0.5**2) ** 0.5, data.cold_start("lambda_python3.12_image_x86_1024")

    def above(seconds):
        def work(x):
            return 1 - STANDARD.cdf((log(max(x, 1e-9) / 0.2) + spread**2 / 2) / spread)
        return (1 - cold) * work(seconds) + cold * work(seconds - start)

    return crossing(lambda seconds: above(seconds) - 0.01, 0.1, 2.0, steps=20)


@pytest.mark.parametrize("words, seconds", [("a call each 10 minutes", 600), ("a call an hour", 3600)])
def test_rare_calls_are_cold_with_the_chance_that_none_came(words, seconds):
    arm = named(result("S-2"), words)
    assert arm.pattern.mean == pytest.approx(p99_of_mixture(exp(-600 / seconds)), rel=0.06)
    assert arm.comparison.mean == pytest.approx(p99_of_mixture(0), rel=0.06)


def test_the_boundary_is_where_few_are_cold_and_few_wait():
    edge = result("S-2").boundary
    assert exp(-600 / edge) < 0.01                              # one in a hundred is cold at 130 s
    assert exp(-600 / (3 * edge)) > erlang_c(1, 0.2 / (3 * edge))       # well before it more are cold than wait
    assert exp(-600 / (edge / 3)) < erlang_c(1, 0.2 / (edge / 3))       # and well behind it fewer


def test_a_start_of_many_seconds_is_all_of_the_tail():
    gpu, = (arm for arm in result("S-2").arms if "GPU" in arm.name)
    assert gpu.pattern.mean > data.cold_start("gpu_vllm_boot_snapshot")[0]


def test_long_tasks_are_killed_as_often_as_they_exceed_the_limit():
    hold = result("S-3").arms[0]
    spread = log(2) ** 0.5
    too_long = 1 - STANDARD.cdf(log(900 / 600) / spread + spread / 2)
    assert hold.pattern.low < 100 * too_long < hold.pattern.high
    done = 600 * STANDARD.cdf(log(900 / 600) / spread - spread / 2)     # seconds paid for tasks that are done
    stopped = 900 * too_long
    for words, tries in (("tried once", 1), ("from its start", 3)):
        arm = named(result("S-3"), words)
        assert arm.pattern.low < 100 * tries * stopped / (done + tries * stopped) < arm.pattern.high


def test_the_boundary_is_where_as_many_exceed_the_limit_as_wait_too_long():
    late = result("S-3").arms[0].comparison.mean / 100     # of the machines, the same at every mean
    spread = log(2) ** 0.5
    even = crossing(lambda mean: (1 - STANDARD.cdf(log(15 / mean) / spread + spread / 2)) - late, 10, 1, steps=12)
    assert result("S-3").boundary == pytest.approx(even, rel=0.15)


def test_saved_or_cut_work_is_done_in_time():
    assert named(result("S-3"), "60 parts").pattern.mean == 0
    saved = named(result("S-3"), "each minute is saved").pattern
    spread = log(2) ** 0.5
    longest = 3 * 600 - 2 * 60                              # two calls that are ended lose a minute each
    assert saved.low < 100 * (1 - STANDARD.cdf(log(longest / 600) / spread + spread / 2)) < saved.high
