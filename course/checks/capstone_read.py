"""Reading what is handed in for a brief: its number, designs by their names, and which of them is chosen."""

from typing import Any, NamedTuple

from ..capstone import NUMBERS, brief
from ..capstone.brief import Brief
from ..choosing.families import FAMILIES, STEPS, Sizes
from .answers import failed, failure, number, shown
from .exercise import Message, Outcome, maker
from .promise import MOST, whole_numbers

MANIEST = 20            # designs: all of them are tried again
WHERE = "The cell of your designs, and the text above it."
MOST_LETTERS = 99       # of what a message quotes


class Design(NamedTuple):
    """A pattern and its sizes."""

    pattern: str
    sizes: Sizes


class Answer(NamedTuple):
    """A brief and the designs that were tried on it; `rest` is what else was handed in.

    `wrong` says of each design that cannot be tried why it was left out.
    """

    brief: Brief
    designs: dict[str, Design]
    rest: Any
    wrong: dict[str, Message]

    @property
    def left_out(self) -> list[Outcome]:
        """The message on a design that was left out, which takes no points from the others."""
        return [Outcome(0.0, 0.0, message) for message in self.wrong.values()]


def read(item: str, raw: Any) -> Answer | Message:
    """The answer, or what is wrong with it."""
    parts = parted(item, raw)
    if isinstance(parts, Message):
        return parts
    chosen, designs, rest = parts
    which = number(chosen)
    if which not in NUMBERS:
        return told(item, NUMBER, f"{shown(chosen)}.")
    if len(designs) > MANIEST:
        return told(item, MANY, f"{len(designs)} designs.")
    asked = brief(int(which or 0))
    found = {name: designed(item, asked, name, design) for name, design in designs.items()}
    wrong = {name: one for name, one in found.items() if isinstance(one, Message)}
    right = {name: one for name, one in found.items() if isinstance(one, Design)}
    alone = lonely(item, right)
    return next(iter(wrong.values()), alone) if alone else Answer(asked, right, rest, wrong)


def parted(item: str, raw: Any) -> list[Any] | Message:
    """Number, designs, and what else was handed in."""
    given = raw.get("answer") if isinstance(raw, dict) else None
    if failure(raw) or failure(given):
        return failed(item, raw if failure(raw) else given, WHERE)
    whole = isinstance(given, list) and len(given) == 3
    if not given or (whole and given[1] is None):
        return failed(item, {"error": "Blank"}, WHERE)
    if not whole or not isinstance(given[1], dict):
        return told(item, FORM, "other parts." if isinstance(given, list) else f"{shown(given)}.")
    return list(given)


def designed(item: str, asked: Brief, name: str, given: Any) -> Design | Message:
    """One design, or what is wrong with it."""
    if isinstance(given, dict) and set(given) == set(Design._fields):
        given = [given[field] for field in Design._fields]
    if not isinstance(given, list) or len(given) != 2 or not isinstance(given[1], dict):
        return told(item, FORM, f"design {name[:20]}, which is not a pattern and sizes in braces."[:MOST_LETTERS])
    pattern, sizes = given
    if not isinstance(pattern, str) or pattern not in FAMILIES:
        return told(item, PATTERN, f"{str(pattern)[:30]} in design {name[:20]}.")
    if FAMILIES[pattern].cannot(asked.later):
        return told(item, IMPOSSIBLE, f"{pattern} in design {name[:20]}.")
    names = asked.sizes(pattern)
    counts = whole_numbers(sizes, names) if set(sizes) == set(names) else None
    if counts is None:
        got = ", ".join(f"{part} {count_shown(count)}" for part, count in sizes.items()) or "no sizes"
        return told(item, SIZES, f"design {name[:20]} with {got}."[:MOST_LETTERS])
    if sizes.get("memory", 1) > STEPS:
        return told(item, MEMORY, f"memory {counts[0]} in design {name[:20]}.")
    return Design(pattern, dict(zip(names, counts)))


def count_shown(count: Any) -> str:
    """What was given for a size: text in its quotes, so that '3' is not taken for 3."""
    return repr(count[:20]) if isinstance(count, str) else shown(count)


def lonely(item: str, designs: dict[str, Design]) -> Message | None:
    """What to say when there are no two designs to compare."""
    different = {(one.pattern, tuple(one.sizes.items())) for one in designs.values()}
    if set("AB") <= set(designs) and len(different) > 1:
        return None
    names = ", ".join(sorted(designs)) or "none"
    same = "the same design under each name" if len(different) == 1 and len(designs) > 1 else "designs with the names"
    return told(item, ALONE, f"{same}: {names}."[:MOST_LETTERS])


def told(item: str, message: Message, got: str) -> Message:
    """A message of several items, as one of this one."""
    return message._replace(code=f"{item}{message.code}", got=got)


message = maker("", WHERE)
FORM = message("FORM", "Number, designs, and one thing more", "",
               "A brief's number, then designs by their names, each a pattern and its sizes.",
               "Designs that are plain data can be tried again by others. That is what makes a record worth reading.")
NUMBER = message("NUMBER", "A brief that exists", "", "The number of a brief, as you were given it.",
                 "All that follows is about one brief, so the wrong one makes all of it wrong.")
PATTERN = message("PATTERN", "A pattern of the course", "", "The name of a pattern is written as in the course.",
                  "The name says how the design is built from its sizes.")
IMPOSSIBLE = message("IMPOSSIBLE", "A pattern that can do the work", "",
                     "Each pattern, also the rival's, can run each step of the brief.",
                     "Look at what the work needs, and at what that pattern does not have.")
SIZES = message("SIZES", "Sizes for this pattern", "",
                f"Just the sizes that the brief names for the pattern, as whole numbers from 1 to {MOST}.",
                "Each pattern is bought in its own parts; `print(case.choices)` lists them.")
MANY = message("MANY", "A choice of designs", "", f"At most {MANIEST} designs.",
               "Whoever reads the record tries all of them. Leave out those that you would not defend.")
MEMORY = message("MEMORY", "Memory that there is", "", f"The memory of a function has 1 to {STEPS} steps.",
                 "At the last step a function has a whole processor, and more would make nothing faster.")
ALONE = message("ALONE", "Something to compare", "", "At least two designs that differ, with the names A and B.",
                "One design alone can only please. A second one shows what the first is worth.")
