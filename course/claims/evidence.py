"""The ledger: every claim of the course, with its evidence, in one table."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from . import event_driven, lambda_architecture, microservices, monolith, serverless
from .claim import Claim, run

if TYPE_CHECKING:
    from pandas import DataFrame

CLAIMS = (*monolith.CLAIMS, *microservices.CLAIMS, *serverless.CLAIMS, *event_driven.CLAIMS,
          *lambda_architecture.CLAIMS)


def ledger(claims: Iterable[Claim] = CLAIMS, traces: int = 10) -> "DataFrame":
    """A row for each claim: effect in the metric's unit with its 95 % interval, n, boundary, verdict."""
    from pandas import DataFrame

    results = [run(claim, traces) for claim in claims]
    return DataFrame([{
        "claim": result.claim.id, "statement": result.claim.statement, "metric": result.claim.metric,
        "effect": result.effect.mean, "low": result.effect.low, "high": result.effect.high, "n": result.effect.n,
        "flips at": result.flips, "verdict": result.verdict,
    } for result in results])


def print_ledger(claims: Iterable[Claim] = CLAIMS) -> None:
    """Write the ledger to the terminal, a few lines for each claim."""
    for claim in claims:
        result = run(claim)
        print(f"{claim.id}  {claim.statement}: {result.verdict}")
        print(f"     effect {result.effect} ({claim.metric})")
        print(f"     flips at {result.flips}")
