"""P6: ten servers with ten queues, such as partitions, wait 19.6 times as long as ten servers behind one."""

import numpy as np
import pytest

from course.patterns.event_driven import Consumers
from course.patterns.monolith import Monolith
from course.run import interval
from course.simulation import simulate
from course.workload import Work, Workload

pytestmark = pytest.mark.slow

WARM_UP = 1000
SEPARATE = Consumers(10, partitions=10)         # a consumer and a queue for each partition


def times(design, pools, seed):
    """The mean wait, and the mean response time, in units of the mean work."""
    run = simulate(design, Workload(8, 13_500, Work(0, 1, 0), seed, keys=10)).after(WARM_UP)
    return np.mean(np.concatenate([run.waiting_times(pool) for pool in pools])), run.mean_response


def test_separate_queues_wait_19_6_times_as_long(judge):
    pooled, pooled_response = zip(*[times(Monolith(10), ["workers"], seed) for seed in range(1, 11)])
    separate, separate_response = zip(*[times(SEPARATE, SEPARATE.lanes, seed) for seed in range(1, 11)])
    one, ten = interval(pooled), interval(separate)
    ratio = interval(np.divide(separate, pooled))
    judge([("P6 mean wait / work, one queue", 0.2046, one, abs(one.mean / 0.2046 - 1) <= 0.05),
           ("P6 mean wait / work, ten queues", 4.0, ten, abs(ten.mean / 4 - 1) <= 0.05),
           ("P6 ratio of the waits", 19.6, ratio, abs(ratio.mean / 19.6 - 1) <= 0.05)])
    responses = interval(np.divide(separate_response, pooled_response))
    assert responses.high < 5       # the response time gains far less: (4 + 1) / (0.2046 + 1) = 4.15
