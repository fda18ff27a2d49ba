"""The models behind the four best practices agree with hand calculation, counting and algebra, and a broken constant
takes the proof away."""

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from claim_laws import PRICES, proven

from course.claims import practices as claims, run
from course.claims.alarms import Alarms, late, said, slow_ring
from course.claims.claim import arms
from course.claims.personal_data import PATTERNS, FieldsSent, flow, protection
from course.claims.starting import StartSmall
from course.claims.toil import Toil
from course.patterns.monolith import Monolith
from course.run import interval
from course.simulation import simulate
from course.workload import Injected, Work

BROKEN = {
    "a split that costs nothing": replace(claims.START_SMALL, experiment=StartSmall(migration=0.0)),
    "a person's request without fields": replace(claims.PRIVACY, experiment=FieldsSent(fields=0)),
    "an hour that costs nothing": replace(claims.CLOUD, experiment=Toil(usd_per_hour=0.0)),
    "callers who give up at once": replace(claims.MONITOR, experiment=Alarms(rate=10.0, patience=0.4)),
}
MONTH = 730 * 3600


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_constant_takes_the_proof_away(what):
    assert not proven(arms(BROKEN[what], 10))


def test_each_practice_holds_and_fails_where_its_card_says():
    results = {claim.id: run(claim) for claim in claims.CLAIMS}
    assert all(proven(result.arms + result.also) for result in results.values())
    assert {id: result.verdict for id, result in results.items()} == {
        "B1": "conditional", "B2": "proxy only", "B3": "conditional", "B4": "conditional"}


def machines(rate):
    """Servers with two cores for 0.1 s of work a request, 60 % busy."""
    return -(-round(rate * 0.1 / 0.6 / 2 * 1e6) // 1_000_000)


def two_years(growth):
    """US dollars begun small, without the split, and begun large, month by month; and the month of the split."""
    small = large = split = 0
    for month in range(24):
        rate = 10 * growth**month
        services = 4 * 100 + max(8, machines(rate)) * PRICES.server_month
        split = split or (month if rate > 40 else 0)
        small += services if split else 100 + machines(rate) * PRICES.server_month
        large += services
    return small, large, split


def test_two_years_by_hand():
    small, large, split = StartSmall().ways()
    by_hand = [two_years(growth) for growth in (1.0, 1.1, 1.25)]
    assert [month for *_, month in by_hand] == [0, 15, 7]       # 10 * 1.1**15 = 41.8, 10 * 1.25**7 = 47.7
    assert small == pytest.approx([usd for usd, *_ in by_hand])
    assert large == pytest.approx([usd for _, usd, _ in by_hand])
    assert list(split) == [False, True, True]
    assert small[0] == pytest.approx(24 * (100 + PRICES.server_month))


def test_start_boundary_by_algebra():
    stays, grows, takes_off = (large - small for small, large, _ in map(two_years, (1.0, 1.1, 1.25)))
    even = stays / (stays - (grows + takes_off) / 2 + 20_000)
    assert run(claims.START_SMALL).boundary == pytest.approx(even, abs=0.03)
    assert StartSmall().flips_at() == pytest.approx(even)
    assert StartSmall().flips_at(2000) == inf           # splitting is so cheap that it is always worth waiting for


def test_what_a_project_costs_on_average():
    (stays, large, _), *others = map(two_years, (1.0, 1.1, 1.25))
    small, begun_large, _ = StartSmall().sides(0.2, 40)
    expected = 0.8 * stays + 0.1 * sum(usd + 20_000 for usd, *_ in others)
    assert interval(small).low < expected < interval(small).high
    assert interval(begun_large).low < 0.8 * large + 0.1 * sum(usd for _, usd, _ in others) < interval(begun_large).high


def test_regret_is_what_the_other_choice_would_have_saved():
    (stays, _), *others = [(large - small, 0) for small, large, _ in map(two_years, (1.0, 1.1, 1.25))]
    begun_small = max(20_000 - saved for saved, _ in others)
    assert StartSmall().regret() == pytest.approx((begun_small, stays))
    assert StartSmall().regret(2)[0] == pytest.approx(begun_small + 20_000)


def test_overruns_are_what_was_planned_on_average():
    overruns = np.concatenate([StartSmall().drawn(trace)[1] for trace in range(50)])
    assert overruns.mean() == pytest.approx(1, abs=4 * overruns.std() / len(overruns) ** 0.5)


def test_the_way_of_personal_data_counted_by_name():
    """Places, stores, and ways: one to each of them, and one back."""
    named = {"Monolith": (["workers"], ["database"]),
             "Microservices": (["gateway", "prepare", "infer", "respond"], ["database"]),
             "EventDriven": (["bus", "consumers"], ["broker", "broker", "broker", "database"]),
             "LambdaArchitecture": (["log", "speed", "batch", "serving"],
                                    ["broker", "broker", "broker", "batch view", "speed view"]),
             "Serverless": (["instances"], ["database"])}
    for name, (places, stores) in named.items():
        assert flow(PATTERNS[name]) == (len(places), len(stores), len(places) + len(stores) + 1)


@pytest.mark.parametrize("name", PATTERNS)
def test_copies_counted_one_by_one(name):
    sent, (places, stores, crossings) = FieldsSent(), flow(PATTERNS[name])
    everything = [8] * (places + stores + crossings)
    whole = ["way in", "first place", "way to the vault", "vault"]
    needed = [3] * (places - 1 + stores + crossings - 1)
    assert sent.full(PATTERNS[name]) == sum(everything)
    assert sent.minimised(PATTERNS[name], 3) == 8 * len(whole) + sum(needed)
    even = sent.flips_at(PATTERNS[name])
    assert sent.minimised(PATTERNS[name], even) == pytest.approx(sent.full(PATTERNS[name]))


def test_privacy_boundary_and_the_share_of_people():
    result = run(claims.PRIVACY)
    assert result.boundary == pytest.approx(8 * (13 - 4) / (13 - 2), abs=0.01)     # events: 2 places, 4 stores, 7 ways
    assert result.arms[0].comparison.low < 0.8 * 8 * 13 < result.arms[0].comparison.high


def test_the_price_of_protection_by_hand():
    table = protection("Microservices")                 # 4 places, 1 store, 6 ways
    assert list(table.times) == [12, 1, 6, 1, 1, 5]
    assert table["ms a request"]["encrypted and decrypted on each way"] == pytest.approx(12 * 0.0996)
    assert table["ms each"]["a new connection for each way"] == pytest.approx(0.0582 + 0.825)
    line = 0.00258 / 1000 * PRICES.server_second / 2 + 312 / 1e9 * 0.50
    assert table["USD a million"]["an audit line for each place and store"] == pytest.approx(5e6 * line)


def test_hours_of_toil_have_their_mean_and_grow_with_it():
    hours = interval([Toil().hours(40, trace) for trace in range(60)])
    assert hours.low < 40 < hours.high
    assert Toil().hours(0, 1) == 0 < Toil().hours(10, 1) < Toil().hours(20, 1)


def test_queues_cost_what_the_price_table_says():
    hosted = Toil().usd(Toil().hosted, 200, 10)
    assert interval(hosted).low < 200 * MONTH * 3 * 0.40 / 1e6 < interval(hosted).high
    assert Toil().usd(Toil().own, 200, 2) == pytest.approx([3 * PRICES.server_month] * 2)
    assert Toil().usd(Toil().managed, 200, 2) == pytest.approx([3 * 0.21 * 730] * 2)


def test_toil_boundary_by_algebra():
    own, paid = 3 * 0.096 * 730, 200 * MONTH * 3 * 0.40 / 1e6
    assert Toil().flips_at() == pytest.approx((paid - own) / (60 * 0.8))
    assert run(claims.CLOUD).boundary == pytest.approx(Toil().flips_at(), abs=1.0)
    assert Toil().flips_at(bought=Toil().managed) == pytest.approx(3 * (0.21 - 0.096) * 730 / 48)
    assert Toil().flips_at(20) < 0                      # so few messages are cheaper hosted whatever the toil


def test_the_p99_alarm_agrees_with_a_search_through_every_window():
    seconds = [0.1] * 110 + [0.9] * 3 + [0.1] * 40      # two slow ones in a hundred are enough, one is not
    found = simulate(Monolith(1), Injected(range(153), [Work(0, work, 0) for work in seconds]))
    left, took = found.departure_times, found.response_times
    for since, window, limit in ((0, 100, 0.5), (0, 20, 0.5), (120, 5, 0.5), (111, 20, 0.5), (0, 20, 1.0)):
        rings = [time for time in left if time >= since
                 and np.mean(took[(left >= time - window) & (left <= time)] > limit) > 0.01]
        assert slow_ring(found, since, window, limit) == pytest.approx((rings[0] if rings else found.end) - since)


def test_alarms_ring_when_arithmetic_says():
    alarms = Alarms()
    lag = alarms.against("consumers die", alarms.by_lag, alarms.by_errors, 3)
    assert np.mean(lag.pattern) == pytest.approx((50 - 25 * 0.1) / 25, abs=0.4)     # 2.5 are in work before
    assert lag.comparison == [120.0] * 3                                            # who is dead makes no errors
    crash = alarms.against("a crash", alarms.by_p99(0.5), alarms.by_errors, 3)
    assert crash.pattern == [120.0] * 3                                             # who is refused does not wait
    assert np.mean(crash.comparison) == pytest.approx(60 * 0.05, abs=0.6)           # all answers are errors
    hang = alarms.against("a hang", alarms.by_p99(5.0), alarms.by_errors, 3)
    assert hang.pattern == [120.0] * 3                                              # callers give up after 4 s
    assert np.mean(hang.comparison) == pytest.approx(4 + 60 * 0.05, abs=0.8)


def test_wrong_answers_are_found_by_looking_at_them():
    found = Alarms().found("wrong answers", 1)[0]
    late_enough = found.arrival_times >= 60
    looked = [request.id for request in found.workload.requests() if request.chance("wrong") < 0.1
              and request.chance("looked at") < 0.02 and late_enough[request.id]]
    assert Alarms().by_looking(found) == pytest.approx(min(found.departure_times[looked]) - 60, abs=1.0)


def test_alarms_are_said_in_words():
    assert said([120, 120], 120) == "silent"
    assert said([5, 120], 120) == "1 of 2 rang"
    assert said([5.0, 5.0], 120) == "5 [5, 5]"
    table = Alarms(rate=10.0, watched=60.0).table(traces=2)
    assert table["errors"]["consumers die"] == table["p99 above 0.5 s"]["a crash"] == "silent"


def test_only_the_busiest_step_limits_what_is_done():
    """Two servers infer for 90 ms: 22.2 requests a second, and 25 come."""
    assert np.mean(late("prepare", 2, 2)) > 50 > 10 > np.mean(late("infer", 2, 2))
