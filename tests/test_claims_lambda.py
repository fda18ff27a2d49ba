"""The numbers behind each claim about the lambda architecture agree with numbers worked out here, and a broken constant
turns the signs red."""

from dataclasses import replace
from math import exp, log, sqrt

import numpy as np
import pytest
from claim_laws import named, proven, result
from conftest import rest

from course.claims import lambda_architecture as claims
from course.claims.claim import arms, crossing
from course.claims.complexity import TwoPaths
from course.claims.duplication import Copies
from course.claims.freshness import Balance
from course.claims.healing import Healing
from course.claims.overrun import Overrun
from course.claims.views_compared import Days, ViewsCompared

LATE, LATEST, DAY, INTERVAL = 3.0, 12.0, 24.0, 6.0      # percent, hours
OLD = INTERVAL / 6 + INTERVAL / 2                       # hours from the cut to a question, mean

BROKEN = {
    "events that are never late": replace(claims.BOTH, experiment=ViewsCompared(Days(share=0.0))),
    "a bug that counts each event once": replace(claims.FAULTS, experiment=Healing(times=1.0, away=0.001)),
    "patience with any late event": replace(claims.BALANCE, experiment=Balance(Days(lateness=50_000.0))),
    "a platform that runs two parts": replace(claims.COMPLEX, experiment=TwoPaths(by_platform=2)),
    "a change each week": replace(claims.TUNING, experiment=Overrun(changes=200.0)),
    "second copies that follow at once": replace(claims.TWICE, experiment=Copies(follows=0.0, forgotten=0.0)),
}


@pytest.mark.parametrize("what", BROKEN)
@rest()
def test_a_broken_constant_takes_the_proof_away(what):
    assert not proven(arms(BROKEN[what], 10))


def holds(side, expected):
    """Whether an interval holds a number, with a little room: one interval in twenty does not."""
    half = 1.5 * (side.high - side.mean)
    return abs(side.mean - expected) <= half


def on_its_way(patience=LATEST):
    """Percent of a day's events that are on their way when it ends, of those that are late by at most so much."""
    return LATE / LATEST * patience**2 / 2 / DAY


def unknown_to_both():
    """Percent of a day's events that neither layer has: late, and on the way or in the log since the cut."""
    return on_its_way() + LATE * OLD / DAY


def unknown_to_a_stream(patience):
    """Percent of a day's events that one stream has not: later than it waits, or on the way."""
    return LATE * (1 - patience / LATEST) + on_its_way(patience)


def test_each_view_misses_what_comes_too_late_for_it():
    hold, fail = result("Λ+1").arms[:2]
    assert holds(hold.pattern, unknown_to_both()) and holds(hold.comparison, unknown_to_a_stream(1 / 60))
    assert holds(fail.comparison, on_its_way())
    batch = named(result("Λ+1"), "batch layer alone")
    assert holds(batch.comparison, 100 * OLD / DAY + on_its_way())
    assert named(result("Λ+1"), "hours that the answer is old").comparison.mean == pytest.approx(OLD)


def test_a_stream_is_as_right_once_it_waits_for_long_enough():
    """LATE (1 - w / 12) + LATE w^2 / 576 is LATE 10 / 24, so w^2 - 48 w + 336 = 0."""
    assert unknown_to_both() == pytest.approx(LATE * 10 / DAY)
    assert result("Λ+1").boundary == pytest.approx(24 - sqrt(24**2 - 336), abs=0.5)


def test_without_late_events_or_a_day_later_all_views_agree():
    for words in ("nothing is late", "yesterday"):
        arm = named(result("Λ+1"), words)
        assert arm.pattern.mean == arm.comparison.mean == arm.effect.mean == 0


def test_a_stream_that_is_read_again_misses_what_is_on_its_way():
    again = named(result("Λ+1"), "read again")
    assert holds(again.comparison, on_its_way())
    since_the_cut = 0.25        # at the end of day 2.5 a run began, which has not ended: so 6.25 hours
    assert holds(again.pattern, on_its_way() + LATE * (INTERVAL + since_the_cut) / DAY)


def test_a_batch_layer_alone_is_wrong_by_its_age():
    hold, fail = result("Λ+3").arms[:2]
    assert holds(hold.comparison, 100 * OLD / DAY + on_its_way())
    assert holds(fail.comparison, 100 * (2 / 3 * 0.05) / DAY + on_its_way())
    even = (unknown_to_both() - on_its_way()) * DAY / 100 * 3 / 2
    assert result("Λ+3").boundary == pytest.approx(even, abs=0.03)


def test_a_stream_that_waits_is_old_by_what_two_layers_save():
    """It misses LATE (1 - w / 12) when it answers w hours later."""
    wait = LATEST * (1 - unknown_to_both() / LATE)
    assert holds(named(result("Λ+3"), "waits").comparison, wait)


def test_a_coarse_sketch_is_wrong_by_its_law_and_a_fine_one_by_what_is_late():
    fine, coarse = named(result("Λ+3"), "16384"), named(result("Λ+3"), "of 128 registers")
    assert fine.pattern.mean == pytest.approx(unknown_to_both(), abs=0.4)
    law = 100 * 1.04 / sqrt(128) * sqrt(2 / np.pi)         # the mean distance of a normal law, from its standard error
    assert coarse.pattern.low < law < coarse.pattern.high


def healed(kept=np.inf, step=0.01):
    """Mean percent wrong from the second day to the fourth: both layers and the speed layer, without chance."""
    now = np.arange(24.5, 96.0, 1.0)
    cut = (now - 1) // INTERVAL * INTERVAL
    hours = np.arange(0.0, 96.0, step)
    seen = step * (1 - LATE / 100) * np.where((hours >= 24) & (hours < 48), 1.3, 1.0)
    speed = np.array([seen[hours < end].sum() for end in now])
    since = speed - np.array([seen[hours < begin].sum() for begin in cut])
    way = LATE / 100 * LATEST / 2                           # hours of events that are on their way
    log_has = np.minimum(cut - way, kept)
    return [float(np.mean(100 * np.abs(found / now - 1))) for found in (log_has + since, speed)]


def test_the_next_batch_run_heals_what_the_speed_layer_counted_wrong():
    hold, fail = result("Λ+2").arms[:2]
    both, alone = healed()
    assert hold.pattern.mean == pytest.approx(both, abs=0.15) and holds(hold.comparison, alone)
    assert fail.pattern.mean == pytest.approx(healed(6.0)[0], abs=0.6)
    even = crossing(lambda kept: alone - healed(kept, 0.1)[0], 168.0, 6.0, steps=10)
    assert result("Λ+2").boundary == pytest.approx(even, abs=2.0)


def test_a_log_that_is_lost_leaves_what_came_since_the_cut():
    assert named(result("Λ+2"), "nothing is left").pattern.mean == pytest.approx(healed(0.0)[0], abs=0.6)


def test_a_bug_in_the_batch_layer_is_in_all_that_ever_came():
    same = named(result("Λ+2"), "both layers")
    assert same.effect.high < 0 and same.comparison == result("Λ+2").arms[0].comparison


def test_counts_are_those_of_the_code():
    assert result("Λ-1").arms[0].pattern.mean == len(("log", "speed", "batch", "serving"))
    assert result("Λ-1").arms[0].comparison.mean == len(("bus", "consumers"))
    effects = [claims.COMPLEX.at(groups).effect.mean for groups in (1, 2, 3, 4)]
    assert effects == [2, 1, 0, -1] and 2 < result("Λ-1").boundary < 3
    written, shared = (named(result("Λ-1"), words) for words in ("two layers, against one", "one definition"))
    assert (written.pattern.mean, shared.pattern.mean) == (2, 1)


def doubled(growth):
    """Weeks until the log, and so the batch run of 3 of 6 hours, is twice as long."""
    return log(2) / log(1 + growth / 100)


def weeks_with_a_change(changes=12, weeks=52):
    """Of a year, when changes come by chance."""
    return weeks * (1 - exp(-changes / weeks))


def test_a_run_is_late_when_the_log_has_doubled():
    hold, fail = result("Λ-2").arms[:2]
    assert hold.pattern.mean == pytest.approx(52 - int(doubled(3.0)), abs=1)
    assert holds(hold.comparison, weeks_with_a_change()) and fail.pattern.mean == 0
    assert np.mean(Overrun().first(3.0)) == pytest.approx(doubled(3.0) + 0.5, abs=1)
    even = crossing(lambda growth: 52 - doubled(growth) - weeks_with_a_change(), 3.0, 1e-6, steps=20)
    assert result("Λ-2").boundary == pytest.approx(even, abs=0.1)


def test_a_stream_that_is_as_busy_is_overloaded_as_soon():
    busy = named(result("Λ-2"), "as busy")
    overloaded = 52 - int(doubled(3.0)) - 1                 # the weeks that begin when it can no longer
    assert busy.comparison.mean == pytest.approx(overloaded + int(doubled(3.0) + 1) * weeks_with_a_change() / 52, abs=2)


def covered(days_each, a_week=1.0):
    """Percent of the days in at least one stretch of so many days each, which begin by chance."""
    return 100 * (1 - exp(-a_week * days_each / 7))


def test_two_copies_differ_for_as_long_as_the_second_takes():
    hold, fail = result("Λ-3").arms[:2]
    assert holds(hold.pattern, covered(0.95 * 2 + 0.05 * 30)) and hold.comparison.mean == 0
    assert holds(fail.comparison, covered(0.3 * 30))
    assert holds(named(result("Λ-3"), "half a day").pattern, covered(0.99 * 0.5 + 0.01 * 30))


def test_a_shared_mistake_hides_for_longer():
    """Per change: 30 days of a mistake that both share, against the second copy's time and a mistake in it."""
    def apart(percent, draws=200_000):
        rng = np.random.default_rng(5)
        wait = rng.exponential(1.0, (3, draws))
        second = np.where(rng.random(draws) < 0.05, 30, 2) * wait[0]
        wrong = 2 * wait[1:] * (rng.random((2, draws)) < percent / 100)
        return float(np.mean(np.maximum(wrong[0], second + wrong[1])))
    even = crossing(lambda percent: apart(percent) - 30 * percent / 100, 0.0, 30.0, steps=10)
    assert result("Λ-3").boundary == pytest.approx(even, abs=1.5)
