"""Proves in a real browser that a person reads an answer, gives points and a comment, and that both reach the marks."""

import csv
from pathlib import Path
from shutil import which

import pytest
from conftest import need
from tiny_course import NAME, RIGHT, graded, made, notebook, put, scores, sqlite

from course.browser import browser_page, jupyterlab
from course.grading.one import Grader
from course.grading.sandbox import available
from course.grading.whole_class import Wish, begun, finish, keep

pytestmark = pytest.mark.slow
ARTEFACTS = Path(__file__).resolve().parents[1] / "artefacts"
TAKEN = "window.taken = true"
LOUD = ("from IPython.display import HTML, Javascript\n"
        f"display(HTML('<script>{TAKEN}</script>'), Javascript('{TAKEN}'))\n")
TEXT = f"Queues grow. <script>{TAKEN}</script> <img src='x' onerror='{TAKEN}'> [more](javascript:{TAKEN})"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A course with one graded submission, which tries to run script in formgrader."""
    need(which("chromium"), "the browser chromium is missing: apt-get install chromium")
    need(not available(), available())
    root = made(tmp_path_factory.mktemp("class"))
    put(root / f"in/ann/{NAME}.ipynb", notebook(root, {"1C-answer": LOUD + RIGHT, "1E-answer": TEXT}))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(root / "modules")
        run = begun(root, Wish(root / "in"))
        keep(run, run.submissions[0], Grader(run.rules)(run.submissions[0]))
        finish(run)
    return root


def entered(page, place, text):
    """Type into a field as a person does, leave it, and wait until formgrader says that it is saved."""
    field = page.locator(f"[id='{place}']")
    field.fill(text)
    with page.expect_response(lambda answer: answer.request.method == "PUT" and answer.ok):
        field.blur()


def test_points_and_a_comment_given_in_formgrader_reach_the_marks(root, tmp_path):
    with jupyterlab(root, tmp_path / "home") as url, browser_page(ARTEFACTS / "formgrader.png") as page:
        page.route(lambda address: not address.startswith(url), lambda route: route.abort())     # MathJax is far away
        page.goto(f"{url}formgrader/gradebook/{NAME}/{NAME}")
        page.get_by_role("link", name="Submission #1").click()
        answer = page.locator(".nbgrader_cell", has=page.locator("[id='1E-answer']"))
        assert TEXT in answer.inner_text()
        page.wait_for_function("window.formgrader?.grades?.loaded && formgrader.comments?.loaded")
        assert page.locator("[id='1C']").get_attribute("placeholder") == "4"
        assert page.evaluate("window.taken") is None
        assert page.locator("a[href^='javascript'], img[onerror]").count() == 0
        entered(page, "1E-answer", "1.5")
        entered(page, "1E-answer-comment", "Name the unit.")
        page.goto(f"{url}formgrader/gradebook/{NAME}/{NAME}")
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Submission #1"))
        row.wait_for()
        assert "5.5 / 6" in row.inner_text()
    assert scores(sqlite(root))["ann", "1E-answer"] == (1.5, False)
    graded(root)
    with open(root / "classroom/grades.csv", newline="") as file:
        (marks,) = csv.DictReader(file)
    assert (marks["score"], marks["state"]) == ("5.5", "graded")
    assert "Name the unit." in (root / f"classroom/feedback/ann/{NAME}/{NAME}.html").read_text()
