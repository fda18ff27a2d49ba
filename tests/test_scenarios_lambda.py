"""The use cases of the lambda architecture: paid, lost and wrong by hand, and which design passes where."""

from dataclasses import replace
from math import inf, isnan

import numpy as np
import pytest
from conftest import rest
from policies.laws import Asked

from course.choosing.families import FAMILIES
from course.laws import Sometimes, UniformLaw
from course.patterns.event_driven import Consumers, EventDriven
from course.patterns.lambda_architecture import LambdaArchitecture
from course.patterns.monolith import Monolith
from course.policies.late import Late
from course.policies.once import Once
from course.policies.redelivery import Redelivered
from course.prices import Prices
from course.scenario import DAY, accuracy, final, gone, monthly, several_days
from course.scenarios import MONTH, U1, U10, U11, U12, CrashOfLargestPool, evaluate
from course.simulation import simulate
from course.workload import Injected, Poisson, Work

PRICES = Prices.read()


def layers(speed, serving, machines):
    """Two layers, and a batch run of an hour each six hours."""
    return LambdaArchitecture(speed, serving, 21_600.0, machines, batch_fixed=3600.0, batch_work=0.0)


def kept_events(consumers):
    """A group whose events come again when it has lost them, and have their effect once."""
    return EventDriven(Redelivered(Once(Consumers(consumers)), visibility=1.0))


PATIENT, PROMPT = replace(U10, lateness=43_200.0), replace(U10, late=None)
TRIED = {
    "U10 layers": (U10, layers(10, 5, 20)), "U10 events": (U10, kept_events(14)), "U10 one": (U10, Monolith(14)),
    "U10 plain": (U10, EventDriven(Consumers(14))), "patient events": (PATIENT, kept_events(14)),
    "U11 layers": (U11, layers(6, 2, 8)), "U11 events": (U11, kept_events(8)), "U11 one": (U11, Monolith(8)),
    "U12 layers": (U12, layers(40, 16, 60)), "U12 events": (U12, kept_events(56)),
}


@pytest.fixture(scope="module")
@rest()
def tried():
    return {name: evaluate(scenario, design, units=4, traces=3).iloc[0] for name, (scenario, design) in TRIED.items()}


def test_only_two_layers_pass_where_late_events_count_and_the_final_number_has_to_be_right(tried):
    for id in ("U10", "U12"):
        assert tried[f"{id} layers"].passes, tried[f"{id} layers"]
        assert tried[f"{id} layers"].error == 0
        events = tried[f"{id} events"]
        assert events.slo == "met" and events.losses_allowed and events.within_budget and not events.accurate
        assert events.error == pytest.approx(5, abs=0.5)        # one in twenty, and nearly all of them too late


def test_a_stream_passes_as_soon_as_it_waits_or_nothing_is_late(tried):
    patient = tried["patient events"]
    assert patient.passes and patient.error == 0 and patient.cloud_usd < tried["U10 layers"].cloud_usd
    assert accuracy(PROMPT, several_days(PROMPT, kept_events(14), 2)) == {"error": 0, "accurate": True}


def test_what_no_log_keeps_is_lost(tried):
    for name in ("U10 one", "U10 plain", "U11 one"):
        assert tried[name].lost > 0 and not tried[name].losses_allowed and tried[name].slo == "met"
    for name in ("U10 layers", "U10 events", "U11 layers", "U11 events", "U12 layers", "U12 events"):
        assert tried[name].lost == 0


def test_without_a_rule_for_the_final_number_both_pass_and_their_bills_differ_by_database_and_batch_runs(tried):
    two, one = tried["U11 layers"], tried["U11 events"]
    assert two.passes and one.passes
    batch = 8 / 6 * PRICES.server_month                         # 8 machines for a sixth of the time
    database = PRICES.per_second("rds_mysql_db.t3.large_single_az") * MONTH
    assert one.cloud_usd - two.cloud_usd == pytest.approx(
        (database - batch) + (8 * server_of(Consumers) - 8 * server_of(LambdaArchitecture)), rel=1e-6)


def server_of(design):
    """US dollars a month for a machine of a design."""
    return PRICES.per_second(design.machine) * MONTH


def test_too_few_workers_of_the_speed_layer_miss_the_promise_and_are_right_all_the_same():
    """At 2000 a second 1.5 ms each ask for 3 workers: with 2, a third waits when half a second is over."""
    few = evaluate(replace(U10, duration=0.5, arrivals=Poisson()), layers(2, 5, 20), traces=2).iloc[0]
    assert few.slo == "missed" and few.late > 0.2 and few.accurate


def test_a_batch_run_is_paid_for_as_long_as_it_lasts_in_a_day_and_not_in_a_few_seconds(tried):
    batch = 20 / 6 * server_of(LambdaArchitecture)
    workers = (10 + 5) * server_of(LambdaArchitecture)
    log = 3 * PRICES.per_second("kafka_broker_msk_t3.small") * MONTH
    assert tried["U10 layers"].cloud_usd == pytest.approx(batch + workers + log)


def test_a_bill_by_the_month_has_all_items_or_those_that_are_named():
    run = simulate(layers(1, 1, 2), Asked((1.0, 2.0), (0.1, 0.1), duration=7200.0))
    assert monthly(run, PRICES, "batch", "replay") == pytest.approx(0.5 * 2 * server_of(LambdaArchitecture))
    assert monthly(run, PRICES) == pytest.approx(sum(run.design.bill(run, PRICES).values()) * MONTH / 7200)


def test_what_the_log_has_is_not_gone_when_the_speed_layer_dies():
    """The first is in the log and dies in the speed layer; the second comes while that is down."""
    arrivals = Injected([0.0, 2.2], [Work(0.0, 1.5, 0.0)] * 2, duration=9.0)
    crash = (CrashOfLargestPool(1.0, 1.5),)
    two, one = (simulate(design, arrivals, crash) for design in (LambdaArchitecture(2, 1), EventDriven(Consumers(2))))
    assert two.refused == one.refused == 1
    assert gone(two) == 0 and gone(one) == 1


def days_of(design, lateness=60.0):
    """Percent that the number of the day before is wrong, when a tenth of the events comes after 2 to 4 hours."""
    scenario = replace(U10, late=Sometimes(0.1, UniformLaw(7200.0, 14_400.0)), lateness=lateness)
    return final(scenario, simulate(Late(design, scenario.late), scenario.days))


def test_the_final_number_lacks_what_was_too_late_for_the_stream():
    assert days_of(EventDriven()) == pytest.approx(10, abs=1.5)
    assert days_of(EventDriven(), lateness=10_800.0) == pytest.approx(5, abs=1.0)
    assert days_of(layers(1, 1, 1)) == days_of(EventDriven(), lateness=14_400.0) == 0


def test_the_last_of_several_steps_is_what_sees_an_event():
    """The same events come late, whether one group does all steps or a group of machines each."""
    small = replace(U10, mean_rate=2.0, peak_rate=4.0)
    steps, whole = (FAMILIES["EventDriven"].build(one, FAMILIES["EventDriven"].sizes(one, 4.0))
                    for one in (replace(small, gpu="gpu_g4dn.xlarge_1xT4_4vcpu_16gib"), small))
    assert "consumers" not in simulate(steps, Injected([0.0], [Work(0.1, 0.1, 0.1)])).jobs
    assert days_of(steps) == days_of(whole) > 5


def test_a_design_without_views_cannot_be_asked():
    runs = several_days(U10, Monolith(1), 2)
    assert isnan(final(U10, runs[0]))
    assert not accuracy(U10, runs)["accurate"] and accuracy(replace(U10, most_error=inf), [])["accurate"]


def test_days_are_run_only_where_they_say_something():
    assert several_days(U1, Monolith(1), 2) == []
    runs = several_days(U1, layers(1, 1, 1), 2)
    assert len(runs) == 2 and runs[0].end == 3 * DAY and len(runs[0].jobs["batch"].arrived) == 12


def test_a_crash_in_a_scenario_takes_a_layer_and_not_the_log():
    run = simulate(layers(10, 5, 20), replace(U10, duration=2.0).workload, U10.mishap)
    cut = {name: int(np.sum(jobs.cut)) for name, jobs in run.jobs.items()}
    assert cut["speed"] > 0 and cut["log"] == cut["serving"] == 0
