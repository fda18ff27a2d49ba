"""What is said for and against each pattern, as experiments: `run(claim)` tests one, `ledger()` all of them."""

from .claim import Claim, Result, run
from .evidence import ledger, print_ledger

__all__ = ["Claim", "Result", "ledger", "print_ledger", "run"]
