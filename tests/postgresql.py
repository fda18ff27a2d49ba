"""A PostgreSQL server of a test's own: in a temporary folder, on 127.0.0.1, gone afterwards."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from glob import glob
from pathlib import Path

PROGRAMS = os.pathsep.join([*sorted(glob("/usr/lib/postgresql/*/bin"), reverse=True), os.environ["PATH"]])
SETTINGS = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=20",
            "shared_buffers=16MB")


def program(name):
    """Where a program of the server is; None if it is not installed."""
    return shutil.which(name, path=PROGRAMS)


@contextmanager
def postgresql():
    """The address of an empty database."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port = place.getsockname()[1]
        place.close()
        own = servant(folder)
        subprocess.run([program("initdb"), "--pgdata=data", "--username=grader", "--auth=trust", "--no-sync",
                        "--no-locale", "--encoding=UTF8"], **own, check=True, capture_output=True)
        options = [part for setting in SETTINGS for part in ("-c", setting)]
        with open(Path(folder, "log"), "w") as log:
            server = subprocess.Popen([program("postgres"), "-D", "data", "-p", str(port), *options], **own,
                                      stdout=log, stderr=log)
        try:
            answers(port, server)
            yield f"postgresql+psycopg2://grader@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)   # an end that waits for nobody
            server.wait(30)


def servant(folder):
    """How to start a program in the folder, which is its own; the server refuses to be run by root."""
    os.chmod(folder, 0o700)
    if os.geteuid():
        return {"cwd": folder}
    known = {one.pw_name: one for one in pwd.getpwall()}
    user = known.get("postgres", known["nobody"])
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"cwd": folder, "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def answers(port, server, seconds=60):
    """Wait until the server listens."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start")
