"""Answers to exercise 4P: what learners get wrong, and ways to be right."""

from bank.form import Bank, Steps

from course.checks import EXERCISES
from course.checks.lambda_predict import ASKED, DAY, INTERVAL, PATIENCE, RUNTIME, WAY, WORK, targets
from course.patterns.lambda_architecture import LambdaArchitecture
from course.policies.late import Late
from course.simulation import replicate
from course.views import ask
from course.workload import Workload

GUESS = {"late": ("speed, merged, batch", "1, 3 and 25 %", 3, "the speed layer has seen all of them"),
         "prompt": ("merged, speed, batch", "0, 0 and 10 %", 2, "what comes at once is known at once")}
SAW = "I took the speed layer for a copy of the truth: alone it misses 2.79 %, and merged 1.21 %."


def short_run(part):
    """The experiment of the page, with few events and few questions."""
    layers = LambdaArchitecture(batch_interval=INTERVAL, batch_fixed=RUNTIME, batch_work=0)
    runs = replicate(Late(layers, WAY) if part == "late" else layers, Workload(0.002, 2 * DAY, WORK), 2)
    return [ask(run, ASKED[:100:10], window=DAY, lateness=PATIENCE) for run in runs]


def guessed(guesses, text, afterwards=None):
    """A learner's way through 4P, with the short run."""
    return Steps("4P", guesses, short_run, text, afterwards)


def with_reasons(*reasons):
    """The guess with other reasons."""
    return {part: (*GUESS[part][:3], reason) for part, reason in zip(GUESS, reasons)}


LATER = {**GUESS, "late": ("merged, speed, batch", "1, 3 and 17 %", 4, "only batch runs take in late events")}
WRONG = (
    ("P-W1", guessed({"late": None, "prompt": None}, SAW)), ("P-W1", guessed({"late": GUESS["late"]}, SAW)),
    ("P-W1", guessed({**GUESS, "prompt": ("?", "0 %", 2, "what comes at once is known at once")}, SAW)),
    ("P-W2", guessed(GUESS, SAW, afterwards=LATER)),
    ("P-W2", Steps("4P", GUESS, None, SAW)),
    ("P-W3", guessed(with_reasons("they are late", GUESS["prompt"][3]), SAW)),
    ("P-W3", guessed(with_reasons("rank them and guess the errors", GUESS["prompt"][3]), SAW)),
    ("P-W4", guessed(GUESS, "I was right that 3 % of the events are late, by up to 12 hours.")),
    ("P-W4", guessed(GUESS, "Merged it was 5.5 % wrong, which is more than I had thought.")),
    ("P-W5", guessed(with_reasons(*["the speed layer knows every event"] * 2), SAW)),
)
ACCEPTED = (
    ("P-A1", guessed({**GUESS, "late": ("batch, speed, merged", "1 %", 4, "a merge adds up both of the errors")}, SAW)),
    ("P-A2", guessed({part: (*guess[:2], 1, guess[3]) for part, guess in GUESS.items()}, SAW)),
    ("P-A3", guessed({**GUESS, "prompt": ("no change", "the same", 2, "few late ones will not matter much")}, SAW)),
    ("P-A4", guessed(with_reasons("weil die schnelle Schicht alles sieht", "遅れがなければ全部すぐに見える"),
                     "Die Stapelsicht allein lag 17,1 % daneben, das hatte ich nicht gedacht.")),
    ("P-A5", guessed({**GUESS, "late": ("far, near, nearest", "a big gap", 2, "like a clock that is hours slow")},
                     "With no late event the speed layer alone was 0.00 % off.")),
)
PATH = (Steps("4P"), Steps("4P", GUESS), guessed(GUESS, None), guessed(GUESS, SAW))
BANK = Bank("4P", PATH[-1], 5, WRONG, ACCEPTED, PATH, sets=0, numbers=lambda: targets(EXERCISES["4P"].cases(1)[0]))
