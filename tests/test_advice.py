"""The source's flowchart and table on named briefs, by hand, and the numbers behind each piece of advice worked out
here."""

import re
from dataclasses import replace

import pytest
from claim_laws import PRICES, named, proven, repriced

from course.choosing import advice
from course.choosing.branching import BusyShare, EitherWillDo, LeftOut, cheapest
from course.choosing.flips import MESSAGES, OPERATIONS_PRICE
from course.choosing.flowchart import (
    CLAIMS,
    DEPENDS,
    OUTCOMES,
    RIGHT,
    TABLE,
    TWO,
    WRONG,
    Answers,
    answers,
    counts,
    followed,
    laid_out,
    leaves,
    on_all,
    outcome,
    ways,
)
from course.choosing.recommending import MoreRequests, OneUnit, SoonOrAnswered
from course.choosing.volumes import DataInMemory, MoreData, WrongNumbers, total, unseen
from course.choosing.winners import compared_in
from course.claims import run
from course.claims.claim import arms
from course.claims.delivery import RollOut
from course.claims.paying import PayingForUse
from course.prices import HOURS_IN_A_MONTH, SERVER
from course.scenarios import SCENARIOS, U1, U8, U10, U11, U12, U14
from course.workload import LogNormal, Work, Workload

MONTH = HOURS_IN_A_MONTH * 3600
MACHINE, BOX = PRICES.usd(SERVER) * HOURS_IN_A_MONTH, PRICES.usd("gpu_g4dn.xlarge_1xT4_4vcpu_16gib")
BROKERS = 3 * PRICES.usd("kafka_broker_msk_t3.small") * HOURS_IN_A_MONTH
DATABASE = PRICES.usd("rds_mysql_db.t3.large_single_az") * HOURS_IN_A_MONTH
LATE = 1 - 60 / 43_200      # of the events that come up to 12 hours late, those that are more than a minute late
STREAM, LAYERS, REST = {"EventDriven", "LambdaArchitecture"}, {"Microservices", "Serverless"}, {"Monolith"}

BROKEN = {
    "no event is late": replace(advice.LAYERS_AT_ONCE, experiment=WrongNumbers(share=0.0)),
    "nobody is billed": replace(advice.LAYERS_FOR_MUCH, experiment=MoreData(usd_per_gb=0.0)),
    "a step that keeps nothing": replace(advice.SERVICES_FOR_MUCH, experiment=DataInMemory(hours=0.0)),
    "wrong numbers that cost nothing": replace(advice.REAL_TIME_EDGE, experiment=EitherWillDo(price=0.0)),
    "services that are one unit": replace(advice.ONE_IS_EASY, experiment=OneUnit(rollout=RollOut(services=1))),
    "a brief of steady traffic": replace(advice.SCALING_EDGE, experiment=BusyShare(brief="U3")),
    "machines for nothing": replace(advice.FUNCTIONS_SAVE, experiment=MoreRequests(
        paid=PayingForUse(duration=60.0, prices=repriced(SERVER, 0.0)))),
    "a brief in which a queue costs nothing": replace(advice.NEXT_QUESTION, experiment=LeftOut(brief="U14")),
}


def result(id):
    """What is stored of a piece of advice."""
    return run(next(claim for claim in advice.CLAIMS if claim.id == id))


def bill(scenario, pattern):
    """US dollars a month of a tuned design, without operations."""
    return compared_in(scenario).row(pattern).cloud_usd


@pytest.mark.parametrize("real_time, scalability, found", [
    (True, True, STREAM), (True, False, STREAM), (False, True, LAYERS), (False, False, REST)])
def test_the_flowchart_has_three_leaves(real_time, scalability, found):
    assert set(leaves(real_time, scalability)) == found


def test_what_the_brief_does_not_say_leaves_open_what_either_answer_leads_to():
    assert ways(Answers(True, None, "")) == (("EventDriven", "LambdaArchitecture"),)
    assert ways(Answers(False, None, "")) == (("Microservices", "Serverless"), ("Monolith",))
    assert len(ways(Answers(None, None, ""))) == 3 and len(ways(Answers(None, True, ""))) == 2


def test_an_outcome_needs_one_leaf_with_a_winner_in_it():
    one, two = ("Monolith",), ("Microservices", "Serverless")
    assert outcome((one,), ("Monolith",)) == RIGHT and outcome((one,), ("Serverless",)) == WRONG
    assert outcome((one,), ("Serverless", "Monolith")) == RIGHT         # nobody can tell the two apart
    assert outcome((two,), ("Serverless",)) == TWO and outcome((two,), ("Monolith",)) == WRONG
    assert outcome((one, two), ("Monolith",)) == DEPENDS and outcome((one,), ("",)) == WRONG


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_each_answer_is_read_from_words_of_the_brief(scenario):
    quoted = re.findall(r'"([^"]+)"', answers(scenario).because)
    brief = f"{scenario.name} {scenario.use_case} {scenario.story}"
    assert quoted and all(words in brief for words in quoted)


def test_the_flowchart_on_named_briefs():
    assert followed(U1).outcome == RIGHT and followed(U1).choice.winner == "Monolith"
    assert followed(U14).ways == (("Microservices", "Serverless"),) and followed(U14).outcome == TWO
    assert compared_in(U8).tie and not {"Serverless", "Monolith"} & set(followed(U8).ways[0])
    assert followed(U8).outcome == WRONG
    assert followed(U11).outcome == DEPENDS and len(followed(U11).ways) == 3
    unread = replace(U10, id="another")
    assert answers(unread)[:2] == (None, None)


def test_every_use_case_has_a_row_and_every_outcome_its_count():
    rows = on_all()
    assert [name.split()[0] for name in rows.index] == [scenario.id for scenario in SCENARIOS]
    assert counts() == {RIGHT: 2, TWO: 6, DEPENDS: 3, WRONG: 4} == dict(rows.outcome.value_counts())
    assert list(counts()) == list(OUTCOMES) and list(counts([U11]).values()) == [0, 0, 1, 0]
    assert rows.wins["U4 A platform for millions"] == "Monolith, close to Microservices"
    assert rows.wins["U7 Fraud detection"] == "EventDriven, a tie with Serverless"
    assert rows.loc["U7 Fraud detection", ["real time", "scalability"]].tolist() == ["yes", "not asked"]
    assert rows.loc["U5 A model that is never finished", ["real time", "scalability"]].tolist() == ["no", "not said"]
    assert rows.flowchart["U5 A model that is never finished"] == "Microservices or Serverless, or else Monolith"
    assert rows.because.iloc[10] in rows._repr_html_()


def test_the_table_has_a_claim_for_each_recommendation():
    words = {"EventDriven": "event-driven", "LambdaArchitecture": "lambda"}
    assert [claim.id for claim in CLAIMS.values()] == [f"R{number}" for number in range(1, 9)]
    for (need, pattern), claim in CLAIMS.items():
        assert words.get(pattern, pattern.lower()) in claim.statement and pattern in TABLE[need]
    rows = laid_out()
    assert list(rows.verdict) == [result(claim).verdict for claim in rows.claim]
    assert rows["counter-example"].iloc[4].startswith("12 requests a second: -")
    assert rows["holds in"].iloc[4].startswith("4 requests a second of 0.2 s each: +")
    assert "not supported without a mechanism" in rows["false when"].iloc[7]


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_constant_takes_the_proof_away(what):
    assert not proven(arms(BROKEN[what], 10))


def test_services_pay_where_a_second_box_is_needed_only_for_its_processors():
    """R1: 150 requests a second; a box has four processors, which a request keeps while it is on the GPU, too."""
    unlike, alike = result("R1").arms[:2]
    assert unlike.comparison.mean == pytest.approx(BOX * 5)             # 15.75 processors, and some to spare
    servers = (unlike.pattern.mean - BOX) / (PRICES.usd("vm_c5.xlarge_4vcpu_8gib") / 4)
    assert servers == pytest.approx(round(servers)) and 15 < servers <= 20
    assert alike.comparison.mean == pytest.approx(BOX)                  # 3 of its 4 processors
    assert 3 < 150 * (result("R1").boundary + 5) / 1000 < 4


def test_a_steady_rate_is_cheaper_on_machines():
    """R2: two machines with two processors, busy for three fifths of their time."""
    arm = named(result("R2"), "never rises")
    a_request = PRICES.usd("lambda_request") / 1e6 + 0.2 * 1.769 * PRICES.usd("lambda_duration_x86")
    assert arm.pattern.mean == pytest.approx(0.6 * 4 / 0.2 * MONTH * a_request, rel=0.05)
    assert arm.comparison.mean == pytest.approx(2 * MACHINE) and arm.effect.high < 0


def test_an_answer_over_a_bus_has_ten_milliseconds_less():
    """R3: the shares of requests whose work alone is more than 50 ms, and than 40, when nobody has to wait."""
    usual = Workload(5.0, 40.0, Work(*SoonOrAnswered().mean_work), distribution=LogNormal(1.0))
    work = [sum(request.work) for trace in range(10) for request in usual.replication(trace).requests()]
    arm = named(result("R3"), "50 ms")
    for found, limit in ((arm.comparison, 0.050), (arm.pattern, 0.040)):
        assert found.mean == pytest.approx(100 * sum(one > limit for one in work) / len(work), abs=2)
    assert named(result("R3"), "direct call").effect.mean == pytest.approx(-0.005)      # the way there


def test_two_layers_pay_where_what_is_wrong_costs_what_they_do():
    """R4 and F1: the same two bills, divided by the percent that are late, and by the dollars for each."""
    more = bill(U10, "LambdaArchitecture") + 600 - bill(U10, "EventDriven") - 400
    assert result("R4").boundary == pytest.approx(more / (5 * LATE), rel=0.1)
    assert result("F1").boundary == pytest.approx(more / (200 * LATE), rel=0.1)
    assert result("R4").arms[1].effect.mean == pytest.approx(-more)
    assert sum(unseen(U10, 5.0, 10)) / 10 == pytest.approx(5 * LATE, abs=0.3)
    assert unseen(U10, 0.0, 2) == [0.0, 0.0]


def test_functions_cost_two_machines_at_the_rate_that_pays_for_them():
    """R5."""
    a_request = PRICES.usd("lambda_request") / 1e6 + 0.2 * 1.769 * PRICES.usd("lambda_duration_x86")
    assert result("R5").boundary == pytest.approx(2 * MACHINE / MONTH / a_request, rel=0.05)


def test_one_unit_may_take_as_long_as_four():
    """R6: four of five minutes, and of two places in four one is the culprit's, on average the third look of five."""
    assert result("R6").boundary == pytest.approx(4 * 5, rel=0.02)
    assert named(result("R6"), "where 0 %").comparison.mean == pytest.approx((1 + 2 + 3 + 4) / 4, rel=0.02)


def test_layers_pay_from_the_volume_at_which_what_is_not_billed_pays_for_their_units():
    """R7: machines in proportion to the volume, one to answer, and the brokers of either."""
    layers = compared_in(U12).row("LambdaArchitecture").items
    stream = compared_in(U12).row("EventDriven").items
    missed = 2000 * HOURS_IN_A_MONTH / 24 * 0.5 * 0.05 * LATE
    fixed = BROKERS + MACHINE + 600 - (BROKERS + DATABASE + 400)
    grows = layers["speed"] + layers["batch"] - stream["consumers"]
    times = fixed / (missed - grows)
    assert layers["serving"] * times < MACHINE < stream["consumers"] * times
    assert result("R7").boundary == pytest.approx(2000 * times, rel=0.05)
    again = named(result("R7"), "every night")
    assert again.comparison.mean == pytest.approx(total("U12", "EventDriven", 1)[0] + 8000 * 0.0015 / 2 * MACHINE)


def test_without_a_mechanism_volume_is_no_reason_for_services():
    """R8: 7 servers against 6 copies on each trace; five more of them keep an hour's data."""
    assert {tuple(found) for found in DataInMemory().sized(10)} == {(1, 5, 1, 6)}
    cpu, memory = PRICES.usd("fargate_vcpu"), PRICES.usd("fargate_memory")
    assert result("R8").boundary == pytest.approx(24 * (cpu + 0.5 * memory) / (5 * memory), rel=0.02)
    for words in ("every step", "both designs share"):
        assert named(result("R8"), words).role == "fail" and named(result("R8"), words).effect.high < 0


def test_edges_turn_over_where_the_bills_cross():
    """F2 and F4 as the stored flips have it, and F3 by hand: functions are paid by the request, machines are not."""
    (messages,) = compared_in(U11).flips_of(MESSAGES)
    assert result("F2").boundary == pytest.approx(messages.low, rel=0.05)
    (operations,) = compared_in(U1).flips_of(OPERATIONS_PRICE)
    assert result("F4").boundary == pytest.approx(operations.low, rel=0.01)
    busy = 100 * 0.8 * 0.5 / (2 * compared_in(U14).row("Monolith").sizes["machines"])
    times = (bill(U14, "Monolith") + 100 - 200) / bill(U14, "Serverless")
    assert result("F3").boundary == pytest.approx(busy * times, rel=0.05)


def test_the_cheapest_may_break_the_budget_and_no_other_rule():
    assert cheapest("U10", ["EventDriven", "LambdaArchitecture"]).pattern == "LambdaArchitecture"   # the other is wrong
    assert cheapest("U14", ["Monolith", "Microservices"]).broken == ["budget"]
    assert cheapest("U3", ["Monolith", "Serverless"]).pattern == "Monolith"
    assert cheapest("U3", ["Monolith", "Serverless"], operations=0.0).pattern == "Serverless"


def test_more_traces_than_are_stored_are_refused():
    with pytest.raises(ValueError, match="stored for 10 traces, not for 11"):
        run(advice.SMALL_EDGE, 11)
