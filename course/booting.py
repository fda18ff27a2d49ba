"""Booting: a server works some time after it was asked for, and is paid from then on."""

from dataclasses import replace


class Staff:
    """The servers of a pool and those that boot: more work after `boot` seconds, fewer at once."""

    def __init__(self, env, pool, boot: float):
        self.env, self.pool, self.boot = env, pool, boot
        self.booting: list[float] = []                  # when each server will be ready

    @property
    def present(self) -> int:
        """How many work or boot."""
        return self.pool.planned + len(self.booting)

    def want(self, servers: int) -> None:
        """Let there be so many; those that do not work yet go first."""
        change = servers - self.present
        if change > 0:
            self.booting.extend([self.env.now + self.boot] * change)
            self.env.process(self.start())
        elif change < 0:
            stopped = min(-change, len(self.booting))
            del self.booting[len(self.booting) - stopped:]
            if -change > stopped:
                self.pool.resize(self.pool.planned + change + stopped)

    def start(self):
        """Put those to work that are ready."""
        yield self.env.timeout(self.boot)
        ready = [time for time in self.booting if time <= self.env.now]
        del self.booting[:len(ready)]
        if ready:
            self.pool.resize(self.pool.planned + len(ready))


def booting_bill(design, pool, boot, run, prices):
    """The bill of `design`, and those that boot: as if each had worked from the time when it was asked for."""
    jobs = run.jobs[pool]
    jobs = jobs._replace(capacities=earlier(jobs.capacities, boot))
    asked, bill = replace(run, jobs={**run.jobs, pool: jobs}), design.bill(run, prices)
    return {**bill, "booting": sum(design.bill(asked, prices).values()) - sum(bill.values())}


def earlier(capacities, seconds):
    """Rows of (time, servers) in which every rise came so many seconds before."""
    rows = capacities.tolist()
    changes = sorted((time - seconds * (servers > before and time > 0), servers - before)
                     for (time, servers), before in zip(rows, [0, *(servers for _, servers in rows)]))
    level, moved = 0, capacities.copy()
    for place, (time, change) in enumerate(changes):
        level += change
        moved[place] = time, level
    return moved
