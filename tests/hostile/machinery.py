"""Answers that change Python, IPython or the course inside the kernel: then they are answers, and no more."""

from .form import RIGHT, WRONG, answer, but

BOTH_LOST = but(**{"1C": 0.0, "1M": 0.0})


def patching(name: str, source: str, says: str = "", marks=None):
    """A wrong answer with a change of the machinery; what it breaks is its author's loss alone."""
    return answer(name, WRONG + source, says, marks=marks)


MACHINERY = (
    patching("patched_libraries", '''
import sys, types
for name in ("oracle", "monolith_calculate", "answers", "exercise"):
    module = types.ModuleType(f"course.checks.{name}")
    module.near = module.Report = lambda *all: True
    sys.modules[f"course.checks.{name}"] = module
import json
json.dumps = lambda *all, **more: '{"points": 4.0}'
json.loads = lambda *all, **more: {"1C": [], "1M": []}
import math
math.isclose = lambda *all, **more: True
math.isfinite = math.isnan = lambda *all: True
import sys
def trace(frame, event, argument):
    frame.f_locals.update(points=4.0, passed=9, share=1.0)
    return trace
sys.settrace(trace)
sys.displayhook = lambda value: print(4.0)
'''),
    patching("patched_check", "import course.checks\ncourse.checks.check = check = lambda *all: 4.0\n", "no answer",
             BOTH_LOST),
    patching("patched_ask", '''
import course.asking
course.asking.ask = lambda item, answer, cases: [True] * len(cases)
course.asking.graded.ask = lambda item, answer, cases: [True] * len(cases)
''', marks=BOTH_LOST),
    patching("patched_builtins", '''
import builtins
builtins.isinstance = lambda *all: True
builtins.all = builtins.any = lambda *all: True
builtins.abs = lambda *all: 0
builtins.len = lambda *all: 12
'''),
    patching("patched_display", '''
import IPython.display, IPython.core.display_functions
IPython.display.display = IPython.core.display_functions.display = lambda *all, **more: print(4.0)
''', "no answer", BOTH_LOST),
    patching("patched_run_cell", '''
shell = get_ipython()
run = type(shell).run_cell
type(shell).run_cell = lambda self, source, *all, **more: run(self, "4.0", *all, **more)
''', marks=BOTH_LOST),
    patching("patched_sources", '''
get_ipython().input_transformers_cleanup.append(lambda lines: ["4.0\\n" if "check(" in one else one for one in lines])
''', marks=BOTH_LOST),
    patching("own_cases", '''
import json, os
with open("mine.json", "w") as file:
    json.dump({"1C": [[0.0, 1.0]], "1M": []}, file)
os.environ["COURSE_CASES"] = os.path.abspath("mine.json")
''', marks=BOTH_LOST),
    patching("own_package", '''
import os, sys
os.makedirs("course/checks", exist_ok=True)
for name in ("course/__init__.py", "course/checks/__init__.py"):
    with open(name, "w") as file:
        file.write("check = predict = reveal = lambda *all: 4.0")
sys.path.insert(0, os.getcwd())
for name in [name for name in sys.modules if name.startswith("course")]:
    del sys.modules[name]
from course.checks import check
''', marks=BOTH_LOST),
    patching("claims_of_the_probe", '''
import course.asking.probe
course.asking.probe.run = lambda *all: {"right": True, "points": 4.0, "share": 1.0}
''', marks=BOTH_LOST),
    patching("no_seeds", "import random\nrandom.seed = None\n", "TypeError", BOTH_LOST),
    answer("no_working_directory", RIGHT + "import os\nos.makedirs('gone')\nos.chdir('gone')\nos.rmdir('../gone')\n",
           points=4.0),
    answer("other_limits", WRONG + '''
import resource
for name in dir(resource):
    if name.startswith("RLIMIT"):
        try:
            resource.setrlimit(getattr(resource, name), (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        except (ValueError, OSError):
            pass
while True: pass
'''),
)
