"""Proves that a prediction counts when it was stored before the run, over restarts too, and can be started over."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bank.monolith_predict import GUESS, LATER, SAW, short_run

from course.asking import predictions
from course.checks import check, predict, reveal

TESTS = Path(__file__).resolve().parent


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working directory, and nothing remembered."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSE_CASES", raising=False)
    predictions.KEPT.clear()
    return tmp_path


def test_the_result_stays_covered_until_a_prediction_is_stored(folder, capsys):
    def never(utilisation):
        raise AssertionError("the run was made before the prediction")

    reveal("1P", never)
    predict("1P", {"mean": GUESS["mean"], "p99": None})
    reveal("1P", never)
    assert capsys.readouterr().out.count("stays covered") == 2
    assert check("1P", SAW) == 1.0
    predict("1P", GUESS)
    assert "is stored" in capsys.readouterr().out
    reveal("1P", short_run)
    table = capsys.readouterr().out
    assert "B: 1.5 to 3 times" in table and "95%" in table
    assert check("1P", SAW) == 2.0


def test_a_prediction_may_change_before_the_run_and_not_after(folder, capsys):
    predict("1P", LATER)
    predict("1P", GUESS)
    reveal("1P", short_run)
    assert check("1P", SAW) == 2.0
    predict("1P", LATER)
    assert check("1P", SAW) == 1.0 and "P-W2" in capsys.readouterr().out
    reveal("1P", short_run)
    assert check("1P", SAW) == 1.0
    predict("1P", GUESS)
    assert check("1P", SAW) == 2.0


def test_the_record_shows_the_order_and_outlives_the_kernel(folder):
    predict("1P", GUESS)
    reveal("1P", short_run)
    record = json.loads((folder / "predictions.json").read_text())["1P"]["record"]
    assert (record["predicted_at"], record["ran_at"]) == (1, 2)
    program = ("import sys; sys.path[:0] = [sys.argv[1], sys.argv[2]]\n"
               "from bank.monolith_predict import LATER, SAW\nfrom course.checks import check, predict\n"
               "predict('1P', LATER)\nprint(check('1P', SAW))")
    done = subprocess.run([sys.executable, "-c", program, TESTS, TESTS.parent], cwd=folder, capture_output=True,
                          text=True, check=True)
    assert "P-W2" in done.stdout and done.stdout.strip().endswith("1.0")


def test_running_all_cells_again_changes_nothing(folder):
    for _ in range(3):
        predict("1P", GUESS)
        reveal("1P", short_run)
        assert check("1P", SAW) == 2.0


def test_a_deleted_or_edited_record_starts_over(folder, capsys):
    for spoil in (lambda file: file.unlink(), lambda file: file.write_text("{"), lambda file: file.write_text("[1]"),
                  lambda file: file.write_text(file.read_text().replace('"D"', '"E"'))):
        predict("1P", GUESS)
        reveal("1P", short_run)
        spoil(folder / "predictions.json")
        assert predictions.recall("1P") is None
        assert check("1P", SAW) == 1.0
        assert "P-W1" in capsys.readouterr().out


@pytest.mark.parametrize("part, gap", [
    (None, "no prediction."), (("E", "D", 2), "not two guesses, how sure you are, and a reason."),
    (("E", 250, 2, "a reason of five words here"), "a guess or a reason that is no text in quotes."),
    (("E", "D", "2", "a reason of five words here"), "how sure you are is not one of the numbers 1 to 4.")])
def test_a_gap_is_named(folder, capsys, part, gap):
    name = list(GUESS)[-1]
    predict("1P", {**GUESS, name: part})
    assert f"{name}: {gap}" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written_to_is_no_obstacle(folder, monkeypatch, capsys):
    monkeypatch.setattr(predictions, "FILE", folder / "missing" / "predictions.json")
    predict("1P", GUESS)
    reveal("1P", short_run)
    assert check("1P", SAW) == 2.0
    assert "until the kernel restarts" in capsys.readouterr().out


def test_only_predicted_exercises_have_predictions():
    with pytest.raises(ValueError, match="exercise 1C has no prediction"):
        predict("1C", GUESS)


def test_a_text_of_all_numbers_quotes_none(folder):
    predict("1P", GUESS)
    reveal("1P", short_run)
    ladder = " ".join(f"{1.03**step:.4g}" for step in range(-50, 200))
    assert check("1P", f"It was one of these numbers: {ladder}") == 1.0
    assert check("1P", f"{SAW} Before that I had said 1 2 3 4 5 times.") == 2.0
