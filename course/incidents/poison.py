"""Poison message: an event that nobody can work on comes again and again, and takes the consumers from all others."""

from dataclasses import dataclass
from typing import Any

from ..patterns.event_driven import Consumers, EventDriven
from ..policies.once import Once
from ..policies.poison import Poisoned
from ..policies.redelivery import Redelivered
from ..workload import Diurnal, LogNormal, Mixed, Work, Workload
from .incident import Action, Incident, Settings

DURATION, START, LASTS = 150, 20, 60        # seconds
FOREVER = 100_000                           # deliveries


@dataclass(frozen=True)
class Checked:
    """An event that cannot be read is refused at the door."""

    design: Any

    def deploy(self, env):
        inner = self.design.deploy(env)

        def handle(event):
            if event.kind == "poison":
                return "dropped"
            return (yield from inner.handle(event))

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)


def design(settings: Settings):
    """A bus and consumers; what is not acknowledged comes again."""
    consumers: Any = Poisoned(Consumers(settings["consumers"], settings["partitions"]))
    consumers = Once(consumers) if settings["remember what is done"] else consumers
    bus = EventDriven(Redelivered(consumers, settings["redeliver after"], settings["dead letter after"]))
    return Checked(bus) if settings["check at the door"] else bus


def workload(seed: int, shift: float):
    """Orders, and a device that sends what nobody can read for a minute."""
    parts = [0.0] * DURATION
    parts[round(START + shift):round(START + shift) + LASTS] = [1.0] * LASTS
    orders = Workload(8, DURATION, Work(0.02, 0.06, 0.02), seed, distribution=LogNormal(0.5), kind="order")
    poison = Workload(LASTS / DURATION, DURATION, Work(0.05, 0.2, 0.05), seed, Diurnal(tuple(parts), DURATION),
                      LogNormal(0.2), "poison")
    return Mixed((orders, poison))


def faults(settings: Settings, shift: float):
    """Nothing breaks: the trouble is in what arrives."""
    return ()


INCIDENT = Incident(
    "poison message",
    "8 orders a second go over a bus to two consumers, who need 0.1 s for each. A broken device sends some 60 events "
    "that nobody can read, one a second. A consumer works on one for 0.3 s, fails, and does not acknowledge it; half "
    "a second later it comes again, for ever. Soon the consumers do little else.",
    "90 % of the orders are done within 2 s.",
    0.90, {"order": 2.0}, 0.80, 10, 140, (
        Action("dead letter after", FOREVER, 1, FOREVER, "deliveries of an event before it is put aside"),
        Action("redeliver after", 0.5, 0.0, 3600.0, "seconds until an event comes again that was not acknowledged"),
        Action("check at the door", 0, 0, 1, "1: what cannot be read is refused before it gets on the bus"),
        Action("consumers", 2, 1, 100, "consumers, each paid by the hour"),
        Action("partitions", 0, 0, 100, "lanes that keep the order of each key; 0: whoever is free takes the next"),
        Action("remember what is done", 0, 0, 1, "1: an event that was done is not done again"),
    ), design, workload, faults)
