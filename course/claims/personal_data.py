"""Experiments on personal data: where it is seen, kept and sent in each pattern, and what protecting it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .. import data
from ..patterns.event_driven import EventDriven
from ..patterns.lambda_architecture import LambdaArchitecture
from ..patterns.microservices import Microservices
from ..patterns.monolith import Monolith
from ..patterns.serverless import Serverless
from ..prices import Prices
from ..simulation import simulate
from ..workload import Injected, Work, Workload
from .claim import Sides

if TYPE_CHECKING:
    from pandas import DataFrame

PATTERNS: Mapping[str, Any] = {"Monolith": Monolith(), "Microservices": Microservices(), "EventDriven": EventDriven(),
                               "LambdaArchitecture": LambdaArchitecture(), "Serverless": Serverless()}
NO_PLACES = ("cold starts",)    # an instance that starts has seen nothing yet
CORES = 2                       # of the course's server
AUDIT_BYTES = 312               # of the line that was measured


class Flow(NamedTuple):
    """Where the data of one request is: parts that work on it, stores that keep it, and ways between these."""

    places: int
    stores: int
    crossings: int


@lru_cache(maxsize=64)
def flow(design: Any) -> Flow:
    """Counted on one request through the design: pools with a job, and what keeps a copy.

    Brokers keep one each, two layers a view each, and any other design its results in one database. Data gets to each
    place and each store by a way of its own, and an answer goes back.
    """
    run = simulate(design, Injected((0.0,), (Work(0.01, 0.01, 0.01),)))
    places = sum(len(jobs.arrived) > 0 for name, jobs in run.jobs.items() if name not in NO_PLACES)
    stores = getattr(design, "brokers", 0) + (2 if hasattr(design, "batch_interval") else 1)
    return Flow(places, stores, places + stores + 1)


@dataclass(frozen=True)
class FieldsSent:
    """Copies of personal fields for a request; the knob is the fields that the parts behind the first need.

    A copy is one field in one place, in one store, or on one way. Fields that nobody behind needs stay in a vault: the
    first place sees all of them, the vault is a store more, and all others get the needed ones and a pseudonym.
    """

    fields: int = 8                 # that a person's request has
    share: float = 0.8              # of the requests that are about a person
    pattern: str = "EventDriven"
    rate: float = 5.0
    duration: float = 60.0

    def sides(self, knob, traces):
        return self.compared(PATTERNS[self.pattern], knob, traces)

    def others(self, traces):
        nobody = Sides([0.0] * traces, [0.0] * traces)
        return [*(("hold", f"{name}, 2 fields needed", self.compared(design, 2, traces))
                  for name, design in PATTERNS.items() if name != self.pattern),
                *(("fail", f"{name}, half of the fields needed", self.compared(PATTERNS[name], self.fields / 2, traces))
                  for name in ("Monolith", "Serverless")),
                ("fail", "no request is about a person", nobody)]

    def compared(self, design: Any, needed: float, traces: int) -> Sides:
        """Copies for a request on each trace: only what is needed, and everything everywhere."""
        shares = np.array([self.personal(trace) for trace in range(traces)])
        return Sides((shares * self.minimised(design, needed)).tolist(), (shares * self.full(design)).tolist())

    def personal(self, trace: int) -> float:
        """The share of the requests of a trace that are about a person."""
        arrived = Workload(self.rate, self.duration, Work(0, 0, 0)).replication(trace).requests()
        return float(np.mean([request.chance("personal") < self.share for request in arrived]))

    def full(self, design: Any) -> float:
        """Copies for a person's request that travels whole."""
        return self.fields * sum(flow(design))

    def minimised(self, design: Any, needed: float) -> float:
        """Copies with a vault: all fields on the way in, in the first place, on the way to the vault and there."""
        return self.fields * 4 + needed * (sum(flow(design)) - 2)

    def flips_at(self, design: Any) -> float:
        """Needed fields from which the vault adds more copies than it saves."""
        return self.fields * (sum(flow(design)) - 4) / (sum(flow(design)) - 2)

    def table(self, needed: float = 2) -> "DataFrame":
        """A row for each pattern: what is counted, copies both ways, and where it flips."""
        from pandas import DataFrame

        return DataFrame({name: {**flow(design)._asdict(), "copies, everything everywhere": self.full(design),
                                 "copies, only what is needed": self.minimised(design, needed),
                                 "flips at (needed fields)": self.flips_at(design)}
                          for name, design in PATTERNS.items()}).T


def protection(pattern: str = "Microservices", prices: Prices | None = None) -> "DataFrame":
    """What it takes to protect a request of one image and 4 KB of text: milliseconds, and US dollars for a million.

    Processor time is paid as on a core of the course's server; an audit line is also kept in a log. A round trip that a
    new connection waits for costs nothing. Times are from data/service_times.csv.
    """
    from pandas import DataFrame

    prices = prices or Prices.read()
    core, line = prices.server_second / CORES, AUDIT_BYTES / 1e9 * prices.usd("cloudwatch_logs_ingest")
    rows = []
    for name, (times, id) in measures(flow(PATTERNS[pattern])).items():
        works = milliseconds(id)
        waits = milliseconds("rtt_cross_az") if id == "tls13_server_crypto" else 0.0
        logged = line if id == "audit_line" else 0.0
        rows.append({"measure": name, "times": times, "ms each": works + waits, "ms a request": times * (works + waits),
                     "USD a million": 1e6 * times * (works / 1000 * core + logged)})
    return DataFrame(rows).set_index("measure")


def measures(found: Flow) -> dict[str, tuple[int, str]]:
    """How often each is done for a request, and the row of data/service_times.csv that says how long it takes."""
    return {"encrypted and decrypted on each way": (2 * found.crossings, "aes256_gcm_image"),
            "encrypted in each store": (found.stores, "aes256_gcm_image"),
            "a new connection for each way": (found.crossings, "tls13_server_crypto"),
            "text redacted once": (1, "redact_text_4kb"), "a pseudonym": (1, "pseudonym"),
            "an audit line for each place and store": (found.places + found.stores, "audit_line")}


def milliseconds(id: str) -> float:
    """The mean of a row of data/service_times.csv, or its median where no mean is known."""
    row = data.row("service_times", id)
    return float(row["mean_ms"] or row["p50_ms"])
