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


@dataclass(frozen=True)
class Hang:
    """A whole pool takes jobs and starts none until it is over; those in service then still end. Times in seconds."""

    pool: str
    start: float
    duration: float

    def strike(self, env, pools):
        pool = named(pools, self.pool)
        yield env.timeout(self.start)
        servers = pool.planned
        pool.fail(servers)
        yield env.timeout(self.duration)
        pool.restore(servers)


@dataclass(frozen=True)
class Slow:
    """What a pool starts to `serve` meanwhile takes `times` as long. Times in seconds."""

    pool: str
    start: float
    duration: float
    times: float

    def __post_init__(self):
        if not self.times > 0:
            raise ValueError(f"times must be more than 0, got {self.times}")

    def strike(self, env, pools):
        pool = named(pools, self.pool)
        yield env.timeout(self.start)
        stretch(pool, self.times)
        yield env.timeout(self.duration)
        stretch(pool, 1 / self.times)


def stretch(pool, times):
    """Multiply the work of those who wait, and of all who come from now on."""
    serve = pool.serve
    pool.serve = lambda seconds: serve(seconds * times)
    for place, (visit, seconds) in enumerate(pool.queue):
        pool.queue[place] = visit, seconds * times


def named(pools, name):
    """The pool of that name; raises ValueError with the names there are."""
    if name not in pools:
        raise ValueError(f"this design has the pools {', '.join(pools)}, not '{name}'")
    return pools[name]
