"""Proves that policies combine in any order: the same run twice, no request lost, Little's law on every pool."""

from itertools import permutations

import pytest
from policies.laws import BUSY, jobs, lawful

from course.patterns.microservices import Microservices, Service
from course.patterns.monolith import Monolith
from course.policies.breaker import CircuitBreaker
from course.policies.bulkhead import Bulkhead
from course.policies.cache import Cached
from course.policies.failing import Failing
from course.policies.fallback import Fallback
from course.policies.front_end import FrontEnd
from course.policies.hedge import Hedged
from course.policies.rate_limit import RateLimited
from course.policies.retries import Decorrelated, Exponential, FullJitter, Retries
from course.policies.shedding import Shedding
from course.policies.timeout import Timeout
from course.simulation import simulate

INFER = Service("infer", 2)
COMBINATIONS = {
    "retries of a timeout, with a budget": Retries(Timeout(Monolith(4), 0.1), 3, FullJitter(0.05, 20), budget=0.1),
    "a timeout of retries": Timeout(Retries(Failing(Monolith(3), 0.3), 3, Decorrelated()), 0.3),
    "a model with a stand-in": Microservices(infer=Fallback(CircuitBreaker(Timeout(INFER, 0.1), 0.5, 20, 2, 3), 0.001)),
    "a hedge of a bulkhead": Hedged(Bulkhead(Microservices(), 6), 0.06),
    "a bulkhead of a hedge": Bulkhead(Hedged(Microservices(), 0.06), 6),
    "a cache of retries": Cached(Retries(Failing(Microservices(), 0.2), backoff=Exponential()), 2, seconds=0.001),
    "retries of a cache": Retries(Cached(Failing(Microservices(), 0.2), 2, room=20), 4),
    "a rate limit before shedding": RateLimited(Shedding(Microservices(), "infer", 1), 35, 5),
    "front ends in a row": FrontEnd(Timeout(FrontEnd(Retries(Timeout(INFER, 0.1), 2), 5, name="inner"), 0.2), 8),
    "a timeout of a front end": Timeout(FrontEnd(Microservices(prepare=Failing(Service("prepare"), 0.1)), 4), 0.15),
    "a hedge in retries in a breaker": CircuitBreaker(Retries(Hedged(Failing(INFER, 0.4), 0.05)), 0.2, 50, 1, 2),
    "each service its own": Microservices(
        prepare=Shedding(Bulkhead(Service("prepare"), 5), "prepare", 3),
        infer=Fallback(Retries(Timeout(INFER, 0.08), 2)),
        respond=Cached(Failing(Service("respond"), 0.1), 1)),
}


@pytest.mark.parametrize("design", COMBINATIONS.values(), ids=COMBINATIONS)
def test_laws_hold_for_a_combination(design):
    run = lawful(design, BUSY)
    assert 0 < run.share("completed") + run.share("timed_out") <= 1


WRAPPERS = {
    "breaker": lambda design: CircuitBreaker(design, 0.5, 20, 1, 2),
    "fallback": Fallback,
    "retries": lambda design: Retries(design, 2, FullJitter(), budget=0.2),
    "timeout": lambda design: Timeout(design, 0.1),
}


@pytest.mark.parametrize("order", list(permutations(WRAPPERS)), ids=" of ".join)
def test_any_order_of_wrapping_works_around_a_service(order):
    """The stand-in outside answers all; wherever it is, no request ends twice or never."""
    design = INFER
    for name in reversed(order):
        design = WRAPPERS[name](design)
    run = simulate(Microservices(infer=design), BUSY)
    assert run.share("unfinished") < 0.02
    if order[0] == "fallback":
        assert run.share("completed") + run.share("unfinished") == 1
    assert jobs(run, "gateway") == len(run.outcomes)
