"""Answers to exercise 2E: what learners get wrong, and ways to be right."""

from dataclasses import dataclass
from typing import NamedTuple

from bank.form import Bank


def read_event(message):
    version = message["version"]
    if version not in (1, 2):
        raise ValueError(f"cannot read version {version} of the event, only versions 1 and 2")
    seconds = message["duration"]
    if version == 1:
        seconds = seconds / 1000
    return {"id": message["id"], "seconds": seconds, "model": message.get("model", "unknown")}


def as_it_comes(message):
    return {"id": message["id"], "seconds": message["duration"], "model": message["model"]}


def in_seconds_only(message):
    return {**as_it_comes(message), "seconds": message["duration"] / (1000 if message["version"] == 1 else 1)}


def refused(version):
    """The error for a version that nobody knows."""
    return ValueError(f"cannot read version {version} of the event")


def model_expected(message):
    return {**read_event(message), "model": message["model"]}


def everything_has_a_default(message):
    return read_event({"version": 1, "id": "", "duration": 0, **message})


def oldest_by_default(message):
    return read_event({"version": 1, **message})


def nothing_new(message):
    if set(message) - {"version", "id", "duration", "model"}:
        raise ValueError("there is a field that I do not know")
    return read_event(message)


def newest_for_all(message):
    return read_event({**message, "version": min(2, message["version"])})


def in_place(message):
    event = read_event(message)
    message["version"] = 2
    return event


def takes_out(message):
    event = read_event(message)
    message.pop("model", None)
    return event


def one_unit(message):
    event = read_event(message)
    return {**event, "seconds": message["duration"]}


def always_thousand(message):
    event = read_event(message)
    return {**event, "seconds": message["duration"] / 1000}


def passed_on(message):
    return {**message, **read_event(message)}


def other_error(error):
    """A reader that refuses versions with another error."""
    def reader(message):
        if message["version"] not in (1, 2):
            raise error
        return read_event(message)

    return reader


def gives_nothing(message):
    return read_event(message) if message["version"] in (1, 2) else None


def none_for_model(message):
    return {**read_event(message), "model": message.get("model")}


def always_refuses(message):
    raise ValueError(f"cannot read version {message.get('version')} of the event")


WRONG = (
    ("2E-W1", model_expected), ("2E-W2", everything_has_a_default), ("2E-W2", oldest_by_default),
    ("2E-W3", nothing_new), ("2E-W4", newest_for_all), ("2E-W5", in_place), ("2E-W5", takes_out),
    ("2E-W6", one_unit), ("2E-W6", always_thousand), ("2E-EXTRA", passed_on),
    ("2E-UNCLEAR", other_error(KeyError(3))), ("2E-UNCLEAR", other_error(ValueError("I cannot read this version"))),
    ("2E-UNCLEAR", gives_nothing), ("2E-UNCLEAR", other_error(AssertionError())), ("2E-MODEL", none_for_model),
    ("2E-ERROR", always_refuses), ("2E-FORM", lambda message: "a17"), ("2E-FORM", lambda message: message),
    ("2E-NOTAFUNCTION", {"id": "a17", "seconds": 0.083, "model": "small"}),
)


def by_table(message):
    """A reader for each version, looked up."""
    readers = {1: in_milliseconds, 2: in_seconds}
    if message["version"] not in readers:
        raise refused(message["version"])
    return readers[message["version"]](message)


def in_milliseconds(message):
    return {"id": message["id"], "seconds": message["duration"] * 0.001, "model": message.get("model") or "unknown"}


def in_seconds(message):
    return {"id": message["id"], "seconds": message["duration"], "model": message.get("model") or "unknown"}


def by_pattern(message):
    match message:
        case {"version": 1, "id": name, "duration": milliseconds}:
            seconds = milliseconds / 1000
        case {"version": 2, "id": name, "duration": seconds}:
            pass
        case _:
            raise ValueError(f"no rule for version {message.get('version')} with the fields {', '.join(message)}")
    return {"id": name, "seconds": seconds, "model": message.get("model", "unknown")}


SCHEMA = {"version": int, "id": str, "duration": (int, float)}


def by_schema(message):
    """A schema that is checked first, as a library would."""
    for name, kind in SCHEMA.items():
        if not isinstance(message.get(name), kind):
            raise TypeError(f"field {name} must be there and of the right type")
    if message["version"] not in (1, 2):
        raise TypeError(f"version {message['version']} is not supported by this schema")
    return {"id": message["id"], "seconds": message["duration"] / {1: 1000, 2: 1}[message["version"]],
            "model": message.get("model", "unknown")}


def upgraded_first(message):
    """Version 1 becomes a new message of version 2, and only that is read."""
    if message["version"] == 1:
        message = {**message, "version": 2, "duration": message["duration"] / 1000}
    if message["version"] != 2:
        raise LookupError(f"please update me: I cannot read version {message['version']}")
    return in_seconds(message)


@dataclass
class Event:
    id: str
    seconds: float
    model: str = "unknown"


class Read(NamedTuple):
    id: str
    seconds: float
    model: str


ACCEPTED = (
    ("2E-A4", read_event), ("2E-A1", by_table), ("2E-A2", by_pattern), ("2E-A3", by_schema),
    ("2E-A4 upgraded first", upgraded_first), ("2E-A4 as a record", lambda message: Event(**read_event(message))),
    ("2E-A4 as a named tuple", lambda message: Read(**read_event(message))),
    ("2E-A4 as a tuple", lambda message: tuple(read_event(message).values())),
)
HARD_CODED = (
    lambda message: {"id": "a17", "seconds": 0.083, "model": "small"}, lambda message: ("a17", 0.083, "unknown"),
    lambda message: {}, always_refuses,
)
PATH = (lambda message: None, lambda message: message, as_it_comes, in_seconds_only, newest_for_all, read_event)
BANK = Bank("2E", read_event, 6, WRONG, ACCEPTED, PATH, 8, HARD_CODED,
            secrets=("/ 1000", "* 0.001", "get(", "not in (1, 2)", "raise ValueError"))
