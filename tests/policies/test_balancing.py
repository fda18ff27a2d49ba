"""Proves the balancing rules: what each one chooses, what it looks at, theory at both ends, and their order."""

from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from policies.laws import BUSY, inject, lawful

from course.faults import Crash
from course.patterns.microservices import Service
from course.policies.balancing import Balanced, LeastLoaded, RandomChoice, RoundRobin, TwoChoices
from course.prices import Prices
from course.run import compare, interval
from course.simulation import replicate, simulate
from course.theory import mm1, mmc
from course.workload import Injected, Request, Work, Workload

RULES = (RandomChoice(), RoundRobin(), TwoChoices(), LeastLoaded())
EIGHTY = Workload(80, 60, Work(0, 0.1, 0))              # ten replicas, busy to 80 %


def visits(run, replicas):
    """Which requests each replica has had."""
    return [list(run.jobs[f"infer {number}"].request) for number in range(replicas)]


def waits(run):
    """Seconds in the queue, whichever replica it was."""
    return np.concatenate([run.waiting_times(pool) for pool in run.jobs])


@dataclass
class Watched:
    """A replica that notes who looks at it."""

    busy: int
    looks: int = 0

    @property
    def queue(self):
        self.looks += 1
        return ()


def lucky(luck):
    return Request(0, 0.0, Work(0, 1, 0), "request", 0, luck)


def test_round_robin_takes_turns():
    assert visits(simulate(Balanced("infer", 3), inject(range(7), [5] * 7)), 3) == [[0, 3, 6], [1, 4], [2, 5]]


def test_round_robin_waits_though_another_is_free():
    """The third comes when replica 1 is free, but its turn is replica 0, busy until 9."""
    run = simulate(Balanced("infer", 2), inject((0, 0, 2), (9, 1, 1)))
    assert list(run.departure_times) == [9, 1, 10]


def test_least_loaded_finds_the_free_one():
    run = simulate(Balanced("infer", 2, LeastLoaded()), inject((0, 0, 2), (9, 1, 1)))
    assert list(run.departure_times) == [9, 1, 3]


def test_least_loaded_counts_heads_and_not_work():
    """At 2, both have one request: the first in line is taken, though it needs until 9."""
    run = simulate(Balanced("infer", 2, LeastLoaded()), inject((0, 0, 2), (9, 3, 1)))
    assert list(run.departure_times) == [9, 3, 10]


def test_random_choice_follows_the_luck():
    luck = np.random.default_rng(7).random(200)
    workload = Injected((0,) * 200, (Work(0, 1, 0),) * 200, luck=tuple(luck))
    places = [int(lucky(each).chance("replica") * 4) for each in luck]
    found = visits(simulate(Balanced("infer", 4, RandomChoice()), workload), 4)
    assert found == [[id for id, place in enumerate(places) if place == number] for number in range(4)]
    assert min(map(len, found)) > 25                    # 50 each, with a standard deviation of 6


def test_two_choices_takes_the_less_loaded_of_two_different_ones_and_looks_at_no_other():
    pairs = set()
    for luck in np.random.default_rng(8).random(500):
        pools = [Watched(busy) for busy in (3, 1, 4, 0, 2)]
        chosen = TwoChoices().choose(pools, lucky(luck), 0)
        seen = [place for place, pool in enumerate(pools) if pool.looks]
        assert len(seen) == 2 and all(pools[place].looks == 1 for place in seen)
        assert pools[chosen].busy == min(pools[place].busy for place in seen)
        pairs.add(tuple(seen))
    assert len(pairs) == 10                             # each pair of five


@pytest.mark.parametrize("rule", RULES)
def test_one_replica_is_a_service(rule):
    trace = inject((0, 1, 1, 7), (3, 2, 1, 1))
    balanced, service = simulate(Balanced("infer", 1, rule), trace), simulate(Service("infer", 1), trace)
    assert list(balanced.departure_times) == list(service.departure_times)


@pytest.mark.parametrize("rule", RULES)
def test_every_choice_is_one_of_the_replicas(rule):
    pools = [SimpleNamespace(busy=1, queue=()) for _ in range(3)]
    for luck in (0.0, 0.5, 1 - 2**-53):
        for turn in range(7):
            assert rule.choose(pools, lucky(luck), turn) in (0, 1, 2)


def test_random_choice_makes_each_replica_a_queue_of_its_own():
    """A split Poisson stream is Poisson: two replicas at 60 % are M/M/1, waiting 1.5 times the work."""
    runs = replicate(Balanced("infer", 2, RandomChoice()), Workload(12, 400, Work(0, 0.1, 0)))
    found = interval([waits(run.after(20)).mean() for run in runs])
    assert found.low < mm1(6, 10).waiting_time < found.high
    assert found.high - found.low < 0.2 * found.mean


def test_the_more_a_rule_knows_the_shorter_the_wait():
    """Ten replicas at 80 %: random > two choices > least loaded > one queue for all, on the same requests."""
    designs = [Balanced("infer", 10, rule) for rule in (RandomChoice(), TwoChoices(), LeastLoaded())]
    runs = [replicate(design, EIGHTY, times=5) for design in [*designs, Service("infer", 10)]]
    for worse, better in pairwise(runs):
        gain = compare(worse, better, lambda run: waits(run.after(10)).mean())
        assert gain.high < 0
    two, least, shared = (np.mean([waits(run.after(10)).mean() for run in each]) for each in runs[1:])
    assert shared == pytest.approx(mmc(80, 10, 10).waiting_time, rel=0.5)
    assert least - shared < 0.1 / 4                     # close to one queue: less than a quarter of the work apart
    assert two - shared > 3 * (least - shared)


def test_a_crashed_replica_looks_free_and_swallows_what_comes():
    """Replica 0 is down from 1 to 4: it is empty, so who knows only loads sends all three there."""
    faults = (Crash("infer 0", 1, 3),)
    trace = inject((0, 2, 3, 3), (9, 1, 1, 1))
    lost = simulate(Balanced("infer", 2, LeastLoaded()), trace, faults)
    assert [lost.share(outcome) for outcome in ("lost", "completed")] == [1, 0]


def test_laws():
    for rule in RULES:
        lawful(Balanced("infer", 3, rule), BUSY)


def test_every_replica_is_paid():
    run = simulate(Balanced("infer", 3), inject((0,), (2,), duration=7200))
    prices = Prices.read()
    six_hours = 6 * prices.usd("vm_m5.large_2vcpu_8gib")            # three replicas for two hours
    assert Balanced("infer", 3).bill(run, prices) == pytest.approx({"infer": six_hours})


def test_numbers_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="replicas must be at least 1, got 0"):
        Balanced("infer", 0)
