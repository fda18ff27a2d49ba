"""Answers to exercise 6P: what learners get wrong, and ways to be right."""

from bank.form import Bank, Steps

from course.checks import EXERCISES
from course.checks.choosing_predict import CASES, targets
from course.choosing.winners import compared_in

GUESS = {"fraud": ("EventDriven", "yes", 3, "many events that must not get lost"),
         "chatbot": ("Serverless", "no", 2, "idle for hours, and waves of people")}
SAW = "For the chatbot I was wrong: one application costs 170 USD a month, less than functions."


def run_at(part):
    """The rows of the page."""
    return compared_in(CASES[part]).rows


def guessed(guesses, text, afterwards=None):
    """A learner's way through 6P."""
    return Steps("6P", guesses, run_at, text, afterwards)


def with_reasons(*reasons):
    """The guess with other reasons."""
    return {part: (*GUESS[part][:3], reason) for part, reason in zip(GUESS, reasons)}


LATER = {**GUESS, "chatbot": ("Monolith", "no", 4, "one small machine is enough for it")}
WRONG = (
    ("P-W1", guessed({"fraud": None, "chatbot": None}, SAW)), ("P-W1", guessed({"fraud": GUESS["fraud"]}, SAW)),
    ("P-W1", guessed({**GUESS, "chatbot": ("Monolith", "?", 2, "one small machine is enough")}, SAW)),
    ("P-W2", guessed(GUESS, SAW, afterwards=LATER)),
    ("P-W2", Steps("6P", GUESS, None, SAW)),
    ("P-W3", guessed(with_reasons("many events", GUESS["chatbot"][3]), SAW)),
    ("P-W3", guessed(with_reasons("passes all rules and costs least with operations", GUESS["chatbot"][3]), SAW)),
    ("P-W4", guessed(GUESS, "I was right about fraud, since 99 of 100 answers come in 0.5 s.")),
    ("P-W4", guessed(GUESS, "The chatbot is cheaper as one application, which I had not thought.")),
    ("P-W5", guessed(with_reasons(*["it is the cheapest of them all"] * 2), SAW)),
)
ACCEPTED = (
    ("P-A1", guessed({**GUESS, "fraud": ("Monolith", "no", 4, "one application is always the cheapest")}, SAW)),
    ("P-A2", guessed({part: (*guess[:2], 1, guess[3]) for part, guess in GUESS.items()}, SAW)),
    ("P-A3", guessed({**GUESS, "chatbot": ("no idea", "no", 1, "I have never seen such a bill")}, SAW)),
    ("P-A4", guessed(with_reasons("weil jede Zahlung genau einmal zählen muss", "暇な時間が長いからです"),
                     "Bei Betrug lag ich daneben: Funktionen kosten 1717 USD im Monat.")),
    ("P-A5", guessed({**GUESS, "fraud": ("a tie of two", "half of it", 2, "like two shops with equal prices")},
                     "It was a tie: about 1717 USD a month for functions, and little less for events.")),
)
PATH = (Steps("6P"), Steps("6P", GUESS), guessed(GUESS, None), guessed(GUESS, SAW))
BANK = Bank("6P", PATH[-1], 5, WRONG, ACCEPTED, PATH, sets=0, numbers=lambda: targets(EXERCISES["6P"].cases(1)[0]))
