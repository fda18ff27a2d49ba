"""The small models behind the claims about serverless agree, arm by arm, with calculation by hand."""

from math import exp

import pytest
from claim_laws import PRICES, repriced

from course.claims.claim import unanswered
from course.claims.cold import HOUR, ColdOrBusy, cold_share, curve
from course.claims.control import OneAtATime, PaidByUse, server_ms
from course.claims.long_tasks import Checkpointed, LongTasks, Sharded, not_done, one_job, wasted
from course.claims.paying import InSteps, break_even, chatbot, machines, not_working, waiting
from course.claims.rising import SuddenRise, WithStore, cold_start, in_vain, late
from course.claims.setting_up import FUNCTION, MACHINE, SettingUp, by_the_team
from course.laws import LogNormalLaw
from course.patterns.monolith import Monolith
from course.patterns.serverless import Serverless
from course.policies.asynchronous import Asynchronous
from course.policies.autoscaler import Autoscaled
from course.policies.batching import Batched
from course.policies.provisioned import Provisioned
from course.policies.retries import Retries
from course.policies.store import Store
from course.simulation import simulate
from course.workload import Injected, Work, Workload

GB_SECOND, REQUEST = PRICES.usd("lambda_duration_x86"), PRICES.usd("lambda_request") / 1e6
WARM = Serverless(memory_gb=1.0, full_speed_gb=1.0, cold_start=LogNormalLaw(0.0))


def seconds(*each, times=None):
    """Requests of so many seconds, all at 0 unless their times are given."""
    return Injected(times or [0.0] * len(each), [Work(0.0, second, 0.0) for second in each])


def test_workers_share_the_price_of_their_machine():
    run = simulate(machines(3), seconds(10.0))
    assert run.jobs["workers"].capacities[0, 1] == 6
    assert machines(3).bill(run, PRICES) == {"servers": pytest.approx(3 * 10 * PRICES.server_second)}


def test_each_step_pays_for_a_request_and_a_call():
    design = InSteps(WARM, 8)
    bill = design.bill(simulate(design, seconds(1.0, 2.0)), PRICES)
    assert bill["requests"] == pytest.approx(2 * 8 * REQUEST)
    assert bill["api"] == pytest.approx(2 * 8 * PRICES.usd("apigw_http_request") / 1e6)
    assert bill["duration"] == pytest.approx(3 * GB_SECOND)


def test_less_memory_is_slower_and_no_cheaper_and_more_is_only_dearer():
    assert break_even(0.5) == pytest.approx(break_even(1.769))
    assert break_even(3.538, seconds=100) == pytest.approx(break_even(1.769, seconds=100) / 2, rel=0.001)
    assert break_even(1.0, full_speed_gb=0.0, seconds=100) == pytest.approx(
        PRICES.server_second / 2 / GB_SECOND, rel=0.001)
    assert break_even(waits=1.8, seconds=0.2) < break_even(seconds=0.2) / 9
    free = repriced("lambda_duration_x86", 0.0)
    assert break_even(prices=free) == pytest.approx(0.2 * PRICES.server_second / 2 / REQUEST)


def test_a_wait_is_exact_and_takes_no_core():
    for design in (Serverless(calls=waiting(1.8), cold_start=LogNormalLaw(0.0)), Asynchronous(waiting(1.8), 2)):
        assert list(simulate(design, seconds(0.2, 0.2)).response_times) == pytest.approx([2.0, 2.0])
    assert not_working(simulate(Serverless(calls=waiting(1.8)), seconds(0.2))) == pytest.approx(90)
    slow = 0.2 * 1.769 / 0.5
    little = simulate(Serverless(memory_gb=0.5, calls=waiting(1.8)), seconds(0.2))
    assert not_working(little) == pytest.approx(100 * 1.8 / (1.8 + slow))
    assert not_working(simulate(Asynchronous(waiting(1.8), 2), seconds(0.2))) == pytest.approx(95)


def test_a_chatbot_pays_for_its_memory_while_it_waits():
    rows = chatbot(memories=(0.5, 1.0), traces=3).set_index("design")
    half, one, box = (rows["usd a month"][name] for name in rows.index)
    calls = 0.5 * 730 * HOUR
    fees = calls * REQUEST
    wait = 0.342 + (218 - 1) * 0.0236           # means of the log-normal laws: median times exp(sigma^2 / 2)
    for usd, gb, own in ((half, 0.5, 0.07 * 1.769 / 0.5), (one, 1.0, 0.07 * 1.769)):
        assert usd == pytest.approx(fees + calls * (own + wait) * gb * GB_SECOND, rel=0.08)
    assert box == pytest.approx(PRICES.server_month)
    assert half < box < one


def test_a_rise_is_one_and_the_calm_before_it_does_not_count():
    experiment = SuddenRise()
    times = [request.arrival_time for request in experiment.workload.requests()]
    assert sum(time < 30 for time in times) < 40
    assert sum(time >= 30 for time in times) == pytest.approx(300 * 10, abs=4 * 3000**0.5)
    come = seconds(50.0, 1.0, 20.0, times=[0.0, 40.0, 41.0])
    assert late(Monolith(3), come, 30.0, 10.0) == pytest.approx(50)


def test_what_is_refused_behind_was_worked_on_and_what_is_refused_before_was_not():
    come = seconds(1.0, 1.0, 1.0)
    behind = WithStore(Monolith(2, queue_limit=0), Store(1, 5.0))
    assert in_vain(behind, come, 0.0, 0.0) == pytest.approx(100 / 3)        # two finish at 1, one connection
    run = simulate(behind, come)
    assert run.share("dropped") == pytest.approx(2 / 3)
    assert set(behind.bill(run, PRICES)) == {"servers", "store"}
    functions = WithStore(Serverless(cold_start=LogNormalLaw(0.0)), Store(1, 5.0))
    assert in_vain(functions, come, 0.0, 0.0) == pytest.approx(200 / 3)


def test_steps_and_choices_are_counted():
    counting = SettingUp()
    assert [counting.of_functions(number) for number in (1, 2, 40)] == [5, 11, 239]
    assert counting.hidden(FUNCTION) == 80 and counting.hidden(MACHINE) == pytest.approx(100 * 7 / 12)
    assert by_the_team(Serverless) == {"memory_gb", "time_limit", "concurrency_limit"}
    assert by_the_team(Autoscaled) == {"target", "period", "tolerance", "stabilisation", "least", "most"}
    assert by_the_team(Monolith) == {"workers", "queue_limit"}


def test_a_platform_that_hands_over_batches_is_paid_by_the_batch():
    design = PaidByUse(Batched(machines=9, most=2, wait=1.0, fixed=3.0), memory_gb=2.0)
    run = simulate(design, seconds(1.0, 1.0, 1.0))              # two at once for 5 s, and one from 1 s on for 4 s
    assert design.bill(run, PRICES) == {"requests": pytest.approx(2 * REQUEST),
                                        "duration": pytest.approx((5 + 4) * 2 * GB_SECOND)}
    assert server_ms(run) == pytest.approx(1000 * 9 / 3)


def test_a_function_takes_the_fixed_part_with_each_request():
    experiment = OneAtATime()
    alone, inside = (next(experiment.workload(60, fixed).requests()) for fixed in (20.0, None))
    assert (sum(alone.work), sum(inside.work)) == pytest.approx((0.022, 0.002))
    assert alone.arrival_time == inside.arrival_time
    assert experiment.batched(20.0).fixed == 0.020


def test_cold_shares_by_hand():
    run = simulate(Serverless(keep_alive=10.0), seconds(1.0, 1.0, 1.0, 1.0, times=[0.0, 0.5, 5.0, 50.0]))
    assert cold_share(run) == pytest.approx(75)                 # the second overlaps, the fourth is late
    assert cold_share(run.after(1.0)) == pytest.approx(50)
    ready = simulate(Provisioned(Serverless(keep_alive=10.0)), seconds(1.0, 1.0, times=[0.0, 0.5]))
    assert cold_share(ready) == pytest.approx(50)
    assert cold_share(simulate(Serverless(), Workload(0.0, 1.0, Work(0, 1, 0)))) == 0


def test_the_curve_falls_with_the_rate_and_bursts_lift_it():
    rows = curve((1, 6, 360), traces=4, of=ColdOrBusy(requests=400))
    assert list(rows.calls) == ["1 an hour", "6 an hour", "360 an hour", "1 a second, bursts of 60"]
    for row, rate in ((0, 1), (1, 6)):
        never = 100 * exp(-rate / HOUR * 600)
        assert rows["cold"][row] == pytest.approx(never, abs=3)
        assert rows["cold low"][row] < rows["cold"][row] < rows["cold high"][row]
    assert rows.cold[2] < 1.5 < rows.cold[3] < 6
    assert rows.p99[0] > rows.p99[1] > rows.p99[2] < rows.p99[3]


def test_a_burst_is_sixty_calls_at_once():
    counts = [sum(1 for _ in ColdOrBusy().bursts.replication(number).requests()) for number in range(40)]
    lasts = ColdOrBusy().bursts.duration
    assert sum(counts) / 40 / lasts == pytest.approx(1 + 60 / 1200, rel=0.03)


def test_saved_work_goes_on_where_it_was():
    function = Serverless(time_limit=100.0, cold_start=LogNormalLaw(0.0))
    run = simulate(Checkpointed(function, 30.0), seconds(250.0))
    # saved at 90 of the 100 s of a call: 250 - 90 = 160, 160 - 90 = 70 s for the last
    assert run.departure_times[0] == pytest.approx(100 + 100 + 70)
    assert run.share("completed") == 1 and wasted(run, 100.0) == pytest.approx(100 * 200 / 270)
    exactly = simulate(Checkpointed(function, 50.0), seconds(150.0))        # what is saved at 100 comes too late
    assert exactly.departure_times[0] == pytest.approx(100 + 100)


def test_parts_run_at_once_and_one_that_fails_fails_the_task():
    run = simulate(Sharded(WARM, 10), seconds(100.0))
    assert run.departure_times[0] == pytest.approx(10.0) and len(run.jobs["instances"].arrived) == 10
    crowded = Sharded(Serverless(concurrency_limit=9), 10)
    assert simulate(crowded, seconds(100.0)).share("throttled") == 1
    assert Sharded(WARM, 10).bill(run, PRICES)["duration"] == pytest.approx(100 * GB_SECOND)


def test_waste_and_lateness_by_hand():
    function = Serverless(time_limit=100.0, cold_start=LogNormalLaw(0.0))
    tasks = seconds(60.0, 150.0)
    assert wasted(simulate(function, tasks), 100.0) == pytest.approx(100 * 100 / 160)
    assert wasted(simulate(Retries(function), tasks), 100.0) == pytest.approx(100 * 300 / 360)
    assert wasted(simulate(Monolith(2), tasks), 100.0) == 0
    run = simulate(Monolith(1), seconds(60.0, 50.0, 10.0, times=[0.0, 0.0, 55.0]))
    assert run.end == 120 and not_done(run, 62.0) == pytest.approx(100 * 2 / 3)
    assert not_done(run, 70.0) == pytest.approx(50)             # the third came too late to be judged


def test_machines_for_tasks_are_as_busy_as_is_said():
    workload = LongTasks().workload(10.0)
    assert workload.arrival_rate * 600 == pytest.approx(0.6 * 4)
    assert workload.arrival_rate * workload.duration == pytest.approx(500)


def test_the_forty_minute_job():
    rows = one_job().set_index("design")
    assert list(rows.outcome) == ["timed_out", "completed", "completed", "completed"]
    start = cold_seconds = 0.0887
    assert rows.minutes["tried three times"] * 60 == pytest.approx(3 * 900, abs=2 * start)
    saved = 2400 + 2 * 60                                       # after 840 and 1680 s; 60 s lost each time
    assert rows["seconds of work"]["each minute saved"] == pytest.approx(saved)
    assert rows.minutes["in 60 parts at once"] * 60 == pytest.approx(40, abs=10 * cold_seconds)
    assert rows.usd["one machine"] == pytest.approx(2400 * PRICES.server_second)
    assert rows.usd["tried three times"] == pytest.approx(2700 * 1.769 * GB_SECOND, rel=0.001)


def test_a_start_is_the_measured_one():
    assert cold_start("gpu_vllm_boot_snapshot") == LogNormalLaw(13.8)
    assert cold_start().median == pytest.approx(exp(5.131) / 1000)
    assert ColdOrBusy().function.cold_start == SuddenRise().functions().cold_start == cold_start()
    assert unanswered(simulate(Serverless(cold_start=cold_start("gpu_vllm_boot_snapshot")), seconds(1.0)), 14.0) == 100
