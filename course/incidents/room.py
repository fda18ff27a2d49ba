"""The room: six incidents by name, each to be replayed with a runbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import cold_starts, noisy_neighbour, poison, retry_storm, stale_view, without_jitter
from .incident import Incident
from .replaying import Result, replayed

if TYPE_CHECKING:
    from pandas import DataFrame

INCIDENTS = {module.INCIDENT.name: module.INCIDENT for module in (
    retry_storm, without_jitter, noisy_neighbour, cold_starts, poison, stale_view)}
MOST_SHIFT = 10


def named(name: str) -> Incident:
    """The incident of that name; raises ValueError with the names there are."""
    if name not in INCIDENTS:
        raise ValueError(f"there is no incident '{name}': it is one of {', '.join(INCIDENTS)}")
    return INCIDENTS[name]


def replay(incident: str, actions: Any = (), seed: int = 1, shift: float = 0.0) -> Result:
    """What becomes of users when the actions, pairs of a name and a value, are in place before the trouble begins.

    `seed` draws other users, `shift` moves the trouble by up to ten seconds (minutes in the stale batch view). Raises
    ValueError with a sentence for an action that cannot be taken.
    """
    if not -MOST_SHIFT <= shift <= MOST_SHIFT:
        raise ValueError(f"shift must be from -{MOST_SHIFT} to {MOST_SHIFT}, got {shift}")
    return replayed(named(incident), actions, seed, shift)


def room(runbook: Mapping[str, Any] | None = None) -> DataFrame:
    """A row for each incident, with the actions that a runbook has for it; without one, nothing is done."""
    from pandas import DataFrame, Index

    actions = dict(runbook or {})
    for name in actions:
        named(name)
    results = [replay(name, actions.get(name, ())) for name in INCIDENTS]
    return DataFrame([cells(result) for result in results], index=Index(list(INCIDENTS), name="incident"))


def cells(result: Result) -> dict[str, Any]:
    """What the table says of a replay."""
    return {"users": result.users, "late": result.late, "lost": result.lost,
            "lost a minute": round(result.lost_a_minute, 1), "in time (%)": round(100 * result.share, 1),
            "promised (%)": round(100 * result.incident.promised), "bill (USD/h)": round(result.usd, 2),
            "budget (USD/h)": result.incident.usd, "promise": "kept" if result.kept else "broken",
            "budget": "kept" if result.affordable else "broken"}
