"""Four best practices, each with a test that it could fail."""

from .alarms import Alarms
from .claim import Claim
from .personal_data import FieldsSent
from .starting import StartSmall
from .toil import Toil

START_SMALL = Claim(
    id="B1",
    statement="Start small and scale gradually",
    metric="US dollars in two years",
    hold="one application, split when it must be; one project in five grows",
    comparison="four services from the first day, each twice",
    fail="one application, split when it must be; every project grows",
    knob="probability that the traffic grows, when splitting later costs 20,000 dollars",
    holds_at=0.2, fails_at=1.0, realistic=(0.0, 1.0),
    false_when="growth is likely and splitting later costs more than a large start would",
    not_modelled=("customers who are lost while it is split", "what people learn in the small design",
                  "discounts for machines that are kept for years", "a start that is late because it is large"),
    would_flip="Boundaries inside the one application, along which it is cheap to split: then to start small wins even "
               "if growth is certain.",
    experiment=StartSmall(),
)

PRIVACY = Claim(
    id="B2",
    statement="Consider data privacy and security: hand on only what is needed",
    metric="personal fields in places, in stores and on their way, for a request",
    hold="events with a pseudonym and 2 of 8 personal fields, the rest in a vault",
    comparison="events with all 8 personal fields",
    fail="events with a pseudonym and all 8 personal fields, which are in a vault too",
    knob="personal fields that the parts behind the first need, of 8",
    holds_at=2, fails_at=8, realistic=(0, 8),
    false_when="the parts behind need nearly all fields, or there is only one part and one store, or nothing in a "
               "request is about a person",
    not_modelled=("who may read what", "how likely a break-in is, and what it does", "law",
                  "logs, backups and the copies that people make", "data that tells who it is without a name"),
    would_flip="Parts that cannot work without the person, such as one that writes letters: the vault is then one copy "
               "more.",
    experiment=FieldsSent(),
    proxy="Copies of personal fields stand for the risk to those whom they are about.",
)

CLOUD = Claim(
    id="B3",
    statement="Leverage cloud services: let the provider run it",
    metric="US dollars a month, toil included",
    hold="a hosted queue, 200 messages a second, where one's own would take 40 hours a month",
    comparison="three brokers on machines of one's own",
    fail="a hosted queue, 200 messages a second, where one's own would take no time",
    knob="hours of toil a month that running it oneself takes, at 60 dollars an hour",
    holds_at=40, fails_at=0, realistic=(0, 80),
    false_when="it runs by itself for fewer hours than the price pays for, or the volume is large: messages are paid "
               "one by one, brokers are not",
    not_modelled=("being tied to one provider", "an outage of the provider", "what one learns by running it",
                  "being woken at night"),
    would_flip="Ten times the messages: then the hosted queue costs more than the toil.",
    experiment=Toil(),
)

MONITOR = Claim(
    id="B4",
    statement="Monitor and optimise",
    metric="seconds until an alarm rings",
    hold="half of the servers are lost: an alarm at a p99 of half a second",
    comparison="an alarm at 5 % errors, where callers give up after 4 seconds",
    fail="half of the servers are lost: an alarm at a p99 of 5 seconds, before which all callers have given up",
    knob="p99 in seconds at which the alarm rings",
    holds_at=0.5, fails_at=5.0, realistic=(0.2, 10.0),
    false_when="the failure does not move what is watched, or what is improved is not what limits the system",
    not_modelled=("false alarms, and people who no longer listen", "what watching costs",
                  "the time until somebody acts", "several failures at once"),
    would_flip="Answers that are wrong and neither late nor refused: no alarm on time or errors sees them.",
    experiment=Alarms(),
)

CLAIMS = (START_SMALL, PRIVACY, CLOUD, MONITOR)
