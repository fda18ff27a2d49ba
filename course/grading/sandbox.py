"""Where a learner's kernel runs: nothing of the class is in there, and there is an end to what it may take."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..data import PACKAGE
from .processes import children, end, family
from .sealed import PLACE

MEGABYTE = 1_000_000
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/fonts", "/etc/alternatives",
          "/etc/localtime")
PYTHON = ("bin", "lib", "lib64", "share", "pyvenv.cfg")     # of an installation or environment, and no more of it
KEPT = ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES")    # without them, numbers differ in the last digit
# of /proc: settings of the whole machine
MACHINE = ("sys", "sysrq-trigger", "irq", "bus", "fs", "acpi", "scsi", "mtrr", "pressure")
SEALED, HANDED_IN, HOME = Path("/", PLACE), Path("/handed_in"), Path("/tmp/home")
CONNECTION, CASES, BESIDE = "kernel.json", "cases.json", "beside"   # what is handed in
TOO_OLD = "Unknown option"


@dataclass(frozen=True)
class Limits:
    """What one cell may take; memory, files and processes are those of the whole kernel."""

    processor: int = 60                 # seconds
    clock: int = 300                    # seconds: other work on the machine must not cost points
    grace: int = 5                      # seconds in which a cell stops when it is told to
    memory: int = 2_000 * MEGABYTE      # lessons take a tenth; two workers fit a laptop
    file: int = 64 * MEGABYTE
    disk: int = 256 * MEGABYTE          # it lies in memory
    processes: int = 32
    output: int = 20 * MEGABYTE         # of all cells together

    def of_the_system(self) -> dict[str, int]:
        """What the system itself enforces, for each process."""
        return {"RLIMIT_AS": 2 * self.memory, "RLIMIT_DATA": self.memory, "RLIMIT_FSIZE": self.file, "RLIMIT_CORE": 0,
                "RLIMIT_NOFILE": 512, "RLIMIT_CPU": 10 * self.processor}


class Launch(NamedTuple):
    """How to start a kernel."""

    command: list[str]
    environment: dict[str, str]
    folder: Path


@dataclass(frozen=True)
class Bubblewrap:
    """A kernel that sees the system's programs, Python and the sealed course, and nothing else of the machine."""

    sealed: Path
    limits: Limits = Limits()

    def launch(self, room: Path) -> Launch:
        """How to start a kernel in `room`, which holds a folder for sockets and one with what was handed in."""
        return Launch([*_walls(self.limits.disk), *_python(),
                       *_shown(self.sealed, SEALED), *_shown(self.sealed / "course", PACKAGE),
                       *_shown(room / "handed_in", HANDED_IN), "--bind", str(room / "sockets"), str(room / "sockets"),
                       "--dir", str(HOME / "work"), "--chdir", str(HOME / "work"), "--remount-ro", "/",
                       *_set(_environment(SEALED, HOME, HANDED_IN)),
                       "--", *_kernel(SEALED, HANDED_IN, self.limits)], {"PATH": os.defpath}, room)

    def end(self, process: int) -> None:
        """End a kernel: its first process, and the system ends all others with it."""
        end(children(process))


@dataclass(frozen=True)
class Unsafe:
    """A kernel with every right of whoever grades: it can read and change all that they can."""

    sealed: Path
    limits: Limits = Limits()

    def launch(self, room: Path) -> Launch:
        """How to start a kernel in `room`, which holds a folder for sockets and one with what was handed in."""
        (room / "work").mkdir()
        return Launch(_kernel(self.sealed, room / "handed_in", self.limits),
                      {**os.environ, **_environment(self.sealed, room, room / "handed_in")}, room / "work")

    def end(self, process: int) -> None:
        """End a kernel and what it started, as far as it is known."""
        end([*family(process), process])


Sandbox = Bubblewrap | Unsafe


def available() -> str:
    """Why a sandbox cannot be used on this machine, as a sentence; empty if it can."""
    if not shutil.which("bwrap"):
        return ("There is no sandbox, because bubblewrap is not installed: install it (apt install bubblewrap, or "
                "dnf install bubblewrap; it exists for Linux alone).")
    tried = subprocess.run([*_walls(MEGABYTE), "--", "/usr/bin/true"], capture_output=True, text=True)
    if tried.returncode == 0:
        return ""
    if TOO_OLD in tried.stderr:
        return "There is no sandbox, because bubblewrap is older than version 0.8: install a newer one."
    return (f"There is no sandbox, because bubblewrap cannot make one ({tried.stderr.strip()}): the system must let "
            "users make namespaces (sysctl kernel.unprivileged_userns_clone, or AppArmor's and the container's rules).")


def _walls(disk):
    yield from [shutil.which("bwrap") or "bwrap", "--unshare-all", "--unshare-user", "--disable-userns",
                "--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]
    for path in map(Path, SYSTEM):
        if path.is_symlink() and path.parent == Path("/"):
            yield from ["--symlink", os.readlink(path), str(path)]
        else:
            yield from ["--ro-bind-try", str(path), str(path)]
    limited = ["--size", str(disk), "--tmpfs"]
    yield from ["--proc", "/proc", *_machine_hidden(), "--dev", "/dev", *limited, "/dev/shm", "--remount-ro", "/dev",
                *limited, "/tmp"]


def _machine_hidden():
    """Where root grades, a kernel could write to these, and so rule the machine: bubblewrap leaves them open."""
    for path in (Path("/proc", name) for name in MACHINE):
        if path.is_dir():
            yield from ["--tmpfs", str(path), "--remount-ro", str(path)]
        elif path.exists():
            yield from ["--ro-bind", "/dev/null", str(path)]


def _python():
    """Python and the environment, under every name they have."""
    for prefix in dict.fromkeys(map(Path, (sys.base_prefix, os.path.realpath(sys.base_prefix), sys.prefix))):
        for part in PYTHON:
            if (prefix / part).exists() and not prefix.is_relative_to("/usr"):
                yield from _shown(prefix / part, prefix / part)


def _shown(path, place):
    return ["--ro-bind", str(path), str(place)]


def _set(environment):
    return [word for name, value in environment.items() for word in ("--setenv", name, value)]


def _environment(sealed, home, handed_in):
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]), "HOME": str(home),
            "USER": "learner", "LANG": "C.UTF-8", "TZ": "UTC", "PYTHONPATH": str(sealed), "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1", "IPYTHONDIR": str(home / "ipython"),
            "MPLCONFIGDIR": str(home / "matplotlib"), "COURSE_CASES": str(handed_in / CASES), **kept}


def _kernel(sealed, handed_in, limits):
    return [sys.executable, str(sealed / "kernel.py"), json.dumps(limits.of_the_system()), str(handed_in / BESIDE),
            str(handed_in / CONNECTION)]
