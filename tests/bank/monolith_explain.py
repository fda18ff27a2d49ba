"""Answers to exercise 1E: what learners get wrong, and ways to be right."""

from bank.form import Bank

from course.asking.decision import RESULTS

STAY = """Decision: we stay with one application. Options: stay, or split into services. Splitting slows the p95 from
310 to 365 ms and costs 690 instead of 420 USD a month. Against us speaks that a change takes 9.5 days. The table leaves
out how many people would have to learn a new way to work. Revisit when two teams wait for the same release."""
SPLIT = """We decided to split the application into services. The alternative is to keep one application. A change
takes 9.5 days today and 3.5 in the trial, and when a part fails it hits 34 % of the users and no longer 96 %. It costs
690 USD a month. We reconsider once the bill passes 1000 USD."""
DAILY = """Decision: stay, and release daily. We do not split into services, although lead time was 3.5 days there.
Daily releases attack the 9.5 days without the 690 USD.
If the lead time is still above a week in March, we revisit it."""
SWAPPED_ORDER = STAY.replace("stay with one application", "remain a monolith")
WRONG = (
    ("1E-W1", "Decision: stay. Splitting is too complex, keep it simple. Revisit when the team has grown a lot."),
    ("1E-W2", "Decision: stay. To split would cost 5000 USD and take 12 months for 3 teams. Revisit when we are rich."),
    ("1E-W2", STAY.replace("310", "300").replace("365", "400").replace("690", "700").replace("9.5", "10")),
    ("1E-W3", "Decision: stay. It costs 420 USD, answers in 310 ms, changes in 9.5 days. Revisit when it has grown."),
    ("1E-W4", "Decision: split into services. To stay costs 420 USD and 310 ms, and the trial 690 USD and 365 ms. "
              "Revisit when we have more data about it."),
    ("1E-W4", STAY.replace("Splitting slows the p95 from\n310 to 365 ms and costs 690 instead of 420 USD a month.",
                           "It hits 34 instead of 96 %.")),
    ("1E-W5", "Decision: microservices, because they are scalable."), ("1E-FORM", 420),
    ("1E-DECISION", STAY.replace("Decision: we stay with one application.", "")),
    ("1E-REVISIT", STAY[:STAY.index("Revisit")]),
)
ACCEPTED = (("1E-A1 stay", STAY), ("1E-A1 split", SPLIT), ("1E-A2", DAILY),
            ("1E-A1 other words", SWAPPED_ORDER))
TEMPLATE = "Decision: ... Options: ... Because: ... Revisit when: ..."
HINT = ("Decision: we keep the single database. Two databases would cut reads from 40 to 25 ms but cost 300 USD more a "
        "month. Revisit when reads pass 100 ms.")
PATH = (None, "Decision: stay.", "Decision: stay, do not split.", "Decision: stay, do not split. 310 ms.",
        "Decision: stay, do not split. 310 ms, 420 USD, 365 ms.", STAY)
BANK = Bank("1E", STAY, 5, WRONG, ACCEPTED, PATH, sets=0, hard_coded=(TEMPLATE, HINT), secrets=("310", "690"),
            numbers=lambda: [number for row in RESULTS for number in row[1:]])
