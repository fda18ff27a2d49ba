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


def test_the_older_method_gives_a_sigma_so_small_that_ours_is_sixty_per_cent_more():
    n, measured = np.array(N), np.array(THROUGHPUT)
    lost = n * measured[0] / measured - 1       # linear in sigma and kappa once gamma is held at the first throughput
    sigma, kappa = np.linalg.lstsq(np.column_stack([n - 1, n * (n - 1)]), lost, rcond=None)[0]
    assert (f"{sigma:.5f}", f"{kappa:.2e}") == ("0.01705", "7.89e-05")      # as printed by an older manual
    assert theory.fit_usl(N, THROUGHPUT).sigma / sigma == pytest.approx(1.6, abs=0.05)
