"""The small models behind the claims about microservices agree, arm by arm, with calculation by hand."""

import numpy as np
import pytest
from claim_laws import PRICES

from course.claims.api import Behind, OneCallsTooOften, changed
from course.claims.claim import of_kind, response_times, unanswered
from course.claims.delivery import WEEK, OwnPace, UnitsToWatch, calls_below, covered
from course.claims.hardware import BehindStore, Unlike, WholeBoxes, enough, services
from course.claims.isolation import ExtraThatHangs
from course.claims.splitting import Spread
from course.patterns.microservices import Gateway, Service
from course.policies.fallback import Fallback
from course.policies.rate_limit import RateLimited
from course.policies.timeout import Timeout
from course.simulation import simulate
from course.workload import Deterministic, Injected, Mixed, Work, Workload

BOX, SERVER = (PRICES.per_second(item) for item in ("gpu_g4dn.xlarge_1xT4_4vcpu_16gib", "vm_c5.xlarge_4vcpu_8gib"))


def test_a_request_keeps_a_cpu_of_the_box_while_it_uses_the_gpu():
    run = simulate(WholeBoxes(1), Injected([0.0] * 5, [Work(1.0, 2.0, 3.0)] * 5))
    # the GPU takes the four workers' requests at 1, 3, 5, 7; the fifth finds a CPU at 6 and the GPU at 9
    assert sorted(run.departure_times) == [6.0, 8.0, 10.0, 12.0, 14.0]
    assert WholeBoxes(1).bill(run, PRICES) == {"boxes": pytest.approx(14 * BOX)}


def test_servers_that_share_a_machine_pay_a_part_of_it():
    design = services(3, 2, 1)
    run = simulate(design, Injected([0.0], [Work(1.0, 2.0, 3.0)]))
    quarter = run.end * SERVER / 4
    assert design.bill(run, PRICES) == pytest.approx(
        {"prepare": 3 * quarter, "infer": 2 * run.end * BOX, "respond": quarter, "gateway": quarter})
    assert run.end == pytest.approx(6 + 5 * design.hop_time + Gateway().seconds)


def test_the_sizes_are_the_smallest_that_keep_the_promise():
    experiment = Unlike()
    for run in enough(experiment.workload(60), experiment.promise):
        assert run.percentile(95) <= experiment.promise
    one_fewer = WholeBoxes(run.design.boxes - 1)
    assert simulate(one_fewer, run.workload).percentile(95) > experiment.promise


def test_a_store_makes_all_wait_and_passes_refusals_on():
    store = BehindStore(Service("infer", 2), 3.0)
    run = simulate(store, Injected([0.0, 0.0], [Work(0.0, 1.0, 0.0)] * 2))
    assert list(run.departure_times) == [4.0, 7.0]
    assert store.bill(run, PRICES) == {"infer": pytest.approx(2 * 7 * PRICES.server_second)}
    refused = simulate(BehindStore(RateLimited(Service("infer"), 1.0, 1.0), 3.0),
                       Injected([0.0, 0.0], [Work(0.0, 1.0, 0.0)] * 2))
    assert refused.share("throttled") == 0.5 and len(refused.jobs["store"].arrived) == 1


def test_parts_of_a_step_run_at_once_while_replicas_are_free():
    alone = simulate(Spread("infer", 4, share=0.5), Injected([0.0], [Work(0.0, 8.0, 0.0)]))
    assert list(alone.departure_times) == [5.0]                 # 4 alone and a quarter of the other 4
    assert alone.busy_seconds("infer") == pytest.approx(8.0)
    together = simulate(Spread("infer", 4, share=1.0), Injected([0.0, 0.0], [Work(0.0, 8.0, 0.0)] * 2))
    assert list(together.departure_times) == [2.0, 4.0]
    assert Spread("infer", 4, 1.0).bill(together, PRICES) == Service("infer", 4).bill(together, PRICES)


def test_when_every_change_needs_two_teams_all_leave_together():
    pace = OwnPace()
    assert pace.services(1.0, 3) == pace.whole(5, WEEK, 3)
    assert pace.services(0.0, 3) < 0.25 < pace.services(0.5, 3)


def test_overlapping_intervals_are_counted_once():
    starts, ends = np.array([6.0, 1.0, 2.0, 2.5, 9.0]), np.array([7.0, 3.0, 2.25, 4.0, 12.0])
    assert covered(starts, ends, 10.0) == 3 + 1 + 1
    assert covered(np.array([11.0]), np.array([12.0]), 10.0) == 0


def test_faster_repair_shortens_the_time_down_and_nothing_else():
    experiment = UnitsToWatch()
    assert experiment.share_down(1, 43.2, 0) == pytest.approx(experiment.share_down(1, 4.32, 0) * 10, rel=0.05)


@pytest.mark.parametrize("layers", [1, 2, 4])
def test_each_layer_multiplies_the_calls_by_its_attempts(layers):
    assert calls_below(layers) == 3**layers


def test_the_gateway_comes_first_and_its_refusal_is_final():
    design = Behind(Gateway(seconds=1.0), Service("infer"))
    work = [Work(0.0, 2.0, 0.0)] * 2
    run = simulate(design, Injected([0.0, 0.0], work))
    assert list(run.departure_times) == [3.0, 5.0]              # read at 1 and 2
    assert set(design.bill(run, PRICES)) == {"gateway", "infer"}
    refused = simulate(OneCallsTooOften(bucket=1.0).limited(Gateway()), Injected([0.0, 0.0], work))
    assert [refused.share("throttled"), len(refused.jobs["infer"].arrived)] == [0.5, 1]


def test_the_third_client_alone_calls_more_often():
    runs = [simulate(Service("infer", 100), OneCallsTooOften().clients(times)) for times in (1, 10)]
    polite = [of_kind(run, "client 1", "client 2").sum() for run in runs]
    assert polite[0] == polite[1]
    assert of_kind(runs[1], "client 3").sum() == pytest.approx(200 * 10, rel=0.1)


def test_who_is_refused_late_or_unfinished_is_unanswered():
    parts = [Workload(1, 10, Work(0.0, seconds, 0.0), distribution=Deterministic(), kind=kind)
             for kind, seconds in (("quick", 0.5), ("late", 1.5), ("never", 20.0))]
    run = simulate(Service("infer", 100), Mixed(tuple(parts)))
    assert unanswered(run, 1.0, "late") == unanswered(run, 1.0, "never") == 100
    finished = run.arrival_times <= 9.5
    assert unanswered(run, 1.0, "quick") == pytest.approx(100 * np.mean(~finished[of_kind(run, "quick")]))
    slow = np.mean(run.response_times > 2.0) * run.share("completed") + run.share("unfinished")
    assert unanswered(run, 2.0) == pytest.approx(100 * slow)
    assert np.allclose(response_times(run, "late"), 1.5) and len(response_times(run, "never")) == 0


def test_a_version_that_is_kept_until_all_have_changed_fails_nobody():
    assert changed(6, 3.0, 30.0).comparison == [0.0] * 10
    assert changed(6, 0.0, 0.0).pattern == [0.0] * 10
    kept, gone = changed(6, 3.0, 14.0), changed(6, 3.0, 0.0)
    assert gone.pattern == gone.comparison == kept.pattern


def test_an_extra_is_for_rich_requests_only_and_threads_are_enough_without_a_hang():
    experiment = ExtraThatHangs()
    calls = Fallback(Timeout(experiment.extra, 0.1))
    run = simulate(experiment.front_end(calls), experiment.requests(0.3))
    rich = of_kind(run, "rich")
    assert rich.mean() == pytest.approx(0.3, abs=0.04)
    assert len(run.jobs["rich infer"].arrived) == pytest.approx(rich.sum(), abs=3)     # the last are on their way
    assert np.allclose(response_times(run, "rich"), 0.050) and np.allclose(response_times(run, "plain"), 0.020)
    assert experiment.failed(calls, 0.3, (), 0) < 0.5
