"""Six statements about microservices, three for them and three against them, each with a test that it could fail."""

from .api import OneCallsTooOften
from .claim import Claim
from .delivery import OwnPace, UnitsToWatch
from .hardware import Unlike
from .isolation import ExtraThatHangs
from .splitting import Splitting

GROWS = Claim(
    id="µ+1",
    statement="Microservices are highly scalable and flexible",
    metric="US dollars an hour",
    hold="150 requests a second, each 100 ms of CPU and 5 ms of GPU: unlike the box",
    comparison="copies of the whole application on boxes with 4 CPUs and a GPU, under the same promise",
    fail="5 requests a second",
    knob="requests a second",
    holds_at=150, fails_at=5, realistic=(1, 1000),
    false_when="one box is enough for all the traffic, or the steps need hardware in the proportion in which it is "
               "sold, or a shared store is the bottleneck",
    not_modelled=("time to add a machine", "what each call costs on the network", "people for each further service",
                  "splitting the data", "idle CPUs of the GPU boxes, which could do the other steps",
                  "a CPU that may only use the GPU in its own box"),
    would_flip="A database that all services share and that is full: then neither design gains from more machines.",
    experiment=Unlike(),
)

FREE = Claim(
    id="µ+2",
    statement="Microservices are developed and updated independently",
    metric="days from a change to its release",
    hold="5 teams, and no change needs a second one",
    comparison="one team that releases one application once a week",
    fail="every change needs a second team",
    knob="share of changes that need a second team",
    holds_at=0.0, fails_at=1.0, realistic=(0.0, 1.0),
    false_when="most changes need several services at once, or the one application is released every day",
    not_modelled=("agreeing on an interface", "test environments that are shared", "work at night for each service",
                  "tests of the contract between two services"),
    would_flip="One application that is released every day: it is ahead as soon as some changes need two teams.",
    experiment=OwnPace(),
    proxy="Waiting for a release stands for the independence of teams.",
)

ISOLATED = Claim(
    id="µ+3",
    statement="Microservices isolate faults better",
    metric="percent of requests not answered within a second",
    hold="a timeout of 0.1 s on an extra that hangs",
    comparison="one process, in which the extra hangs on the caller's thread",
    fail="a timeout of 30 s on the extra",
    knob="seconds that a thread waits for the extra",
    holds_at=0.1, fails_at=30, realistic=(0.1, 60),
    false_when="no timeout or bulkhead keeps the callers' threads free, or no request can do without the part that "
               "hangs",
    not_modelled=("clients that try again", "what a waiting thread costs", "a part that is slow but answers",
                  "how the part recovers", "a front end that hangs itself"),
    would_flip="A call that every request needs: then two processes and the network must all be well.",
    experiment=ExtraThatHangs(),
)

UNITS = Claim(
    id="µ-1",
    statement="Microservices are more complex to deploy and manage",
    metric="percent of the time in which some unit is down",
    hold="10 services, each down for a thousandth of the time",
    comparison="one unit, down for a thousandth of the time",
    fail="10 services on a platform that starts each of them anew in 1 minute",
    knob="minutes until a service is up again, 43.2 for the one unit",
    holds_at=43.2, fails_at=1.0, realistic=(1, 60),
    false_when="a platform repairs and rolls out each unit by itself, or the one unit has as many switches as there "
               "would be services",
    not_modelled=("how people cope", "what tools take off them", "faults that hit several units together",
                  "which mixes of versions really occur", "services that the others can do without"),
    would_flip="A platform that makes one more unit cost next to nothing.",
    experiment=UnitsToWatch(),
    proxy="Time with a unit down, mixes of versions and calls stand for the effort of deploying and managing.",
)

API = Claim(
    id="µ-2",
    statement="Microservices need robust API management",
    metric="percent of the other clients' requests not answered within a second",
    hold="one of three clients calls 10 times as often as agreed",
    comparison="a gateway with a token bucket for each client",
    fail="all three clients keep to what is agreed",
    knob="calls of the third client, as a multiple of what is agreed",
    holds_at=10, fails_at=1, realistic=(1, 20),
    false_when="the clients are few and polite, or are released together with the API, or the gateway is the "
               "bottleneck",
    not_modelled=("who may call at all", "what two versions cost to keep", "clients that never change",
                  "what the gateway costs", "clients that try again when they are refused"),
    would_flip="One caller, in the same repository and released together with the API: there is nothing to manage.",
    experiment=OneCallsTooOften(),
)

SLOWER = Claim(
    id="µ-3",
    statement="Microservices can increase latency",
    metric="milliseconds, mean response time",
    hold="10 servers split into 1, 8 and 1, 30 % busy, 8 ms of hops",
    comparison="the same 10 servers in one pool, where a worker does every step",
    fail="all of the inference runs on 4 replicas at once",
    knob="share of the inference that can run on 4 replicas at once",
    holds_at=0.0, fails_at=1.0, realistic=(0.0, 1.0),
    false_when="independent parts of a request run at the same time; for the 99th percentile of light requests also "
               "when heavy ones have servers of their own",
    not_modelled=("setting up connections", "what a payload weighs", "calls that are tried again",
                  "a network whose times vary"),
    would_flip="Inference that is several independent models: asked at once, they answer before one worker would.",
    experiment=Splitting(),
)

CLAIMS = (GROWS, FREE, ISOLATED, UNITS, API, SLOWER)
