"""Proves that what a class handed in is found, under anyone's file names, and that nothing hostile is followed."""

import io
import json
import os
import stat
import zipfile
import zlib
from pathlib import Path

import nbformat
import pytest

from course.grading import files
from course.grading.identity import Student, folders
from course.grading.intake import LATE, collect

ROOT = Path(__file__).resolve().parents[1]
LESSONS = {name: nbformat.read(ROOT / "notebooks" / name / f"{name}.ipynb", 4)
           for name in ("01-monolith", "03-event-driven")}
ONE, THREE = "01-monolith", "03-event-driven"


def notebook(lesson=ONE, answer="", keep=lambda cell: cell):
    """A submission as bytes, with a text that tells it from others."""
    made = nbformat.from_dict(LESSONS[lesson])
    made = nbformat.reads(nbformat.writes(made), 4)
    made.cells = [keep(cell) for cell in made.cells]
    made.cells.append({"cell_type": "code", "id": "own", "metadata": {}, "source": answer, "outputs": [],
                       "execution_count": None})
    return json.dumps(made).encode()


def folder(root, contents):
    for path, content in contents.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def zipped(contents):
    """The bytes of a zip; a value may also be the ZipInfo to use and the content."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in contents.items():
            archive.writestr(*(content if isinstance(content, tuple) else (path, content)))
    return whole.getvalue()


def archive(root, contents):
    path = root / "class.zip"
    path.write_bytes(zipped(contents))
    return path


def found(source):
    return [(one.student, one.lesson, one.name) for one in collect(source, LESSONS)]


def only(source):
    one, = collect(source, LESSONS)
    return one


def test_nbgraders_folders(tmp_path):
    source = folder(tmp_path, {f"ann/{ONE}/{ONE}.ipynb": notebook(), f"ann/{THREE}/my work.ipynb": notebook(THREE),
                               f"bob/{ONE}/x.IPYNB": notebook(), f"ann/{ONE}/timestamp.txt": b"2026-01-01",
                               f"ann/{ONE}/.ipynb_checkpoints/{ONE}-checkpoint.ipynb": notebook(answer="old")})
    assert found(source) == [("ann", ONE, f"ann/{ONE}/{ONE}.ipynb"), ("ann", THREE, f"ann/{THREE}/my work.ipynb"),
                             ("bob", ONE, f"bob/{ONE}/x.IPYNB")]
    assert {one.problem for one in collect(source, LESSONS)} == {""}
    assert only(folder(tmp_path / "one", {f"ann/{ONE}/a.ipynb": notebook()})).text == notebook()


@pytest.mark.parametrize("paths, students", [
    (["ann.ipynb", "bob.ipynb"], ["ann", "bob"]), ([f"{ONE}/ann.ipynb", f"{ONE}/bob.ipynb"], ["ann", "bob"]),
    ([f"{ONE}/ann/a.ipynb", f"{ONE}/bob/a.ipynb"], ["ann", "bob"]),
    (["ann/a.ipynb", "bob/work/b.ipynb"], ["ann", "bob"]),
    ([f"submitted/ann/{ONE}/a.ipynb", f"submitted/bob/{ONE}/a.ipynb"], ["ann", "bob"]),
    ([f"submitted/ann/{ONE}/a.ipynb"], ["ann"]),
])
def test_other_folders(tmp_path, paths, students):
    source = folder(tmp_path, {path: notebook() for path in paths})
    assert [one.student for one in collect(source, LESSONS)] == students
    assert {one.problem for one in collect(source, LESSONS)} == {""}


@pytest.mark.parametrize("path", [f"{ONE}.ipynb", f"{ONE}/{ONE}.ipynb", f"{ONE} (1).ipynb", f"{ONE}-2/a.ipynb"])
def test_a_lesson_is_nobodys_name(tmp_path, path):
    for source in (folder(tmp_path / "folder", {path: notebook()}), archive(tmp_path, {path: notebook()})):
        with pytest.raises(ValueError, match=r"nobody can tell whose .* names a lesson: put it into a folder that is"):
            collect(source, LESSONS)


def test_submissions_are_sorted_by_student_and_lesson(tmp_path):
    source = folder(tmp_path, {"bob.ipynb": notebook(), "ann/a.ipynb": notebook(THREE), "ann/b.ipynb": notebook()})
    assert [one[:2] for one in found(source)] == [("ann", ONE), ("ann", THREE), ("bob", ONE)]


@pytest.mark.parametrize("paths, students", [
    (["class/ann.ipynb", "class/bob.ipynb"], ["ann", "bob"]), ([f"ann/{ONE}/a.ipynb"], ["ann"]),
    (["ann/a.ipynb"], ["ann"]), ([f"ann/{ONE}.ipynb"], ["ann"]),
    (["ann.zip"], ["ann"]), (["ann\\work\\a.ipynb", "bob\\a.ipynb"], ["ann", "bob"]),
])
def test_a_zip_of_a_folder(tmp_path, paths, students):
    inside = {"work/a.ipynb": notebook(), "__MACOSX/work/._a.ipynb": b"x"}
    source = archive(tmp_path, {path: zipped(inside) if path.endswith(".zip") else notebook() for path in paths})
    assert [one.student for one in collect(source, LESSONS)] == students
    assert [one.problem for one in collect(source, LESSONS)] == [""] * len(students)


def test_moodles_zip(tmp_path):
    source = archive(tmp_path, {
        "Ann Lee_123_assignsubmission_file_/Aufgabe.ipynb": notebook(),
        "Ann Lee_123_assignsubmission_file_/predictions.json": b"{}",
        "José Ó Briain_77_assignsubmission_file/a.zip": zipped({"a/b.ipynb": notebook(), "a/predictions.json": b"[]"}),
        "李 雷_78_assignsubmission_file_work.ipynb": notebook(),
        "Bob_79_assignsubmission_file_/report.pdf": b"pdf"})
    result = {one.student: one for one in collect(source, LESSONS)}
    assert {student: one.lms["moodle"] for student, one in result.items()} == {
        "Ann_Lee": "Participant 123", "José_Ó_Briain": "Participant 77", "李_雷": "Participant 78",
        "Bob": "Participant 79"}
    assert result["Ann_Lee"].beside == {"predictions.json": b"{}"}
    assert result["José_Ó_Briain"].beside == {"predictions.json": b"[]"}
    assert result["Bob"].problem.startswith("No notebook was handed in, only Bob_79_assignsubmission_file_/report.pdf")
    assert [one.problem for one in result.values()].count("") == 3


def test_canvas_zip(tmp_path):
    source = archive(tmp_path, {
        "leeann_4711_1_work.ipynb": notebook(answer="first"), "leeann_4711_2_work-2.ipynb": notebook(answer="second"),
        "leeann_4711_4_predictions-2.json": b"[2]", "leeann_4711_3_predictions.json": b"[1]",
        "raybob_LATE_12_5_x.ipynb": notebook(THREE), "raybob_LATE_12_6_notes.txt": b""})
    ann, bob = collect(source, LESSONS)
    assert (ann.student, ann.lms, ann.beside) == (
        "leeann", {"name": "leeann", "canvas": "4711"}, {"predictions.json": b"[2]"})
    assert ann.text == notebook(answer="second")
    assert ann.notes == ("Of leeann_4711_1_work.ipynb and leeann_4711_2_work-2.ipynb the newest was taken: "
                         "leeann_4711_2_work-2.ipynb.",)
    assert (bob.student, bob.lesson, bob.lms, bob.problem) == (
        "raybob", THREE, {"name": "raybob", "canvas": "12"}, "")
    assert bob.notes == (LATE,)


def bare(cell):
    cell.metadata, cell["id"] = {}, f"id-{zlib.crc32(cell.source.encode())}"
    return cell


def renamed(cell):
    cell["id"] = f"id-{zlib.crc32(cell.source.encode())}"
    return cell


def forgotten(cell):
    cell.metadata = {}
    return cell


@pytest.mark.parametrize("keep", [bare, renamed, forgotten])
def test_a_lesson_is_known_by_its_cells_and_not_by_its_names(tmp_path, keep):
    one = only(folder(tmp_path, {f"ann/{ONE}/{ONE}.ipynb": notebook(THREE, keep=keep)}))
    assert (one.lesson, one.problem) == (THREE, "")
    assert one.notes == (f"ann/{ONE}/{ONE}.ipynb lay in the folder {ONE}, but its cells are those of {THREE}.",)


@pytest.mark.parametrize("content, sentence", [
    (b"", "The file is empty"), (notebook()[:-900], "it was cut off"), (b"\0\1", "is not"),
    (b'{"cells": []}', "has no cell of a lesson that is graded"),
    (json.dumps({"cells": [{"cell_type": "code", "source": f'check("{item}", 1)'} for item in ("1C", "3C")]}).encode(),
     f"could be of {ONE} or {THREE}"),
])
def test_a_file_without_a_lesson_is_a_sentence_and_stops_nobody(tmp_path, content, sentence):
    ann, bob, eve = collect(folder(tmp_path, {f"ann/{ONE}/a.ipynb": notebook(), f"bob/{ONE}/b.ipynb": content,
                                              "eve.ipynb": content}), LESSONS)
    assert sentence in bob.problem and sentence in eve.problem
    assert (ann.problem, bob.lesson, eve.lesson) == ("", ONE, "")
    assert (bob.text, bob.name) == (content, f"bob/{ONE}/b.ipynb")


@pytest.mark.parametrize("path", ["ann/NAME.ipynb", "NAME/ann.ipynb", "ann/NAME/x.ipynb"])
def test_a_notebook_that_cannot_be_read_is_of_the_lesson_that_its_path_names(tmp_path, path):
    name = next(iter(LESSONS))
    one = only(folder(tmp_path, {path.replace("NAME", name): b'{"cells": ['}))
    assert (one.student, one.lesson, bool(one.problem)) == ("ann", name, True)


def test_two_notebooks_of_one_lesson(tmp_path):
    same = folder(tmp_path / "same", {f"ann/{ONE}/a.ipynb": notebook(), f"ann/{ONE}/b.ipynb": notebook()})
    assert (only(same).name, only(same).problem) == (f"ann/{ONE}/a.ipynb", "")
    assert only(same).notes == (f"ann/{ONE}/a.ipynb and ann/{ONE}/b.ipynb hold the same; ann/{ONE}/a.ipynb was taken.",)
    other = folder(tmp_path / "other", {f"ann/{ONE}/a.ipynb": notebook(), f"ann/{ONE}/a-2.ipynb": notebook(answer="x")})
    assert only(other).problem.startswith(f"ann/{ONE}/a-2.ipynb and ann/{ONE}/a.ipynb differ")


def test_two_files_of_other_names_in_canvas_are_not_a_resubmission(tmp_path):
    source = archive(tmp_path, {"a_1_1_x.ipynb": notebook(), "a_1_2_y-2.ipynb": notebook(answer="x")})
    assert "a_1_1_x.ipynb and a_1_2_y-2.ipynb differ" in only(source).problem


def test_students_are_never_merged_whatever_the_order():
    seventh, eighth = Student("Ann_Lee", "moodle", "7"), Student("Ann Lee", "moodle", "8")
    labels = ["Ann Lee", "ann_lee", "Ann_Lee-7", "../..", "///", "bob", "é", "e\u0301", "x" * 99, "x" * 98]
    students = [seventh, eighth, *map(Student, labels)]
    names = [folders(students[start:] + students[:start], {}) for start in range(len(students))]
    assert all(one == names[0] for one in names)
    assert len({name.casefold() for name in names[0].values()}) == len(students)
    assert names[0][Student("bob")] == "bob"
    assert names[0][eighth] == "Ann_Lee-8"
    assert not any(set(name) & set("/ \\") or name.startswith(".") for name in names[0].values())


def test_two_students_of_one_name_keep_their_own_notebooks(tmp_path):
    source = archive(tmp_path, {f"Ann Lee_{id_}_assignsubmission_file_/a.ipynb": notebook(answer=id_) for id_ in "12"})
    assert [(one.student, one.text == notebook(answer=one.student[-1])) for one in collect(source, LESSONS)] == [
        ("Ann_Lee-1", True), ("Ann_Lee-2", True)]


def test_links_in_a_folder_are_not_followed(tmp_path):
    secret = folder(tmp_path / "secret", {"a.ipynb": notebook(answer="secret")})
    source = folder(tmp_path / "class", {f"ann/{ONE}/a.ipynb": notebook(), f"eve/{ONE}/readme.txt": b""})
    (source / "eve" / ONE / "b.ipynb").symlink_to(secret / "a.ipynb")
    (source / "eve" / ONE / "lost.ipynb").symlink_to(secret / "nothing")
    (source / "mia").symlink_to(secret)
    (source / "ann" / ONE / "more").symlink_to(secret)
    ann, eve, mia = collect(source, LESSONS)
    assert (ann.problem, ann.text) == ("", notebook())
    assert ann.notes == (f"ann/{ONE}/more is a link, and links are not followed: ask for the file itself.",)
    assert (eve.text, mia.text, eve.lesson) == (b"", b"", ONE)
    assert "b.ipynb is a link" in eve.problem and "lost.ipynb is a link" in eve.problem
    assert mia.problem.startswith("mia is a link")


def test_links_in_a_zip_are_not_followed(tmp_path):
    info = zipfile.ZipInfo("eve/a.ipynb")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    ann, eve = collect(archive(tmp_path, {"ann/a.ipynb": notebook(), "": (info, b"/etc/passwd")}), LESSONS)
    assert (ann.problem, eve.text) == ("", b"")
    assert eve.problem.startswith("eve/a.ipynb is a link")


@pytest.mark.parametrize("path", [
    "/eve/a.ipynb", "../eve/a.ipynb", "eve/../../a.ipynb", "..\\eve\\a.ipynb", "C:\\eve\\a.ipynb"])
def test_paths_that_lead_outside_of_a_zip_are_refused(tmp_path, path):
    submissions = collect(archive(tmp_path, {"ann/a.ipynb": notebook(), path: notebook(answer="eve")}), LESSONS)
    assert sorted("leads to a place outside of the zip" in one.problem for one in submissions) == [False, True]
    assert [one.text for one in submissions if one.problem] == [b""]


def test_files_above_the_limit_are_refused_by_their_real_size(tmp_path):
    large = b" " * (files.MOST_BYTES + 1)
    whole = zipped({"ann/a.ipynb": notebook(), "bob/a.ipynb": large, "eve/a.ipynb": large, "kim.ipynb": notebook()})
    whole = damaged(damaged(whole, b"eve/a.ipynb", lie), b"kim.ipynb", boast)
    (tmp_path / "class.zip").write_bytes(whole)
    ann, bob, eve, kim = collect(tmp_path / "class.zip", LESSONS)
    assert ann.problem == ""
    assert bob.problem.startswith("bob/a.ipynb is larger than 20,000,000 bytes")
    assert eve.problem.startswith("eve/a.ipynb cannot be taken out of its zip")
    assert kim.problem.startswith("kim.ipynb is larger than 20,000,000 bytes")
    assert (bob.text, eve.text, kim.text) == (b"", b"", b"")
    source = folder(tmp_path / "folder", {"bob.ipynb": large})
    assert only(source).problem.startswith("bob.ipynb is larger than 20,000,000 bytes")


def test_zips_inside_have_limits_of_their_own(tmp_path):
    half = b" " * (files.MOST_BYTES // 2 + 1)
    many = {f"{number}.txt": b"" for number in range(files.MOST_INSIDE + 1)}
    ann, bob, eve, kim, mia = collect(folder(tmp_path, {
        "ann.zip": zipped({"a.ipynb": notebook()}), "bob.zip": zipped({"a.ipynb": half, "b.ipynb": half}),
        "eve.zip": zipped({"a.zip": zipped({"a.ipynb": notebook()})}), "kim.zip": zipped(many), "mia.zip": b"PK broken",
    }), LESSONS)
    assert (ann.problem, ann.name) == ("", "ann.zip/a.ipynb")
    assert bob.problem.startswith("bob.zip holds more than 20,000,000 bytes or 500 files")
    assert eve.problem == "eve.zip/a.zip is a zip inside a zip inside: ask for the notebook alone."
    assert kim.problem.startswith("kim.zip holds more than")
    assert mia.problem.startswith("mia.zip cannot be read as a zip")


def damaged(whole, path, change):
    """A zip in which the entry of one path is changed, in its own head and in the directory."""
    whole = bytearray(whole)
    local, central = whole.find(path) - 30, whole.rfind(path) - 46
    change(whole, local, central)
    return bytes(whole)


def encrypt(whole, local, central):
    whole[local + 6] |= 1
    whole[central + 8] |= 1


def garble(whole, local, central):
    whole[local + 50] ^= 0xFF


def lie(whole, local, central):
    whole[local + 22:local + 26] = whole[central + 24:central + 28] = (1000).to_bytes(4, "little")


def boast(whole, local, central):
    whole[local + 22:local + 26] = whole[central + 24:central + 28] = (files.MOST_BYTES + 1).to_bytes(4, "little")


def unknown_compression(whole, local, central):
    whole[local + 8] = whole[central + 10] = 99


@pytest.mark.parametrize("change, sentence", [
    (encrypt, "eve/a.ipynb is encrypted"), (garble, "eve/a.ipynb cannot be taken out of its zip"),
    (unknown_compression, "eve/a.ipynb cannot be taken out of its zip"),
])
def test_an_entry_that_cannot_be_read_stops_nobody(tmp_path, change, sentence):
    whole = zipped({"ann/a.ipynb": notebook(), "eve/a.ipynb": notebook(THREE)})
    (tmp_path / "class.zip").write_bytes(damaged(whole, b"eve/a.ipynb", change))
    ann, eve = collect(tmp_path / "class.zip", LESSONS)
    assert ann.problem == ""
    assert eve.problem.startswith(sentence)


def test_pipes_are_not_opened(tmp_path):
    source = folder(tmp_path, {"ann.ipynb": notebook()})
    os.mkfifo(source / "eve.ipynb")
    ann, eve = collect(source, LESSONS)
    assert (ann.problem, eve.problem[:28]) == ("", "eve.ipynb is not an ordinary")


@pytest.mark.parametrize("content, sentence", [(None, "There is nothing at"), (b"no zip", "cannot be read as a zip")])
def test_a_source_that_cannot_be_read_is_a_sentence(tmp_path, content, sentence):
    source = tmp_path / "class.zip"
    if content:
        source.write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        collect(source, LESSONS)


def test_predictions_have_a_limit_and_belong_to_one_student(tmp_path):
    source = folder(tmp_path, {f"ann/{ONE}/a.ipynb": notebook(), f"ann/{ONE}/predictions.json": b" " * 1_000_001,
                               f"ann/{THREE}/a.ipynb": notebook(THREE), f"ann/{THREE}/predictions.json": b"{}",
                               "bob.ipynb": notebook(), "predictions.json": b"[]"})
    one, three, bob = collect(source, LESSONS)
    assert (one.beside, three.beside, bob.beside) == ({}, {"predictions.json": b"{}"}, {})
    assert one.notes[0].startswith(f"ann/{ONE}/predictions.json was left out")


def test_control_characters_of_names_reach_no_message(tmp_path):
    one = only(folder(tmp_path, {"a\x1b[2Jb.ipynb": b""}))
    assert (one.student, one.name) == ("a__2Jb", "a?[2Jb.ipynb")
    assert one.problem.isprintable()
