"""Proves the laws of chance: their quantiles, and the numbers of measured ones that the data give."""

from math import exp, nan

import numpy as np
import pytest

from course import data
from course.laws import ExponentialLaw, LogNormalLaw


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
    (LogNormalLaw(3, 0.5), 0, 0), (ExponentialLaw(2), 1 - exp(-1.5), 3), (ExponentialLaw(2), 0, 0)])
def test_quantiles(law, p, value):
    assert law.quantile(p) == pytest.approx(value, abs=0.1 if p == 0 else 1e-6)


@pytest.mark.parametrize("law, words", [
    (lambda: LogNormalLaw(-1), "median must be at least 0, got -1"),
    (lambda: LogNormalLaw(1, nan), "sigma must be at least 0, got nan"),
    (lambda: ExponentialLaw(-1), "mean must be at least 0, got -1"),
])
def test_laws_that_cannot_be_are_refused(law, words):
    with pytest.raises(ValueError, match=words):
        law()
