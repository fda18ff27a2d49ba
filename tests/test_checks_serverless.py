"""Proves that 5M accepts any right order of instances exactly, on traces in which all can go wrong: by hand, by law."""

import ast
from math import isnan
from pathlib import Path

import numpy as np
import pytest
from bank.form import codes, graded
from bank.serverless_modify import heap_of_ends, right

from course.asking import ask
from course.checks import oracle_serverless
from course.checks.oracle_serverless import first_created, last_created, newest, oldest, warm_pool
from course.checks.serverless_modify import EXERCISES, HIDDEN, SETS, TRACE, VISIBLE, Asked
from course.laws import LogNormalLaw
from course.patterns.serverless import Serverless
from course.simulation import simulate
from course.workload import Injected, Work

TRACES = [case for variant in range(SETS + 1) for case in EXERCISES[0].cases(variant)]


def responses(steps):
    """The response times of some steps."""
    return [step.response for step in steps]


def test_five_calls_by_hand():
    # Starts at 0, serves from 2 to 3; the second starts one at 1, busy until 4; at 2 both are taken. At 6 the second is
    # the newest and serves until 7. At 16.5 it was idle for 9.5 s, and at 30 nothing is left.
    arrivals, services = [0, 1, 2, 6, 16.5, 30], [1, 1, 1, 1, 1, 1]
    steps = warm_pool(arrivals, services, 2, 10, 2)
    assert responses(steps) == [3, 3, None, 1, 1, 3]
    assert [step.busy for step in steps] == [0, 1, 2, 0, 0, 0]
    assert [step.idle for step in steps] == [0, 0, 0, 2, 1, 0]
    # The oldest: at 6 the first serves until 7, at 16.5 it is the only one left; the same times with other instances.
    assert responses(warm_pool(arrivals, services, 2, 10, 2, oldest)) == [3, 3, None, 1, 1, 3]


def test_the_order_of_instances_matters_by_hand():
    # Two instances are idle from 3 and 4 on. A call at 5 takes the newest (until 6) or the oldest. At 13.5 two calls:
    # under newest, one was idle since 6 and the other, since 3, is gone; under oldest, both 4 and 6 are within 10 s.
    arrivals, services = [0, 1, 5, 13.5, 13.6], [1, 1, 1, 1, 1]
    assert responses(warm_pool(arrivals, services, 2, 10, 5, newest)) == [3, 3, 1, 1, 3]
    assert responses(warm_pool(arrivals, services, 2, 10, 5, oldest)) == [3, 3, 1, 1, 1]
    assert responses(warm_pool(arrivals, services, 2, 10, 5, first_created)) == [3, 3, 1, 1, 1]
    assert responses(warm_pool(arrivals, services, 2, 10, 5, last_created)) == [3, 3, 1, 1, 3]


@pytest.mark.parametrize("rule, reuse", [(newest, reversed), (oldest, iter)])
def test_the_same_times_as_the_simulation(rule, reuse):
    for case in TRACES:
        arrivals, services, cold_start, keep_alive, limit = (case[part] for part in TRACE)
        run = simulate(Serverless(cold_start=LogNormalLaw(cold_start), keep_alive=keep_alive, concurrency_limit=limit,
                                  reuse=reuse), Injected(
            tuple(arrivals), tuple(Work(0, one, 0) for one in services)))
        seconds = [None if outcome else left - came for outcome, left, came in zip(
            run.outcomes, run.departure_times, run.arrival_times)]
        steps = warm_pool(arrivals, services, cold_start, keep_alive, limit, rule)
        assert [one is None for one in seconds] == [step.response is None for step in steps]
        assert [one for one in seconds if one] == pytest.approx([one for one in responses(steps) if one], abs=1e-9)
        cold = [step for step in steps if step.response is not None and not step.idle]
        assert len(run.jobs["cold starts"].arrived) == len(cold)


def test_laws_hold_in_a_warm_pool():
    for case in TRACES:
        arrivals, services, cold_start, keep_alive, limit = (case[part] for part in TRACE)
        steps = warm_pool(arrivals, services, cold_start, keep_alive, limit)
        assert len(steps) == len(arrivals)
        assert all((step.response is None) == (step.busy == limit) for step in steps)
        assert all(isnan(step.gone) or step.gone > keep_alive for step in steps)
        doubled = warm_pool([2 * one for one in arrivals], [2 * one for one in services], 2 * cold_start,
                            2 * keep_alive, limit)
        assert [step.response and 2 * step.response for step in steps] == responses(doubled)
        apart = warm_pool([1e6 * place for place in range(len(services))], services, cold_start, keep_alive, limit)
        assert responses(apart) == [cold_start + service for service in services]       # zero load: always cold


def test_the_second_opinion_is_independent():
    tree = ast.parse(Path(oracle_serverless.__file__).read_text(encoding="utf-8"))
    imports = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imports == {"collections", "collections.abc", "heapq", "math", "typing"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]


def margins(case):
    """The smallest distance in seconds of a call from the end of another or of a keep-alive, under all rules."""
    arrivals, services, cold_start, keep_alive, limit = (case[part] for part in TRACE)
    moments = set()
    for rule in (newest, oldest, first_created, last_created):
        steps = warm_pool(arrivals, services, cold_start, keep_alive, limit, rule)
        ends = [came + step.response for came, step in zip(arrivals, steps) if step.response is not None]
        moments |= {*ends, *(end + keep_alive for end in ends)}
    near = np.abs(np.subtract.outer(np.array(arrivals), np.array(sorted(moments))))
    return min(near.min(), np.diff(arrivals).min())


def test_no_call_sits_on_an_edge():
    assert min(map(margins, TRACES)) > 1e-6         # a thousand times what the check forgives


@pytest.mark.parametrize("variant", range(1, SETS + 1))
def test_hidden_traces_have_all_that_can_go_wrong(variant):
    cases = EXERCISES[0].cases(variant)
    steps = [warm_pool(*(case[part] for part in TRACE)) for case in cases]
    apart, together, limited, *mixed = steps
    assert not any(step.busy for step in apart) and not any(step.response is None for step in (*apart, *together))
    assert {step.idle for step in apart} == {0, 1}
    late = [step.gone - case["keep_alive"] for case, day in zip(cases, steps) for step in day
            if not step.idle and not isnan(step.gone)]
    assert sum(0 < one < 1 for one in late) >= 3 and max(late) > 5      # just too late, and long after
    assert all(isnan(step.gone) for step in (*together, *limited))
    assert max(step.busy for step in together) >= 4
    assert all(any(step.response is None for step in day) for day in (limited, *mixed))
    assert all(any(not isnan(step.gone) for step in day) and any(step.idle > 1 for step in day) for day in mixed)


def test_hidden_traces_differ_from_each_other_and_from_those_on_the_page():
    sets = [[case["arrival_times"] for case in EXERCISES[0].cases(variant)] for variant in range(SETS + 1)]
    lengths = [{len(times) for times in each} for each in sets]
    assert len({str(each) for each in sets}) == SETS + 1 >= 7
    assert not lengths[0] & set.union(*lengths[1:]) or max(lengths[0]) < max(lengths[1])
    assert len(VISIBLE) == 3 and len(HIDDEN) == 5


@pytest.mark.parametrize("later, code", [(1e-10, []), (1e-8, ["5M-TIMES"])])
def test_response_times_are_judged_to_a_billionth(later, code):
    def answer(*trace):
        times, created = right(*trace)
        return [time and time + later for time in times], created

    assert codes(graded("5M", answer)) == code


def test_one_mixed_order_is_judged_against_its_own_rule():
    differ = [case for case in TRACES if responses(warm_pool(*(case[part] for part in TRACE), oldest))
              != responses(warm_pool(*(case[part] for part in TRACE), newest))]
    assert len(differ) > SETS / 2                                       # or it would not matter which one is accepted
    for case in differ:
        for answer in (right, heap_of_ends):
            assert Asked(case, *ask("5M", answer, [case])).right


def test_points_for_times_and_for_the_count():
    # Half a point for calls apart, 3.5 for the others, half for the count, a quarter each for the trace and for luck.
    assert graded("5M", lambda *trace: (right(*trace)[0], -1)).points == 4.5
    assert graded("5M", lambda *trace: (right(*trace)[0], right(*trace)[1] + 1)).points == 4.5

