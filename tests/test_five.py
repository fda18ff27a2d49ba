"""All five designs face the very same requests, and each column of the page is what it says."""

from dataclasses import replace
from math import isnan

import numpy as np
import pytest
from pandas.testing import assert_frame_equal

from course import five
from course.__main__ import main
from course.overview import overview, spaced
from course.picture import PATTERNS
from course.prices import Prices
from course.simulation import replicate
from course.workload import Deterministic, Work, Workload

SHORT = replace(five.REQUESTS, duration=330.0)      # 30 s of them count


@pytest.fixture(scope="module")
def table():
    return five.side_by_side(SHORT, traces=3)


def test_there_is_one_design_of_each_pattern():
    assert {name: type(design).__name__ for name, design in five.DESIGNS.items()} == {name: name for name in PATTERNS}


def test_every_design_gets_the_very_same_requests():
    came = [replicate(design, SHORT, 2)[1].arrival_times for design in five.DESIGNS.values()]
    assert all(np.array_equal(one, came[0]) for one in came)


def test_without_waiting_the_median_is_work_and_hops_exactly():
    quiet = Workload(0.5, 400.0, Work(0.02, 0.05, 0.01), distribution=Deterministic(), seed=4)
    hops = {"Monolith": 0.0, "Microservices": 5 * 0.0005 + 0.0005, "EventDriven": 0.005, "LambdaArchitecture": 0.005,
            "Serverless": 0.0}
    medians = five.side_by_side(quiet, traces=2)["p50"]
    assert {name: medians[name] for name in hops} == pytest.approx({name: 0.08 + hop for name, hop in hops.items()})


def test_the_items_of_a_bill_sum_to_its_total(table):
    parts = table.filter(like="of which ")
    assert parts.sum(axis=1).to_numpy() == pytest.approx(table["USD a million"].to_numpy())
    assert (table["USD low"] <= table["USD a million"]).all() and (table["USD a million"] <= table["USD high"]).all()


def test_two_servers_cost_their_seconds_divided_by_the_requests(table):
    counts = [np.sum(run.arrival_times >= five.WARM_UP) for run in replicate(five.DESIGNS["Monolith"], SHORT, 3)]
    by_hand = np.mean([2 * 30 * Prices.read().server_second / count * 1e6 for count in counts])
    assert table.loc["Monolith", "USD a million"] == pytest.approx(by_hand)


def test_only_a_batch_view_is_stale_by_half_an_interval_and_a_run():
    table = five.side_by_side(replace(five.REQUESTS, arrival_rate=1.0), traces=2)
    design = five.DESIGNS["LambdaArchitecture"]
    run_time = design.run_time(300)         # about 300 events are in the log when the second run begins
    expected = run_time + design.batch_interval / 2
    assert table.loc["LambdaArchitecture", "staleness"] == pytest.approx(expected, rel=0.02)
    assert all(isnan(table.loc[name, "staleness"]) for name in table.index if name != "LambdaArchitecture")


def test_the_picture_says_all_of_it_in_words(table):
    picture = overview(table, "2026-01-02")
    assert picture.png.startswith(b"\x89PNG") and "2026-01-02" in picture.note
    for name in table.index:
        assert spaced(name) in picture.alt
    assert "bus" in picture.alt and "initialisation" in picture.alt


def test_names_are_spaced():
    assert [spaced(name) for name in ("EventDriven", "Monolith")] == ["Event driven", "Monolith"]


def test_the_command_prints_a_column_for_each_and_stores_what_it_measures(capsys, monkeypatch, tmp_path):
    assert main(["five"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in PATTERNS) and "USD a million" in printed
    monkeypatch.setattr(five, "STORED", tmp_path / "five.csv")
    monkeypatch.setattr(five.side_by_side, "__defaults__", (SHORT, 2, five.DESIGNS))
    assert main(["five", "--measure"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["five.csv"]
    assert_frame_equal(five.stored(), five.side_by_side(SHORT, 2), rtol=1e-9)
    assert capsys.readouterr().out != printed


def test_the_stored_table_is_what_the_command_measures():
    assert_frame_equal(five.stored(), five.side_by_side(), rtol=1e-9)
