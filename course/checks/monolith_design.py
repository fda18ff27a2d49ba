"""Exercise 1D: the smallest pool that keeps a promise through a day; the judge simulates the learner's numbers."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .. import data
from ..asking.monolith import DAY_SEEN, RATES, surroundings, workload_of
from ..prices import Prices
from . import oracle, promise
from .answers import failed, failure, near, number, paired
from .exercise import Message, Outcome, Report, maker, verdict

PROMISE = 0.300             # seconds: the p99 of every period
HOURS = 8                   # of a real day, for each period
STORED = Path(__file__).with_name("monolith_design.json")
PLENTY = 20
WHERE = "Hint 2 of exercise 1D, and the p99 of each period above it."


class Replicas(NamedTuple):
    """Replicas planned for each period."""

    night: int
    day: int
    peak: int


class Trace(NamedTuple):
    """One day's requests: arrival times, service times, and the period in which each arrives."""

    arrival_times: tuple[float, ...]
    service_times: tuple[float, ...]
    periods: np.ndarray


@dataclass(frozen=True)
class Design:
    """Three whole numbers: replicas at night, by day and at peak."""

    id: str = "1D"
    points: float = 5.0
    hidden: int = 3

    def cases(self, variant: int) -> list[Any]:
        hidden = stored()["hidden"]
        return [dict(DAY_SEEN) if variant == 0 else dict(hidden[variant % len(hidden)])]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        case, answer = paired(cases, raw)[0]
        complaint = unusable(answer)
        replicas = None if complaint else read(answer)
        if replicas is None:
            return verdict(self.id, self.points, [Outcome(self.points, 0, complaint)])
        slowest = [worst(replicas, case["day"], seed) for seed in case["seeds"]]
        return verdict(self.id, self.points, scored(replicas, case, slowest))


def scored(replicas: Replicas, case: dict[str, Any], slowest: list[float]) -> list[Outcome]:
    """Points for the promise and for the cost, with the message for what is missing."""
    message = costly(replicas) if float(np.mean(slowest)) <= PROMISE else broken(replicas, case)
    return promise.scored(slowest, PROMISE, saving(replicas), message)


def saving(replicas: Replicas) -> float:
    """How much of the possible saving is made."""
    return promise.saving(usd(replicas), usd(Replicas(*stored()["best"])), usd(Replicas(*stored()["naive"])))


def usd(replicas: Replicas) -> float:
    """US dollars for a real day of eight hours in each period."""
    return sum(replicas) * HOURS * 3600 * Prices.read().server_second


@lru_cache(maxsize=1)
def stored() -> dict[str, Any]:
    """The least cost found by `least`, and the days that were checked to be fair."""
    return json.loads(STORED.read_text(encoding="utf-8"))


@lru_cache(maxsize=128)
def trace(day: float, seed: int) -> Trace:
    """The requests of one day."""
    rows = list(workload_of(day, seed).requests())
    arrival_times = tuple(request.arrival_time for request in rows)
    return Trace(arrival_times, tuple(sum(request.work) for request in rows),
                 (np.array(arrival_times) // (day / len(RATES))).astype(int))


def capacities(replicas: Replicas, day: float, failing: int) -> list[tuple[float, int]]:
    """Replicas in use from each time on: at peak `failing` of them are away for half of the period."""
    period = day / len(RATES)
    fails, back = 2.25 * period, 2.75 * period
    return [(0.0, replicas.night), (period, replicas.day), (2 * period, replicas.peak),
            (fails, replicas.peak - failing), (back, replicas.peak)]


@lru_cache(maxsize=4096)        # many in a class choose the same
def p99_by_period(replicas: Replicas, day: float, seed: int, failing: int = 1) -> tuple[float, ...]:
    """Seconds that one in a hundred requests exceeds, for those who arrive at night, by day and at peak."""
    requests = trace(day, seed)
    steps = capacities(replicas, day, failing)
    responses = np.array(oracle.response_times(requests.arrival_times, requests.service_times, steps))
    return tuple(float(np.percentile(responses[requests.periods == period], 99)) for period in range(len(RATES)))


def worst(replicas: Replicas, day: float, seed: int, failing: int = 1) -> float:
    """The p99 of the slowest period, in seconds."""
    return max(p99_by_period(replicas, day, seed, failing))


def least(day: float, seeds: list[int]) -> Replicas:
    """The cheapest replicas that keep the promise on average.

    More servers never make anyone start later. So a number that is too small for its period, with plenty in the
    others, is too small in every design, and the smallest that are not so are the cheapest if they work together.
    """
    together = Replicas(*(smallest(period, day, seeds) for period in Replicas._fields))
    if np.mean([worst(together, day, seed) for seed in seeds]) > PROMISE:
        raise ValueError(f"{together} keep the promise one by one and not together: choose other days")
    return together


def smallest(period: str, day: float, seeds: list[int]) -> int:
    """The fewest replicas with which one period keeps the promise, with plenty in the others.

    It starts at the offered load: with fewer than that, the queue grows through the whole period.
    """
    place = Replicas._fields.index(period)
    for replicas in range(int(RATES[place] * sum(data.work("image_classifier"))), PLENTY):
        design = Replicas(PLENTY, PLENTY, PLENTY)._replace(**{period: replicas})
        if np.mean([p99_by_period(design, day, seed)[place] for seed in seeds]) <= PROMISE:
            return replicas
    raise ValueError(f"even {PLENTY} replicas are too few for the period '{period}'")


def unusable(answer: Any) -> Message | None:
    """What is wrong with an answer that cannot be simulated."""
    given = answer.get("replicas") if isinstance(answer, dict) else None
    if given is None or failure(given):
        return failed("1D", given if failure(given) else {"error": "Blank"}, WHERE)
    if read(answer) is None:
        return FORM._replace(got=f"{given if isinstance(given, list) else 'something else'}."[:80])
    here = as_stated()
    same = [near(number(answer.get(name)), here[name]) for name in here]
    return None if all(same) else EDITED


@lru_cache(maxsize=1)
def as_stated() -> dict[str, Any]:
    """The traffic and the price here, where nobody changes them."""
    return surroundings()


def read(answer: dict[str, Any]) -> Replicas | None:
    """Three whole numbers from a list, or from a record or dict with the names of the periods."""
    counts = promise.whole_numbers(answer["replicas"], Replicas._fields)
    return Replicas(*counts) if counts else None


def costly(replicas: Replicas) -> Message:
    """The promise is kept, and money is left on the table."""
    flat = len(set(replicas)) == 1
    return FLAT._replace(got=f"{replicas.night} replicas all day, and the promise kept.") if flat else DEAR._replace(
        got=f"{sum(replicas) * HOURS} replica hours a day, and the promise kept.")


def broken(replicas: Replicas, case: dict[str, Any]) -> Message:
    """Why the promise is broken."""
    offered = [rate * sum(data.work("image_classifier")) for rate in RATES]
    if len(set(replicas)) == 1:
        return MEAN._replace(got=f"{replicas.night} replicas in every period, and the promise broken at peak.")
    if all(count <= np.ceil(servers) for count, servers in zip(replicas, offered)):
        return EXACTLY._replace(got=f"{tuple(replicas)}, with the busiest period over the promise.")
    if worst(replicas, DAY_SEEN["day"], DAY_SEEN["seeds"][0]) <= PROMISE:
        return LUCKY
    if np.mean([worst(replicas, case["day"], seed, failing=0) for seed in case["seeds"]]) <= PROMISE:
        return SPARE
    return SLOW._replace(got=f"{tuple(replicas)}, with the slowest period over the promise.")


message = maker("1D", WHERE)
FORM = message("W6", "Three whole numbers", "",
               "Replicas at night, by day and at peak, each a whole number above zero.",
               "Half a server cannot be started, and a service without one answers nobody.")
EDITED = message("W7", "The traffic and the prices of the exercise",
                 "other traffic or another price than the exercise states.",
                 "The design is changed to fit the traffic, and not the other way round.",
                 "Users and the provider's price list do not take orders. Restart the kernel to have both back.")
FLAT = message("W4", "Replicas follow the traffic", "", "Each period has what it needs, and no more.",
               "Most of the day, many of yours idle at full price. Safety at peak needs no crowd at night.")
DEAR = message("COST", "No more than the promise needs", "", "One replica fewer in any period would break the promise.",
               "Each replica hour that nobody needs is paid every day.")
MEAN = message("W1", "Sized for the busiest period", "", "The promise holds in each period, the busiest too.",
               "A day has no average hour. The mean of the day is too much at night and far too little at peak, and "
               "most users come at peak.")
EXACTLY = message("W2", "Room to spare", "", "Utilisation stays clearly below 1 in every period.",
                  "Rate times work is what keeps the servers busy all the time. Without spare capacity, each stroke of "
                  "bad luck leaves a queue that never drains.")
LUCKY = message("W3", "Right on other days too", "the promise kept on the day you can see, and broken on others.",
                "The promise holds on average over many days.",
                "You tuned your numbers to one day's luck. Repeat the day with other seeds before you trust a number "
                "that only just fits.")
SPARE = message("W5", "One replica may fail", "the promise kept without the failure, and broken with it.",
                "At peak it holds with one replica away.",
                "Servers fail when they are needed most. The spare one looks idle until that minute.")
SLOW = message("SLO", "The promise in each period", "", "In each period at most one request in a hundred exceeds the "
               "promised time.", "A promise is broken by its worst hour. Look at the p99 of each period to find it.")
EXERCISES = (Design(),)
