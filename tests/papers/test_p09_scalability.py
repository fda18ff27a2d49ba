"""P9: the fit of the universal scalability law to the SPEC SDM91 data has the published parameters, to four digits."""

import numpy as np
import pytest

from course import theory

N = (1, 18, 36, 72, 108, 144, 216)
THROUGHPUT = (64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2)
PUBLISHED = {"gamma": "89.9952", "sigma": "0.0277285", "kappa": "0.0001044"}


def test_least_squares_gives_the_published_parameters(judge):
    fit = theory.fit_usl(N, THROUGHPUT)
    judge([(f"P9 {name}, {len(N)} points", float(text), getattr(fit, name),
            f"{getattr(fit, name):.4g}" == f"{float(text):.4g}") for name, text in PUBLISHED.items()])


def test_the_fit_is_a_minimum_and_peaks_where_the_reference_does():
    fit = theory.fit_usl(N, THROUGHPUT)
    n, measured = np.array(N), np.array(THROUGHPUT)
    misfit = np.sum((measured - theory.usl(n, *fit)) ** 2)
    for place in range(3):
        for factor in (0.9999, 1.0001):
            moved = [value * (factor if place == other else 1) for other, value in enumerate(fit)]
            assert np.sum((measured - theory.usl(n, *moved)) ** 2) > misfit
    peak = ((1 - fit.sigma) / fit.kappa) ** 0.5
    assert peak == pytest.approx(96.5, abs=0.05)
    assert theory.usl(peak, *fit) == pytest.approx(1883.9, abs=0.05)


def test_another_method_gives_a_sigma_that_is_far_off():
    n, measured = np.array(N), np.array(THROUGHPUT)
    grid = [(sigma, kappa) for sigma in np.linspace(0.005, 0.03, 101) for kappa in np.linspace(5e-5, 2e-4, 151)]
    sigma, kappa = min(grid, key=lambda pair: np.sum((measured - theory.usl(n, 64.9, *pair)) ** 2))
    assert sigma == pytest.approx(0.0126, abs=0.0003)       # with the throughput of one worker held at the measured 64.9
    assert kappa == pytest.approx(0.000111, abs=1e-6)
    assert theory.fit_usl(N, THROUGHPUT).sigma > 2 * sigma
