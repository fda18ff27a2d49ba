"""Answers to exercise 2P: what learners get wrong, and ways to be right."""

from bank.form import Bank, Steps

from course.checks import EXERCISES
from course.checks.microservices_predict import MIXES, targets, workload_of
from course.patterns.microservices import Service
from course.policies.routing import Routed
from course.simulation import replicate

GUESS = {"equal": ("up", "up", 3, "half of the servers idle while others have a queue"),
         "unequal": ("up", "down", 2, "short jobs are never stuck behind long ones")}
SAW = "I thought the split helps both kinds, but the mean of A rose to 24.3 ms while its p99 fell."


def short_run(mix):
    """The experiment of the page, cut short."""
    split = Routed((("A", Service("infer", 5)), ("B", Service("infer", 5))))
    return [replicate(design, workload_of(MIXES[mix], 4, seed=1), times=2) for design in (Service("infer", 10), split)]


def guessed(guesses, text, afterwards=None):
    """A learner's way through 2P, with the short run."""
    return Steps("2P", guesses, short_run, text, afterwards)


def with_reasons(*reasons):
    """The guess with other reasons."""
    return {mix: (*GUESS[mix][:3], reason) for mix, reason in zip(GUESS, reasons)}


LATER = {**GUESS, "unequal": ("down", "down", 4, "everything gets better when work is split")}
WRONG = (
    ("P-W1", guessed({"equal": None, "unequal": None}, SAW)), ("P-W1", guessed({"equal": GUESS["equal"]}, SAW)),
    ("P-W1", guessed({**GUESS, "equal": ("up", "up", 5, "half of the servers idle now")}, SAW)),
    ("P-W2", guessed(GUESS, SAW, afterwards=LATER)),
    ("P-W2", Steps("2P", GUESS, None, SAW)),
    ("P-W3", guessed(with_reasons("less pooling", GUESS["unequal"][3]), SAW)),
    ("P-W3", guessed(with_reasons("What does the split do to the mean", GUESS["unequal"][3]), SAW)),
    ("P-W4", guessed(GUESS, "I was right that the p99 of the 10 servers goes down for the 95 % of short jobs.")),
    ("P-W4", guessed(GUESS, "The mean of the requests A rose to 31.6 ms, more than I had thought.")),
    ("P-W5", guessed(with_reasons(*["fewer servers for each kind of request"] * 2), SAW)),
)
ACCEPTED = (
    ("P-A1", guessed({**GUESS, "equal": ("down", "down", 4, "shorter queues are faster than long ones")}, SAW)),
    ("P-A2", guessed({mix: (*part[:2], 1, part[3]) for mix, part in GUESS.items()}, SAW)),
    ("P-A3", guessed({**GUESS, "equal": ("no change", "same", 2, "ten servers are ten servers after all")}, SAW)),
    ("P-A4", guessed(with_reasons("weil jede Hälfte eine eigene Schlange hat", "短い仕事が長い仕事を待たない"),
                     "Beim p99 lag ich daneben: er fiel von 73,9 ms auf 54,6 ms.")),
    ("P-A5", guessed({**GUESS, "unequal": ("a little up", "way down", 2, "the trucks no longer block the bikes")},
                     "As with bikes without trucks, the p99 dropped by 26.1 % and the mean did not.")),
)
PATH = (Steps("2P"), Steps("2P", GUESS), guessed(GUESS, None), guessed(GUESS, SAW))
BANK = Bank("2P", PATH[-1], 5, WRONG, ACCEPTED, PATH, sets=0, numbers=lambda: targets(EXERCISES["2P"].cases(1)[0]))
