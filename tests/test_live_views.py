"""Proves that the picture of the views says what the views answered."""

import re

import numpy as np
import pytest

from course.live_views import LiveViews, wrong
from course.patterns.lambda_architecture import LambdaArchitecture
from course.simulation import simulate
from course.views import Answers, ask
from course.workload import Injected

TIMES = np.array([11.5, 12.5, 19.5])


@pytest.fixture(scope="module")
def answered():
    run = simulate(LambdaArchitecture(batch_interval=10, batch_fixed=2, batch_work=0),
                   Injected((1, 9, 11, 20), [(0.1, 0.2, 0.1)] * 4))
    return run, ask(run, TIMES)


def test_what_each_view_misses_by_hand():
    """Of four events one is counted twice, or two are not known."""
    found = Answers(np.array([4.0, 4.0]), np.array([2.0, 4.0]), np.array([4.0, 5.0]), np.array([4.0, 4.0]), np.zeros(2))
    assert list(wrong(found, "batch")) == [50, 0] and list(wrong(found, "speed")) == [0, 25]


def test_words_and_caption_hold_the_errors_the_age_and_the_cost(answered):
    run, found = answered
    _, alt, caption = LiveViews().draw(run, TIMES, found, {"log": 0.02 * run.end / 200})
    errors = [float(text) for text in re.findall(r"([\d.]+) %", caption)]
    assert errors == pytest.approx([found.error(view) for view in ("batch", "speed", "merged")], abs=0.005)
    assert errors[0] > errors[2] and f"{errors[0]:.2f} %" in alt
    assert "263 USD a month" in caption                         # 0.02 for 200 s, 13,140 times
    assert "2.5 to 11.5 hours" in LiveViews().draw(
        run, TIMES, found._replace(staleness=3600 * found.staleness), {})[1]


def test_a_kept_figure_draws_what_a_new_one_would(answered):
    run, _ = answered
    kept = LiveViews()
    for times in (TIMES, TIMES[:2], TIMES):
        answers = ask(run, times)
        assert kept.draw(run, times, answers, {}) == LiveViews().draw(run, times, answers, {})
