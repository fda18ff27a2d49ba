"""A prediction that counts: complete, made before the run, with a reason for each part, and compared with what came."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isinf
from typing import Any

from ..asking.predictions import EMPTY, with_prediction, with_run
from .answers import failed, paired, quoted, words
from .exercise import Message, Outcome, Report, maker, verdict

FEWEST_WORDS = 5
MOST_NUMBERS = 20       # in a text: of more, one is near by chance
ACCURACY = 0.02


@dataclass(frozen=True)
class Prediction:
    """For each part two guesses, a confidence and a reason; after the run a sentence that quotes the result."""

    id: str
    question: str
    parts: tuple[str, ...]
    case: dict[str, Any]
    targets: Callable[[dict[str, Any]], list[float]]        # numbers that can be read in the result
    observe: Callable[[Callable[..., list[Any]]], Any]      # makes the runs of the page and measures them
    beside: Callable[[dict[str, Any], Any], str]            # prediction and result, as a table
    complaints: dict[str, Message]      # of this lesson: "blank", "alike" for equal reasons, "unquoted"
    points: float = 2.0
    hidden: int = 0

    def cases(self, variant: int) -> list[Any]:
        return [dict(self.case)]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        case, answer = paired(cases, raw)[0]
        answer = answer if isinstance(answer, dict) else {}
        found = self.committed(answer.get("record")), self.reconciled(answer.get("reconcile"), case)
        return verdict(self.id, self.points, [Outcome(1.0, float(message is None), message) for message in found])

    def problems(self, guesses: Any) -> list[Message]:
        """What keeps a prediction from being complete."""
        parts: list[Any] = [guesses.get(part) for part in self.parts] if isinstance(guesses, dict) else []
        if found := next((f"{name}: {lack}" for name, part in zip(self.parts, parts) if (lack := lacking(part))), ""):
            return [self.complaints["blank"]._replace(got=found)]
        if not parts:
            return [self.complaints["blank"]]
        reasons = [simplified(part[3]) for part in parts]
        thin = any(words(reason) < FEWEST_WORDS or reason in simplified(self.question) for reason in reasons)
        return [self.here(THIN)] * thin + [self.complaints["alike"]] * (len(set(reasons)) < len(reasons))

    def committed(self, record: Any) -> Message | None:
        """What is wrong with the record of a prediction."""
        if not isinstance(record, dict):
            return self.complaints["blank"]
        alone = unstored(record)
        record = self.followed(record)
        guesses = record.get("guesses")
        if found := self.problems(record.get("latest") if guesses is None else guesses):
            return found[0]
        if alone:
            return self.here(UNSTORED)
        if record.get("latest") != guesses:
            return self.here(CHANGED)
        predicted, ran = record.get("predicted_at"), record.get("ran_at")
        in_order = isinstance(predicted, int) and isinstance(ran, int) and 0 < predicted < ran
        return None if in_order else self.here(UNSEEN)

    def followed(self, record: dict[str, Any]) -> dict[str, Any]:
        """The record that practice would leave after the steps that were noted in a grader's kernel."""
        steps = record.get("graded")
        numbers = {name: record[name] for name in ("steps", "ran_at") if type(record.get(name)) is int}
        followed = {**EMPTY, **record, "steps": 0, "ran_at": 0, **numbers}
        for step in steps if isinstance(steps, list) else []:
            if isinstance(step, dict):
                guesses = step.get("predicted")
                followed = with_prediction(followed, guesses, None if self.problems(guesses) else guesses)
            elif followed["guesses"] is not None:
                followed = with_run(followed)
        return followed

    def reconciled(self, text: Any, case: dict[str, Any]) -> Message | None:
        """What is wrong with the sentence after the run."""
        unquoted = self.complaints["unquoted"]
        if not isinstance(text, str) or not text.strip():
            return failed(self.id, {"error": "Blank"}, unquoted.where)
        wanted, found = self.targets(case), quoted(text)
        if len(found) > MOST_NUMBERS:
            return unquoted._replace(got=f"a text with {len(found)} numbers, where one or two tell more.")
        read = [number for readings in found for number in readings if not isinf(number)]
        near = any(abs(number - target) <= ACCURACY * abs(target) for number in read for target in wanted)
        if near and words(text) >= FEWEST_WORDS:
            return None
        got = "a text with numbers, and none of them is from the table." if found and not near else unquoted.got
        return unquoted._replace(got=got)

    def here(self, message: Message) -> Message:
        """A message of all lessons, pointing to this one."""
        return message._replace(where=self.complaints["blank"].where)


def unstored(record: dict[str, Any]) -> bool:
    """Whether a grader's kernel alone has noted it, in which each prediction comes before its run."""
    return "graded" in record and type(record.get("steps")) is not int


def lacking(part: Any) -> str:
    """What is missing beside two guesses in letters or words, a confidence from 1 to 4, and a text; else nothing."""
    if not isinstance(part, list) or len(part) != 4:
        return "no prediction." if part is None else "not two guesses, how sure you are, and a reason."
    *guesses, confidence, reason = part
    if not all(isinstance(text, str) and text.strip(" ?.-_") for text in (*guesses, reason)):
        return "a guess or a reason that is no text in quotes."
    sure = not isinstance(confidence, bool) and confidence in (1, 2, 3, 4)
    return "" if sure else "how sure you are is not one of the numbers 1 to 4."


def simplified(text: str) -> str:
    """A text without the differences that do not count."""
    return " ".join("".join(letter if letter.isalnum() else " " for letter in text.casefold()).split())


message = maker("P", "")
CHANGED = message("W2", "The prediction came first", "a prediction that was changed after the run.",
                  "What is stored last is what was stored before the run.",
                  "A right guess afterwards shows nothing. A wrong one before it earns the point: put yours back.")
UNSEEN = message("W2", "The prediction came first", "a prediction without a run after it.",
                 "The cell with the prediction is run first, then the cell with the run.",
                 "The two are worth a point together: a guess is only a guess until it meets a result.")
UNSTORED = message("FILE", "The prediction came first", "no predictions.json with this prediction in it.",
                   "The file predictions.json lies beside the notebook that is handed in.",
                   "Without it nobody can tell what came first. Both can be handed in together later, for the point.")
THIN = message("W3", "A reason of your own", "a reason that is very short, or repeats the question.",
               "Five words or more that say why.",
               "The reason is what you compare with the result. Without one there is nothing to correct.")
