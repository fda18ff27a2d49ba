"""Proves who may import whom, that importing is light, and that names in the code are those of the glossary."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COURSE = ROOT / "course"
MODULES = sorted(COURSE.rglob("*.py"))
LESSONS = sorted(ROOT.glob("solutions/*/*.py"))

# part of the course: the parts that it may import, and the libraries outside Python's own
EVERY_MODEL = ("laws population booting events views sketch pipeline workload run simulation environment faults "
               "patterns policies prices theory data")
TABLE = {
    "": ("", ""),
    "environment": ("", "simpy"),
    "limits": ("", ""),
    "arrivals": ("limits", "numpy"),
    "workload": ("arrivals limits", "numpy"),
    "population": ("limits workload", "numpy"),
    "run": ("", "numpy pandas"),
    "events": ("run", "numpy"),
    "views": ("run", "numpy"),
    "sketch": ("", "numpy"),
    "pipeline": ("data laws workload", "pandas"),
    "simulation": ("environment limits workload run", "simpy numpy joblib"),
    "faults": ("", ""),
    "durable_queue": ("", ""),
    "broker": ("durable_queue", ""),
    "laws": ("", ""),
    "booting": ("", ""),
    "patterns": ("simulation laws", "simpy"),
    "policies": ("simulation laws booting", "simpy"),
    "data": ("", "pandas"),
    "prices": ("data", ""),
    "theory": ("", "numpy"),
    "picture": ("", "numpy pandas matplotlib PIL"),
    "tables": ("run prices", "numpy pandas"),
    "plots": ("run prices picture", "numpy pandas matplotlib"),
    "live": ("run picture", "numpy matplotlib PIL"),
    "live_views": ("live picture run views", "numpy"),
    "explore": ("", "ipywidgets IPython"),
    "show": ("", "pygments IPython"),
    "claims": (f"{EVERY_MODEL} scenarios", "numpy pandas joblib"),
    "slo": ("run", "numpy"),
    "scenario": (f"{EVERY_MODEL} slo", "numpy pandas"),
    "scenarios": ("laws scenario workload", ""),
    "asking": (EVERY_MODEL, "numpy IPython"),             # never checks: no right answer is in a learner's kernel
    "checks": (f"{EVERY_MODEL} scenario scenarios asking incidents choosing capstone sweep", "numpy"),
    "capstone": (f"{EVERY_MODEL} choosing scenario", "numpy"),
    "scaling": (f"{EVERY_MODEL} claims", "numpy pandas"),
    "incidents": (EVERY_MODEL, "numpy pandas"),
    "sweep": ("", "joblib"),
    "choosing": (f"{EVERY_MODEL} claims scenario scenarios sweep picture explore",
                 "numpy pandas matplotlib ipywidgets"),    # only what is drawn and moved: see test_choice_map
    "lesson": ("", "nbformat jupytext"),
    "budgets": ("lesson", "nbformat"),
    "execution": ("lesson", "nbformat nbclient"),
    "release": ("lesson", "nbformat nbgrader traitlets"),
    "blanks": ("", "nbformat nbgrader"),
    "build": ("lesson budgets execution release", "nbformat"),
    "grading": ("asking checks data",
                "nbformat nbgrader traitlets nbclient jupyter_client ipykernel zmq matplotlib sqlalchemy"),
    "handout": ("", "nbformat nbgrader"),
    "browser": ("", "playwright"),
    "bench": (f"{EVERY_MODEL} bench_peers bench_patterns live", ""),
    "bench_grading": ("grading", "nbformat"),
    "bench_patterns": (EVERY_MODEL, "numpy simpy simfaas"),
    "bench_peers": ("", "simpy ciw asimpy salabim"),
    "five": (EVERY_MODEL, "numpy pandas"),
    "overview": ("picture", "numpy pandas matplotlib"),
    "__main__": ("build bench bench_grading choosing claims five grading handout", "jupyterlab"),
}
HEAVY = {"matplotlib", "pandas", "scipy", "IPython", "ipywidgets", "joblib"}
LIGHT = ["workload", "simulation", "run", "faults", "patterns.monolith", "policies.scheduled", "prices", "data",
         "theory", "asking", "checks", "claims", "scenarios"]
# The right-hand column of the glossary: what these things are called elsewhere.
FOREIGN = frozenset(re.findall(r"\w+", """
    rps qps load lam iat gap cost demand size latency proc_time traffic usage util cpu queue_time q_time delay rt qlen
    tps node box pod cluster buffer max_size spinup ttl lag status ok config params sim res"""))
OTHERS_WORDS = {("environment", "delay"), ("claims", "node"), ("explore", "box"), ("release", "config"),
                ("events", "lag")}
# ... which are words of SimPy's `timeout`, of Python's own trees, of ipywidgets, of nbgrader, and of event queues.


def part(module):
    """The first name below course: "patterns" for course/patterns/monolith.py."""
    inside = module.relative_to(COURSE).with_suffix("").parts
    return "" if inside == ("__init__",) else inside[0]


def imported(module):
    """Absolute dotted names of all that a file imports, wherever in the file."""
    package = module.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[:len(package) - node.level + 1] if node.level else ()
            origin = ".".join([*above, *filter(None, [node.module])])
            yield from (f"{origin}.{name.name}" for name in node.names)


def forbidden(module):
    """What a file imports against the table."""
    ours, libraries = (set(names.split()) for names in TABLE[part(module)])
    for name in imported(module):
        first, *rest = name.split(".")
        apart = part(module) in ("patterns", "policies") and module.name != "__init__.py"
        own = rest[:1] == [part(module)] and not apart
        allowed = own or rest[0] in ours if first == "course" else first in libraries | sys.stdlib_module_names
        if not allowed:
            yield name


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(COURSE)))
def test_imports_follow_the_table(module):
    assert part(module) in TABLE, f"add a row for {part(module)} to the table of imports"
    assert not list(forbidden(module))


def test_a_forbidden_import_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    monkeypatch.setattr(sys.modules[__name__], "COURSE", tmp_path / "course")
    pattern = tmp_path / "course" / "patterns" / "serverless.py"
    pattern.parent.mkdir(parents=True)
    pattern.write_text("import math, numpy\nfrom ..simulation import Pool\nfrom .monolith import Monolith\n")
    assert list(forbidden(pattern)) == ["numpy", "course.patterns.monolith.Monolith"]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(COURSE)))
def test_no_model_draws_random_numbers(module):
    """The workload does; checks draw their traces, claims the chances of a team's work, and asking seeds anew."""
    text = module.read_text(encoding="utf-8")
    draws = re.search(r"\bnp\.random\b|\bnumpy\.random\b|^\s*(import|from) random\b", text, re.MULTILINE)
    allowed = "workload arrivals population asking checks claims bench_peers bench_patterns"
    assert not draws or part(module) in allowed.split()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_lessons_import_the_course_by_name(lesson):
    text = lesson.read_text(encoding="utf-8")
    assert "import *" not in text
    assert "%pip" not in text
    firsts = {name.split(".")[0] for name in imported(lesson)} - set(sys.stdlib_module_names)
    assert firsts <= {"course", "numpy", "pandas", "matplotlib", "simpy"}


@pytest.mark.parametrize("name", LIGHT)
def test_models_load_nothing_heavy(name):
    code = f"import sys, course.{name}; print(*{{module.split('.')[0] for module in sys.modules}})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(loaded)


def named(module):
    """Every name that a file defines: functions, classes, arguments, variables, fields."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(COURSE)))
def test_names_are_those_of_the_glossary(module):
    foreign = {name for name in named(module) if name in FOREIGN and (part(module), name) not in OTHERS_WORDS}
    assert not foreign
