"""Proves that the tables on the page say what was stored: the order of the rules, the word for a gap, every change."""

import pytest

from course.choosing import reading
from course.choosing.briefs import price_list
from course.choosing.winners import compared_in
from course.patterns.event_driven import EventDriven
from course.patterns.serverless import Serverless
from course.prices import Prices
from course.run import Interval
from course.scenarios import SCENARIOS, U1, U4, U7, U10, U13
from course.simulation import simulate
from course.workload import Injected, Work


def test_a_brief_says_what_rules_patterns_out():
    table = reading.briefs([U4, U10, U13])
    assert table["besides"].tolist() == ["a GPU, 8 teams", "late data, final numbers within 0.5 %, 1 team",
                                         "waits for a language model, 1 team"]
    assert table["promise"].tolist() == ["99 % in 0.4 s", "99 % in 10 s", "99 % in 3 s, first token"]


def test_the_winner_comes_first_and_every_other_one_has_a_reason():
    for one in SCENARIOS:
        found = compared_in(one)
        table = reading.patterns(found)
        assert len(table) == 5 and table.index[0] == found.winner
        assert [bool(reason) for reason in table["why not"]] == [False, True, True, True, True]


def test_what_is_impossible_has_no_price():
    assert reading.patterns(compared_in(U4)).loc["Serverless", "cloud (USD)"] == ""


@pytest.mark.parametrize("low, mean, high, step, word", [
    (-1, 5, 11, 2, "a tie"), (4, 5, 6, 7, "less than a machine"), (4, 5, 6, 3, "clear")])
def test_how_sure_the_first_place_is(low, mean, high, step, word):
    found = compared_in(U1)._replace(difference=Interval(mean, low, high, 10), step=step)
    assert reading.sure(found) == word


def test_a_winner_alone_and_none_at_all():
    found = compared_in(U10)
    assert reading.sure(found) == "the only one" and reading.ahead(found) == ""
    assert reading.sure(found._replace(winner="")) == "without an answer"


def test_every_change_stands_in_the_row():
    found = compared_in(U7)
    cell = reading.answers([U7])["the answer changes at"].iloc[0]
    shown = [one for one in found.flips if one.knob in reading.SHOWN]
    assert shown and cell.count(" to ") == len(shown) + sum(one.low != one.high for one in shown)
    assert cell.index("traffic") < cell.index("operations")




def test_the_price_list_is_that_of_the_bills():
    """By the bill of an hour of a machine, and of a million requests through a queue and of functions."""
    usd, hour = price_list(), 3600.0
    machine = Prices.read().server_second * hour
    assert usd["server, 2 processors"] == pytest.approx(730 * machine)
    bus = EventDriven().bill(simulate(EventDriven(), Injected([0.0], [Work(0.1, 0.1, 0.1)])), Prices.read())
    assert usd["bus of events, or log of two layers"] / usd["database beside a bus"] == pytest.approx(
        bus["bus"] / bus["database"])
    assert usd["million requests through a hosted queue"] == pytest.approx(1.20)
    assert usd["million calls of a function"] == pytest.approx(0.20)
    second = serverless_second()
    assert usd["million seconds of a function"] == pytest.approx(1e6 * second)


def serverless_second():
    """US dollars for a second of work in a warm function of full size, from the difference of two bills."""
    design = Serverless()
    runs = [simulate(design, Injected([0.0], [Work(0.0, seconds, 0.0)])) for seconds in (1.0, 2.0)]
    one, two = (run.design.bill(run, Prices.read())["duration"] for run in runs)
    return two - one
