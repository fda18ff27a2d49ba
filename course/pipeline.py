"""A small real pipeline: what was paid by day, from data/events.csv, by two programs that should agree, and do not."""

from functools import reduce
from timeit import repeat
from typing import TYPE_CHECKING, Any

from .data import profile
from .laws import Sometimes, UniformLaw
from .workload import Diurnal, Work, Workload

if TYPE_CHECKING:
    from pandas import DataFrame

DAY = 86_400        # seconds


def batch(events):
    """Dollars by the day on which they were paid, from all payments."""
    days = events.event_time // DAY
    return (events.amount_cents / 100).groupby(days).sum()


def speed(state, event):
    """Dollars by day with one payment more; whole dollars will do for a dashboard."""
    today = event.arrival_time // DAY
    state[today] = state.get(today, 0) + event.amount_cents // 100
    return state


def booked(events):
    """The day and the cents of one payment, or of a table of them: the one definition for both."""
    return events.event_time // DAY, events.amount_cents


def batch_shared(events):
    """Cents by day, from all payments."""
    days, cents = booked(events)
    return cents.groupby(days).sum()


def speed_shared(state, event):
    """Cents by day with one payment more."""
    day, cents = booked(event)
    state[day] = state.get(day, 0) + cents
    return state


def stream(step, events: "DataFrame") -> dict[int, Any]:
    """What a speed function has after all payments, one after the other."""
    return reduce(step, events.itertuples(), {})


def seconds_to_follow(events: "DataFrame") -> tuple[float, float]:
    """Seconds to compute all anew after one payment more, and seconds to add that one: measured now, best of five."""
    last, state = next(events.tail(1).itertuples()), stream(speed_shared, events)
    anew = repeat(lambda: batch_shared(events), number=1, repeat=5)
    added = repeat(lambda: speed_shared(state, last), number=1000, repeat=5)
    return min(anew), min(added) / 1000


def recipe() -> str:
    """The text of data/events.csv: made up, with a day's rhythm, and one payment of thirty up to 12 hours late."""
    paid = Workload(1 / 120, 7 * DAY, Work(0, 2500, 0), 4, Diurnal(profile("nab_elb")), kind="payment", keys=500)
    way = Sometimes(1 / 30, UniformLaw(0, DAY / 2))
    rows = [(int(event.arrival_time + 1 + way.quantile(event.chance("way"))), int(event.arrival_time), event.key,
             int(event.work.infer) + 1) for event in paid.requests()]
    lines = [f"{came},{happened},{user},{cents}\n" for came, happened, user, cents in sorted(rows)]
    return "".join(["arrival_time,event_time,user,amount_cents\n", *lines])
