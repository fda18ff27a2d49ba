"""Who wins, by how much, and where the answer changes: the algebra by hand, and stored rows computed anew."""

import json
from dataclasses import replace
from math import inf

import pytest
from conftest import rest

from course.choosing.families import FAMILIES, UNITS
from course.choosing.flips import KNOBS, MESSAGES, Flip, Row, of_growth
from course.choosing.measuring import bearable, measure, narrowed
from course.choosing.tuning import EVALUATIONS, SMALLEST, Tuned, measured, tuned
from course.choosing.winners import (
    OPERATIONS,
    Choice,
    cheapest,
    choice,
    compared_in,
    floor,
    key,
    lead_days,
    machine,
    other_traffic,
    read,
    row,
    stored,
    written,
)
from course.prices import Prices
from course.run import interval
from course.scenarios import SCENARIOS, U2, U3, U4, U5, U8, U9, U13, U15, Slo, bursts

ENOUGH = {"within_budget": True, "response": 0.1, "slo": "met", "lost": 0.0, "losses_allowed": True, "available": True}


def a_design(name, bills, items=None, sizes=None, **judged):
    """A tuned design that passes, but for what is said of it."""
    found = ENOUGH | {"cloud_usd": sum(bills) / len(bills)} | judged
    kept = found["within_budget"], found["slo"] == "met", found["losses_allowed"], found.get("accurate", True)
    paid = items or {"duration": 1.0, "initialisation": 0.0}
    return Tuned(name, sizes or {}, 5, SMALLEST, found | {"passes": all(kept)}, bills, paid)


def answer(*designs, scenario=U3, growth=()):
    """The choice between designs; those that nobody names are impossible."""
    missing = [Tuned(name, {}, 0, "impossible", {}, [], {}) for name in FAMILIES
               if name not in [one.family for one in designs]]
    return choice(scenario, [*map(sized, designs), *missing], growth)


def sized(one):
    """Some sizes, for the designs are built, too."""
    return one._replace(sizes=one.sizes or FAMILIES[one.family].sizes(U3, 1.0))


def test_the_winner_is_the_cheapest_with_operations_that_passes():
    dear, cheap, broken = (a_design("Monolith", [300.0, 300.0]), a_design("Serverless", [150.0, 170.0]),
                           a_design("EventDriven", [1.0, 1.0], slo="missed", response=3.0))
    found = answer(dear, cheap, broken)
    assert [one.pattern for one in found.rows[:2]] == ["Serverless", "Monolith"] == [found.winner, found.runner_up]
    assert [found.row(name).total_usd for name in ("Monolith", "Serverless", "EventDriven")] == [400, 360, 401]
    assert found.difference == interval([300 - 150 + 100 - 200, 300 - 170 + 100 - 200])
    assert found.row("EventDriven").why == "needs 3 s where 0.5 are promised"
    assert found.row("EventDriven").broken == ["promise"] and found.row("Serverless").why == ""
    assert found.row("Monolith").why == "costs 40 USD a month more"
    assert found.row("Microservices").why == "impossible" and found.row("Microservices").total_usd == inf


def test_who_keeps_the_promise_on_these_traces_alone_is_told_so():
    unsure = answer(a_design("Monolith", [1.0, 1.0], slo="not clear")).row("Monolith")
    assert (unsure.broken, unsure.why) == (["promise"], "keeps 0.5 s on these traces, but may miss them on others")
    slow = answer(a_design("Monolith", [1.0, 1.0], slo="not clear", response=0.6)).row("Monolith")
    assert slow.why == "needs 0.6 s where 0.5 are promised"


def test_a_tie_is_a_tie():
    tied = answer(a_design("Monolith", [200.0, 200.0, 200.0]), a_design("Serverless", [90.0, 101.0, 112.0]))
    assert tied.winner == "Monolith" and tied.difference.mean == pytest.approx(1) and tied.tie    # -10, 1, 12 more
    told = answer(a_design("Monolith", [200.0, 200.0, 200.0]), a_design("Serverless", [109.0, 110.0, 111.0]))
    assert told.winner == "Monolith" and told.difference.mean == pytest.approx(10) and not told.tie
    assert not answer(a_design("Monolith", [1.0, 1.0])).tie         # nobody to tie with


def test_a_difference_of_less_than_a_machine_is_close():
    large, small = ({"servers": 280.0}, {"infer": 140.0, "prepare": 70.0})
    one = a_design("Monolith", [280.0, 280.0], large, {"machines": 4})
    services = {"infer": 1, "prepare": 1, "respond": 1, "gateway": 1}
    for bill, close in ((41.0, True), (200.0, False)):
        found = answer(one, a_design("Microservices", [bill, bill], small, services))
        assert found.step == 140.0 and found.close == close         # 380 against 441, or against 600
    assert machine(row(U3, one)) == 70.0


def test_operations_prices_at_which_the_answer_changes_are_where_lines_cross():
    """2 x, 60 + x, 50 + 4 x and 10 + 4 x: the first is under the last two everywhere, and meets the second at 60."""
    found = answer(a_design("Serverless", [0.0, 0.0]), a_design("Monolith", [60.0, 60.0]),
                   a_design("Microservices", [50.0, 50.0]), a_design("EventDriven", [10.0, 10.0]))
    assert found.flips_of("operations price") == [Flip("operations price", 60.0, 60.0, "Serverless", "Monolith")]


def test_several_lines_cross_one_after_the_other():
    """10 + 4 x meets 100 + 2 x at 45 and 190 + x at 60; those two meet at 90."""
    found = answer(a_design("EventDriven", [10.0, 10.0]), a_design("Serverless", [100.0, 100.0]),
                   a_design("Monolith", [190.0, 190.0]))
    assert [(flip.low, flip.before, flip.after) for flip in found.flips_of("operations price")] == [
        (45.0, "EventDriven", "Serverless"), (90.0, "Serverless", "Monolith")]
    far = answer(a_design("LambdaArchitecture", [10.0, 10.0]), a_design("Monolith", [110.0, 110.0]))
    assert [flip.low for flip in far.flips_of("operations price")] == [20.0]        # 10 + 6 x and 110 + x
    assert found.winner == "Monolith"                   # at 100, beyond the last corner
    failed = answer(a_design("EventDriven", [10.0, 10.0]), a_design("Monolith", [190.0, 190.0], slo="missed"))
    assert failed.flips_of("operations price") == []


def test_the_budget_that_bars_what_is_cheaper_with_its_operations():
    """170 in total is less than 200, but 70 for the cloud are too much; 269 + 400 would win at no budget."""
    found = answer(a_design("Serverless", [0.0, 0.0]), a_design("Monolith", [70.0, 70.0], within_budget=False),
                   a_design("EventDriven", [269.0, 269.0], within_budget=False))
    assert found.flips_of("budget") == [Flip("budget", 70.0, 70.0, "Serverless", "Monolith")]
    nobody = answer(a_design("EventDriven", [50.0, 50.0], within_budget=False),
                    a_design("Monolith", [70.0, 70.0], within_budget=False))
    assert nobody.winner == "" and nobody.flips_of("budget") == [
        Flip("budget", 50.0, 50.0, "", "EventDriven"), Flip("budget", 70.0, 70.0, "EventDriven", "Monolith")]


def test_the_memory_at_which_functions_lose_what_they_won():
    """60 of 65 USD are paid by the gigabyte; the other is 30 dearer: half as much memory more."""
    items = {"requests": 5.0, "duration": 58.0, "initialisation": 2.0}
    found = answer(a_design("Serverless", [65.0, 65.0], items), a_design("Monolith", [195.0, 195.0]))
    (flip,) = found.flips_of("memory of a function")
    assert flip.low == pytest.approx(1.769 * 1.5) and (flip.before, flip.after) == ("Serverless", "Monolith")
    assert answer(a_design("Serverless", [65.0, 65.0], items)).flips_of("memory of a function") == []


def test_the_messages_at_which_a_queue_becomes_too_dear_or_cheap_enough():
    """Three messages cost 30 USD, so one costs 10: what is 20 dearer with them is as good with one."""
    items = {"queue": 30.0}
    found = answer(a_design("EventDriven", [100.0, 100.0]), a_design("Monolith", [420.0, 420.0], items))
    assert found.flips_of(MESSAGES) == [Flip(MESSAGES, 1.0, 1.0, "Monolith", "EventDriven")]
    first = answer(a_design("EventDriven", [100.0, 100.0]), a_design("Monolith", [390.0, 390.0], items))
    assert found.winner == "EventDriven" and first.winner == "Monolith"
    assert first.flips_of(MESSAGES) == [Flip(MESSAGES, 4.0, 4.0, "Monolith", "EventDriven")]
    far = answer(a_design("EventDriven", [100.0, 100.0]), a_design("Monolith", [440.0, 440.0], items))
    assert far.flips_of(MESSAGES) == []                 # 40 dearer: even without any message


def test_traffic_changes_the_answer_between_neighbours_that_differ():
    answers = [(3.0, "Serverless"), (0.3, "Monolith"), (1.0, "Monolith"), (10.0, "")]
    flips = of_growth(answers)
    assert flips == [Flip("traffic", 1.0, 3.0, "Monolith", "Serverless"), Flip("traffic", 3.0, 10.0, "Serverless", "")]
    assert narrowed([*flips, Flip("budget", 1.0, 100.0, "", "Monolith")]) == pytest.approx([3**0.5, 30**0.5], abs=1e-4)
    found = answer(a_design("Monolith", [1.0, 1.0]), growth=answers[1:2])
    assert found.growth == [(0.3, "Monolith"), (1.0, "Monolith")] and found.flips_of("traffic") == []


@pytest.mark.parametrize("scenario, times", [(U3, 10.0), (U15, 0.1), (U9, 3.0), (U13, 0.3)])
def test_other_traffic_has_other_rates_and_the_same_promises(scenario, times):
    other = other_traffic(scenario, times)
    assert other.mean_rate == pytest.approx(times * scenario.mean_rate) and other.slo == scenario.slo
    assert other.budget == scenario.budget * max(1.0, times)
    assert other.down() == pytest.approx(scenario.down())
    assert other.duration >= (scenario.arrivals.burst + scenario.arrivals.calm) * (1 - 1e-9)
    assert other.duration * other.mean_rate >= min(10_000, scenario.duration * scenario.mean_rate) * 0.99
    assert all(0 < fault.start < other.duration for fault in other.mishap)
    # as large a share of a month's requests is lost with all that comes while it is down
    lost = sum(fault.duration for fault in other.mishap) / other.duration
    assert other.monthly(lost) == pytest.approx(scenario.monthly(scenario.mishap[0].duration / scenario.duration))


def test_other_traffic_is_looked_up_where_a_burst_and_its_calm_have_not_too_many_requests():
    assert bearable(U3) == [0.1, 0.3, 3.0, 10.0]        # 50 a second for 600 s: 60 s of burst at 4 / 0.4 times
    assert bearable(U4) == [0.1, 0.3, 3.0]              # 6000 a second for 16.7 s: 2 s of burst at 2.5 / 0.3 times


def test_a_change_waits_longer_where_many_teams_have_one_application():
    assert lead_days(U4, "Monolith") > lead_days(U4, "Microservices") + 1
    assert lead_days(U2, "Monolith") == lead_days(U2, "Microservices")      # one team
    assert lead_days(U4, "EventDriven") == lead_days(U4, "Microservices")
    assert 3.5 < lead_days(U2, "Monolith") < 5          # half a week, and a week more behind a bad change


def test_who_cannot_be_cheaper_is_left_out_without_changing_the_answer():
    brief = replace(U5, duration=20.0, arrivals=bursts(80.0, 240.0, burst=2.0, share=0.4), slo=Slo(90, 0.2), mishap=())
    least = {name: floor(family, brief) for name, family in FAMILIES.items()}
    assert min(least, key=lambda name: least[name]) == "Monolith"       # ... if it were busy all the time
    rows = [row(brief, tuned(family, brief, 6, 3)) for family in FAMILIES.values()]
    best = min((one for one in rows if one.passes), key=lambda one: one.total_usd)
    assert cheapest(brief, 6, 3) == (best.pattern, best.total_usd) and best.pattern == "Serverless"


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_every_use_case_has_its_stored_answer(scenario):
    found = stored()[key(scenario)]
    assert found.scenario == scenario.id and {one.pattern for one in found.rows} == set(FAMILIES)
    passing = [one for one in found.rows if one.passes]
    assert all(one.total_usd == one.cloud_usd + UNITS[one.pattern] * OPERATIONS for one in found.rows)
    assert all(one.evaluations <= EVALUATIONS and one.passes == (not one.broken) for one in found.rows)
    cheap = sorted(passing, key=lambda one: one.total_usd)
    assert [found.winner, found.runner_up] == ([one.pattern for one in cheap[:2]] + ["", ""])[:2]
    assert all(one.cloud_usd <= scenario.budget and one.lost <= scenario.most_lost for one in passing)
    assert {1.0, *bearable(scenario)} <= {times for times, _ in found.growth}
    assert dict(found.growth)[1.0] == found.winner and {flip.knob for flip in found.flips} <= set(KNOBS)


def test_a_choice_can_be_written_and_read():
    for found in stored().values():
        assert read(json.loads(json.dumps(written(found), allow_nan=False))) == found
        assert isinstance(found, Choice) and isinstance(found.rows[0], Row)


CHEAP = {U2: list(FAMILIES), U15: ["Monolith", "Microservices", "Serverless"], U13: ["Monolith", "Serverless"]}


@pytest.mark.parametrize("scenario", CHEAP, ids=lambda scenario: scenario.id)
def test_stored_rows_are_what_their_sizes_give(scenario):
    with rest():
        designs = [measured(FAMILIES[name], scenario, compared_in(scenario).row(name).sizes)
                   for name in CHEAP[scenario]]
    for now in (row(scenario, one) for one in designs):
        kept = compared_in(scenario).row(now.pattern)
        assert now.bills == pytest.approx(kept.bills, rel=1e-9)
        for column in ("cloud_usd", "response", "lost", "lead_days"):
            assert getattr(now, column) == pytest.approx(getattr(kept, column), rel=1e-9)
        assert (now.slo, now.passes, now.broken, now.design) == (kept.slo, kept.passes, kept.broken, kept.design)


def test_another_scenario_has_another_key_and_is_not_stored():
    dearer = replace(U8, budget=1.0)
    assert key(dearer) != key(U8) and key(dearer) not in stored()


@pytest.mark.slow
def test_the_command_gives_what_is_stored(tmp_path):
    """The cheapest use case, measured whole."""
    found = measure([U2], tmp_path / "winners.json")
    assert stored(tmp_path / "winners.json") == found
    (now,), kept = found.values(), compared_in(U2)
    assert now._replace(rows=[]) == kept._replace(rows=[])
    assert [one.sizes for one in now.rows] == [one.sizes for one in kept.rows]
    assert [*tmp_path.iterdir()] == [tmp_path / "winners.json"]


def test_prices_of_today_are_those_of_the_stored_answers():
    """One machine, all month."""
    assert compared_in(U2).row("Monolith").cloud_usd == pytest.approx(Prices.read().server_month)
