"""Exercise 1E: a decision record, stay with one application or split it, from a table of results."""

import re
from dataclasses import dataclass
from typing import Any

from ..asking.decision import RESULTS, SPLIT, STAY, Result
from .answers import failed, paired, quoted
from .exercise import Message, Outcome, Report, maker, verdict

MOST_WORDS = 250
FEWEST_NUMBERS = 3
BARE = 0.25         # what the other parts are worth without a single number from the table
WHERE = "The table and hint 2 of exercise 1E."


@dataclass(frozen=True)
class Explain:
    """A text: decision, two options, three numbers from the table, and when to look again."""

    id: str = "1E"
    points: float = 2.0
    hidden: int = 0

    def cases(self, variant: int) -> list[Any]:
        return [[list(row) for row in RESULTS]]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        case, answer = paired(cases, raw)[0]
        if not isinstance(answer, str) or not answer.strip():
            complaint = failed(self.id, {"error": "Blank"}, WHERE) if not answer or isinstance(answer, dict) else FORM
            return verdict(self.id, self.points, [Outcome(self.points, 0, complaint)])
        text, results = beginning(answer), [Result(*row) for row in case]
        complaints = why_decision(text, results), why_options(text), why_numbers(text, results), why_trigger(text)
        worth = 1.0 if cited(text, results) else BARE
        return verdict(self.id, self.points, [Outcome(0.5, worth * (complaint is None), complaint)
                                              for complaint in complaints])


def beginning(text: str) -> str:
    """The part that is read: the first 250 words, in lower case."""
    return " ".join(text.split()[:MOST_WORDS]).casefold().replace("’", "'")


# What the options are called, after "do not split" and its like have become "stay".
NOT = r"(?:\bnot|n't|\bnever|\bagainst|\brather than|\binstead of)\s+(?:to\s+|yet\s+|be\s+)?"
WORDS = {
    STAY: r"\bstay\w*|\bkeep\w*|\bremain\w*|\bmonolith\w*|\b(?:one|single) application|\bas it is",
    SPLIT: r"\bsplit\w*|\bmicro-?services?|\bservices\b|\bseparat\w+|\bbreak\w* up|\bextract\w*",
}
DECIDES = (r"\bdecision\b|\bdecid\w+|\brecommend\w*|\bchoos\w+|\bchose\w*"
           r"|\bwe (?:will |shall |should |must )?(?=stay|keep|remain|split)")
AGAIN = (r"\b(?:revisit|review|reconsider|reopen|re-?evaluat|reassess|re-?examin|look again|decide again"
         r"|change our mind)\w*")
WHEN = r"\b(?:when|if|once|after|as soon as|should)\b"
TRIGGER = rf"{AGAIN}[^.]*?{WHEN}(?:\W+\w+){{3}}|{WHEN}[^.]+{AGAIN}"


def chosen(text: str) -> str | None:
    """The option that the record decides for: the first one named after the word decision, or another such word."""
    positive = re.sub(NOT + rf"(?:{WORDS[SPLIT]})", STAY, text)
    positive = re.sub(NOT + rf"(?:{WORDS[STAY]})", SPLIT, positive)
    begins = re.search(r"\bdecision\b", positive) or re.search(DECIDES, positive)
    if not begins:
        return None
    after = positive[begins.end():]
    first = {option: found.start() for option, words in WORDS.items() if (found := re.search(words, after))}
    return min(first, key=first.__getitem__) if first else None


def cited(text: str, results: list[Result]) -> set[float]:
    """Numbers of the table that stand in the text."""
    readings = set().union(*quoted(text))
    return {value for row in results for value in (row.stay, row.split) if value in readings}


def why_decision(text: str, results: list[Result]) -> Message | None:
    """What is wrong with the decision."""
    option, numbers = chosen(text), cited(text, results)
    if option is None:
        return UNDECIDED
    rows = [row for row in results if {row.stay, row.split} & numbers]
    if rows and all(favoured(row) != option for row in rows):
        return AGAINST._replace(got=f"the decision to {option}, and numbers that all speak for the other option.")
    return None


def favoured(row: Result) -> str:
    """The option with the lower number."""
    return STAY if row.stay < row.split else SPLIT


def why_options(text: str) -> Message | None:
    """Whether both options are named."""
    return None if all(re.search(words, text) for words in WORDS.values()) else ALONE


def why_numbers(text: str, results: list[Result]) -> Message | None:
    """Whether the reasons are numbers of the table."""
    numbers = cited(text, results)
    if len(numbers) >= FEWEST_NUMBERS:
        return None
    if not numbers and "scal" in text:
        return SLOGAN
    if not quoted(text):
        return NUMBERLESS
    return FOREIGN._replace(got=f"{len(quoted(text))} numbers, {len(numbers)} of them from the table.")


def why_trigger(text: str) -> Message | None:
    """Whether it says when to decide again."""
    return None if re.search(TRIGGER, text) else FOREVER


message = maker("1E", WHERE)
FORM = message("FORM", "A text", "something that is not a text.", "The record is a text in quotes.",
               "Others read it long after you have left.")
UNDECIDED = message("DECISION", "A decision", "a text in which no decision was found.",
                    "After the word 'Decision' it says to stay or to split.",
                    "A list of pros and cons leaves the team where it was.")
AGAINST = message("W4", "The decision follows from its numbers", "",
                  "At least one number speaks for the option that you choose.",
                  "Readers check the reasons. Numbers that point the other way make them doubt the rest.")
ALONE = message("W3", "Two options", "one option, and no other.", "The record names staying and splitting.",
                "A choice without an alternative is no choice. Those who come later will ask what else you looked at.")
NUMBERLESS = message("W1", "Numbers", "a text without a number.", "Three numbers or more from the table.",
                     "A slogan fits every system, so it decides nothing about this one.")
FOREIGN = message("W2", "Numbers from the table", "", "Three numbers or more that stand in the table.",
                  "Others must be able to find your numbers. A number without a source cannot be checked.")
SLOGAN = message("W5", "What this team would gain", "a general virtue, and no number from the table.",
                 "Three numbers or more from the table.",
                 "That something can scale matters only to those who need it. Does any row say that this team does?")
FOREVER = message("REVISIT", "When to look again", "no event that would reopen the question.",
                  "'Revisit when' is followed by something that somebody could notice.",
                  "Each decision is right for a time. The trigger tells the team when that time is over.")
EXERCISES = (Explain(),)
