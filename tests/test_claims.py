"""Every claim holds and fails where its card says so, each number agrees with one worked out here, and a broken
constant turns the signs red."""

from dataclasses import replace
from math import isnan

import pytest
from claim_laws import (
    PRICES,
    check_card,
    check_knob,
    check_proxy,
    check_result,
    functions_month,
    lead_time,
    proven,
    repriced,
)
from conftest import rest

from course.claims import ledger, monolith as claims, print_ledger, run
from course.claims.claim import PROXY, Table, crossing
from course.claims.coupling import BlastRadius
from course.claims.delivery import FaultSearch, ReleaseTrain, RollOut
from course.claims.scaling import Growth, image_work, speed_up
from course.claims.small import SmallProject
from course.run import Interval


@pytest.fixture(scope="module")
@rest()
def results():
    return {claim.id: run(claim) for claim in claims.CLAIMS}


@pytest.mark.parametrize("claim", claims.CLAIMS, ids=lambda claim: claim.id)
def test_each_claim_holds_and_fails_with_intervals_clear_of_zero(results, claim):
    check_result(results[claim.id])


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
    assert not proven(run(BROKEN[what]))


def test_verdicts_follow_from_intervals_and_boundaries(results):
    assert {id: result.verdict for id, result in results.items()} == {
        "M+1": "proxy only", "M+2": "proxy only", "M+3": "conditional", "M-1": "conditional", "M-2": "supported",
        "M-3": "proxy only"}


def test_a_verdict_turns_with_its_result(results):
    assert run(BROKEN["changes that are never bad"]).verdict == "undecided"
    expensive = SmallProject(prices=repriced("vm_m5.large_2vcpu_8gib", 1.0))
    assert run(replace(claims.SMALL, experiment=expensive)).verdict == "refuted"
    flipping = results["M-2"]
    doubtful = flipping.arms[0]._replace(effect=Interval(0.1, -0.1, 0.3, 10))
    assert replace(flipping, arms=(doubtful, *flipping.arms[1:])).verdict == "undecided"
    unlucky = flipping.also[0]._replace(effect=Interval(-0.2, -0.3, -0.1, 10))
    assert replace(flipping, also=(unlucky,)).verdict == "refuted"
    assert replace(flipping, claim=replace(flipping.claim, realistic=(0.0, 1.0))).verdict == "conditional"
    assert replace(flipping, boundary=float("nan")).verdict == "supported"
    assert "nowhere from 1 to 0.05" in replace(flipping, boundary=float("nan")).flips


def test_fewer_than_ten_traces_are_refused():
    with pytest.raises(ValueError, match="at least 10 traces, got 9"):
        run(claims.SIMPLE, traces=9)


def test_the_knob_reaches_both_sides_of_the_boundary(results):
    for claim in (claims.SIMPLE, claims.DEBUG, claims.SMALL, claims.UPDATE):
        check_knob(results[claim.id])


def test_crossing_is_found_or_not_a_number():
    assert crossing(lambda knob: 3 - knob, 0, 10, steps=20) == pytest.approx(3, abs=1e-4)
    assert crossing(lambda knob: knob - 3, 10, 0, steps=20) == pytest.approx(3, abs=1e-4)
    assert isnan(crossing(lambda knob: 1.0, 0, 10))
    assert isnan(crossing(lambda knob: 0.0, 0, 10))


@pytest.mark.parametrize("claim", claims.CLAIMS, ids=lambda claim: claim.id)
def test_a_card_is_complete(claim):
    check_card(claim)


@pytest.mark.parametrize("claim", [claims.SIMPLE, claims.DEBUG, claims.UPDATE], ids=lambda claim: claim.id)
def test_a_proxy_says_that_it_measures_no_people(results, claim):
    assert PROXY == "This measures a mechanism, not people."
    check_proxy(results[claim.id])


def test_a_table_is_a_page_table_with_a_caption_and_heads():
    html = Table("a < b", (("x", "1", "2"), ("alone", "<3>")), ("row", "first", "second"))._repr_html_()
    assert "<caption>a &lt; b</caption>" in html and html.count("scope='col'") == 3
    assert html.count("scope='row'") == 2 and "colspan='2'>&lt;3&gt;" in html
    assert "<tr></tr>" not in claims.SCALE.card._repr_html_()


def test_the_ledger_has_a_row_for_each_claim(results):
    rows = ledger((claims.SIMPLE, claims.DEBUG))
    assert list(rows.claim) == ["M+1", "M+2"] and list(rows.n) == [10, 10]
    assert rows.effect[0] == results["M+1"].effect.mean and rows.low[0] < rows.effect[0] < rows.high[0]
    assert rows["flips at"][0] == f"{results['M+1'].boundary:.3g} (minutes to build and start the whole application)"
    assert list(rows.verdict) == ["proxy only", "proxy only"]


def test_the_printed_ledger_names_effect_boundary_and_verdict(capsys):
    print_ledger([claims.DEBUG])
    shown = capsys.readouterr().out
    assert "M+2  A monolith is easier to debug and test: proxy only" in shown
    assert "n = 10 (places inspected" in shown
    assert "flips at 0.8" in shown and "(share of requests that carry a trace id)" in shown


def test_roll_out_boundary_is_services_times_minutes(results):
    assert results["M+1"].boundary == pytest.approx(10 * 5, abs=0.5)


def test_search_boundary_from_means(results):
    whole = 1 + 0.25 * (1 + 7) / 2                      # a misleading trace, then half of the 7 others
    untraced = (1 + 8) / 2
    traced = (untraced - whole) / (untraced - 1) / 0.98**8
    assert results["M+2"].boundary == pytest.approx(traced, abs=0.03)


def test_operations_boundary_is_what_the_idle_server_costs(results):
    assert results["M+3"].boundary == pytest.approx(PRICES.server_month - functions_month(1), rel=0.02)


def test_hardware_boundary_from_prices(results):
    box, server = PRICES.usd("gpu_g4dn.xlarge_1xT4_4vcpu_16gib"), PRICES.usd("vm_c5.xlarge_4vcpu_8gib")
    gpu_boxes, boxes_a_cpu_second = 400 * 0.010 / 0.8, 400 / 4 / 0.8
    even = gpu_boxes * box / (boxes_a_cpu_second * (box - server))
    assert results["M-1"].boundary == pytest.approx(even, rel=0.10)     # whole boxes: steps of a fifth


def test_a_lock_bounds_throughput(results):
    lock = next(arm for arm in results["M-1"].also if "lock" in arm.name)
    bound = 40 * sum(image_work()) * (0.05 + 39 * 0.0005)
    assert lock.pattern.low < bound < lock.pattern.high
    assert speed_up(80, traces=3) < speed_up(20, traces=3)


def test_blast_radius_is_the_share_of_time_down(results):
    hold = results["M-2"].arms[0]
    down = 100 * 300 / (6 * 3600 + 300)
    assert hold.pattern.low < down < hold.pattern.high
    assert hold.comparison.low < down / 5 < hold.comparison.high
    assert results["M-2"].boundary == pytest.approx(1 / 5, abs=0.03)


def test_services_that_all_call_the_crashed_one_fail_like_one_process(results):
    chained = next(arm for arm in results["M-2"].arms if "all call" in arm.name)
    assert chained.effect.mean == pytest.approx(0, abs=0.05)


def test_noisy_neighbour_agrees_with_pollaczek_and_khinchine(results):
    neighbour = results["M-2"].also[0]
    shared, own = neighbour.pattern, neighbour.comparison
    second_moment = 0.99 * 0.010**2 + 0.01 * 1.0**2
    assert shared.low < 1000 * 30 * second_moment / 2 / (1 - 30 * (0.99 * 0.010 + 0.01)) < shared.high
    assert own.low < 1000 * 29.7 * 0.010**2 / 2 / (1 - 0.297) < own.high


def test_release_boundary_is_where_the_lead_times_meet(results):
    even = crossing(lambda days: lead_time(5, days) - lead_time(1, 7), 7, 1)
    assert results["M-3"].boundary == pytest.approx(even, abs=0.3)
