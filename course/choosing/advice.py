"""Eight recommendations and the four edges of a flowchart, each with a test that it could fail; and every claim."""

from ..claims import evidence, practices
from ..claims.claim import Claim
from .branching import BusyShare, EitherWillDo, LeftOut, OperationsPrice
from .recommending import HardwareMix, MoreRequests, OneUnit, RisingOrSteady, SoonOrAnswered
from .volumes import DataInMemory, MoreData, WrongNumbers

SERVICES_SCALE = Claim(
    id="R1",
    statement="Who needs scalability chooses microservices",
    metric="US dollars an hour",
    hold="150 requests a second, each 100 ms of CPU and 5 ms of GPU: unlike the box",
    comparison="copies of the whole application on boxes with 4 CPUs and a GPU, under the same promise",
    fail="150 requests a second, each 15 ms of CPU and 5 ms of GPU: like the box",
    knob="milliseconds of CPU that a request needs beside 5 of GPU, on boxes with 4 CPUs to a GPU",
    holds_at=100, fails_at=15, realistic=(1, 1000),
    false_when="the steps need hardware in the proportion in which it is sold, or one box is enough for all the "
               "traffic, or a store that all share is full",
    not_modelled=("splitting the data", "people for each further service", "time to add a machine",
                  "idle CPUs of the GPU boxes, which could do the other steps"),
    would_flip="A database that every service calls: more machines before it answer no more requests.",
    experiment=HardwareMix(),
)

FUNCTIONS_SCALE = Claim(
    id="R2",
    statement="Who needs scalability chooses serverless",
    metric="percent of requests not answered within 10 seconds",
    hold="a rise to 20 requests at once, a limit of 40",
    comparison="machines that an autoscaler adds, by Kubernetes' rule and with a measured boot time",
    fail="a limit of 4 at once",
    knob="requests at once that the account's limit leaves to the functions",
    holds_at=40, fails_at=4, realistic=(1, 1000),
    false_when="a limit is below what the traffic needs, or a store behind is full, or the traffic is steady: then it "
               "only costs more",
    not_modelled=("limits on how fast functions may become more, but for one arm", "queues further behind",
                  "other functions of the account, which rise too", "machines that are ready for the rise"),
    would_flip="Traffic that is high all day: machines that are always busy are cheaper, and need not scale.",
    experiment=RisingOrSteady(),
)

EVENTS_AT_ONCE = Claim(
    id="R3",
    statement="Who needs real-time processing chooses an event-driven architecture",
    metric="seconds from an event to its action, mean",
    hold="a consumer that is busy for half of its time, and gets each event pushed",
    comparison="a job that looks every second and does all that is new in one go",
    fail="events for 120 % of what the consumer can do, for 10 minutes",
    knob="work that comes in events, as a multiple of what the consumer can do",
    holds_at=0.5, fails_at=1.2, realistic=(0.05, 2.0),
    false_when="the consumer has too little to spare, or a caller waits for the answer: a direct call saves two ways "
               "over the bus",
    not_modelled=("batches and waits inside the bus", "the network", "events that have to stay in order",
                  "what it costs to look each second"),
    would_flip="An answer that blocks the caller: then the bus adds to what the work takes, there and back.",
    experiment=SoonOrAnswered(),
)

LAYERS_AT_ONCE = Claim(
    id="R4",
    statement="Who needs real-time processing chooses a lambda architecture",
    metric="US dollars a month, with what wrong numbers cost",
    hold="the dashboard of U10, 5 % of the events late, and a percent wrong costs 200 dollars a month",
    comparison="one stream that ignores events more than a minute late, tuned for the same brief",
    fail="wrong numbers cost nothing",
    knob="US dollars a month for each percent by which the final number of a day is wrong",
    holds_at=200, fails_at=0, realistic=(0, 10_000),
    false_when="nothing is late, or wrong numbers cost little, or one stream waits for late events and counts them",
    not_modelled=("what a wrong number really costs: whoever asks has to say", "questions of several kinds",
                  "the memory of a stream that waits", "mistakes in either of two programs"),
    would_flip="A stream that takes events up to 12 hours late: it is as right, and has fewer parts to pay.",
    experiment=WrongNumbers(),
)

FUNCTIONS_SAVE = Claim(
    id="R5",
    statement="Who wants to save money chooses serverless",
    metric="US dollars a month",
    hold="4 requests a second of 0.2 s each",
    comparison="two machines with two cores each, the least that availability asks for",
    fail="12 requests a second",
    knob="requests a second of 0.2 s each",
    holds_at=4, fails_at=12, realistic=(0.01, 20),
    false_when="two machines would be busy for more than the break-even share of their time, or functions wait while "
               "they are paid, or each step costs a fee",
    not_modelled=("free tiers", "transfer of data", "logs", "people to operate either",
                  "discounts for machines that are kept for years"),
    would_flip="A function that waits for a language model: it is paid for the wait, a machine does other work.",
    experiment=MoreRequests(),
)

ONE_IS_EASY = Claim(
    id="R6",
    statement="Who wants easy development chooses a monolith",
    metric="minutes until a change runs everywhere",
    hold="one unit of 5 minutes, against a gateway and three services",
    comparison="4 units, rolled out one after the other, 5 minutes each",
    fail="one unit that takes 60 minutes to build, against a gateway and three services",
    knob="minutes to build and start the whole application",
    holds_at=5, fails_at=60, realistic=(5, 60),
    false_when="the one unit takes long to build, or a platform rolls out every unit at once, or several teams share "
               "one release a week, or the services are traced well",
    not_modelled=("skill and time to learn", "quality of the tools", "what a team knows already",
                  "agreeing on a change between teams"),
    would_flip="Several teams with one release of everything a week: each change waits for all the others.",
    experiment=OneUnit(),
    proxy="Minutes, places, parts and days stand for ease.",
)

LAYERS_FOR_MUCH = Claim(
    id="R7",
    statement="Who has large data volumes chooses a lambda architecture",
    metric="US dollars a month, with what is not billed",
    hold="bills from usage as in U12: 2000 GB a day, half a dollar each, 5 % of the events late",
    comparison="one stream that never bills what is more than a minute late",
    fail="10 GB a day",
    knob="gigabytes that come in a day",
    holds_at=2000, fails_at=10, realistic=(1, 10_000),
    false_when="nothing is late, or no number has to be exact, or a team reads the log again every night with one "
               "engine, or the log grows and no machine is added",
    not_modelled=("classes of storage", "moving data between machines", "runs again after one that has failed",
                  "what a gigabyte is billed: whoever sells it has to say"),
    would_flip="An event log that is read again every night: it bills everything, too, and has fewer units.",
    experiment=MoreData(),
)

SERVICES_FOR_MUCH = Claim(
    id="R8",
    statement="Who has large data volumes, and one step that keeps them, chooses microservices",
    metric="US dollars an hour",
    hold="the mechanism that we name: one step, a tenth of the work, keeps an hour's data in memory; 200 GB a day",
    comparison="copies of the whole application, each with the data, under the same promise",
    fail="the same mechanism, 1 GB a day",
    knob="gigabytes that come in a day, of which that one step keeps an hour",
    holds_at=200, fails_at=1, realistic=(1, 10_000),
    false_when="no such step is there: volume alone is not supported without a mechanism, and does nothing where every "
               "step keeps the data, or one store for both designs does",
    not_modelled=("sizes in which memory is sold", "loading the data into a new server", "splitting the data",
                  "disks, and moving data between steps"),
    would_flip="Data in a store that all copies share: then a copy is as small as before.",
    experiment=DataInMemory(),
)

REAL_TIME_EDGE = Claim(
    id="F1",
    statement="Real-time needs lead to event-driven or lambda architecture, and either will do",
    metric="US dollars a month, with what wrong numbers cost",
    hold="the first of the two in U10, nothing late",
    comparison="the second of the two, a lambda architecture; both tuned for the brief",
    fail="the first of the two in U10, 5 % of the events late, and a percent wrong costs 200 dollars a month",
    knob="percent of the events that are up to 12 hours late",
    holds_at=0, fails_at=5, realistic=(0, 20),
    false_when="events are late and numbers have to be right, which tells the two apart; or somebody waits for each "
               "answer, as of a chatbot, which needs neither",
    not_modelled=("what real time means in seconds", "the way back to whoever asked", "a budget",
                  "real-time systems that also have to scale"),
    would_flip="A person who waits for the answer: a request and a reply are enough.",
    experiment=EitherWillDo(),
)

NEXT_QUESTION = Claim(
    id="F2",
    statement="Without real-time needs, whether it has to scale decides, and events can be left out",
    metric="US dollars a month",
    hold="U11 without a queue: requests may get lost",
    comparison="the cheaper of event-driven and lambda architecture, which it leaves out; all tuned for the brief",
    fail="U11 as it is: nothing may get lost, and a request is 3 messages of a hosted queue",
    knob="messages that a queue is paid for with each request",
    holds_at=0, fails_at=3, realistic=(0, 4),
    false_when="nothing may get lost at some hundred requests a second; and neither question asks for teams, releases "
               "or hardware",
    not_modelled=("what a day of waiting for a release costs", "queues that are operated by oneself",
                  "freshness in minutes", "how many failures are tolerated"),
    would_flip="One more question: may anything get lost, how many teams are there, which steps need a GPU?",
    experiment=LeftOut(),
)

SCALING_EDGE = Claim(
    id="F3",
    statement="Scalability leads to microservices or serverless",
    metric="US dollars a month",
    hold="U14 nearly as it is: machines for its peak would be busy for 1.5 % of their time",
    comparison="a monolith with machines for the peak of the brief",
    fail="the same peak, and machines that are busy for 60 % of their time",
    knob="percent of their time for which a monolith's machines are busy",
    holds_at=1.5, fails_at=60, realistic=(0.1, 80),
    false_when="the traffic keeps machines for its peak busy, or services save less by hardware of their own than "
               "their units cost",
    not_modelled=("a store behind, which may be full", "limits of an account", "machines that come and go",
                  "a budget"),
    would_flip="Steady traffic: then the monolith's machines are busy, and cheaper than functions.",
    experiment=BusyShare(),
)

SMALL_EDGE = Claim(
    id="F4",
    statement="What needs neither real time nor scale is a monolith",
    metric="US dollars a month, operations included",
    hold="U1, 100 dollars a month to operate a unit",
    comparison="the cheapest of the other four patterns, tuned for the brief",
    fail="U1, operations for nothing",
    knob="US dollars to operate one unit for a month",
    holds_at=100, fails_at=0, realistic=(0, 300),
    false_when="operations cost little, or the budget does not pay a machine that idles nearly all the time",
    not_modelled=("people", "growth, and the price of splitting later", "free tiers",
                  "machines that are smaller than the course's"),
    would_flip="A platform team that operates any number of units for the same money.",
    experiment=OperationsPrice(),
)

CLAIMS = (SERVICES_SCALE, FUNCTIONS_SCALE, EVENTS_AT_ONCE, LAYERS_AT_ONCE, FUNCTIONS_SAVE, ONE_IS_EASY,
          LAYERS_FOR_MUCH, SERVICES_FOR_MUCH, REAL_TIME_EDGE, NEXT_QUESTION, SCALING_EDGE, SMALL_EDGE)
EVERYTHING = (*evidence.CLAIMS, *CLAIMS, *practices.CLAIMS)      # all that the course decides
