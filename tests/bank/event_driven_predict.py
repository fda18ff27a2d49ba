"""Answers to exercise 3P: what learners get wrong, and ways to be right."""

from bank.form import Bank, Steps

from course.checks import EXERCISES
from course.checks.event_driven_predict import CONSUMERS, DURATION, OVERLOAD, RATES, targets, workload_of
from course.patterns.event_driven import Consumers, EventDriven
from course.policies.scheduled import Scheduled
from course.simulation import replicate

GUESS = {"same": ("10 minutes", "10 to 50 s", 3, "the rush lasted ten minutes as well"),
         "double": ("5 minutes", "under 10 s", 2, "twice as many need half as long")}
SAW = "I forgot that new events keep coming: it took 19.8 minutes until the queue was empty."


def short_run(part):
    """The experiment of the page, with a tenth of the events and cut short."""
    design = EventDriven(Consumers(CONSUMERS))
    if part == "double":
        design = Scheduled(design, "consumers", ((OVERLOAD, 2 * CONSUMERS),))
    return replicate(design, workload_of((RATES[0] / 10, RATES[1] / 10), DURATION / 2, 3), 2)


def guessed(guesses, text, afterwards=None):
    """A learner's way through 3P, with the short run."""
    return Steps("3P", guesses, short_run, text, afterwards)


def with_reasons(*reasons):
    """The guess with other reasons."""
    return {part: (*GUESS[part][:3], reason) for part, reason in zip(GUESS, reasons)}


LATER = {**GUESS, "same": ("20 minutes", "over 100 s", 4, "only a tenth is left for the old ones")}
WRONG = (
    ("P-W1", guessed({"same": None, "double": None}, SAW)), ("P-W1", guessed({"same": GUESS["same"]}, SAW)),
    ("P-W1", guessed({**GUESS, "double": ("?", "1 s", 2, "twice as many need half as long")}, SAW)),
    ("P-W2", guessed(GUESS, SAW, afterwards=LATER)),
    ("P-W2", Steps("3P", GUESS, None, SAW)),
    ("P-W3", guessed(with_reasons("it is slow", GUESS["double"][3]), SAW)),
    ("P-W3", guessed(with_reasons("how long until the queue is empty", GUESS["double"][3]), SAW)),
    ("P-W4", guessed(GUESS, "I was right that 10 events a second are too few when 12 come for ten minutes.")),
    ("P-W4", guessed(GUESS, "It took 33.3 minutes, much longer than I had thought.")),
    ("P-W5", guessed(with_reasons(*["the queue must be worked off first"] * 2), SAW)),
)
ACCEPTED = (
    ("P-A1", guessed({**GUESS, "same": ("1 minute", "under 10 s", 4, "a queue gives the system more capacity")}, SAW)),
    ("P-A2", guessed({part: (*guess[:2], 1, guess[3]) for part, guess in GUESS.items()}, SAW)),
    ("P-A3", guessed({**GUESS, "double": ("no change", "same", 2, "they wait for the same old events")}, SAW)),
    ("P-A4", guessed(with_reasons("weil weiter neue Ereignisse ankommen", "消費者が倍になると速く空になる"),
                     "Das letzte Ereignis kam 118,9 s zu spät, das hatte ich nicht gedacht.")),
    ("P-A5", guessed({**GUESS, "same": ("a long slope", "very late", 2, "like a bath tub with a small drain")},
                     "The slope was long: 1190 events waited at its top.")),
)
PATH = (Steps("3P"), Steps("3P", GUESS), guessed(GUESS, None), guessed(GUESS, SAW))
BANK = Bank("3P", PATH[-1], 5, WRONG, ACCEPTED, PATH, sets=0, numbers=lambda: targets(EXERCISES["3P"].cases(1)[0]))
