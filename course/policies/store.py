"""Store: a database behind the design, with few connections."""

from dataclasses import dataclass

from ..simulation import Deployment, Pool


@dataclass(frozen=True)
class Store:
    """Answers in `seconds` over one of its `connections`; when all are taken, `queue_limit` wait, others are dropped.

    For another design to call. By default a large MySQL server, which everybody shares.
    """

    connections: int = 50
    seconds: float = 0.02
    queue_limit: float = 0
    machine: str = "rds_mysql_db.t3.large_single_az"    # a row of the price table, paid by the hour

    def __post_init__(self):
        if not self.seconds >= 0:
            raise ValueError(f"seconds must be at least 0, got {self.seconds}")

    def deploy(self, env):
        connections = Pool(env, "connections", self.connections, self.queue_limit)

        def handle(request):
            yield connections.serve(self.seconds)

        return Deployment(handle, (connections,))

    def bill(self, run, prices):
        return {"store": (run.end - run.start) * prices.per_second(self.machine)}
