"""Proves that hostile and broken submissions get the marks deserved or a clear state, and cost nobody else anything."""

import csv
import json
import os
import re
import shutil
import socket
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import need
from hostile import answers, archives, consumers, endings, escapes, machinery, messages, notebooks
from hostile.course_to_attack import founded
from hostile.form import ERROR, FULL, LESSON, Attack, handed_in
from nbconvert import HTMLExporter

from course.asking import ask
from course.checks import EXERCISES
from course.grading import whole_class
from course.grading.intake import collect
from course.grading.repair import repair
from course.grading.sandbox import Limits, available
from course.grading.verdict import from_json

pytestmark = pytest.mark.slow
SMALL = Limits(processor=2, clock=20, memory=1_000_000_000)
TOKEN = "hostile-token-7531"        # in the grader's environment, and nowhere else
HONEST = tuple(Attack(name, lambda handout: handed_in(handout.solved), FULL, "") for name in ("aaron", "mona", "zoe"))
EVERY = (*answers.ANSWERS, *messages.FORGED, *endings.ENDINGS, *escapes.ESCAPES, *machinery.MACHINERY,
         *notebooks.RUN, *HONEST)
# Others stand for these; `HOSTILE=all pytest tests/test_hostile.py` grades them, too, and takes twice as long.
ALIKE = {
    "text_class", "interrupt", "recursion", "unfinished", "edits_arguments", "report_in_advance",
    "report_of_points", "malformed_inside", "answers_in_an_object", "kills_itself", "endless_loop", "loop_in_c",
    "sleeps", "fifty_megabytes", "file_descriptor", "forks_in_function", "recognises_cases", "terminates_others",
    "shell", "patched_check", "patched_display", "claims_of_the_probe", "no_seeds", "copied_answer",
    "check_of_points", "check_for_practice", "bonus_by_hand", "the_same_twice", "renamed", "joined_cells",
    "input_in_cell", "displays_points", "only_forged", "own_failure", "stops_itself", "hard_exit", "forks",
    "patched_sources", "payloads",
}
ATTACKS = EVERY if os.environ.get("HOSTILE") == "all" else [one for one in EVERY if one.name not in ALIKE]


def grade(root, source, workers):
    """`course grade SOURCE --workers N`, with limits that a test can wait for."""
    run = whole_class.begun(root, whole_class.Wish(source))
    run = run._replace(rules=run.rules._replace(sandbox=replace(run.rules.sandbox, limits=SMALL)))
    whole_class.report(run, whole_class.every(run, {}, workers))
    whole_class.finish(run)
    return root / "classroom"


def entries(handout, attacks):
    return [archives.Entry(f"{attack.name}/{name}", content)
            for attack in attacks for name, content in attack.make(handout).items()]


def archive(path, entries):
    """A zip as no honest program would write it."""
    with zipfile.ZipFile(path, "w") as file:
        for entry in entries:
            info = zipfile.ZipInfo(entry.path)
            info.filename = entry.path      # as it is, backslashes and all
            info.external_attr, info.compress_type = entry.mode << 16, zipfile.ZIP_DEFLATED
            file.writestr(info, entry.content)
    return path


def verdicts(classroom):
    return {path.stem: from_json(path.read_text(encoding="utf-8"))
            for path in classroom.glob(f"verdicts/{LESSON}/*.json")}


def marks(verdict):
    return ERROR if verdict.state == ERROR else {mark.item: mark.points for mark in verdict.marks}


@pytest.fixture(scope="module")
def handout(tmp_path_factory):
    """What students have in hand; a server listens on the grader's machine as long as it is used."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        places = {"PORT": str(server.getsockname()[1]), "TOKEN": TOKEN, "NAMESPACE": os.readlink("/proc/self/ns/pid")}
        yield founded(tmp_path_factory.mktemp("class"), places)


@pytest.fixture(scope="module")
def classroom(handout):
    """All that is hostile and three honest students, graded in one run."""
    need(not available(), available())
    root = Path(handout.places["CLASS_FOLDER"])
    odd = [one.entry(handout) for one in archives.ODD if one.fate == archives.REFUSED]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOSTILE_TOKEN", TOKEN)
        return grade(root, archive(root / "class.zip", entries(handout, ATTACKS) + odd), workers=2)


@pytest.fixture(scope="module")
def graded(classroom):
    return verdicts(classroom)


def said(classroom, student):
    """All that a student gets to read, and the state in the table of marks."""
    pages = sorted((classroom / "feedback" / student).rglob("*.json"))
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_each_item_has_the_mark_deserved(classroom, graded, attack):
    if attack.marks == ERROR:
        assert attack.name not in graded or graded[attack.name].state == ERROR
        assert re.search(r'"problem": ".+"', said(classroom, attack.name))
    else:
        assert marks(graded[attack.name]) == attack.marks
    assert attack.says in said(classroom, attack.name)


def test_nobody_is_lost(classroom):
    with open(classroom / "grades.csv", newline="", encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {attack.name for attack in ATTACKS} <= set(rows)
    for attack in ATTACKS:
        row = rows[attack.name]
        assert row["state"].startswith(ERROR) == (attack.marks == ERROR)
        assert not (attack.marks == ERROR and row["score"])     # an error is an empty field, and never a zero


def test_honest_students_have_what_they_have_when_they_are_graded_alone(classroom, handout, tmp_path):
    shutil.copytree(classroom.parent, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("classroom"))
    (tmp_path / "classroom").mkdir()
    shutil.copy(classroom / "secret", tmp_path / "classroom")
    alone = grade(tmp_path, archive(tmp_path / "class.zip", entries(handout, HONEST)), workers=1)
    for student in ("aaron", "mona", "zoe"):
        path = f"verdicts/{LESSON}/{student}.json"
        assert (alone / path).read_bytes() == (classroom / path).read_bytes()


@pytest.mark.parametrize("odd", archives.ODD, ids=lambda odd: ascii(odd.path)[:50])
def test_an_odd_entry_of_an_archive_changes_nothing_for_another_student(handout, tmp_path, odd):
    honest, *_ = entries(handout, HONEST)
    lessons = {LESSON: handout.released}
    both = collect(archive(tmp_path / "class.zip", [odd.entry(handout), honest]), lessons)
    others = [one for one in both if one.student != "aaron"]
    assert [one for one in both if one.student == "aaron"] == collect(archive(tmp_path / "a.zip", [honest]), lessons)
    assert [archives.REFUSED if one.problem else archives.GRADED for one in others] == [odd.fate] * (
        odd.fate != archives.IGNORED)
    assert all(odd.says in one.problem for one in others)


class Active(HTMLParser):
    """Lists what would do something in a browser, of what the attacks try."""

    def __init__(self):
        super().__init__()
        self.found, self.inside = [], ""

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        self.found += [tag] * (tag in ("iframe", "object", "embed"))
        self.found += [name for name, value in attrs if name.startswith("on") or "javascript:" in (value or "")]

    def handle_data(self, data):
        if self.inside == "script" and "alert(" in data:
            self.found.append(data)

    def handle_endtag(self, tag):
        self.inside = ""


def active(text):
    page = Active()
    page.feed(text)
    return page.found


def test_nothing_that_students_sent_is_active_in_any_page(classroom):
    pages = {path: path.read_text(encoding="utf-8") for path in classroom.rglob("*.html")}
    assert len(pages) > len(ATTACKS)        # and one about the class
    assert {path: active(text) for path, text in pages.items() if active(text)} == {}
    assert active("<script>alert(1)</script><a href='javascript:x'><img onerror=y><iframe>")[1:] == [
        "href", "onerror", "iframe"]


@pytest.mark.parametrize("student", ["scripts", "rich_output"])
def test_nothing_that_students_sent_is_active_where_people_grade(classroom, student):
    """Formgrader shows the notebook by the same exporter, with the same settings."""
    exporter = HTMLExporter(config=whole_class.read_settings(classroom.parent))
    page, _ = exporter.from_filename(classroom / "autograded" / student / LESSON / f"{LESSON}.ipynb")
    assert "alert" in page
    assert active(page) == []


def test_no_process_stays(classroom):
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline")]
    assert not any(b"LEFT_BEHIND" in command for command in commands)


@pytest.mark.parametrize("attack", notebooks.REPAIRED, ids=lambda attack: attack.name)
def test_a_damaged_notebook_is_repaired_to_what_was_released(handout, attack):
    (text,) = attack.make(handout).values()
    if attack.marks == ERROR:
        with pytest.raises(ValueError, match=attack.says):
            repair(text, handout.released)
    else:
        assert graded_cells(repair(text, handout.released).notebook) == graded_cells(handout.solved)


def graded_cells(notebook):
    """What is graded and what is asked, by id: the same of both means the same mark."""
    return {cell.id: (cell.cell_type, cell.source, without_checksum(cell.metadata))
            for cell in notebook.cells if "nbgrader" in cell.metadata}


def without_checksum(metadata):
    """The metadata but for the digest and the type that only nbgrader's release adds."""
    kept = {key: value for key, value in metadata.nbgrader.items() if key not in ("checksum", "cell_type")}
    return {**metadata, "nbgrader": kept}


@pytest.mark.parametrize("name", answers.LIES)
def test_a_lie_earns_nothing(name):
    page = {}
    exec(answers.lie(name), page)
    cases = EXERCISES["1C"].cases(1)
    raw = json.loads(json.dumps(ask("1C", page["mm1_response"], cases)))
    assert EXERCISES["1C"].judge(cases, raw).points == 0


@pytest.mark.parametrize("name", consumers.CONSUMERS)
def test_a_consumer_that_cannot_die_earns_nothing(name):
    page = {}
    exec(consumers.CONSUMERS[name], page)
    cases = EXERCISES["3M"].cases(1)
    raw = json.loads(json.dumps(ask("3M", page["consume"], cases)))
    assert EXERCISES["3M"].judge(cases, raw).points == 0


@pytest.mark.parametrize("one, other", archives.LOOK_ALIKE, ids=ascii)
def test_two_students_whose_names_look_alike_are_two(handout, tmp_path, one, other):
    made = [archives.Entry(f"{one}/a.ipynb", archives.solved(handout)),
            archives.Entry(f"{other}/a.ipynb", archives.wrong(handout))]
    found = collect(archive(tmp_path / "class.zip", made), {LESSON: handout.released})
    assert len({submission.student for submission in found}) == 2
    assert not any(submission.problem for submission in found)
