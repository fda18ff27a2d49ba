"""How the exercises of lesson 07 are asked."""

from typing import Any

from . import probe


def calculate(functions: Any, case: dict[str, Any]) -> Any:
    """7C: what the function that is asked makes of a table, or of two numbers."""
    return probe.call_of_pair(functions, int(case["about"] == "peak"), *case["asked"])


def runbook(actions: Any, case: Any) -> Any:
    """7I: the actions for each incident."""
    return {"runbook": probe.value(actions)}


ASKED = {"7C": calculate, "7I": runbook}
