"""The kill matrix: every wrong answer, its points and its messages. Run this file to print it."""

import contextlib
import inspect
import io
import os
import tempfile
from typing import NamedTuple

from bank import monolith_calculate, monolith_modify, monolith_words
from bank.grading import codes, graded
from bank.mutants import mutants

WRONG = {
    "1P": monolith_words.WRONG_GUESSES, "1C": monolith_calculate.WRONG, "1M": monolith_modify.WRONG,
    "1D": monolith_words.WRONG_DESIGNS, "1E": monolith_words.WRONG_RECORDS,
}
REFERENCES = {"1C": monolith_calculate.right, "1M": monolith_modify.right}


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


def settled(item, answer):
    """The answer itself; for 1P the steps are taken first, in an empty folder."""
    if item != "1P":
        return graded(item, answer)
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                text = answer()
            return graded(item, text)
        finally:
            os.chdir(before)


def named():
    """A row for each wrong answer that a person thought of."""
    return [Row(item, code, settled(item, answer)) for item, rows in WRONG.items() for code, answer in rows]


def generated():
    """A row for each mutant of a reference solution."""
    return [Row(item, mutant.change, graded(item, mutant.function))
            for item, reference in REFERENCES.items() for mutant in mutants(inspect.getsource(reference))]


def kill_matrix():
    """Print wrong answers against verdicts, and the survivors by name."""
    rows = [*named(), *generated()]
    print("\n".join(map(str, rows)))
    survivors = [f"{row.item} {row.expected}" for row in rows if not row.killed]
    print(f"{len(rows) - len(survivors)} of {len(rows)} rejected; survivors: {', '.join(survivors) or 'none'}")


if __name__ == "__main__":
    kill_matrix()
