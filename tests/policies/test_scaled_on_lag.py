"""Proves scaling on lag: KEDA's defaults, exact times up and down, the bill, and servers that come too late to help."""

from dataclasses import fields, replace
from math import nan

import pytest
from policies.laws import BUSY, inject, lawful

from course import data
from course.patterns.microservices import Service
from course.policies.scaled_on_lag import ScaledOnLag
from course.prices import Prices
from course.simulation import simulate

RULE = ScaledOnLag(Service("infer", 1), "infer", each=10)


def capacities(run):
    return run.jobs["infer"].capacities.tolist()


def test_the_defaults_are_those_of_keda():
    ours = {field.name: field.default for field in fields(ScaledOnLag)}
    for name, row in (("period", "keda_polling_interval"), ("most", "keda_max_replicas")):
        assert ours[name] == float(data.row("platform_defaults", row)["value"])


@pytest.mark.parametrize("events, servers", [(0, 1), (1, 1), (10, 1), (11, 2), (95, 10), (1000, 100), (5000, 100)])
def test_the_rule(events, servers):
    assert RULE.wish(events) == servers


def test_more_servers_come_a_period_and_a_boot_later():
    """At 30, 50 events ask for 5; at 60 four of them boot, and nobody asks again."""
    run = simulate(RULE, inject([0] * 50, [500] * 50, duration=200))
    assert capacities(run) == [[0, 1], [90, 5]]
    assert capacities(simulate(replace(RULE, most=3), run.workload)) == [[0, 1], [90, 3]]


def test_each_server_boots_for_its_own_time():
    """20 events at 30 ask for one more, which works from 70; 50 at 60 for three more, from 100."""
    run = simulate(replace(RULE, boot=40), inject([0] * 20 + [40] * 30, [500] * 50, duration=200))
    assert capacities(run) == [[0, 1], [70, 2], [100, 5]]


def test_fewer_servers_go_at_once():
    """25 events of 11 s for three servers: 6 are done at 30, 13 at 60, 19 at 90, so 19, 12 and 6 are left."""
    run = simulate(replace(RULE, design=Service("infer", 3)), inject([0] * 25, [11] * 25))
    assert capacities(run) == [[0, 3], [30, 2], [90, 1]]


def test_servers_that_boot_go_first():
    """Three events at 30 ask for two more; none is left at 60, so these never work."""
    run = simulate(replace(RULE, each=1), inject([0] * 5, [11] * 5))
    assert capacities(run) == [[0, 1]]


def test_down_to_none_and_up_again():
    """Nothing to do at 10; who comes at 12 is counted at 20, and waits for a boot."""
    run = simulate(replace(RULE, each=1, least=0, period=10, boot=5), inject((12,), (1,), duration=40))
    assert capacities(run) == [[0, 1], [10, 0], [25, 1], [30, 0]]
    assert list(run.departure_times) == [26]


def test_servers_that_boot_are_paid():
    """One for 200 s, and four that were asked for at 30 and work from 90."""
    prices = Prices.read()
    run = simulate(RULE, inject([0] * 50, [500] * 50, duration=200))
    assert RULE.bill(run, prices) == pytest.approx({"infer": (200 + 4 * 110) * prices.server_second,
                                                    "booting": 4 * 60 * prices.server_second})


def test_it_ends_when_all_is_done():
    assert simulate(RULE, inject((0, 50), (1, 1))).end == 60


def test_laws():
    run = lawful(replace(RULE, each=2, period=2, boot=3), BUSY)
    assert run.levels("infer").capacity.max() > 1


@pytest.mark.parametrize("knobs, words", [
    ({"each": 0}, "each must be more than 0, got 0"),
    ({"period": nan}, "period must be more than 0, got nan"),
    ({"boot": -1}, "boot must be at least 0, got -1"),
    ({"least": -1}, "least must be at least 0 and at most the value of most, got -1, 100"),
    ({"least": 9, "most": 8}, "got 9, 8"),
    ({"pool": "gpu"}, "this design has the pools infer, not 'gpu'"),
])
def test_numbers_that_cannot_be_are_refused(knobs, words):
    with pytest.raises(ValueError, match=words):
        simulate(replace(RULE, **knobs), BUSY)
