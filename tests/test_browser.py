"""Proves in a real JupyterLab that lessons open, run, follow the keyboard, and can be validated."""

import re
from functools import partial
from pathlib import Path
from shutil import copy, which
from symtable import symtable

import nbformat
import pytest
from conftest import need

from course.browser import browser_page, jupyterlab, open_lesson, run_all, slider, validate

ROOT = Path(__file__).resolve().parents[1]
ARTEFACTS = ROOT / "artefacts"
SLIDER = "explore.explore("
SCRIPTS = sorted(ROOT.glob("solutions/*/*.py"))
LESSONS = [script.stem for script in SCRIPTS]
VALIDATED = LESSONS[:2]
FIRST_SLIDER = {script.stem: found[1] for script in SCRIPTS
                if (found := re.search(r'explore\.Slider\("([^"]+)"', script.read_text("utf-8")))}
RUN = """async numbers => {
    for (const number of numbers) {
        window.jupyterapp.shell.currentWidget.content.activeCellIndex = number
        await window.jupyterapp.commands.execute('notebook:run-cell')
    }
}"""
PICTURE = ".jupyter-widgets figure img"
SLIDERS = """\
from course import explore, live
from course.patterns.monolith import Monolith
from course.simulation import simulate
from course.workload import Work, Workload
panels = live.LiveFigure()
def draw(arrival_rate):
    run = simulate(Monolith(2), Workload(arrival_rate, 100, Work(0, 0.1, 0)))
    return panels.draw(run, {"servers": 0.01})
explore.explore(draw, arrival_rate=explore.Slider("arrival rate", "requests/s", -2, 30, 2, 4))"""
CHOOSING = """\
from course.choosing.moving import Chooser, moving_map
display(moving_map(), Chooser())"""
ADVICE = "section[aria-label=Advice]"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A learner's folder: small notebooks, the released lessons, and the lessons with their answers."""
    place = tmp_path_factory.mktemp("lessons")
    write(place / "small" / "sliders.ipynb", nbformat.v4.new_code_cell(SLIDERS, id="sliders"))
    write(place / "small" / "choosing.ipynb", nbformat.v4.new_code_cell(CHOOSING, id="choosing"))
    write(place / "small" / "right.ipynb", graded("1.0"))
    write(place / "small" / "wrong.ipynb", graded("raise ValueError('the answer is missing')"))
    for kind in ("notebooks", "solutions"):
        for lesson in (ROOT / kind).glob("*/*.ipynb"):
            (place / kind / lesson.stem).mkdir(parents=True, exist_ok=True)
            copy(lesson, place / kind / lesson.stem)
    return place


@pytest.fixture(scope="module")
def server(folder, tmp_path_factory):
    need(which("chromium"), "the browser chromium is missing: apt-get install chromium")
    with jupyterlab(folder, tmp_path_factory.mktemp("home")) as url:
        yield url


@pytest.fixture
def browser(request):
    """`with browser() as page`: what it showed is kept under artefacts/ when the block fails."""
    return partial(browser_page, ARTEFACTS / f"{request.node.name}.png")


def write(path, cell):
    """A notebook of one cell."""
    path.parent.mkdir(exist_ok=True)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=kernel), path)


def graded(source):
    """A check cell as nbgrader marks it."""
    return nbformat.v4.new_code_cell(source, id="check", metadata={"nbgrader": {
        "grade": True, "grade_id": "check", "locked": True, "points": 1, "schema_version": 3, "solution": False,
        "task": False, "cell_type": "code"}})


def described(page):
    """What the picture under the sliders says to those who do not see it."""
    return page.locator(PICTURE).get_attribute("alt")


def changed(page, before):
    """What the picture says once it no longer says `before`."""
    page.wait_for_function(f"old => document.querySelector('{PICTURE}')?.alt !== old", arg=before)
    return described(page)


def errors(page):
    """The messages of the cells that failed."""
    return page.evaluate("""() => window.jupyterapp.shell.currentWidget.content.widgets
        .flatMap(cell => cell.model.type === 'code' ? cell.model.sharedModel.outputs : [])
        .filter(output => output.output_type === 'error').map(output => `${output.ename}: ${output.evalue}`)""")


def test_keyboard_box_and_bad_values(server, browser):
    with browser() as page:
        open_lesson(page, server, "small/sliders.ipynb")
        run_all(page)
        handle = slider(page, SLIDER, "arrival rate")
        first = described(page)
        handle.press("ArrowRight")
        second = changed(page, first)
        box = page.locator(".widget-text input[type=number]")
        assert (handle.get_attribute("aria-valuetext"), box.input_value()) == ("6", "6")
        handle.press("ArrowLeft")
        assert changed(page, second) == first                       # the same picture comes back
        box.fill("12")
        box.press("Enter")
        assert "Histogram" in changed(page, first)
        assert handle.get_attribute("aria-valuetext") == "12"
        box.fill("-2")
        box.press("Enter")
        sentence = page.locator(".jupyter-widgets [role=alert]")
        sentence.wait_for()
        assert "arrival_rate must be at least 0" in sentence.inner_text()
        assert errors(page) == []


def test_the_map_and_the_chooser_follow_the_keyboard(server, browser):
    with browser() as page:
        open_lesson(page, server, "small/choosing.ipynb")
        run_all(page)
        before = described(page)
        slider(page, "moving_map()", "promise").press("ArrowRight")
        assert changed(page, before) != before
        advice = page.locator(ADVICE)
        assert advice.locator("strong").inner_text().startswith("Monolith")
        rate = page.locator(".widget-text input[type=number]").nth(2)       # after the two boxes of the map
        rate.fill("100")
        rate.press("Enter")
        page.wait_for_function(f"() => document.querySelector('{ADVICE}')?.innerText.startsWith('Serverless')")
        assert errors(page) == []


def test_a_failure_leaves_a_picture_behind(server, tmp_path):
    with pytest.raises(RuntimeError), browser_page(tmp_path / "seen.png") as page:
        page.goto(f"{server}api/status")
        raise RuntimeError("on purpose")
    assert (tmp_path / "seen.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name, words", [("right", "Success"), ("wrong", "the answer is missing")])
def test_the_validate_button_tells_right_from_wrong(server, browser, name, words):
    with browser() as page:
        open_lesson(page, server, f"small/{name}.ipynb")
        assert words in validate(page)


def names(table):
    """The global names in a piece of code."""
    here = {one.get_name() for one in table.get_symbols() if one.is_global()}
    return here.union(*map(names, table.get_children()))


def needed(cells, text):
    """The numbers of the cells that the one with `text` cannot do without, and its own."""
    numbers, wanted = [], set()
    for number, cell in reversed([*enumerate(cells)]):
        table = symtable(cell.source if cell.cell_type == "code" else "", "cell", "exec")
        given = {one.get_name() for one in table.get_symbols() if one.is_assigned() or one.is_imported()}
        if text in cell.source or given & wanted:
            numbers.insert(0, number)
            wanted = (wanted | names(table)) - given
    return numbers


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_with_its_answers_follows_the_keyboard_and_is_valid(server, browser, folder, lesson):
    """The sliders need a few cells only; Validate runs a whole lesson, as the build does with all of them."""
    cells = nbformat.read(folder / "solutions" / lesson / f"{lesson}.ipynb", 4).cells
    with browser() as page:
        open_lesson(page, server, f"solutions/{lesson}/{lesson}.ipynb")
        if lesson in FIRST_SLIDER:
            page.evaluate(RUN, needed(cells, SLIDER))
            handle = slider(page, SLIDER, FIRST_SLIDER[lesson])
            before = described(page)
            handle.press("ArrowRight")
            assert changed(page, before).split()[:2] == before.split()[:2]      # the same picture of other numbers
        else:
            run_all(page)
        assert errors(page) == []
        if lesson in VALIDATED:
            assert "Success" in validate(page)


def test_a_learner_s_untouched_copy_opens_and_is_told_which_checks_fail(server, browser, folder):
    need((folder / "notebooks" / "01-monolith").exists(), "notebooks/01-monolith is not built: course build")
    with browser() as page:
        open_lesson(page, server, "notebooks/01-monolith/01-monolith.ipynb")
        report = validate(page)
        assert "Success" not in report and "check(" in report
