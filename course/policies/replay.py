"""Replay: one path instead of two layers; after a bug, the log is read again."""

from dataclasses import dataclass
from math import inf
from typing import Any

from ..simulation import Pool


@dataclass(frozen=True)
class Replayed:
    """At `start`, `workers` of its own read all that went through a pool of `design`, until they have caught up.

    The replay is a job in pool "replay"; its workers share the events and are paid while it lasts. The views then go on
    from it as from a batch run (course/views.py): one path and a log that is kept, sometimes called kappa.
    """

    design: Any
    pool: str                               # that is the log: "bus" or "log"
    start: float = inf                      # seconds; inf: nothing went wrong
    workers: int = 4
    seconds: float = 0.001                  # of one worker, for each event
    history: int = 0                        # events that are in the log before the first comes
    machine: str = "vm_m5.large_2vcpu_8gib"

    def __post_init__(self):
        for name in ("start", "seconds", "history"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be at least 0, got {getattr(self, name)}")
        if not self.workers >= 1:
            raise ValueError(f"workers must be at least 1, got {self.workers}")

    def deploy(self, env):
        inner, replay = self.design.deploy(env), Pool(env, "replay", 1)
        log = inner.pool(self.pool)

        def read_again():
            yield env.timeout(self.start)
            with replay.request() as workers:
                yield workers
                behind, read = self.history + len(log.arrived), len(log.arrived)
                while behind:
                    yield env.timeout(behind * self.seconds / self.workers)
                    behind, read = len(log.arrived) - read, len(log.arrived)    # those that came meanwhile

        env.process(read_again())
        return inner._replace(pools=(*inner.pools, replay))

    def bill(self, run, prices):
        usd = run.busy_seconds("replay") * self.workers * prices.per_second(self.machine)
        return {**self.design.bill(run, prices), "replay": usd}
