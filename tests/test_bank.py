"""Proves that each exercise refuses wrong answers for the right reason and accepts every right one."""

import re
from contextlib import nullcontext
from functools import lru_cache
from math import isclose

import pytest
from bank import matrix
from bank.form import codes, graded
from conftest import rest

from course.__main__ import main
from course.asking import ask
from course.checks import EXERCISES

BANKS = matrix.BANKS
# by the check: two more of an E by hand
POINTS = {"P": 2, "C": 4, "M": 5, "D": 5, "E": 2, "R": 8, "H": 6, "I": 10, "A": 28, "T": 5}
FUNCTIONS = [item for item, bank in BANKS.items() if bank.functions]
for_every_item = pytest.mark.parametrize("item", BANKS)


@lru_cache
def named(item):
    """All wrong answers that people thought of, with their verdicts."""
    with rest() if item[1] in "MDI" else nullcontext():      # what these ask takes long
        return matrix.named(BANKS[item])


@lru_cache
@rest()
def generated(item):
    """All mutants with their verdicts."""
    return matrix.generated(BANKS[item])


def messages(item):
    """Every message to a wrong answer, once."""
    return {message for row in (*named(item), *generated(item)) for message in row.report.messages}


def test_every_graded_exercise_has_a_bank():
    assert list(BANKS) == [item for item in EXERCISES if not item.startswith("0")]


@for_every_item
def test_each_depth_has_its_points(item):
    assert EXERCISES[item].points == POINTS[item[1]]


@pytest.mark.parametrize("item, place", [
    pytest.param(item, place, id=f"{item}-{place}-{code}") for item, bank in BANKS.items()
    for place, (code, _) in enumerate(bank.wrong)])
def test_a_wrong_answer_is_refused_with_its_own_message(item, place):
    row = named(item)[place]
    assert row.killed
    assert row.expected in codes(row.report)


@for_every_item
def test_every_wrong_answer_on_the_list_is_in_the_bank(item):
    prefix = "P" if item.endswith("P") else item
    listed = {f"{prefix}-W{way}" for way in range(1, BANKS[item].ways + 1)}
    assert {code for code, _ in BANKS[item].wrong} >= listed


@pytest.mark.slow
@for_every_item
@rest()
def test_right_answers_of_any_form_get_all_points_on_fifty_variants(item):
    exercise, sets = EXERCISES[item], BANKS[item].sets
    for variant in range(1, 51) if sets else ():    # fifty learners share the sets of cases: each is asked once
        assert exercise.cases(variant) == exercise.cases(sets + variant % sets)
    for way, answer in BANKS[item].accepted:
        for variant in range(sets + 1):
            report = graded(item, answer, variant)
            assert report.points == report.most, (way, variant, codes(report))


@for_every_item
def test_a_verdict_is_the_same_another_time(item):
    for (_, answer), row in list(zip(BANKS[item].wrong, named(item)))[-2:]:
        assert graded(item, answer) == row.report


def test_the_command_prints_the_matrix(capsys):
    assert main(["bank", "1C"]) == 0
    printed = capsys.readouterr().out
    assert printed.count("rejected  1C-W") >= 8 and "SURVIVES" in printed
    assert "8 of 8 different right answers get all points" in printed and "survivors: 1C " in printed
    assert main(["bank", "9Z"]) == 2 and "there is no bank for 9Z" in capsys.readouterr().err


@for_every_item
def test_a_blank_gets_nothing_and_a_calm_sentence(item, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def unsolved(*_):
        raise NotImplementedError("No answer yet: replace this line by yours.")

    blanks = [None, "", ..., unsolved, lambda *_: None]
    for blank in [*blanks, *((unsolved,) * count for count in (2, 3))]:
        report = graded(item, blank)
        assert report.points == 0
        assert "Traceback" not in str(report) and "NotImplemented" not in str(report)


@pytest.mark.parametrize("item, place", [(item, place) for item, bank in BANKS.items()
                                         for place in range(len(bank.hard_coded))])
def test_a_hard_coded_answer_gets_at_most_a_fifth(item, place):
    report = graded(item, BANKS[item].hard_coded[place])
    assert report.points <= 0.2 * report.most


@for_every_item
@rest()
def test_points_rise_on_the_way_from_blank_to_right(item):
    points = [graded(item, answer).points for answer in BANKS[item].path]
    assert points == sorted(points)
    assert points[0] == 0 and points[-1] == EXERCISES[item].points


@pytest.mark.parametrize("item", FUNCTIONS)
def test_mutants_of_the_solution_are_refused(item):
    rows, equivalent = generated(item), BANKS[item].survivors
    survivors = {row.expected for row in rows if not row.killed}
    print(f"{item}: {len(rows)} mutants; survivors, all equivalent: {sorted(survivors)}")
    assert survivors == equivalent
    assert len(rows) >= 15


def readable(text):
    """Flesch and Kincaid's grade, with code, numbers and symbols left out."""
    text = re.sub(r"\([^)]*\)|'[^']*'|`[^`]*`|[0-9]+[A-Z]?|[^\w\s.:?]", " ", text)
    sentences = max(1, len(re.findall(r"[.:?]\s", text + " ")))
    words = re.findall(r"[A-Za-z]+", text)
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[^l])es?$", "", word.lower())))) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


@for_every_item
def test_messages_are_short_and_plain(item):
    long = {}
    for message in messages(item):
        text = " ".join(message[1:])
        if len(text.split()) > 80 or readable(text) > 9:
            long[message.code] = (len(text.split()), round(readable(text), 1))
        assert all(part.strip() for part in message)
        assert re.fullmatch(rf"(P|{item})-[A-Z0-9]+", message.code)
    assert not long


def numbers_in(answer):
    """Every fraction in a raw answer."""
    if isinstance(answer, dict):
        answer = list(answer.values())
    if isinstance(answer, list):
        return [number for part in answer for number in numbers_in(part)]
    return [answer] if isinstance(answer, float) and answer > 0 else []


@for_every_item
def test_no_message_tells_the_answer(item):
    bank, exercise = BANKS[item], EXERCISES[item]
    answers = ask(item, bank.right, exercise.cases(1))
    right = [*bank.numbers(), *numbers_in(answers)]
    for message in messages(item):
        text = " ".join(message[1:])
        assert not [part for part in bank.secrets if part in text], message
        # what the learner's own answer says, or the case, is no secret
        foreign = " ".join((message.title, message.expected, message.why))
        told = [float(word) for word in re.findall(r"\d+\.\d+|\d{3,}", foreign)]
        assert not [word for word in told for number in right if isclose(word, number, rel_tol=1e-3)], message


@for_every_item
def test_the_number_of_later_checks_is_true(item):
    exercise = EXERCISES[item]
    if exercise.hidden:
        assert graded(item, BANKS[item].right).total == exercise.hidden
    else:
        assert exercise.cases(0) == exercise.cases(7)
