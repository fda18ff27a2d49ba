"""The use cases carry the traffic of their briefs, and a design is judged by bill, promise and losses, by hand here."""

from dataclasses import replace

import pytest

from course.claims.scaling import PerStagePools
from course.patterns.monolith import Monolith
from course.prices import Prices
from course.run import OUTCOMES, Interval
from course.scenarios import MONTH, SCENARIOS, U1, U2, U3, CrashOfLargestPool, Slo, evaluate, grown
from course.simulation import simulate
from course.workload import Injected, Work

PRICES = Prices.read()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_traffic_has_the_mean_and_the_peak_of_the_brief(scenario):
    bursts = scenario.arrivals
    assert bursts.peak * scenario.mean_rate == pytest.approx(scenario.peak_rate)
    stretches = 20
    count = sum(1 for seed in range(stretches) for _ in replace(scenario.workload, seed=seed).requests())
    expected = stretches * scenario.duration * scenario.mean_rate
    # bursts make the count vary more than a Poisson count: a few hundred bursts, each with its own length
    burst_count = stretches * scenario.duration / (bursts.burst + bursts.calm)
    assert count == pytest.approx(expected, rel=4 / burst_count**0.5)


@pytest.mark.parametrize("scenario, share", [(U1, 0.5), (U2, 0.5), (U3, 0.4)])
def test_bursts_hold_their_share_of_the_requests(scenario, share):
    bursts = scenario.arrivals
    assert bursts.peak * bursts.burst / (bursts.burst + bursts.calm) == pytest.approx(share)


def test_one_worker_is_enough_for_the_office():
    row = evaluate(U1, Monolith(1)).iloc[0]
    assert row.passes and row.slo == "met" and row.unfinished < 0.001
    assert row.cloud_usd == pytest.approx(PRICES.server_month)
    assert row.total_usd == pytest.approx(PRICES.server_month + 100)
    assert row.response_low < row.response < row.response_high < 2


def test_the_prototype_is_quick_enough_but_its_server_is_over_the_budget():
    row = evaluate(U2, Monolith(1)).iloc[0]
    assert row.slo == "met" and not row.within_budget and not row.passes
    cheaper = Prices(tuple(price._replace(usd=price.usd / 2) for price in PRICES.items))
    assert evaluate(U2, Monolith(1), prices=cheaper).iloc[0].passes


def test_the_start_up_needs_a_second_worker():
    one, two = (evaluate(U3, Monolith(workers)).iloc[0] for workers in (1, 2))
    assert one.slo == "missed" and not one.passes       # in a rush 20 a second bring 1.4 s of work
    assert two.slo == "met" and two.passes


def test_growth_undoes_a_design_that_was_enough():
    tenfold = grown(U3, 10)
    assert (tenfold.workload.arrival_rate, tenfold.peak_rate) == (50, 200)
    assert evaluate(replace(tenfold, duration=120.0), Monolith(3)).iloc[0].slo == "missed"


def test_losses_are_those_who_came_while_it_was_down():
    run = simulate(Monolith(3), U3.workload, U3.mishap)
    came = sum(1800 <= request.arrival_time < 1860 for request in U3.workload.requests())
    lost = int((run.outcomes == OUTCOMES.index("lost")).sum())
    assert came <= lost <= came + 20                    # and those who were in it
    assert U3.monthly(0.01) == pytest.approx(0.01 * 4 * 3600 / MONTH)
    assert U3.down() == pytest.approx(4 * 60 / MONTH)


def test_too_many_mishaps_break_the_rules_of_loss_and_availability():
    row = evaluate(replace(U3, mishaps_per_month=700.0), Monolith(2)).iloc[0]
    assert not row.losses_allowed and not row.available and not row.passes


def test_who_is_never_answered_breaks_the_promise():
    row = evaluate(replace(U2, mean_work=Work(0.0, 1e9, 0.0)), Monolith(1)).iloc[0]
    assert row.slo == "missed" and row.unfinished == 1 and row.response == float("inf")


def test_a_promise_is_judged_by_its_interval():
    promise = Slo(99, 2.0)
    assert promise.verdict(Interval(1.8, 1.7, 1.9, 10), 0.0) == "met"
    assert promise.verdict(Interval(1.8, 1.7, 2.1, 10), 0.0) == "not clear"
    assert promise.verdict(Interval(2.2, 2.1, 2.3, 10), 0.0) == "missed"
    assert promise.verdict(Interval(1.8, 1.7, 1.9, 10), 0.02) == "missed"


def test_the_largest_pool_crashes_whatever_its_name():
    arrivals = Injected([0.0, 5.0], [Work(1.0, 2.0, 1.0)] * 2)
    run = simulate(PerStagePools(1, 3, 1), arrivals, (CrashOfLargestPool(2.0, 2.0),))
    assert [OUTCOMES[code] for code in run.outcomes] == ["lost", "completed"]
    assert run.departure_times[0] == 2.0
