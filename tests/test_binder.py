"""Proves that what .binder/ describes builds on Binder's frozen base, and serves and runs a lesson in 1 GB offline."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import need

ROOT = Path(__file__).resolve().parents[1]
# What Binder's image has before it looks at our files (repo2docker's frozen environment for Python 3.11).
BASE = ("jupyterlab==4.4.9", "notebook==7.4.7", "jupyter_server==2.17.0", "jupyterhub==5.4.0", "ipywidgets==8.1.7",
        "ipykernel==7.0.1", "jupyter-resource-usage==1.2.0", "jupyter-offlinenotebook==0.3.2")
VISITOR = 1000
MEMORY = 1024 ** 3
LESSONS = ["notebooks/00-start/00-start.ipynb", "solutions/01-monolith/01-monolith.ipynb"]
CONTROL_GROUPS = [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")]
PEAKS = ("memory.max_usage_in_bytes", "memory.peak")
pytestmark = pytest.mark.slow


def binder(name):
    return (ROOT / ".binder" / name).read_text()


@pytest.fixture(scope="module")
def build():
    """The image, as folders: an environment with the base, our requirements and postBuild, and a copy of the course."""
    need(sys.platform == "linux", "the emulation of Binder needs Linux")
    folder = Path(tempfile.mkdtemp(prefix="binder-"))
    try:
        folder.chmod(0o755)
        yield built(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def built(folder):
    environment, home = folder / "environment", folder / "home"
    uv("venv", "--quiet", "--seed", "--python", interpreter(), environment)
    uv("pip", "install", "--quiet", "--link-mode=copy", "--python", environment / "bin/python", *BASE)
    copy_course(home)
    if os.getuid() == 0:
        subprocess.run(["chown", "-R", f"{VISITOR}:{VISITOR}", folder], check=True)
    image = SimpleNamespace(folder=folder, home=home, python=environment / "bin/python", before=None, after=None)
    image.before = packages(image)
    as_visitor(image, [image.python, "-m", "pip", "install", "--quiet", "-r", ".binder/requirements.txt"])
    as_visitor(image, ["./.binder/postBuild"])
    image.after = packages(image)
    return image


def uv(*arguments):
    subprocess.run([sys.executable, "-m", "uv", *arguments], check=True)


def interpreter():
    """The Python of runtime.txt that every user may start: a superuser's own would be out of the visitor's reach."""
    version = binder("runtime.txt").strip().replace("-", "")
    found = [path for folder in ("/usr/bin", "/usr/local/bin", *os.environ["PATH"].split(os.pathsep))
             if (path := Path(folder, version)).exists() and (os.getuid() or "/root/" not in str(path))]
    need(found, f"Binder's build needs {version}: install it where every user may start it")
    return found[0]


def copy_course(home):
    """What a clone of the repository would hold."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).exists():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, home / name)


def surroundings(image):
    """Environment variables of a session: those of this machine, without its Pythons and Jupyters."""
    ours = ("JUPYTER", "PYTHON", "PYTEST", "VIRTUAL_ENV", "COV", "COURSE", "UV", "MPL", "CI")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"HOME": str(image.home), "USER": "jovyan", "PATH": f"{image.python.parent}:/usr/bin:/bin",
                   "PIP_NO_CACHE_DIR": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def as_visitor(image, command):
    """Run a step of the build as the unprivileged user, in the copy of the course."""
    identity = {"user": VISITOR, "group": VISITOR, "extra_groups": []} if os.getuid() == 0 else {}
    step = subprocess.run(command, cwd=image.home, env=surroundings(image), text=True, capture_output=True, **identity)
    assert step.returncode == 0, f"{command}: {step.stdout[-2000:]}{step.stderr[-2000:]}"
    return step.stdout


def packages(image):
    listed = json.loads(as_visitor(image, [image.python, "-m", "pip", "list", "--format=json"]))
    return {package["name"].lower(): package["version"] for package in listed}


@pytest.fixture(scope="module")
def memory_limit():
    """The folder of a control group with 1 GB, or "-" where none can be made: then the address space is limited."""
    group = next(filter(None, (limited(Path(place), file) for place, file in CONTROL_GROUPS)), None)
    print("memory limit:", group or "1 GB of address space for each process, as no control group can be made")
    yield group or "-"
    if group:
        peaks = [int(path.read_text()) >> 20 for path in group.glob("memory.*") if path.name in PEAKS]
        print("peak of memory in MB:", *peaks)
        group.rmdir()


def limited(place, file):
    """A new control group below `place` with the limit in `file`, or None."""
    group = place / f"binder-{os.getpid()}"
    try:
        group.mkdir()
        (group / file).write_text(str(MEMORY))
    except OSError:
        if group.exists():
            group.rmdir()
        return None
    return group


@pytest.fixture(scope="module")
def visit(build, memory_limit):
    """What a session says of itself: see binder/session.py."""
    alone = offline()
    print("network:", "none but the loopback" if alone else "that of this machine, as no other can be made")
    start = ["./.binder/start"] if (build.home / ".binder/start").exists() else []
    server = [*start, "jupyter", "lab", "--no-browser", "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0"]
    user = str(VISITOR) if os.getuid() == 0 else "-"
    command = [*alone, build.python, "tests/binder/session.py", user, memory_limit, *LESSONS, "--", *server]
    session = subprocess.run(command, cwd=build.home, env=surroundings(build), text=True, capture_output=True,
                             timeout=300)
    assert session.returncode == 0, session.stderr[-3000:]
    return json.loads(session.stdout)


def offline():
    """The command that runs another without a network, or nothing where that is not allowed."""
    command = ["unshare", "--net"] if os.getuid() == 0 else ["unshare", "--net", "--map-current-user"]
    works = shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True).returncode == 0
    return command if works else []


def test_requirements_are_those_of_the_lock():
    lock = {line.split(" ")[0] for line in (ROOT / "requirements.txt").read_text().splitlines()}
    assert set(binder("requirements.txt").split()) <= lock


def test_the_build_leaves_the_frozen_base_as_it_was(build):
    assert {name: build.after.get(name) for name in build.before} == build.before
    assert "ai-architecture-course" in build.after


def test_lessons_run_offline_in_a_gigabyte_as_an_unprivileged_user(visit):
    released, solution = LESSONS
    assert visit["user"] != 0
    assert set(visit["errors"][released]) <= {"NotImplementedError"}
    assert visit["errors"][solution] == []


def test_jupyterlab_opens_without_asking_for_news(visit):
    assert "@jupyterlab/apputils-extension:announcements" in visit["page"]
