"""How the exercises of lesson 02 are asked."""

from copy import deepcopy
from typing import Any

from . import probe
from .optional_service import decisions


def calculate(functions: Any, case: dict[str, Any]) -> Any:
    """2C: what the function that is asked makes of the case: of calls the first, of a graph the second."""
    return probe.call_of_pair(functions, 0 if case["about"] == "calls" else 1, *case["asked"])


def modify(policy: Any, case: dict[str, Any]) -> Any:
    """2M: what happens with a policy around an optional service in trouble."""
    return probe.unfit(policy) or probe.run(decisions, (policy, case))


def design(replicas: Any, case: Any) -> Any:
    """2D: three numbers."""
    return {"replicas": probe.value(replicas)}


def contract(function: Any, case: dict[str, Any]) -> Any:
    """2E: what a function makes of a message, and then of the very object that it had."""
    if problem := probe.unfit(function):
        return problem
    lent = deepcopy(case["message"])
    result = probe.run(function, (lent,))
    if probe.failure(result) == "OutOfTime":
        return result
    return {"answer": result, "with_same": probe.run(function, (lent,))}


ASKED = {"2C": calculate, "2M": modify, "2D": design, "2E": contract}
