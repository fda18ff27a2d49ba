"""Proves what a learner's kernel finds in the sandbox, and that nothing of the class and of the machine is in there."""

import csv
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import need
from nbformat.v4 import new_code_cell, new_notebook

from course.data import PACKAGE, path
from course.grading.execution import run
from course.grading.sandbox import Bubblewrap, Unsafe, available
from course.grading.sealed import seal

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "7f3a-of-the-grader"
PRIVATE = ("solutions", "tests", "notebooks", "docs", "pyproject.toml", "nbgrader_config.py",
           "course/grading/judging.py", "course/checks/catalogue.py", "course/checks/monolith_design.json")
KNOWING = ("checks", "grading", "bank", "bank.py", "blanks.py", "build.py", "release.py", "lesson.py", "bench.py",
           "bench_patterns.py", "bench_peers.py", "bench_grading.py")
JUDGES = ("course.checks.catalogue", "course.checks.oracle", "course.grading", "course.build", "course.bench")
FORBIDDEN = ("/grade", "/usr/grade", "/dev/grade", "/handed_in/grade", f"{PACKAGE}/grade",
             f"{sys.prefix}/bin/grade", f"{sys.prefix}/lib/grade", "/sealed/course/grade", "/sealed/kernel.py")
PROBES = {
    "there": f"[name for name in {PRIVATE!r} if os.path.exists({str(ROOT)!r} + '/' + name)]",
    "secret": "os.path.exists(place)",
    "home": "os.path.exists(home)",
    "root": f"[sorted(os.listdir({str(ROOT)!r})), sorted(os.listdir({str(PACKAGE / 'checks')!r}))]",
    "judges": f"[name for name in {JUDGES!r} if importlib.util.find_spec(name)]",
    "course": "course.__file__",
    "prices": "course.data.rows('prices')",
    "environment": "dict(os.environ)",
    "network": "refused(lambda: socket.create_connection(('127.0.0.1', port), timeout=5))",
    "written": f"[file for file in {FORBIDDEN!r} if not refused(lambda: open(file, 'a'))]",
    "folder": "[os.listdir('.'), open('predictions.json').read()]",
    "own": "open('own.txt', 'w').write('mine')",
    "processes": "[int(name) for name in os.listdir('/proc') if name.isdigit()]",
    "namespaces": "{kind: os.readlink(f'/proc/self/ns/{kind}') for kind in ('pid', 'net', 'ipc', 'user', 'mnt')}",
    "rights": "[line.split()[1] for line in open('/proc/self/status') if line.startswith('Cap')]",
    "again": "subprocess.run([sys.executable, '-c', NEW_RIGHTS]).returncode",
    "cases": "json.load(open(os.environ['COURSE_CASES']))",
    "compiled": "[os.path.exists(module.__cached__) for module in (course.data, traitlets, matplotlib)]",
    "core": "resource.getrlimit(resource.RLIMIT_CORE)[0]",
    "more": "refused(lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)))",
}
FIRST = """\
import importlib.util, json, os, resource, socket, subprocess, sys
import course.data, matplotlib, traitlets
# into a new user namespace, with every right in there
NEW_RIGHTS = "import ctypes, sys; sys.exit(abs(ctypes.CDLL(None).unshare(0x10000000)))"
def refused(action):
    try:
        action()
    except (OSError, ValueError) as error:
        return type(error).__name__
"""


def told(sandbox, probes, first=FIRST):
    """What each probe, an expression, finds in a kernel."""
    cells = [new_code_cell(f"print(json.dumps({probe}))") for probe in probes.values()]
    done = run(new_notebook(cells=[new_code_cell(first), *cells]), {"1C": [[1, 2]]},
               {"predictions.json": b'{"1P": 3}', "../course.py": b"", "pandas.py": b""}, sandbox)
    assert done.notes == ()
    return {name: json.loads(cell.outputs[0].text) for name, cell in zip(probes, done.notebook.cells[1:])}


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    return seal(tmp_path_factory.mktemp("class") / "sealed")


@pytest.fixture(scope="module")
def found(sealed, tmp_path_factory):
    """What a kernel finds in the sandbox, while there is much to be found outside."""
    need(not available(), available())
    secret = tmp_path_factory.mktemp("class") / "secret"
    secret.write_text(TOKEN)
    with pytest.MonkeyPatch.context() as patch, socket.create_server(("127.0.0.1", 0)) as server:
        patch.setenv("GRADER_TOKEN", TOKEN)
        patch.setenv("OPENBLAS_CORETYPE", "Haswell")
        port = server.getsockname()[1]
        socket.create_connection(("127.0.0.1", port), timeout=5).close()    # from here, it is open
        yield told(Bubblewrap(sealed), PROBES,
                   f"{FIRST}port, place, home = {port}, {str(secret)!r}, {str(Path.home() / '.profile')!r}\n")


def test_of_the_repository_there_is_the_package_without_what_judges(found):
    assert all((ROOT / name).exists() for name in PRIVATE)
    assert found["there"] == []
    inside, checks = found["root"]
    assert set(inside) <= {"course", Path(sys.prefix).name}     # the environment lies in the folder of many a checkout
    assert [name for name in checks if name != "__pycache__"] == ["__init__.py"]


def test_judges_cannot_be_imported(found):
    assert found["judges"] == []
    assert found["course"] == "/sealed/course/__init__.py"


def test_the_course_finds_its_data(found):
    with open(path("prices"), encoding="utf-8", newline="") as file:
        assert found["prices"] == list(csv.DictReader(file))


def test_files_of_the_grader_are_not_there(found):
    assert not found["secret"]
    assert not found["home"]


def test_the_environment_tells_nothing_of_the_grader(found):
    assert TOKEN not in json.dumps(found["environment"])
    assert found["environment"]["OPENBLAS_CORETYPE"] == "Haswell"       # numbers stay those of the grader
    assert found["environment"]["HOME"].startswith("/tmp/")


def test_there_is_no_network(found):
    assert found["network"] == "ConnectionRefusedError"     # its own 127.0.0.1, where nobody listens


def test_nothing_can_be_written_outside_of_the_own_folder(found):
    assert found["written"] == []
    assert found["own"] == len("mine")


def test_the_folder_holds_the_predictions_alone(found):
    names, predictions = found["folder"]
    assert names == ["predictions.json"]
    assert predictions == '{"1P": 3}'


def test_a_kernel_compiles_nothing(found):
    assert found["compiled"] == [True, True, True]      # it may not keep bytecode, and so would do it again each time


def test_the_cases_are_handed_in(found):
    assert found["cases"] == {"1C": [[1, 2]]}


def test_other_processes_are_not_to_be_seen(found):
    assert len(found["processes"]) == 2      # the first of the sandbox, and the kernel
    ours = {kind: os.readlink(f"/proc/self/ns/{kind}") for kind in found["namespaces"]}
    assert not set(ours.items()) & set(found["namespaces"].items())


def test_the_kernel_has_no_rights_and_gets_none(found):
    assert {int(rights, 16) for rights in found["rights"]} == {0}
    assert found["again"] == 1
    assert found["more"] == "ValueError"
    assert found["core"] == 0


def test_a_sealed_package_is_all_of_it_but_what_knows_answers(sealed):
    names = {str(file.relative_to(sealed / "course")) for file in sealed.glob("course/**/*.py")}
    lacking = {str(file.relative_to(PACKAGE)) for file in PACKAGE.rglob("*.py")} - names
    assert {name.split("/")[0] for name in lacking} == {file for file in KNOWING if (PACKAGE / file).exists()}
    assert {name for name in names if name.startswith("checks")} == {"checks/__init__.py"}
    assert not list(sealed.glob("course/checks/*.json"))


def test_without_walls_the_kernel_is_the_same(sealed):
    seen = told(Unsafe(sealed), {name: PROBES[name] for name in ("course", "judges", "folder", "cases", "own")})
    assert seen["course"] == str(sealed / "course" / "__init__.py")
    assert seen["judges"] == []
    assert seen["folder"] == [["predictions.json"], '{"1P": 3}']
    assert seen["cases"] == {"1C": [[1, 2]]}


def program(folder, text):
    """A stand-in for bubblewrap on a machine where it does not work."""
    file = folder / "bwrap"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(folder)


def test_a_missing_sandbox_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "not installed: install it" in available()
    monkeypatch.setenv("PATH", program(tmp_path, "echo 'bwrap: Unknown option --size' >&2; exit 1"))
    assert "older than version 0.8" in available()
    monkeypatch.setenv("PATH", program(tmp_path, "echo 'bwrap: No permissions to create new namespace' >&2; exit 1"))
    assert "(bwrap: No permissions to create new namespace)" in available()


def test_a_working_sandbox_is_found():
    need(shutil.which("bwrap"), "bubblewrap is not installed")
    alone = subprocess.run(["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"])
    need(alone.returncode == 0, "bubblewrap may not make namespaces here")
    assert available() == ""
