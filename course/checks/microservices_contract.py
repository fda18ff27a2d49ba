"""Exercise 2E: a reader of events that accepts two versions of a contract, and no other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from .answers import FAILURES, failed, failure, near, number, paired, shown, words
from .exercise import Message, Outcome, Report, maker, verdict

FIELDS = ("id", "seconds", "model")
REQUIRED = ("version", "id", "duration")
UNKNOWN = "unknown"         # the model of a message that does not say it
READABLE = (1, 2)
FEWEST_WORDS = 3            # of a clear error
WHERE = "Hint 2 of exercise 2E, and the two example messages."


class Facts(NamedTuple):
    """What a set of messages is about: an event's id, milliseconds, model; a field of tomorrow; a version beyond 2."""

    id: str
    milliseconds: float
    model: str
    extra: str
    beyond: int


SEEN = Facts("a17", 83, "small", "colour", 3)
HIDDEN = (
    Facts("k41", 120, "large", "region", 3), Facts("m08", 47, "tiny", "user", 4),
    Facts("q93", 260, "small", "trace", 3), Facts("t66", 1450, "giant", "team", 7),
    Facts("b20", 35, "basic", "device", 3), Facts("z02", 610, "wide", "shop", 5),
    Facts("h75", 92, "deep", "retries", 3), Facts("c58", 2300, "long", "note", 6),
)


@dataclass(frozen=True)
class Contract:
    """`read_event(message)` gives a dict of id, seconds and model, or refuses."""

    id: str = "2E"
    points: float = 2.0
    hidden: int = 7

    def cases(self, variant: int) -> list[Any]:
        return written(HIDDEN[variant % len(HIDDEN)] if variant else SEEN)

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        asked = [Asked(case["about"], case["message"], answer) for case, answer in paired(cases, raw)]
        if failure(asked[0].answer) in FAILURES and len({failure(one.answer) for one in asked}) == 1:
            return verdict(self.id, self.points, [Outcome(self.points, 0, failed(self.id, asked[0].answer, WHERE))])
        useful = any(one.right for one in asked if one.about in ("first", "second"))    # refusing all is no reader
        outcomes = [part(points, [one for one in asked if one.about == about], useful, explain)
                    for about, points, explain in PARTS]
        kept = useful and all(one.unchanged for one in asked)
        outcomes.append(Outcome(0.2, float(kept), CHANGED if useful else None))
        return verdict(self.id, self.points, outcomes)


def written(facts: Facts) -> list[Any]:
    """One message or more for every rule."""
    first = {"version": 1, "id": facts.id, "duration": facts.milliseconds, "model": facts.model}
    second = {**first, "version": 2, "duration": facts.milliseconds / 1000}
    beyond = [{**first, "version": facts.beyond}, {**second, "version": 3}]
    return [{"about": "first", "message": first}, {"about": "second", "message": second},
            *({"about": "optional", "message": without(one, "model")} for one in (first, second)),
            *({"about": "required", "message": without(one, name)} for one in (first, second) for name in REQUIRED),
            *({"about": "extra", "message": {**one, facts.extra: [facts.milliseconds]}} for one in (first, second)),
            *({"about": "beyond", "message": one} for one in beyond)]


def without(message: dict[str, Any], name: str) -> dict[str, Any]:
    """A message that lacks one field."""
    return {field: value for field, value in message.items() if field != name}


@dataclass(frozen=True)
class Asked:
    """One message and what the function made of it."""

    about: str
    message: dict[str, Any]
    raw: Any

    @property
    def answer(self) -> Any:
        """The raw result, or the failure."""
        return self.raw.get("answer", self.raw) if isinstance(self.raw, dict) else self.raw

    @property
    def unchanged(self) -> bool:
        """Whether the message was read as well a second time, after the call that could change it."""
        again = self.raw.get("with_same") if isinstance(self.raw, dict) else None
        return again == self.answer or (self.right and Asked(self.about, self.message, {"answer": again}).right)

    @property
    def event(self) -> dict[str, Any]:
        """The result by names, from a dict or record, or from three values in their order."""
        if isinstance(self.answer, list) and len(self.answer) == len(FIELDS):
            return dict(zip(FIELDS, self.answer))
        return self.answer if isinstance(self.answer, dict) and not failure(self.answer) else {}

    @property
    def seconds(self) -> float:
        """The right duration."""
        return self.message["duration"] / (1000 if self.message["version"] == 1 else 1)

    @property
    def right(self) -> bool:
        """The event as it should be read, or a refusal where there is nothing to read."""
        if self.about == "beyond":
            return self.refused and self.clear
        if self.about == "required":
            return self.refused
        only = self.about != "extra" or len(self.event) == len(FIELDS)
        return (only and set(FIELDS) <= set(self.event) and self.event["id"] == self.message["id"]
                and near(number(self.event["seconds"]), self.seconds)
                and self.event["model"] == self.message.get("model", UNKNOWN))

    @property
    def refused(self) -> bool:
        """Whether it ended in an error."""
        return failure(self.answer) is not None and failure(self.answer) not in FAILURES

    @property
    def clear(self) -> bool:
        """Whether the error is a sentence that names the version."""
        about = str(self.answer.get("about", ""))
        return words(about) >= FEWEST_WORDS and str(self.message["version"]) in about


def part(points: float, asked: list[Asked], useful: bool, explain: Callable[[Asked], Message]) -> Outcome:
    """One rule, kept in each of its cases."""
    wrong = [one for one in asked if not one.right]
    return Outcome(points, float(useful and not wrong), explain(wrong[0]) if wrong else None)


def why_first(one: Asked) -> Message:
    """What is wrong with a message of version 1 that has all its fields."""
    if near(number(one.event.get("seconds")), one.message["duration"]):
        return UNITS._replace(got=f"{shown(one.event['seconds'])} s for version 1 and {one.message['duration']:g} ms.")
    return why_second(one)


def why_second(one: Asked) -> Message:
    """What is wrong with a message that has all its fields."""
    seconds = number(one.event.get("seconds"))
    if seconds is not None and near(1000 * seconds, one.seconds):
        return UNITS._replace(got=f"{seconds:.3g} s for version 2 and {one.message['duration']:g} s.")
    if failure(one.answer):
        return failed("2E", one.answer, WHERE)
    return FORM._replace(got=f"{seen(one.answer)}, for version {one.message['version']}.")


def why_optional(one: Asked) -> Message:
    """What is wrong when the model is missing."""
    got = f"{seen(one.answer)}, for a message without a model."
    return (ABSENT if failure(one.answer) else NAMELESS)._replace(got=got)


def why_required(one: Asked) -> Message:
    """What is wrong when a required field is missing."""
    missing = next(name for name in REQUIRED if name not in one.message)
    return INVENTED._replace(got=f"{seen(one.answer)}, for a message without '{missing}'.")


def why_extra(one: Asked) -> Message:
    """What is wrong when there is a field more."""
    if failure(one.answer):
        return BROKEN._replace(got=f"{seen(one.answer)}, for a message with one field more.")
    return CARRIED._replace(got=f"{seen(one.answer)}, for a message with one field more.")


def why_beyond(one: Asked) -> Message:
    """What is wrong with a message of a later version."""
    got = f"{seen(one.answer)}, for version {one.message['version']}."
    return (UNCLEAR if one.refused or failure(one.answer) else ACCEPTED)._replace(got=got)


def seen(answer: Any) -> str:
    """A result in a few words."""
    if name := failure(answer):
        return "no result" if name == "Blank" else f"the error {name} '{str(answer.get('about', ''))[:40]}'"
    if isinstance(answer, dict):
        return f"the fields {', '.join(map(str, list(answer)[:5]))}"[:80]
    return shown(answer)


message = maker("2E", WHERE)
UNITS = message("W6", "The unit of the time", "", "A request that took a tenth of a second took that in each version.",
                "The name of the field is the same and its unit is not. Nobody notices until a graph is off by a "
                "thousand.")
FORM = message("FORM", "Three fields", "", "A dict with id, seconds and model, as they stand in the message.",
               "Others build on these names. A wrong value there goes on to all of them.")
ABSENT = message("W1", "The model may be missing", "", "Such a message is read like the others.",
                 "You break on a field that nobody promised. One sender that leaves it out would stop your service.")
NAMELESS = message("MODEL", "A model that nobody named", "",
                   "The other fields as they are, and 'unknown' as the model.",
                   "Those who count models need one word for this case, the same from every reader.")
INVENTED = message("W2", "Some fields are promised", "", "A message that lacks one of these is refused.",
                   "You made up a value. It looks like data from then on, and nobody can tell it from the real ones.")
BROKEN = message("W3", "New fields do no harm", "", "The result is the same as without the field that you do not know.",
                 "You refuse what you do not know. Then no sender can add a field before all readers are changed.")
CARRIED = message("EXTRA", "Only what was agreed", "", "The result has three fields, whatever else was sent.",
                  "What you pass on unread becomes a promise to those behind you.")
ACCEPTED = message("W4", "A version that you do not know", "", "Only versions 1 and 2 are read.",
                   "You read it as if it were an old one. A new version means that some field has a new meaning.")
UNCLEAR = message("UNCLEAR", "An error that helps", "", "The error is a sentence, and it names the version that came.",
                  "Whoever is woken at night reads this one line. It should say what to change.")
CHANGED = message("W5", "The message stays as it was", "another result for a message that you had before.",
                  "It is the same after the call as before.",
                  "Others read the same message after you, and would get your version of it.")
PARTS: tuple[tuple[str, float, Callable[[Asked], Message]], ...] = (
    ("first", 0.4, why_first), ("second", 0.3, why_second), ("optional", 0.25, why_optional),
    ("required", 0.3, why_required), ("extra", 0.25, why_extra), ("beyond", 0.3, why_beyond),
)
EXERCISES = (Contract(),)
