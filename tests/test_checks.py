"""Proves that checks survive whatever learners hand them, say what they must, and store predictions in order."""

import json
import math
import random
import signal
import sys
import time
import warnings

import numpy as np
import pytest
from bank import matrix, monolith_calculate, monolith_modify
from bank.form import Steps
from conftest import rest
from hypothesis import HealthCheck, given, settings, strategies as some
from nbformat import from_dict

import course.checks
from course.asking import ask, predictions, probe
from course.checks import EXERCISES, check
from course.checks.answers import numbers, quoted, shown, words
from course.checks.exercise import Message, Outcome, Report, award, verdict
from course.checks.monolith_explain import favoured
from course.workload import Workload

GRADED = tuple(matrix.BANKS)
ITEMS = (*GRADED, "0A", "0B", "0C")
ANY_JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20)
    | some.sampled_from(["inf", "nan", "-inf", "9" * 400, "Unstable"]),
    lambda parts: some.lists(parts, max_size=5) | some.dictionaries(
        some.sampled_from(["error", "about", "answer", "replicas", "record", "reconcile", "guesses", "latest", "mean",
                           "p99", "number", "night", "predicted_at", "ran_at", "requests", "work", "id",
                           "seconds", "model", "with_same", "with_new", "log", "results"])
        | some.text(max_size=5),
        parts, max_size=5), max_leaves=12)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working directory, and nothing remembered."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSE_CASES", raising=False)
    predictions.KEPT.clear()
    return tmp_path


def test_points_are_plain_floats_between_zero_and_the_most():
    assert [award(points, 4) for points in (-1, 0, 2.346, 4, 9, math.inf)] == [0, 0, 2.35, 4, 4, 4]
    assert all(type(award(points, 4)) is float for points in (np.float64(2), 2, True, np.int64(3)))
    with pytest.raises(ValueError, match="nan"):
        award(math.nan, 4)


def test_a_report_has_five_lines_in_their_order():
    message = Message("1X-W1", "a title", "a value.", "a property.", "a reason.", "a place.")
    text = str(Report("1X", 1.0, 2.0, 1, 2, (message,)))
    names = ("Check:", "You got:", "Expected property:", "Why it matters:", "Where to look:")
    assert [text.index(name) for name in names] == sorted(text.index(name) for name in names)
    assert "1 of 2 points" in text and "[1X-W1]" in text


def test_a_message_of_several_checks_is_given_once():
    message = Message("1X-W1", *"abcde")
    report = verdict("1X", 3, [Outcome(1, 1), Outcome(1, 0, message), Outcome(1, 0.5, message)])
    assert (report.points, report.passed, report.total, report.messages) == (1.5, 1, 3, (message,))


@pytest.mark.parametrize("failed, given, said", [
    (1, 1, ""), (2, 1, "1 more check has this message."), (5, 1, "4 more checks have this message."), (2, 2, ""),
    (5, 3, "2 more checks have one of these messages."), (5, 4, ""), (3, 0, "")])
def test_a_report_says_how_many_checks_share_a_message(failed, given, said):
    messages = tuple(Message(f"1X-W{number}", *"abcde") for number in range(given))
    last = str(Report("1X", 0.0, 2.0, 7 - failed, 7, messages)).split("\n\n")[-1]
    assert last == said if said else "more check" not in last


@pytest.mark.parametrize("raw, text", [
    (from_dict({}), "a dict"), (from_dict({"a": [1]}), "a dict"), ({"type": "deque"}, "a value of type deque"),
    ([1, 2], "a list"), ([2], "2"), ("3", "a text"), (True, "True"), (None, "nothing"), (0.12345, "0.1235"),
    (-1, "-1"), ("inf", "inf")])
def test_an_answer_is_shown_without_a_type_of_the_graders_own(raw, text):
    """A report comes out of a notebook, whose dicts have a type of their own."""
    assert shown(raw) == text


@pytest.mark.parametrize("item, answer, result", [
    ("1C", monolith_calculate.right, "Sanity checks passed (5 of 10 checks; the rest run after you submit)"),
    ("1M", monolith_modify.right, "Sanity checks passed (4 of 11 checks; the rest run after you submit)"),
    ("1E", matrix.BANKS["1E"].right, "Sanity checks passed (4 of 4 checks)"),
    ("0A", [2, 3, 4, 2], "Sanity checks passed (1 of 1 checks)"),
])
def test_the_closing_begins_with_the_result_and_says_that_more_checks_follow(item, answer, result, folder, capsys):
    assert check(item, answer) == (EXERCISES[item].points or None)
    said = capsys.readouterr()
    closing = said.out.strip().rpartition("\n\n")[2].splitlines()
    assert closing == [result] + [
        "They catch careless mistakes and do not confirm that an answer is right."] * bool(EXERCISES[item].hidden)
    assert said.err == ""


@pytest.mark.parametrize("item", ITEMS)
def test_a_graded_check_returns_a_float_for_a_blank_and_practice_nothing(item, folder, capsys):
    points = check(item, None)
    assert points is None if item.startswith("0") else type(points) is float and points == 0.0
    assert "no answer yet" in capsys.readouterr().out


def test_an_unknown_item_is_refused_in_a_sentence():
    with pytest.raises(KeyError, match="there is no exercise '9Z': it is one of 0A"):
        EXERCISES["9Z"]


def test_exercises_are_imported_when_asked_for_and_all_exist():
    assert [EXERCISES[item].id for item in EXERCISES] == list(EXERCISES)
    assert len(EXERCISES) == len(list(EXERCISES))


@pytest.mark.parametrize("item", GRADED)
@rest()
def test_raw_answers_survive_the_way_through_json(item, folder):
    exercise = EXERCISES[item]
    cases = exercise.cases(3)
    right = matrix.BANKS[item].right
    raw = ask(item, right.take() if isinstance(right, Steps) else right, cases)
    again = json.loads(json.dumps(raw, allow_nan=False))
    assert exercise.judge(json.loads(json.dumps(cases)), again) == exercise.judge(cases, raw)
    assert exercise.judge(cases, again).points == exercise.points
    assert len(json.dumps(raw)) < 200_000


@pytest.mark.parametrize("item", ITEMS)
@given(raw=some.lists(ANY_JSON, max_size=14) | ANY_JSON)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_raw_answer_breaks_a_judge(item, raw):
    exercise = EXERCISES[item]
    cases = exercise.cases(0)
    report = exercise.judge(cases, raw)
    assert 0 <= report.points <= exercise.points and type(report.points) is float
    assert str(report) and exercise.judge(cases, raw) == report


@pytest.mark.parametrize("item", ITEMS)
@given(answer=ANY_JSON)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@rest()
def test_no_answer_breaks_a_probe(item, answer, tmp_path_factory):
    exercise = EXERCISES[item]
    cases = exercise.cases(0)
    for given_ in (answer, lambda *_: answer):
        raw = ask(item, given_, cases)
        json.dumps(raw, allow_nan=False)
        assert exercise.judge(cases, raw).points <= exercise.points


def test_texts_of_hostile_length_are_read_in_a_moment():
    begin = time.process_time()
    for text in ("9" * 20_000, "1," * 10_000, "when " * 4000, "we " * 7000, "not " * 5000, "revisit " * 2500):
        for item, raw in (("1E", [text]), ("1P", [{"reconcile": text}])):
            EXERCISES[item].judge(EXERCISES[item].cases(0), raw)
    assert time.process_time() - begin < 20


@pytest.mark.parametrize("item, points", [("1M", 4.5), ("5M", 4.5), ("2E", 1.8)])
def test_what_a_kernel_claims_of_a_function_decides_nothing(item, points):
    """That it gives the same again, and leaves what it was given as it was, has to be shown."""
    exercise = EXERCISES[item]
    cases = exercise.cases(1)
    raw = [{"answer": one["answer"], "repeated": True, "unchanged": True}
           for one in ask(item, matrix.BANKS[item].right, cases)]
    assert exercise.judge(cases, raw).points == points


def test_a_function_is_asked_again_with_what_it_had_and_with_new_copies():
    def grows(values):
        values.append(1)
        return len(values)

    assert probe.call_again(grows, [0]) == {"answer": 2, "with_same": 3, "with_new": 2}


class EqualToAll:
    """Claims to be equal to everything."""

    def __eq__(self, other):
        return True

    def __float__(self):
        return 1.0


class Broken:
    """Fails at everything that is asked of it."""

    def __repr__(self):
        raise RuntimeError

    __str__ = __iter__ = __len__ = __float__ = __repr__


@pytest.mark.parametrize("strange", [EqualToAll(), Broken(), [Broken()], object, print, float("nan"), {1, 2}, b"abc",
                                     (number for number in range(3)), iter(int, 1), 10**400, -(10**400), np.bool_(True),
                                     np.array(["a"]), {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}])
@pytest.mark.parametrize("item", GRADED)
def test_strange_objects_earn_nothing_and_break_nothing(item, strange, folder):
    exercise = EXERCISES[item]
    for answer in (strange, lambda *_: strange):
        raw = ask(item, answer, exercise.cases(0))
        json.dumps(raw, allow_nan=False)
        assert exercise.judge(exercise.cases(0), raw).points == 0


def test_what_a_function_prints_or_warns_of_stays_inside(folder, capsys):
    def chatty(arrival_rate, service_rate):
        print("here I am")
        print("an error", file=sys.stderr)
        warnings.warn("deprecated", DeprecationWarning, stacklevel=1)
        return monolith_calculate.right(arrival_rate, service_rate)

    assert check("1C", chatty) == 4
    said = capsys.readouterr()
    assert "here I am" not in said.out and said.err == ""


@pytest.mark.parametrize("leave", [sys.exit, lambda: exit(0), lambda: sys.exit("bye")])
def test_a_function_that_exits_is_an_answer_that_failed(leave):
    assert probe.call(lambda: leave())["error"] == "SystemExit"


def test_a_function_gets_copies():
    mine = [3, 1, 2]
    assert probe.call(lambda given_: given_.sort() or given_, mine) == [1, 2, 3]
    assert mine == [3, 1, 2]


def test_the_global_random_numbers_go_on_as_before():
    random.seed(5)
    np.random.seed(5)
    expected = random.Random(5).random(), np.random.RandomState(5).random_sample()
    probe.call(lambda: random.random() + np.random.random())
    assert (random.random(), np.random.random()) == expected


def test_a_loop_without_end_is_stopped_and_the_timer_given_back(monkeypatch):
    monkeypatch.setattr(probe, "SECONDS", 0.2)
    before = signal.getsignal(signal.SIGALRM)
    assert probe.call(monolith_modify.for_ever, [], [], 1) == {"error": "OutOfTime"}
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_after_a_loop_without_end_the_other_cases_are_not_tried(monkeypatch):
    monkeypatch.setattr(probe, "SECONDS", 0.2)
    begin = time.monotonic()
    exercise = EXERCISES["1C"]
    raw = ask("1C", lambda a, s: monolith_modify.for_ever(0, 0, 0), exercise.cases(1))
    report = exercise.judge(exercise.cases(1), raw)
    assert time.monotonic() - begin < 12 * 0.2
    assert report.points == 0 and report.messages[0].code == "1C-OUTOFTIME"


def test_data_of_the_page_is_noticed_and_constants_modules_and_functions_are_not():
    page = {"table": [1], "LIMIT": 3, "math": math, "other": len}
    exec("def reads():\n    return table\ndef inner():\n    return [table for _ in range(2)]\n"
         "def fine():\n    table = [LIMIT, math.pi]\n    return other(table)", page)
    assert probe.global_data(page["reads"]) == probe.global_data(page["inner"]) == "table"
    assert probe.global_data(page["fine"]) is None


def test_numbers_and_words_in_a_text():
    assert quoted("7.69 s, 7,69 s, 1,594 ms and 1.234,5") == [{7.69}, {7.69, 769}, {1594, 1.594}, {1.2345, 1234.5}]
    assert words("it's grown by 3 s") == 6 and words("待ち行列") == 4 and words("") == 0
    assert numbers([1, "inf", [2.0]]) == [1, math.inf, 2]
    assert [numbers(raw) for raw in ([True], ["1"], [None], 3, {"a": 1}, ["nan"])] == [None] * 6


@pytest.mark.parametrize("change", ["trace", "price"])
def test_changed_traffic_or_prices_are_noticed(change, monkeypatch):
    from course.prices import Prices

    exercise = EXERCISES["1D"]
    with monkeypatch.context() as patch:
        if change == "trace":
            honest = Workload.requests
            patch.setattr(Workload, "requests", lambda self: list(honest(self))[::2])
        else:
            patch.setattr(Prices, "server_second", 1e-9)
        raw = ask("1D", (3, 7, 10), exercise.cases(1))
    report = exercise.judge(exercise.cases(1), raw)
    assert report.points == 0 and report.messages[0].code == "1D-W7"


def test_the_table_of_the_decision_can_be_read_aloud_and_as_text():
    table = course.checks.given("1E")
    assert table._repr_html_().count('scope="row"') == len(table) == 4
    assert all(row.measure in repr(table) and row.measure in table._repr_html_() for row in table)
    # Each option is favoured by half of the rows, so that either can be argued.
    assert sorted(map(favoured, table)) == ["split", "split", "stay", "stay"]
    values = [value for row in table for value in row[1:]]
    assert len(set(values)) == len(values)
