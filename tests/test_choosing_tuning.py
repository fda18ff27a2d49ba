"""Each pattern is built as its brief asks and tuned with the same budget: by hand here, and with something left out."""

from collections import Counter
from dataclasses import replace

import pytest
from conftest import rest

from course.choosing.families import FAMILIES, memory_gb
from course.choosing.tuning import BUDGET, NEVER, NO_KNOB, SMALLEST, Search, measured, tuned
from course.claims.hardware import Packed, WholeBoxes
from course.environment import Environment
from course.patterns.monolith import Monolith
from course.patterns.serverless import Serverless
from course.policies.queued import Queued
from course.policies.retries import Retries
from course.prices import Prices
from course.scenario import promises
from course.scenarios import MONTH, SCENARIOS, U1, U3, U4, U5, U7, U8, U10, U13, U14, Slo, bursts
from course.simulation import replicate, simulate
from course.workload import Poisson, Work

PRICES = Prices.read()
HUNDRED = replace(U3, mean_work=Work(0.01, 0.05, 0.01))
STEADY = replace(U5, mean_rate=40.0, peak_rate=40.0, arrivals=Poisson(), duration=30.0, slo=Slo(95, 0.2))


def built(name, scenario, **sizes):
    """The design of a family."""
    return FAMILIES[name].build(scenario, sizes)


@pytest.mark.parametrize("name, sizes", [
    ("Monolith", {"machines": 4}),                          # 100 * 0.07 s keep 7 processors busy, and a server has two
    ("Microservices", {"infer": 3, "prepare": 1, "respond": 1, "gateway": 1}),
    ("EventDriven", {"machines": 4}), ("LambdaArchitecture", {"speed": 3, "serving": 1}), ("Serverless", {})])
def test_sizes_by_formula_are_the_processors_that_are_busy(name, sizes):
    assert FAMILIES[name].sizes(HUNDRED, 100.0) == sizes


def test_a_box_with_a_gpu_is_full_when_its_processors_or_its_gpu_are():
    assert FAMILIES["Monolith"].sizes(U4, 1000.0) == {"machines": 18}      # 72 processors, four in a box; 12 GPUs
    eager = replace(U4, mean_work=Work(0.010, 0.030, 0.010))
    assert FAMILIES["Monolith"].sizes(eager, 1000.0) == {"machines": 30}   # 50 processors; 30 GPUs
    apart = {"infer": 12, "prepare": 10, "respond": 5}
    assert FAMILIES["EventDriven"].sizes(U4, 1000.0) == apart
    assert FAMILIES["Microservices"].sizes(U4, 1000.0) == apart | {"gateway": 1}
    assert FAMILIES["Serverless"].cannot(U4) and not FAMILIES["Serverless"].cannot(U3)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
def test_every_pattern_can_be_built_for_every_use_case(family, scenario):
    if not family.cannot(scenario):
        sizes = family.sizes(scenario, scenario.peak_rate)
        pools = Counter(pool.name for pool in family.build(scenario, sizes).deploy(Environment()).pools)
        assert pools and max(pools.values()) == 1


def test_a_machine_is_paid_once_and_has_two_workers():
    run = simulate(built("Monolith", U3, machines=3), replace(U3, duration=60.0).workload)
    assert run.jobs["workers"].capacities[0, 1] == 6
    bill = sum(run.design.bill(run, PRICES).values())
    assert bill * MONTH / run.end == pytest.approx(3 * PRICES.server_month)


@pytest.mark.parametrize("scenario", [U3, U4, U13], ids=lambda scenario: scenario.id)
def test_all_that_runs_on_servers_is_paid_by_the_machine(scenario):
    """One more machine anywhere costs the price of a machine; the rest of the bill stays."""
    brief = replace(scenario, duration=2.0)
    for name in ("Monolith", "Microservices", "EventDriven", "LambdaArchitecture"):
        sizes = FAMILIES[name].sizes(brief, brief.peak_rate)
        before, *after = (monthly_bill(name, brief, some) for some in
                          [sizes, *({**sizes, knob: sizes[knob] + 1} for knob in sizes)])
        found = {round(more - before) for more in after}
        server, gpu = PRICES.server_month, PRICES.usd(U4.gpu) * 730
        others = PRICES.usd("vm_c5.xlarge_4vcpu_8gib") * 730
        assert found <= ({round(gpu), round(others), round(server)} if scenario.gpu else {round(server)}), name


def monthly_bill(name, scenario, sizes):
    """US dollars a month, with a batch run all the time."""
    run = simulate(FAMILIES[name].build(scenario, sizes), scenario.workload)
    return sum(run.design.bill(run, PRICES).values()) * MONTH / run.end


def test_what_is_protected_follows_from_the_brief():
    assert built("Monolith", U3, machines=2) == Packed(Monolith(4), 1 / 2)
    again = built("Monolith", U1, machines=1)                       # "a failed one is sent again"
    assert isinstance(again, Retries) and again.attempts == 8
    for scenario in (U7, U10, U14):                                 # nothing may be lost; half a minute is fine
        for name, sizes in (("Monolith", {"machines": 1}), ("Serverless", {}),
                            ("Microservices", {"infer": 1, "prepare": 1, "respond": 1, "gateway": 1})):
            design = built(name, scenario, **sizes)
            assert isinstance(design, Queued) and isinstance(design.design, Retries)
    assert built("Serverless", U8) == Serverless()
    assert built("Monolith", U4, machines=2) == WholeBoxes(2)


def test_memory_is_a_knob_only_for_functions_that_wait():
    assert FAMILIES["Serverless"].sizes(U13, 10.0) == {"memory": 14}
    assert memory_gb({"memory": 14}) == memory_gb({}) == 1.769 and memory_gb({"memory": 4}) == pytest.approx(0.512)
    half = built("Serverless", U3, memory=7)
    bills = [sum(run.design.bill(run, PRICES).values()) for run in
             (simulate(design, replace(U3, duration=600.0).workload) for design in (half, built("Serverless", U3)))]
    assert bills[0] == pytest.approx(bills[1], rel=0.01)            # half as much for twice as long


@pytest.fixture(scope="module")
@rest()
def found():
    return {name: tuned(FAMILIES[name], STEADY, traces=4) for name in ("Monolith", "Microservices", "EventDriven")}


def test_one_machine_less_anywhere_breaks_the_promise(found):
    for name, one in found.items():
        assert one.ended == SMALLEST and one.row["slo"] == "met" and 1 < one.evaluations <= 16
        knobs = [knob for knob, count in one.sizes.items() if count > 1]
        assert knobs
        for knob in knobs:
            fewer = {**one.sizes, knob: one.sizes[knob] - 1}
            assert measured(FAMILIES[name], STEADY, fewer, 4).row["slo"] != "met", (name, fewer)


@pytest.mark.parametrize("name, sizes", [
    ("Monolith", {"machines": 2}), ("EventDriven", {"machines": 2}), ("LambdaArchitecture", {"speed": 2, "serving": 1}),
    ("Microservices", {"infer": 2, "prepare": 1, "respond": 1, "gateway": 1})])
def test_with_much_patience_the_busy_processors_decide(name, sizes):
    """45 a second need 3.15 processors, 2.25 of them to infer: a machine's two fall behind by more than 3 s in 30 s."""
    patient = replace(STEADY, mean_rate=45.0, peak_rate=45.0, slo=Slo(95, 2.0))
    assert tuned(FAMILIES[name], patient, traces=8).sizes == sizes


def test_a_search_is_the_same_each_time_and_its_row_is_that_of_the_design_alone(found):
    one = found["Monolith"]
    assert tuned(FAMILIES["Monolith"], STEADY, traces=4) == one
    alone = measured(FAMILIES["Monolith"], STEADY, one.sizes, 4)
    assert (alone.row, alone.bills, alone.items) == (one.row, one.bills, one.items)
    assert sum(one.items.values()) == pytest.approx(one.row["cloud_usd"]) == pytest.approx(sum(one.bills) / 4)


RUSH = replace(U5, duration=30.0, arrivals=bursts(80.0, 200.0, burst=2.0, share=0.4))


@pytest.mark.parametrize("name", FAMILIES)
def test_no_pattern_gets_more_than_the_budget(name):
    family = FAMILIES[name]
    search = Search(family, RUSH, 3, 4)
    _, ended = search.smallest()
    assert search.spent == len(search.tried) <= 3
    assert ended == (NO_KNOB if name == "Serverless" else BUDGET)


def test_what_no_size_can_keep_is_said():
    hopeless = replace(RUSH, slo=Slo(99, 0.001), duration=5.0)
    assert tuned(FAMILIES["Monolith"], hopeless, traces=2).ended == NEVER
    one = tuned(FAMILIES["Serverless"], hopeless, traces=2)
    assert not one.row["passes"] and one.row["slo"] == "missed"


def test_what_is_impossible_is_not_tried():
    one = tuned(FAMILIES["Serverless"], U4)
    assert (one.evaluations, one.row, one.ended) == (0, {}, "functions have no GPU")


@pytest.mark.parametrize("count", [5, 6, 7, 8])
def test_giving_up_early_does_not_change_a_verdict(count):
    family, sizes = FAMILIES["Monolith"], {"machines": count}
    whole = promises(RUSH, replicate(family.build(RUSH, sizes), RUSH.workload, 4))
    search = Search(family, RUSH, 16, 4)
    assert search.keeps(sizes, 4) == (whole["slo"] == "met")
    if count == 5:
        assert len(next(iter(search.tried.values()))) < 4           # five were too few at a glance
