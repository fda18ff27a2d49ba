"""Proves that every figure says in words and in its table what it draws, in colours that all readers can tell apart."""

import io
import re
import sys
from dataclasses import replace
from subprocess import run as run_process

import numpy as np
import pytest
from PIL import Image

from course import picture, plots, tables
from course.patterns.monolith import Monolith
from course.prices import Prices
from course.run import Interval
from course.simulation import replicate, simulate
from course.workload import Injected, Work, Workload

THREE = Injected(arrival_times=(0, 1, 1.5), work=(Work(0, 2, 0), Work(0, 3, 0), Work(0, 1, 0)))
LONG = Workload(arrival_rate=8, duration=300, mean_work=Work(0, 0.1, 0))
OVERLOAD = Workload(arrival_rate=20, duration=100, mean_work=Work(0, 0.1, 0))


@pytest.fixture(scope="module")
def by_hand():
    """Requests 0, 1 and 2 respond in 2, 4 and 4.5 s: they start at 0, 2 and 5, and leave at 2, 5 and 6."""
    return simulate(Monolith(1), THREE)


@pytest.fixture(scope="module")
def long_run():
    return simulate(Monolith(1), LONG)


@pytest.fixture(scope="module")
def sweep():
    return tables.summary({rate: replicate(Monolith(1), replace(LONG, arrival_rate=rate), times=3)
                           for rate in (2.0, 5.0, 8.0)}, index="arrival rate (requests/s)")


def contrast(colour, other):
    """Ratio of relative luminances, as in WCAG 2.1."""
    light, dark = sorted((luminance(colour), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def shows(drawn, colour):
    """Whether some pixels have the colour, or nearly: the file holds few colours."""
    pixels = np.asarray(Image.open(io.BytesIO(drawn.png)).convert("RGB"), int)
    wanted = [int(colour[place:place + 2], 16) for place in (1, 3, 5)]
    return np.sum(np.abs(pixels - wanted).max(axis=2) < 14) > 20


def test_contrast_formula_agrees_with_its_two_fixed_points():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#FFFFFF", "#FFFFFF") == pytest.approx(1)


def test_every_colour_stands_out_on_paper():
    lines = {look.colour for look in picture.LOOKS} | {picture.GREY, plots.P50.colour, plots.P95.colour}
    assert len(lines) == 6
    assert all(contrast(colour, picture.PAPER) >= 3 for colour in lines)
    assert contrast(picture.TEXT, picture.PAPER) >= 7


def test_five_patterns_keep_their_colour_and_marker_in_any_company():
    names = ["Monolith", "Microservices", "EventDriven", "LambdaArchitecture", "Serverless"]
    assert list(picture.PATTERNS) == names
    looks = [picture.PATTERNS[name] for name in names]
    for part in ("colour", "marker", "dashes", "hatch"):
        assert len({getattr(look, part) for look in looks}) == 5
    assert picture.looks(["theory", "Serverless", "Monolith"])["Monolith"] == looks[0]
    assert picture.looks(["theory", "Monolith"])["theory"] != looks[0]


def test_histogram_of_three_responses_tells_their_percentiles(by_hand):
    drawn = plots.response_histogram(by_hand)
    assert "p50 is 4." in drawn.alt and "from 2 to 4.5" in drawn.alt
    assert "p95 is 4.45." in drawn.alt                              # 4 + 0.9 of the way to 4.5
    assert drawn.caption == "Half of the requests take at most 4 s, one in twenty more than 4.45 s"
    assert drawn.note == "Unfinished when the run ended: 0.00 % of 3 requests."
    assert drawn.table["requests"].sum() == 3


def test_histogram_table_counts_each_value_once():
    values = np.concatenate([np.linspace(0, 1, 101), [7.3]])
    drawn = plots.histogram(values, {"exact": 0.5}, "A title", "p95 (s)", "runs")
    edges = drawn.table["from p95 (s)"]
    for edge, end, count in zip(edges, drawn.table["to"], drawn.table["runs"]):
        assert count == np.sum((values >= edge) & (values < end))
    assert drawn.table["runs"].sum() == 102
    assert "exact is 0.5." in drawn.alt and "7.3" in drawn.alt and drawn.caption == "A title"


def test_histogram_takes_equal_values():
    assert plots.histogram([2.0, 2.0], {}, "Same", "x", "n").table["n"].sum() == 2


def test_histogram_of_nothing_says_so():
    nothing = simulate(Monolith(1), Injected((0,), (Work(0, 5, 0),), duration=1))
    with pytest.raises(ValueError, match="no request of this run was completed"):
        plots.response_histogram(nothing)


def test_levels_of_three_requests_are_those_counted_by_hand(by_hand):
    drawn = plots.levels_over_time(by_hand, "workers")
    rows = drawn.table.set_index("from time (s)")
    assert rows["waiting"].to_dict() == {0: 0, 1: 1, 1.5: 2, 2: 1, 5: 0, 6: 0}
    assert rows["in service"].to_dict() == {0: 1, 1: 1, 1.5: 1, 2: 1, 5: 1, 6: 0}
    assert drawn.caption == "At most 2 requests wait at once, at 1.5 s"
    assert "At most 2 wait." in drawn.alt and "from 0 to 6 s" in drawn.alt


def test_levels_of_a_long_run_are_time_averages(long_run):
    drawn = plots.levels_over_time(long_run, "workers")
    assert len(drawn.table) == plots.SLOTS
    assert drawn.table["waiting"].mean() == pytest.approx(long_run.mean_waiting("workers"), rel=1e-2)
    assert drawn.table["in service"].mean() == pytest.approx(long_run.utilisation("workers"), rel=1e-2)
    assert drawn.table["most waiting"].max() == long_run.levels("workers").waiting.max()
    assert "means over 5 s" in drawn.note                           # the first request comes within the first second


def test_levels_after_a_warm_up_begin_there(long_run):
    drawn = plots.levels_over_time(long_run.after(290), "workers")
    assert drawn.table["from time (s)"].iloc[0] == 290
    levels = long_run.levels("workers")
    assert drawn.table["waiting"].iloc[0] == levels.waiting[np.flatnonzero(levels.time <= 290)[-1]]


def test_overload_shows_the_unfinished_and_the_rise():
    run = simulate(Monolith(1), OVERLOAD)
    drawn = plots.levels_over_time(run, "workers")
    assert "Waiting: rises" in drawn.alt
    left = float(re.search(r"ended: ([\d.]+) %", drawn.note).group(1))
    assert left == pytest.approx(100 * run.share("unfinished"), abs=0.005) and left > 30


def test_response_against_load_draws_the_table_it_was_given(sweep):
    drawn = plots.response_against_load(sweep, formulas={"p50, theory": [0.1, 0.2, 0.3]})
    assert np.allclose(drawn.table["p95 (s)"], sweep["p95 (s)"])
    assert drawn.table["p50, theory"].tolist() == [0.1, 0.2, 0.3]
    assert f"p95: rises, from {sweep['p95 (s)'].iloc[0]:.3g} to {sweep['p95 (s)'].iloc[-1]:.3g}" in drawn.alt
    assert "3 runs" in drawn.note and "unfinished" in drawn.note
    assert shows(drawn, plots.P50.colour) and shows(drawn, plots.P95.colour)


def test_lines_say_ends_extremes_and_trend():
    drawn = plots.lines([0, 1, 2], {"up": [1, 5, 4], "flat": [3, 3, 3], "hill": [1, 4, 1]}, "Title", "x (s)", "y",
                         bands={"up": (np.array([0, 4, 3]), np.array([2, 6, np.inf]))})
    assert "up: rises, from 1 to 4; lowest 1 at 0, highest 5 at 1." in drawn.alt
    assert "flat: stays level, from 3 to 3" in drawn.alt
    assert "hill: goes up and down, from 1 to 1; lowest 1 at 0, highest 4 at 1." in drawn.alt
    assert drawn.table.to_dict("list") == {"x (s)": [0, 1, 2], "up": [1, 5, 4], "flat": [3, 3, 3], "hill": [1, 4, 1]}


def test_lines_leave_out_what_is_not_finite():
    drawn = plots.lines([0, 1, 2], {"pole": [1, 2, np.inf], "nothing": [np.nan] * 3}, "Title", "x", "y")
    assert "pole: rises, from 1 to 2" in drawn.alt and "nothing: no finite value." in drawn.alt


def test_lines_below_zero_are_drawn_as_those_above():
    above, below = (plots.lines([0, 1, 2], {"line": values}, "Title", "x", "y") for values in ([1, 2, 3], [-1, -2, -3]))
    black = [np.sum(np.asarray(Image.open(io.BytesIO(drawn.png)).convert("L")) < 20) for drawn in (above, below)]
    assert black[1] == pytest.approx(black[0], rel=0.3)


def test_lines_of_another_length_are_refused():
    with pytest.raises(ValueError, match="'short' has 2 values for 3 places"):
        plots.lines([0, 1, 2], {"short": [1, 2]}, "Title", "x", "y")


def test_waterfall_tells_each_journey(by_hand):
    drawn = plots.waterfall(by_hand, (0, 1, 2))
    assert drawn.table["waits (s)"].tolist() == [0, 1, 3.5]
    assert drawn.table["is served (s)"].tolist() == [2, 3, 1]
    assert "Request 2 comes to workers at 1.5 s, waits 3.5 s, is served 1 s." in drawn.alt
    assert drawn.caption == "Request 2 waits longest, 3.5 s before 1 s of service"


def test_waterfall_ends_an_unfinished_job_with_the_run():
    stopped = simulate(Monolith(1), replace(THREE, duration=4))
    assert plots.waterfall(stopped, (1, 2)).table["leaves (s)"].tolist() == [4, 4]


def test_waterfall_of_an_unknown_request_is_refused(by_hand):
    with pytest.raises(ValueError, match="no job of request 7; its requests are 0 to 2"):
        plots.waterfall(by_hand, (0, 7))


def test_bill_adds_up_and_carries_the_date_of_its_prices():
    prices = Prices.read()
    bills = {"two": {"servers": 3.5, "storage": 0.25}, "one": {"servers": 1.75}}
    drawn = plots.bill_bars(bills, prices, unit="USD a day")
    assert drawn.table["total"].tolist() == [3.75, 1.75]
    assert "two: 3.75, of which servers 3.5, storage 0.25." in drawn.alt
    assert drawn.caption == "one costs least: 1.75 USD a day"
    assert str(prices.date) in drawn.note


def test_paired_differences_rank_only_what_is_clear_of_zero():
    drawn = plots.paired_differences({"hold": Interval(-2, -3, -1, 10), "fail": Interval(0.5, -1, 2, 12)}, "Title", "s")
    assert "hold: -2 [-3, -1], clearly less." in drawn.alt
    assert "fail: 0.5 [-1, 2], holds zero: no ranking." in drawn.alt
    assert drawn.table["clear of zero"].tolist() == [True, False]
    assert "n = 10" in drawn.note


def test_every_figure_is_small_and_readable_without_eyes(by_hand, long_run, sweep):
    figures = (plots.response_histogram(long_run), plots.levels_over_time(long_run, "workers"),
               plots.response_against_load(sweep), plots.waterfall(by_hand, (0, 1, 2)),
               plots.lines(range(60), {name: range(60) for name in picture.PATTERNS}, "Five", "x", "y"))
    for drawn in figures:
        assert len(drawn.png) <= 40 * 1024
        html = drawn._repr_mimebundle_()["text/html"]
        assert f'<img alt="{drawn.alt[:20]}' in html and "<table" in html and "<summary>" in html
        assert f"<strong>{drawn.caption}</strong>" in html and len(drawn.alt) > 60
        assert drawn._repr_mimebundle_()["text/plain"].startswith(drawn.caption)


def test_words_cannot_break_the_page():
    drawn = plots.lines([0, 1], {'a "<b>': [0, 1]}, "<script>", "x", "y")
    assert "<script>" not in drawn._repr_html_() and 'a "<b>' not in drawn._repr_html_()


def test_numbers_are_written_for_readers():
    assert [picture.number(value) for value in (0, 0.0000033, 0.12345, 12.345, 1234.5, np.nan, np.inf)] == [
        "0", "0.0000033", "0.123", "12.3", "1,234", "unknown", "unbounded"]


def test_names_at_the_line_ends_do_not_touch():
    _, axes = picture.canvas()
    places = picture.apart(axes, {"a": 0.5, "b": 0.5, "c": 0.51, "d": 1.0, "e": 1.0})
    heights = np.sort(list(places.values()))
    assert np.diff(heights).min() >= picture.line_height(axes) * 0.999
    assert heights.min() >= 0 and heights.max() <= 1


def test_importing_plots_loads_neither_matplotlib_nor_pandas():
    loaded = "import sys, course.plots, course.tables, course.live; print({'matplotlib', 'pandas'} & set(sys.modules))"
    assert run_process([sys.executable, "-c", loaded], capture_output=True, text=True).stdout.strip() == "set()"
