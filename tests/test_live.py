"""Proves that the picture behind the sliders tells the truth about its run, and warns of overload."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from test_plots import contrast

from course import live
from course.patterns.monolith import Monolith
from course.simulation import simulate
from course.workload import Injected, Work, Workload


def drawn(workers, arrival_rate, queue_limit=float("inf"), duration=200.0):
    run = simulate(Monolith(workers, queue_limit), Workload(arrival_rate, duration, Work(0, 0.1, 0)))
    return run, *live.LiveFigure().draw(run, {"servers": 0.02, "storage": 0.01})


def test_caption_and_words_hold_the_figures_of_the_run():
    run, _, alt, caption = drawn(2, 10)
    assert f"p50 {run.percentile(50):.3g} s, p95 {run.percentile(95):.3g} s" in caption
    assert f"busy {100 * run.utilisation('workers'):.0f} %" in caption
    assert f"{len(run.response_times):,} response times" in alt
    assert not caption.startswith("WARNING")


def test_cost_is_scaled_to_a_month():
    """0.03 USD in 200 s; a month has 730 hours of 3,600 s, which is 13,140 times as long: 394.2 USD."""
    assert "394 USD a month" in drawn(2, 10)[3]


def test_load_above_85_percent_is_marked():
    run, _, _, caption = drawn(1, 9.3, duration=2000)
    assert run.utilisation("workers") > 0.85
    assert caption.startswith("WARNING: above 85 % load")


def test_overload_says_that_the_queue_still_grows_and_what_is_unfinished():
    run, _, alt, caption = drawn(1, 20)
    assert caption.startswith("WARNING: overload. The queue still grows when the run stops at 200 s")
    unfinished = float(re.search(r"unfinished ([\d.]+) %", caption).group(1))
    assert unfinished == pytest.approx(100 * run.share("unfinished"), abs=0.005)
    assert 40 < unfinished < 60                                     # half of the work is beyond capacity
    assert "rises" in alt


def test_work_in_hand_at_the_end_is_no_overload():
    """Ten requests, each a second after the last and half a second long, but the run ends during the tenth."""
    run = simulate(Monolith(1), Injected(tuple(range(10)), (Work(0, 0.5, 0),) * 10, duration=9.2))
    caption = live.LiveFigure().draw(run, {})[2]
    assert "unfinished 10.00 %" in caption and "WARNING" not in caption


def test_requests_turned_away_are_told():
    run, _, _, caption = drawn(1, 20, queue_limit=3)
    assert f"turned away {100 * run.share('dropped'):.2f} %" in caption


def test_a_run_without_a_completed_request_is_drawn_all_the_same():
    run = simulate(Monolith(1), Injected((0,), (Work(0, 5, 0),), duration=1))
    png, alt, caption = live.LiveFigure().draw(run, {})
    assert png and "0 response times" in alt and "unfinished 100.00 %" in caption


def test_a_kept_figure_draws_what_a_new_one_would():
    """Whatever was drawn before, and whether or not the axes had to change."""
    runs = [drawn(2, rate)[0] for rate in (10, 10.5, 18, 10)]
    kept = live.LiveFigure()
    for run in runs:
        assert kept.draw(run, {}) == live.LiveFigure().draw(run, {})


def test_neighbouring_runs_share_their_axes():
    kept = live.LiveFigure()
    limits = []
    for rate in np.linspace(10, 11, 11):
        kept.draw(drawn(2, float(rate))[0], {})
        limits.append(kept.panels.left.limits + kept.panels.right.limits)
    assert len(set(limits)) < len(limits) / 2


def test_axes_end_at_round_numbers():
    assert [live.snapped(value) for value in (1, 1.2, 0.16, 2.5, 31, 6000, 9)] == [1, 1.5, 0.2, 3, 50, 7500, 10]


def test_requests_in_the_system_by_hand():
    """Three requests at 0, 1 and 1.5 s leave at 2, 5 and 6 s."""
    run = simulate(Monolith(1), Injected((0, 1, 1.5), (Work(0, 2, 0), Work(0, 3, 0), Work(0, 1, 0))))
    moments, inside = live.in_system(run)
    at = dict(zip((0.5, 1.2, 1.8, 3, 5.5), (1, 2, 3, 2, 1)))
    for time, expected in at.items():
        assert inside[np.searchsorted(moments, time)] == expected


def test_colours_in_the_picture_stand_out():
    png = drawn(2, 10)[1]
    image = Image.open(io.BytesIO(png)).convert("RGB")
    colours = [rgb for count, rgb in image.getcolors() if max(rgb) - min(rgb) > 60 and count > 100]
    assert {rgb.index(max(rgb)) for rgb in colours} == {0, 2}       # p95 is rather red, p50 rather blue
    for red, green, blue in colours:
        assert contrast(f"#{red:02x}{green:02x}{blue:02x}", "#FFFFFF") >= 3


def test_a_picture_is_small():
    assert len(drawn(2, 18)[1]) < 30 * 1024
