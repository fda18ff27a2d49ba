"""Proves that points come from the judge alone, that its failure is no zero, and that what is shown can do nothing."""

import json
import stat
from base64 import b64decode
from html.parser import HTMLParser

import pandas as pd
import pytest
from nbconvert.filters import markdown2html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course.checks import EXERCISES as ALL
from course.checks.exercise import Report
from course.grading import judging
from course.grading.judging import ANSWERS, Judge, answers, handed_over, judged_check, waits, within
from course.grading.secret import read_secret, variant
from course.grading.showing import MOST_LETTERS, harmless
from course.picture import Picture


def test_what_only_a_judge_needs_is_not_in_the_kernel():
    handed = {item: [handed_over(case) for case in ALL[item].cases(5)] for item in ("6H", "7C", "7I", "8A")}
    assert handed["7I"] == handed["6H"] == [{}] and handed["8A"] == [{"about": "designs"}]
    assert all(set(case) == {"about", "asked"} for case in handed["7C"])


def test_secret_is_made_once_and_is_the_owners_alone(tmp_path):
    path = tmp_path / "classroom" / "secret"
    secret = read_secret(path)
    assert read_secret(path) == secret
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret"]


def test_a_lost_secret_is_not_made_anew(tmp_path):
    (tmp_path / "verdicts/01-monolith").mkdir(parents=True)
    assert read_secret(tmp_path / "secret")         # as long as no mark was made with it
    (tmp_path / "secret").unlink()
    (tmp_path / "verdicts/01-monolith/ann.json").write_text("{}")
    with pytest.raises(ValueError, match=r"secret is gone, .* restore it from your backup"):
        read_secret(tmp_path / "secret")


def test_a_damaged_secret_is_a_sentence(tmp_path):
    (tmp_path / "secret").write_text("")
    with pytest.raises(ValueError, match="does not hold a class secret: restore it"):
        read_secret(tmp_path / "secret")


def test_variants_differ_between_students_lessons_and_classes():
    pairs = [("ann", "01-a"), ("bob", "01-a"), ("ann", "02-a"), ("ann0", "1-a")]
    numbers = {variant(secret, *pair) for secret in (b"one", b"two") for pair in pairs}
    assert len(numbers) == 8
    assert all(0 < number < 2**53 for number in numbers)   # exact in JSON, and never the visible 0


@pytest.mark.parametrize("points, kept", [
    (2.5, 2.5), (3, 3.0), (-1, 0.0), (9, 4.0), (float("nan"), 0.0), (float("inf"), 0.0), (1 / 3, 0.33),
])
def test_points_are_a_float_within_the_cells_points(points, kept):
    assert within(points, 4.0) == kept
    assert type(within(points, 4.0)) is float


class Sum:
    """An exercise whose judge adds two answers up, cannot bear text, and never ends for a negative one."""

    def cases(self, variant):
        return [1, 2]

    def judge(self, cases, raw):
        while raw[0] < 0:
            pass
        return Report("1C", float(sum(raw)), 4.0, 2, 2, ())


EXERCISES = {"1C": Sum()}


def check_cell(*reports):
    cell = new_code_cell("", outputs=[new_output("display_data", {ANSWERS: report}) for report in reports])
    cell.metadata["nbgrader"] = {"grade": True, "solution": False, "grade_id": "1C", "points": 4}
    return cell


def reported(*raw):
    return {"item": "1C", "answers": [*raw]}


@pytest.mark.parametrize("report, sentence", [
    (reported(1, 2), ""),
    (reported(1), "does not hold one answer to 1C for each of its 2 cases"),
    ({"item": "1D", "answers": [1, 2]}, "does not hold one answer"),
    ({"item": "1C", "answers": "12"}, "does not hold one answer"),
    ({"item": "1C"}, "does not hold one answer"),
    ("1C", "does not hold one answer"),
    (reported("x" * 1000, 2), "is larger than 1,000 bytes"),
])
def test_reports_of_another_form_are_not_judged(report, sentence):
    raw, complaint = answers(check_cell(report), "1C", cases=2, most_bytes=1000)
    assert sentence in complaint
    assert raw == ([] if sentence else [1, 2])


def test_two_reports_count_as_none():
    cell = check_cell(reported(1, 2), reported(1, 2))
    assert judged_check(cell, 1, EXERCISES)[1] == 0.0
    assert cell.outputs[0].text == "No points: answers to 1C were reported 2 times, and a check reports once.\n"


@pytest.mark.parametrize("text", ["True", "'4.0'", "np.float64(0.0)", "4.0", "1000.0", "-1", "nan", "IntSlider()"])
def test_a_value_that_the_kernel_shows_is_never_points(text):
    cell = check_cell()
    cell.outputs = [new_output("execute_result", {"text/plain": text}, execution_count=1),
                    new_output("stream", name="stderr", text="old")]
    assert judged_check(cell, 1, EXERCISES).points == 0.0
    assert [output.output_type for output in cell.outputs] == ["stream", "execute_result"]
    assert cell.outputs[1].data == {"text/plain": "0.0"}


@pytest.mark.parametrize("name, because", [
    ("NameError", ", because the cell stopped with NameError"), ("Case_42", ""),
    ("LeftOut", ", because the cell was left out"),
])
def test_an_exception_says_its_name_and_nothing_that_a_learner_chose(name, because):
    cell = check_cell()
    cell.outputs = [new_output("error", ename=name, evalue="the case is 42", traceback=["42"])]
    assert judged_check(cell, 1, EXERCISES).note == f"No points: the check reported no answer{because}."


def test_a_judge_that_fails_leaves_the_mark_to_a_person():
    cell = check_cell(reported("text", 2))
    mark = judged_check(cell, 1, EXERCISES)
    assert (mark.points, mark.most) == (None, 4.0)
    assert waits(cell) and "TypeError" in cell.outputs[0].text
    assert cell.outputs[1].data == {"text/plain": "0.0"}     # for whoever reads the notebook without us
    judged_check(fine := check_cell(reported(1, 2)), 1, EXERCISES)
    assert not waits(fine)


def test_a_judge_without_end_is_one_that_failed(monkeypatch):
    monkeypatch.setattr(judging, "PATIENCE", 0.1)
    cell = check_cell(reported(-1, 2))
    assert judged_check(cell, 1, EXERCISES).points is None
    assert "TimeoutError" in cell.outputs[0].text
    assert judged_check(check_cell(reported(1, 2)), 1, EXERCISES).points == 3.0


def test_a_check_without_an_exercise_is_an_error_and_not_a_zero(tmp_path):
    cell = check_cell()
    cell.metadata.nbgrader["grade_id"] = "9Z"
    judge = Judge(secret_file=str(tmp_path / "secret"), exercises=f"{__name__}.EXERCISES")
    with pytest.raises(ValueError, match="There is no exercise 9Z"):
        judge.preprocess(new_notebook(cells=[cell]), {"nbgrader": {"student": "ann", "assignment": "01-tiny"}})


def outputs_shown(*outputs):
    notebook = new_notebook(cells=[new_code_cell("", outputs=[*outputs])])
    return harmless(notebook, new_notebook()).cells[0].outputs


def test_outputs_that_run_are_not_shown():
    data = {"text/plain": "short", "text/html": "<script>1</script>", "application/javascript": "1",
            "image/svg+xml": "<svg onload='1'/>", "image/png": "iVBOR", "text/markdown": "[a](javascript:1)",
            "application/vnd.jupyter.widget-view+json": {}, "text/latex": "$x$"}
    (output,) = outputs_shown(new_output("display_data", data, metadata={"filenames": {"image/png": "javascript:1"}}))
    assert output.data == {"text/plain": "short", "image/png": "iVBOR"}
    assert output.metadata == {}
    assert outputs_shown(new_output("display_data", {"image/png": ["iVBOR"]}))[0].data == {}


def test_of_a_figure_of_the_course_the_picture_is_shown():
    figure = Picture(b"\x89PNG\r\n\x1a\n" + bytes(24), "A caption", "What it shows", pd.DataFrame({"a": [1]}))
    (output,) = outputs_shown(new_output("display_data", figure._repr_mimebundle_()))
    assert [*output.data] == ["text/plain", "image/png"]
    assert b64decode(output.data["image/png"]) == figure.png
    for html in ('<img src="data:image/png;base64,iV\' onerror=1">', '<img src="data:text/html;base64,iVBOR">'):
        assert outputs_shown(new_output("display_data", {"text/html": html}))[0].data == {}


def test_long_outputs_are_cut():
    long = "x" * (MOST_LETTERS + 1)
    stream, plain, error = outputs_shown(
        new_output("stream", name="<b>", text=long), new_output("execute_result", {"text/plain": long}),
        new_output("error", ename="E", evalue=long, traceback=[long, long]))
    assert stream == {"output_type": "stream", "name": "stdout", "text": long[:-1] + "\n(the rest was cut)"}
    assert plain.data == {}
    assert len(json.dumps(error)) < 2.1 * MOST_LETTERS


ACTIVE = ("<script>1</script>", "[a](javascript:alert)", "[a]: javascript:alert\n\n[a]", "<img src=x onerror=alert>",
          "$$x$$ [a](javascript:alert)", "$\\href{javascript:alert}{x}$", "</pre><script>1</script>",
          "# Title\n\n    code\n\n* item", "```\ncode\n```\n\n<b>bold</b>", "&lt;b&gt; &#60;i&#62;")


class Seen(HTMLParser):
    """The elements and the letters that a browser would see."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.letters = [], ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, attrs))

    def handle_data(self, data):
        self.letters += data


@pytest.mark.parametrize("source", ACTIVE)
def test_what_a_learner_wrote_is_shown_as_it_was_typed(source):
    notebook = new_notebook(cells=[new_markdown_cell(source)])
    seen = Seen(markdown2html(harmless(notebook, new_notebook()).cells[0].source))
    assert seen.elements == [("pre", [("style", "white-space: pre-wrap")])]
    assert seen.letters.strip() == source


def test_what_was_released_is_shown_as_it_is():
    text = "# A lesson\n\n<b>with</b> [a link](https://example.org)"
    shown = harmless(new_notebook(cells=[new_markdown_cell(text)]), new_notebook(cells=[new_markdown_cell(text)]))
    assert shown.cells[0].source == text
