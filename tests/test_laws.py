"""Proves the laws of chance: their quantiles, and the numbers of measured ones that the data give."""

from math import exp, inf, log, nan, nextafter

import numpy as np
import pytest

from course import data
from course.laws import ExponentialLaw, LogNormalLaw, Sometimes, UniformLaw


def test_a_measured_cold_start_has_the_mean_and_p99_of_its_row():
    """Within 5 %: the law is a fit."""
    row = data.row("cold_starts", "lambda_nodejs22_zip_x86_1024")
    law = LogNormalLaw(*data.cold_start(row["id"]))
    chances = (np.arange(10_000) + 0.5) / 10_000
    times = [law.quantile(chance) for chance in chances]
    assert np.mean(times) == pytest.approx(float(row["mean_ms"]) / 1000, rel=0.05)
    assert law.quantile(0.99) == pytest.approx(float(row["p99_ms"]) / 1000, rel=0.1)


def test_a_row_with_a_mean_only_gives_that():
    assert LogNormalLaw(*data.cold_start("gpu_vllm_boot")).quantile(0.9) == 95.7


def test_a_row_that_is_not_there_is_named():
    with pytest.raises(ValueError, match=r"data/cold_starts\.csv has no row 'fast': use one of lambda_python3.12_zip"):
        data.cold_start("fast")


@pytest.mark.parametrize("law, p, value", [
    (LogNormalLaw(3), 0.7, 3), (LogNormalLaw(3, 0.5), 0.5, 3), (LogNormalLaw(3, 0.5), 0.841344746, 3 * exp(0.5)),
    (LogNormalLaw(3, 0.5), 0, 0), (ExponentialLaw(2), 1 - exp(-1.5), 3), (ExponentialLaw(2), 0, 0),
    (UniformLaw(2, 6), 0, 2), (UniformLaw(2, 6), 0.25, 3), (UniformLaw(3, 3), 0.9, 3),
    (Sometimes(0.2, UniformLaw(10, 20)), 0.79, 0), (Sometimes(0.2, UniformLaw(10, 20)), 0.85, 12.5),
    (Sometimes(0, UniformLaw(10, 20)), 0.99, 0), (Sometimes(1, ExponentialLaw(2)), 1 - exp(-1.5), 3)])
def test_quantiles(law, p, value):
    assert law.quantile(p) == pytest.approx(value, abs=0.1 if p == 0 else 1e-6)


@pytest.mark.parametrize("share", [1e-9, 0.03, 0.3, 1 - 1e-9, 1])
def test_now_and_then_is_finite_at_both_ends(share):
    """From where it begins to the last number below 1, of which 2^-53 are left."""
    law = Sometimes(share, ExponentialLaw(1))
    assert law.quantile(1 - share) == pytest.approx(0, abs=1e-6)
    assert law.quantile(nextafter(1, 0)) == pytest.approx(log(share * 2**53), abs=0.5)


@pytest.mark.parametrize("law, words", [
    (lambda: LogNormalLaw(-1), "median must be at least 0, got -1"),
    (lambda: LogNormalLaw(1, nan), "sigma must be at least 0, got nan"),
    (lambda: ExponentialLaw(-1), "mean must be at least 0, got -1"),
    (lambda: UniformLaw(-1, 2), "low must be at least 0 and at most the value of high, got -1, 2"),
    (lambda: UniformLaw(3, 2), "got 3, 2"),
    (lambda: UniformLaw(0, inf), "got 0, inf"),
    (lambda: Sometimes(1.1, UniformLaw(0, 1)), "share must lie between 0 and 1, got 1.1"),
])
def test_laws_that_cannot_be_are_refused(law, words):
    with pytest.raises(ValueError, match=words):
        law()
