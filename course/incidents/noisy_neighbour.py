"""Noisy neighbour: a few long jobs take all servers, and thousands of short requests stand behind them.

How long they wait on average is the formula of Pollaczek and Khinchine (course/theory.py).
"""

from dataclasses import dataclass
from typing import Any

from ..patterns.monolith import Monolith
from ..policies.queued import Queued
from ..policies.rate_limit import RateLimited
from ..policies.retries import Immediate, Retries
from ..policies.routing import Routed
from ..policies.timeout import Timeout
from ..workload import Deterministic, Diurnal, Mixed, Work, Workload
from .for_kind import ForKind
from .incident import Action, Incident, Settings

DURATION, START, LASTS = 216, 30, 60        # seconds
ALL = 1000


@dataclass(frozen=True)
class Sliced:
    """Work is done in so many parts, and each part waits in turn."""

    design: Any
    parts: int

    def deploy(self, env):
        inner = self.design.deploy(env)

        def handle(request):
            part = request._replace(work=type(request.work)(*(seconds / self.parts for seconds in request.work)))
            for _ in range(self.parts):
                outcome = yield from inner.handle(part)
                if outcome:
                    return outcome

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)


def design(settings: Settings):
    """Servers that questions and reports share, or some that are set apart for reports."""
    apart, shared = settings["servers for reports"], Monolith(settings["servers"])
    design: Any = Routed((("question", shared), ("report", Monolith(apart)))) if apart else shared
    for kind, policy in policies(settings):
        design = ForKind(design, kind, policy)
    return design


def policies(settings: Settings):
    """Rows of (kind, policy), from the inside to the outside."""
    parts, together, limit = (settings[name] for name in ("parts of a report", "reports at once", "report limit"))
    if parts > 1:
        yield "report", lambda inner: Sliced(inner, parts)
    if together < ALL:
        yield "report", lambda inner: Queued(inner, together, 0)
    if limit < ALL:
        yield "report", lambda inner: RateLimited(inner, limit, 1)
    if settings["attempts"] > 1:
        yield "question", lambda inner: Retries(Timeout(inner, settings["timeout"]), settings["attempts"], Immediate())


def workload(seed: int, shift: float):
    """Short questions all the time, and one customer who asks for a report again and again."""
    parts = [0.0] * DURATION
    parts[round(START + shift):round(START + shift) + LASTS] = [1.0] * LASTS
    questions = Workload(25, DURATION, Work(0, 0.02, 0), seed, kind="question")
    reports = Workload(LASTS / DURATION, DURATION, Work(0, 2.0, 0), seed, Diurnal(tuple(parts), DURATION),
                       Deterministic(), "report")
    return Mixed((questions, reports))


def faults(settings: Settings, shift: float):
    """Nothing breaks: the trouble is in what arrives."""
    return ()


INCIDENT = Incident(
    "noisy neighbour",
    "25 questions a second need 20 ms each; two servers are busy for a quarter of their time. Then one customer orders "
    "reports for a minute, one a second, and each of them takes two seconds. Everybody else waits behind them.",
    "95 % of the questions are answered within 0.3 s, and 95 % of the reports within 110 s.",
    0.95, {"question": 0.3, "report": 110.0}, 0.40, 10, 120, (
        Action("servers", 2, 1, 100, "servers that everything shares, each paid by the hour"),
        Action("servers for reports", 0, 0, 100, "more servers, to which all reports go, and nothing else"),
        Action("reports at once", ALL, 1, ALL, "reports that may be with the servers at once; the others wait outside"),
        Action("parts of a report", 1, 1, 100, "parts in which a report is done; each part waits in turn"),
        Action("report limit", float(ALL), 0.01, ALL, "reports let through in a second; one more is refused"),
        Action("attempts", 1, 1, 4, "how often a question is asked, the first time included"),
        Action("timeout", 0.3, 0.2, 60.0, "seconds before a question is asked again, if there is another attempt"),
    ), design, workload, faults)
