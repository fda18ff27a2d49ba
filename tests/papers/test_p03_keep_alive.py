"""P3: the cold share of one function with few calls is exp(-rate times keep-alive), and where that stops to be true."""

from math import exp, sqrt

import pytest

from course.laws import LogNormalLaw
from course.patterns.serverless import Serverless
from course.run import interval
from course.simulation import replicate, simulate
from course.workload import Deterministic, Work, Workload

# calls an hour, keep-alive in minutes: published share
PUBLISHED = {(1, 10): 0.8465, (1, 20): 0.7165, (1, 60): 0.3679, (6, 10): 0.368, (6, 20): 0.135, (6, 60): 0.0025}
CALLS = 20_000


def cold_share(run):
    return len(run.jobs["cold starts"].arrived) / len(run.arrival_times)


@pytest.mark.parametrize("calls, minutes", PUBLISHED)
def test_simulated_share_is_the_published_one(judge, calls, minutes):
    """Gaps are independent, so the number of cold starts is binomial; work takes no time, as in the formula.

    One seed in 22 misses by more than two standard errors; over twelve seeds the misses average out.
    """
    rate, published = calls / 3600, PUBLISHED[calls, minutes]
    design = Serverless(cold_start=LogNormalLaw(0), keep_alive=60 * minutes)
    share = cold_share(simulate(design, Workload(rate, CALLS / rate, Work(0, 0, 0), 5)))
    formula = exp(-rate * 60 * minutes)
    assert formula == pytest.approx(published, abs=6e-4)
    error = sqrt(formula * (1 - formula) / CALLS)
    judge([(f"P3 cold share, {calls}/h, {minutes} min", published, f"{share:.4f}, formula {formula:.4f}",
            abs(share - formula) <= 2 * error)])


def test_an_instance_is_kept_from_the_end_of_its_work():
    """60 s of work: cold after a gap of more than 660 s, or when the call before has not ended: exact for two calls."""
    rate, work, keep_alive = 1 / 3600, 60, 600
    design = Serverless(cold_start=LogNormalLaw(0), keep_alive=keep_alive)
    trace = Workload(rate, CALLS / rate, Work(0, work, 0), 3, distribution=Deterministic())
    share = cold_share(simulate(design, trace))
    expected = exp(-rate * (work + keep_alive)) + 1 - exp(-rate * work)
    assert abs(share - expected) <= 2 * sqrt(expected * (1 - expected) / CALLS) + (rate * work) ** 2


def test_the_formula_ignores_calls_that_overlap(judge):
    """360 calls an hour: by the formula never cold. But two at once need two instances, and the second one expires.

    With 0.2 s of work and 2 s of cold start it is about one call in 150: far from nothing, and none of it is in the
    formula; when every cold start and all work take no time, nothing overlaps, and it is true again.
    """
    rate, keep_alive = 360 / 3600, 600
    formula = exp(-rate * keep_alive)
    busy, instant = (replicate(Serverless(cold_start=LogNormalLaw(start), keep_alive=keep_alive),
                               Workload(rate, 100_000, Work(0, work, 0))) for start, work in ((2, 0.2), (0, 0)))
    shares = interval([cold_share(run) for run in busy])
    assert formula < 1e-25
    assert [len(run.jobs["cold starts"].arrived) for run in instant] == [1] * len(instant)
    judge([("P3 cold share, 360/h, 10 min, by formula 0", 0.0066, shares, shares.low <= 0.0066 <= shares.high)])
