"""Timeout: the caller waits only so long; the work that it asked for goes on."""

from dataclasses import dataclass
from typing import Any

from ..simulation import outcome_of


@dataclass(frozen=True)
class Timeout:
    """A call must end before `seconds` are over, else it is "timed_out", which frees the caller and no server."""

    design: Any
    seconds: float

    def __post_init__(self):
        if not self.seconds > 0:
            raise ValueError(f"seconds must be more than 0, got {self.seconds}")

    def deploy(self, env):
        inner = self.design.deploy(env)

        def handle(request):
            limit = env.now + self.seconds
            call = env.process(outcome_of(inner.handle(request)))   # goes on, and keeps its servers, when we give up
            yield call | env.timeout(self.seconds)
            return call.value if env.now < limit else "timed_out"

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)
