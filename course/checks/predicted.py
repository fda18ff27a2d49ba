"""What a learner is told of a prediction, and of the run after it."""

from collections.abc import Callable
from typing import Any

from ..asking import predictions, probe
from .catalogue import EXERCISES
from .exercise import Message, PredictedExercise


def predict(item: str, guesses: dict[str, Any]) -> None:
    """Store a prediction before the run, and say so; say what is missing if it is not complete."""
    exercise, plain = predicted(item), probe.value(guesses)
    problems = exercise.problems(plain)
    record = predictions.note_prediction(item, plain, None if problems else plain)
    print(answer_to(plain, record["guesses"], problems))


def answer_to(latest: Any, guesses: Any, problems: list[Message]) -> str:
    """What to say to a prediction."""
    if guesses == latest:
        return "Your prediction is stored. Run on."
    if guesses is None:
        return "\n\n".join(["This does not count as a prediction yet.", *map(str, problems)])
    return ("This is not what you predicted before the run. The point is for the first prediction: put it back, or "
            f"delete {predictions.FILE} to start over.")


def reveal(item: str, run_at: Callable[..., list[Any]]) -> None:
    """Run the experiment, once a prediction is stored, and print its result beside the prediction."""
    exercise, record = predicted(item), predictions.uncovered(item)
    if record is None:
        print(predictions.COVERED)
        return
    observed = exercise.observe(run_at)
    predictions.note_run(item, record)
    print(exercise.beside(record["guesses"], observed))


def predicted(item: str) -> PredictedExercise:
    """The exercise; raises ValueError for one without a prediction."""
    exercise = EXERCISES[item]
    if not isinstance(exercise, PredictedExercise):
        raise ValueError(f"exercise {item} has no prediction")
    return exercise
