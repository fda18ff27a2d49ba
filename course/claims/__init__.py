"""What is said for and against each pattern, as experiments: `run(claim)` tests one, `ledger(claims)` several."""

from .claim import Claim, Result
from .evidence import complete, ledger, measure, print_ledger
from .stored import run

__all__ = ["Claim", "Result", "complete", "ledger", "measure", "print_ledger", "run"]
