"""Proves that a feedback page says all there is to say, is safe to open whatever was handed in, and equals its JSON."""

import json
import os
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from course.checks.exercise import Message
from course.grading import feedback
from course.grading.classroom import write_whole
from course.grading.pages import LONGEST, POLICY, STYLE, plain
from course.grading.verdict import Mark, Verdict

WAITING = Message("1C-W2", "Response time, not waiting time", "a mean of 0.2 s.", "It is never 0.",
                  "Users wait while they are served, too.", "Hint 1 of exercise 1C.")
VERDICT = Verdict("anna", "01-monolith", "needs manual", (
    Mark("1P", 2.0, 2.0, 4, 4), Mark("1C", 1.2, 4.0, 2, 5, (WAITING,)), Mark("1E-answer", None, 2.0),
    Mark("1E", 0.0, 2.0, note="No points: the check reported no answer.")),
    ("The check of 1M was edited; the one that was given out ran.",), ("Of two files the newer was taken.",))
ERROR = Verdict("carl", "", "error", problem="hand-in.ipynb ends in the middle.")
HOSTILE = ("<script>alert(1)</script>", "</style><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
           "' onmouseover='alert(1)", "<!-- ", "]]>", "&lt;b&gt; &amp;#60;", "javascript:alert(1)", "</td></table>",
           "<meta http-equiv=refresh content=0>", "<svg/onload=alert(1)>", "<base href=//evil>", "</title><h1>")
ALLOWED = {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "ul", "ol", "li", "div",
           "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
           "code"}
CLASSES = {"", "wide", "state", "state error", "small", "scroll", "rows"}


class Reader(HTMLParser):
    """Collects tags, attributes and text, as a browser would see them."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.texts, self.open = [], [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")


def assert_harmless(html):
    """Nothing but the page's own tags, and no attribute that is not the page's own; return the reader."""
    reader = Reader(html)
    assert reader.open == []
    assert set(reader.tags) <= ALLOWED
    for name, value in reader.attributes:
        assert name in ("lang", "charset", "http-equiv", "content", "name", "scope", "class")
        assert name != "class" or value in CLASSES
        assert name != "content" or value in (POLICY, "width=device-width, initial-scale=1")
        assert name != "http-equiv" or value == "Content-Security-Policy"
    assert html.count("<style>") == 1
    assert f"<style>{STYLE}</style>" in html
    return reader


def hostile(text):
    """A verdict with the text in every field that has one."""
    marks = (Mark(text, 1.0, 2.0, 1, 2, (Message(*[text] * 6),), text), Mark(f"{text}2", None, 2.0))
    return Verdict(text, text, "needs manual", marks, (text,), (text,), text, text)


def words(found):
    """Every text in plain JSON values, however deep."""
    if isinstance(found, str):
        return [found]
    parts = found.values() if isinstance(found, dict) else found if isinstance(found, list) else []
    return [word for part in parts for word in words(part)]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_was_handed_in_stays_text(text):
    for verdict in (hostile(text), hostile(text)._replace(state="error", marks=())):
        reader = assert_harmless(feedback.page(verdict))
        assert text in " ".join(reader.texts)


def test_what_stands_between_backticks_is_code_and_still_text():
    html = feedback.page(VERDICT._replace(notes=("Use `sizes` and `<b>`, not ` alone or ``.",)))
    assert_harmless(html)
    assert "<li>Use <code>sizes</code> and <code>&lt;b&gt;</code>, not ` alone or ``.</li>" in html
    assert "<title>Feedback on `x` for anna</title>" in feedback.page(VERDICT._replace(lesson="`x`"))


def test_one_check_is_a_check():
    assert [feedback.remark(Mark("6P", 1.0, 2.0, passed, total)) for passed, total in ((0, 1), (1, 2))] == [
        "0 of 1 check passed.", "1 of 2 checks passed."]


def test_the_files_of_the_exchange_lie_beside_the_page(tmp_path):
    put_in = tmp_path / "submitted/anna/01-monolith"
    put_in.mkdir(parents=True)
    for name in ("timestamp.txt", "submission_secret.txt", "other.txt"):
        (put_in / name).write_bytes(f"{name}\r\n".encode())
    page = feedback.write(tmp_path / "feedback", VERDICT)
    assert {path.name for path in page.parent.iterdir()} == {
        "01-monolith.html", "01-monolith.json", "timestamp.txt", "submission_secret.txt"}
    assert (page.parent / "timestamp.txt").read_bytes() == b"timestamp.txt\r\n"


def test_the_policy_forbids_all_but_the_pages_own_style():
    assert POLICY.startswith("default-src 'none';")
    assert "script" not in POLICY
    assert "unsafe" not in POLICY
    assert not re.search(r"url\(|@import|https?:", STYLE)


@pytest.mark.parametrize("verdict", [
    VERDICT, VERDICT._replace(state="graded", marks=VERDICT.marks[:2]), ERROR,
    hostile("<i>one</i> & 2")._replace(student="x", lesson="y")], ids=["waits", "graded", "error", "hostile"])
def test_page_and_json_agree(verdict, tmp_path):
    path = feedback.write(tmp_path, verdict)
    found = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert found == feedback.content(verdict)
    shown = " ".join(Reader(path.read_text(encoding="utf-8")).texts)
    assert [word for word in words(found) if word not in shown] == []
    for item in found["items"]:
        assert (f"waits, of {item['most']:g}" if item["points"] is None else f"{item['points']:g} of") in shown


def test_a_page_tells_points_repairs_notes_and_all_five_rows_of_a_message():
    texts = Reader(feedback.page(VERDICT)).texts
    assert "3.2 of 8 points so far; 2 more wait for a person." in texts     # 2 + 1.2 + 0 of 2 + 4 + 2
    assert "For anna. State: needs manual, repaired." in texts
    assert {*VERDICT.repairs, *VERDICT.notes, "A person reads this.", "1.2 of 4", "2 of 5 checks passed."} <= set(texts)
    rows = [text for text in texts[texts.index("Message 1C-W2"):] if text.strip()]
    assert rows[1:11] == ["Check", WAITING.title, "You got", WAITING.got, "Expected property", WAITING.expected,
                          "Why it matters", WAITING.why, "Where to look", WAITING.where]


def test_a_persons_score_completes_the_sum():
    texts = Reader(feedback.page(VERDICT, {"1E-answer": 1.5})).texts
    assert "4.7 of 10 points." in texts     # 2 + 1.2 + 1.5 + 0
    assert "A person has read this." in texts
    assert feedback.content(VERDICT, {"1E-answer": 1.5})["state"] == "graded, repaired"
    assert feedback.content(VERDICT)["points"] is None


def test_an_error_is_no_zero_and_says_what_to_do():
    found = feedback.content(ERROR)
    assert (found["points"], found["state"], found["items"]) == (None, "error", [])
    texts = Reader(feedback.page(ERROR)).texts
    assert {ERROR.problem, *feedback.ADVICE} <= set(texts)
    assert not re.search(r"\b0\b", " ".join(texts))


def test_a_score_does_not_make_a_mark_of_an_error():
    assert feedback.content(ERROR, {"1E-answer": 2.0})["points"] is None


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "\x1b[31m", "safe\u202egnp.exe", "x" * 100_000])
def test_texts_that_cannot_be_written_or_read_are_made_plain(text, tmp_path):
    path = feedback.write(tmp_path, hostile(text)._replace(student="x", lesson="y"))
    shown = path.read_text(encoding="utf-8")
    assert "\N{REPLACEMENT CHARACTER}" in shown or "?" in shown or "…" in shown
    assert text not in shown
    assert len(plain(text)) <= LONGEST + 1


def test_tables_have_captions_and_scopes_and_headings_do_not_skip():
    html = feedback.page(VERDICT)
    reader = assert_harmless(html)
    assert reader.tags.count("table") == reader.tags.count("caption") == 2
    assert html.count("<th") - html.count("<thead") == html.count("scope=")
    levels = [int(tag[1]) for tag in reader.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_colours_have_enough_contrast():
    def luminance(colour):
        digits = "".join(sign * 2 for sign in colour) if len(colour) == 3 else colour
        channels = [int(digits[at:at + 2], 16) / 255 for at in (0, 2, 4)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear))

    inks = re.findall(r"(?<![-a-z])color: #([0-9a-f]{3,6})", STYLE)
    papers = re.findall(r"background: #([0-9a-f]{3,6})", STYLE)
    assert len(inks) >= 3
    assert min(luminance(paper) for paper in papers) + 0.05 >= 7 * (max(map(luminance, inks)) + 0.05)


def test_a_page_cannot_be_written_outside_its_folder(tmp_path):
    with pytest.raises(ValueError, match="rename"):
        feedback.write(tmp_path / "feedback", VERDICT._replace(student="../.."))


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path, opened = tmp_path / "page.html", tmp_path / "opened"
    write_whole(path, "first\r\n")
    os.link(path, opened)       # as a reader who has the file open
    write_whole(path, "second")
    assert (opened.read_text(), path.read_text()) == ("first\n", "second")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "third \ud800")
    assert path.read_text() == "second"
    assert sorted(tmp_path.iterdir()) == [opened, path]
