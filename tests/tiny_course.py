"""A course of one exercise, to double a number, for tests of everything that happens between a class and its marks."""

import contextlib
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from course.grading import whole_class
from course.grading.judging import ANSWERS
from course.lesson import expand, read
from course.release import release

ROOT = Path(__file__).resolve().parents[1]
NBGRADER = Path(sys.executable).with_name("nbgrader")
JUDGE = '''\
"""One exercise, to double a number, that counts one point for each of its four cases; its judge can be disturbed."""

import os
import time
from pathlib import Path

from course.checks.exercise import Message, Report

HERE = Path(__file__).parent
WRONG = Message("1C-W1", "Twice the number", "another number", "2 n", "it was asked for", "the first cell")


class Double:
    id, points = "1C", 4

    def cases(self, variant):
        return [{"number": variant % 1000 * 2 + n, "seeds": [2 * n]} for n in range(4)]

    def judge(self, cases, raw):
        if raw[0] == "raise":
            raise ArithmeticError("the right answer is " + str(2 * cases[0]["number"]))
        if raw[0] == "kill" or raw[0] == "kill once" and not (HERE / "killed once").exists():
            (HERE / raw[0].replace("kill", "killed")).touch()
            os.kill(os.getpid(), 9)
        while str(raw[0]).startswith("wait for ") and not (HERE / raw[0]).exists():
            time.sleep(0.05)
        right = sum(type(one) is int and one == 2 * case["number"] for case, one in zip(cases, raw))
        return Report("1C", float(right), 4.0, right, 4, (WRONG,) * (right < 4))


EXERCISES = {"1C": Double()}
'''
LESSON = f'''\
# %%
import json
import os

import ipywidgets
from IPython.display import display

ipywidgets.IntSlider(description="workers")

# %%
def asked(answer, case):
    """What a function says to one case."""
    try:
        return answer(case["number"])
    except Exception as error:
        return {{"error": str(error)}}


def check(item, answer):
    """Ask an answer, as the course does: in a grader's kernel nothing is decided."""
    if file := os.environ.get("COURSE_CASES"):
        raw = [asked(answer, case) for case in json.load(open(file))[item]]
        return display({{"{ANSWERS}": {{"item": item, "answers": raw}}, "text/plain": ""}}, raw=True)
    return float(asked(answer, {{"number": 21}}) == 42)

# %% answer="1C-answer"
def double(number):
    """Twice the number."""
    ### BEGIN SOLUTION
    return 2 * number
    ### END SOLUTION

# %% check="1C" points=4
check("1C", double)

# %% [markdown] manual="1E-answer" points=2
# Because a queue grows without end.
'''
RIGHT = "def double(number):\n    return 2 * number\n"
HALF = "def double(number):\n    return 2 * number if number % 2 == 0 else 0\n"      # two of four cases are even
FULL, NOTHING = 4.0, 0.0
NAME = "01-tiny"


def made(root):
    """Make the course in a folder, with a solution as it is after a run: with outputs and the state of widgets."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    with open(root / "nbgrader_config.py", "a") as settings:
        settings.write('c.Judge.exercises = c.ExecuteSealed.exercises = "tiny_judge.EXERCISES"\n')
    script = root / f"solutions/{NAME}/{NAME}.py"
    for path, text in ((root / "modules/tiny_judge.py", JUDGE), (script, LESSON)):
        path.parent.mkdir(parents=True)
        path.write_text(text)
    solution = expand(read(script))
    released = root / f"notebooks/{NAME}/{NAME}.ipynb"
    released.parent.mkdir(parents=True)
    released.write_text(release(root, NAME, solution))
    solution.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    solution.cells[0].outputs = [nbformat.v4.new_output("stream", text="the answer is 42")]
    put(script.with_suffix(".ipynb"), solution)
    return root


def notebook(root, answers):
    """The released notebook with some cells' sources replaced, by id."""
    return filled(nbformat.read(root / f"notebooks/{NAME}/{NAME}.ipynb", 4), answers)


def solved(root):
    """The notebook with the answers of the course, and with outputs."""
    return nbformat.read(root / f"solutions/{NAME}/{NAME}.ipynb", 4)


def filled(released, sources):
    """A notebook with some cells' sources replaced, by id."""
    for cell in released.cells:
        cell.source = sources.get(cell.id, cell.source)
    return released


def environment(root):
    """Where processes of the course find it, and the judge of the tiny exercise."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(root / "modules")])}


def says(text):
    """An answer that gives its judge a text to read, and is right for the two odd numbers of four."""
    return f"def double(number):\n    return {text!r} if number % 2 == 0 else 2 * number\n"


def put(path, content):
    """Write a notebook, with the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(content, path)


def bare(content):
    """The notebook as some editors leave it: without the metadata that says what is graded."""
    for cell in content.cells:
        cell.metadata.pop("nbgrader", None)
    return content


def nbgrader(root, *arguments):
    """Run nbgrader in the course, as an instructor does; return what it said."""
    done = subprocess.run([NBGRADER, *arguments], cwd=root, env=environment(root), capture_output=True, text=True,
                          timeout=600)
    assert done.returncode == 0, done.stderr
    return done.stderr


def started(root, *arguments):
    """The command `course`, started in the course, with processes of its own."""
    return subprocess.Popen([sys.executable, "-m", "course", *map(str, arguments)], cwd=root, env=environment(root),
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def graded(root, source=None, **wish):
    """Grade in this process, which has loaded everything already; return what was said."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
        patch.syspath_prepend(root / "modules")
        whole_class.grade(root, whole_class.Wish(source, **wish))
    return said.getvalue()


def sqlite(root):
    """The address of the class's own gradebook."""
    return f"sqlite:///{root}/classroom/gradebook.db"


def scores(url, name=NAME):
    """What a gradebook knows: the points of each student's cells, and whether a person must look."""
    with Gradebook(url) as book:
        return {(one.student.id, mark.name): (mark.score, mark.needs_manual_grade)
                for one in book.notebook_submissions(name, name) for mark in one.grades}


def give(url, student, item, points, comment=None):
    """What a person enters in formgrader."""
    with Gradebook(url) as book:
        mark = book.find_grade(item, NAME, NAME, student)
        mark.manual_score, mark.needs_manual_grade = points, False
        if comment:
            book.find_comment(item, NAME, NAME, student).manual_comment = comment
        book.db.commit()
