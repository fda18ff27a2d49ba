"""Proves that guesses are stored before the run, stay as they were after it, and stand beside what was seen."""

import json

import numpy as np
import pytest
from bank.monolith_predict import GUESS, SAW, short_run

from course.asking import predictions
from course.checks import check, contrast, looking_back, predict, remember, reveal
from course.run import Interval

WAIT = "how long it takes, in s"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working directory, and nothing remembered."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSE_CASES", raising=False)
    predictions.KEPT.clear()
    return tmp_path


@pytest.fixture
def said(capsys):
    """What a function printed."""
    def of(function, *arguments):
        capsys.readouterr()
        function(*arguments)
        return capsys.readouterr().out

    return of


def test_a_guess_stands_beside_what_was_seen_at_once_and_at_the_end(folder, said):
    assert "is stored" in said(remember, WAIT, 0.3)
    assert said(contrast, WAIT, 1.59994) == f"{WAIT}: you guessed 0.3, you saw 1.6\n"
    assert said(looking_back).splitlines()[1].removeprefix(WAIT).split() == ["0.3", "1.6"]


@pytest.mark.parametrize("blank", [None, "", {"a": None, "b": None}, (None, None)])
def test_a_blank_guess_is_asked_for_in_one_sentence_and_stops_nothing(folder, said, blank):
    asked = said(remember, WAIT, blank)
    assert "run this cell again" in asked and asked.count(".") == 1
    assert not (folder / "predictions.json").exists()
    assert said(looking_back) == "No guess is stored yet.\n"
    assert "you guessed nothing, you saw 2" in said(contrast, WAIT, 2)


def test_a_guess_may_change_before_the_run_and_is_second_thoughts_after_it(folder, said):
    for guess in (1, 2):
        assert "is stored" in said(remember, WAIT, guess)
    contrast(WAIT, 5)
    assert "second thoughts" in said(remember, WAIT, 4)
    assert "you guessed 2, you saw 5" in said(contrast, WAIT, 5)
    head, row = said(looking_back).splitlines()
    assert head.split("  ")[-1] == "second thoughts" and row.split()[-3:] == ["2", "5", "4"]
    assert "stays" in said(remember, WAIT, None)
    assert "is stored" in said(remember, WAIT, 2)
    assert "second thoughts" not in said(looking_back)


def test_a_guess_that_is_written_after_the_result_is_no_guess(folder, said):
    remember(WAIT, None)
    contrast(WAIT, 5)
    assert "second thoughts" in said(remember, WAIT, 5)
    assert "you guessed nothing" in said(contrast, WAIT, 5)


def test_a_dict_is_compared_name_by_name(folder, said):
    remember("shares", {"one": 0.5, "two": None})
    contrast("shares", {"one": Interval(0.25, 0.2, 0.3, 10), "two": np.float64(0.125)})
    assert said(looking_back).splitlines()[1:] == [
        "shares, one  0.5          0.25 [0.2, 0.3], n = 10", "shares, two  nothing      0.125"]
    remember("one word", "both")
    assert said(contrast, "one word", {"a": 1, "b": 2}).count("you guessed both") == 2


class Strange:
    def __repr__(self):
        return "something strange"


def test_whatever_is_guessed_is_kept_as_json_or_in_words(folder, said):
    guesses = [(1, "two"), {1: 2, "x": None}, Strange(), np.arange(3), np.int64(3), float("nan"),
               {"deep": [Strange()]}, True]
    for number, guess in enumerate(guesses):
        assert "is stored" in said(remember, f"question {number}", guess)
        contrast(f"question {number}", guess)
    shown = said(looking_back)
    assert all(words in shown for words in ("1, two", "something strange", "[0 1 2]", "nan", "True"))
    stored = json.loads((folder / "predictions.json").read_text())
    assert stored["guess: question 4"]["record"]["guess"] == 3


def test_the_record_outlives_the_kernel_and_a_change_by_hand_is_no_record(folder, said):
    remember(WAIT, 0.3)
    contrast(WAIT, 5)
    predictions.KEPT.clear()
    assert "you guessed 0.3" in said(contrast, WAIT, 5)
    file = folder / "predictions.json"
    file.write_text(file.read_text().replace("0.3", "5.0"))
    assert said(looking_back) == "No guess is stored yet.\n"


def test_guesses_and_predictions_of_exercises_do_not_disturb_each_other(folder, said):
    remember("1P", 7)
    predict("1P", GUESS)
    reveal("1P", short_run)
    contrast("1P", 8)
    remember("1P", 9)
    assert check("1P", SAW) == 2.0
    assert predictions.recall("1P")["guesses"] == json.loads(json.dumps(GUESS))
    assert said(looking_back).splitlines()[1].split() == ["1P", "7", "8", "9"]


def test_a_folder_that_cannot_be_written_to_is_told_of_once_and_is_no_obstacle(folder, said, monkeypatch):
    monkeypatch.setattr(predictions, "FILE", folder / "missing" / "predictions.json")
    assert "until the kernel restarts" in said(remember, WAIT, 0.3)
    shown = said(contrast, WAIT, 5)
    assert "cannot be written" not in shown and "you guessed 0.3, you saw 5" in shown
    assert "0.3" in said(looking_back)
