"""Alarms on a budget of errors: how fast it burns, and how soon that rings."""

from collections.abc import Sequence
from math import inf, nan
from typing import TYPE_CHECKING, NamedTuple

from ..claims.silence import errors_ring
from ..patterns.monolith import Monolith
from ..policies.release import BigBang, Released
from ..run import interval
from ..simulation import replicate
from ..workload import Deterministic, Work, Workload
from .carrying import table

if TYPE_CHECKING:
    from pandas import DataFrame

HOUR = 3600.0
PERIOD = 30 * 24 * HOUR     # seconds in which the budget is promised


class BurnAlarm(NamedTuple):
    """Rings when errors burn the budget so fast over a long window, and still do over a short one; in seconds."""

    budget: float       # the share of the budget that is gone when it rings after a whole long window
    long: float
    short: float

    @property
    def burn_rate(self) -> float:
        """Times the error share that would use the budget up just at the end of the period."""
        return self.budget * PERIOD / self.long


# Google, The Site Reliability Workbook, chapter 5, table 5-8, for a period of 30 days: two alarms that wake somebody,
# and one that waits for the morning. Short windows are a twelfth of the long ones.
ALARMS = {"page, 1 hour": BurnAlarm(0.02, HOUR, HOUR / 12), "page, 6 hours": BurnAlarm(0.05, 6 * HOUR, HOUR / 2),
          "ticket, 3 days": BurnAlarm(0.10, 72 * HOUR, 6 * HOUR)}


def rings_after(alarm: BurnAlarm, errors: float, promise: float = 0.999) -> float:
    """Seconds until it rings, when a share `errors` of the requests fail from now on; infinite when it never does."""
    allowed = alarm.burn_rate * (1 - promise)
    return alarm.long * allowed / errors if errors > allowed else inf


def burn_rates(errors: Sequence[float] = (1.0, 0.1, 0.02, 0.005, 0.0012), promise: float = 0.999) -> "DataFrame":
    """Minutes until each alarm rings, by formula, for shares of errors that begin and stay; infinite: never.

    `burnt (%)` is what the first that rings has let burn of the budget of 30 days.
    """
    rows = {}
    for share in errors:
        after = {name: rings_after(alarm, share, promise) for name, alarm in ALARMS.items()}
        first = min(after.values())
        rows[f"{share:.2%}"] = {**{f"{name} (min)": seconds / 60 for name, seconds in after.items()},
                                "burnt (%)": 100 * first * share / (1 - promise) / PERIOD if first < inf else nan}
    return table(rows, "errors")


def burning(errors: Sequence[float] = (0.2, 0.05), promise: float = 0.999, rate: float = 1.0, traces: int = 5
            ) -> "DataFrame":
    """The first alarm at a release that loses a share of the requests, simulated and by formula; minutes."""
    alarm, service = ALARMS["page, 1 hour"], Monolith(2)
    allowed, rows = alarm.burn_rate * (1 - promise), {}
    for share in errors:
        released = Released(service, BigBang(), HOUR, share, inf)
        workload = Workload(rate, 2 * HOUR, Work(0.0, 0.1, 0.0), distribution=Deterministic())
        found = interval([max(errors_ring(run, HOUR, window, allowed) for window in (alarm.long, alarm.short)) / 60
                          for run in replicate(released, workload, traces)])
        rows[f"{share:.0%}"] = {"simulated": found.mean, "low": found.low, "high": found.high,
                                "by formula": rings_after(alarm, share, promise) / 60}
    return table(rows, "errors")
