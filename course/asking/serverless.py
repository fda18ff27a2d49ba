"""How the exercises of lesson 05 are asked."""

from typing import Any

from . import probe
from .rehearsal import Rehearsal, rehearse

TRACE = "arrival_times", "service_times", "cold_start", "keep_alive", "limit"       # what 5M hands to the function
MOST_STRUCK = 18            # actions during which a kill strikes in 5E, one run for each


def calculate(functions: Any, case: dict[str, Any]) -> Any:
    """5C: what the function that is asked makes of the case: of a bill the first, of a machine beside it the second."""
    return probe.call_of_pair(functions, 1 if case["about"] == "share" else 0, *case["asked"])


def modify(function: Any, case: dict[str, Any]) -> Any:
    """5M: what a function makes of a trace, again and again."""
    return probe.call_again(function, *(case[part] for part in TRACE))


def design(choice: Any, case: Any) -> Any:
    """5D: what was chosen."""
    return {"design": probe.value(choice)}


def explain(call: Any, case: dict[str, Any]) -> Any:
    """5E: what a job saved and did; where kills are tried, also when one struck during one action or another."""
    if problem := probe.unfit(call):
        return problem
    first = tried(call, case, case["kills"])
    if case["about"] != "actions" or isinstance(first, dict):
        return first if isinstance(first, dict) else [first.told()]
    runs = [first, *(tried(call, case, [moment]) for moment in moments(first))]
    broken = [run for run in runs if isinstance(run, dict)]
    return broken[0] if broken else [run.told() for run in runs]


def tried(call: Any, case: dict[str, Any], kills: list[float]) -> Any:
    """A run of the job, or the failure of the learner's function."""
    held: list[Rehearsal] = []

    def go():
        held.append(rehearse(call, case["seconds"], case["results"], kills))

    result = probe.run(go, ())
    return held[0] if held else result


def moments(run: Rehearsal) -> list[float]:
    """The middle of the first actions of a run, and when it ended, of the last and of some between."""
    actions, ends = run.actions, MOST_STRUCK // 3
    later = [*actions[ends:-ends][:: max(1, len(actions) // ends)], *actions[-ends:]]
    chosen = [*actions[:ends], *(later if run.ended else [])]
    return sorted({(start + end) / 2 for start, end in chosen})


ASKED = {"5C": calculate, "5M": modify, "5D": design, "5E": explain}
