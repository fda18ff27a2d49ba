"""What goes wrong, as values: `simulate(design, workload, faults=(Outage("workers", start=60, duration=30),))`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outage:
    """Some servers of a pool are away for a while; they finish the job in hand first. Times in seconds."""

    pool: str
    start: float
    duration: float
    servers: int = 1

    def strike(self, env, pools):
        pool = named(pools, self.pool)
        yield env.timeout(self.start)
        pool.fail(self.servers)
        yield env.timeout(self.duration)
        pool.restore(self.servers)


@dataclass(frozen=True)
class Crash:
    """A whole pool dies with all that is in it, and refuses requests until it is back. Times in seconds."""

    pool: str
    start: float
    duration: float

    def strike(self, env, pools):
        pool = named(pools, self.pool)
        yield env.timeout(self.start)
        pool.crash()
        yield env.timeout(self.duration)
        pool.repair()


def named(pools, name):
    """The pool of that name; raises ValueError with the names there are."""
    if name not in pools:
        raise ValueError(f"this design has the pools {', '.join(pools)}, not '{name}'")
    return pools[name]
