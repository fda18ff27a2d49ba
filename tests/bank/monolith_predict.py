"""Answers to exercise 1P: what learners get wrong, and ways to be right."""

from bank.form import Bank, Steps

from course.checks import EXERCISES
from course.checks.monolith_predict import targets
from course.data import work
from course.patterns.monolith import Monolith
from course.simulation import replicate
from course.workload import Work, Workload

SECONDS = sum(work("image_classifier"))
GUESS = {"mean": ("B", "D", 3, "the queue grows faster as the spare time shrinks"),
         "p99": ("C", "E", 2, "a long wait hits the unlucky requests hardest")}
SAW = "I was furthest off for the p99: I saw 7.69 s at 95 %, and it grew no faster than the mean."


def short_run(utilisation):
    """An experiment of the page, cut short."""
    return replicate(Monolith(1), Workload(utilisation / SECONDS, 20, Work(0, SECONDS, 0)), times=2)


def guessed(guesses, text, afterwards=None):
    """A learner's way through 1P, with the short run."""
    return Steps("1P", guesses, short_run, text, afterwards)


def with_reasons(*reasons):
    """The guess with other reasons."""
    return {measure: (*GUESS[measure][:3], reason) for measure, reason in zip(GUESS, reasons)}


LATER = {**GUESS, "p99": ("B", "D", 4, "it is a fixed multiple of the mean")}
WRONG = (
    ("P-W1", guessed({"mean": None, "p99": None}, SAW)), ("P-W1", guessed({"mean": GUESS["mean"]}, SAW)),
    ("P-W1", guessed({**GUESS, "p99": ("", "", 0, "")}, SAW)), ("P-W1", guessed("B and D", SAW)),
    ("P-W2", guessed(GUESS, SAW, afterwards=LATER)),
    ("P-W3", guessed(with_reasons("it grows", GUESS["p99"][3]), SAW)),
    ("P-W3", guessed(with_reasons("How do the mean and the p99 of the response time grow", GUESS["p99"][3]), SAW)),
    ("P-W4", guessed(GUESS, "I was furthest off for the p99, which grew no faster than the mean.")),
    ("P-W4", guessed(GUESS, "I was furthest off for the p99: I saw 6.91 s, and it grew no faster than the mean.")),
    ("P-W5", guessed(with_reasons(*["the queue grows faster near full load"] * 2), SAW)),
)
ACCEPTED = (
    ("P-A1", guessed({"mean": ("E", "A", 4, "the worker gets used to the load"), "p99": GUESS["p99"]}, SAW)),
    ("P-A2", guessed({measure: (*part[:2], 1, part[3]) for measure, part in GUESS.items()}, SAW)),
    ("P-A3", guessed({"mean": ("no change", "no change", 2, "there is still room at 95 percent"),
                      "p99": GUESS["p99"]}, SAW)),
    ("P-A4", guessed(with_reasons("weil die Schlange immer länger wird", "待ち行列がどんどん長くなるから"),
                     "Beim p99 lag ich daneben: 7,69 s bei 95 %, das Zehnfache wie beim Mittelwert.")),
    ("P-A5", guessed({**GUESS, "mean": ("a bit up", "a curve that bends upwards like a hockey stick", 2,
                                        "the line in front of me gets longer")},
                     "The curve went up to 1594 ms, steeper than the stick I had in mind.")),
    ("P-A1 put back after a change", guessed(GUESS, SAW, afterwards=GUESS)),
)
PATH = (Steps("1P"), Steps("1P", GUESS), guessed(GUESS, None), guessed(GUESS, SAW))
BANK = Bank("1P", PATH[-1], 5, WRONG, ACCEPTED, PATH, sets=0, numbers=lambda: targets(EXERCISES["1P"].cases(1)[0]))
