"""The choice map: prices and intervals by hand, stored places computed anew, bills by formula, its figure in words."""

import json
from itertools import product
from math import ceil
from pathlib import Path

import pytest
from conftest import rest
from joblib import parallel_config

from course.__main__ import main
from course.choosing import charting
from course.choosing.charting import EVALUATIONS, PLACES, RECIPE, TRACES, answer, measure
from course.choosing.choice_map import (
    BURSTINESS,
    PROMISES,
    RATES,
    STORED,
    WORK,
    Cell,
    ChoiceMap,
    Together,
    fields_of,
    rounds,
    row_of,
    scenario,
    stored,
)
from course.choosing.families import FAMILIES, UNITS
from course.choosing.map_picture import words
from course.choosing.moving import moving_map
from course.prices import Prices
from course.run import Interval, interval
from course.scenarios import MONTH

HERE = (0.5, 1.0, 10.0)
COURSE = Path(__file__).resolve().parents[1] / "course"


def row(pattern, bills, why=""):
    """A pattern with these bills; with a reason, it does not pass."""
    return row_of(pattern, {}, 1, "", 0.1, 0.0, ["promise"] * bool(why), why, bills)


def place(*rows, at=HERE):
    return Cell(*at, list(rows))


def test_the_cheapest_follows_from_bills_and_units():
    """70 + x meets 10 + 2 x at 60, and 5 + 4 x meets 10 + 2 x at 2.5."""
    here = place(row("Monolith", [70.0, 70.0]), row("Serverless", [9.0, 11.0]), row("EventDriven", [5.0, 5.0]),
                 row("Microservices", [1.0, 1.0], "needs 3 s"))
    assert [here.ranked(price)[0].pattern for price in (0, 2.4, 2.6, 59, 61, 500)] == [
        "EventDriven", "EventDriven", "Serverless", "Serverless", "Monolith", "Monolith"]
    assert [one.total_usd for one in here.ranked(100.0)] == [170, 210, 405]
    assert here.difference(100.0) == interval([9 + 200 - 170, 11 + 200 - 170])
    assert here.difference(0.0) == interval([9 - 5, 11 - 5])


@pytest.mark.parametrize("bills, price, answer", [
    ([69.0, 70.0, 72.0], 0.0, "undecided"), ([69.0, 70.0, 72.0], 100.0, "Monolith"),
    ([0.0, 1.0, 2.0], 67.0, "undecided"), ([0.0, 1.0, 2.0], 71.0, "undecided"),     # 69 USD for a unit make them equal,
    ([0.0, 1.0, 2.0], 66.0, "Serverless"), ([0.0, 1.0, 2.0], 72.0, "Monolith")])    # give or take 4.303 / 3**0.5 = 2.5
def test_undecided_is_where_the_interval_holds_zero(bills, price, answer):
    here = place(row("Monolith", [70.0] * 3), row("Serverless", bills))
    assert here.answer(price) == answer
    assert (answer == "undecided") == (here.difference(price).low <= 0 <= here.difference(price).high)


def test_nobody_is_where_none_passes_and_one_alone_wins():
    late = row("Monolith", [1.0, 1.0], "needs 3 s where 0.5 are promised")
    assert place(late).answer(0.0) == "nobody" and place(late).difference(0.0) is None
    assert place(late, row("Serverless", [9.0, 9.0])).answer(500.0) == "Serverless"


def test_close_is_less_than_a_machine():
    month = Prices.read().server_month
    for more, close in ((0.9 * month, True), (1.1 * month, False)):
        assert place(row("Monolith", [70.0, 70.0]), row("Serverless", [70.0 + more, 70.0 + more])).close(0.0) == close


@pytest.mark.parametrize("mean, verdict", [(0.009, "met"), (0.011, "missed")])
def test_a_promise_is_kept_where_all_traces_together_keep_it(mean, verdict):
    assert Together(99, 0.5).verdict(Interval(mean, 0.0, 1.0, 5)) == verdict


@pytest.mark.parametrize("burstiness", BURSTINESS)
def test_a_rush_has_half_of_the_requests_and_so_many_times_the_mean(burstiness):
    profile = rounds(burstiness).profile
    assert max(profile) == burstiness == pytest.approx(sum(profile) / 2) and sum(profile) == pytest.approx(len(profile))
    assert rounds(burstiness).day == 2.0 * len(profile)


@pytest.mark.parametrize("rate, burstiness, seconds", [
    (0.05, 1.5, 80_004), (51.2, 3.0, 84), (204.8, 1.5, 60), (204.8, 100.0, 400)])
def test_a_stretch_has_whole_rounds_and_enough_requests(rate, burstiness, seconds):
    """4000 / 0.05 s are 13333.3 rounds of 6 s; 4000 / 51.2 = 78 s are 6.5 of 12 s; 60 s are 10 of 6 s; 1 of 400 s."""
    here = scenario(0.5, rate, burstiness)
    assert here.duration == seconds and here.workload.duration == seconds
    assert here.peak_rate == rate * burstiness and here.mishap[0].start + here.mishap[0].duration < seconds


def test_the_area_of_a_rule_is_counted_place_by_place():
    """Of four places, three end in one leaf: one names the cheapest, one another, one nobody can tell."""
    one, other = row("Monolith", [70.0, 70.0]), row("Serverless", [9.0, 9.0])
    undecided = row("Serverless", [69.0, 71.0])
    chart = ChoiceMap("", (place(one), place(one, other), place(one, undecided), place(other, at=(0.5, 99.0, 1.0))))
    found = chart.leaf_shares(
        lambda brief: ("Microservices", "Serverless") if brief.mean_rate > 50 else ("Monolith",), 0.0)
    assert found.loc["Monolith"].to_list() == pytest.approx([75, 100 / 3, 100 / 3, 100 / 3])
    assert found.loc["Microservices or Serverless"].to_list() == [25, 100, 0, 0]


@pytest.mark.parametrize("broken, sentence", [
    (lambda: stored().sheet(1.0), "no sheet for a promise of 1 s: choose one of 0.5, 4, 30"),
    (lambda: stored().cells(0.5, -1.0), "operations price must be 0 US dollars a month or more, got -1"),
    (lambda: stored().picture(0.5, float("nan")), "operations price must be 0 US dollars"),
    (lambda: stored().cell(0.5, 1.0, 3.0), "no place for 1 requests a second and 3 times the mean"),
    (lambda: stored(Path("missing.json")), "missing.json cannot be read .FileNotFoundError.: `course choose --map`")])
def test_what_is_broken_is_said_in_a_sentence(broken, sentence):
    with pytest.raises(ValueError, match=sentence):
        broken()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"recipe": "", "places": [[0.5, 1.0]]}',
                                  '{"recipe": "", "places": [[0.5, 1.0, 3.0, [["Monolith"]]]]}'])
def test_a_broken_file_is_said_in_a_sentence(tmp_path, text):
    (tmp_path / "map.json").write_text(text)
    with pytest.raises(ValueError, match=r"the choice map in .* cannot be read"):
        stored(tmp_path / "map.json")


def test_the_stored_map_has_every_place_with_all_five_and_the_same_effort():
    places = stored().places
    assert stored().recipe.startswith(RECIPE)
    assert [cell[:3] for cell in places] == list(PLACES) and STORED.stat().st_size < 200_000
    most = {place[1:] for place in product(PROMISES, RATES, BURSTINESS)} - {cell[1:3] for cell in places}
    assert most == {(204.8, 100.0)}                     # 81,920 requests from rush to rush; the next has 24,576
    for cell in places:
        assert [one.pattern for one in cell.rows] == list(FAMILIES)
        assert all(one.units == UNITS[one.pattern] and len(one.bills) == TRACES for one in cell.rows)
        assert all(1 <= one.evaluations <= EVALUATIONS for one in cell.rows)
        assert all(one.response <= cell.promise for one in cell.rows if one.passes)
        assert all(one.why for one in cell.rows if not one.passes)


def test_functions_are_paid_by_the_work_and_machines_are_enough_for_it():
    prices = Prices.read()
    each = sum(WORK) * 1.769 * prices.usd("lambda_duration_x86") + prices.usd("lambda_request") / 1e6
    for cell in stored().places:
        functions, machines = (next(one for one in cell.rows if one.pattern == name)
                               for name in ("Serverless", "Monolith"))
        if cell.promise < 10 and functions.passes:                  # the others pay for a queue as well
            assert functions.cloud_usd == pytest.approx(each * cell.rate * MONTH, rel=0.05)
        if cell.promise < 10:
            assert machines.cloud_usd == pytest.approx(machines.sizes["machines"] * prices.server_month, abs=0.01)
        assert machines.sizes["machines"] >= ceil(0.95 * cell.rate * sum(WORK) / 2)


@rest()
def test_a_cheap_place_computed_anew_is_the_stored_one(tmp_path):
    here = (4.0, 0.05, 3.0)
    with parallel_config(backend="sequential"):
        found = measure([here], tmp_path / "map.json")
    assert list(found.places) == [stored().cell(*here)] and found.recipe.startswith("`course choose --map`")
    assert [*tmp_path.iterdir()] == [tmp_path / "map.json"]


@rest()
def test_a_cheap_pattern_computed_anew_is_the_stored_one():
    here = (0.5, 3.2, 10.0)
    kept = {one.pattern: one for one in stored().cell(*here).rows}
    for name in ("Monolith", "Serverless"):
        assert json.loads(json.dumps(answer([*here, name]))) == fields_of(kept[name])


def test_a_sheet_has_rates_as_rows_and_prices_move_it():
    chart = stored()
    for price in (0.0, 100.0):
        sheet_of = chart.cells(0.5, price)
        assert list(sheet_of.index) == list(RATES) and list(sheet_of.columns) == list(BURSTINESS)
        assert all(sheet_of.loc[cell.rate, cell.burstiness] == cell.answer(price) for cell in chart.sheet(0.5))
        assert sheet_of.loc[204.8, 100.0] == "not looked at"
    assert chart.cells(0.5, 0.0).loc[0.05, 1.5] == "Serverless"         # a machine costs 70, and functions nothing
    assert chart.cells(0.5, 100.0).loc[0.05, 1.5] == "Monolith"         # ... but two units 100 more than one
    assert chart.cells(0.5, 100.0).to_string() in chart.told()


def test_the_command_computes_and_prints_the_map(capsys, monkeypatch):
    monkeypatch.setattr(charting, "measure", stored)
    assert main(["choose", "--map"]) == 0
    assert capsys.readouterr().out == stored().told() + "\n"


def test_a_line_has_the_places_that_differ_in_one_thing_in_order():
    here = stored().cell(0.5, 3.2, 10.0)
    assert [cell.rate for cell in stored().line(here, "rate")] == list(RATES)
    assert [cell[:3] for cell in stored().line(here, "promise")] == [(one, 3.2, 10.0) for one in PROMISES]
    assert [cell.burstiness for cell in stored().line(stored().cell(4.0, 204.8, 3.0), "burstiness")] == [1.5, 3, 10, 30]


def test_the_figure_says_in_words_what_it_shows():
    chart = ChoiceMap("", (
        place(row("Monolith", [70.0, 70.0]), row("Serverless", [9.0, 9.0]), at=(0.5, 1.0, 3.0)),
        place(row("Monolith", [70.0, 70.0]), row("Serverless", [14.0, 14.0]), at=(0.5, 1.0, 10.0)),
        place(row("Monolith", [700.0, 700.0]), row("Serverless", [100.0, 100.0]), at=(0.5, 8.0, 3.0)),
        place(row("Monolith", [70.0, 70.0]), row("Serverless", [-31.0, -29.0]), at=(0.5, 8.0, 10.0))))
    found = chart.picture(0.5, 100.0)
    assert found.png.startswith(b"\x89PNG")
    assert found.caption == ("Of 4 places with a promise of 0.5 s and operations of 100 USD a unit, "
                             "Monolith is cheapest in 2, Serverless is cheapest in 1, nobody can tell in 1")
    assert found.alt.endswith("At 1 requests a second: Monolith at 3 to 10, by 39 to 44 USD. "
                              "At 8 requests a second: Serverless at 3, by 500 USD; undecided at 10.")
    assert "Hollow, in 3 places" in found.note and Prices.read().date in found.note
    assert found.table["answer"].to_list() == ["Monolith", "Monolith", "Serverless", "undecided"]
    assert found.table["second costs more (USD a month)"].to_list() == [39.0, 44.0, 500.0, 0.0]


def test_sliders_choose_the_sheet_and_the_price():
    page = moving_map()
    assert [bar.description for bar in page.bars.values()] == [
        "promise (1: 0.5 s, 2: 4 s, 3: 30 s)", "operations (USD a unit and month)"]
    assert f'alt="{words(stored().sheet(0.5), 100)}"' in page.page.value
    page.bars["promise"].value = 3
    assert f'alt="{words(stored().sheet(30.0), 100)}"' in page.page.value
    assert "promise of 30 s and operations of 100 USD" in page.page.value


def test_only_what_is_drawn_imports_what_draws_and_only_what_moves_widgets():
    files = {path.name: path.read_text(encoding="utf-8") for path in (COURSE / "choosing").glob("*.py")}
    assert {name for name, text in files.items() if "matplotlib" in text} == {"map_picture.py"}
    assert {name for name, text in files.items() if "ipywidgets" in text} == {"moving.py"}
