"""Answers to exercise 8A: what learners get wrong, and ways to be right, on several of the briefs."""

from typing import NamedTuple

import numpy as np
from bank.form import Bank

ONE, TWO = ("Monolith", {"machines": 1}), ("Monolith", {"machines": 2})
FUNCTIONS = ("Serverless", {})


class Mine(NamedTuple):
    pattern: str
    sizes: dict


def on(number, design, rival=("EventDriven", {"machines": 9})):
    """A design that is chosen for a brief, beside a rival."""
    return number, {"A": rival, "B": design}, "B"


WRONG = (
    ("8A-BLANK", (12, None, None)),
    ("8A-FORM", 12), ("8A-FORM", (12, {"A": ONE, "B": TWO})), ("8A-FORM", (12, "A and B", "A")),
    ("8A-FORM", (12, {"A": "Monolith", "B": TWO}, "A")), ("8A-FORM", (12, {"A": ("Monolith", 1), "B": TWO}, "A")),
    ("8A-NUMBER", on(13, ONE)), ("8A-NUMBER", on(0, ONE)), ("8A-NUMBER", on(1.5, ONE)), ("8A-NUMBER", on("12", ONE)),
    ("8A-NUMBER", on(True, ONE)), ("8A-PATTERN", on(12, ("Lambda", {}))), ("8A-PATTERN", on(12, (1, {}))),
    ("8A-SIZES", on(12, ("Monolith", {"machine": 1}))), ("8A-SIZES", on(12, ("Monolith", {"machines": 0}))),
    ("8A-SIZES", on(12, ("Monolith", {"machines": 1.5}))), ("8A-SIZES", on(12, ("Serverless", {"memory": 3}))),
    ("8A-SIZES", on(12, ("Monolith", {}))), ("8A-MEMORY", on(1, ("Serverless", {"memory": 15}))),
    ("8A-IMPOSSIBLE", on(5, FUNCTIONS, rival=TWO)),
    ("8A-ALONE", (12, {"A": ONE}, "A")), ("8A-ALONE", on(12, ONE, rival=ONE)),
    ("8A-ALONE", (12, {"first": ONE, "second": TWO}, "first")), ("8A-CHOSEN", (12, {"A": ONE, "B": TWO}, "C")),
    ("8A-CHOSEN", (12, {"A": ONE, "B": TWO}, None)), ("8A-CHOSEN", (12, {"A": ONE, "B": TWO}, ["A"])),
    # The trap of each brief.
    ("8A-COST", on(1, ("Serverless", {"memory": 14}))), ("8A-ACCURACY", on(2, ("EventDriven", {"machines": 1}))),
    ("8A-PROMISE", on(3, ONE)), ("8A-RELEASES", on(4, ("Monolith", {"machines": 16}))),
    ("8A-COST", on(5, ("Monolith", {"machines": 6}), rival=TWO)), ("8A-PROMISE", on(6, FUNCTIONS)),
    ("8A-LOSSES", on(7, FUNCTIONS)),
    ("8A-PROMISE", on(8, ONE)), ("8A-LOSSES", on(9, ("Monolith", {"machines": 3}))),
    ("8A-COST", on(10, ("Serverless", {"memory": 14}))), ("8A-BUDGET", on(11, ONE)), ("8A-COST", on(12, FUNCTIONS)),
    # Others.
    ("8A-RECOVERY", on(8, TWO)), ("8A-LUCKY", on(6, ("Monolith", {"machines": 3}))), ("8A-COST", on(3, FUNCTIONS)),
    ("8A-PROMISE", on(7, ("Monolith", {"machines": 3}))),
)
ACCEPTED = (
    ("8A-A1", on(12, ONE)), ("8A-A2 by name", on(12, Mine("Monolith", {"machines": 1}))),
    ("8A-A3 numbers of NumPy", (np.int64(12), {"A": ["Monolith", {"machines": np.int32(1)}], "B": FUNCTIONS}, "A")),
    ("8A-A4 lists", [1, {"A": ["Monolith", {"machines": 1}], "B": ["Serverless", {"memory": 6}]}, "A"]),
    ("8A-A5", on(3, TWO)), ("8A-A6", on(8, FUNCTIONS)),
    ("8A-A7 a third one that cannot be tried", (12, {"A": ONE, "B": FUNCTIONS, "C": ("Monolth", {})}, "A")),
)
PATH = (None, (3, {"A": TWO}, "A"), on(3, ONE), on(3, ("Monolith", {"machines": 5})), on(3, FUNCTIONS), on(3, TWO))
# That the best design of each brief is right on hidden traces too has a test of its own.
BANK = Bank("8A", on(12, ONE), 0, WRONG, ACCEPTED, PATH, sets=0)
