"""Asks a learner's function, and turns whatever comes back into plain values. Nothing is decided here."""

import contextlib
import dis
import inspect
import io
import math
import random
import signal
import threading
import types
import warnings
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

SECONDS = 10.0          # for one call: the longest honest one takes a tenth of a second
LONGEST, DEEPEST = 20_000, 5
DATA = (bool, int, float, complex, str, list, tuple, dict, set, np.ndarray, np.generic)


class OutOfTime(BaseException):
    """Not an Exception, so that `except Exception` in the learner's function does not catch it."""


def call(function: Any, *arguments: Any) -> Any:
    """What `function` returns for copies of the arguments, as plain values, or {"error": name, "about": text}."""
    return unfit(function) or run(function, deepcopy(arguments))


def call_of_pair(answers: Any, place: int, *arguments: Any) -> Any:
    """`call` for the first (0) or second (1) of two functions that are handed in together."""
    return call_of_several(answers, 2, place, *arguments)


def call_of_several(answers: Any, count: int, place: int, *arguments: Any) -> Any:
    """`call` for one of so many functions that are handed in together; the first has place 0."""
    if isinstance(answers, list | tuple) and len(answers) == count:
        answers = answers[place]
    elif answers is not None:
        return {"error": "NotAFunction", "about": type(answers).__name__}
    return call(answers, *arguments)


def unfit(function: Any) -> dict[str, str] | None:
    """Why the function cannot be asked at all, if so."""
    if not callable(function):
        return {"error": "Blank"} if function is None else {"error": "NotAFunction", "about": type(function).__name__}
    name = global_data(function)
    return {"error": "Global", "about": name} if name else None


def run(function: Callable, arguments: tuple) -> Any:
    """One guarded call, with these very arguments."""
    try:
        with quietly(), reseeded(), within(SECONDS):
            answer = plain(function(*arguments))
    except NotImplementedError:
        return {"error": "Blank"}
    except OutOfTime:
        return {"error": "OutOfTime"}
    except (Exception, SystemExit, GeneratorExit) as error:
        return {"error": type(error).__name__, "about": text_of(error)}
    return {"error": "Blank"} if answer is None else answer


def value(answer: Any) -> Any:
    """An answer that is data and not a function, as plain values."""
    return run(lambda: answer, ())


def call_again(function: Any, *arguments: Any) -> Any:
    """What it returns, then with the very objects that it had, then with new copies; or how the first call failed."""
    if problem := unfit(function):
        return problem
    lent = deepcopy(arguments)
    first = run(function, lent)
    if failure(first):
        return first
    return {"answer": first, "with_same": run(function, lent), "with_new": run(function, deepcopy(arguments))}


def failure(raw: Any) -> str | None:
    """The name of the failure that a raw answer tells of."""
    return str(raw["error"])[:60] if isinstance(raw, dict) and "error" in raw else None


def text_of(error: BaseException) -> str:
    """The error's own words, cut short; an exception may fail even at that."""
    with contextlib.suppress(Exception):
        return str(error)[:100]
    return ""


def global_data(function: Callable) -> str | None:
    """The first data of the page that the function reads besides its arguments; CONSTANTS and math's are allowed."""
    function = inspect.unwrap(getattr(function, "__func__", function))
    page = getattr(function, "__globals__", {})
    names = names_in(getattr(function, "__code__", None))
    ours = (name for name in names if not name.isupper() and page.get(name) is not getattr(math, name, None))
    return next((name for name in ours if isinstance(page.get(name), DATA)), None)


def names_in(code: types.CodeType | None) -> list[str]:
    """The global names that are loaded in the code and in the functions inside it."""
    if code is None:
        return []
    inner = [name for part in code.co_consts if isinstance(part, types.CodeType) for name in names_in(part)]
    loaded = {step.argval for step in dis.get_instructions(code) if step.opname == "LOAD_GLOBAL"}
    return sorted(loaded) + inner


@contextlib.contextmanager
def quietly():
    """Swallow what is printed and warned: text on stderr would cost all points."""
    with (contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()),
          warnings.catch_warnings()):
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def reseeded():
    """The global random numbers of Python and NumPy start the same at every call, and go on afterwards as before."""
    python, numpy = random.getstate(), np.random.get_state()
    random.seed(1)
    np.random.seed(1)
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)


@contextlib.contextmanager
def within(seconds: float):
    """Stop a call that takes longer, where the system has a timer; elsewhere let it run."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_):
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)      # again and again: one may be caught
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def plain(value: Any, depth: int = 0) -> Any:
    """`value` as JSON can hold it: numbers that are not finite become text; foreign objects the name of their type."""
    if value is None:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, str):
        return str(value)[:LONGEST]
    if isinstance(value, int | np.integer):
        return int(value) if abs(int(value)) < 2**53 else plain(float_or_inf(int(value)))
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else str(float(value))
    return plain_parts(value, depth + 1) if depth < DEEPEST else {"type": type(value).__name__}


def plain_parts(value: Any, depth: int) -> Any:
    """A record, a dict or anything with parts, each of them plain; or the name of its type."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist(), depth)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name), depth) for field in fields(value)}
    if hasattr(value, "_asdict") and not isinstance(value, type):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {str(name): plain(part, depth) for name, part in list(value.items())[:LONGEST]}
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return [plain(part, depth) for part, _ in zip(value, range(LONGEST))]
    return {"type": type(value).__name__}


def float_or_inf(value: int) -> float:
    """A whole number as a float, however large."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
