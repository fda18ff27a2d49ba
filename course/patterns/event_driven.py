"""Event-driven: a client hands an event to a bus and goes on; consumers work on events when they are free."""

from dataclasses import dataclass
from typing import Any

from ..simulation import Deployment, Pool, outcome_of


@dataclass(frozen=True)
class Consumers:
    """A group that shares the events: each key belongs to a partition, each partition to one consumer, in order.

    Without partitions, whoever is free takes the next event, and order is lost.
    """

    consumers: int = 2
    partitions: int = 0
    name: str = "consumers"
    machine: str = "vm_m5.large_2vcpu_8gib"         # a row of the price table, paid by the hour

    def __post_init__(self):
        for name, least in (("consumers", 1), ("partitions", 0)):
            if not getattr(self, name) >= least:
                raise ValueError(f"{name} must be at least {least}, got {getattr(self, name)}")

    def deploy(self, env):
        lanes = [Pool(env, name, servers) for name, servers in self.lanes.items()]

        def handle(event):
            lane = lanes[event.key % (self.partitions or 1) % len(lanes)]
            yield lane.serve(sum(event.work))       # the last step writes what came out into the database

        return Deployment(handle, tuple(lanes))

    def bill(self, run, prices):
        return {self.name: sum(map(run.server_seconds, self.lanes)) * prices.per_second(self.machine)}

    @property
    def lanes(self):
        """The queues by name, with the consumers at each; a consumer without a partition has nothing to do."""
        alone = {f"{self.name} {number}": 1 for number in range(self.consumers)}
        return alone if self.partitions else {self.name: self.consumers}


@dataclass(frozen=True)
class EventDriven:
    """Each group of consumers gets every event from the bus; what the first group makes of it is the result."""

    consume: Any = Consumers()
    others: tuple[Any, ...] = ()
    publish_time: float = 0.005                     # seconds: data/service_times.csv, kafka_end_to_end
    publishers: int = 100                           # at once
    brokers: int = 3                                # machines of the bus, each of which keeps the event
    broker: str = "kafka_broker_msk_t3.small"
    database: str = "rds_mysql_db.t3.large_single_az"

    def deploy(self, env):
        bus = Pool(env, "bus", self.publishers)
        first, *others = (group.deploy(env) for group in self.groups)

        def handle(event):
            yield bus.serve(self.publish_time)      # acknowledged: the client may go on
            for group in others:
                env.process(outcome_of(group.handle(event)))
            return (yield from first.handle(event))     # the result

        return Deployment(handle, (bus, *first.pools, *(pool for group in others for pool in group.pools)))

    def bill(self, run, prices):
        seconds = run.end - run.start
        return {"bus": self.brokers * seconds * prices.per_second(self.broker),
                "database": seconds * prices.per_second(self.database),
                **{item: usd for group in self.groups for item, usd in group.bill(run, prices).items()}}

    @property
    def groups(self):
        """All groups; the one that answers is the first."""
        return self.consume, *self.others
