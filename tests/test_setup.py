"""Proves that a newcomer's first minutes work: the locks, the wheel, and what start.py says when it cannot go on."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from runpy import run_path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ["requirements.txt", "requirements-test.txt"]
PLATFORMS = ["x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "x86_64-apple-darwin", "aarch64-apple-darwin",
             "x86_64-pc-windows-msvc"]


def uv(*arguments, folder=ROOT):
    command = [sys.executable, "-m", "uv", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def entries(lock):
    """Each package with its hashes, as one string."""
    return (ROOT / lock).read_text().replace(" \\\n", "").splitlines()


def versions(text):
    return re.findall(r"^[^ ]+==.*?(?= \\)", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_versions_and_hashes_only(lock):
    shape = re.compile(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==[\w.]+( ; [\w.' ()<>=!]+)?(    --hash=sha256:[0-9a-f]{64})+")
    assert [entry for entry in entries(lock) if not shape.fullmatch(entry)] == []


def test_learners_get_what_the_tests_ran_with():
    learners, everything = ({re.sub(" ; .*?(?=    --hash)", "", entry) for entry in entries(lock)} for lock in LOCKS)
    assert learners < everything


def test_the_locks_are_what_the_manual_says_how_to_make(tmp_path):
    for name in ("pyproject.toml", "README.md", *LOCKS):
        shutil.copy(ROOT / name, tmp_path)
    commands = re.findall(r"^uv (pip compile .*)$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    assert len(commands) == len(LOCKS)
    for command in commands:
        compiled = uv(*command.split(), "--quiet", folder=tmp_path)
        assert compiled.returncode == 0, compiled.stderr
    for lock in LOCKS:
        assert versions((tmp_path / lock).read_text()) == versions((ROOT / lock).read_text())


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("version", ["3.11", "3.14"])
def test_every_platform_has_wheels_of_all_that_is_locked(version, platform, tmp_path):
    resolved = uv("pip", "install", "--dry-run", "--target", tmp_path, "--python-version", version, "--python-platform",
                  platform, "--only-binary", ":all:", "-r", "requirements-test.txt")
    assert resolved.returncode == 0, resolved.stderr


def test_the_wheel_holds_the_course_with_its_data_and_settings(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    modules = {path.relative_to(ROOT).as_posix() for kind in ("py", "json", "csv")
               for path in ROOT.glob(f"course/**/*.{kind}")}
    data = {f"course/data_files/{path.relative_to(ROOT / 'data')}" for path in ROOT.glob("data/**/*") if path.is_file()}
    shared = {"/etc/jupyter/labconfig/page_config.json", "/share/jupyter/lab/settings/overrides.json",
              "/etc/jupyter/jupyter_lab_config.json"}
    assert data
    assert modules | data <= names
    assert shared <= {name.partition(".data/data")[2] for name in names}
    assert not [name for name in names if name.endswith(".pyc")]


def test_the_manual_lists_every_lesson_with_its_minutes():
    manual = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| \[([\w-]+)\]\(notebooks/\1/\1\.ipynb\) \| [^|]+ \| (\d+) \|", manual, re.MULTILINE))
    said = {script.stem: re.search(r"about (\d+) minutes", script.read_text(encoding="utf-8"))[1]
            for script in ROOT.glob("solutions/*/*.py")}
    assert listed == said


# start.py, in a folder with nothing but what it reads

@pytest.fixture
def copy(tmp_path):
    for name in ("start.py", "pyproject.toml", *LOCKS):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def start(folder, *arguments, python="", **surroundings):
    """Run start.py after the line `python`, without uv: the exit code, and what it said."""
    code = f"import runpy, sys; {python}\nrunpy.run_path('start.py', run_name='__main__')"
    plain = {name: value for name, value in os.environ.items() if name not in ("PATH", "PIP_FIND_LINKS")}
    ended = subprocess.run([sys.executable, "-c", code, *arguments], cwd=folder, capture_output=True, text=True,
                           env=plain | {"PATH": "/usr/bin:/bin"} | surroundings)
    return ended.returncode, ended.stderr.strip()


def test_an_unknown_command_is_answered_with_those_there_are(copy):
    code, said = start(copy, "tset")
    assert code == 1
    assert said.startswith("There is no command 'tset': write python3 start.py with one of lab, test, classroom")


def test_an_old_python_is_told_what_the_course_needs(copy):
    code, said = start(copy, python="sys.version_info = (3, 9, 2)")
    assert code == 1
    assert said == "The course needs Python 3.11 or newer, and this is 3.9.2: install a newer one, and start with it."


def test_a_folder_that_cannot_be_written_is_named(copy):
    (copy / ".venv").write_text("a file in the way stands for whatever forbids to make the folder")
    code, said = start(copy)
    assert code == 1
    assert said.startswith(f"{copy / '.venv'} cannot be made anew (Not a directory): close JupyterLab")


def test_a_python_without_venv_is_told_what_to_install(copy):
    code, said = start(copy, python="sys._base_executable = '/bin/false'")
    assert code == 1
    assert "first install the package python3-venv" in said


@pytest.mark.slow
def test_packages_that_cannot_be_had_end_in_a_sentence_and_no_stamp(copy):
    code, said = start(copy, PIP_NO_INDEX="1")
    assert code == 1
    assert said.endswith("check that this computer is online, and start again.")
    assert not (copy / ".venv" / "installed.txt").exists()


def test_a_second_start_installs_nothing(copy):
    programs = copy / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    fingerprint = run_path(str(copy / "start.py"))["fingerprint"]
    (copy / ".venv" / "installed.txt").write_text("\n".join(map(fingerprint, LOCKS)))
    assert start(copy, "course", "--help", PYTHONPATH=str(ROOT)) == (0, "")


def test_a_changed_lock_is_installed(copy):
    test_a_second_start_installs_nothing(copy)
    (copy / "requirements.txt").write_text("")
    code, said = start(copy, python="sys._base_executable = '/bin/false'")
    assert code == 1
    assert said.startswith("No environment could be made")
