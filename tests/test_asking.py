"""Proves that a kernel needs no judge to answer: it asks alike without them, and in a grader's kernel only answers."""

import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import cloudpickle
import IPython.display
import pytest
from bank.form import Steps, graded
from bank.matrix import BANKS
from bank.monolith_predict import GUESS, LATER, SAW, short_run
from conftest import rest
from nbformat.v4 import new_output

from course.asking import ask, given, predictions
from course.asking.graded import ANSWERS
from course.checks import EXERCISES, check, predict, reveal
from course.grading import one
from course.grading.execution import Executed
from course.grading.intake import Submission
from course.grading.verdict import Mark

ROOT = Path(__file__).resolve().parents[1]
JUDGING = sorted(path.stem for path in ROOT.glob("course/checks/*.py") if path.stem != "__init__")
RIGHT = {"0A": [2, 3, 4, 2], "0B": lambda rate, inside: inside / rate, "0C": lambda rate, work, target: 1,
         **{item: one.right for item, one in BANKS.items()}}
ALONE = """
import importlib, json, pickle, sys
import course.checks
from course.asking import ask, given
with open("answers", "rb") as file:
    answers = pickle.load(file)
with open("cases.json") as file:
    cases = json.load(file)
raw = {item: ask(item, answers[item], cases[item]) for item in cases}
handed = [given(item) for item in ("1E", "3E", "3M", "4E", "5E")]
loaded = [name for name in sys.modules if name.startswith("course.checks.")]
found = []
for name in sys.argv[1:]:
    try:
        found.append(importlib.import_module(f"course.checks.{name}").__name__)
    except ModuleNotFoundError:
        pass
print(json.dumps({"raw": raw, "from": course.checks.__file__, "loaded": loaded, "found": found}))
"""
GRADED = """
import sys
from course.checks import check, contrast, given, looking_back, predict, remember, reveal
predict("1P", {"mean": None})
reveal("1P", None)
remember("how long", 3)
contrast("how long", 4)
looking_back()
given("1E")
check("1P", "a text")
check("1C", lambda arrival_rate, service_rate: (1, 2, 3))
print("loaded:", [name for name in sys.modules if name.startswith("course.checks.")])
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working directory, and nothing remembered."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSE_CASES", raising=False)
    predictions.KEPT.clear()
    return tmp_path


@pytest.fixture
def reported(folder, monkeypatch):
    """What checks hand to the grader who asks some cases of each item, as it comes through JSON."""
    reports = []
    monkeypatch.setattr(IPython.display, "display", lambda data, raw: reports.append(json.loads(json.dumps(data))))

    def of(cases):
        (folder / "cases.json").write_text(json.dumps(cases))
        monkeypatch.setenv("COURSE_CASES", str(folder / "cases.json"))
        return reports

    return of


def child(program, folder, *arguments, **environment):
    """What a new process prints that runs a program in a folder."""
    done = subprocess.run([sys.executable, "-c", program, *arguments], cwd=folder, capture_output=True, text=True,
                          env=os.environ | environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def without_judges(folder):
    """A copy of the package in which nothing is left of checks but its name."""
    copytree(ROOT / "course", folder / "course", ignore=ignore_patterns("__pycache__", "checks", "grading"))
    copytree(ROOT / "data", folder / "data")
    (folder / "course" / "checks").mkdir()
    (folder / "course" / "checks" / "__init__.py").write_bytes((ROOT / "course/checks/__init__.py").read_bytes())
    return folder


def dumped(answers):
    """Answers as a process can read them that has no bank."""
    modules = [module for name, module in sys.modules.items() if name.startswith("bank.")]
    for module in modules:
        cloudpickle.register_pickle_by_value(module)
    try:
        return cloudpickle.dumps(answers)
    finally:
        for module in modules:
            cloudpickle.unregister_pickle_by_value(module)


@rest()
def test_every_item_is_asked_alike_where_no_judge_is(folder, reported):
    copied = without_judges(folder / "copy")
    cases = {item: EXERCISES[item].cases(1) for item in EXERCISES}
    reported(cases)             # predictions are stored, and their runs are left out
    answers = {item: answer.take() if isinstance(answer, Steps) else answer for item, answer in RIGHT.items()}
    (folder / "answers").write_bytes(dumped(answers))
    told = json.loads(child(ALONE, folder, *JUDGING, PYTHONPATH=str(copied)).splitlines()[-1])
    assert Path(told["from"]).is_relative_to(copied)
    assert told["loaded"] == told["found"] == []
    for item in EXERCISES:
        assert told["raw"][item] == json.loads(json.dumps(ask(item, answers[item], cases[item]))), item
        if item[1] in "CME":    # the judges of the others simulate for long
            assert EXERCISES[item].judge(cases[item], told["raw"][item]).points == EXERCISES[item].points


def test_a_graders_kernel_imports_no_judge_though_there_are_some(folder):
    (folder / "cases.json").write_text(json.dumps({item: EXERCISES[item].cases(1) for item in ("1P", "1C")}))
    said = child(GRADED, folder, COURSE_CASES=str(folder / "cases.json"), PYTHONPATH=str(ROOT))
    assert said.splitlines()[-1] == "loaded: []"


def test_a_check_reports_its_raw_answers_once_and_decides_nothing(reported, capsys):
    cases = EXERCISES["1C"].cases(7)
    reports = reported({"1C": cases})
    assert check("1C", BANKS["1C"].right) is None
    assert [*reports[0]] == [ANSWERS, "text/plain"] and len(reports) == 1
    assert reports[0][ANSWERS]["item"] == "1C"
    assert EXERCISES["1C"].judge(cases, reports[0][ANSWERS]["answers"]).points == 4
    assert capsys.readouterr() == ("", "")


def test_a_check_of_an_item_without_cases_does_nothing(reported, capsys):
    reports = reported({"1C": []})
    assert check("1M", BANKS["1M"].right) is None
    assert reports == [] and capsys.readouterr() == ("", "")


GAPS = GUESS | {"p99": None}
WAYS = {
    "right": (Steps("1P", GUESS, short_run, SAW), 2.0), "changed": (Steps("1P", GUESS, short_run, SAW, LATER), 1.0),
    "no run": (Steps("1P", GUESS, None, SAW), 1.0), "text alone": (Steps("1P", text=SAW), 1.0),
    "nothing": (Steps("1P"), 0.0), "no text": (Steps("1P", GUESS, short_run), 1.0),
    "gaps": (Steps("1P", GAPS, short_run, SAW), 1.0),
    "thin": (Steps("1P", {part: [*guess[:3], "so"] for part, guess in GUESS.items()}, short_run, SAW), 1.0),
}


def never(*_):
    """An experiment that nobody may make."""
    raise AssertionError("the run was made in a grader's kernel")


def graded_again(steps, reported):
    """The verdict of a grader's kernel, which takes the steps and makes no run."""
    cases = EXERCISES[steps.item].cases(1)
    reports = reported({steps.item: cases})
    check(steps.item, steps._replace(run_at=steps.run_at and never).take())
    return EXERCISES[steps.item].judge(cases, reports[-1][ANSWERS]["answers"])


@pytest.mark.parametrize("way", WAYS)
def test_what_was_stored_before_gets_the_same_verdict_in_a_graders_kernel(way, reported):
    steps, points = WAYS[way]
    expected = graded("1P", steps)
    assert expected.points == points
    steps.take()
    assert graded_again(steps, reported) == expected


@pytest.mark.parametrize("way", WAYS)
def test_without_the_file_a_prediction_earns_nothing_and_never_more(way, folder, reported):
    steps, points = WAYS[way]
    alone = graded_again(steps, reported)
    assert alone.points == (steps.text is not None) and alone.points <= points
    full = way in ("right", "changed", "no run", "no text")
    assert (alone.messages[0].code == "P-FILE") == one.lacks_file(Mark("1P", 0.0, 2.0, messages=alone.messages)) == full


@pytest.mark.parametrize("practised, notes", [(True, ()), (False, (one.NO_FILE,))])
def test_a_verdict_notes_that_the_file_is_missing(practised, notes, reported, monkeypatch):
    if practised:
        WAYS["right"][0].take()
    reports = reported({"1P": EXERCISES["1P"].cases(1)})
    check("1P", WAYS["right"][0]._replace(run_at=never).take())
    text = (ROOT / "notebooks/01-monolith/01-monolith.ipynb").read_text(encoding="utf-8")

    def run(notebook, *_):
        next(cell for cell in notebook.cells if cell.id == "1P").outputs = [new_output("display_data", reports[0])]
        return Executed(notebook, (), 0.0)

    monkeypatch.setattr(one, "run", run)
    rules = one.Rules({"01-monolith": text}, b"a secret", "course.checks.EXERCISES", None, "")
    verdict = one.Grader(rules)(Submission("ann", "01-monolith", "", text.encode(), {}, (), "", {})).verdict
    assert verdict.notes == notes and verdict.marks[0].points == 1 + practised


def test_the_file_of_another_lesson_shows_nothing(folder, reported):
    predictions.keep("2P", {"steps": 2, "predicted_at": 1, "ran_at": 2, "guesses": None, "latest": None})
    assert [message.code for message in graded_again(WAYS["right"][0], reported).messages] == ["P-FILE"]


@pytest.mark.parametrize("item", [item for item in BANKS if item.endswith("P")])
def test_a_prediction_that_is_graded_without_a_run_is_complete_in_every_lesson(item, reported):
    predict(item, BANKS[item].right.guesses)
    reports = reported({item: EXERCISES[item].cases(1)})
    check(item, BANKS[item].right._replace(run_at=never).take())
    told, = reports[0][ANSWERS]["answers"]
    assert EXERCISES[item].committed(told["record"]) is None
    assert told["reconcile"] == BANKS[item].right.text


def test_a_guess_from_before_counts_against_a_new_one_in_a_graders_kernel(reported):
    predict("1P", GUESS)
    reveal("1P", short_run)
    cases = EXERCISES["1P"].cases(1)
    reports = reported({"1P": cases})
    predict("1P", LATER)
    reveal("1P", never)
    check("1P", SAW)
    report = EXERCISES["1P"].judge(cases, reports[0][ANSWERS]["answers"])
    assert report.points == 1 and report.messages[0].code == "P-W2"


@pytest.mark.parametrize("first", [GAPS, {part: [*guess[:3], "so"] for part, guess in GUESS.items()}, None])
def test_a_prediction_may_be_completed_while_the_run_is_covered(first, folder, reported):
    def taken(run_at):
        for guesses in (first, GUESS):
            predict("1P", guesses)
            reveal("1P", run_at)
        return SAW

    cases = EXERCISES["1P"].cases(1)
    practised = ask("1P", taken(short_run), cases)
    (folder / predictions.FILE).unlink()
    predict("1P", first)
    reports = reported({"1P": cases})
    check("1P", taken(never))
    for raw in (practised, reports[0][ANSWERS]["answers"]):
        assert EXERCISES["1P"].judge(cases, raw).points == 2


def test_what_is_handed_out_is_what_the_first_check_asks():
    job = EXERCISES["5E"].cases(0)[0]
    rehearsed = given("5E")(BANKS["5E"].right)
    assert rehearsed.splitlines()[-1] == f"results: a list of {len(job['results'])}, for {len(job['seconds'])} units"
    with pytest.raises(ValueError, match="exercise 1C hands nothing to its reader"):
        given("1C")


def test_an_unknown_item_is_refused_in_a_sentence():
    with pytest.raises(KeyError, match="there is no exercise '9Z': it is one of 0A"):
        ask("9Z", None, [])
