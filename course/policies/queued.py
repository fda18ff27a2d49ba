"""Queued: requests that may wait do so in a queue, instead of being refused."""

from dataclasses import dataclass
from math import inf
from typing import Any

from ..simulation import Pool


@dataclass(frozen=True)
class Queued:
    """At most `most` requests are in `design` at once; others wait in turn, in pool "queue", as long as it takes.

    One whose turn comes after more than `retention` seconds is lost: the queue has deleted it. Default as for a
    function that reads from SQS (data/platform_defaults.csv, lambda_sqs_concurrency_max). A request is paid as
    `messages`: sent, received and deleted.
    """

    design: Any
    most: int = 1250
    messages: int = 3
    retention: float = inf

    def __post_init__(self):
        for name in ("messages", "retention"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be at least 0, got {getattr(self, name)}")

    def deploy(self, env):
        inner, queue = self.design.deploy(env), Pool(env, "queue", self.most)

        def handle(request):
            came = env.now
            with queue.request() as turn:
                yield turn
                if env.now - came > self.retention:
                    return "lost"
                return (yield from inner.handle(request))

        return inner._replace(handle=handle, pools=(queue, *inner.pools))

    def bill(self, run, prices):
        sent = int((run.jobs["queue"].arrived >= run.start).sum())
        usd = sent * self.messages * prices.usd("sqs_standard_request") / 1e6
        return {**self.design.bill(run, prices), "queue": usd}
