"""Proves what questions find: all four answers by hand, the same as a slow recount, no event twice, none left out."""

from dataclasses import replace
from math import inf, isnan

import numpy as np
import pytest
from policies.laws import Asked, inject

from course import views
from course.faults import Crash
from course.laws import Sometimes, UniformLaw
from course.patterns.event_driven import EventDriven
from course.patterns.lambda_architecture import LambdaArchitecture
from course.patterns.monolith import Monolith
from course.policies.late import Late
from course.policies.replay import Replayed
from course.simulation import simulate
from course.sketch import Sketch
from course.views import NONE, Bug, ask
from course.workload import Mixed, Work, Workload

# Batch runs from 0 to 4, 10 to 14, 20 to 24; an event is in the log at once, and seen 1.5 s later.
SMALL = LambdaArchitecture(batch_interval=10, batch_fixed=4, batch_work=0, append_time=0.5)
EVENTS = Asked((2, 9, 10, 12, 15), (1, 2, 1, 3, 3), duration=40)


def row(answers):
    """All that is found at one time."""
    return [float(column[0]) for column in answers]


def found(design, trace, now, **asked):
    """Truth, batch, speed, merged, staleness."""
    return row(ask(simulate(design, trace), (now,), **asked))


# By hand


@pytest.mark.parametrize("now, expected", [
    (1, [0, 0, 0, 0, inf]),         # nothing has happened, and the first run has not ended
    (3, [1, 0, 0, 0, inf]),         # the first event is not seen before 3.5
    (4, [1, 0, 1, 1, 4]),           # the run from 0 to 4 has ended and found nothing
    (11, [3, 0, 2, 2, 11]),         # 3.5 and 10.5
    (13, [4, 0, 3, 3, 13]),
    (14, [4, 2, 4, 4, 4]),          # the run that began at 10 knows 2 and 9, not the event at 10
    (24, [5, 5, 5, 5, 4]),
])
def test_all_answers_by_hand(now, expected):
    assert found(SMALL, EVENTS, now) == expected


def test_a_window_forgets_what_happened_at_its_edge():
    """The last 5 s before 14: what happened at 10 and 12; at 9 is too old."""
    assert found(SMALL, EVENTS, 14, window=5) == [2, 0, 2, 2, 4]
    assert found(SMALL, EVENTS, 14, window=5.5) == [3, 1, 3, 3, 4]


def late(seconds):
    """The third event, which happened at 5, is so many seconds on its way; two before it are not."""
    trace = replace(inject((1, 2, 5), (1, 1, 1), duration=40), luck=(0, 0, 0.3))
    chance = list(trace.requests())[2].chance("way")
    return Late(SMALL, UniformLaw(0, seconds / chance)), trace


def test_a_late_event_is_found_by_the_next_batch_run():
    """It is in the log at 15, so the speed layer ignores it and the run from 20 to 24 finds it."""
    design, trace = late(10)
    assert found(design, trace, 23, lateness=9) == [3, 2, 2, 2, 13]
    assert found(design, trace, 24, lateness=9) == [3, 3, 2, 3, 4]
    assert found(design, trace, 23, lateness=10) == found(design, trace, 23) == [3, 2, 3, 3, 13]


def test_nobody_knows_what_is_on_its_way():
    design, trace = late(10)
    assert found(design, trace, 14.5) == [3, 2, 2, 2, 4.5]


def test_a_bug_in_the_speed_layer_is_healed_by_the_next_batch_run():
    """Seen from 3 to 11: two events, each counted three times."""
    bug = Bug(3, 11, 3)
    assert found(SMALL, EVENTS, 13, speed_bug=bug) == [4, 0, 7, 7, 13]
    assert found(SMALL, EVENTS, 14, speed_bug=bug) == [4, 2, 8, 4, 4]


def test_a_bug_in_the_batch_layer_stays_until_a_run_begins_without_it():
    bug = Bug(5, 20, 1.5)
    assert found(SMALL, EVENTS, 14, batch_bug=bug) == [4, 3, 4, 5, 4]
    assert found(SMALL, EVENTS, 23.5, batch_bug=bug)[1:4] == [3, 5, 6]
    assert found(SMALL, EVENTS, 24, batch_bug=bug)[1:4] == [5, 5, 5]


@pytest.mark.parametrize("bug, counted", [(Bug(3.5, 4, 3), 3), (Bug(3, 3.5, 3), 1), (Bug(3.501, 4, 3), 1)])
def test_a_bug_is_there_from_its_start_to_before_its_end(bug, counted):
    """The first event is seen at 3.5."""
    assert found(SMALL, EVENTS, 4, speed_bug=bug)[2] == counted


def test_a_run_finds_only_what_the_log_has_kept():
    """The run that began at 20 with the last 8 s: events at 12 and 15."""
    assert found(SMALL, EVENTS, 24, kept=8) == [5, 2, 5, 2, 4]


def test_questions_are_not_events():
    """The same as without the two questions."""
    trace = Asked((2, 2.5, 9, 10, 11, 12, 15), (1, 0, 2, 1, 0, 3, 3), ("e", "query", "e", "e", "query", "e", "e"), 40)
    for now in (3, 4, 11, 14, 24):
        assert found(SMALL, trace, now) == found(SMALL, EVENTS, now)


def test_a_run_that_a_crash_ends_leaves_the_view_as_it_was():
    """The run that began at 10 is lost at 12; the one at 20 is not."""
    run = simulate(SMALL, EVENTS, (Crash("batch", 12, 1),))
    assert [row(ask(run, (now,)))[1] for now in (14, 23, 24)] == [0, 0, 5]


def test_an_event_that_the_speed_layer_loses_is_found_by_the_batch_layer():
    """The third is lost in work at 11."""
    run = simulate(SMALL, EVENTS, (Crash("speed", 11, 0.5),))
    assert row(ask(run, (19,))) == [5, 2, 4, 4, 9]
    assert row(ask(run, (24,))) == [5, 5, 4, 5, 4]


def test_what_the_log_refuses_has_happened_all_the_same():
    """Those at 9 and 10 find the log down, so no view ever knows them."""
    run = simulate(SMALL, EVENTS, (Crash("log", 8, 3),))
    assert row(ask(run, (24,))) == [5, 3, 3, 3, 4]


def test_what_the_log_loses_while_it_is_appended_is_in_no_view():
    """The event at 9 would be in the log for good at 9.5."""
    run = simulate(SMALL, EVENTS, (Crash("log", 9.25, 0.5),))
    assert row(ask(run, (14,))) == [4, 1, 3, 3, 4]


def test_consumers_are_a_speed_layer_without_a_batch_view():
    """The bus has an event at once, so none is late."""
    assert found(EventDriven(publish_time=0.5), EVENTS, 11, lateness=0.25) == [3, 0, 2, 2, inf]


def test_what_has_neither_log_nor_bus_has_no_views():
    with pytest.raises(ValueError, match="no views; this one has workers"):
        found(Monolith(1), EVENTS, 11)


def test_a_replay_is_a_view_like_that_of_a_batch_run():
    """From 12.5 it reads four events in 4 s, and then the one that came at 15."""
    design = Replayed(SMALL, "log", 12.5, 1, 1.0)
    began, ended = views.batches(simulate(design, EVENTS))
    assert began.tolist() == [0, 10, 12.5, 20] and ended.tolist() == [4, 14, 17.5, 24]
    assert found(design, EVENTS, 17) == [5, 2, 5, 5, 7]
    assert found(design, EVENTS, 17.5) == [5, 4, 5, 5, 5]


def test_an_error_is_the_mean_distance_in_percent_of_the_truth():
    """Times without a truth do not count: 4 instead of 5, 12 instead of 10."""
    zeros = np.zeros(3)
    answers = views.Answers(np.array([0.0, 5, 10]), np.array([1.0, 4, 12]), zeros, zeros, zeros)
    assert answers.error("batch") == pytest.approx((20 + 20) / 2)
    assert answers.error("speed") == 100
    assert isnan(answers._replace(truth=zeros).error("batch"))


def test_keys_of_what_the_speed_layer_has_seen():
    """At 14 the keys of 2, 9, 10, 12; in the last 4.5 s of 10 and 12."""
    run = simulate(SMALL, EVENTS)
    assert views.keys_seen(run, 14).tolist() == [1, 2, 1, 3]
    assert views.keys_seen(run, 14, window=4.5).tolist() == [1, 3]
    assert views.keys_seen(run, 13, window=4.5).tolist() == [2, 1]      # that of 12 is seen at 13.5


def test_nothing_asked_is_nothing_answered():
    assert [len(column) for column in ask(simulate(SMALL, EVENTS), ())] == [0] * 5


# A slow recount


def recount(run, now, window, lateness, speed_bug, batch_bug, kept):
    """Truth, batch, speed, merged, staleness: event by event, from the times that its jobs had."""
    logged = dict(zip(run.jobs["log"].request.tolist(), run.jobs["log"].arrived.tolist()))
    seen = dict(zip(run.jobs["speed"].request.tolist(), run.jobs["speed"].finished.tolist()))
    cut = max((began for began, ended in zip(run.jobs["batch"].started, run.jobs["batch"].finished) if ended <= now),
              default=-inf)
    truth = batch = speed = merged = 0.0
    for event in run.workload.requests():
        if event.kind == "query" or not now - window < event.arrival_time <= now:
            continue
        truth += 1
        came, looked = logged.get(event.id, inf), seen.get(event.id, inf)
        known = looked <= now and came - event.arrival_time <= lateness
        weight = speed_bug.times if speed_bug.start <= looked < speed_bug.end else 1
        speed += weight if known else 0
        if came < cut:
            share = batch_bug.times if batch_bug.start <= cut < batch_bug.end else 1
            batch += share if came >= cut - kept else 0
            merged += share if came >= cut - kept else 0
        elif known:
            merged += weight
    return [truth, batch, speed, merged, now - cut]


RANDOM = Late(LambdaArchitecture(batch_interval=20, batch_fixed=7, batch_work=0.02), Sometimes(0.3, UniformLaw(0, 40)))
TRAFFIC = Mixed((Workload(3, 120, Work(0.1, 0.3, 0.1), 5), Workload(1, 120, Work(0.1, 0.3, 0.1), 6, kind="query")))


@pytest.mark.parametrize("window, lateness, speed_bug, batch_bug, kept", [
    (inf, inf, NONE, NONE, inf), (30, 5, NONE, NONE, inf), (60, 0.5, Bug(20, 70, 1.3), NONE, 25),
    (45, inf, Bug(20, 70, 1.3), Bug(30, 65, 0.5), inf),
])
def test_the_same_as_a_slow_recount(window, lateness, speed_bug, batch_bug, kept):
    run = simulate(RANDOM, TRAFFIC)
    times = np.arange(0, 120, 2.5)
    answers = np.array(ask(run, times, window, lateness, speed_bug, batch_bug, kept)).T
    expected = [recount(run, now, window, lateness, speed_bug, batch_bug, kept) for now in times]
    assert answers == pytest.approx(np.array(expected), abs=1e-9)
    assert len({float(value) for value in answers[:, 1]}) > 4


# Laws


def merged_apart(run, times):
    """How many different events either view knows: a set cannot hold one twice."""
    _, logged, seen = views.facts(run)
    began, ended = views.batches(run)
    for now in times:
        cut = max(began[ended <= now], default=-inf)
        yield len(set(np.flatnonzero(logged < cut)) | set(np.flatnonzero(seen <= now)))


@pytest.mark.parametrize("design", [RANDOM, LambdaArchitecture(batch_interval=20, batch_fixed=25),
                                    LambdaArchitecture(batch_interval=0.5, batch_fixed=0.1)])
def test_merged_counts_no_event_twice_and_leaves_none_out(design):
    """At, just before and just after every cut, every end of a run, and every event that comes or is seen."""
    run = simulate(design, TRAFFIC)
    moments = np.concatenate([*views.facts(run), *views.batches(run)])
    times = np.concatenate([part + moments[np.isfinite(moments)] for part in (-1e-6, 0, 1e-6)])
    assert ask(run, times).merged.tolist() == list(merged_apart(run, times))


def test_computing_again_changes_nothing():
    """With no bug, no late data and nothing on its way, however often it is computed, all views tell the truth."""
    for interval in (5, 20, inf):
        run = simulate(replace(SMALL, batch_interval=interval), EVENTS)
        answers = ask(run, (16.5, 19.5))
        assert answers.merged.tolist() == answers.truth.tolist() == [5, 5]


def test_a_sketch_of_the_users_is_as_wrong_as_its_law_allows():
    """2,048 registers: within 4 standard errors of 2.3 % of the exact count, which the keys themselves give."""
    run = simulate(LambdaArchitecture(), Workload(40, 100, Work(0, 0.001, 0), keys=100_000))
    keys = views.keys_seen(run, 100)
    sketch = Sketch(2**11)
    sketch.add(keys)
    exact = len(set(keys.tolist()))
    assert exact > 3500 and 0 < abs(sketch.count() / exact - 1) < 4 * 1.04 / 2**5.5


def test_the_end_of_a_run_comes_before_the_last_events():
    """What the run does not reach has not happened: neither event nor view."""
    run = simulate(SMALL, inject((1, 2, 50), (1, 1, 1), duration=20))
    assert len(views.events(run)) == len(views.facts(run)[0]) == 2
    assert row(ask(run, (20,))) == [2, 2, 2, 2, 10]
