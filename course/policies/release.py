"""Release: a new version takes over by a plan, and a bad one is rolled back when somebody notices."""

from dataclasses import dataclass
from math import inf
from typing import Any


@dataclass(frozen=True)
class BigBang:
    """Everything at once."""

    def share(self, elapsed):
        """The share of the requests that meet the new version, so many seconds after the start."""
        return 1.0

    def exchange(self, env, inner, until):
        """What the plan does to the servers, until so many seconds after the start."""
        yield env.timeout(0)


@dataclass(frozen=True)
class Canary:
    """A small `share_first` of the requests for `watch` seconds, then all of them."""

    share_first: float = 0.05
    watch: float = 300.0

    def __post_init__(self):
        if not 0 <= self.share_first <= 1:
            raise ValueError(f"share_first must lie between 0 and 1, got {self.share_first}")

    def share(self, elapsed):
        return self.share_first if elapsed < self.watch else 1.0

    def exchange(self, env, inner, until):
        yield env.timeout(0)


@dataclass(frozen=True)
class Rolling:
    """One of the `replicas` of a pool after the other is away for `step` seconds, and comes back as the new version."""

    pool: str
    replicas: int
    step: float

    def __post_init__(self):
        if not self.replicas >= 1 or not self.step > 0:
            raise ValueError(f"{self.replicas} replicas cannot be replaced one by one in {self.step} seconds each")

    def share(self, elapsed):
        return min(elapsed // self.step, self.replicas) / self.replicas

    def exchange(self, env, inner, until):
        pool, started = inner.pool(self.pool), env.now
        for _ in range(self.replicas):
            if env.now - started >= until:
                return
            pool.fail()
            yield env.timeout(min(self.step, started + until - env.now))
            pool.restore()


@dataclass(frozen=True)
class Released:
    """From `start` on, a share of the requests that grows by `plan` meets a new version, which loses some: `errors`.

    A version that loses requests is rolled back at once when that is `noticed`, seconds after the start.
    """

    design: Any
    plan: Any                       # BigBang, Canary or Rolling
    start: float
    errors: float = 0.0             # the share of the requests to the new version that are lost
    noticed: float = 300.0

    def __post_init__(self):
        if not 0 <= self.errors <= 1:
            raise ValueError(f"errors must be a share between 0 and 1, got {self.errors}")
        for name in ("start", "noticed"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be at least 0 seconds, got {getattr(self, name)}")

    def deploy(self, env):
        inner = self.design.deploy(env)
        until = self.noticed if self.errors else inf

        def handle(request):
            elapsed = env.now - self.start
            new = 0 <= elapsed < until and request.chance("release") < self.plan.share(elapsed)
            outcome = yield from inner.handle(request)
            return "lost" if new and not outcome and request.chance("bad answer") < self.errors else outcome

        def release():
            yield env.timeout(self.start)
            yield from self.plan.exchange(env, inner, until)

        env.process(release())
        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)
