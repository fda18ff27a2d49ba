"""Proves that a table holds the measures of its runs, with their intervals, units and what was left undone."""

import math

import pytest

from course import tables
from course.patterns.monolith import Monolith
from course.run import measure, percentile_interval
from course.simulation import replicate, simulate
from course.workload import Injected, Work, Workload

WORKLOAD = Workload(arrival_rate=8, duration=120, mean_work=Work(0, 0.1, 0))


@pytest.fixture(scope="module")
def runs():
    return {workers: replicate(Monolith(workers), WORKLOAD, times=4) for workers in (1, 2)}


def test_summary_holds_each_measure_and_the_ends_of_its_interval(runs):
    table = tables.summary(runs, index="workers")
    for workers, row in table.iterrows():
        mean = measure(runs[workers], lambda run: run.mean_response)
        p95 = percentile_interval(runs[workers], 95)
        assert row[["mean (s)", "mean low (s)", "mean high (s)"]].tolist() == [mean.mean, mean.low, mean.high]
        assert row[["p95 (s)", "p95 low (s)", "p95 high (s)"]].tolist() == [p95.mean, p95.low, p95.high]
    assert table.index.name == "workers" and table.index.tolist() == [1, 2]


def test_summary_of_a_run_by_hand():
    """Two requests of 1 s at one worker until 1.5 s: the first takes 1 s, the second is not done."""
    run = simulate(Monolith(1), Injected((0, 0), (Work(0, 1, 0), Work(0, 1, 0)), duration=1.5))
    row = tables.summary({"one": [run]}).loc["one"]
    assert row["mean (s)"] == row["p50 (s)"] == row["p95 (s)"] == 1
    assert row["utilisation"] == 1 and row["unfinished"] == 0.5
    assert row["requests"] == 2 and row["runs"] == 1
    assert math.isnan(row["p50 low (s)"]) and math.isnan(row["mean high (s)"])


def test_summary_counts_only_what_comes_after_the_warm_up(runs):
    later = [run.after(60) for run in runs[1]]
    counted = sum(int((run.arrival_times >= 60).sum()) for run in runs[1])
    assert tables.summary({"later": later})["requests"].iloc[0] == counted


def test_readable_puts_the_interval_beside_the_value(runs):
    table = tables.summary(runs, index="workers")
    page = tables.readable(table)
    row = table.iloc[0]
    assert page["p50 (s)"].iloc[0] == f"{row['p50 (s)']:.3g} [{row['p50 low (s)']:.3g}, {row['p50 high (s)']:.3g}]"
    assert page["utilisation (%)"].iloc[0] == f"{100 * row['utilisation']:.1f}"
    assert page.index.equals(table.index)
    assert all(name in page for name in ("unfinished (%)", "requests", "runs"))


def test_readable_shows_no_interval_of_a_single_run(runs):
    assert "[" not in tables.readable(tables.summary({"one": runs[1][:1]}))["p95 (s)"].iloc[0]


def test_bill_has_units_missing_items_are_zero_and_the_total_adds_up():
    table = tables.bill({"a": {"servers": 2.0, "calls": 0.5}, "b": {"servers": 3.0}}, unit="USD a month")
    assert table.columns.tolist() == ["servers (USD a month)", "calls (USD a month)", "total (USD a month)"]
    assert table.loc["a"].tolist() == [2.0, 0.5, 2.5]
    assert table.loc["b"].tolist() == [3.0, 0.0, 3.0]


def test_who_is_turned_away_is_counted_and_shown_only_when_there_is_somebody(runs):
    """Three requests at once at one worker with room for one more: the third is dropped."""
    full = simulate(Monolith(1, queue_limit=1), Injected((0, 0, 0), (Work(0, 1, 0),) * 3))
    assert tables.summary({"full": [full]}).loc["full"]["refused"] == pytest.approx(1 / 3)
    assert tables.readable(tables.summary({"full": [full]}))["refused (%)"].iloc[0] == "33.3"
    assert "refused (%)" not in tables.readable(tables.summary(runs))
