"""Exercise 7I: a runbook for six incidents; the judge replays them with other users, and counts who was served."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from ..incidents import INCIDENTS, replay
from .answers import failed, failure, paired
from .exercise import Message, Outcome, Report, maker, verdict

SEEN = ((1, 0),)
# Sets of hidden replays, rows of (seed, shift of the trouble in seconds).
HIDDEN = (((11, 4), (12, -6)), ((15, 6), (16, -8)), ((13, -3), (14, 7)), ((17, -5), (18, 3)), ((19, 8), (20, -2)),
          ((21, -7), (22, 5)))
FIXES: dict[str, tuple[tuple[str, float], ...]] = {
    "retry storm": (("retry budget", 0.1),), "backoff without jitter": (("jitter", 1.0),),
    "noisy neighbour": (("servers for reports", 1),), "cold-start storm": (("provision", 16),),
    "poison message": (("dead letter after", 3),), "stale batch view": (("run batch every", 900.0),)}
BROKEN = 0.8        # of the points, at most, while the promise is broken
OVER = 0.2          # of the points, at most, over the budget
HARDLY = 0.1        # of those who can be saved: as good as nobody
Actions = tuple[tuple[str, float], ...]


class Found(NamedTuple):
    """Several replays of an incident: the share in time, users, those not in time, those lost; US dollars an hour."""

    share: float
    users: int
    failed: int
    lost: int
    usd: float


class Judged(NamedTuple):
    """One incident: the share of its points, and a message if it is not all."""

    incident: str
    share: float
    message: Message | None = None


@dataclass(frozen=True)
class Runbook:
    """A dict from the name of an incident to a list of actions."""

    id: str = "7I"
    points: float = 10.0
    hidden: int = len(INCIDENTS)

    def cases(self, variant: int) -> list[Any]:
        trials = SEEN if variant == 0 else HIDDEN[variant % len(HIDDEN)]
        return [{"trials": [list(trial) for trial in trials]}]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        case, answer = paired(cases, raw)[0]
        given = answer.get("runbook") if isinstance(answer, dict) else None
        if not isinstance(given, dict) or failure(given):
            return verdict(self.id, self.points, [Outcome(self.points, 0, unusable(given))])
        trials = tuple((seed, shift) for seed, shift in case["trials"])
        part = self.points / len(INCIDENTS)
        judged = gathered([judged_incident(name, given.get(name), trials) for name in INCIDENTS])
        outcomes = [Outcome(part, one.share, one.message) for one in judged]
        return verdict(self.id, self.points, [*unknown(given), *outcomes])


def judged_incident(name: str, given: Any, trials: Any) -> Judged:
    """What an answer to one incident earns."""
    incident = INCIDENTS[name]
    try:
        actions = incident.changes(incident.settings(given or ()))
    except ValueError as error:
        return Judged(name, 0.0, here(FORM, name)._replace(got=f"{error}."))
    found = replays(name, actions, trials)
    kept, affordable = found.share >= incident.promised, found.usd <= incident.usd
    if kept and affordable:
        return Judged(name, 1.0)
    saved = 1.0 if kept else BROKEN * rescued(name, found, trials)
    message = here(lacking(name, actions, found, trials), name)._replace(got=described(name, found, trials))
    return Judged(name, saved if affordable else min(saved, OVER), message)


@lru_cache(maxsize=512)
def replays(name: str, actions: Actions, trials: tuple[tuple[int, float], ...]) -> Found:
    """What the replays of an incident come to; each of them counts the same."""
    results = [replay(name, actions, seed, shift) for seed, shift in trials]
    share, usd = (sum(getattr(result, part) for result in results) / len(results) for part in ("share", "usd"))
    users, lost, late = (sum(getattr(result, part) for result in results) for part in ("users", "lost", "late"))
    return Found(share, users, lost + late, lost, usd)


def rescued(name: str, found: Found, trials: Any) -> float:
    """How many are in time, from 0 when nothing is done to 1 with the documented fix."""
    nothing, fix = replays(name, (), trials).share, replays(name, FIXES[name], trials).share
    return min(max((found.share - nothing) / (fix - nothing), 0.0), 1.0)


def described(name: str, found: Found, trials: Any) -> str:
    """What the runbook did to users."""
    nothing = replays(name, (), trials)
    return (f"{name}: {found.failed} of {found.users} users late or lost ({found.lost} lost), {found.usd:.2f} USD an "
            f"hour; with nothing done, {nothing.failed}.")


def lacking(name: str, actions: Actions, found: Found, trials: Any) -> Message:
    """What is to be said first about actions that can be taken."""
    if not actions:
        return NOTHING
    if found.usd > INCIDENTS[name].usd:
        return DEAR
    if found.share < replays(name, (), trials).share - 0.005:
        return WORSE
    if rescued(name, found, trials) <= HARDLY:
        return CAUSE._replace(why=f"{CAUSE.why} {CLUES[name]}")
    lucky = replays(name, actions, SEEN).share >= INCIDENTS[name].promised
    return LUCKY if lucky else HALF._replace(why=f"{HALF.why} {CLUES[name]}")


def here(message: Message, name: str) -> Message:
    """The message, pointing to an incident."""
    return message._replace(where=f"replay('{name}', your actions): the rows with late or lost users.")


def gathered(judged: Sequence[Judged]) -> list[Judged]:
    """Every kind of message once, with the names of the other incidents that it is about."""
    kept: list[Judged] = []
    for one in judged:
        alike = [other.incident for other in judged if one.message and same(one, other)]
        first = bool(alike) and alike[0] == one.incident
        others = f" Alike: {', '.join(alike[1:])}." if first and alike[1:] else ""
        told = one.message._replace(got=one.message.got + others) if one.message and first else None
        kept.append(one._replace(message=told))
    return kept


def same(one: Judged, other: Judged) -> bool:
    """Whether the messages to both are of one kind."""
    return one.message is not None and other.message is not None and one.message.code == other.message.code


def unknown(given: dict[str, Any]) -> list[Outcome]:
    """A word about names that are those of no incident."""
    names = [name for name in given if name not in INCIDENTS]
    return [Outcome(0.0, 0.0, NAMES._replace(got=f"'{names[0][:40]}'."))] if names else []


def unusable(given: Any) -> Message:
    """What is wrong with an answer that is no runbook."""
    if given is None or given == "" or failure(given):
        return failed("7I", given if failure(given) else {"error": "Blank"}, WHERE)
    return NAMES._replace(got="something that is not a dict.")


WHERE = "The table of room(), and hint 2 of exercise 7I."
CLUES = {
    "retry storm": "Ask for whom the servers work when all have stopped waiting.",
    "backoff without jitter": "Ask at which moments the devices come back.",
    "noisy neighbour": "Ask who stands before a short question in the line.",
    "cold-start storm": "Ask what a call waits for when the crowd comes.",
    "poison message": "Ask what the consumers do most of the time.",
    "stale batch view": "Ask what the answers rest upon when the speed layer hangs.",
}
message = maker("7I", WHERE)
NAMES = message("NAMES", "A dict by incident", "", "Each name is one in the table of the room, each value a list of "
                "actions.", "The check looks for your actions under these six names.")
FORM = message("W5", "An action that can be taken", "", "Each action is on the list of its incident, with a number in "
               "its bounds.", "A runbook names what exists.")
NOTHING = message("W1", "Something is done", "", "The runbook has at least one action for every incident.",
                  "None of the six ends by itself in time. Waiting is a choice too, and users pay for it.")
WORSE = message("W2", "Do no harm", "", "No fewer users are served in time than without a runbook.",
                "You made it worse. More work, or users sent away, adds to the trouble.")
DEAR = message("W3", "Within the budget", "", "All that stands there in an hour costs no more than the budget.",
               "With enough servers many troubles go away, and every quiet hour pays for them.")
CAUSE = message("W4", "The cause, not the symptom", "", "Many of those are saved who would be late or lost.",
                "Your actions do not touch what makes users wait.")
HALF = message("W6", "The promise", "", "As many users as promised are served in time, of each kind.",
               "You saved some. It goes the right way, and not far enough.")
LUCKY = message("LUCKY", "On other days too", "", "The promise holds with other users, and when the trouble comes "
                "earlier or later.",
                "It holds in the replay that you can see, and just so. Repeat it with other seeds.")
EXERCISES = (Runbook(),)
