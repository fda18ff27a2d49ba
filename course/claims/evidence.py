"""The ledger: claims with their evidence, in one table."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from . import event_driven, lambda_architecture, microservices, monolith, serverless
from .claim import Claim, Result, computed
from .stored import STORED, TRACES, found, run, write

if TYPE_CHECKING:
    from pandas import DataFrame

CLAIMS = (*monolith.CLAIMS, *microservices.CLAIMS, *serverless.CLAIMS, *event_driven.CLAIMS,
          *lambda_architecture.CLAIMS)


def ledger(claims: Iterable[Claim] = CLAIMS, traces: int = 10) -> "DataFrame":
    """A row for each claim: effect in the metric's unit with its 95 % interval, n, boundary, verdict."""
    from .whole import Whole

    results = [run(claim, traces) for claim in claims]
    return Whole([{
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
        if found(claim) is None:
            print("     computed now: no result is stored for these assumptions")


def measure(claims: Sequence[Claim], path: Path = STORED) -> None:
    """Compute these claims anew, on every core, and store their results and no others, all or none."""
    write(one_by_one(claims), path)
    print(f"{path} is written")


def complete(claims: Sequence[Claim], path: Path = STORED) -> None:
    """Compute those of these claims that have no stored result, and store them with the others."""
    missing = [claim for claim in claims if found(claim, TRACES, path) is None]
    new = dict(zip(missing, one_by_one(missing)))
    write((found(claim, TRACES, path) or new[claim] for claim in claims), path)
    print(f"{path} is written")


def one_by_one(claims: Sequence[Claim]) -> Iterator[Result]:
    """The results one by one, in order, each with a line that says so."""
    from joblib import Parallel, delayed

    results = Parallel(n_jobs=-1, return_as="generator")(delayed(computed)(claim, TRACES) for claim in claims)
    for number, result in enumerate(results, 1):
        print(f"{number} of {len(claims)}: {result.claim.id} is {result.verdict}", flush=True)
        yield result
