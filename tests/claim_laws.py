"""What the tests of the claims share: when a claim is proven, its stored result, and numbers for a check by hand."""

from collections.abc import Iterable
from math import exp

from course.claims import Result, run
from course.claims.claim import Arm
from course.claims.evidence import CLAIMS
from course.claims.scaling import image_work
from course.prices import Prices

PRICES = Prices.read()


def proven(arms: Iterable[Arm]) -> bool:
    """Whether every arm has its sign, and the first that should fail is clear of zero; looks no further than needed."""
    return all(as_said(arm, first_to_fail=place == 1) for place, arm in enumerate(arms))


def as_said(arm: Arm, first_to_fail: bool) -> bool:
    """Whether the arm does what its role says."""
    if first_to_fail:
        return arm.role == "fail" and arm.effect.high < 0
    return {"hold": arm.effect.low > 0, "fail": arm.effect.low <= 0}.get(arm.role, True)


def result(id: str) -> Result:
    """What is stored of a claim: test_claims.py proves that it is what the claim gives."""
    return run(next(claim for claim in CLAIMS if claim.id == id))


def named(result: Result, words: str) -> Arm:
    """The first arm with these words in its name or metric."""
    return next(arm for arm in result.arms + result.also if words in arm.name + arm.metric)


def repriced(item: str, usd: float) -> Prices:
    """The course's prices with one of them changed."""
    return Prices(tuple(price._replace(usd=usd) if price.item == item else price for price in PRICES.items))


def functions_month(rate: float) -> float:
    """US dollars for functions that are never cold."""
    gb_second, call = PRICES.usd("lambda_duration_x86"), PRICES.usd("lambda_request") / 1e6
    return rate * 730 * 3600 * (3.5 * sum(image_work()) * gb_second + call)


def lead_time(teams: float, days: float) -> float:
    """Half an interval, then further releases while one bad change or more stops them; Poisson changes."""
    quiet = exp(-0.05 * 2 * teams * days / 7)
    return days / 2 + days * (1 - 0.95 * quiet) / quiet
