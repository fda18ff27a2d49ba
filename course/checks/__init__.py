"""What grades an exercise: `check(item, answer)` asks the learner's answer, judges it, and says what to look at.

All that judges is imported when it is needed: a grader's kernel only answers, and has none of it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..asking import given, graded
from ..asking.guesses import contrast, looking_back, remember

if TYPE_CHECKING:
    from .catalogue import EXERCISES

__all__ = ["EXERCISES", "check", "contrast", "given", "looking_back", "predict", "remember", "reveal"]


def __getattr__(name: str) -> Any:
    if name != "EXERCISES":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .catalogue import EXERCISES

    return EXERCISES


def check(item: str, answer: Any) -> float | None:
    """Print what the sanity checks of an exercise find in `answer`; return the points they give, None in practice."""
    if graded.is_graded():
        graded.check(item, answer)
        return None
    from . import visible

    return visible.check(item, answer)


def predict(item: str, guesses: dict[str, Any]) -> None:
    """Store a prediction before the run, and say so; say what is missing if it is not complete."""
    if graded.is_graded():
        graded.predict(item, guesses)
        return
    from . import predicted

    predicted.predict(item, guesses)


def reveal(item: str, run_at: Callable[..., list[Any]]) -> None:
    """Run the experiment, once a prediction is stored, and print its result beside the prediction."""
    if graded.is_graded():
        graded.reveal(item)
        return
    from . import predicted

    predicted.reveal(item, run_at)
