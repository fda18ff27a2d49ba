"""Proves that replays count users and not tries, that doing nothing fails, and that many an action does not help."""

from dataclasses import replace
from functools import cache
from itertools import islice
from math import inf
from types import SimpleNamespace

import numpy as np
import pytest

from course.faults import Outage
from course.incidents import INCIDENTS, replay, room
from course.incidents.incident import Action, Incident
from course.incidents.replaying import replayed
from course.incidents.stale_view import age
from course.incidents.without_jitter import DEVICES, WAVE
from course.patterns.lambda_architecture import LambdaArchitecture
from course.patterns.monolith import Monolith
from course.policies import Retries, Timeout
from course.run import OUTCOMES
from course.simulation import simulate
from course.views import ask
from course.workload import Injected, Mixed, Work, Workload

HELPS_NOT = {
    "retry storm": ([("servers", 8)], [("pause", 1)]),
    "backoff without jitter": ([("attempts", 15)], [("pause", 5)], [("rate limit", 70)]),
    "noisy neighbour": ([("attempts", 3)], [("report limit", 0.2)], [("reports at once", 2)]),
    "cold-start storm": ([("memory", 1.9)], [("attempts", 10), ("pause", 0)]),
    "poison message": ([("remember what is done", 1)], [("partitions", 8)], [("redeliver after", 0)]),
    "stale batch view": ([("batch machines", 16)], [("serving workers", 4)]),
}
once = cache(replay)
for_every_incident = pytest.mark.parametrize("name", INCIDENTS)
KNOB = Action("workers", 1, 1, 5, "workers")


def small(design=Monolith, within=3.0, **others):
    """An incident of four users, who come at 0, 1, 2 and 20 s and need 2 s each."""
    workload = Injected((0, 1, 2, 20), (Work(1, 1, 0),) * 4, duration=21)
    return Incident("small", "", "", 0.5, {"request": within}, 1.0, 10, 21, (KNOB,),
                    lambda settings: design(settings["workers"]), lambda seed, shift: workload,
                    lambda settings, shift: (), **others)


def test_users_by_hand():
    # One worker: answers after 2, 3 and 4 s; the last is still at work at the end.
    result = replayed(small())
    assert result.seconds.tolist() == [2, 3, 4, inf] and result.share == 0.5 and result.kept
    assert [tuple(row)[1:] for row in result.rows] == [(3, 2, 1, 0), (0, 0, 0, 0), (1, 0, 0, 1)]
    assert (result.users, result.in_time, result.late, result.lost) == (4, 2, 1, 1)
    assert result.lost_a_minute == pytest.approx(60 / 21)
    assert "all       4        2      1      1" in str(result) and "kept" in str(result)
    assert not replayed(replace(small(), promised=0.6)).kept
    # Two workers serve the second from 1 to 3 s, and the third from 2 to 4 s.
    assert replayed(small(), [("workers", 2)]).seconds.tolist() == [2, 2, 2, inf]


def test_a_user_who_tries_again_is_one_user():
    result = replayed(small(lambda workers: Retries(Timeout(Monolith(workers), 0.5), attempts=4)))
    assert (result.users, result.lost) == (4, 4)


def test_users_who_come_too_late_to_be_judged_are_not_counted_and_nobodys_requests_neither():
    assert replayed(replace(small(), counted=20)).users == 3
    assert replayed(replace(small(), within={"other": 1.0}, counted=1)).users == 0


def test_the_worst_kind_of_users_decides():
    parts = Mixed((Workload(2, 60, Work(0, 0.01, 0), kind="short"), Workload(0.2, 60, Work(0, 2, 0), kind="long")))
    result = replayed(replace(small(), within={"short": 60.0, "long": 0.5}, workload=lambda seed, shift: parts))
    long = result.seconds[result.kinds == "long"]
    assert result.share == np.mean(long <= 0.5) < 0.5 < result.in_time / result.users


@for_every_incident
def test_doing_nothing_breaks_the_promise_within_the_budget(name):
    result = once(name)
    assert result.affordable and result.share < INCIDENTS[name].promised - 0.1
    assert result.in_time + result.late + result.lost == result.users == sum(row.users for row in result.rows)
    arrived = [one for one in islice(INCIDENTS[name].workload(1, 0).requests(), 20_000)
               if one.kind in INCIDENTS[name].within and one.arrival_time < INCIDENTS[name].counted]
    assert result.users == len(arrived)
    for actions in HELPS_NOT[name]:
        other = once(name, tuple(actions))
        assert other.users == result.users and not other.kept and other.share < result.share + 0.05, actions


@for_every_incident
def test_before_the_trouble_users_are_served_and_today_is_today(name):
    incident = INCIDENTS[name]
    assert incident.settings({action.name: action.today for action in incident.actions}) == incident.settings(())
    first = once(name).rows[0]
    assert first.in_time >= 0.45 * first.users


@for_every_incident
def test_what_is_written_agrees_with_the_numbers(name):
    incident = INCIDENTS[name]
    assert f"{100 * incident.promised:g} %" in incident.promise
    assert all(f"{seconds:g} s" in incident.promise for seconds in incident.within.values())
    for action in incident.actions:
        assert action.least <= action.today <= action.most and f"{action.name}  " in str(incident)
    assert incident.story.split()[0] in str(incident) and f"{incident.usd:.2f} USD" in str(incident)


@pytest.mark.parametrize("actions, sentence", [
    (3, "a runbook is a list of pairs such as"), ([3], "an action is a pair such as"),
    ([("attempts", 3, 1)], "an action is a pair"), ([(3, "attempts")], "an action is a pair"),
    ([("bulkhead", 4)], "'retry storm' has no action 'bulkhead', only attempts, retry budget"),
    ([("attempts", 0)], "'attempts' must be a whole number from 1 to 8, got 0"),
    ([("attempts", 2.5)], "whole number"), ([("attempts", "3")], "got '3'"), ([("attempts", True)], "got True"),
    ({"retry budget": -0.1}, "must be a number from 0 to 10"), ([("pause", float("nan"))], "got nan"),
    ([("attempts", 10**400)], "whole number from 1 to 8"), ([("pause", float("inf"))], "got inf"),
])
def test_what_cannot_be_done_is_refused_in_a_sentence(actions, sentence):
    with pytest.raises(ValueError) as error:
        replay("retry storm", actions)
    assert sentence in str(error.value)


def test_an_unknown_incident_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="no incident 'fire': it is one of retry storm, backoff"):
        replay("fire")
    with pytest.raises(ValueError, match="shift must be from -10 to 10, got 11"):
        replay("retry storm", shift=11)
    with pytest.raises(ValueError, match="no incident 'fire'"):
        room({"fire": []})


def test_the_same_replay_gives_the_same_users_and_a_shift_moves_the_trouble():
    first, again, later = (replay("poison message", shift=shift) for shift in (0, 0, 10))
    assert first.seconds.tolist() == again.seconds.tolist()
    assert later.in_time > first.in_time + 20 and later.arrived.tolist() == first.arrived.tolist()


def test_the_room_has_a_row_for_each_incident():
    table = room({"poison message": [("check at the door", 1)]})
    assert list(table.index) == list(INCIDENTS)
    assert [name for name in INCIDENTS if table.promise[name] == "kept"] == ["poison message"]
    assert table["late"]["noisy neighbour"] == once("noisy neighbour").late


def test_a_storm_goes_on_with_all_tries_of_all_users():
    """P12: long after the outage, each user makes every attempt, for none of them is in time."""
    incident = INCIDENTS["retry storm"]
    run = simulate(incident.design(incident.settings(())), incident.workload(1, 0), incident.faults({}, 0))
    tries = np.sum((run.jobs["workers"].arrived > 70) & (run.jobs["workers"].arrived < 110)) / 40
    assert tries == pytest.approx(3 * 34, rel=0.05)
    assert once("retry storm").rows[-1].in_time == 0


def test_without_jitter_devices_come_in_waves():
    """P14: pauses of 1, 2, 4, 8 and 16 s after a wave that lasts half a second, and 24 places at 80 a second."""
    result = once("backoff without jitter")
    devices = result.kinds == "device"
    assert devices.sum() == pytest.approx(DEVICES, abs=4 * DEVICES**0.5)
    answered = (result.arrived + result.seconds)[devices & np.isfinite(result.seconds)] - WAVE
    moments = np.array([1, 3, 7, 15, 31])
    after = answered - moments[np.searchsorted(moments, answered, "right") - 1]
    assert len(answered) > 100 and after.max() < 0.5 + 24 / 80 + 0.05


def test_the_age_of_an_answer_by_hand():
    # Sales at 0, 10 and 70 s; a batch run of 20 s begins at 0, 60 and 120 s. The speed layer hangs from 5 s on.
    design = LambdaArchitecture(batch_interval=60, batch_fixed=20, batch_work=0)
    for at, oldest in ((75, 10), (85, 70), (135, 70), (145, 145)):
        sales = called({"sale": 0, "sale ": 10, "sale  ": 70, "query": at}, (Work(0, 0, 0),) * 4, 150)
        run = simulate(design, sales, (Outage("speed", 5, 1000, 2),))
        assert age(run)[-1] == pytest.approx(at - oldest), at


def test_an_answer_is_young_when_the_merged_view_has_all():
    incident = INCIDENTS["stale batch view"]
    run = simulate(incident.design(incident.settings(())), incident.workload(1, 0),
                   incident.faults({"restart after": 5000}, 0))
    arrived = islice(run.workload.requests(), len(run.arrival_times))
    places = [request.id for request in arrived if request.kind == "query"][::9]
    found = ask(run, run.arrival_times[places])
    assert ((age(run)[places] == 0) == (found.merged == found.truth)).all()
    assert 20 < np.sum(age(run)[places] == 0) < len(places) - 20


def test_a_report_in_parts_lets_others_in_between():
    # One server: the first second of the report, the question from 1 to 1.1 s, and the second part until 2.1 s.
    incident = INCIDENTS["noisy neighbour"]
    both = called({"report": 0.0, "question": 0.5}, (Work(0, 2, 0), Work(0, 0.1, 0)), 10)
    for parts, ends in ((1, [2, 2.1]), (2, [2.1, 1.1])):
        run = simulate(incident.design(incident.settings({"servers": 1, "parts of a report": parts})), both)
        assert run.departure_times == pytest.approx(ends)


def test_what_is_for_reports_does_not_touch_questions():
    incident = INCIDENTS["noisy neighbour"]
    both = called({"report": 0.0, "report ": 0.5, "question": 0.6}, (Work(0, 2, 0),) * 3, 10)
    for actions in ({"servers": 1, "servers for reports": 1}, {"servers": 3, "reports at once": 1}):
        run = simulate(incident.design(incident.settings(actions)), both)
        assert run.departure_times == pytest.approx([2, 4, 2.6]), actions


def test_a_check_at_the_door_refuses_what_cannot_be_read_and_nothing_else():
    incident = INCIDENTS["poison message"]
    both = called({"poison": 0.0, "order": 0.1}, (Work(0, 1, 0),) * 2, 10)
    run = simulate(incident.design(incident.settings({"check at the door": 1, "consumers": 1})), both)
    assert run.departure_times == pytest.approx([0, 1.105])     # 5 ms of the bus
    assert [OUTCOMES[place] for place in run.outcomes] == ["dropped", "completed"]


def called(kinds, work, duration):
    """Requests of these kinds at these times; spaces at the end of a kind do not count."""
    requests = Injected(tuple(kinds.values()), work, duration)
    return SimpleNamespace(duration=duration, requests=lambda: (
        request._replace(kind=kind.strip()) for request, kind in zip(requests.requests(), kinds)))
