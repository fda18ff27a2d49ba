"""Answers to exercise 8T: what learners get wrong, and ways to be right."""

from bank.form import Bank

from course.capstone import brief, tried_all

DESIGNS = {"A": ("Monolith", {"machines": 1}), "B": ("Serverless", {})}
RESULTS = tried_all(brief(12), DESIGNS)
FIRST, SECOND = RESULTS


def table(*rows, number=12, designs=DESIGNS):
    """What is handed in."""
    return number, designs, rows


def with_measure(measure, **ends):
    """The table with other ends or another mean of an interval of A."""
    return table(FIRST._replace(**{measure: getattr(FIRST, measure)._replace(**ends)}), SECOND)


def plain(row):
    """A row of one's own making, with what is needed of it."""
    return {"design": row.design, "response": list(row.response), "total_usd": list(row.total_usd)}


SMALL = {"A": ("Monolith", {"machines": 2}), "B": ("Serverless", {})}
WRONG = (
    ("8T-FORM", table("A", "B")), ("8T-FORM", (12, DESIGNS, "a table")), ("8T-FORM", table({"design": "A"}, SECOND)),
    ("8T-FORM", table({**plain(FIRST), "response": 0.59}, SECOND)), ("8T-MISSING", table(FIRST)),
    ("8T-STOPPED", (12, DESIGNS, None)), ("8T-MISSING", table()),
    ("8T-FEW", table(*tried_all(brief(12), DESIGNS, traces=5))),
    ("8T-FEW", with_measure("total_usd", n=1)), ("8T-FLAT", with_measure("response", low=0.5936, high=0.5936)),
    ("8T-FLAT", with_measure("response", low=0.65)), ("8T-TIME", with_measure("response", mean=0.8, low=0.7, high=0.9)),
    ("8T-TIME", with_measure("response", mean=0.65, low=0.1, high=0.9)),
    ("8T-TIME", with_measure("response", mean=0.593, low=0.592, high=0.5932)),
    ("8T-FEW", with_measure("response", n=float("-inf"))), ("8T-TIME", with_measure("response", low=-9.0, high=9.0)),
    ("8T-MONEY", with_measure("total_usd", low=0.0, high=float("inf"))),
    ("8T-MANY", table(designs={f"{count}": ("Monolith", {"machines": count}) for count in range(1, 30)})),
    ("8T-MONEY", with_measure("total_usd", mean=70.08, low=70.08, high=70.08)),
    ("8T-MONEY", table(*RESULTS, designs=SMALL)), ("8T-NUMBER", table(*RESULTS, number=99)),
    ("8T-ALONE", table(FIRST, designs={"A": DESIGNS["A"]})), ("8T-PATTERN", table(*RESULTS, designs={"A": ("X", {})})),
)
ACCEPTED = (
    ("8T-A1", table(*RESULTS)), ("8T-A2 as it is", (12, DESIGNS, RESULTS)),
    ("8T-A3 one's own rows", table(plain(SECOND), plain(FIRST))),
    ("8T-A4 more traces", table(*tried_all(brief(12), DESIGNS, traces=12))),
)
PATH = (None, table(FIRST), table(*RESULTS, designs=SMALL), table(*RESULTS))
BANK = Bank("8T", PATH[-1], 0, WRONG, ACCEPTED, PATH, sets=0)
