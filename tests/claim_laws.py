"""What every claim of every pattern must satisfy, for the tests of the patterns' claims."""

from math import exp

from course.claims.claim import PROXY, Result
from course.claims.scaling import image_work
from course.prices import Prices

PRICES = Prices.read()
BANNED = ("lines of code", "developer hours", "complexity score")


def proven(result: Result) -> bool:
    """Whether every arm has its sign, with zero outside the interval in the first hold arm and the first fail arm."""
    arms = result.arms + result.also
    holds = all(arm.effect.low > 0 for arm in arms if arm.role == "hold")
    fails = all(arm.effect.low <= 0 for arm in arms if arm.role == "fail")
    return holds and fails and result.arms[1].role == "fail" and result.arms[1].effect.high < 0


def check_result(result: Result) -> None:
    """The signs are as the card says, on ten traces or more in each arm."""
    assert proven(result), str(result)
    assert all(arm.effect.n >= 10 for arm in result.arms + result.also)


def check_card(claim) -> None:
    """The card says everything that it must, and measures nothing that it may not."""
    fields = (claim.statement, claim.metric, claim.hold, claim.comparison, claim.fail, claim.knob, claim.false_when,
              claim.would_flip)
    assert all(fields) and len(claim.not_modelled) >= 3
    card = str(claim.card)
    assert all(field in card for field in (*fields, *claim.not_modelled))
    assert not any(word in card.lower() for word in BANNED)


def check_proxy(result: Result) -> None:
    """Where something stands for people, the card and the result say so."""
    assert PROXY in str(result.claim.card) and PROXY in result._repr_html_()
    assert result.verdict == "proxy only"


def check_knob(result: Result) -> None:
    """A little before the boundary the claim is right, and a little behind it is wrong."""
    claim, edge = result.claim, result.boundary
    before, after = edge + 0.1 * (claim.holds_at - edge), edge + 0.1 * (claim.fails_at - edge)
    assert claim.at(before).effect.mean > 0 > claim.at(after).effect.mean


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
