"""Six statements about the monolith, three for it and three against it, each with a test that it could fail."""

from .claim import Claim
from .coupling import BlastRadius
from .delivery import FaultSearch, ReleaseTrain, RollOut
from .scaling import Growth
from .small import SmallProject

SIMPLE = Claim(
    id="M+1",
    statement="A monolith is simple to develop and deploy",
    metric="minutes until a change runs everywhere",
    hold="one unit of 5 minutes, against 10 services",
    comparison="10 services, rolled out one after the other, 5 minutes each",
    fail="one unit that takes 60 minutes to build, against 10 services",
    knob="minutes to build and start the whole application",
    holds_at=5, fails_at=60, realistic=(5, 60),
    false_when="the one unit takes longer to build than all the services together, or a platform rolls out every unit "
               "at once",
    not_modelled=("skill and time to learn", "quality of the tools", "time to roll back and repair",
                  "faults that hit several units together"),
    would_flip="Changes that touch one service only: then one unit of 5 minutes is rolled out in either design.",
    experiment=RollOut(),
    proxy="Minutes and moving parts stand for simplicity.",
)

DEBUG = Claim(
    id="M+2",
    statement="A monolith is easier to debug and test",
    metric="places inspected until a fault is found",
    hold="one stack trace, against 8 services without trace ids",
    comparison="8 services with a log each",
    fail="95 % of the requests to the services carry a trace id",
    knob="share of requests that carry a trace id",
    holds_at=0.0, fails_at=0.95, realistic=(0.0, 0.95),
    false_when="the services are traced well and shared state in the monolith hides the culprit in a quarter of faults",
    not_modelled=("how fast and with what experience people read", "faults that come and go", "time to reproduce",
                  "faults that span two components"),
    would_flip="A memory leak or shared state that makes most stack traces of the monolith name the wrong module.",
    experiment=FaultSearch(),
    proxy="Places inspected stand for the effort of finding a fault.",
)

SMALL = Claim(
    id="M+3",
    statement="A monolith suits small projects",
    metric="US dollars a month, operations included",
    hold="1 request a second, 100 dollars a month to operate a unit",
    comparison="the cheaper of functions (2 units) and of services with a gateway (4 units)",
    fail="1 request a second, operations for nothing",
    knob="US dollars to operate one unit for a month",
    holds_at=100, fails_at=0, realistic=(0, 300),
    false_when="operations cost next to nothing and the traffic is a few requests a second at most",
    not_modelled=("free tiers", "growth, and the price of splitting later", "what an hour of a person costs",
                  "functions that wait for others while they are paid"),
    would_flip="A platform team that operates any number of units for the same money.",
    experiment=SmallProject(),
)

SCALE = Claim(
    id="M-1",
    statement="A monolith is hard to scale",
    metric="US dollars an hour",
    hold="400 requests a second, each 100 ms of CPU and 10 ms of GPU: unlike the box",
    comparison="CPUs and GPUs bought apart, at the same utilisation",
    fail="400 requests a second, each 40 ms of CPU and 10 ms of GPU: like the box",
    knob="seconds of CPU a request needs beside 0.01 s of GPU, on boxes with 4 CPUs to a GPU",
    holds_at=0.100, fails_at=0.040, realistic=(0.010, 0.200),
    false_when="nothing is shared and the steps need hardware in the proportion in which it is sold",
    not_modelled=("the database behind", "time to start a copy", "warm and cold caches", "licences for each copy",
                  "the CPUs of the GPU boxes, which the comparison leaves idle"),
    would_flip="A step that holds state all copies must agree on: then more copies can mean fewer answers.",
    experiment=Growth(),
)

COUPLED = Claim(
    id="M-2",
    statement="The components of a monolith are tightly coupled",
    metric="percent of requests failed",
    hold="one of 5 features crashes and takes the one process along",
    comparison="a service for each feature, of which one crashes",
    fail="a supervisor restarts the one process in a twentieth of the time",
    knob="restart of the whole, as a multiple of the restart of one part",
    holds_at=1.0, fails_at=0.05, realistic=(0.5, 5.0),
    false_when="the whole restarts faster than a part by more than the number of parts, or the services all call the "
               "one that crashes",
    not_modelled=("the work of building boundaries", "answers that lack a part but are still of use",
                  "data that couples services beyond a schema", "mistakes of operators"),
    would_flip="Services that all call the feature that crashes: they fail with it, as one process does.",
    experiment=BlastRadius(),
)

UPDATE = Claim(
    id="M-3",
    statement="A monolith is difficult to update and maintain",
    metric="days from a change to its release",
    hold="5 teams, one release of everything a week",
    comparison="each team releases its own service once a week",
    fail="5 teams, one release of everything a day",
    knob="days between releases of the whole application",
    holds_at=7, fails_at=1, realistic=(1, 14),
    false_when="releases are small and frequent, whatever the architecture",
    not_modelled=("review, test and merge", "how bad a bad change is", "people's calendars",
                  "the cost of rolling back"),
    would_flip="Changes that need several teams: then services wait for one another as well.",
    experiment=ReleaseTrain(),
    proxy="Waiting for a release stands for the difficulty of changing the application.",
)

CLAIMS = (SIMPLE, DEBUG, SMALL, SCALE, COUPLED, UPDATE)
