"""Proves that the benchmark runs, prints every row, and that its contestants simulate the same queues."""

from dataclasses import replace

import numpy as np
import pytest
from conftest import rest
from policies.laws import agrees, jobs

from course import bench, theory
from course.bench_patterns import PAIRS, WORK, simfaas
from course.bench_peers import PEERS, Model
from course.run import interval

pytest.importorskip("salabim")
pytest.importorskip("simfaas")


def test_the_quick_form_prints_every_row_with_its_gate(capsys, monkeypatch):
    monkeypatch.setattr(bench, "seconds", rest()(bench.seconds))      # what is timed runs untraced, as it should
    bench.main(bench.QUICK)
    printed = capsys.readouterr().out.splitlines()
    for model in bench.MODELS:
        place = next(number for number, line in enumerate(printed) if line.startswith(model.name))
        rows = printed[place + 1:place + 2 + len(PEERS)]
        assert [row[:36].strip() for row in rows] == [bench.OURS, *PEERS]
        assert all(row.endswith(("ok", "missed")) for row in rows[1:])
    patterns = [pair.name for pair in PAIRS]
    for label in (*patterns, "events a request", "bytes a job", "time a request", "a slider's step"):
        row = next(line for line in printed if line.startswith(label))
        assert row.endswith(("ok", "missed"))


def test_events_and_memory_keep_their_gates():
    """These two are counted, not timed."""
    assert all(line.held for line in bench.event_lines())
    assert all(line.held for line in bench.memory_lines(bench.QUICK))


@pytest.mark.parametrize("model", [Model("one", 1, 1, 0.3), Model("four servers", 4, 1, 0.5),
                                   Model("four stations", 1, 4, 0.3)])
@pytest.mark.parametrize("contestant", ["simulate", *PEERS])
def test_contestants_agree_with_theory(contestant, model):
    """At a low load 5,000 requests give the mean response time within a tenth."""
    run = {"simulate": bench.ours, **PEERS}[contestant]
    requests = 2_000 if contestant == "salabim" else 5_000
    assert run(model, requests, 1) == pytest.approx(bench.expected_response(model), rel=0.1)


def pair(words):
    """The pair whose name begins with these words."""
    return next(pair for pair in PAIRS if pair.name.startswith(words))


@pytest.mark.parametrize("contestant", ["ours", "theirs"])
def test_both_microservices_are_a_line_of_queues(contestant):
    """At a low load by theory: three exponential stations, a gateway that hardly keeps anyone, five hops."""
    calm = pair("microservices")._replace(arrival_rate=10.0)
    design = calm.design
    stations = zip((design.prepare, design.infer, design.respond), WORK)
    waits = sum(theory.mmc(10.0, 1 / work, service.replicas).response_time for service, work in stations)
    expected = waits + design.gateway.seconds + 5 * design.hop_time
    assert getattr(calm, contestant)(5_000, 1) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("contestant", ["ours", "theirs"])
def test_both_event_driven_publish_and_work(contestant):
    """At a low load hardly anyone waits: M/M/c, though three steps vary less than one, gives within a few per cent."""
    calm = pair("event-driven")._replace(arrival_rate=10.0)
    worked_on = theory.mmc(10.0, 1 / sum(WORK), calm.design.consume.consumers).response_time
    assert getattr(calm, contestant)(5_000, 1) == pytest.approx(calm.design.publish_time + worked_on, rel=0.05)


@pytest.mark.parametrize("contestant", ["ours", "theirs"])
def test_both_lambdas_append_look_and_answer(contestant):
    """At a low load hardly anyone waits for the speed layer, and few to be answered: M/M/1 by theory."""
    calm = pair("lambda")._replace(arrival_rate=10.0)
    answered = theory.mm1(10.0, 1 / WORK.respond).response_time
    expected = calm.design.append_time + WORK.prepare + WORK.infer + answered
    assert getattr(calm, contestant)(5_000, 1) == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("contestant", ["ours", "theirs"])
@pytest.mark.parametrize("name", ["serverless, 2.4", "serverless, 20"])
def test_serverless_requests_take_their_work_and_few_a_cold_start(contestant, name):
    """Nobody waits; of thousands of requests so few are cold that the mean is that of the work, within 5 %."""
    assert getattr(pair(name), contestant)(5_000, 1) == pytest.approx(sum(pair(name).work), rel=0.05)


@rest()
def test_simfaas_finds_the_same_cold_share_and_instances():
    """Ten runs of each, with instances that often go; its rule is to use the one that was started last."""
    busy = pair("serverless, 20")._replace(arrival_rate=5.0)
    design = replace(busy.design, keep_alive=20)
    ours, theirs = [], []
    for seed in range(1, 11):
        run = busy._replace(design=design).run(12_000, seed)
        starting = run.busy_seconds("cold starts")
        ours.append((jobs(run, "cold starts") / len(run.arrival_times),
                     (run.server_seconds("instances") + starting) / run.end,
                     (run.busy_seconds("instances") + starting) / run.end))
        found = simfaas(design, 5.0, 12_000, seed)
        theirs.append((found["prob_cold"], found["inst_count_avg"], found["inst_running_count_avg"]))
    for mine, other in zip(zip(*ours), zip(*theirs)):
        difference = interval(np.array(mine) - np.array(other))
        assert agrees(difference, 0) and difference.high - difference.low < 0.2 * np.mean(mine)
