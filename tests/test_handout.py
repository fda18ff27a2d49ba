"""Proves that `course release` gives students a lesson and a page of words, and nothing that tells an answer."""

import re
import zipfile
from pathlib import Path

import nbformat
import pytest

from course.__main__ import main
from course.grading.judging import is_check
from course.handout import hand_out
from course.lesson import read, solution, unsolved

ROOT = Path(__file__).resolve().parents[1]
LESSONS = [script.stem for script in sorted(ROOT.glob("solutions/*/*.py"))]
FEW = 12        # letters: shorter lines, such as "return None", are no secret


def lines(text):
    return {line.strip() for line in text.splitlines() if len(line.strip()) >= FEW}


def packed(path):
    """The texts of a bundle, by name."""
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name).decode() for name in bundle.namelist()}


@pytest.mark.parametrize("name", LESSONS)
def test_a_bundle_holds_the_lesson_and_no_line_of_a_solution(name, tmp_path):
    texts = packed(hand_out(ROOT, name, tmp_path))
    assert {*texts} == {f"{name}/README.txt", f"{name}/{name}.ipynb"}
    notebook = nbformat.reads(texts[f"{name}/{name}.ipynb"], 4)
    script = read(ROOT / f"solutions/{name}/{name}.py")
    public = {line for cell in script.cells for line in lines(unsolved(cell))}
    secret = {line for cell in script.cells for line in lines(solution(cell))} - public
    assert len(secret) > 5 or not any(map(is_check, notebook.cells))     # 00-start has nothing to solve
    given = {line for text in (texts[f"{name}/README.txt"], *(cell.source for cell in notebook.cells))
             for line in lines(text)}
    assert not secret & given


def test_the_bundle_is_the_same_every_time(tmp_path):
    one, two = (hand_out(ROOT, LESSONS[0], tmp_path / folder).read_bytes() for folder in ("one", "two"))
    assert one == two


def test_the_page_of_words_names_commands_and_files_that_exist(tmp_path):
    text = packed(hand_out(ROOT, "01-monolith", tmp_path))["01-monolith/README.txt"]
    assert (ROOT / "start.py").exists() and "python3 start.py lab --folder FOLDER" in text
    assert set(re.findall(r"\S+\.ipynb", text)) == {"01-monolith.ipynb"}
    assert "predictions.json" in text


def answered(notebook):
    check = next(cell for cell in notebook.cells if is_check(cell))
    check.source = "1.0"


def run(notebook):
    next(cell for cell in notebook.cells if cell.cell_type == "code").outputs = [
        nbformat.v4.new_output("stream", text="0.42")]


def seen(notebook):
    notebook.metadata["widgets"] = {}


def solved(notebook):
    """As an instructor's copy would be, saved without outputs."""
    answer = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution"))
    answer.source = "answer = 42"


@pytest.mark.parametrize("change, fault", [
    (answered, "was edited"), (solved, "was edited"), (run, "has outputs"), (seen, "the state of widgets"),
])
def test_a_notebook_that_is_not_as_released_is_not_handed_out(change, fault, tmp_path, monkeypatch, capsys):
    name, place = "01-monolith", tmp_path / "notebooks/01-monolith/01-monolith.ipynb"
    notebook = nbformat.read(ROOT / f"notebooks/{name}/{name}.ipynb", 4)
    change(notebook)
    place.parent.mkdir(parents=True)
    nbformat.write(notebook, place)
    monkeypatch.chdir(tmp_path)
    assert main(["release", name]) == 2
    complaint = capsys.readouterr().err
    assert fault in complaint and f"course build {name}" in complaint
    assert not (tmp_path / "classroom/handouts").exists()


def test_an_unknown_lesson_is_a_sentence(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert main(["release", "09-nothing"]) == 2
    assert "there is no lesson 09-nothing" in capsys.readouterr().err


def test_a_place_where_nothing_can_be_written_is_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    (tmp_path / "file").touch()
    assert main(["release", "01-monolith", "--to", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err == (f"course: nothing can be written to {tmp_path / 'file'} (File exists): "
                                       "name another folder with --to\n")
