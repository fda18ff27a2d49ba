"""Answers that end the kernel, never end, take all there is, or leave something running behind them."""

from .form import RIGHT, WRONG, answer, escape

FUNCTION = "def mm1_response(arrival_rate, service_rate):\n    "


def in_cell(name: str, source: str, says: str = "", points: float = 0.0):
    """Something that happens as the answer's cell runs, after the answer is there."""
    return answer(name, (RIGHT if points else WRONG) + source, says, points=points)


def in_function(name: str, line: str, before: str = "", says: str = ""):
    """Something that happens when the answer is asked."""
    return answer(name, f"{before}\n{FUNCTION}{line}\n", says)


SINK = '''
import signal, sys, threading
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
'''
FORK = '''
import os
child = os.fork()
'''
LATER = '''
import threading, time, sys
def talk():
    while True:
        print("still here")
        print("still here", file=sys.stderr)
        time.sleep(0.01)
threading.Thread(target=talk, daemon=True).start()
'''
LEFT = '''
import subprocess, sys
code = "import os, time; os.setsid(); time.sleep(3600) # " + "LEFT_BEHIND"
for _ in range(20):
    subprocess.Popen([sys.executable, "-S", "-c", code], start_new_session=True)
'''
FILL = '''
block = b"x" * 2 ** 20
places = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
for folder in {".", "/tmp", "/var/tmp", "/run", *places}:
    written = []
    try:
        for number in range(400):
            written.append(f"{folder}/fill-{number}")
            with open(written[-1], "wb") as file:
                file.write(block)
    except OSError:
        pass
    escaped = escaped or len(written) == 400
    for path in written:
        try:
            os.unlink(path)
        except OSError:
            pass
'''
FLICKERS = '''
import os, threading, time
places = [line.split()[1] for line in open("/proc/self/mounts")]
def flicker():
    while True:
        for place in places:
            try:
                os.mkfifo(f"{place}/f")
                os.unlink(f"{place}/f")
            except OSError:
                pass
for _ in range(4):
    threading.Thread(target=flicker, daemon=True).start()
time.sleep(10 ** 6)
'''
HANDLERS = '''
import atexit, os, signal, time
atexit.register(time.sleep, 3600)
signal.signal(signal.SIGINT, lambda *_: None)
signal.signal(signal.SIGTERM, lambda *_: None)
signal.signal(signal.SIGALRM, lambda *_: None)
threading = __import__("threading")
threading.Thread(target=time.sleep, args=(3600,)).start()
'''
ENDINGS = (
    in_cell("exit", "exit()\n"),
    in_cell("hard_exit", "import os\nos._exit(0)\n"),
    in_cell("segfault", "import ctypes\nctypes.string_at(0)\n"),
    in_function("segfault_in_function", "return ctypes.string_at(1)", "import ctypes"),
    in_cell("kills_itself", "import os\nos.kill(os.getpid(), 9)\n"),
    in_cell("stops_itself", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n"),
    in_cell("endless_loop", "while True:\n    pass\n"),
    in_function("endless_loop_in_function", "while True: pass"),
    in_cell("loop_that_ignores_all", SINK),
    in_cell("loop_in_c", "sum(range(10 ** 15))\n"),
    in_cell("sleeps", "import time\ntime.sleep(10 ** 6)\n"),
    in_cell("deep_c_stack", "import sys\nsys.setrecursionlimit(10 ** 9)\ndef deep(): deep()\ndeep()\n"),
    in_cell("memory", "held = []\nwhile True: held.append(bytearray(10 ** 8))\n"),
    in_cell("fifty_megabytes", "print('x' * 50_000_000)\n"),
    in_cell("endless_output", "while True: print('x' * 10_000)\n"),
    in_cell("thousands_of_displays", "for number in range(3_000): display(number)\n", points=4.0),
    in_cell("file_descriptor", "import os\nwhile True: os.write(1, b'x' * 10_000)\n"),
    answer("forks", WRONG + FORK),
    in_function("forks_in_function", "return (arrival_rate == 0 and os.fork(), 1.0, 1.0)", "import os"),
    in_cell("comes_and_goes", FLICKERS),
    answer("talks_on", RIGHT + LATER, points=4.0),
    answer("stays", RIGHT + LEFT, points=4.0),
    answer("will_not_end", RIGHT + HANDLERS, points=4.0),
    escape("fills_the_disk", FILL),
)
