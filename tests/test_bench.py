"""Proves that the benchmark runs, prints every row, and that its contestants simulate the same queues."""

import pytest

from course import bench, theory
from course.bench_patterns import PAIRS, WORK
from course.bench_peers import PEERS, Model

pytest.importorskip("salabim")


def test_the_quick_form_prints_every_row_with_its_gate(capsys):
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


@pytest.mark.parametrize("contestant", ["ours", "theirs"])
def test_both_microservices_are_a_line_of_queues(contestant):
    """At a low load by theory: three exponential stations, a gateway that hardly keeps anyone, five hops."""
    pair = PAIRS[0]._replace(arrival_rate=10.0)
    design = pair.design
    stations = zip((design.prepare, design.infer, design.respond), WORK)
    waits = sum(theory.mmc(10.0, 1 / work, service.replicas).response_time for service, work in stations)
    expected = waits + design.gateway.seconds + 5 * design.hop_time
    assert getattr(pair, contestant)(5_000, 1) == pytest.approx(expected, rel=0.05)
