"""A sweep gives what a loop would, stores each case as it ends, goes on after a stop, and runs on a Dask cluster."""

import json
import os
import signal
import subprocess
import sys
from math import factorial

import joblib
import pytest

from course.sweep import left, sweep

RECIPE = json.dumps(["recipe", ""]) + "\n"
SLOW = """
import sys, time
from course.sweep import sweep
def slow(case):
    time.sleep(0.05 if case < 3 else 60)
    return case * 10
sweep(slow, range(6), sys.argv[1])
"""


def lines(store):
    """What the store holds after its recipe, as pairs of case and result."""
    return [json.loads(text) for text in store.read_text().splitlines()[1:]]


def refuse(case):
    raise AssertionError(f"{case} was run again")


def double(case):
    return {"twice": 2 * case["number"]}


def test_results_come_in_the_order_of_the_cases_and_are_stored(tmp_path, capsys):
    store = tmp_path / "store.jsonl"
    assert sweep(factorial, [5, 3, 4], store) == [120, 6, 24]
    assert sorted(lines(store)) == [[3, 6], [4, 24], [5, 120]]
    shown = capsys.readouterr().out
    assert "1 of 3 done" in shown and "3 of 3 done, 0:00 left" in shown


def test_time_left_is_in_proportion_to_what_is_done():
    assert left(30.0, 3, 9) == "1:00"               # 10 s each, six to come
    assert left(10.0, 1, 14) == "2:10"


def test_what_is_stored_is_not_run_again(tmp_path):
    store = tmp_path / "store.jsonl"
    store.write_text(RECIPE + "[1, 10]\n[2, 20]\n")
    assert sweep(refuse, [2, 1, 2], store) == [20, 10, 20]
    with pytest.raises(AssertionError, match="3 was run again"):
        sweep(refuse, [1, 3], store)
    assert lines(store) == [[1, 10], [2, 20]]


def test_cases_may_be_records_and_a_case_that_is_there_twice_is_run_once(tmp_path):
    store = tmp_path / "store.jsonl"
    cases = [{"number": 2, "name": "a"}, {"name": "a", "number": 2}]
    assert sweep(double, cases, store) == [{"twice": 4}, {"twice": 4}]
    assert len(lines(store)) == 1


@pytest.mark.parametrize("half", ["[3, 6", "[3, 6]", "[", '{"'])
def test_a_half_written_last_line_is_cut_off(tmp_path, half):
    store = tmp_path / "store.jsonl"
    store.write_text(RECIPE + "[4, 24]\n" + half)
    assert sweep(factorial, [3, 4], store) == [6, 24]
    assert sorted(lines(store)) == [[3, 6], [4, 24]]


def test_a_store_of_another_recipe_is_refused(tmp_path):
    store = tmp_path / "store.jsonl"
    sweep(factorial, [3], store, recipe="three traces")
    with pytest.raises(ValueError, match=r"store\.jsonl holds results of another recipe, .*three traces.*delete it"):
        sweep(factorial, [3], store, recipe="ten traces")
    assert sweep(refuse, [3], store, recipe="three traces") == [6]


def test_one_that_is_interrupted_leaves_a_store_from_which_it_goes_on(tmp_path):
    """The first cases are quick; when one of them is stored, the program is told to stop as by Ctrl-C."""
    store, script = tmp_path / "store.jsonl", tmp_path / "slow.py"
    script.write_text(SLOW)
    program = subprocess.Popen([sys.executable, str(script), str(store)], stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        while program.poll() is None and not (store.is_file() and lines_written(store)):
            os.sched_yield()
        program.send_signal(signal.SIGINT)
        told = program.communicate(timeout=60)[0]
    finally:
        stop(program)
    assert "the same call goes on from there" in told and program.returncode != 0
    kept = dict(lines(store))
    assert kept and set(kept) <= {0, 1, 2} and all(result == 10 * case for case, result in kept.items())
    assert sweep(refuse, list(kept), store) == list(kept.values())


def lines_written(store):
    """How many cases the store holds."""
    return max(0, store.read_text().count("\n") - 1)


def stop(program):
    """End a program and those that it started, which are in a session of their own."""
    try:
        os.killpg(program.pid, signal.SIGKILL)
    except ProcessLookupError:
        program.wait()


def test_it_runs_unchanged_on_a_dask_cluster(tmp_path):
    distributed = pytest.importorskip("distributed")

    def where(case):
        return [case, str(distributed.get_worker().name)]       # raises an error outside a cluster

    here = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    with (distributed.LocalCluster(processes=False, **here) as cluster, distributed.Client(cluster),
          joblib.parallel_config(backend="dask")):
        found = sweep(where, range(20), tmp_path / "store.jsonl")
    assert [case for case, _ in found] == list(range(20)) and {name for _, name in found} <= {"0", "1"}
    assert sweep(refuse, range(20), tmp_path / "store.jsonl") == found
