"""Exercise 8P: what the designs will do, said before any of them was tried, and looked back at in the end."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import isfinite
from typing import Any

from .answers import number
from .commitment import Prediction
from .exercise import Message, Outcome, Report, maker, verdict

PARTS = "A", "B"
QUESTION = "Will the design keep the promise, and what will it cost a month, and why do you think so?"
MEASURES = "response", "total_usd", "cloud_usd"     # of a row of results: what a text may quote the mean of


@dataclass(frozen=True)
class Reflected:
    """A prediction for the designs A and B; after the runs a text that quotes one's own results."""

    prediction: Prediction
    id: str = "8P"
    points: float = 2.0
    hidden: int = 0

    def cases(self, variant: int) -> list[Any]:
        return self.prediction.cases(variant)

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        answer = raw[0] if isinstance(raw, list) and raw and isinstance(raw[0], dict) else {}
        handed = answer.get("reconcile")
        text, results = handed if isinstance(handed, list) and len(handed) == 2 else (handed, [])
        unquoted = self.prediction.reconciled(text, {"results": results})
        if unquoted and unquoted.code == NOTHING.code and results is None:
            unquoted = NOTHING
        found = self.committed(answer.get("record")), unquoted
        return verdict(self.id, self.points, [Outcome(1.0, float(message is None), message) for message in found])

    def committed(self, record: Any) -> Message | None:
        """What is wrong with the record of a prediction."""
        return self.prediction.committed(record)

    def problems(self, guesses: Any) -> list[Message]:
        return self.prediction.problems(guesses)

    def observe(self, run_at: Callable[..., list[Any]]) -> Any:
        return self.prediction.observe(run_at)

    def beside(self, guesses: Any, observed: Any) -> str:
        return self.prediction.beside(guesses, observed)


def targets(case: dict[str, Any]) -> list[float]:
    """The mean times and money in the results that were handed in, and how far apart the sums of two designs are."""
    rows = [row for row in case["results"] if isinstance(row, dict)] if isinstance(case.get("results"), list) else []
    values = [mean(row.get(measure)) for row in rows for measure in MEASURES]
    sums = [found for row in rows if (found := mean(row.get("total_usd"))) is not None]
    apart = [abs(one - other) for one, other in combinations(sums, 2)]
    errors = [number(row.get("error")) for row in rows]
    return [value for value in (*values, *apart, *errors) if value and isfinite(value)]


def mean(part: Any) -> float | None:
    """The mean of an interval, from a record or from a list that begins with it; its ends may be near anything."""
    first = part.get("mean") if isinstance(part, dict) else next(iter(part), None) if isinstance(part, list) else None
    return number(first)


def observe(run_at: Callable[..., list[Any]]) -> dict[str, Any]:
    """The result of each of the two designs."""
    return {part: run_at(part) for part in PARTS}


def beside(guesses: Any, observed: dict[str, Any]) -> str:
    """Prediction and result of each design, one under the other."""
    lines = []
    for part, found in observed.items():
        kept = "broken" if "promise" in found.broken else "kept"
        promise, usd = (said.strip()[:40] for said in guesses[part][:2])
        money = f"{found.total_usd.ends} USD a month with operations"
        lines += [f"{part}: promise {kept}, {found.response.ends} s; {money}",
                  f"    your prediction: promise {promise}, {usd}"]
    return "\n".join(lines)


message = maker("P", "The cell of your predictions, and the table under *Results*.")
COMPLAINTS = {
    "blank": message("W1", "A full prediction", "no prediction, or one with gaps.",
                     "For A and for B: whether the promise is kept, what it costs, how sure you are, and a reason.",
                     "Those who commit to a guess see more in the result, also when the guess is wrong."),
    "alike": message("W5", "A reason for each", "the same reason for both designs.",
                     "Each of the two has a reason of its own.",
                     "Two designs that would be right or wrong for one reason are hardly two."),
    "unquoted": message("W4", "A number that you saw", "a text without a number from your results.",
                        "Which prediction failed, with a mean or a difference of sums from `results`, within 2 %.",
                        "To correct a belief, put the guess and the number side by side."),
}
NOTHING = COMPLAINTS["unquoted"]._replace(got="no results to quote from: `results` is None.")
PREDICTION = Prediction("8P", QUESTION, PARTS, {"about": "designs"}, targets, observe, beside, COMPLAINTS)
EXERCISES = (Reflected(PREDICTION),)
