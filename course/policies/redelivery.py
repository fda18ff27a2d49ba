"""Redelivery: an event that nobody acknowledges is delivered again."""

from dataclasses import dataclass
from math import inf
from typing import Any

from ..simulation import Pool, outcome_of


@dataclass(frozen=True)
class Redelivered:
    """An event that is lost on its way through `design` comes again `visibility` seconds later, `most` times in all.

    One that fails each time is put aside as a dead letter, a job in pool `name`, and counts as dropped. Default
    as in SQS (data/platform_defaults.csv, sqs_visibility_timeout).
    """

    design: Any
    visibility: float = 30.0
    most: float = inf
    name: str = "dead letters"

    def __post_init__(self):
        if not self.visibility >= 0:
            raise ValueError(f"visibility must be at least 0 seconds, got {self.visibility}")
        if not self.most >= 1:
            raise ValueError(f"most must be at least 1 delivery, got {self.most}")

    def deploy(self, env):
        inner, letters = self.design.deploy(env), Pool(env, self.name, 1)

        def handle(event):
            delivery, outcome = 1, (yield from outcome_of(inner.handle(event)))
            while outcome == "lost" and delivery < self.most:
                yield env.timeout(self.visibility)
                again = event._replace(luck=event.chance("delivery", delivery))
                delivery, outcome = delivery + 1, (yield from outcome_of(inner.handle(again)))
            if outcome == "lost":
                yield letters.serve(0)
                return "dropped"
            return outcome

        return inner._replace(handle=handle, pools=(*inner.pools, letters))

    def bill(self, run, prices):
        return self.design.bill(run, prices)
