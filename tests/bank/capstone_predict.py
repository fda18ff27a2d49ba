"""Answers to exercise 8P: what learners get wrong, and ways to be right."""

from bank.capstone_results import DESIGNS, RESULTS
from bank.form import Bank, Steps

from course.asking import probe
from course.capstone import brief, tried

GUESS = {"A": ("kept", "220 USD", 3, "one machine is nearly always idle here"),
         "B": ("missed", "310 USD", 2, "letters come so rarely that functions go cold")}
PLAIN = probe.value(RESULTS)
SAW = "I was wrong about B: its p99 is 0.594 s, for a cold start takes only a tenth of a second."


def run_at(name):
    """What the page does."""
    return tried(brief(12), name, *DESIGNS[name])


def guessed(guesses, text, afterwards=None, results=PLAIN):
    """A learner's way through 8P."""
    return Steps("8P", guesses, run_at, text and [text, results], afterwards)


def with_reasons(*reasons):
    """The guess with other reasons."""
    return {part: (*GUESS[part][:3], reason) for part, reason in zip(GUESS, reasons)}


WRONG = (
    ("P-W1", guessed({"A": None, "B": None}, SAW)), ("P-W1", guessed({"A": GUESS["A"]}, SAW)),
    ("P-W1", guessed({**GUESS, "B": ("missed", "?", 2, "letters come so rarely that it is cold")}, SAW)),
    ("P-W2", guessed(GUESS, SAW, afterwards={**GUESS, "B": ("kept", "300 USD", 4, "a start takes little time")})),
    ("P-W2", Steps("8P", GUESS, None, (SAW, RESULTS))),
    ("P-W3", guessed(with_reasons("nearly idle", GUESS["B"][3]), SAW)),
    ("P-W3", guessed(with_reasons("Will the design keep the promise", GUESS["B"][3]), SAW)),
    ("P-W4", guessed(GUESS, "I was wrong about B and right about A, as I had thought before.")),
    ("P-W4", guessed(GUESS, "I was wrong about B, with 10 traces and a price of 150 for a unit.")),
    ("P-W4", guessed(GUESS, SAW, results=())), ("P-W4", Steps("8P", GUESS, run_at, SAW)),
    ("P-W5", guessed(with_reasons(*["there is so little to do"] * 2), SAW)),
)
ACCEPTED = (
    ("P-A1", guessed(GUESS, SAW)),
    ("P-A2", guessed({part: (*guess[:2], 1, guess[3]) for part, guess in GUESS.items()}, SAW)),
    ("P-A3", guessed({**GUESS, "A": ("broken", "90 euros", 4, "a single machine is never enough")},
                     "A costs 220 USD a month, far more than I had thought.")),
    ("P-A4", guessed(with_reasons("weil eine Maschine fast immer leer ist", "関数はほとんど使われない"),
                     "B kostet 300,3 USD im Monat und nicht 310.")),
)
PATH = (Steps("8P"), Steps("8P", GUESS), guessed(GUESS, None), guessed(GUESS, SAW))
BANK = Bank("8P", PATH[-1], 0, WRONG, ACCEPTED, PATH, sets=0)
