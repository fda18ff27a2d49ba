"""How the exercises of lesson 03 are asked."""

from collections.abc import Callable
from typing import Any

from . import probe
from .crash_runs import logged

ORDER = {"peak": 0, "drain": 1, "never": 1, "delay": 2}     # which of the three functions of 3C is asked


def calculate(functions: Any, case: dict[str, Any]) -> Any:
    """3C: what the function that is asked makes of segments, of the rate afterwards if it needs it, and a capacity."""
    segments, after, capacity = case["asked"]
    asked = (segments, after, capacity) if ORDER[case["about"]] == 1 else (segments, capacity)
    return probe.call_of_several(functions, 3, ORDER[case["about"]], *asked)


def modify(consume: Any, case: dict[str, Any]) -> Any:
    """3M: what the consumer does with payments when it dies at planned steps."""
    problem = probe.unfit(consume)
    if problem and problem["error"] != "Global":        # what it keeps on the page is gone when it dies
        return problem
    return logged(consume, case)


def design(choice: Any, case: Any) -> Any:
    """3D: what was chosen."""
    return {"design": probe.value(choice)}


def explain(answer: Any, case: dict[str, Any]) -> Any:
    """3E: what the first function finds in logs, or when the second rings in an hour."""
    if "logs" in case:
        return probe.call_of_pair(answer, 0, case["logs"])
    if isinstance(answer, list | tuple) and len(answer) == 2:
        return probe.unfit(answer[1]) or probe.run(rung, (answer[1], case["minutes"]))
    return probe.call_of_pair(answer, 1, {})


def rung(alarm: Callable[[dict[str, int]], Any], minutes: list[dict[str, int]]) -> list[Any]:
    """What the alarm says, minute by minute."""
    return [alarm(dict(minute)) for minute in minutes]


ASKED = {"3C": calculate, "3M": modify, "3D": design, "3E": explain}
