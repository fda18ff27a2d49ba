"""The use cases carry the traffic of their briefs, and a design is judged by bill, promise and losses, by hand here."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from conftest import rest

from course.claims.hardware import WholeBoxes, services
from course.claims.scaling import PerStagePools
from course.faults import Crash
from course.laws import LogNormalLaw
from course.patterns.event_driven import Consumers, EventDriven
from course.patterns.microservices import Microservices, Service
from course.patterns.monolith import Monolith
from course.patterns.serverless import Serverless
from course.policies.asynchronous import Asynchronous
from course.policies.front_end import FrontEnd
from course.policies.language_model import LanguageModel
from course.policies.once import Once
from course.policies.queued import Queued
from course.policies.redelivery import Redelivered
from course.policies.retries import Exponential, Retries
from course.prices import Prices
from course.run import OUTCOMES, Interval, compare, interval
from course.scenarios import (
    MONTH,
    SCENARIOS,
    U1,
    U2,
    U3,
    U4,
    U5,
    U6,
    U7,
    U8,
    U9,
    U10,
    U11,
    U12,
    U13,
    U14,
    U15,
    CrashOfLargestPool,
    SeveralModels,
    Slo,
    compared,
    evaluate,
    grown,
    model_family,
)
from course.simulation import replicate, simulate
from course.workload import Injected, Poisson, Work, Workload

PRICES = Prices.read()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_traffic_has_the_mean_and_the_peak_of_the_brief(scenario):
    bursts = scenario.arrivals
    assert bursts.peak * scenario.mean_rate == pytest.approx(scenario.peak_rate)
    stretches = 20
    count = sum(1 for seed in range(stretches) for _ in scenario.workload.replication(seed).requests())
    expected = stretches * scenario.duration * scenario.mean_rate
    # bursts make the count vary more than a Poisson count: a few hundred bursts, each with its own length
    burst_count = stretches * scenario.duration / (bursts.burst + bursts.calm)
    assert count == pytest.approx(expected, rel=4 / burst_count**0.5)


@pytest.mark.parametrize("scenario, share", [(U1, 0.5), (U2, 0.5), (U3, 0.4), (U4, 0.3), (U5, 0.4), (U6, 0.4),
                                             (U7, 0.3), (U8, 0.3), (U9, 0.3), (U10, 0.3), (U11, 0.3), (U12, 0.3),
                                             (U13, 0.4), (U14, 0.5), (U15, 0.5)])
def test_bursts_hold_their_share_of_the_requests(scenario, share):
    bursts = scenario.arrivals
    assert bursts.peak * bursts.burst / (bursts.burst + bursts.calm) == pytest.approx(share)


def test_one_worker_is_enough_for_the_office():
    row = evaluate(U1, Monolith(1)).iloc[0]
    assert row.passes and row.slo == "met" and row.response < 2
    assert row.cloud_usd == pytest.approx(PRICES.server_month)
    assert row.total_usd == pytest.approx(PRICES.server_month + 100)
    assert row.late_low <= row.late <= row.late_high < 0.01


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
    assert row.slo == "missed" and row.late == 1 and row.response == float("inf")


def test_a_promise_is_judged_by_the_interval_of_the_late_share():
    promise = Slo(99, 2.0)
    assert promise.verdict(Interval(0.005, 0.001, 0.009, 10)) == "met"
    assert promise.verdict(Interval(0.005, -0.001, 0.011, 10)) == "not clear"
    assert promise.verdict(Interval(0.015, 0.011, 0.019, 10)) == "missed"


def one_at_a_time(*services):
    """A run of one worker, to whom a request comes every ten seconds, with these seconds of work; the last at 30."""
    work = [Work(0.0, seconds, 0.0) for seconds in services]
    return simulate(Monolith(1), Injected([10.0 * place for place in range(len(work))], work))


def test_late_is_who_was_answered_too_late_or_not_yet_and_not_who_was_refused():
    """By hand: 1 and 2 s are in time, 3 s late, the fourth waits for ever; in the other run one of two is refused."""
    promise = Slo(50, 2.0)
    run = one_at_a_time(1.0, 2.0, 3.0, 1e9)
    assert promise.late(run) == 2
    struck = simulate(Monolith(1), Injected([0.0, 10.0], [Work(0.0, 1.0, 0.0)] * 2), (Crash("workers", 10.0, 1.0),))
    assert [OUTCOMES[code] for code in struck.outcomes] == ["completed", "lost"] and promise.late(struck) == 0
    share = promise.late_share([run, struck])
    assert share.mean == pytest.approx(2 / 5)           # of four and one


def test_the_interval_of_the_late_share_counts_requests_and_not_runs():
    """By hand: 1 late of 4 and none of 1: 0.2, surpluses 0.2 and -0.2, in shares of the 2.5 of a run 0.08 each way."""
    runs = [one_at_a_time(1.0, 1.0, 1.0, 3.0), one_at_a_time(1.0)]
    assert Slo(50, 2.0).late_share(2 * runs) == pytest.approx(interval(2 * [0.2 + 0.08, 0.2 - 0.08]))
    two = Slo(50, 2.0).late_share(runs)
    assert (two.low, two.high) == (0, 1)                # of two runs that differ nothing more can be said
    nobody_late = Slo(99, 9.0).late_share([one_at_a_time(*[1.0] * count) for count in (1, 1, 90)])
    assert (nobody_late.low, nobody_late.high) == (0, 0)            # however different the runs are


def test_nobody_answered_is_everybody_late():
    gone = simulate(Monolith(1), Injected([5.0], [Work(0.0, 1.0, 0.0)]), (Crash("workers", 4.0, 9.0),))
    assert Slo(99, 2.0).verdict(Slo(99, 2.0).late_share([gone, gone])) == "missed"


def test_the_largest_pool_crashes_whatever_its_name():
    arrivals = Injected([0.0, 5.0], [Work(1.0, 2.0, 1.0)] * 2)
    run = simulate(PerStagePools(1, 3, 1), arrivals, (CrashOfLargestPool(2.0, 2.0),))
    assert [OUTCOMES[code] for code in run.outcomes] == ["lost", "completed"]
    assert run.departure_times[0] == 2.0


def three_services(prepare, infer, respond):
    return Microservices(Service("prepare", prepare), Service("infer", infer), Service("respond", respond))


A10G = "gpu_g5.xlarge_1xA10G_4vcpu_16gib"
ENOUGH = {
    "U4": (U4, WholeBoxes(28), services(62, 20, 32)),
    "U5": (U5, Monolith(16), three_services(3, 12, 3)),
    "U6": (U6, Monolith(12), three_services(2, 10, 2)),
}


@pytest.mark.parametrize("id", ENOUGH)
def test_the_use_cases_of_microservices_run_on_both_patterns(id):
    scenario, monolith, microservices = ENOUGH[id]
    one, many = (evaluate(scenario, design, units, traces=4).iloc[0]
                 for design, units in ((monolith, 1), (microservices, 4)))
    assert one.passes and many.passes, f"{one}\n{many}"
    assert one.lost == pytest.approx(many.lost, rel=0.1)        # whichever pool crashes, all requests needed it
    cheaper = one.cloud_usd < many.cloud_usd
    assert cheaper or id == "U4"                                # small steps fill no machine of their own


@pytest.mark.parametrize("id", ENOUGH)
def test_too_few_servers_miss_the_promise_in_either_pattern(id):
    scenario, *_ = ENOUGH[id]
    steady = replace(scenario, peak_rate=scenario.mean_rate, arrivals=Poisson(), duration=20.0)
    few, fewest = (int(0.8 * scenario.mean_rate * seconds) for seconds in (sum(scenario.mean_work),
                                                                           scenario.mean_work.infer))
    for design in (Monolith(few), three_services(few, fewest, few)):
        assert evaluate(steady, design, traces=2).iloc[0].slo == "missed"


def test_a_dearer_gpu_makes_services_the_cheaper_design_of_the_platform():
    _, whole, apart = ENOUGH["U4"]
    run = {design: simulate(design, replace(U4.workload, duration=1.0)) for design in (whole, apart)}
    boxes = sum(replace(whole, machine=A10G).bill(run[whole], PRICES).values())
    split = sum(services(62, 20, 32, A10G).bill(run[apart], PRICES).values())
    assert split < 0.9 * boxes
    cheap = [sum(design.bill(run[design], PRICES).values()) for design in (whole, apart)]
    assert cheap[1] == pytest.approx(cheap[0], rel=0.1)         # on boxes with a T4 the two are close


def test_models_keep_their_shares_and_their_sizes():
    requests = list(replace(U6.workload, workload=replace(U6.workload.workload, duration=2000.0)).requests())
    counts = Counter(request.kind for request in requests)
    for place, (share, times) in enumerate(U6.models):
        kind, expected = f"model {place + 1}", share * len(requests)
        assert counts[kind] == pytest.approx(expected, abs=4 * expected**0.5)
        infer = np.mean([request.work.infer for request in requests if request.kind == kind])
        assert infer == pytest.approx(0.080 * times, rel=0.05)
    assert U6.models[-1][1] / U6.models[0][1] == pytest.approx(20)
    assert sum(share * times for share, times in model_family((0.5, 0.3, 0.2), 10.0)) == pytest.approx(1)


def test_a_request_keeps_all_but_its_model():
    plain = Workload(10.0, 20.0, Work(0.1, 0.2, 0.3))
    several = SeveralModels(plain, ((0.5, 1.0), (0.5, 3.0)))
    assert several.duration == plain.duration
    first = [next(workload.replication(3).requests()).arrival_time for workload in (plain, several)]
    assert first[0] == first[1]
    for before, after in zip(plain.requests(), several.requests(), strict=True):
        assert after.work.infer / before.work.infer == pytest.approx(1 if after.kind == "model 1" else 3)
        assert after._replace(work=before.work, kind=before.kind) == before


def test_an_answer_begins_with_its_first_word():
    model = LanguageModel(LogNormalLaw(2.0), per_token=1.0, tokens=LogNormalLaw(5.0))
    run = simulate(Asynchronous(model), Injected([0.0, 10.0, 20.0], [Work(0.0, 0.5, 0.0)] * 3, duration=21.0))
    first = run.until("first token")
    assert list(run.response_times) == [6.5, 6.5] and list(first.response_times) == [2.5, 2.5]
    assert first.share("unfinished") == pytest.approx(1 / 3)
    refused = simulate(Serverless(calls=model, concurrency_limit=1), Injected([0.0, 1.0], [Work(0.0, 0.5, 0.0)] * 2))
    assert refused.until("first token").share("throttled") == 0.5
    timed_out = simulate(Serverless(calls=model, time_limit=3.0), Injected([0.0], [Work(0.0, 0.5, 0.0)]))
    assert timed_out.until("first token").share("timed_out") == 1      # who is refused later was not answered


def test_a_crash_takes_instances_and_not_what_somebody_else_runs():
    arrivals = Injected([0.0, 5.0], [Work(1.0, 2.0, 1.0)] * 2)
    crash = (CrashOfLargestPool(2.0, 2.0),)
    run = simulate(Queued(Serverless()), arrivals, crash)
    assert [OUTCOMES[code] for code in run.outcomes] == ["lost", "completed"]
    again = simulate(Queued(Retries(Serverless(), 8, Exponential(1.0))), arrivals, crash)
    assert again.share("completed") == 1


KEPT = Queued(Retries(Serverless(), attempts=8, backoff=Exponential(1.0)), most=1000)
CHATBOT = {
    "box": Asynchronous(LanguageModel()), "functions": Serverless(calls=LanguageModel()),
    "little memory": Serverless(memory_gb=0.5, calls=LanguageModel()),
    "services": Microservices(Service("prepare"), Service("infer", 2), FrontEnd(LanguageModel(), 200, "respond",
                                                                                "respond"))}


def test_a_chatbot_is_answered_by_any_pattern_and_waiting_costs_functions_more_than_a_box():
    rows = {name: evaluate(U13, design, traces=4).iloc[0] for name, design in CHATBOT.items()}
    assert all(row.passes for row in rows.values()), rows
    assert rows["box"].cloud_usd == pytest.approx(PRICES.server_month)
    assert rows["services"].cloud_usd == pytest.approx(5 * PRICES.server_month)
    assert rows["functions"].cloud_usd > 2 * rows["box"].cloud_usd
    assert rows["little memory"].cloud_usd < rows["functions"].cloud_usd / 3      # who waits needs no processor


def test_too_few_threads_keep_people_waiting_for_the_first_word():
    box = FrontEnd(LanguageModel(), threads=20, step="infer")       # a wave has 10 * 5.4 s = 54 at once
    assert evaluate(U13, box, traces=3).iloc[0].slo == "missed"


def test_uploads_go_to_functions_behind_a_queue():
    plain, kept = (evaluate(U14, design, units=2, traces=4).iloc[0] for design in (Serverless(), KEPT))
    assert plain.slo == "met" and plain.lost > 1e-5                 # who is in it when it dies is gone
    assert kept.passes and kept.lost == pytest.approx(0, abs=1e-12) and kept.cloud_usd < 50
    few, many = (evaluate(U14, Monolith(workers), traces=4).iloc[0] for workers in (3, 24))
    assert few.within_budget and few.slo == "missed"
    assert not many.within_budget and many.response < 30
    services = evaluate(U14, three_services(2, 12, 2), units=4, traces=4).iloc[0]
    assert not services.within_budget


def test_a_small_prediction_is_too_little_for_a_machine():
    functions, one = (evaluate(U15, design, units, traces=4).iloc[0]
                      for design, units in ((Serverless(), 2), (Monolith(1), 1)))
    assert functions.passes and functions.cloud_usd < 1
    assert one.slo == "met" and not one.within_budget
    assert functions.total_usd > one.total_usd                      # two units to operate instead of one
    services = evaluate(U15, three_services(1, 1, 1), units=4, traces=4).iloc[0]
    assert services.slo == "met" and not services.within_budget


def test_the_costs_of_the_two_are_told_apart_on_equal_traffic():
    box, functions = (replicate(CHATBOT[name], U13.workload, 4) for name in ("box", "functions"))
    dearer = compare(box, functions, lambda run: sum(run.design.bill(run, PRICES).values()))
    assert dearer.low > 0


def kept_events(consumers):
    """A group whose events come again when it has lost them, and have their effect once."""
    return EventDriven(Redelivered(Once(Consumers(consumers)), visibility=1.0))


def test_a_crash_takes_consumers_and_not_the_bus():
    crash = (CrashOfLargestPool(1.0, 1.5),)
    arrivals = Injected([0.0, 2.0], [Work(0.0, 1.5, 0.0)] * 2)
    plain, kept = (simulate(design, arrivals, crash) for design in (EventDriven(Consumers(1)), kept_events(1)))
    assert plain.share("lost") == 1 and plain.until("bus").share("lost") == 1
    assert not np.isnan(plain.until("bus").departure_times).any()       # the bus had them before they were lost
    assert kept.share("completed") == 1
    # the first is delivered again at 2.0 and 3.0, the second at 3.005, when the consumer is back and busy
    assert list(kept.departure_times) == pytest.approx([3.0 + 1.5, 3.0 + 1.5 + 1.5])


TRIED = {
    "U7": (U7, {"kept": kept_events(34), "plain": EventDriven(Consumers(34)),
                "monolith": Monolith(34), "insistent": Retries(Monolith(34), attempts=8, backoff=Exponential(1.0))}),
    "U8": (U8, {"kept": kept_events(64), "monolith": Monolith(64), "services": three_services(14, 46, 14)}),
    "U9": (U9, {"kept": kept_events(19), "few": kept_events(12), "monolith": Monolith(19)}),
}


@pytest.fixture(scope="module")
@rest()
def tried():
    return {id: {name: evaluate(scenario, design, units=4, traces=5).iloc[0] for name, design in designs.items()}
            for id, (scenario, designs) in TRIED.items()}


def test_no_event_may_be_lost_and_only_what_comes_again_is_not(tried):
    for id in ("U7", "U9"):
        rows = tried[id]
        assert rows["kept"].passes and rows["kept"].lost == 0, rows["kept"]
        for name in set(rows) - {"kept", "few", "insistent"}:
            assert rows[name].lost > 0 and not rows[name].losses_allowed and rows[name].slo == "met", rows[name]
    assert tried["U7"]["insistent"].passes              # callers who try again for long enough keep events themselves


def test_too_few_consumers_lose_nothing_and_miss_the_promise(tried):
    few = tried["U9"]["few"]
    assert few.slo == "missed" and few.lost == 0 and few.cloud_usd < tried["U9"]["kept"].cloud_usd


def test_where_a_loss_does_no_harm_every_pattern_passes_and_one_application_is_cheapest(tried):
    rows = tried["U8"]
    assert all(row.passes for row in rows.values()), rows
    assert rows["monolith"].cloud_usd == min(row.cloud_usd for row in rows.values())
    assert rows["kept"].response > rows["monolith"].response        # the bus is on the way


def test_a_crash_costs_what_comes_meanwhile(tried):
    for id, (scenario, _) in TRIED.items():
        came = scenario.mishap[0].duration / scenario.duration
        assert tried[id]["monolith"].lost == pytest.approx(scenario.monthly(came), rel=0.35)


def test_designs_are_compared_by_scenario_and_name():
    table = compared({U15: {"two": Monolith(2), "one": Monolith(1)}}, traces=2)
    assert [*table.index] == [("U15 A small prediction", "two"), ("U15 A small prediction", "one")]
    alone = evaluate(U15, Monolith(1), traces=2).iloc[0]
    assert all(table.iloc[1][column] == alone[column] for column in ("cloud_usd", "response", "slo", "lost", "passes"))
