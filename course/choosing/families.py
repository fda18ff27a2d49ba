"""How a competent team would build each pattern for a use case: what its brief asks for, and sizes to choose."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Any

from ..claims.hardware import CPUS, SERVER, Packed, WholeBoxes
from ..laws import LogNormalLaw
from ..patterns.event_driven import Consumers, EventDriven
from ..patterns.lambda_architecture import LambdaArchitecture
from ..patterns.microservices import Gateway, Microservices, Service
from ..patterns.monolith import Monolith
from ..patterns.serverless import Serverless
from ..policies.asynchronous import Asynchronous
from ..policies.chained import Chained
from ..policies.front_end import FrontEnd
from ..policies.language_model import LanguageModel
from ..policies.once import Once
from ..policies.queued import Queued
from ..policies.redelivery import Redelivered
from ..policies.retries import Exponential, Retries
from ..prices import SERVER as SMALL
from ..scenario import Scenario

Sizes = dict[str, int]

UNITS = {"Monolith": 1, "Microservices": 4, "EventDriven": 4, "LambdaArchitecture": 6, "Serverless": 2}
WORKERS = 2             # on the course's server, which has two processors; a function has one at full memory
BROKERS = LambdaArchitecture.brokers
MAY_WAIT = 10.0         # seconds: where an answer may take as long, nobody sits and waits for it, and a queue is fine
HOSTED = LanguageModel(LogNormalLaw(2.0), per_token=0.0, tokens=LogNormalLaw(1.0))      # 2 s, as the brief says
THREADS = 200           # that can wait at once on one machine
STEP_GB, STEPS = 0.128, 14      # memory of a function comes in steps; so many bring a whole processor
BATCH_INTERVAL, BATCH_TIME = 21_600.0, 3_600.0          # seconds between batch runs, and that one lasts
PUBLISHERS = 1_000      # clients that talk to the bus at once; nobody pays for them


@dataclass(frozen=True)
class Family:
    """A pattern: what is to be operated, sizes that are enough for so many requests a second, and the design of sizes.

    `sizes` counts only mean work: queues need more, which is left to the search. `cannot` is why it is impossible.
    """

    name: str
    sizes: Callable[[Scenario, float], Sizes]
    build: Callable[[Scenario, Sizes], Any]
    cannot: Callable[[Scenario], str] = lambda scenario: ""

    @property
    def units(self) -> int:
        """What has to be operated."""
        return UNITS[self.name]


def machines(rate: float, seconds: float, each: int = WORKERS) -> int:
    """Machines that so many requests a second keep busy: each works on so many, and a request takes `seconds`."""
    return max(1, ceil(rate * seconds / each - 1e-9))


def packed(design: Callable[[int], Any], count: int, each: int = WORKERS) -> Packed:
    """A design with workers on each processor of so many machines."""
    return Packed(design(count * each), 1 / each)


def talks(scenario: Scenario) -> bool:
    """Whether each request waits for a language model."""
    return bool(scenario.slo.until)


def kept(scenario: Scenario, design: Any, most: int = 1_000_000) -> Any:
    """What fails is tried again, from a hosted queue where nothing may be lost, or where an answer may take a while."""
    queue = scenario.most_lost == 0 or scenario.slo.seconds >= MAY_WAIT
    tried = Retries(design, 8 if queue else scenario.tries, Exponential(1.0)) if queue or scenario.tries > 1 else design
    return Queued(tried, most) if queue else tried


def boxes(scenario: Scenario, rate: float) -> Sizes:
    """Machines of the application; one with a GPU has it for inference, and four processors for the rest."""
    work = scenario.mean_work
    if not scenario.gpu:
        return {"machines": machines(rate, sum(work))}
    return {"machines": max(machines(rate, work.infer, 1), machines(rate, sum(work), CPUS))}


def monolith(scenario: Scenario, sizes: Sizes) -> Any:
    """Copies of the application; one that talks to a language model does not wait for it."""
    count = sizes["machines"]
    if scenario.gpu:
        return kept(scenario, WholeBoxes(count, scenario.gpu))
    return kept(scenario, talking(count) if talks(scenario) else packed(Monolith, count))


def talking(count: int) -> Packed:
    """So many machines, each with workers that are free while the language model answers."""
    return Packed(Asynchronous(HOSTED, count * WORKERS), share=count)


def replicas(scenario: Scenario, rate: float) -> Sizes:
    """Machines of each service, and of the gateway."""
    return {**steps(scenario, rate), "gateway": machines(rate, Gateway().seconds)}


def steps(scenario: Scenario, rate: float) -> Sizes:
    """Machines for each step: with a GPU for inference, if it needs one, and without for the others."""
    infer, other = (1, CPUS) if scenario.gpu else (WORKERS, WORKERS)
    work = scenario.mean_work
    return {"infer": machines(rate, work.infer, infer), "prepare": machines(rate, work.prepare, other),
            "respond": machines(rate, work.respond, other)}


def services(scenario: Scenario, sizes: Sizes) -> tuple[Any, Any, Any]:
    """The three steps, each on machines of its own; the last of a chatbot waits for the language model."""
    infer: Any = packed(partial(Service, "infer"), sizes["infer"])
    machine, each = SMALL, WORKERS
    if scenario.gpu:
        infer, machine, each = Service("infer", sizes["infer"], scenario.gpu), SERVER, CPUS
    prepare, respond = (packed(partial(Service, step, machine=machine), sizes[step], each)
                        for step in ("prepare", "respond"))
    if talks(scenario):
        count = sizes["respond"]
        respond = Packed(FrontEnd(HOSTED, THREADS * count, "respond", "respond"), share=count)
    return prepare, infer, respond


def microservices(scenario: Scenario, sizes: Sizes) -> Any:
    """A service for each step, and a gateway."""
    return kept(scenario, Microservices(*services(scenario, sizes), packed(Gateway, sizes["gateway"])))


def groups(scenario: Scenario, rate: float) -> Sizes:
    """Machines of the consumers; of a group for each step, if one needs machines of its own sort."""
    return steps(scenario, rate) if scenario.gpu else boxes(scenario, rate)


def event_driven(scenario: Scenario, sizes: Sizes) -> EventDriven:
    """Consumers that get again what they have lost, and notice what they have done already."""
    if scenario.gpu:
        group: Any = Chained(services(scenario, sizes))
    else:
        group = talking(sizes["machines"]) if talks(scenario) else packed(Consumers, sizes["machines"])
    return EventDriven(Redelivered(Once(group), visibility=1.0), publishers=PUBLISHERS)


def layers(scenario: Scenario, rate: float) -> Sizes:
    """Machines of the speed layer and of the serving layer."""
    work, each = scenario.mean_work, CPUS if scenario.gpu else WORKERS
    return {"speed": machines(rate, work.prepare + work.infer, each), "serving": machines(rate, work.respond, each)}


def lambda_architecture(scenario: Scenario, sizes: Sizes) -> Any:
    """Two layers; a batch run has an hour for what came in six, with as many workers as that takes.

    Workers are processors, and a machine has several; the brokers are machines of their own.
    """
    work, machine, each = scenario.mean_work, scenario.gpu or SMALL, CPUS if scenario.gpu else WORKERS
    batch = machines(scenario.mean_rate, (work.prepare + work.infer) * BATCH_INTERVAL / BATCH_TIME, each)
    two = Packed(LambdaArchitecture(sizes["speed"] * each, sizes["serving"] * each, BATCH_INTERVAL, batch * each,
                                    BATCH_TIME, 0.0, brokers=BROKERS * each, machine=machine), 1 / each)
    return Chained((two, HOSTED)) if talks(scenario) else two


def memory(scenario: Scenario, rate: float) -> Sizes:
    """Steps of memory for one that waits; another does its work twice as long with half of it, and costs the same."""
    return {"memory": STEPS} if talks(scenario) else {}


def memory_gb(sizes: Sizes) -> float:
    """What a function has; more would make nothing faster."""
    return min(Serverless.full_speed_gb, sizes.get("memory", STEPS) * STEP_GB)


def serverless(scenario: Scenario, sizes: Sizes) -> Any:
    """A function; behind a queue, at most as many at once as the platform lets."""
    calls = HOSTED if talks(scenario) else None
    return kept(scenario, Serverless(memory_gb(sizes), calls=calls), most=Serverless.concurrency_limit)


def without_gpu(scenario: Scenario) -> str:
    """Why functions are impossible."""
    return "functions have no GPU" if scenario.gpu else ""


FAMILIES = {family.name: family for family in (
    Family("Monolith", boxes, monolith), Family("Microservices", replicas, microservices),
    Family("EventDriven", groups, event_driven), Family("LambdaArchitecture", layers, lambda_architecture),
    Family("Serverless", memory, serverless, without_gpu))}
