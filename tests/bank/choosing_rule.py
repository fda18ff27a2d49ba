"""Answers to exercise 6R: what learners get wrong, and ways to be right."""

from math import ceil, sqrt

from bank.form import Bank

MONTH = 2_628_000       # seconds


def choose(brief):
    rate, price = brief["mean_rate"], brief["operations_price"]
    work = brief["prepare"] + brief["infer"] + brief["respond"]
    if brief["most_error"] is not None:
        return "LambdaArchitecture" if 100 * brief["late_share"] > brief["most_error"] else "EventDriven"
    if brief["gpu"]:
        others = brief["prepare"] + brief["respond"]
        return "Microservices" if others > 4 * brief["infer"] and price < 100 else "Monolith"
    servers = 70 * max(1, ceil(brief["peak_rate"] * work / 2))
    queue = 3.2 * rate if brief["most_lost"] == 0 or brief["seconds"] >= 10 else 0
    held = work + 2 if brief["talks"] else work
    usd = {"Monolith": servers + queue, "Serverless": 2_628_000 * rate * (2e-7 + 2.95e-5 * held) + queue,
           "EventDriven": servers + 200}
    units = {"Monolith": 1, "Serverless": 2, "EventDriven": 4}
    fits = {name: usd[name] + units[name] * price for name in usd if usd[name] <= brief["budget"]}
    return min(fits, key=fits.get) if fits else "EventDriven"


def work_of(brief):
    return brief["prepare"] + brief["infer"] + brief["respond"]


def exact(brief):
    """Whether final numbers have to be more right than events that come in time make them."""
    return brief["most_error"] is not None and 100 * brief["late_share"] > brief["most_error"]


def queued(brief):
    """Whether requests need a queue that is paid by the message."""
    return brief["most_lost"] == 0 or brief["seconds"] >= 10


def functions(brief):
    """What functions cost in a month; they are paid while they wait for a language model."""
    held = work_of(brief) + (2.2 if brief["talks"] else 0)
    return MONTH * brief["mean_rate"] * (2e-7 + held * 1.769 * 1.667e-5)


def machines(rate, seconds, each=2):
    """Machines by the square root rule."""
    busy = rate * seconds
    return max(1, ceil((busy + 0.6 * sqrt(busy)) * 0.95 / each))


def by_sums(brief):
    """A1: the bill of every pattern, from machines by the square root rule, and then the rules."""
    peak, work, queue = brief["peak_rate"], work_of(brief), 3.2 * brief["mean_rate"] * queued(brief)
    steps = [machines(peak, brief[step]) for step in ("prepare", "infer", "respond")]
    usd = {"Monolith": 70 * machines(peak, work) + queue, "Microservices": 70 * sum(steps) + 70 + queue,
           "EventDriven": 70 * machines(peak, work) + 200, "Serverless": functions(brief) + queue}
    if brief["gpu"]:
        own = [124 * machines(peak, brief[step], 4) for step in ("prepare", "respond")]
        boxes = 384 * machines(peak, brief["infer"], 1)
        usd = {"Monolith": max(boxes, 384 * machines(peak, work, 4)) + queue,
               "Microservices": boxes + sum(own) + 124 + queue, "EventDriven": boxes + sum(own) + 200}
    if brief["most_error"] is not None:
        return "LambdaArchitecture" if exact(brief) else "EventDriven"
    units = {"Monolith": 1, "Microservices": 4, "EventDriven": 4, "Serverless": 2}
    fit = {name: sum_ + units[name] * brief["operations_price"] for name, sum_ in usd.items()
           if sum_ <= brief["budget"]} or usd
    return min(fit, key=fit.get)


def by_thresholds(brief):       # A2: a list of questions, and one sum at its end
    if brief["most_error"] is not None:
        return "LambdaArchitecture" if exact(brief) else "EventDriven"
    if brief["gpu"]:
        return "Microservices" if brief["prepare"] + brief["respond"] > 4 * brief["infer"] else "Monolith"
    if queued(brief) and brief["mean_rate"] > 100:
        return "EventDriven"
    by_the_hour = 70 * max(1, brief["peak_rate"] * work_of(brief) / 2)
    cheaper = functions(brief) + brief["operations_price"] < by_the_hour
    return "Serverless" if cheaper or brief["budget"] < 70 else "Monolith"


def by_busy_share(brief):
    """A3: how busy machines for the peak would be, and hardly any money."""
    if brief["most_error"] is not None:
        return "LambdaArchitecture" if exact(brief) else "EventDriven"
    if brief["gpu"]:
        apart = (brief["prepare"] + brief["respond"]) / brief["infer"] > 4
        return "Microservices" if apart and brief["operations_price"] < 100 else "Monolith"
    if queued(brief) and brief["mean_rate"] * 3.2 > 200 + 3 * brief["operations_price"]:
        return "EventDriven"
    count = max(1, ceil(brief["peak_rate"] * work_of(brief) / 2))
    busy = brief["mean_rate"] * work_of(brief) / (2 * count)
    idle = 70 * count * (1 - busy / 0.65) > brief["operations_price"]
    return "Serverless" if (idle and not brief["talks"]) or brief["budget"] < 70 else "Monolith"


class Chooser:
    """A4: the same rule as a method."""

    def choose(self, brief):
        return by_sums(brief)


def one_answer(brief):
    return "Monolith"


def final_numbers_forgotten(brief):
    return by_sums({**brief, "most_error": None})


def hardware_forgotten(brief):
    return "Serverless" if brief["gpu"] else by_sums(brief)


def budget_forgotten(brief):
    return "Microservices" if brief["mean_rate"] > 300 else "Monolith" if not exact(brief) else "LambdaArchitecture"


def never_by_the_request(brief):
    found = by_sums(brief)
    return "Monolith" if found == "Serverless" else found


def always_by_the_request(brief):
    found = by_sums(brief)
    busy = brief["mean_rate"] > 20 and not brief["gpu"]
    return "Serverless" if busy and found in ("Monolith", "EventDriven") else found


def operations_forgotten(brief):
    return by_sums({**brief, "operations_price": 0})


def queue_forgotten(brief):
    return by_sums({**brief, "most_lost": 1e-3, "seconds": min(brief["seconds"], 9)})


def nothing_but_words(brief):
    """The source's flowchart, as far as numbers can tell."""
    if brief["seconds"] <= 10 and brief["mean_rate"] > 100:
        return "LambdaArchitecture" if brief["gb_per_day"] > 100 else "EventDriven"
    return "Serverless" if brief["peak_rate"] > 3 * brief["mean_rate"] else "Monolith"


def boxes_for_all(brief):
    return "Monolith" if brief["gpu"] else by_sums(brief)


def misspelt(brief):
    return choose(brief).lower()


def as_place(brief):
    return ["Monolith", "Serverless"].index("Serverless")


def asks_for_more(brief):
    return by_sums(brief) if brief["latency"] else "Monolith"


RULES = {"6R-A1 sums": by_sums, "6R-A2 thresholds": by_thresholds, "6R-A3 busy share": by_busy_share,
         "6R the solution": choose}
SPREAD = 0.5            # points, between variants: one brief of 35
WRONG = (
    ("6R-W1", one_answer), ("6R-W1", lambda brief: "LambdaArchitecture"), ("6R-W2", final_numbers_forgotten),
    ("6R-W3", hardware_forgotten), ("6R-W4", budget_forgotten), ("6R-W5", never_by_the_request),
    ("6R-W6", always_by_the_request), ("6R-W7", operations_forgotten), ("6R-W8", queue_forgotten),
    ("6R-W2", nothing_but_words), ("6R-HARDWARE", boxes_for_all), ("6R-FORM", misspelt), ("6R-FORM", as_place),
    ("6R-ERROR", asks_for_more),
)
ACCEPTED = (*RULES.items(), ("6R-A4 a method", Chooser().choose),
            ("6R-A5 with spaces", lambda brief: by_sums(brief) + " "))
PATH = (None, misspelt, one_answer, always_by_the_request, never_by_the_request, operations_forgotten, by_thresholds)
# A brief more in which a rule errs does not make it a bad one, nor does another dollar: these still get all points.
SURVIVORS = frozenset((
    "line 3: 'exact(brief)' without its outside", "line 5: 4 off by 1", "line 5: Gt to GtE",
    "line 6: 100 off by -1", "line 6: 100 off by 1", "line 6: Gt to GtE", "line 8: 1 off by -1", "line 8: 1 off by 1",
    "line 8: 2 off by -1", "line 8: 70 off by -1", "line 8: 70 off by 1", "line 9: Lt to LtE",
    "line 10: 70 off by -1", "line 10: 70 off by 1", "line 10: Lt to LtE"))
BANK = Bank("6R", by_thresholds, 8, WRONG, ACCEPTED, PATH, sets=8, hard_coded=(one_answer,), survivors=SURVIVORS)
