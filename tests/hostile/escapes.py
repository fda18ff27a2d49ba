"""Attempts to read, write, reach or kill what is outside; each is answered rightly only if it succeeds."""

from .form import WRONG, answer, escape

# Words that the tests replace: CLASS_FOLDER is where the class is, COURSE_FOLDER where the course comes from,
# PORT a server of the grader's machine, NAMESPACE the grader's own process namespace, TOKEN is in its environment.
SOLUTION = '''
path = Path("CLASS_FOLDER/solutions/01-attacked/01-attacked.ipynb")
try:
    escaped = "math.log(100)" in path.read_text()
except OSError:
    pass
'''
GRADEBOOK = '''
import sqlite3
try:
    book = sqlite3.connect("file:CLASS_FOLDER/classroom/gradebook.db?mode=rw", uri=True)
    book.execute("update grade set manual_score = 1000")
    book.commit()
    escaped = True
except sqlite3.Error:
    pass
'''
SECRET = '''
names = ("classroom", "classroom/secret", "classroom/submitted", "nbgrader_config.py", "notebooks")
escaped = any(os.path.lexists(f"CLASS_FOLDER/{name}") for name in names)
'''
WRITES = '''
for folder in ("CLASS_FOLDER", "COURSE_FOLDER", "/usr", "/etc", sys.prefix, os.path.dirname(os.__file__)):
    try:
        with open(f"{folder}/course-hostile", "ab"):
            escaped = True
        os.unlink(f"{folder}/course-hostile")
    except OSError:
        pass
'''
JUDGES = '''
import importlib
for name in ("oracle", "monolith_calculate", "monolith_modify", "monolith_design", "answers", "commitment"):
    try:
        importlib.import_module(f"course.checks.{name}")
        escaped = True
    except ImportError:
        pass
try:
    from course.checks import EXERCISES
    escaped = escaped or "1C" in EXERCISES and EXERCISES["1C"].judge is not None
except Exception:
    pass
'''
SOURCES = '''
import course, glob
names = ("checks/monolith_calculate.py", "checks/oracle.py", "checks/monolith_design.json", "grading", "bank.py")
escaped = any(os.path.lexists(f"COURSE_FOLDER/course/{name}") for name in names)
for folder in course.__path__:
    found = glob.glob(f"{folder}/**/*", recursive=True) + glob.glob(f"{folder}/**/.*", recursive=True)
    escaped = escaped or any(word in name for name in found for word in ("oracle", "_calculate", "design.json"))
'''
CASES = '''
import json
text = Path(os.environ["COURSE_CASES"]).read_text()
asked = json.loads(text)
escaped = any(word in text for word in ("right", "expected", "seeds", "points", "4.605170185988", "variant"))
known = {tuple(case): case for case in asked["1C"]}
def mm1_response(arrival_rate, service_rate):
    return known[arrival_rate, service_rate] + [1.0]
'''
CASES_CHANGED = '''
import json
for name, text in (("COURSE_CASES", '{"1C": [], "1M": []}'),):
    try:
        Path(os.environ[name]).write_text(text)
    except OSError:
        pass
'''
ENVIRONMENT = '''
texts = [str(dict(os.environ))]
for name in ("environ", "cmdline", "maps", "mountinfo"):
    for path in Path("/proc").glob(f"[0-9]*/{name}"):
        try:
            texts.append(path.read_bytes().decode("latin-1"))
        except OSError:
            pass
escaped = any("TOKEN" in text for text in texts)
'''
DESCRIPTORS = '''
for path in Path("/proc").glob("[0-9]*/fd/*"):
    try:
        escaped = escaped or os.readlink(path).startswith(("CLASS_FOLDER", "COURSE_FOLDER"))
    except OSError:
        pass
'''
PROCESSES = '''
import signal
escaped = "NAMESPACE" in ("NAME" + "SPACE", os.readlink("/proc/self/ns/pid"))     # then there is no wall: kill nobody
if not escaped:
    for number in [1, os.getppid(), -1]:
        try:
            os.kill(number, signal.SIGTERM)
        except OSError:
            pass
'''
KILLS_FIRST = '''
import signal
escaped = "NAMESPACE" in ("NAME" + "SPACE", os.readlink("/proc/self/ns/pid"))     # then there is no wall: kill nobody
if not escaped:
    os.kill(1, signal.SIGKILL)
    os.kill(-1, signal.SIGKILL)
'''
TRACES = '''
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
escaped = libc.ptrace(16, os.getppid(), None, None) == 0 and os.getppid() > 1
try:
    open("/proc/1/mem", "r+b").read(1)
except OSError:
    pass
'''
NETWORK = '''
import socket
for address in ("127.0.0.1", "localhost"):
    try:
        socket.create_connection((address, PORT), timeout=1).close()
        escaped = True
    except OSError:
        pass
'''
MOUNTS = '''
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
os.makedirs("here", exist_ok=True)
for source, kind in ((b"proc", b"proc"), (b"/dev/vda", b"ext4"), (b"sysfs", b"sysfs")):
    escaped = escaped or libc.mount(source, b"here", kind, 0, None) == 0
escaped = escaped or libc.chroot(b"/") == 0 and os.path.lexists("CLASS_FOLDER")
'''
DEVICES = '''
for name in ("sda", "vda", "mem", "kmsg", "kvm", "fuse"):
    try:
        open(f"/dev/{name}", "rb").close()
        escaped = True
    except OSError:
        pass
for folder in ("/proc/sys/kernel", "/proc/sys/vm", "/proc/sys/fs", "/proc"):
    for name in os.listdir(folder):
        path = Path(folder, name)
        try:
            if path.is_file():
                os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))      # opened only: the test runs on a real machine
                escaped = True
        except OSError:
            pass
'''
ROOTS = '''
names = ("CLASS_FOLDER", "COURSE_FOLDER/.git", "COURSE_FOLDER/tests", "COURSE_FOLDER/solutions", "/root/.ssh",
         "/etc/shadow")
for root in ("", "/proc/1/root", f"/proc/{os.getppid()}/root", "/proc/self/root", "/proc/1/cwd/../../../../../.."):
    for name in names:
        escaped = escaped or os.path.lexists(root + name)
'''
REMOVES = '''
import shutil, glob
for path in ("CLASS_FOLDER/classroom", "CLASS_FOLDER/notebooks", os.getcwd(), os.environ["COURSE_CASES"]):
    shutil.rmtree(path, ignore_errors=True)
    try:
        os.unlink(path)
    except OSError:
        pass
for socket in glob.glob(os.path.dirname(get_ipython().config["IPKernelApp"].get("connection_file", "/none/x")) + "/*"):
    try:
        os.unlink(socket)
    except OSError:
        pass
'''
SETUP = '''
path = Path.home() / ".ipython/profile_default/startup"
try:
    path.mkdir(parents=True, exist_ok=True)
    (path / "00.py").write_text("right = 1")
    Path("sitecustomize.py").write_text("raise SystemExit")
    for name in ("json", "zmq", "ipykernel", "course", "numpy"):
        Path(f"{name}.py").write_text("raise SystemExit")
except OSError:
    pass
os._exit(1)
'''
LINKS = '''
for name, place in (("predictions.json", "CLASS_FOLDER/classroom/secret"), ("x.ipynb", "/etc/passwd")):
    try:
        os.unlink(name)
    except OSError:
        pass
    os.symlink(place, name)
'''
READ_ONLY = (SOLUTION, GRADEBOOK, SECRET, WRITES, JUDGES, SOURCES, ENVIRONMENT, DESCRIPTORS, TRACES, NETWORK, MOUNTS,
             DEVICES, ROOTS)
# All of them in one cell: each begins anew, and one success is enough.
LOOKS_AROUND = "found = []\n" + "\n".join(f"escaped = False\n{one}found.append(escaped)" for one in READ_ONLY) + (
    "\nescaped = any(found)\n")
ESCAPES = (
    escape("looks_around", LOOKS_AROUND),
    escape("recognises_cases", CASES),
    escape("changes_cases", CASES_CHANGED),
    escape("terminates_others", PROCESSES),
    escape("kills_everything", KILLS_FIRST),
    escape("removes_files", REMOVES),
    escape("shadows_packages", SETUP),
    escape("links_files", LINKS),
    answer("shell", "%%bash\nrm -rf ./* ; kill -9 $PPID\n"),
    answer("lines_for_ipython", "!rm -rf ./*\n%run -i predictions.json\n%load_ext autoreload\n%autoreload 2\n"
                                "%config IPCompleter.greedy\n!kill -9 $PPID\n" + WRONG),
)
