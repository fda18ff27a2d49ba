"""Six statements about event-driven architecture, three for it and three against it, each with a test that may fail."""

from .acknowledging import CrashingConsumers
from .arriving import ArrivingOrLookedFor
from .buffering import BurstInAQueue
from .claim import Claim
from .decoupling import SlowConsumer
from .ordering import OutOfOrder
from .silence import DeadConsumers

REAL_TIME = Claim(
    id="E+1",
    statement="Event-driven processing is real-time: new data is acted upon as it comes",
    metric="seconds from an event to its action, mean",
    hold="consumers that are busy for half of their time, and get each event pushed",
    comparison="a job that looks every minute and does all that is new in one go",
    fail="events for 120 % of what the consumers can do, for 10 minutes",
    knob="work that comes in events, as a multiple of what the consumers can do",
    holds_at=0.5, fails_at=1.2, realistic=(0.05, 2.0),
    false_when="more comes than the consumers can do, or little comes and a direct call would do: it saves the bus",
    not_modelled=("batches and waits inside the bus", "the network", "events that have to stay in order",
                  "the way back to whoever waits for the result", "what it costs to look often"),
    would_flip="Consumers that take all that is waiting in one go: then they too save work when there is much of it.",
    experiment=ArrivingOrLookedFor(),
)

RESILIENT = Claim(
    id="E+2",
    statement="Event-driven architecture is scalable and resilient",
    metric="percent of events without a result within a minute",
    hold="half of what the consumers can do, and a burst of four times as much as that for 10 seconds",
    comparison="a service of as many servers that callers wait for: they give up after a second",
    fail="half as much again as the consumers can do, and the burst",
    knob="work that comes beside the burst, as a multiple of what the consumers can do",
    holds_at=0.5, fails_at=1.5, realistic=(0.05, 2.0),
    false_when="more comes than the consumers can do for longer than anybody waits, or most events have one key, or a "
               "result is of use at once or never",
    not_modelled=("a bus that fails", "the room that a queue has, and how long it keeps an event",
                  "the time in which partitions are handed to other consumers", "what consumers cost",
                  "callers who try again"),
    would_flip="Callers who wait for the result: to them a queue that loses nothing is a service that is late.",
    experiment=BurstInAQueue(),
)

DECOUPLED = Claim(
    id="E+3",
    statement="Event-driven components are decoupled",
    metric="seconds that whoever publishes waits, 99th percentile",
    hold="consumers ten times as slow for a minute, and room for 2000 events",
    comparison="callers who wait for the result, and give up after a second",
    fail="the same consumers, and room for 10 events",
    knob="events that there is room for, before publishers have to wait",
    holds_at=2000, fails_at=10, realistic=(1, 1_000_000),
    false_when="the room is less than what gathers while a consumer is slow, or publishers wait for the result; who "
               "reads an event depends on its fields, as who is called does",
    not_modelled=("a bus that fails", "events that have to stay in order", "the memory that a long queue takes",
                  "versions of an event, old and new at once", "who notices that a consumer is slow"),
    would_flip="A queue in memory that is full after a hundred events: then publishers wait for the slowest consumer.",
    experiment=SlowConsumer(),
)

CAREFUL = Claim(
    id="E-1",
    statement="Event-driven architecture requires careful event management",
    metric="percent of keys that end wrong",
    hold="events half a second on their way, each replaces the one before, clocks that agree",
    comparison="consumers that go by the time on the event, as the producer's clock tells it",
    fail="the same, and clocks that differ by up to 10 seconds",
    knob="seconds by which the clocks of producers may differ; servers set them over the network",
    holds_at=0.0, fails_at=10.0, realistic=(0.0, 0.25),
    false_when="the order and the number of deliveries do not matter, as for the largest value or a set, or each key "
               "has one partition and nobody is late",
    not_modelled=("events that are hours late", "events that cannot be read, after a change of their form",
                  "the work of going through all of them again", "a partition that moves to another consumer"),
    would_flip="Updates that may come in any order and twice: then the simplest consumer is right.",
    experiment=OutOfOrder(),
)

SILENT = Claim(
    id="E-2",
    statement="Event-driven architecture can be complex to monitor and troubleshoot",
    metric="seconds until an alarm rings",
    hold="all consumers die, and nobody looks at the queue: errors ring the alarm, and there are none",
    comparison="a service that dies as they do, whose callers give up after a second: an error each",
    fail="an alarm that rings when 20 events wait",
    knob="waiting events at which an alarm rings",
    holds_at=2000, fails_at=20, realistic=(1, 1_000_000),
    false_when="the length of the queue rings an alarm, and each event carries the id of what it belongs to",
    not_modelled=("alarms that ring too often", "how well people search", "traces of which only a sample is kept",
                  "consumers that work, and do the wrong thing"),
    would_flip="An alarm on the age of the oldest event: it rings however few of them come.",
    experiment=DeadConsumers(),
    proxy="Seconds without an alarm and ways that cannot be told stand for trouble.",
)

LOSS = Claim(
    id="E-3",
    statement="Event-driven architecture may lose data if it is not handled correctly",
    metric="events lost, of 10,000",
    hold="each event is acknowledged first, and a consumer dies at 1 in 200",
    comparison="acknowledged last, by consumers that know what they have done; a queue that keeps events for a minute",
    fail="the same, and that queue keeps events for a second",
    knob="seconds for which the queue of the careful ones keeps an event; all consumers are away for 30",
    holds_at=60.0, fails_at=1.0, realistic=(60.0, 1_209_600.0),
    false_when="events are acknowledged last, done once, and kept for longer than the longest outage",
    not_modelled=("a bus that loses what it has", "events that nobody can work on", "the memory of what has been done",
                  "effects outside the database, such as a mail"),
    would_flip="An outage longer than the queue keeps events: then the careful lose far more than one in 400.",
    experiment=CrashingConsumers(),
)

CLAIMS = (REAL_TIME, RESILIENT, DECOUPLED, CAREFUL, SILENT, LOSS)
