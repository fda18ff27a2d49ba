"""Proves the autoscaler: Kubernetes' rule and defaults, boot times, the bill, and that it comes too late for a step."""

import csv
from dataclasses import fields, replace

import numpy as np
import pytest
from policies.laws import BUSY, inject, lawful

from course import data
from course.booting import earlier
from course.faults import Hang
from course.patterns.microservices import Service
from course.patterns.monolith import Monolith
from course.policies.autoscaler import MOST_ADDED, MOST_GROWTH, Autoscaled
from course.prices import Prices
from course.simulation import simulate

RULE = Autoscaled(Service("infer", 1), "infer")


def capacities(run, pool="infer"):
    return run.jobs[pool].capacities.tolist()


def flood(servers, seconds, duration):
    """As many long jobs at once as keep more servers busy than there will ever be, for so many seconds."""
    return inject([0] * servers, [seconds] * servers, duration=duration)


def test_the_defaults_are_those_of_kubernetes():
    with open(data.path("platform_defaults"), encoding="utf-8", newline="") as file:
        table = {row["name"]: row["value"] for row in csv.DictReader(file)}
    ours = {field.name: field.default for field in fields(Autoscaled)}
    assert ours["period"] == float(table["hpa_sync_period"])
    assert ours["tolerance"] == float(table["hpa_tolerance"])
    assert ours["stabilisation"] == float(table["hpa_scale_down_stabilisation"])
    assert float(table["hpa_scale_up_pods"]) == MOST_ADDED
    assert float(table["hpa_scale_up_percent"]) == 100 * MOST_GROWTH
    assert float(table["hpa_scale_up_stabilisation"]) == 0


@pytest.mark.parametrize("share, working, booting, wanted", [
    (0.9, 4, 0, 6),             # 4 * 0.9 / 0.6
    (0.65, 4, 0, 4),            # 8 % over the target: inside the tolerance
    (0.67, 4, 0, 5),            # 12 % over: 4.47, rounded up
    (0.55, 10, 0, 10),          # 8 % under
    (0.5, 10, 0, 9),            # 8.33, rounded up
    (0.0, 10, 0, 1),            # never fewer than `least`
    (1.0, 90, 0, 100),          # never more than `most`
    (0.9, 4, 3, 7),             # 4 * 0.9 / 0.6 = 6 while 3 boot: they are counted as idle, and not sent away
    (1.0, 4, 1, 7),             # 4 / 0.6 = 6.7
    (0.3, 4, 4, 2),             # too many even for those that work
])
def test_the_rule(share, working, booting, wanted):
    assert RULE.wish(share, working, booting) == wanted


@pytest.mark.parametrize("present, most", [(1, 5), (2, 6), (4, 8), (5, 10), (20, 40)])
def test_a_period_adds_four_or_doubles(present, most):
    assert replace(RULE, target=0.01).wish(1.0, present, 0) == most


def test_servers_come_a_period_and_a_boot_later():
    """At 15 all are busy: 1 / 0.6 asks for 2, there at 75. Then 2 / 0.6 asks for 4, at 135; then 6.7 for 7, at 195."""
    run = simulate(RULE, flood(50, 500, 200))
    assert capacities(run) == [[0, 1], [75, 2], [135, 4], [195, 7]]


def test_the_metric_is_the_mean_of_the_last_period():
    """Busy for the last 9 s of 15 is the target: nothing happens; busy for all of the next 15, it asks for 2 at 30."""
    run = simulate(replace(RULE, boot=5), inject((6.5, 15.5), (9, 30), duration=40))
    assert capacities(run) == [[0, 1], [35, 2]]


def test_it_goes_down_when_every_wish_of_the_last_while_allows():
    """Idle from the start with 5: the number it began with counts as a wish for 300 s; the next look is at 315."""
    design = replace(RULE, design=Service("infer", 5))
    run = simulate(design, inject((400,), (1,), duration=450))
    assert capacities(run) == [[0, 5], [315, 1]]


def test_a_hung_pool_looks_idle_and_loses_servers():
    trace = inject(np.arange(0, 130, 0.25), [0.6] * 520, duration=130)
    design = Autoscaled(Service("infer", 4), "infer", stabilisation=0)
    healthy, hung = simulate(design, trace), simulate(design, trace, (Hang("infer", 20, 100),))
    assert healthy.jobs["infer"].capacities[:, 1].min() >= 3
    assert hung.jobs["infer"].capacities[-1, 1] < 4


def test_servers_that_boot_go_first():
    """Asked for at 15 and no longer wanted at 30: they never work, and nobody that works goes."""
    design = Autoscaled(Service("infer", 1), "infer", stabilisation=0)
    run = simulate(design, inject((0, 100), (15.5, 1), duration=120))
    assert capacities(run) == [[0, 1]]


def test_servers_that_boot_are_paid():
    """As above: one, two and three more, each asked for 60 s before it works."""
    run, prices = simulate(RULE, flood(50, 500, 200)), Prices.read()
    second = prices.server_second
    assert RULE.bill(run, prices) == pytest.approx({"infer": (75 * 1 + 60 * 2 + 60 * 4 + 5 * 7) * second,
                                                    "booting": (1 + 2 + 3) * 60 * second})


def test_only_rises_are_moved():
    moved = earlier(np.array([[0, 2], [100, 5], [130, 4], [200, 6]], float), 60)
    assert moved.tolist() == [[0, 2], [40, 5], [130, 4], [140, 6]]
    overtaken = earlier(np.array([[0, 5], [100, 3], [130, 6]], float), 60)
    assert overtaken.tolist() == [[0, 5], [70, 8], [100, 6]]


def test_it_comes_too_late_for_a_step():
    """From 5 to 30 a second at 60 s: who has enough workers never notices; it takes a period and a boot to help."""
    times = np.concatenate([np.arange(0, 60, 1 / 5), np.arange(60, 300, 1 / 30)])
    step = inject(times, [0.1] * len(times), duration=300)
    scaled = Autoscaled(Monolith(2), "workers")

    def slowest(design):
        """p99 of those that came in the first two minutes, in seconds."""
        run = simulate(design, step)
        early = (run.arrival_times > 60) & (run.arrival_times < 180) & (run.outcomes == 0)
        return np.percentile((run.departure_times - run.arrival_times)[early], 99)

    # Two workers do 20 a second, so 10 more wait each second: the last of the 120 s finds 1200 before it, 60 s of work.
    assert slowest(Monolith(2)) == pytest.approx(60, rel=0.05)
    # Four work from 135 on: worst off is who comes at 110, finds 500 before it, and is served just then.
    assert slowest(scaled) == pytest.approx(25, rel=0.05)
    assert slowest(Monolith(6)) < 0.5


def test_it_ends_when_all_is_done():
    assert simulate(RULE, inject((0, 50), (1, 1))).end < 80


def test_laws():
    lawful(Autoscaled(Service("infer", 1), "infer", period=2, boot=3, stabilisation=4), BUSY)


@pytest.mark.parametrize("knobs, words", [
    ({"period": 0.5}, "period must be a whole number of seconds, at least 1, got 0.5"),
    ({"target": 0}, "target must be a busy share above 0 and at most 1, got 0"),
    ({"least": 0}, "least must be at least 1 and at most the value of most, got 0, 100"),
    ({"least": 9, "most": 8}, "got 9, 8"),
    ({"boot": -1}, "boot must be at least 0, got -1"),
    ({"tolerance": float("nan")}, "tolerance must be at least 0, got nan"),
])
def test_numbers_that_cannot_be_are_refused(knobs, words):
    with pytest.raises(ValueError, match=words):
        replace(RULE, **knobs)


def test_a_pool_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="this design has the pools infer, not 'gpu'"):
        simulate(replace(RULE, pool="gpu"), BUSY)
