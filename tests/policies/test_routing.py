"""Proves routing: each kind has its own queue, pools and bill, and heavy work no longer stands before light work."""

import numpy as np
import pytest
from policies.laws import Asked, lawful

from course.faults import Outage
from course.patterns.microservices import Microservices, Service
from course.patterns.monolith import Monolith
from course.policies.routing import Routed
from course.prices import Prices
from course.run import compare
from course.simulation import replicate, simulate
from course.workload import Deterministic, Mixed, Work, Workload

BOTH = Routed((("light", Service("infer", 1)), ("heavy", Service("infer", 2))))


def mixed(duration):
    """100 a second: 95 % of 10 ms, 5 % of 600 ms."""
    return Mixed(tuple(Workload(rate, duration, Work(0, seconds, 0), kind=kind, distribution=Deterministic())
                       for kind, rate, seconds in (("light", 95, 0.01), ("heavy", 5, 0.6))))


def p99(kind):
    """A measure: what 99 % of the requests of this kind do not exceed."""
    def measured(run):
        return np.percentile(run.response_times[(run.requests.kind == kind)[run.outcomes == 0]], 99)

    return measured


def test_each_kind_has_a_queue_of_its_own():
    """Each takes 1 s: of three light ones at 0 the last leaves at 3, of two heavy ones both at 1."""
    run = simulate(BOTH, Asked((0, 0, 0, 0, 0), (0,) * 5, ("light", "heavy", "light", "heavy", "light")))
    assert list(run.departure_times) == [1, 1, 2, 1, 3]
    assert list(run.jobs["light infer"].request) == [0, 2, 4]
    assert list(run.jobs["heavy infer"].request) == [1, 3]


def test_faults_know_the_pools_by_both_names():
    run = simulate(BOTH, Asked((0, 0), (0, 0), ("light", "heavy")), (Outage("light infer", 0.5, 0.5),))
    assert run.jobs["light infer"].capacities[:, 1].tolist() == [1, 0, 1]


def test_each_kind_has_its_items_on_the_bill():
    run = simulate(BOTH, Asked((0,), (0,), ("light",), 3600))
    hour = Prices.read().usd("vm_m5.large_2vcpu_8gib")
    assert BOTH.bill(run, Prices.read()) == pytest.approx({"light infer": hour, "heavy infer": 2 * hour})


def test_whole_designs_can_be_routed():
    design = Routed((("light", Monolith(1)), ("heavy", Microservices())))
    run = simulate(design, Asked((0, 0), (0, 0), ("light", "heavy")))
    way = Microservices()
    assert run.departure_times == pytest.approx([1, 1 + way.gateway.seconds + 5 * way.hop_time])
    assert list(design.bill(run, Prices.read())) == ["light servers", "heavy gateway", "heavy prepare", "heavy infer",
                                                    "heavy respond"]


def test_light_work_no_longer_waits_behind_heavy_work():
    """Six shared, or two for light and four for heavy work: the slowest light ones gain, the heavy ones lose."""
    split = replicate(Routed((("light", Monolith(2)), ("heavy", Monolith(4)))), mixed(30), times=4)
    shared = replicate(Monolith(6), mixed(30), times=4)
    assert compare(shared, split, p99("light")).high < 0
    assert compare(shared, split, p99("heavy")).low > 0


def test_laws():
    lawful(Routed((("light", Monolith(4)), ("heavy", Service("infer", 4)))), mixed(10))


def test_a_kind_without_a_route_is_an_error():
    with pytest.raises(ValueError, match="no route for the kind 'odd', only for light, heavy"):
        simulate(BOTH, Asked((0,), (0,), ("odd",)))


@pytest.mark.parametrize("routes", [(), (("light", Monolith()), ("light", Monolith()))])
def test_routes_that_cannot_be_are_refused(routes):
    with pytest.raises(ValueError, match="routes must have one row for each kind"):
        Routed(routes)
