"""How the exercises of lesson 06 are asked."""

from typing import Any

from . import probe


def rule(choose: Any, case: dict[str, Any]) -> Any:
    """6R: what the function chooses for a brief."""
    return probe.call(choose, case["brief"])


def hunted(numbers: Any, case: Any) -> Any:
    """6H: the numbers that were found, by pattern."""
    return {"numbers": probe.value(numbers)}


ASKED = {"6R": rule, "6H": hunted}
