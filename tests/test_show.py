"""Proves that a model's page shows the very file that runs, readable for every eye."""

import re
from html import unescape
from pathlib import Path

import pytest
from test_plots import contrast

import course.patterns.monolith
from course.patterns.monolith import Monolith
from course.show import show


def words(html):
    """The text of some HTML, as a reader sees it."""
    return unescape(re.sub(r"<[^>]+>", "", html))


def test_the_page_shows_the_whole_file_and_its_name():
    page = show(Monolith)
    file = Path(course.patterns.monolith.__file__).read_text(encoding="utf-8")
    assert file.strip() in words(page._repr_html_())
    assert page.path == "course/patterns/monolith.py" and page.path in words(page._repr_html_())
    assert page._repr_mimebundle_()["text/plain"] == file


@pytest.mark.parametrize("thing", [Monolith, Monolith.deploy, course.patterns.monolith, words])
def test_classes_functions_and_modules_have_a_source(thing):
    assert show(thing).text


def test_source_is_coloured_with_enough_contrast():
    html = show(Monolith)._repr_html_()
    paper = "#ffffff"
    assert re.search(r"background: #fff[;\"]", html)
    colours = {full(colour) for colour in re.findall(r"[^-]color: (#[0-9A-Fa-f]{3,6})", html)}
    assert len(colours) >= 4
    assert min(contrast(colour, paper) for colour in colours) >= 4.5


def full(colour):
    """#abc as #aabbcc."""
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])


@pytest.mark.parametrize("thing", [3, len, Monolith(2).workers])
def test_what_has_no_file_is_refused_in_a_sentence(thing):
    with pytest.raises(TypeError, match="written in a file, got"):
        show(thing)
