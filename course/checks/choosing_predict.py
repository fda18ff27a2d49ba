"""Exercise 6P: which pattern wins in two use cases, and whether the flowchart names it."""

from collections.abc import Callable
from typing import Any

from ..choosing.flips import Row
from ..choosing.flowchart import followed
from ..choosing.winners import compared_in
from ..scenarios import U7, U13
from .commitment import Prediction
from .exercise import maker

CASES = {"fraud": U7, "chatbot": U13}
QUESTION = ("Which pattern passes all rules and costs least with operations in fraud detection, and with a chatbot, "
            "and does the flowchart name it, yes or no? why you think so, in five words or more")


def observe(run_at: Callable[..., list[Any]]) -> dict[str, list[Row]]:
    """The rows of both use cases, the winner first."""
    return {part: run_at(part) for part in CASES}


def beside(guesses: Any, results: dict[str, list[Row]]) -> str:
    """A table for each use case, and under it what the flowchart names and what was predicted."""
    lines = []
    for part, rows in results.items():
        lines += [f"{CASES[part].name}: USD a month with operations", *map(line, rows)]
        named = ", or else ".join(" or ".join(way) for way in followed(CASES[part]).ways)
        pattern, found = (said.strip()[:40] for said in guesses[part][:2])
        lines += [f"    the flowchart names {named}",
                  f"    your prediction for {part}: {pattern} wins, flowchart {found}"]
    return "\n".join(lines)


def line(row: Row) -> str:
    """A pattern with its sum, and what keeps it from winning."""
    return f"{row.pattern:20}{row.total_usd:10,.0f}  {'wins' if not row.why else row.why}"


def targets(case: dict[str, Any]) -> list[float]:
    """Numbers that a learner can have read in the table: US dollars a month."""
    return [row.total_usd for part in case["parts"] for row in compared_in(CASES[part]).rows]


message = maker("P", "The two cells above the run in exercise 6P.")
COMPLAINTS = {
    "blank": message("W1", "A full prediction", "no prediction, or one with gaps.",
                     "For fraud and for the chatbot: a pattern, yes or no, how sure you are, and a reason.",
                     "Those who commit to a guess see more in the result, also when the guess is wrong."),
    "alike": message("W5", "A reason for each", "the same reason for fraud and for the chatbot.",
                     "Each of the two has a reason of its own.",
                     "One is busy day and night and may lose nothing. The other is idle and waits. Ask what each pays "
                     "for."),
    "unquoted": message("W4", "The number you saw", "a text without a number from the table.",
                        "A sentence with a sum of money from the table, within 2 %.",
                        "To correct a belief, put the guess and the number side by side."),
}
EXERCISES = (Prediction("6P", QUESTION, tuple(CASES), {"parts": list(CASES)}, targets, observe, beside, COMPLAINTS),)
