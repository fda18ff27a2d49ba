"""Proves that the benchmark of grading kills a class, takes it up again, loses nobody, and prints what it found."""

import os

import pytest
import tiny_course
from conftest import need
from IPython.core.interactiveshell import InteractiveShell

from course import bench_grading
from course.grading.sandbox import available

pytestmark = pytest.mark.slow


def test_the_quick_form_grades_a_class_that_was_killed(tmp_path, monkeypatch, capsys):
    need(not available(), available())
    root = tiny_course.made(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tiny_course.ROOT), str(root / "modules")]))
    monkeypatch.chdir(root)
    bench_grading.main(tiny_course.NAME, bench_grading.QUICK)
    found = {line[:34].strip(): line[34:].split() for line in capsys.readouterr().out.splitlines()[1:]}
    assert found["students"] == ["4"]
    assert 2 <= int(found["kept when it was killed"][0]) < 4
    assert found["lost in the end"] == ["0", "ok"]
    assert found["the same when graded anew"] == ["1", "of", "1", "ok"]
    each, own = (float(found[name][0]) for name in ("seconds of a processor for each", "the notebook's own work"))
    assert 0 < own < each
    assert float(found["beyond that"][0]) == pytest.approx(each - own, abs=0.011)


def test_answers_are_right_half_right_wrong_and_missing():
    """The tiny judge's points for the four kinds of answers: all, half of them, none, none."""
    page = {}
    right = "def double(number):\n    return 2 * number\n"
    for source, said in ((right, [2, 4]), (bench_grading.halved(right), [None, 4]),
                         (bench_grading.spoilt(right), [None, None])):
        exec(source, page)
        assert [page["double"](1), page["double"](2)] == said
    assert bench_grading.spoilt("answer = Design(workers=19)") == "answer = Design(workers=20)"


def test_own_work_is_that_of_the_cells_alone():
    """This process has worked before; a cell that does nothing adds next to nothing to what is counted."""
    shell = InteractiveShell()
    shell.run_cell(bench_grading.BEGIN)
    shell.run_cell("pass")
    before = shell.own_work["all"]
    shell.run_cell("while taken() < work['now'] + 0.1: pass")
    assert before < 0.05 < 0.099 < shell.own_work["all"] < sum(os.times()[:2]) / 2


def test_an_unknown_lesson_is_a_sentence(tmp_path):
    with pytest.raises(ValueError, match="there is no lesson 09-none"):
        bench_grading.main("09-none", bench_grading.QUICK)
