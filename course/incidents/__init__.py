"""The incident room: six incidents that a runbook may prevent, replayed from the users' side. No answer is in here."""

from .replaying import Result
from .room import INCIDENTS, replay, room

__all__ = ["INCIDENTS", "Result", "replay", "room"]
