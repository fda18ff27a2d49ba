"""The kill matrix: every wrong answer, its points and its messages; `course bank` prints it."""

from typing import NamedTuple

from bank import (
    capstone_designs,
    capstone_predict,
    capstone_results,
    capstone_station,
    choosing_hunt,
    choosing_predict,
    choosing_rule,
    event_driven_calculate,
    event_driven_design,
    event_driven_explain,
    event_driven_modify,
    event_driven_predict,
    incidents,
    lambda_calculate,
    lambda_design,
    lambda_explain,
    lambda_modify,
    lambda_predict,
    microservices_calculate,
    microservices_contract,
    microservices_design,
    microservices_modify,
    microservices_predict,
    monolith_calculate,
    monolith_design,
    monolith_explain,
    monolith_modify,
    monolith_predict,
    pipeline_predict,
    scalability,
    serverless_calculate,
    serverless_design,
    serverless_explain,
    serverless_modify,
    serverless_predict,
)
from bank.form import codes, graded
from bank.mutants import mutants

from course.checks import EXERCISES

BANKS = {module.BANK.item: module.BANK for module in (
    monolith_predict, monolith_calculate, monolith_modify, monolith_design, monolith_explain,
    microservices_predict, microservices_calculate, microservices_modify, microservices_design, microservices_contract,
    event_driven_predict, event_driven_calculate, event_driven_modify, event_driven_design, event_driven_explain,
    lambda_predict, lambda_calculate, lambda_modify, lambda_design, lambda_explain,
    serverless_predict, serverless_calculate, serverless_modify, serverless_design, serverless_explain,
    choosing_predict, choosing_rule, choosing_hunt,
    pipeline_predict, scalability, incidents,
    capstone_predict, capstone_designs, capstone_results, capstone_station,
)}


class Row(NamedTuple):
    """A wrong answer and its verdict: `expected` is the code it must get, or what was changed in a mutant."""

    item: str
    expected: str
    report: object

    @property
    def killed(self):
        """Whether it was refused full points."""
        return self.report.points < self.report.most

    def __str__(self):
        return (f"{self.item}  {self.report.points:4.2f} of {self.report.most:g}  "
                f"{'rejected' if self.killed else 'SURVIVES'}  {self.expected:50}  {', '.join(codes(self.report))}")


def named(bank):
    """A row for each wrong answer that a person thought of."""
    return [Row(bank.item, code, graded(bank.item, answer)) for code, answer in bank.wrong]


def generated(bank):
    """A row for each mutant of the right functions."""
    return [Row(bank.item, mutant.change, graded(bank.item, put(bank, place, mutant.function)))
            for place, function in enumerate(bank.functions) for mutant in mutants(function)]


def put(bank, place, function):
    """The right answer with another function in one place."""
    if not isinstance(bank.right, tuple):
        return function
    return (*bank.right[:place], function, *bank.right[place + 1:])


def kill_matrix(items=()):
    """Print, for the named items or for all: wrong answers and their verdicts, right ones, and who survives."""
    if unknown := set(items) - set(BANKS):
        raise ValueError(f"there is no bank for {', '.join(sorted(unknown))}: choose from {', '.join(BANKS)}")
    rows = []
    for item in items or BANKS:
        bank = BANKS[item]
        rows += (found := [*named(bank), *generated(bank)])
        print("\n".join(map(str, found)), right(bank), sep="\n", flush=True)
    survivors = [f"{row.item} {row.expected}" for row in rows if not row.killed]
    print(f"{len(rows) - len(survivors)} of {len(rows)} rejected; survivors: {', '.join(survivors) or 'none'}")


def right(bank):
    """What becomes of different right answers on one variant, and of the way from blank to right."""
    full = sum(graded(bank.item, answer).points == EXERCISES[bank.item].points for _, answer in bank.accepted)
    path = ", ".join(f"{graded(bank.item, answer).points:g}" for answer in bank.path)
    return (f"{bank.item}  {full} of {len(bank.accepted)} different right answers get all points; from blank to right: "
            f"{path}")
