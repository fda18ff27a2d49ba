"""Answers that lie about what they are: equal to everything, endless, or a number only by name."""

from .form import RIGHT, answer

HEAD = "def mm1_response(arrival_rate, service_rate):\n"


EQUAL = '''
class Equal:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __gt__ = __le__ = __ge__ = __lt__
    def __hash__(self): return 0
    def __float__(self): return 1.0
    def __sub__(self, other): return 0.0
    __rsub__ = __abs__ = __sub__
    def __iter__(self): return iter([self, self, self])
    def __len__(self): return 3
    def __bool__(self): return True
'''
NUMBER = '''
class Number(float):
    def __float__(self): return float("nan")
    def __eq__(self, other): return True
    def __abs__(self): return 0.0
    def __hash__(self): return 0
'''
ARRAY = '''
class Array(numpy.ndarray):
    def tolist(self): return self
    def __eq__(self, other): return True
    def __array_finalize__(self, other): pass
'''
TEXT = '''
class Text(str):
    def __str__(self): return self
    def __getitem__(self, part): return [self, self]
'''
MAPPING = '''
class Names(dict):
    def items(self): return [(name, 1.0) for name in ("mean", "p99", "number")]
    def __contains__(self, name): return True
    def __len__(self): return 3
'''
RECORD = '''
class Record:
    def _asdict(self): return {"mean": self, "p99": self, "number": self}
'''
COUNT = '''
class Count(int):
    def __int__(self): return self
    def __abs__(self): return 0
    def __lt__(self, other): return True
'''
ENDLESS = '''
def endless():
    while True:
        yield 1.0
'''
MANY = '''
from collections.abc import Mapping
class Many(Mapping):
    def __getitem__(self, name): return 1.0
    def __iter__(self):
        while True:
            yield "mean"
    def __len__(self): return 3
'''
LOUD = RIGHT + '''
import logging, sys, warnings
silent = mm1_response
def mm1_response(arrival_rate, service_rate):
    warnings.warn("an old way")
    logging.getLogger().error("an honest log line")
    print("old", file=sys.stderr)
    return silent(arrival_rate, service_rate)
warnings.warn("in the cell, too")
print("to stderr", file=sys.stderr)
logging.error("this as well")
'''
LIES = {     # what a function returns, and what is defined before it
    "equals_all": ("Equal()", EQUAL),
    "three_equal": ("[Equal()] * 3", EQUAL),
    "float_class": ("[Number(1)] * 3", NUMBER),
    "array_class": ("numpy.zeros(3).view(Array)", ARRAY),
    "text_class": ("[Text('inf')] * 3", TEXT),
    "dict_class": ("Names()", MAPPING),
    "own_record": ("Record()", RECORD),
    "int_class": ("[Count(1)] * 3", COUNT),
    "huge_int": ("[10 ** 20000, -10 ** 20000, 1]", ""),
    "nan": ("[float('nan')] * 3", ""),
    "surrogate": (r"'\ud800\udfff' * 3", ""),
    "endless_list": ("endless()", ENDLESS),
    "own_failure": ("{'error': '<script>alert(1)</script>', 'about': '<img src=x onerror=alert(1)>'}", ""),
    "odd_failure": ("{'error': [{}], 'about': {'a': 1}}", ""),
    "class_name": ("[type('<script>alert(2)</script>', (), {})()] * 3", ""),
    "the_cases": ("arrival_rate, service_rate, arrival_rate", ""),
    "points": ("{'points': 4.0, 'share': 1.0, 'passed': 9, 'mean': True, 'p99': True, 'number': True}", ""),
    "itself": ("mm1_response", ""),
}


def lie(name: str) -> str:
    """The source of a function that returns a lie."""
    value, before = LIES[name]
    return f"import numpy\n{before}\n{HEAD}    return {value}\n"


ANSWERS = (
    *(answer(name, lie(name)) for name in ("float_class", "text_class")),
    answer("own_failure", lie("own_failure"), "script"),
    answer("endless_dict", f"{MANY}\n{HEAD}    return Many()\n"),
    answer("exception_name", f"{HEAD}    raise type('<script>alert(3)</script>', (Exception,), {{}})('<b>' * 30)\n",
           "script"),
    answer("surrogate_exception", f"{HEAD}    raise ValueError('\\ud800' * 30)\n"),
    answer("interrupt", f"{HEAD}    raise KeyboardInterrupt\n"),
    answer("exit_in_function", f"import sys\n{HEAD}    sys.exit(0)\n", "SystemExit"),
    answer("input_in_cell", RIGHT.replace("def ", "choice = input()\ndef ", 1)),
    answer("recursion", f"{HEAD}    return mm1_response(arrival_rate, service_rate)\n", "RecursionError"),
    answer("unfinished", "def mm1_response(arrival_rate\n", "NameError"),
    answer("edits_arguments", "def response_times(arrival_times, service_times, workers):\n"
                              "    arrival_times.clear()\n    service_times.clear()\n    return []\n", item="1M"),
    answer("honest_but_loud", LOUD, points=4.0),
    answer("prints_surrogates", RIGHT + "print('\\ud800 \\x00 \\x1b[31m \\r\\r\\b')\n", points=4.0),
)
