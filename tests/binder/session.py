"""A visit to Binder: start JupyterLab, open each notebook, run its cells, and print what happened as JSON.

Run by test_binder.py, in the environment it built: session.py USER FOLDER_OF_LIMIT NOTEBOOK... -- SERVER COMMAND...
USER is a number to become, or "-"; FOLDER_OF_LIMIT a control group to join, or "-" to limit the address space.
"""

import fcntl
import json
import os
import resource
import socket
import struct
import subprocess
import sys
import time
import urllib.request
import uuid
from pathlib import Path

import websocket

PORT, TOKEN = 8899, "visit"         # nobody else is in this network
SITE = f"http://127.0.0.1:{PORT}"
MEMORY = 1024 ** 3


def main():
    split = sys.argv.index("--")
    user, limit, *notebooks = sys.argv[1:split]
    confine(user, limit)
    server = subprocess.Popen([*sys.argv[split + 1:], f"--ServerApp.port={PORT}", f"--IdentityProvider.token={TOKEN}"],
                              stdout=sys.stderr)
    try:
        page = first_page(server)
        errors = {notebook: run(notebook) for notebook in notebooks}
        print(json.dumps({"page": page, "errors": errors, "user": os.getuid()}))
    finally:
        server.terminate()
        server.wait(30)


def confine(user, limit):
    """Accept the memory limit, switch on the loopback, and give up the privileges."""
    if limit == "-":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    else:
        Path(limit, "cgroup.procs").write_text(str(os.getpid()))
    if user != "-":
        raise_loopback()
        os.setgroups([])
        os.setgid(int(user))
        os.setuid(int(user))


def raise_loopback():
    """Switch on `lo`, which is off in a new network: SIOCSIFFLAGS with IFF_UP."""
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 1))


def first_page(server):
    """The HTML of JupyterLab, as soon as the server answers."""
    for _ in range(300):
        if server.poll() is not None:
            sys.exit(f"the server ended with code {server.returncode}")
        try:
            return get("/lab")
        except OSError:
            time.sleep(0.2)
    sys.exit("the server did not answer within a minute")


def get(path, body=None):
    headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
    request = urllib.request.Request(SITE + path, json.dumps(body).encode() if body else None, headers)
    return urllib.request.urlopen(request, timeout=60).read().decode()


def run(path):
    """The kind of error of each cell that fails, in a session of its own."""
    notebook = json.loads(get(f"/api/contents/{path}?type=notebook"))["content"]
    kernel = notebook["metadata"]["kernelspec"]["name"]
    wish = {"path": path, "name": path, "type": "notebook", "kernel": {"name": kernel}}
    session = json.loads(get("/api/sessions", wish))
    address = f"ws://127.0.0.1:{PORT}/api/kernels/{session['kernel']['id']}/channels?token={TOKEN}"
    line = websocket.create_connection(address, timeout=120)
    sources = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [error for error in (execute(line, source) for source in sources) if error]


def execute(line, source):
    """Run one cell; the name of its error, or None."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": "visit", "username": "",
              "version": "5.3", "date": ""}
    content = {"code": source, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    line.send(json.dumps(message))
    while True:
        message = json.loads(line.recv())
        if message["msg_type"] == "execute_reply" and message["parent_header"].get("msg_id") == header["msg_id"]:
            return message["content"].get("ename")


main()
