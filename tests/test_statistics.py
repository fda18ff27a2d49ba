"""Proves the statistics of a class by hand, and that its page is safe, names nobody and tells what to teach next."""

import csv
import io
from itertools import pairwise
from math import isclose, sqrt

import pytest
from nbformat.v4 import new_code_cell
from nbgrader.utils import compute_checksum
from test_feedback import HOSTILE, assert_harmless, hostile

from course.checks import EXERCISES
from course.checks.answers import failed
from course.checks.exercise import Message
from course.grading import statistics
from course.grading.judging import answers, hand_marked
from course.grading.verdict import Mark, Verdict


def message(code, title="A title"):
    return Message(code, title, "got", "expected", "why", "where")


def verdict(student, *marks, state="graded", lesson="01-monolith"):
    return Verdict(student, lesson, state, marks)


WRONG, SLOW, BLANK = message("1C-W2", "Response time, not waiting time"), message("1C-W5"), message("1C-BLANK")
CLASS = [
    verdict("ann", Mark("1C", 4.0, 4.0, 5, 5), Mark("1E-answer", None, 2.0), state="needs manual"),
    verdict("ben", Mark("1C", 1.0, 4.0, 2, 5, (WRONG, SLOW, WRONG)), Mark("1E-answer", 2.0, 2.0)),
    verdict("carl", Mark("1C", 3.0, 4.0, 4, 5, (WRONG,)), Mark("1E-answer", 0.0, 2.0, note="Too short.")),
    verdict("dora", Mark("1C", 0.0, 4.0, 0, 5, (BLANK,)), Mark("1E-answer", 1.0, 2.0)),
    Verdict("eve", "01-monolith", "error", problem="unreadable"),
]


def test_shares_by_hand():
    first, second = statistics.items(CLASS)
    assert (first.item, first.n, first.waiting) == ("1C", 4, 0)
    assert first.mean.value == (4 + 1 + 3 + 0) / 16
    assert (first.full.value, first.blank.value) == (1 / 4, 1 / 4)
    assert [(one.code, one.submissions, one.share.value) for one in first.messages] == [
        ("1C-W2", 2, 0.5), ("1C-BLANK", 1, 0.25), ("1C-W5", 1, 0.25)]
    assert first.messages[0].title == "Response time, not waiting time"
    assert (second.item, second.n, second.waiting) == ("1E-answer", 3, 1)
    assert (second.mean.value, second.full.value, second.blank.value) == (3 / 6, 1 / 3, 0)
    assert first.discrimination is None     # four submissions


@pytest.mark.parametrize(("total", "n"), [(0, 4), (1, 4), (13, 32), (4, 4), (500, 500)])
def test_the_interval_of_a_share_is_where_the_share_is_just_possible(total, n):
    """Wilson's ends solve |p - share| = z sqrt(p (1 - p) / n)."""
    share = statistics.wilson(total, n)
    for end in (share.low, share.high):
        assert isclose(abs(end - total / n), 1.959964 * sqrt(end * (1 - end) / n), rel_tol=1e-5, abs_tol=1e-9)
    assert 0 <= share.low <= total / n <= share.high <= 1
    assert share.low < share.high


def test_discrimination_by_hand():
    """Five of ten have full marks; the others' rest is 0.2 smaller: r = 0.5 (m1 - m0) / s, with s over all ten."""
    rests = [0.6, 0.7, 0.8, 0.9, 1.0, 0.4, 0.5, 0.6, 0.7, 0.8]
    marked = [(Mark("1C", 4.0 * (place < 5), 4.0), rest) for place, rest in enumerate(rests)]
    seen = [verdict(str(place), mark, Mark("1M", 10 * rest, 10.0)) for place, (mark, rest) in enumerate(marked)]
    deviation = sqrt(sum((rest - 0.7) ** 2 for rest in rests) / 10)
    found = statistics.items(seen)[0].discrimination
    assert isclose(found.value, 0.5 * 0.2 / deviation)
    assert found.low < found.value < found.high <= 1
    assert found.n == 10
    assert statistics.items(seen[:9])[0].discrimination is None
    assert statistics.items(seen[:5] * 2)[0].discrimination is None     # all have full marks: nothing to tell apart


@pytest.mark.parametrize("sign", [1, -1])
def test_a_perfect_correlation_has_an_interval_too(sign):
    seen = [verdict(str(place), Mark("1C", place % 2, 1.0), Mark("1M", (place + (sign < 0)) % 2, 1.0))
            for place in range(12)]
    found = statistics.items(seen)[0].discrimination
    assert isclose(found.value, sign)
    assert 0.9 < min(abs(found.low), abs(found.high)) <= 1


def test_the_teacher_is_told_what_to_teach_next():
    many = [verdict(str(place), Mark("1C", 4.0 - (place < 13), 4.0, 4, 5, (WRONG,) if place < 13 else ()),
                    Mark("1D", 0.0, 5.0, 0, 3, (message("1D-BLANK"),) if place < 8 else ())) for place in range(32)]
    found = statistics.teach_next(statistics.items(many))
    assert found == [      # Wilson's ends for 13, 0 and 8 of 32
        "41 % of 32 submissions (95 % interval 26 to 58 %) fail: Response time, not waiting time [1C-W2].",
        "1D was hardest: it earned 0 % (0 to 11) of its points on average, and 25 % of 32 submissions (95 % interval "
        "13 to 42 %) gave no answer to it."]


def test_what_still_waits_is_not_compared_and_is_counted():
    """The two blank notes of seven would make the note the hardest, although nobody has read the others."""
    note = [Mark("2E-note", 0.0, 2.0, note="Nothing was written here.")] * 2 + [Mark("2E-note", None, 2.0)] * 5
    class_ = [verdict(str(place), Mark("2C", 3.0 * (place > 0), 3.0), mark) for place, mark in enumerate(note)]
    first, second, _ = statistics.teach_next(statistics.items(class_))
    assert first.startswith("2C was hardest: it earned 86 %")       # 6 of 7
    assert second == "Not compared, because answers still wait for a person: 2E-note (5 of 7)."
    reader = assert_harmless(statistics.page(class_))
    assert reader.texts[reader.texts.index("2E-note") + 1] == "2; 5 wait"


def test_a_single_submission_is_one_submission():
    hardest, _ = statistics.teach_next(statistics.items([verdict("ann", Mark("1C", 0.0, 4.0))]))
    assert "0 % of 1 submission (95 % interval" in hardest


def test_few_submissions_come_with_a_warning_and_none_with_a_sentence():
    assert statistics.teach_next(statistics.items(CLASS))[-1].startswith("So few")
    assert statistics.teach_next(statistics.items(CLASS[-1:])) == ["Nothing has been marked yet."]
    waiting = [verdict("ann", Mark("1E-answer", None, 2.0), state="needs manual")]
    assert statistics.teach_next(statistics.items(waiting)) == ["Nothing has been marked yet."]


def test_no_answer_is_known_by_the_words_of_judge_and_grader():
    blank = failed("1C", {"error": "Blank"}, "where")
    check = new_code_cell(metadata={"nbgrader": {"grade_id": "1C", "points": 4}})
    _, complaint = answers(check, "1C", 3)
    assert statistics.is_blank(Mark("1C", 0.0, 4.0, 0, 5, (blank,)))
    assert statistics.is_blank(Mark("1C", 0.0, 4.0, note=f"No points: {complaint}"))
    assert statistics.is_blank(Mark("1P", 0.0, 2.0, 0, 4, (message("1P-W1"),)))
    assert not statistics.is_blank(Mark("1E-answer", 0.0, 2.0, note="Too short."))
    assert not statistics.is_blank(Mark("1C", 0.0, 4.0, 0, 5, (message("1C-W1"),)))


def test_an_answer_that_leaves_out_every_part_is_no_answer_and_one_that_leaves_out_some_is():
    """Of five patterns: nothing, four with numbers, nothing besides one that is no counter-example, all right."""
    def judged(*given):
        names = ("Monolith", "Microservices", "EventDriven", "LambdaArchitecture", "Serverless")
        report = EXERCISES["6H"].judge([{"seeds": []}], [{"numbers": dict.fromkeys(names) | dict(given)}])
        return Mark("6H", report.points, 6.0, report.passed, report.total, report.messages)

    missing = message("6H-MISSING", "Each pattern has its counter-example")
    empty, odd = judged(), judged(("Monolith", "fast"))
    some, full = Mark("6H", 1.2, 6.0, 1, 5, (missing,)), Mark("6H", 6.0, 6.0, 5, 5)
    assert [statistics.is_blank(mark) for mark in (empty, some, odd, full)] == [True, False, False, False]
    (found,) = statistics.items([verdict(str(place), mark) for place, mark in enumerate((empty, empty, some, full))])
    assert found.blank.value == 2 / 4
    assert [(one.code, one.submissions) for one in found.messages] == [("6H-MISSING", 1)]


def test_an_empty_hand_marked_cell_is_no_answer():
    settings = {"grade_id": "1E-answer", "points": 2, "grade": True, "solution": True, "schema_version": 3}
    cell = new_code_cell("", metadata={"nbgrader": {**settings, "cell_type": "code"}})
    cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
    assert statistics.is_blank(hand_marked(cell))


def test_which_wrong_answers_a_submission_resembles():
    found = list(csv.reader(io.StringIO(statistics.resemblances(CLASS))))
    assert found == [["student", "item", "codes"], ["ben", "1C", "1C-W2 1C-W5"], ["carl", "1C", "1C-W2"],
                     ["dora", "1C", "1C-BLANK"]]


def test_the_page_has_a_table_for_each_lesson_names_nobody_and_counts_errors(tmp_path):
    other = [one._replace(lesson="02-microservices") for one in CLASS]
    statistics.write(tmp_path, CLASS + other)
    html = (tmp_path / "items.html").read_text(encoding="utf-8")
    reader = assert_harmless(html)
    assert reader.tags.count("table") == reader.tags.count("caption") == 2
    text = " ".join(reader.texts)
    assert not [one.student for one in CLASS if f" {one.student} " in text]
    assert "Submissions counted: 8; those with an answer that still waits for a person: 2." in text
    assert "Left out because they could not be graded: 2." in text
    assert "1C: Response time, not waiting time [1C-W2], 2 of 4, 50 % (15 to 85)" in text
    levels = [int(tag[1]) for tag in reader.tags if tag in ("h1", "h2", "h3")]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert (tmp_path / "items.csv").read_text(encoding="utf-8").startswith("student,item,codes")


@pytest.mark.parametrize("text", [*HOSTILE, "\ud800"])
def test_whatever_was_handed_in_stays_text(text):
    class_ = [hostile(text)._replace(student=str(place)) for place in range(3)]
    html = statistics.page(class_)
    assert_harmless(html)
    html.encode("utf-8")
