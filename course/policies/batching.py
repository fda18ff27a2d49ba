"""Batching: a machine works on several requests at once, since starting costs more than one request more."""

from collections import deque
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..simulation import Deployment, Pool, Refused


@dataclass(frozen=True)
class Batched:
    """A free machine takes up to `most` waiting requests; all of them leave together when it has done all their work.

    A job of the pool called after the step is a batch, one of the pool "infer requests" a request that waits for its
    batch to begin and then is in it. A batch that is not full begins when its first request has waited `wait` seconds.
    """

    step: str = "infer"
    machines: int = 1
    most: int = 8
    wait: float = 0.0
    fixed: float = 0.0                              # seconds for any batch, before the work of each request in it
    machine: str = "gpu_g4dn.xlarge_1xT4_4vcpu_16gib"

    def __post_init__(self):
        if not self.most >= 1:
            raise ValueError(f"most must be at least 1 request, got {self.most}")
        for name in ("wait", "fixed"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be at least 0 seconds, got {getattr(self, name)}")

    def deploy(self, env):
        machines, line = Pool(env, self.step, self.machines), Line(env, f"{self.step} requests")

        def ready():
            while not line.waiting:
                yield line.arrival()
            first = line.waiting[0].arrived
            due = env.timeout(max(0, first + self.wait - env.now))
            while len(line.waiting) < self.most and not due.processed:
                yield due | line.arrival()

        def dispatch():
            while True:
                yield from ready()
                try:
                    yield (machine := machines.request())
                except Refused as refusal:
                    line.end(line.begin(self.most), refusal.outcome)
                else:
                    env.process(work(line.begin(self.most), machine))

        def work(batch, machine):
            yield env.timeout(self.fixed + sum(member.seconds for member in batch))
            line.end(batch, None)
            machines.release(machine)

        def handle(request):
            return (yield line.join(getattr(request.work, self.step)))

        env.process(dispatch())
        return Deployment(handle, (machines, line.pool))

    def bill(self, run, prices):
        return {self.step: run.server_seconds(self.step) * prices.per_second(self.machine)}


class Member(NamedTuple):
    """A request on its way through a batch, and the event that it is over."""

    arrived: float
    seconds: float
    place: Any
    done: Any


class Line:
    """Requests that wait for a batch; its pool has as many servers as there are requests in batches."""

    def __init__(self, env, name):
        self.env, self.pool, self.waiting, self.bells = env, Pool(env, name, 1), deque(), []
        self.pool.resize(0)

    def join(self, seconds):
        """An event: the batch with this work is over; its value is the outcome."""
        member = Member(self.env.now, seconds, self.pool.request(), self.env.event())
        self.waiting.append(member)
        while self.bells:
            self.bells.pop().succeed()
        return member.done

    def arrival(self):
        """An event: somebody joins."""
        self.bells.append(self.env.event())
        return self.bells[-1]

    def begin(self, most):
        """Take up to `most` out of the line."""
        batch = [self.waiting.popleft() for _ in range(min(most, len(self.waiting)))]
        self.pool.resize(self.pool.planned + len(batch))
        return batch

    def end(self, batch, outcome):
        """Let the requests of a batch go."""
        self.pool.resize(self.pool.planned - len(batch))
        for member in batch:
            self.pool.release(member.place)
            member.done.succeed(outcome)
