"""Open the lessons with `python3 start.py`, or run the tests with `python3 start.py test`: Python is all it needs."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"        # thrown away and made anew whenever the locks change
PROGRAMS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = PROGRAMS / ("python.exe" if os.name == "nt" else "python")
INSTALLED = ENVIRONMENT / "installed.txt"
LEARNER, EVERYTHING = ["requirements.txt"], ["requirements.txt", "requirements-test.txt"]
COMMANDS = {        # the module to run, and the locks that it needs: each lock holds all of those before it
    "lab": (["course", "lab"], LEARNER),
    "test": (["pytest", "--numprocesses=auto", "--cov=course"], EVERYTHING),
    "classroom": (["jupyterlab"], EVERYTHING),
    "course": (["course"], EVERYTHING),
    "nbgrader": (["nbgrader"], EVERYTHING),
}


def main():
    command, *arguments = sys.argv[1:] or ["lab"]
    if command not in COMMANDS:
        sys.exit(f"There is no command '{command}': write python3 start.py with one of {', '.join(COMMANDS)}.")
    if sys.version_info < (3, 11):
        sys.exit("The course needs Python 3.11 or newer, and this is {}.{}.{}: install a newer one, and start with it."
                 .format(*sys.version_info))
    module, locks = COMMANDS[command]
    wanted = [fingerprint(lock) for lock in locks]
    if not (PYTHON.exists() and INSTALLED.exists() and set(wanted) <= set(INSTALLED.read_text().split())):
        install(locks[-1])
        INSTALLED.write_text("\n".join(wanted))
    run([PYTHON, "-m", *module, *arguments])


def fingerprint(lock):
    """Changes with the lock, the project's metadata, the Python, and the folder."""
    facts = [(ROOT / lock).read_bytes(), (ROOT / "pyproject.toml").read_bytes(), sys.version.encode(), bytes(ROOT)]
    return hashlib.sha256(b"".join(facts)).hexdigest()


def install(lock):
    """Make the environment and install the lock and the course in it, with uv where there is one."""
    print(f"Installing what {lock} lists in {ENVIRONMENT}; this happens once and takes a minute or two.", flush=True)
    python, uv = getattr(sys, "_base_executable", sys.executable), shutil.which("uv")
    venv = [uv, "venv", "--quiet", "--python", python] if uv else [python, "-m", "venv"]
    pip = [uv, "pip", "install", "--python", PYTHON] if uv else [PYTHON, "-m", "pip", "install"]
    try:
        if ENVIRONMENT.exists():
            shutil.rmtree(ENVIRONMENT)
        ENVIRONMENT.mkdir()
    except OSError as error:
        sys.exit(f"{ENVIRONMENT} cannot be made anew ({error.strerror}): close JupyterLab if it runs from there, or "
                 "copy the course to a folder of your own.")
    attempt([*venv, ENVIRONMENT], "No environment could be made: on Debian or Ubuntu, first install the package "
            "python3-venv; elsewhere, Python from python.org has what is needed.")
    attempt([*pip, "--quiet", "-r", ROOT / lock], "Not all packages could be installed (the reason stands above): "
            "check that this computer is online, and start again.")
    attempt([*pip, "--quiet", "--no-deps", "--editable", ROOT], "The course itself could not be installed (the reason "
            "stands above): check that this computer is online, and start again.")


def attempt(command, otherwise):
    """Run a command; if it fails, end with a sentence."""
    if subprocess.call(command):
        sys.exit(otherwise)


def run(command):
    """Become that command, with the environment's programs on the path."""
    os.environ["PATH"] = f"{PROGRAMS}{os.pathsep}{os.environ.get('PATH', '')}"
    os.chdir(ROOT)
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
