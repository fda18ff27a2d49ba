"""Exercise 2D: pools for three services under a budget; the judge computes what the learner's numbers do."""

import json
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import ceil, floor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..prices import Prices
from ..workload import Diurnal, LogNormal, Work, Workload
from . import oracle, promise
from .answers import failed, failure, paired
from .exercise import Message, Outcome, Report, maker, verdict

WORK = Work(0.044, 0.055, 0.019)        # mean seconds
USUAL, CAMPAIGN = 31, 62                # requests per second
SLOTS, RUSH = 12, 6                     # a day in slots of two hours, and the slot of the campaign, counted from 0
PROMISE, BUDGET = 0.400, 3.50           # seconds; US dollars an hour
HOP_TIME, GATEWAY = 0.020, 0.0005       # seconds
MACHINES = ("vm_m5.large_2vcpu_8gib", "gpu_g4dn.xlarge_1xT4_4vcpu_16gib", "vm_m5.large_2vcpu_8gib")
SEEN: dict[str, Any] = {"day": 360, "seeds": [4]}
STORED = Path(__file__).with_name("microservices_design.json")
WHERE = "Hint 2 of exercise 2D, and the two p99 above it."


class Replicas(NamedTuple):
    """Replicas of each service."""

    prepare: int
    infer: int
    respond: int


class Trace(NamedTuple):
    """One day's requests: arrival times, the work of each service, and who comes during the campaign."""

    arrival_times: list[float]
    work: tuple[list[float], ...]
    rush: np.ndarray


OFFERED = tuple(CAMPAIGN * seconds for seconds in WORK)        # mean busy replicas during the campaign


@dataclass(frozen=True)
class Design:
    """Three whole numbers: replicas that prepare, infer and respond."""

    id: str = "2D"
    points: float = 5.0
    hidden: int = 3

    def cases(self, variant: int) -> list[Any]:
        hidden = stored()["hidden"]
        return [dict(SEEN) if variant == 0 else dict(hidden[variant % len(hidden)])]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        case, answer = paired(cases, raw)[0]
        given = answer.get("replicas") if isinstance(answer, dict) else None
        counts = promise.whole_numbers(given, Replicas._fields)
        if counts is None:
            return verdict(self.id, self.points, [Outcome(self.points, 0, unusable(given))])
        replicas = Replicas(*counts)
        slowest = [worst(replicas, case["day"], seed) for seed in case["seeds"]]
        message = lacking(replicas, case, kept=float(np.mean(slowest)) <= PROMISE)
        return verdict(self.id, self.points, promise.scored(slowest, PROMISE, saving(replicas), message))


def saving(replicas: Replicas) -> float:
    """How much of the possible saving is made; nothing at the budget or above."""
    return promise.saving(usd(replicas), usd(Replicas(*stored()["best"])), BUDGET)


def usd(replicas: Replicas) -> float:
    """US dollars an hour for the three services."""
    return sum(count * hourly for count, hourly in zip(replicas, hourly_prices()))


@lru_cache(maxsize=1)
def hourly_prices() -> list[float]:
    """US dollars an hour for the machine of each service."""
    return [Prices.read().usd(machine) for machine in MACHINES]


@lru_cache(maxsize=1)
def stored() -> dict[str, Any]:
    """The least cost found by `least`, and the days that were checked to be fair."""
    return json.loads(STORED.read_text(encoding="utf-8"))


@lru_cache(maxsize=128)
def trace(day: float, seed: int) -> Trace:
    """The requests of one day."""
    rates = tuple(CAMPAIGN if slot == RUSH else USUAL for slot in range(SLOTS))
    workload = Workload(float(np.mean(rates)), day, WORK, seed, Diurnal(rates, day), LogNormal(0.5))
    rows = list(workload.requests())
    arrival_times = [request.arrival_time for request in rows]
    work = tuple([request.work[step] for request in rows] for step in range(len(WORK)))
    return Trace(arrival_times, work, np.array(arrival_times) // (day / SLOTS) == RUSH)


def response_times(replicas: Replicas, day: float, seed: int, hop_time: float = HOP_TIME) -> np.ndarray:
    """Seconds from arrival to departure, through the gateway and the three services."""
    requests = trace(day, seed)
    work = ([GATEWAY] * len(requests.arrival_times), *requests.work)
    return np.array(oracle.tandem(requests.arrival_times, work, (1, *replicas), hop_time))


def worst(replicas: Replicas, day: float, seed: int, hop_time: float = HOP_TIME) -> float:
    """The p99 in seconds of those who come in usual hours or during the campaign, whichever is longer."""
    responses, rush = response_times(replicas, day, seed, hop_time), trace(day, seed).rush
    return max(float(np.percentile(responses[part], 99)) for part in (rush, ~rush))


def least(day: float, seeds: list[int]) -> Replicas:
    """The cheapest replicas that keep the promise on average, by trying all from the cheapest on."""
    for replicas in candidates():
        if np.mean([worst(replicas, day, seed) for seed in seeds]) <= PROMISE:
            return replicas
    raise ValueError("no replicas within the budget keep the promise: choose other days")


def candidates() -> list[Replicas]:
    """All within the budget, the cheapest first, that can do the work of the campaign.

    With fewer replicas than the offered load, a queue grows through the whole campaign.
    """
    able = [range(ceil(offered), floor(BUDGET / hourly) + 1) for offered, hourly in zip(OFFERED, hourly_prices())]
    within = [Replicas(*counts) for counts in product(*able) if usd(Replicas(*counts)) <= BUDGET]
    return sorted(within, key=usd)


def unusable(given: Any) -> Message:
    """What is wrong with an answer that cannot be simulated."""
    if given is None or failure(given):
        return failed("2D", given if failure(given) else {"error": "Blank"}, WHERE)
    return FORM._replace(got=f"{given if isinstance(given, list) else 'something else'}."[:80])


def lacking(replicas: Replicas, case: dict[str, Any], kept: bool) -> Message:
    """What is to be said first about an answer that can be simulated."""
    if usd(replicas) > BUDGET:
        return OVER._replace(got=f"{usd(replicas):.2f} USD an hour.")
    if len(set(replicas)) == 1:
        return EQUAL._replace(got=f"the same number, {replicas.infer}, for each service.")
    if kept:
        return DEAR._replace(got=f"{usd(replicas):.2f} USD an hour, and the promise kept.")
    return broken(replicas, case)._replace(got=f"{tuple(replicas)}, and the promise broken{longest(replicas)}.")


def broken(replicas: Replicas, case: dict[str, Any]) -> Message:
    """Why the promise is broken."""
    starved = sum(count < offered for count, offered in zip(replicas, OFFERED))
    if starved == len(replicas):
        return USUAL_ONLY
    if starved == len(replicas) - 1:
        return ONE_STAGE
    if all(count <= ceil(offered) for count, offered in zip(replicas, OFFERED)):
        return EXACTLY
    if worst(replicas, SEEN["day"], SEEN["seeds"][0]) <= PROMISE:
        return LUCKY
    if np.mean([worst(replicas, case["day"], seed, hop_time=0) for seed in case["seeds"]]) <= PROMISE:
        return HOPS
    return SLOW


def longest(replicas: Replicas) -> str:
    """Where waiting adds most on the visible day: the service that would gain most from having no queue."""
    eased = {name: worst(replicas._replace(**{name: 100}), SEEN["day"], SEEN["seeds"][0]) for name in Replicas._fields}
    return f"; most of the waiting is before '{min(eased, key=eased.__getitem__)}'"


message = maker("2D", WHERE)
FORM = message("FORM", "Three whole numbers", "",
               "Replicas of prepare, infer and respond, each a whole number above zero.",
               "Half a machine cannot be rented, and a service without one answers nobody.")
OVER = message("W6", "Within the budget", "", "The three services together cost no more an hour than the budget.",
               "Speed that is paid with money you do not have will be taken away again. Look for the pool that costs "
               "most and helps least.")
EQUAL = message("W1", "Each service has a size of its own", "", "A pool is as large as the work of its own step asks.",
                "The steps need different time. With equal numbers some machines idle and others hold up everyone. To "
                "size each alone is what splitting is for.")
DEAR = message("COST", "No more than the promise needs", "", "One replica fewer would break the promise.",
               "Each hour that nobody needs is paid again every hour.")
USUAL_ONLY = message("CAMPAIGN", "Sized for the campaign too", "", "The promise holds for those who come in the rush.",
                     "Yours can do the usual work and not that of the campaign. Most new users meet you in just those "
                     "two hours.")
ONE_STAGE = message("W3", "No service is starved", "", "Each service can do more work than comes in.",
                    "A request needs all three. Past a point, more machines in one place only pass the queue on to the "
                    "next.")
EXACTLY = message("W2", "Room to spare", "", "Each pool is clearly larger than the load that it has in the rush.",
                  "Rate times work is what keeps the replicas busy all the time. With no room to spare, each stroke of "
                  "bad luck leaves a queue that hardly drains.")
LUCKY = message("W5", "Right on other days too", "", "The promise holds on average over many days.",
                "It is kept on the day that you can see, and broken on others. Repeat the day with other seeds before "
                "you trust numbers that only just fit.")
HOPS = message("W4", "The network counts", "", "Services, queues and hops together keep the promise.",
               "Without the network yours would be fast enough. Every hop takes its part of the time that you "
               "promised, before anyone has worked.")
SLOW = message("SLO", "The promise in the rush", "", "At most one request in a hundred exceeds the promised time, in "
               "usual hours and in the rush.", "A chain is as slow as its slowest pool. See where the waiting is.")
EXERCISES = (Design(),)
