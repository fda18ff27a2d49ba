"""P7: with no room to wait, `simulate` turns away the 1 % that Erlang B gives."""

import pytest

from course import theory
from course.patterns.monolith import Monolith
from course.run import interval
from course.simulation import simulate
from course.workload import Work, Workload

pytestmark = pytest.mark.slow

# workers: offered load of the published 1 % row (12.0 printed, 12.03 before rounding), requests in each replication
PUBLISHED = {5: (1.36, 20_000), 10: (4.46, 43_000), 20: (12.03, 80_000), 50: (37.9, 160_000), 100: (84.1, 260_000)}
WARM_UP = 20


def blocked(workers, offered_load, requests, seed):
    workload = Workload(offered_load, WARM_UP + requests / offered_load, Work(0, 1, 0), seed)
    return simulate(Monolith(workers, queue_limit=0), workload).after(WARM_UP).share("dropped")


@pytest.mark.parametrize("workers", PUBLISHED)
def test_simulated_blocking_is_one_percent(judge, workers):
    offered_load, requests = PUBLISHED[workers]
    seeds = range(100 * workers, 100 * workers + 10)
    ours = interval([blocked(workers, offered_load, requests, seed) for seed in seeds])
    judge([(f"P7 blocking, {workers} workers, {offered_load} erlangs", 0.01, ours, abs(ours.mean - 0.01) <= 0.0005)])


def test_tables_round_the_load():
    assert theory.erlang_b(20, 12.03) == pytest.approx(0.01, abs=5e-6)
    assert theory.erlang_b(20, 12.0) < 0.0099
