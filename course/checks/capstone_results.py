"""Exercise 8T: the table of results, which others can make again: ten traces or more, with intervals."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from ..capstone import tried
from ..run import Interval
from .answers import number, paired
from .capstone_read import WHERE, Answer, read
from .exercise import Message, Outcome, Report, maker, verdict

FEWEST = 10             # traces
WIDER = 3.0             # times the interval that is found again, at most
MEASURES = "response", "total_usd"
FIELDS = Interval._fields


class Row(NamedTuple):
    """What the table says of a design."""

    design: str
    measures: dict[str, Interval]


@dataclass(frozen=True)
class Table:
    """A number, designs, and results; nothing is hidden, for these are the traces that everybody has."""

    id: str = "8T"
    points: float = 5.0
    hidden: int = 0

    def cases(self, variant: int) -> list[Any]:
        return [{"about": "results"}]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        _, given = paired(cases, raw)[0]
        answer = read(self.id, given)
        if isinstance(answer, Message):
            return verdict(self.id, self.points, [Outcome(self.points, 0.0, answer)])
        return verdict(self.id, self.points, outcomes(answer) + answer.left_out)


def outcomes(answer: Answer) -> list[Outcome]:
    """One check of the table as such, and one for each number in it."""
    rows = [row(one) for one in answer.rest] if isinstance(answer.rest, list) else [None]
    shape = shapeless(answer, [one for one in rows if one]) if all(rows) else FORM
    shape = STOPPED if answer.rest is None else shape
    if shape:
        return [Outcome(Table.points, 0.0, shape)]
    return [Outcome(1.0, 1.0), *compared(answer, [one for one in rows if one])]


def row(raw: Any) -> Row | None:
    """One row of the table; None where it cannot be read."""
    if not isinstance(raw, dict) or not isinstance(raw.get("design"), str):
        return None
    measures = {measure: spread(raw.get(measure)) for measure in MEASURES}
    whole = {measure: found for measure, found in measures.items() if found}
    return Row(raw["design"], whole) if len(whole) == len(MEASURES) else None


def spread(raw: Any) -> Interval | None:
    """An interval with its mean, from a record or from a list in its order."""
    values = [raw.get(name) for name in FIELDS] if isinstance(raw, dict) else raw
    numbers = [number(value) for value in values] if isinstance(values, list) and len(values) == len(FIELDS) else [None]
    mean, low, high, count = numbers if None not in numbers else [None] * 4
    if mean is None or low is None or high is None or count is None:
        return None
    return Interval(mean, low, high, int(min(max(count, 0), 1e6)))


def shapeless(answer: Answer, rows: list[Row]) -> Message | None:
    """What is wrong with the table as such."""
    left_out = set(answer.designs) - {one.design for one in rows}
    if left_out:
        return MISSING._replace(got=f"no row for {', '.join(sorted(left_out))}."[:100])
    if any(found.n < FEWEST for one in rows for found in one.measures.values()):
        return FEW._replace(got=f"{min(found.n for one in rows for found in one.measures.values())} traces.")
    flat = [one for one in rows if not one.measures["response"].low < one.measures["response"].high]
    astray = [one for one in rows for found in one.measures.values() if not found.low <= found.mean <= found.high]
    return FLAT._replace(got=f"design {(flat or astray)[0].design[:20]}.") if flat or astray else None


def compared(answer: Answer, rows: list[Row]) -> list[Outcome]:
    """Each measure of each design, made again."""
    found = [(one, measure, differs(answer, one, measure)) for one in rows if one.design in answer.designs
             for measure in MEASURES]
    each = 4.0 / len(found)
    return [Outcome(each, float(not wrong), OTHER[measure]._replace(got=f"design {one.design[:20]}: {wrong}"))
            for one, measure, wrong in found]


def differs(answer: Answer, one: Row, measure: str) -> str:
    """What is not as it is found again, if so: neither interval may leave out the other's mean, nor be far wider."""
    pattern, sizes = answer.designs[one.design]
    again: Interval = getattr(tried(answer.brief, "", pattern, sizes), measure)
    claimed = one.measures[measure]
    if not (within(again.mean, claimed) and within(claimed.mean, again)):
        return f"{claimed.mean:.4g} on average."
    wide = claimed.high - claimed.low > WIDER * (again.high - again.low) + room(again)
    return f"an interval from {claimed.low:.4g} to {claimed.high:.4g}." if wide else ""


def within(value: float, ends: Interval) -> bool:
    """Whether a value lies in an interval, which may be as narrow as a point."""
    return ends.low - room(ends) <= value <= ends.high + room(ends)


def room(ends: Interval) -> float:
    """By how much numbers may differ that are the same."""
    return 1e-6 * abs(ends.mean)


message = maker("8T", WHERE)
FORM = message("FORM", "A table that can be read", "rows without a design, or without an interval.",
               "A row for each design: its name, and for time and money a mean with its interval.",
               "Numbers that stand in a picture only cannot be checked by anybody.")
STOPPED = message("STOPPED", "A table that can be read", "no table: `results` is None.",
                  "The cell that makes the table runs to its end.",
                  "It stops where one of the designs cannot be tried, and then there is no table of the others either.")
MISSING = message("MISSING", "A row for each design", "", "Every design that you name is also tried.",
                  "A design without a result is an opinion. Its rival deserves the same traces.")
FEW = message("FEW", "Enough traces", "", "Each interval comes from ten traces at least.",
              "Few traces make wide intervals, and one alone makes none.")
FLAT = message("FLAT", "An interval around the mean", "", "The mean lies between two ends that differ.",
               "Traces differ, so response times do. An interval without width hides what you do not know.")
TIME = message("TIME", "Times that can be found again", "",
               "Whoever tries the same design on the same traces finds your mean, and an interval like yours.",
               "Perhaps the table is of an earlier design. Run all cells again from the top.")
MONEY = message("MONEY", "Money that can be found again", "", "The bill and the operations add up to your number.",
                "Perhaps the operations are missing, or the table is of an earlier design. Run all cells again.")
OTHER = {"response": TIME, "total_usd": MONEY}
EXERCISES = (Table(),)
