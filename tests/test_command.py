"""Proves that the command `course` starts the lessons, and that what goes wrong is one sentence and the exit code 2."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from course.__main__ import main

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def lessons(tmp_path):
    (tmp_path / "lesson.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    return tmp_path


def refusal(capsys, *arguments):
    """What the command says when it refuses."""
    assert main(list(arguments)) == 2
    said = capsys.readouterr().err
    assert said.startswith("course: ") and said.count("\n") == 1
    return said


def test_a_port_in_use_is_named(lessons, capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert f"port {port} cannot be used" in refusal(capsys, "lab", "--folder", str(lessons), "--port", port)


def test_a_port_that_no_computer_has_is_refused(lessons, capsys):
    assert "port 70000 cannot be used" in refusal(capsys, "lab", "--folder", str(lessons), "--port", "70000")


def test_a_folder_without_lessons_is_named(tmp_path, capsys):
    assert f"there are no lessons in {tmp_path / 'none'}" in refusal(capsys, "lab", "--folder", str(tmp_path / "none"))


@pytest.mark.parametrize("command, package, extra", [("lab", "jupyterlab", "lab"), ("build", "jupytext", "test"),
                                                      ("bench", "asimpy", "bench")])
def test_a_missing_package_is_named_with_what_brings_it(command, package, extra):
    code = f"import sys; sys.modules['{package}'] = None; import course.__main__ as it; sys.exit(it.main(sys.argv[1:]))"
    ended = subprocess.run([sys.executable, "-c", code, command], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 2
    assert f"'course {command}' needs the package {package}" in ended.stderr
    assert f"pip install -e '.[{extra}]'" in ended.stderr


def test_an_unknown_lesson_is_answered_with_those_there_are(capsys):
    assert "01-monolith" in refusal(capsys, "build", "99-nothing")


def test_no_command_shows_the_commands(capsys):
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "usage: course" in capsys.readouterr().err


def test_lab_serves_the_lessons_without_news_and_update_checks(lessons):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "course", "lab", "--port", str(port), "--folder", str(lessons), "--no-browser",
               "--allow-root", "--IdentityProvider.token=lesson"]
    ours = ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    settings = {name: str(lessons) for name in ours}
    server = subprocess.Popen(command, env=os.environ | settings, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        page = answer(server, f"http://127.0.0.1:{port}/lab?token=lesson")
        names = answer(server, f"http://127.0.0.1:{port}/api/contents?token=lesson")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    assert "lesson.ipynb" in names
    assert '"@jupyterlab/apputils-extension:announcements"' in page
    assert '"news": {"disabled": true}' in page


def answer(server, address):
    for _ in range(300):
        assert server.poll() is None, "JupyterLab ended at once"
        try:
            return urllib.request.urlopen(address, timeout=60).read().decode()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("JupyterLab did not answer within half a minute")
