"""P4: the generated functions have all eight properties that were published of a cloud's functions."""

import numpy as np
import pytest
from scipy import stats

from course.population import Population

COUNT = 10_000


@pytest.fixture(scope="module")
def functions():
    return Population(COUNT, 4).functions()


def column(functions, name):
    return np.array([getattr(function, name) for function in functions])


def gaps_cv(function, calls=300):
    gaps = np.diff([request.arrival_time for request in function.workload(calls / function.arrival_rate).requests()])
    return gaps.std() / gaps.mean() if len(gaps) > 20 else np.nan


def test_rates(judge, functions):
    """Shares of the functions that are called at most so often, and the share of all calls that goes to a few."""
    rates = np.sort(column(functions, "arrival_rate"))
    hourly, by_minute = np.mean(rates <= 1 / 3600), np.mean(rates <= 1 / 60)
    upper = rates[-round(0.186 * COUNT):].sum() / rates.sum()
    judge([("P4 called at most hourly", 0.45, f"{hourly:.4f}", abs(hourly - 0.45) <= 0.005),
           ("P4 called at most each minute", 0.81, f"{by_minute:.4f}", abs(by_minute - 0.81) <= 0.005),
           ("P4 share of calls of the upper 18.6 %", 0.996, f"{upper:.4f}", abs(upper - 0.996) <= 0.0005)])


def test_gaps(judge, functions):
    """Measured on the calls of 300 functions: how many have gaps that vary more than those of a Poisson process."""
    share = np.mean([gaps_cv(function) > 1 for function in functions[:300]])
    bursty = np.mean(column(functions, "bursty"))
    judge([("P4 functions with a CV of gaps above 1", 0.40, f"{bursty:.4f}, measured {share:.3f}",
            abs(bursty - 0.4) <= 0.005 and abs(share - 0.4) <= 3 * np.sqrt(0.24 / 300))])


def test_work(judge, functions):
    """A log-normal law: its two numbers within 3 standard errors, and its shape. Its mean converges slowly."""
    logs = np.log(column(functions, "mean_work"))
    mu, sigma = logs.mean(), logs.std(ddof=1)
    shape = stats.kstest(logs, stats.norm(-0.38, 2.36).cdf).statistic * np.sqrt(COUNT)
    judge([("P4 work: mu of its logarithm", -0.38, f"{mu:.3f}", abs(mu + 0.38) <= 3 * 2.36 / np.sqrt(COUNT)),
           ("P4 work: sigma", 2.36, f"{sigma:.3f}", abs(sigma - 2.36) <= 3 * 2.36 / np.sqrt(2 * COUNT)),
           ("P4 work: distance from that law", 0, f"{shape:.2f}", shape < 1.63)])        # Kolmogorov's 1 % point


def test_memory(judge, functions):
    """The fitted law lies below both published quantiles (its own are 140 and 262 MB): they hold as upper bounds."""
    megabytes = 1000 * column(functions, "memory_gb")
    shape = stats.kstest(megabytes, stats.burr12(11.652, 0.221, scale=107.083).cdf).statistic * np.sqrt(COUNT)
    small, most = np.mean(megabytes <= 170), np.mean(megabytes <= 400)
    judge([("P4 memory: distance from the Burr law", 0, f"{shape:.2f}", shape < 1.63),
           ("P4 share of at most 170 MB, at least", 0.5, f"{small:.3f}", small >= 0.5),
           ("P4 share of at most 400 MB, at least", 0.9, f"{most:.3f}", most >= 0.9)])
    law = stats.burr12(11.652, 0.221, scale=107.083)
    assert [round(law.ppf(p)) for p in (0.5, 0.9)] == [140, 262]


def test_the_same_seed_gives_the_same_functions():
    assert Population(50, 1).functions() == Population(50, 1).functions() != Population(50, 2).functions()


@pytest.mark.parametrize("numbers", [{"count": 0}, {"seed": -1}, {"count": 1.5}])
def test_numbers_that_cannot_be_are_refused(numbers):
    with pytest.raises(ValueError, match="must be a whole number of at least"):
        Population(**numbers)
