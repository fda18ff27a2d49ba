"""How the exercises of lesson 04 are asked."""

from typing import Any

from . import probe
from .lambda_histories import lived

OF_DAYS = ("apart", "crowd", "end")     # cases of 4E for the second function


def calculate(functions: Any, case: dict[str, Any]) -> Any:
    """4C: what the function that is asked makes of some times."""
    return probe.call_of_pair(functions, int(case["about"] == "merged"), *case["asked"])


def modify(functions: Any, case: dict[str, Any]) -> Any:
    """4M: what three functions answer through a history."""
    if not (isinstance(functions, list | tuple) and len(functions) == 3):
        return probe.call_of_several(functions, 3, 0)
    problems = [problem for function in functions if (problem := probe.unfit(function))]
    return problems[0] if problems else probe.run(lambda: lived(functions[0], functions[1], functions[2], case), ())


def design(designs: Any, case: Any) -> Any:
    """4D: two designs."""
    return {"designs": probe.value(designs)}


def explain(answer: Any, case: dict[str, Any]) -> Any:
    """4E: what the first function makes of two programs, the second of changes; or the note."""
    if case["about"] == "note" and isinstance(answer, list | tuple) and len(answer) == 3:
        return probe.value(answer[2])
    return probe.call_of_several(answer, 3, int(case["about"] in OF_DAYS), *case["asked"])


ASKED = {"4C": calculate, "4M": modify, "4D": design, "4E": explain}
