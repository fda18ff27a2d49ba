"""What lesson 07 runs agrees with hand calculation, formulas and independent computation."""

from math import ceil, exp, inf, sqrt

import numpy as np
import pytest
from claim_laws import PRICES
from scipy.optimize import brentq

from course import theory
from course.claims.scaling import LockedMonolith, image_work
from course.patterns.event_driven import Consumers
from course.patterns.microservices import Microservices
from course.patterns.monolith import Monolith
from course.policies.balancing import LeastLoaded
from course.policies.cache import Cached
from course.scaling import law, migration
from course.scaling.carrying import balancing, sharding, speed, vertical
from course.scaling.designs import Copies, Faster, Hops, Popular, popularity
from course.scaling.saving import batching, caching, hit_share, machines_month, smaller_models, sourced
from course.scaling.watching import ALARMS, burn_rates, burning, rings_after
from course.simulation import simulate
from course.workload import Injected, Work, Workload

TWO = Injected((0.0, 0.0), (Work(1.0, 2.0, 3.0),) * 2)
HARMONIC = sum(1 / n for n in range(1, 1001))


def test_steps_are_divided():
    assert list(simulate(Faster(Monolith(2), 2, 4, 1), TWO).response_times) == [4.0, 4.0]
    assert list(simulate(Faster(Monolith(2), infer=inf), TWO).response_times) == [4.0, 4.0]
    run = simulate(Faster(Monolith(2), infer=2), TWO)
    assert run.design.bill(run, PRICES) == Monolith(2).bill(run, PRICES)


def test_copies_take_turns_and_are_all_paid():
    design = Copies(LockedMonolith(1, 0.5, 0.0), 2)
    run = simulate(design, Injected((0.0,) * 3, (Work(1, 0, 0),) * 3))
    assert list(run.departure_times) == [1.0, 1.0, 2.0]         # the third goes to the first copy
    assert set(run.jobs) == {"workers 0", "lock 0", "workers 1", "lock 1"}
    assert design.bill(run, PRICES) == pytest.approx(
        {"servers": 2 * 2 * PRICES.server_second, "load balancer": 2 * 0.0225 / 3600})
    uneven = Injected((0.0, 0.0, 0.2), (Work(9, 0, 0), Work(0.1, 0, 0), Work(1, 0, 0)))
    assert simulate(Copies(Monolith(1), 2, LeastLoaded()), uneven).departure_times[2] == pytest.approx(1.2)


def test_hops_take_their_time_and_cost_nothing():
    run = simulate(Hops(3, 0.5), TWO)
    assert list(run.response_times) == [1.5, 1.5] and Hops().bill(run, PRICES) == {}


def test_popular_keys_come_as_often_as_zipf_says():
    seen = []

    class Seen:
        def deploy(self, env):
            inner = Monolith(50).deploy(env)

            def handle(request):
                seen.append(request.key)
                return inner.handle(request)

            return inner._replace(handle=handle)

    requests = Workload(100, 60, Work(0, 0.01, 0))
    simulate(Popular(Seen(), 1000, 1.0, parts=4), requests)
    counts, number = np.bincount(seen, minlength=1003), len(seen)
    assert len(counts) == 1003
    hottest = counts[0] + counts[1000:].sum()
    for count, share in ((hottest, 1 / HARMONIC), (counts[1], 1 / 2 / HARMONIC), (counts[9], 1 / 10 / HARMONIC)):
        assert count == pytest.approx(number * share, abs=4 * sqrt(number * share))
    assert counts[1000] == pytest.approx(hottest / 4, abs=4 * sqrt(hottest / 4))
    assert popularity(4, 0.0) == pytest.approx([0.25] * 4)


def test_workers_in_step_by_hand():
    design = law.InStep(2, contention=0.03, crosstalk=0.002)
    run = simulate(design, Injected((0.0,) * 4, (Work(0, 0.1, 0),) * 4))
    round_time = 0.1 * 0.97 + 2 * 0.1 * (0.03 + 0.002)
    assert run.departure_times == pytest.approx([round_time] * 2 + [2 * round_time] * 2)
    assert design.bill(run, PRICES)["servers"] == pytest.approx(2 * run.end * PRICES.server_second)


def test_what_is_measured_is_the_law_and_the_fit_finds_its_parameters():
    found = law.measured(workers=(1, 4, 12, 22, 32), traces=3)
    expected = theory.usl(found.index.to_numpy(), 10, 0.03, 0.002)
    assert found.throughput.to_numpy() == pytest.approx(expected, rel=0.04)
    for fit in (theory.fit_usl, law.straight):
        parameters = law.fitted(found, fit)
        for name, truth in (("contention", 0.03), ("crosstalk", 0.002), ("peak (workers)", sqrt(0.97 / 0.002))):
            assert parameters.low[name] < truth < parameters.high[name]


def test_a_straight_line_finds_the_parameters_that_made_the_data():
    n = np.array([1, 3, 9, 20, 32])
    assert law.straight(n, theory.usl(n, 10, 0.05, 0.001)) == pytest.approx((10, 0.05, 0.001))
    rough = theory.usl(n, 10, 0.05, 0.001) * np.array([1.0, 1.1, 0.9, 1.0, 1.05])
    slopes = np.polynomial.polynomial.polyfit(n, n / rough, 2)     # the same line in powers of n
    one, sigma, kappa = sum(slopes), slopes[1] + slopes[2], slopes[2]
    assert law.straight(n, rough) == pytest.approx((1 / one, sigma / one, kappa / one))


def test_the_peak_is_the_highest_point():
    found, n = theory.Scalability(10, 0.03, 0.002), np.linspace(1, 60, 59_001)
    curve = theory.usl(n, *found)
    assert law.peak(found) == pytest.approx((n[curve.argmax()], curve.max()), rel=1e-3)
    assert law.peak(theory.Scalability(10, 0.03, 0.0)) == (inf, inf)


def test_two_methods_find_two_laws_in_published_numbers():
    """The first as its source prints it, to four digits; tests/papers/test_p09_scalability.py has more of it."""
    bent = theory.fit_usl(list(law.SDM91), list(law.SDM91.values()))
    assert (f"{bent.sigma:.7f}", f"{bent.kappa:.7f}") == ("0.0277285", "0.0001044")
    assert law.peak(bent)[0] == pytest.approx(96.5, abs=0.05)
    line = law.straight(list(law.SDM91), list(law.SDM91.values()))
    assert law.peak(line)[0] > 1.1 * law.peak(bent)[0]


def test_a_lock_alone_bends_more_sharply_than_the_law():
    """Below the lock's limit workers are free, so that the fitted contention is below zero, which nothing real is."""
    assert law.fitted(law.measured(LockedMonolith, (1, 4, 12, 20, 32), 2))["mean"]["contention"] < 0


def test_the_migration_is_sized_by_the_square_root_rule():
    prepare, infer, respond = image_work()
    steps = migration.steps(160)
    busy, light, gpu = 160 * (prepare + infer + respond), 160 * (prepare + respond), 160 * infer / (38.9 / 1.7)
    assert list(steps) == list(migration.UNITS) == list(migration.WON)
    assert steps["more boxes"].copies == ceil(ceil(busy + sqrt(busy)) / 2)
    carved, _, service = steps["inference carved out"].parts
    assert carved.copies == ceil(ceil(light + sqrt(light)) / 2)
    assert service.design.replicas == ceil(gpu + sqrt(gpu)) == 1
    assert isinstance(steps["all services"], Microservices)


def test_the_migration_is_paid_as_the_price_table_says():
    paid = {name: migration.paid(design) for name, design in migration.steps(160).items()}
    balancer, server, gpu = 0.0225 * 730, PRICES.server_month, 0.526 * 730
    assert paid["one box"] == pytest.approx(server)
    assert paid["a bigger box"] == pytest.approx(PRICES.usd("vm_m5.4xlarge_16vcpu_64gib") * 730)
    assert paid["more boxes"] == pytest.approx(9 * server + balancer)
    assert paid["inference carved out"] == pytest.approx(5 * server + balancer + gpu)
    assert paid["all services"] == pytest.approx((5 + 1 + 1) * server + gpu)
    at = migration.pays_from(most=1100)
    below, above = migration.steps(at - 50), migration.steps(at)
    assert migration.paid(below["inference carved out"]) > migration.paid(below["more boxes"])
    assert migration.paid(above["inference carved out"]) <= migration.paid(above["more boxes"])
    assert migration.pays_from(most=100) == inf


def test_the_lab_shows_what_each_step_wins():
    table = migration.lab(traces=2, duration=10)
    most = 2 / sum(image_work())                                        # of one box
    assert table["unfinished (%)"]["one box"] == pytest.approx(100 * (1 - most / 160), abs=3)
    lock = 1 / (sum(image_work()) * (0.05 + 15 * 0.002))                # of a bigger one
    assert lock < 160 and table["unfinished (%)"]["a bigger box"] > 3
    assert table["unfinished (%)"]["more boxes"] < 2
    assert list(table["USD changed by"][1:]) == pytest.approx(np.diff(table["USD a month"]))
    assert table["p95 (s)"]["more boxes"] > table["p95 (s)"]["inference carved out"]
    work = min(sum(image_work()), table["p95 (s)"].min())
    assert work > migration.Gateway().seconds


def test_the_cheapest_step_that_is_fast_enough():
    table = migration.enough((5, 80), duration=8, traces=2)
    assert list(table["cheapest step"]) == ["one box", "more boxes"]
    assert table["USD a month"][80] == pytest.approx(5 * PRICES.server_month + 0.0225 * 730)
    fast = migration.enough((60,), promise=0.12, duration=8, traces=2)
    assert list(fast["cheapest step"]) == ["inference carved out"]
    assert migration.enough((20,), promise=0.01, duration=2, traces=2).empty


def test_amdahl_has_its_limits():
    assert speed(1, 0.2) == 1 and speed(4, 0.0) == 4 and speed(4, 1.0) == 1
    assert speed(4, 0.2) == pytest.approx(1 / (0.2 + 0.8 / 4)) == pytest.approx(2.5)


def test_a_bigger_machine_is_one_fast_server_and_more_are_a_queue_with_many():
    table = vertical(0.0, (2,))
    expected = theory.response_percentile(10, 20, 95)                   # one server, twice as fast
    assert table["bigger: low (s)"][2] < expected < table["bigger: high (s)"][2]
    wait, left = theory.mmc(10, 10, 2).waiting_probability, 10.0        # waits at a rate of 2 * 10 - 10
    above = brentq(lambda t: exp(-10 * t) * (1 + wait * left * t) - 0.05, 0, 2)
    assert table["more: low (s)"][2] < above < table["more: high (s)"][2]


def test_a_hot_key_is_as_hot_with_more_shards():
    table = sharding((16, 32), traces=2)
    assert table["hottest (busy)"]["16, Zipf"] == pytest.approx(100 * 0.1 / HARMONIC)
    assert table["hottest (busy)"]["32, Zipf, hottest key cut"] == pytest.approx(10 / HARMONIC / 16)
    lost = 100 * (10 / HARMONIC - 1) / 10               # at least: what one worker cannot do of the hottest key
    for count in (16, 32):
        assert table["unfinished (%)"][f"{count}, Zipf"] > lost * 0.8
    assert table["p95 (s)"]["32, Zipf, hottest key cut"] < 1 < table["low (s)"]["32, Zipf"]


def test_a_shard_that_is_alone_is_a_queue_of_its_own():
    run = simulate(Popular(Consumers(1, 1), 10), Injected((0.0, 0.0), (Work(0, 1, 0),) * 2))
    assert list(run.departure_times) == [1.0, 2.0]


def test_rules_that_know_more_wait_less():
    p95 = balancing(traces=3)["p95 (s)"]
    assert list(p95) == sorted(p95, reverse=True)
    above = brentq(lambda t: tail(t, theory.mmc(64, 10, 8).waiting_probability, 80 - 64) - 0.05, 0, 5)
    assert p95["one queue for all"] == pytest.approx(above, rel=0.08)


def tail(t, wait, drain, rate=10.0):
    """The share of response times above t in M/M/c: work alone, or a wait with rate `drain` and then work."""
    both = (drain * exp(-rate * t) - rate * exp(-drain * t)) / (drain - rate)
    return (1 - wait) * exp(-rate * t) + wait * both


def test_hits_are_what_the_approximation_of_che_says():
    """Che, Tung and Wang, 2002: a key is in the cache if it was asked for in the time in which `room` others were."""
    table, shares = caching((100, 1000), traces=3), np.arange(1, 1001.0) ** -1 / HARMONIC
    time = brentq(lambda t: (1 - np.exp(-shares * t)).sum() - 100, 1, 1e5)
    hits = float((shares * (1 - np.exp(-shares * time))).sum())
    assert table.hits["100"] == pytest.approx(hits, abs=0.02)
    assert table["best share"]["100"] == pytest.approx(sum(shares[:100]))
    assert hits < sum(shares[:100])
    missed = (np.exp(-100 * shares * 20) - np.exp(-100 * shares * 60)).sum()   # first asked for after the first 20 s
    assert table.hits["1000"] == pytest.approx(1 - missed / 4000, abs=0.01)
    assert table["USD a month"]["none"] == 7 * PRICES.server_month              # 10 busy, sqrt(10) to spare: 14 cores
    busy = 10 * (1 - table.hits["100"])
    assert table["USD a month"]["100"] == pytest.approx(
        ceil(ceil(busy + sqrt(busy)) / 2) * PRICES.server_month + 0.156 * 730)


def test_hits_are_counted():
    workload = Workload(5, 20, Work(0, 0.01, 0), keys=1)
    run = simulate(Cached(Monolith(5), keep=100), workload)
    assert hit_share(run) == pytest.approx(1 - 1 / len(run.arrival_times), abs=0.03)
    assert hit_share(simulate(Monolith(5), workload)) == 0


def test_smaller_models_stand_on_their_sources():
    assert {name: (speed_up, round(lost, 2)) for name, speed_up, lost in sourced()} == {
        "int8": (1.78, 0.45), "pruned_single": (1.16, 0.40), "pruned_blocks": (2.44, 0.79), "distilled_4": (5.36, 5.49)}
    table = smaller_models(traces=2)
    cores = ceil(30 * 0.11 + sqrt(30 * 0.11))
    assert table["USD a month"]["full"] == ceil(cores / 2) * PRICES.server_month
    assert list(table["p95 (s)"].sort_values().index) == ["distilled_4", "pruned_blocks", "int8", "pruned_single",
                                                          "full"]


def test_machines_have_two_cores():
    workload = Workload(30, 1, Work(0, 0.1, 0))
    assert machines_month(workload, 0.1, spare=0.0) == 2 * PRICES.server_month       # 3 busy cores


def test_a_batch_gains_no_more_than_its_fixed_part_allows():
    table = batching(most=(1, 32), traces=2)
    assert table["gain at most"]["resnet50_t4, 1"] == pytest.approx((2.331 + 0.7994) / 0.7994)
    assert table["most requests a second"]["bert_large_t4, 32"] == pytest.approx(32_000 / (0.4994 + 13.92 * 32))
    unfinished = table["unfinished (%)"]
    alone = 100 * (1 - 1 / 1.2)
    assert unfinished["resnet50_t4, 1"] == pytest.approx(alone, abs=3) and unfinished["resnet50_t4, 32"] < 1
    assert unfinished["bert_large_t4, 32"] > alone - 5


def test_burn_rates_are_the_published_ones():
    assert [alarm.burn_rate for alarm in ALARMS.values()] == pytest.approx([14.4, 6, 1])
    assert [alarm.long / alarm.short for alarm in ALARMS.values()] == [12, 12, 12]


def test_alarms_on_the_budget_by_hand():
    hour = ALARMS["page, 1 hour"]
    assert rings_after(hour, 1.0) == pytest.approx(0.0144 * 3600)       # an hour's errors at 14.4 times 0.1 %
    assert rings_after(hour, 0.014) == inf
    table = burn_rates((0.1, 0.005, 0.0005))
    assert table["page, 1 hour (min)"]["10.00%"] == pytest.approx(8.64)
    assert table["burnt (%)"].to_list() == pytest.approx([2, 10, np.nan], nan_ok=True)
    assert table["ticket, 3 days (min)"]["0.50%"] == pytest.approx(72 * 60 / 5)


def test_the_alarm_rings_in_a_simulation_when_the_formula_says():
    table = burning(traces=5)
    for share in table.index:
        half = (table.high[share] - table.low[share]) / 2
        assert table.simulated[share] == pytest.approx(table["by formula"][share], abs=max(0.5, 2 * half))
