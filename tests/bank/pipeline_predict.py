"""Answers to exercise 7P: what learners get wrong, and ways to be right."""

from bank.form import Bank, Steps

from course.checks import EXERCISES
from course.checks.pipeline_predict import ROWS, WORK, targets
from course.patterns.microservices import Microservices
from course.simulation import replicate
from course.workload import Work, Workload

GUESS = {"prepare": ("same", "same", 3, "everybody still waits for the slow step behind it"),
         "infer": ("down", "up", 4, "its queue goes away and all get through"),
         "quiet": ("down", "same", 3, "less work for each, and no more come than before")}
SAW = "I was right that prepare changes nothing, but not that the p95 stays at 4.786 s."


def short_run(row):
    """The experiment of the page, cut short."""
    arrival_rate, prepare, infer = ROWS[row]
    return replicate(Microservices(), Workload(arrival_rate, 3, Work(
        WORK.prepare / prepare, WORK.infer / infer, WORK.respond), 3), 1)


def guessed(guesses, text, afterwards=None):
    """A learner's way through 7P, with the short run."""
    return Steps("7P", guesses, short_run, text, afterwards)


def with_reasons(*reasons):
    """The guess with other reasons."""
    return {part: (*GUESS[part][:3], reason) for part, reason in zip(GUESS, reasons)}


LATER = {**GUESS, "prepare": ("down", "up", 4, "a faster step makes a faster system")}
REASONS = [guess[3] for guess in GUESS.values()]
WRONG = (
    ("P-W1", guessed(dict.fromkeys(GUESS), SAW)), ("P-W1", guessed({"prepare": GUESS["prepare"]}, SAW)),
    ("P-W1", guessed({**GUESS, "quiet": ("down", "?", 2, "less work for each of them now")}, SAW)),
    ("P-W2", guessed(GUESS, SAW, afterwards=LATER)), ("P-W2", Steps("7P", GUESS, None, SAW)),
    ("P-W3", guessed(with_reasons("same queue", *REASONS[1:]), SAW)),
    ("P-W3", guessed(with_reasons("Where do p95 and throughput go", *REASONS[1:]), SAW)),
    ("P-W4", guessed(GUESS, "I was right that at 36 a second the 60 ms step decides, and not the one of 20 ms.")),
    ("P-W4", guessed(GUESS, "With infer halved the p95 was 1.7 s, more than I had thought.")),
    ("P-W5", guessed(with_reasons(REASONS[0], REASONS[0], REASONS[2]), SAW)),
)
ACCEPTED = (
    ("P-A1", guessed({**GUESS, "prepare": ("down", "up", 4, "a faster step makes a faster system")}, SAW)),
    ("P-A2", guessed({part: (*guess[:2], 1, guess[3]) for part, guess in GUESS.items()}, SAW)),
    ("P-A3", guessed({**GUESS, "infer": ("no change", "same", 2, "the queue stays where it has been")}, SAW)),
    ("P-A4", guessed(with_reasons("weil alle weiter hinten warten müssen", "列がなくなるから速い", REASONS[2]),
                     "Bei infer lag ich richtig: das p95 fiel auf 0,285 s.")),
    ("P-A5", guessed({**GUESS, "infer": ("a cliff", "up a little", 2, "like a road without the narrow bridge")},
                     "The cliff was there: 33.5 a second before, and then all who come.")),
)
PATH = (Steps("7P"), Steps("7P", GUESS), guessed(GUESS, None), guessed(GUESS, SAW))
BANK = Bank("7P", PATH[-1], 5, WRONG, ACCEPTED, PATH, sets=0, numbers=lambda: targets(EXERCISES["7P"].cases(1)[0]))
