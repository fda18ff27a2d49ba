"""Answers to exercises 1P, 1D and 1E: what learners get wrong, and ways to be right."""

from math import ceil, sqrt
from typing import NamedTuple

import numpy as np

from course import theory
from course.checks import predict, reveal
from course.checks.monolith_design import RATES
from course.checks.oracle import response_times
from course.data import work
from course.patterns.monolith import Monolith
from course.simulation import replicate
from course.workload import Diurnal, LogNormal, Work, Workload

SECONDS = sum(work("image_classifier"))
GUESS = {"mean": ("B", "D", 3, "the queue grows faster as the spare time shrinks"),
         "p99": ("C", "E", 2, "a long wait hits the unlucky requests hardest")}
SAW = "I was furthest off for the p99: I saw 7.69 s at 95 %, and it grew no faster than the mean."


def short_run(utilisation):
    """An experiment of the page, cut short."""
    return replicate(Monolith(1), Workload(utilisation / SECONDS, 20, Work(0, SECONDS, 0)), times=2)


def guessed(guesses, text, afterwards=None):
    """A learner's way through 1P: guess, run, perhaps guess again, and look back."""
    def steps():
        predict("1P", guesses)
        reveal("1P", short_run)
        if afterwards is not None:
            predict("1P", afterwards)
        return text

    return steps


def with_reasons(*reasons):
    """The guess with other reasons."""
    return {measure: (*GUESS[measure][:3], reason) for measure, reason in zip(GUESS, reasons)}


LATER = {**GUESS, "p99": ("B", "D", 4, "it is a fixed multiple of the mean")}
WRONG_GUESSES = (
    ("P-W1", guessed({"mean": None, "p99": None}, SAW)), ("P-W1", guessed({"mean": GUESS["mean"]}, SAW)),
    ("P-W1", guessed({**GUESS, "p99": ("", "", 0, "")}, SAW)), ("P-W1", guessed("B and D", SAW)),
    ("P-W2", guessed(GUESS, SAW, afterwards=LATER)),
    ("P-W3", guessed(with_reasons("it grows", GUESS["p99"][3]), SAW)),
    ("P-W3", guessed(with_reasons("How do the mean and the p99 of the response time grow", GUESS["p99"][3]), SAW)),
    ("P-W4", guessed(GUESS, "I was furthest off for the p99, which grew no faster than the mean.")),
    ("P-W4", guessed(GUESS, "I was furthest off for the p99: I saw 6.91 s, and it grew no faster than the mean.")),
    ("P-W5", guessed(with_reasons(*["the queue grows faster near full load"] * 2), SAW)),
)
ACCEPTED_GUESSES = (
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
GUESS_PATH = (lambda: None, lambda: predict("1P", GUESS), guessed(GUESS, None), guessed(GUESS, SAW))

OFFERED = [rate * SECONDS for rate in RATES]
SEEN_SEEDS = range(36, 44)


def square_root_rule():
    night, day, peak = (ceil(load + 0.5 * sqrt(load)) for load in OFFERED)
    return night, day, peak + 1


def by_erlang_c():
    """Mean waiting of at most a fiftieth of a second, and one replica more at peak."""
    sizes = []
    for rate in RATES:
        replicas = ceil(rate * SECONDS) + 1
        while theory.mmc(rate, 1 / SECONDS, replicas).waiting_time > 0.02:
            replicas += 1
        sizes.append(replicas)
    return [*sizes[:2], sizes[2] + 1]


def by_search():
    """One period after the other, on eight days, with one replica away during the whole of the peak."""
    sizes = []
    for place, rate in enumerate(RATES):
        replicas = ceil(rate * SECONDS)
        while slowest(place, replicas - (place == 2)) > 0.3:
            replicas += 1
        sizes.append(replicas)
    return tuple(sizes)


def slowest(place, replicas):
    traffic = [Workload(60, 360, Work(*work("image_classifier")), seed, Diurnal(RATES, 360), LogNormal(0.5))
               for seed in SEEN_SEEDS]
    p99 = []
    for day in traffic:
        mine = [one for one in day.requests() if one.arrival_time // 120 == place]
        times = response_times([one.arrival_time for one in mine], [sum(one.work) for one in mine], [(0, replicas)])
        p99.append(np.percentile(times, 99))
    return np.mean(p99)


class Replicas(NamedTuple):
    peak: int
    night: int
    day: int


WRONG_DESIGNS = (
    ("1D-W1", (5, 5, 5)), ("1D-W1", (ceil(np.mean(OFFERED)) + 1,) * 3),
    ("1D-W2", tuple(ceil(load) for load in OFFERED)), ("1D-W3", (3, 6, 10)), ("1D-W4", (10, 10, 10)),
    ("1D-W4", (40, 40, 40)), ("1D-W5", (3, 7, 9)), ("1D-W6", (3, 7.5, 10)), ("1D-W6", (3, -7, 10)),
    ("1D-W6", (0, 7, 10)), ("1D-W6", (True, 7, 10)), ("1D-W6", (3, 7)), ("1D-W6", "3, 7, 10"),
    ("1D-W6", (3, 7, 10**400)), ("1D-COST", (5, 9, 12)), ("1D-SLO", (2, 8, 12)),
)
DESIGNS = (
    ("1D-A1", square_root_rule()), ("1D-A2", by_search()), ("1D-A3", by_erlang_c()), ("1D-A4", (4, 7, 10)),
    ("1D-A4 the other way", (3, 8, 10)),
)
SAME_DESIGN = (
    ("1D-A2 by name", Replicas(night=3, day=7, peak=10)),
    ("1D-A2 as an array", np.array([3, 7, 10])), ("1D-A2 as floats", [3.0, 7.0, 10.0]),
)
DESIGN_PATH = (None, (1, 1, 1), (2, 5, 8), (3, 6, 10), (10, 10, 10), (5, 8, 12), (3, 7, 10))

STAY = """Decision: we stay with one application. Options: stay, or split into services. Splitting slows the p95 from
310 to 365 ms and costs 690 instead of 420 USD a month. Against us speaks that a change takes 9.5 days. The table leaves
out how many people would have to learn a new way to work. Revisit when two teams wait for the same release."""
SPLIT = """We decided to split the application into services. The alternative is to keep one application. A change
takes 9.5 days today and 3.5 in the trial, and when a part fails it hits 34 % of the users and no longer 96 %. It costs
690 USD a month. We reconsider once the bill passes 1000 USD."""
DAILY = """Decision: stay, and release daily. We do not split into services, although lead time was 3.5 days there.
Daily releases attack the 9.5 days without the 690 USD.
If the lead time is still above a week in March, we revisit it."""
SWAPPED_ORDER = STAY.replace("stay with one application", "remain a monolith")
WRONG_RECORDS = (
    ("1E-W1", "Decision: stay. Splitting is too complex, keep it simple. Revisit when the team has grown a lot."),
    ("1E-W2", "Decision: stay. To split would cost 5000 USD and take 12 months for 3 teams. Revisit when we are rich."),
    ("1E-W2", STAY.replace("310", "300").replace("365", "400").replace("690", "700").replace("9.5", "10")),
    ("1E-W3", "Decision: stay. It costs 420 USD, answers in 310 ms, changes in 9.5 days. Revisit when it has grown."),
    ("1E-W4", "Decision: split into services. To stay costs 420 USD and 310 ms, and the trial 690 USD and 365 ms. "
              "Revisit when we have more data about it."),
    ("1E-W4", STAY.replace("Splitting slows the p95 from\n310 to 365 ms and costs 690 instead of 420 USD a month.",
                           "It hits 34 instead of 96 %.")),
    ("1E-W5", "Decision: microservices, because they are scalable."), ("1E-FORM", 420),
    ("1E-DECISION", STAY.replace("Decision: we stay with one application.", "")),
    ("1E-REVISIT", STAY[:STAY.index("Revisit")]),
)
ACCEPTED_RECORDS = (("1E-A1 stay", STAY), ("1E-A1 split", SPLIT), ("1E-A2", DAILY),
                    ("1E-A1 other words", SWAPPED_ORDER))
TEMPLATE = "Decision: ... Options: ... Because: ... Revisit when: ..."
HINT = ("Decision: we keep the single database. Two databases would cut reads from 40 to 25 ms but cost 300 USD more a "
        "month. Revisit when reads pass 100 ms.")
RECORD_PATH = (None, "Decision: stay.", "Decision: stay, do not split.", "Decision: stay, do not split. 310 ms.",
               "Decision: stay, do not split. 310 ms, 420 USD, 365 ms.", STAY)
