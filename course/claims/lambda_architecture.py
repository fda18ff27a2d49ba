"""Six statements about the lambda architecture, three for it and three against it, each with a test that may fail."""

from .claim import Claim
from .complexity import TwoPaths
from .duplication import Copies
from .freshness import Balance
from .healing import Healing
from .overrun import Overrun
from .views_compared import ViewsCompared

BOTH = Claim(
    id="Λ+1",
    statement="A lambda architecture supports both real-time and batch processing",
    metric="percent that the number of the last day's events is wrong, mean",
    hold="3 % of the events up to 12 hours late, a batch run of an hour each 6 hours, and both layers merged",
    comparison="one stream that ignores events more than a minute late",
    fail="the same, and a stream that takes events up to 12 hours late",
    knob="hours by which an event may be late, and the one stream still takes it",
    holds_at=1 / 60, fails_at=12.0, realistic=(0.0, 168.0),
    false_when="nothing is late, or yesterday's number is enough, or one stream takes late events or is read again",
    not_modelled=("speed layers that only estimate", "what two layers cost", "questions of many kinds",
                  "the memory of a stream that waits for late events"),
    would_flip="A stream that keeps its sums open for a day: it then counts each event that the log has.",
    experiment=ViewsCompared(),
)

FAULTS = Claim(
    id="Λ+2",
    statement="A lambda architecture is fault-tolerant and resilient",
    metric="percent that the number of all events so far is wrong, mean",
    hold="the speed layer counts 30 % too much for a day, and the log keeps each event for a week",
    comparison="the speed layer alone",
    fail="the same, and the log keeps each event for 6 hours",
    knob="hours for which the log keeps an event",
    holds_at=168.0, fails_at=6.0, realistic=(168.0, 61_320.0),
    false_when="the same mistake is in both layers, or the log is lost, or keeps events for less than is asked about",
    not_modelled=("machines of the log that fail", "what it costs to compute all anew", "who finds the mistake",
                  "people and programs that have acted on a wrong number"),
    would_flip="One function that both layers call: it has the mistake for both, and no batch run heals that.",
    experiment=Healing(),
)

BALANCE = Claim(
    id="Λ+3",
    statement="A lambda architecture balances accuracy and latency",
    metric="percent that the number of the last day's events is wrong when it is asked for, mean",
    hold="3 % of the events up to 12 hours late, and both layers, the batch layer each 6 hours",
    comparison="a batch layer alone, each 6 hours",
    fail="the same, and a batch layer alone, each 3 minutes",
    knob="hours from one run to the next of the batch layer that is alone; a run takes a sixth of them",
    holds_at=6.0, fails_at=0.05, realistic=(1.0, 168.0),
    false_when="one engine computes what is new every few minutes, or takes late events when they come, or whoever "
               "asks tolerates 5 %",
    not_modelled=("what each choice costs", "machines that have no time for more runs", "questions of several kinds",
                  "late events that come all at once, after an outage"),
    would_flip="An engine that adds what is new to what it had: it may run each minute, however long the log is.",
    experiment=Balance(),
)

COMPLEX = Claim(
    id="Λ-1",
    statement="A lambda architecture is highly complex",
    metric="parts that have to run, pools in the course's own models",
    hold="two layers, a log and what merges them",
    comparison="a bus and one group of consumers",
    fail="a bus and 4 groups of consumers",
    knob="groups of consumers of the one path",
    holds_at=1, fails_at=4, realistic=(1, 100),
    false_when="the one path has several groups, or one definition runs in both layers; in branches and statements the "
               "course's own model of events is the longer one",
    not_modelled=("effort", "what a platform takes over", "what a team knows already",
                  "what goes wrong where the views are merged"),
    would_flip="An engine that runs one program over a log and over a stream: then there is one path to know.",
    experiment=TwoPaths(),
    proxy="Pools, waits and definitions in a small code base stand for complexity.",
)

TUNING = Claim(
    id="Λ-2",
    statement="A lambda architecture requires significant maintenance and tuning",
    metric="weeks of a year that need somebody",
    hold="a log that grows by 3 % a week, batch runs of 3 hours at first, each 6 hours, and no machines added",
    comparison="one stream, read again after each of 12 changes a year",
    fail="a log that does not grow",
    knob="percent by which the log grows in a week",
    holds_at=3.0, fails_at=0.0, realistic=(0.0, 10.0),
    false_when="the log stays as long as it is and the runs have room, or machines are added with it, or the stream is "
               "as busy and grows as fast",
    not_modelled=("who notices, and when", "keys that get most of the events", "a run again after one that has failed",
                  "what more machines cost", "how hard it is to choose a number"),
    would_flip="A batch run that reads only what is new: its time follows the traffic, not all that ever came.",
    experiment=Overrun(),
)

TWICE = Claim(
    id="Λ-3",
    statement="A lambda architecture duplicates the logic of processing",
    metric="percent of days on which a layer is wrong",
    hold="two copies, a change a week, and a second copy that follows after 2 days, or 30 for one in twenty",
    comparison="one definition that both layers share",
    fail="the same, and 30 % of the changes bring a mistake",
    knob="percent of the changes that bring a mistake, which shows where copies differ",
    holds_at=0.0, fails_at=30.0, realistic=(0.0, 50.0),
    false_when="one definition is shared; but then its mistakes are shared too, and nothing differs that shows them",
    not_modelled=("how wrong a layer is", "tests that find it before", "two languages, as two engines may ask for",
                  "a second pair of eyes"),
    would_flip="A test that compares a definition with known results: it finds a mistake that both layers share.",
    experiment=Copies(),
    proxy="Days on which two texts differ stand for the trouble of keeping them equal.",
)

CLAIMS = (BOTH, FAULTS, BALANCE, COMPLEX, TUNING, TWICE)
