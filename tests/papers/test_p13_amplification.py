"""P13: layers that retry multiply their attempts: 4 x 4 x 4 = 64, and 3 to the power of 5 = 243."""

import pytest

from course.patterns.monolith import Monolith
from course.policies.retries import Retries
from course.policies.timeout import Timeout
from course.simulation import simulate
from course.workload import Injected, Work

# layers, attempts in each, published number of calls; the last is the trap: three *retries* are four attempts
PUBLISHED = [(3, 4, 64), (5, 3, 243), (5, 4, 1024)]


def calls(layers, attempts):
    """Jobs in a database that always answers too late, for a single request."""
    design = Timeout(Monolith(10_000), seconds=0.5)
    for _ in range(layers):
        design = Retries(design, attempts)
    run = simulate(design, Injected((0,), (Work(0, 1, 0),)))
    assert run.share("timed_out") == 1
    return len(run.jobs["workers"].arrived)


@pytest.mark.parametrize("layers, attempts, published", PUBLISHED)
def test_a_leaf_that_always_fails_is_called_as_often_as_published(judge, layers, attempts, published):
    ours = calls(layers, attempts)
    judge([(f"P13 calls, {layers} layers of {attempts} attempts", published, ours, ours == published)])
