"""Exercise 4E: how alike two programs are under other names, how often two copies differ, and whether to share one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .answers import failed, failure, near, number, paired, shown
from .copies import PROGRAMS, WEEKS, apart, changed, changes, commented, renamed
from .exercise import Message, Outcome, Report, maker, verdict

SETS = len(PROGRAMS) - 1    # the last program is the one on the page
OTHERS = (3, 4)             # how far away in the list two programs are that have nothing in common
MOST_WORDS = 120
SLOWER = 5                  # how much slower the second copy follows where most changes overlap
SHORTER = 20                # days; the changes after them are still to come
WHERE, WHERE_DAYS, WHERE_NOTE = (f"Hint 2 of exercise 4E{part}." for part in ("", ", its second part", ", its end"))


@dataclass(frozen=True)
class TwoCopies:
    """`similarity(first, second)` of two sources, `days_apart(changes, days)`, and a note."""

    id: str = "4E"
    points: float = 2.0
    hidden: int = 8

    def cases(self, variant: int) -> list[Any]:
        number = 1 + variant % SETS if variant else 0
        source, days = PROGRAMS[number - 1], 7 * WEEKS
        others = [PROGRAMS[(number - 1 + step) % len(PROGRAMS)] for step in OTHERS]
        pairs = {"same": [source], "renamed": [renamed(source, number)], "layout": [commented(source)],
                 "changed": [changed(source)], "unlike": others}
        usual, crowd = changes(number), changes(number, slower=SLOWER)
        asked = {"apart": [[usual, max(map(max, usual)) + 7]], "crowd": [[crowd, max(map(max, crowd)) + 7]],
                 "end": [[usual, days], [crowd, days - SHORTER], [[[5, 5], [9, 9]], 20]]}
        return [*({"about": about, "asked": [source, other]} for about, several in pairs.items() for other in several),
                *({"about": about, "asked": case} for about, several in asked.items() for case in several),
                {"about": "note", "asked": []}]

    def judge(self, cases: list[Any], raw: list[Any]) -> Report:
        told = [Told(case["about"], case["asked"], answer) for case, answer in paired(cases, raw)]
        return verdict(self.id, self.points, [*of_similarity(told), *of_days(told), *of_note(told[-1].raw)])


@dataclass(frozen=True)
class Told:
    """One case and the raw answer."""

    about: str
    asked: list[Any]
    raw: Any

    @property
    def number(self) -> float | None:
        """The answer, when it is a number."""
        return number(self.raw)

    def near(self, rule: Callable[[list[list[int]], int], float]) -> bool:
        """Whether the answer is what a rule gives for the changes."""
        pairs, days = self.asked
        return near(self.number, rule(pairs, days))


def of_similarity(told: list[Told]) -> list[Outcome]:
    """What renaming, copies and changes earn; nothing without a difference between programs that share nothing."""
    asked = [one for one in told if one.about in ALIKE]
    if found := why_unfit(asked):
        return [Outcome(ALIKE["renamed"], 0, found), Outcome(ALIKE["same"], 0), Outcome(ALIKE["changed"], 0)]
    value = {about: [one.number or 0.0 for one in asked if one.about == about] for about in ALIKE}
    same, other = value["same"][0], max(value["unlike"])
    slips = (
        ("renamed", value["renamed"][0] < 0.99 * same, RENAMED, f"{value['renamed'][0]:.2g} with new names."),
        ("same", value["layout"][0] < 0.99 * same, LAYOUT, f"{value['layout'][0]:.2g} with comments."),
        ("changed", not other + 0.02 < value["changed"][0] < 0.999, CHANGED,
         f"{value['changed'][0]:.2g} with one line more, {other:.2g} for another program."),
    )
    return [Outcome(ALIKE[about], float(not wrong), message._replace(got=got) if wrong else None)
            for about, wrong, message, got in slips]


def why_unfit(asked: list[Told]) -> Message | None:
    """What keeps the answers from being similarities at all."""
    broken = next((one.raw for one in asked if failure(one.raw)), None)
    if broken is not None:
        return failed("4E", broken, WHERE)
    strange = next((one.raw for one in asked if one.number is None), None)
    if strange is not None:
        return FORM._replace(got=f"{shown(strange)}.")
    same = next(one.number or 0.0 for one in asked if one.about == "same")
    outside = next((one.number or 0.0 for one in asked if not 0 <= (one.number or 0.0) <= 1.000001), same)
    if not (0 <= outside <= 1.000001 and near(same, 1, 0.01)):
        return SCALE._replace(got=f"{shown(outside)}, and {shown(same)} for a program and itself.")
    most = max(one.number or 0.0 for one in asked if one.about == "unlike")
    return UNLIKE._replace(got=f"{most:.2g} for two programs that have nothing in common.") if most > 0.9 else None


def of_days(told: list[Told]) -> list[Outcome]:
    """What each kind of changes earns; the first mistake is told."""
    wrong = {about: [one for one in told if one.about == about and not one.near(share)] for about in DAYS}
    first = next((one for several in wrong.values() for one in several), None)
    message = why_days(first, [one for one in told if one.about in DAYS]) if first else None
    place = first.about if first else None
    if first and failure(first.raw) and failure(told[0].raw) == failure(first.raw):
        message = None      # that all three parts are needed was said
    return [Outcome(points, float(not wrong[about]), message if about == place else None)
            for about, points in DAYS.items()]


def why_days(first: Told, asked: list[Told]) -> Message:
    """The mistake behind a wrong share of days."""
    if failure(first.raw):
        return failed("4E", first.raw, WHERE_DAYS)
    if first.number is None:
        return FORM._replace(got=f"{shown(first.raw)}.", where=WHERE_DAYS)
    got = f"{shown(first.raw)} for {len(first.asked[0])} changes in {first.asked[1]} days."
    found = (message for rule, message in RULES if all(one.near(rule) for one in asked if one.about == first.about))
    return next(found, TWICE if first.number > 1 else SHARE)._replace(got=got)


def share(pairs: list[list[int]], days: int) -> float:
    """The days on which a change is in one copy only, of all days."""
    return len(apart(pairs, days)) / days


def added_up(pairs: list[list[int]], days: int) -> float:
    """Each change for itself."""
    return sum(len(apart([pair], days)) for pair in pairs) / days


def added_beyond(pairs: list[list[int]], days: int) -> float:
    """Each change for itself, with days after the last one."""
    return sum(abs(second - first) for first, second in pairs) / days


def beyond(pairs: list[list[int]], days: int) -> float:
    """With days after the last one."""
    return len(apart(pairs, max(map(max, pairs)))) / days


def one_way(pairs: list[list[int]], days: int) -> float:
    """Only changes that reach the batch copy first."""
    return share([pair for pair in pairs if pair[0] < pair[1]], days)


def signed(pairs: list[list[int]], days: int) -> float:
    """Differences that cancel out."""
    return sum(second - first for first, second in pairs) / days


def one_day_more(pairs: list[list[int]], days: int) -> float:
    """With the day on which the second copy has it as well."""
    return share([[min(pair), max(pair) + 1] for pair in pairs], days)


def of_changes(pairs: list[list[int]], days: int) -> float:
    """The share of changes that are late in one copy."""
    return sum(first != second for first, second in pairs) / len(pairs)


def of_note(raw: Any) -> list[Outcome]:
    """What the note earns: a bug that is shared, and what heals it; neither counts without a decision."""
    if failure(raw) in ("NotAFunction", "Blank"):
        message = failed("4E", raw, WHERE_NOTE) if failure(raw) == "Blank" else None
        return [Outcome(0.2, 0, message), Outcome(0.2, 0)]
    text = " ".join(raw.split()[:MOST_WORDS]).casefold() if isinstance(raw, str) else ""
    if not re.search(DECIDES, text):
        return [Outcome(0.2, 0, UNDECIDED), Outcome(0.2, 0)]
    shared = any(re.search(WRONG, part) and re.search(BOTH, part) for part in re.split(r"[.;!?]", text))
    return [Outcome(0.2, float(shared), None if shared else BENEFIT),
            Outcome(0.2, *((1.0, None) if re.search(HEALS, text) else (0.0, RECOMPUTE)))]


DECIDES = r"\bshar(?:e|ed|ing)\b|\bgenerat\w+|\bkeep\w*|\btwo copies\b|\bone (?:code|definition|function)\b"
WRONG = r"\bbugs?\b|\berrors?\b|\bmistakes?\b|\bfaults?\b|\bdefects?\b|\bflaws?\b|\bwrong\b"
BOTH = (r"\bboth\b|\bshar\w+|\beverywhere\b|\bsame\b|\bcommon\b|\btwice\b|\btwo (?:layers|places|copies)\b|\bas well\b"
        r"|\beach (?:layer|copy)\b|\beither\b|\ball layers\b")
HEALS = (r"\bre-?comput\w*|\bre-?run\w*|\bre-?process\w*|\breplay\w*|\brebuil\w*|\bre-?calculat\w*|\bbackfill\w*"
         r"|\b(?:comput|run|calculat|process|read|count)\w*\b[^.]*\b(?:again|anew|once more)\b|\bfrom the log\b")
message, about_days, about_note = (maker("4E", where) for where in (WHERE, WHERE_DAYS, WHERE_NOTE))
FORM = message("FORM", "A number", "", "Each of the two functions returns one number.",
               "It is compared over months, so that a team sees where it is going.")
SCALE = message("SCALE", "From 0 to 1", "", "A program and itself are 1, and nothing is above 1 or below 0.",
                "Without a scale nobody can tell whether your number is high.")
UNLIKE = message("UNLIKE", "Programs that share nothing", "", "Two programs that do different things are far below 1.",
                 "A measure that says yes to all finds every copy, and tells you nothing.")
RENAMED = message("W2", "Names do not matter", "", "A copy in which all names are new is as similar as one without.",
                  "You compare the text. Who copies code gives it new names, and your measure no longer sees a copy.")
LAYOUT = message("LAYOUT", "Comments do not run", "",
                 "A copy with comments and empty lines is as similar as one without.",
                 "You compare the text. What decides is what the program does.")
CHANGED = message("CHANGE", "A small change is small", "",
                  "A copy with one line more is below 1, and far above another program.",
                  "A change that is in one copy only is what you are looking for.")
TWICE = about_days("W3", "A day counts once", "", "Two changes that are late on the same day make it one day.",
                   "You add up the changes. The share is that of days, and there are no more of them than all.")
ONEWAY = about_days("FIRST", "Either copy can be first", "",
                    "The share is the same when the days of the two copies are swapped.",
                    "You count one way only. It does not matter who is late: the answers differ.")
END = about_days("END", "Days that were not yet", "", "What happens after the last day does not count.",
                 "Some changes reach the second copy later than that. The time after it is no part of the share.")
EDGE = about_days("EDGE", "The day on which they agree", "",
                  "A change that reaches both copies on one day makes no day on which they differ.",
                  "You count the day on which the second copy has it too. From that day on they agree.")
PERCENT = about_days("PERCENT", "A share", "", "A share lies between zero and one.",
                     "Percent and shares look alike in a table, until somebody adds them.")
COUNTED = about_days("CHANGES", "Days, not changes", "", "A change that stays late for longer makes the share higher.",
                     "You count changes. A change that was forgotten for a month hurts for a month.")
SHARE = about_days("DAYS", "Days on which they differ", "",
                   "From the first day on which one copy has a change until the other one has it.",
                   "On each of these days the two layers answer by different rules.")
UNDECIDED = about_note("DECISION", "A decision", "a note in which no decision was found.",
                       "It says to share one definition, to generate the second, or to keep both.",
                       "A list of pros and cons leaves the team where it was.")
BENEFIT = about_note("W1", "What it costs", "a note that tells of the good side only.",
                     "It says what an error in the one definition does to the layers.",
                     "Two copies differ when one of them is wrong, and that is how people notice.")
RECOMPUTE = about_note("W4", "After the fix", "a note that ends when the code is right.",
                       "It says what happens to the results that are there already.",
                       "Code that is right from today on does not heal what was counted until yesterday.")
RULES: tuple[tuple[Callable[[list[list[int]], int], float], Message], ...] = (
    (added_up, TWICE), (added_beyond, TWICE), (lambda pairs, days: min(1.0, added_up(pairs, days)), TWICE),
    (lambda pairs, days: min(1.0, added_beyond(pairs, days)), TWICE),
    (beyond, END), (one_way, ONEWAY), (lambda pairs, days: one_way([pair[::-1] for pair in pairs], days), ONEWAY),
    (signed, ONEWAY), (one_day_more, EDGE), (lambda pairs, days: 100 * share(pairs, days), PERCENT),
    (lambda pairs, days: len(apart(pairs, days)), PERCENT), (of_changes, COUNTED),
)
ALIKE = {"same": 0.2, "renamed": 0.3, "layout": 0.0, "changed": 0.3, "unlike": 0.0}
DAYS = {"apart": 0.4, "crowd": 0.2, "end": 0.2}
EXERCISES = (TwoCopies(),)
