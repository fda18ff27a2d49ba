"""Experiments on a part that hangs: what keeps its trouble away from requests that can do without it."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ..faults import Hang
from ..patterns.microservices import Service
from ..policies.bulkhead import Bulkhead
from ..policies.fallback import Fallback
from ..policies.front_end import FrontEnd
from ..policies.routing import Routed
from ..policies.timeout import Timeout
from ..simulation import simulate
from ..workload import Deterministic, Mixed, Work, Workload
from .claim import Sides, unanswered


@dataclass(frozen=True)
class ExtraThatHangs:
    """Percent of requests not answered within `patience`; the knob is the seconds that a thread waits for the extra.

    A share of the requests calls an extra that they can do without, and that hangs for a third of the time. As a
    service it is also cut off from its callers, for `cut` seconds more. Compared with one process in which it runs on
    the caller's thread, which nobody can take back.
    """

    rate: float = 30.0
    share: float = 0.3
    threads: int = 6
    work: float = 0.020             # on the thread
    extra_work: float = 0.030
    patience: float = 1.0
    duration: float = 24.0
    hang: float = 8.0
    cut: float = 2.0

    def sides(self, knob, traces):
        return self.against_one_process(Fallback(Timeout(self.extra, knob)), self.share, traces)

    def others(self, traces):
        kept_apart = Fallback(Bulkhead(Timeout(self.extra, 30.0), 2))
        required = Timeout(self.extra, 0.1)
        return [("hold", "at most 2 calls at once, and a timeout of 30 s",
                 self.against_one_process(kept_apart, self.share, traces)),
                ("comparison", "a timeout of 0.1 s, and 30 % cannot do without",
                 self.against_one_process(required, self.share, traces)),
                ("fail", "a timeout of 0.1 s, and no request can do without",
                 self.against_one_process(required, 1.0, traces))]

    @property
    def extra(self) -> Service:
        """The service that may hang."""
        return Service("infer", self.threads)

    def against_one_process(self, calls: Any, share: float, traces: int) -> Sides:
        """Percent failed on each trace, when a front end makes these calls and when all is one process."""
        whole = (Hang("rich infer", self.duration / 6, self.hang),)
        network = (Hang("rich infer", self.duration * 5 / 6, self.cut),)
        return Sides(tuple(self.failed(calls, share, whole + network, trace) for trace in range(traces)),
                     tuple(self.failed(self.extra, share, whole, trace) for trace in range(traces)))

    def failed(self, calls: Any, share: float, faults: tuple, trace: int) -> float:
        """Percent of the requests of one trace that are not answered in time."""
        return late(self.front_end(calls), self.requests(share).replication(trace), faults, self.patience)

    def front_end(self, calls: Any) -> FrontEnd:
        """Threads that answer plain requests alone, and make `calls` for the others."""
        return FrontEnd(Routed((("plain", Service("respond", self.threads)), ("rich", calls))), self.threads)

    def requests(self, share: float) -> Mixed:
        """Plain requests, and a share of rich ones."""
        every = Workload(self.rate, self.duration, Work(self.work, self.extra_work, 0.0), distribution=Deterministic())
        return Mixed(tuple(replace(every, arrival_rate=self.rate * part, kind=kind)
                           for kind, part in (("plain", 1 - share), ("rich", share))))


@lru_cache(maxsize=1024)
def late(design, workload, faults: tuple, patience: float) -> float:
    """Percent of the requests of one run that are not answered within so many seconds, kept."""
    return unanswered(simulate(design, workload, faults), patience)
