"""What is said for and against each pattern, as experiments: `run(claim)` tests one, `ledger()` all of them."""

from .claim import Claim, Result
from .evidence import ledger, measure, print_ledger
from .stored import run

__all__ = ["Claim", "Result", "ledger", "measure", "print_ledger", "run"]
