"""Answers to exercise 5P: what learners get wrong, and ways to be right."""

from bank.form import Bank, Steps

from course.checks import EXERCISES
from course.checks.serverless_predict import COLD_START, TRAFFIC, targets, workload_of
from course.laws import LogNormalLaw
from course.patterns.serverless import Serverless
from course.simulation import replicate

GUESS = {"steady": ("down", "down", 3, "a busy function has no time to go cold"),
         "bursts": ("up", "up", 2, "many calls at once need many new instances")}
SAW = "I was right about the cold share, but the p99 was still 2.196 s at ten calls an hour."


def short_run(traffic):
    """The experiment of the page, cut short."""
    an_hour, hours, bursts = TRAFFIC[traffic]
    return replicate(Serverless(cold_start=LogNormalLaw(COLD_START)), workload_of(an_hour, hours / 8, bursts, 3), 1)


def guessed(guesses, text, afterwards=None):
    """A learner's way through 5P, with the short run."""
    return Steps("5P", guesses, short_run, text, afterwards)


def with_reasons(*reasons):
    """The guess with other reasons."""
    return {part: (*GUESS[part][:3], reason) for part, reason in zip(GUESS, reasons)}


LATER = {**GUESS, "bursts": ("same", "up", 4, "the same number of calls in the end")}
WRONG = (
    ("P-W1", guessed({"steady": None, "bursts": None}, SAW)), ("P-W1", guessed({"steady": GUESS["steady"]}, SAW)),
    ("P-W1", guessed({**GUESS, "bursts": ("up", "?", 2, "many calls need many new instances")}, SAW)),
    ("P-W2", guessed(GUESS, SAW, afterwards=LATER)),
    ("P-W2", Steps("5P", GUESS, None, SAW)),
    ("P-W3", guessed(with_reasons("always warm", GUESS["bursts"][3]), SAW)),
    ("P-W3", guessed(with_reasons("Where do the cold share and the p99 go", GUESS["bursts"][3]), SAW)),
    ("P-W4", guessed(GUESS, "I was right that from 1 call an hour to 10 a second hardly any are cold after 600 s.")),
    ("P-W4", guessed(GUESS, "With bursts the cold share was 5.1 %, more than I had thought.")),
    ("P-W5", guessed(with_reasons(*["instances stay warm for a while"] * 2), SAW)),
)
ACCEPTED = (
    ("P-A1", guessed({**GUESS, "steady": ("up", "up", 4, "more traffic makes more cold starts")}, SAW)),
    ("P-A2", guessed({part: (*guess[:2], 1, guess[3]) for part, guess in GUESS.items()}, SAW)),
    ("P-A3", guessed({**GUESS, "bursts": ("no change", "same", 2, "as many calls as before, after all")}, SAW)),
    ("P-A4", guessed(with_reasons("weil eine Instanz zehn Minuten warm bleibt", "同時に来ると足りない"),
                     "Bei den Stößen lag ich daneben: das p99 stieg auf 2,1 s.")),
    ("P-A5", guessed({**GUESS, "steady": ("a cliff", "a late cliff", 2, "like a shop that is never empty")},
                     "The cliff was there: from 84.5 % the cold share fell to almost nothing.")),
)
PATH = (Steps("5P"), Steps("5P", GUESS), guessed(GUESS, None), guessed(GUESS, SAW))
BANK = Bank("5P", PATH[-1], 5, WRONG, ACCEPTED, PATH, sets=0, numbers=lambda: targets(EXERCISES["5P"].cases(1)[0]))
