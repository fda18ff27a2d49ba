"""Proves what 3P, 3C and 3E judge by: queues by hand, the law of fluids, logs that hide events as they say."""

from itertools import pairwise
from math import inf

import numpy as np
import pytest

import course.checks
from course.asking import probe
from course.checks import EXERCISES
from course.checks.event_driven_calculate import Setting, drain, levels
from course.checks.event_driven_explain import HOURS, IN_TIME, RATES, SETS, silent
from course.checks.event_driven_predict import OVERLOAD, RATES as A_SECOND, TIMES, Seen, drained, most_waiting, seen
from course.checks.service_logs import KINDS, LAST, NAMELESS, SERVICES, logs, lost, paths


def test_a_queue_by_hand():
    # Events at 590, 591, 592, 593 begin at 590, 600, 610, 620: three wait, and the queue is empty 20 s after 600.
    # The one at 640 finds it empty, and the two at 650 and 651 do not matter any more.
    came = np.array([590.0, 591, 592, 593, 640, 650, 651])
    began = np.array([590.0, 600, 610, 620, 640, 650, 660])
    assert OVERLOAD == 600
    assert most_waiting(Seen(came, began, 0)) == 3
    assert drained(Seen(came, began, 0)) == pytest.approx(20 / 60)
    # An event that comes at the very end and never begins: the queue is not empty before the run is over.
    assert drained(Seen(np.array([590.0, 599, 720]), np.array([590.0, inf, inf]), 0)) == 2


def test_the_law_of_fluids_lies_within_the_intervals_of_the_page():
    same, double = (seen(part, A_SECOND, 2400, TIMES) for part in ("same", "double"))
    # 12 a second into 10 for 600 s are 1200 that wait: 120 s of work, and 1200 s until one a second has drained them.
    # Twice as many do 20 a second, so that the last one waits 60 s, and 11 a second are left for those that wait.
    for found, minutes, late in ((same, 1200 / 60, 120), (double, 1200 / 11 / 60, 60)):
        assert found.waiting.low < 1200 < found.waiting.high
        assert found.drained.low < minutes < found.drained.high
        assert found.late.low < late + 0.5 < found.late.high            # and its own work
    assert same.drained.n == TIMES >= 10
    assert same.drained.high - same.drained.low < 5         # so that no other guess on the page is as near
    assert same.drained.mean > 5 * double.drained.mean      # twice the consumers, and far from half the time


def test_backlogs_by_hand():
    # 10 s at 3 more than can be done: 30; 5 s at 2 less: 20; 20 s at 2 less: none; 4 s at 5 more: 20; then 1 less.
    day = Setting(((10, 8), (5, 3), (20, 3), (4, 10)), 4, 5)
    assert levels(day) == [0, 30, 20, 0, 20]
    assert drain(day, levels(day)) == 20
    assert drain(day._replace(after=5), levels(day)) == drain(day._replace(after=7), levels(day)) == inf


@pytest.mark.parametrize("about", KINDS)
@pytest.mark.parametrize("seed", [0, 11, 42])
def test_every_line_belongs_to_the_path_of_one_event(about, seed):
    lines, found = logs(about, seed), paths(logs(about, seed))
    reads = [line for line in lines if line["text"] == "read"]
    assert sum(map(len, found.values())) == len(reads)
    assert {line["service"] for line in lines} == set(SERVICES)
    for event, path in found.items():
        assert path[0]["service"] == "gateway" and {line["event"] for line in path} <= {event, None}
        assert (path[-1]["service"] == LAST) == (event not in lost(lines))
    assert {line["service"] for line in lines if line["event"] is None} == set(KINDS[about].nameless)
    assert set(NAMELESS) & {path[-1]["service"] for path in lost(lines).values()}   # some die where no name is kept


@pytest.mark.parametrize("seed", range(0, 90, 7))
def test_clocks_lie_where_they_should(seed):
    def early(about):
        """Lines that are older than the one that they come from."""
        steps = [pair for path in paths(logs(about, seed)).values() for pair in pairwise(path)]
        return np.mean([later["time"] < former["time"] for former, later in steps])

    assert early("apart") == early("crowd") == 0 and min(early("skew"), early("gaps")) > 0.2
    assert min(line["time"] for about in KINDS for line in logs(about, seed)) > 0


def test_the_loudest_service_loses_nothing_and_some_die_on_their_second_visit():
    for number in range(SETS + 1):
        lines = EXERCISES["3E"].cases(number)[0]["logs"]
        ends = [path[-1]["service"] for path in lost(lines).values()]
        loud = [line["service"] for line in lines if line["text"] != "read"]
        assert set(loud) == {"rules"} and "rules" not in ends and LAST not in ends
        ways = [[line["service"] for line in path] for path in lost(lines).values()]
        assert any(way[-1] in way[:-1] for way in ways) and len(set(ends)) >= 4


@pytest.mark.parametrize("number", range(SETS + 1))
def test_an_hour_adds_up_and_is_calm_until_the_consumers_hang(number):
    for hour in (HOURS["calm"](number), HOURS["silence"](number)):
        for before, minute in pairwise(hour):
            assert minute["lag"] == before["lag"] + minute["published"] - minute["stored"] and min(minute.values()) >= 0
    calm, silence = HOURS["calm"](number), HOURS["silence"](number)
    assert max(minute["lag"] for minute in calm) < 200 and not any(map(silent, calm))
    assert any(minute["published"] == 0 for minute in calm)
    begins = [silent(minute) for minute in silence].index(True)
    assert silence[:begins] == calm[:begins] and {minute["stored"] for minute in silence[begins:]} == {0}
    assert {minute["failed"] for minute in silence[begins:]} == {0}
    assert silence[begins + IN_TIME - 1]["lag"] > 1500                  # in time for any sane threshold
    assert len(set(RATES)) == SETS


def test_infinity_from_the_math_module_is_no_data_of_the_page():
    page: dict = {}
    exec("from math import inf, pi\nlimit = 3.5\ndef good(x):\n    return min(x, inf, pi)\n"
         "def bad(x):\n    return min(x, limit)\n", page)
    assert probe.call(page["good"], 2) == 2
    assert probe.call(page["bad"], 2) == {"error": "Global", "about": "limit"}


def test_the_logs_on_the_page_are_the_hardest_of_the_visible_ones():
    assert course.checks.given("3E") == EXERCISES["3E"].cases(0)[3]["logs"]
