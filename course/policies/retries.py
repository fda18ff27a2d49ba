"""Retries: a call that failed is tried again, after a pause and within a budget."""

from dataclasses import dataclass
from math import inf
from typing import Any

from ..simulation import outcome_of

ALMOST = 1 - 1e-9       # ten tenths are a whole token, though not in floating point


@dataclass(frozen=True)
class Immediate:
    """No pause at all."""

    def pause(self, retry, chance, before):
        return 0.0


@dataclass(frozen=True)
class Exponential:
    """`base` seconds, then twice as long each time, at most `cap`. Defaults of the rules: aws_sdk_backoff_*."""

    base: float = 0.05
    cap: float = 20.0

    def pause(self, retry, chance, before):
        return min(self.cap, self.base * 2.0 ** min(retry - 1, 1000))   # a float ends near 2**1024


@dataclass(frozen=True)
class FullJitter:
    """Anything from nothing to the exponential pause."""

    base: float = 0.05
    cap: float = 20.0

    def pause(self, retry, chance, before):
        return chance * Exponential(self.base, self.cap).pause(retry, chance, before)


@dataclass(frozen=True)
class EqualJitter:
    """Half of the exponential pause, and anything up to the other half."""

    base: float = 0.05
    cap: float = 20.0

    def pause(self, retry, chance, before):
        return (1 + chance) / 2 * Exponential(self.base, self.cap).pause(retry, chance, before)


@dataclass(frozen=True)
class Decorrelated:
    """Anything from `base` to three times the pause before, at most `cap`."""

    base: float = 0.05
    cap: float = 20.0

    def pause(self, retry, chance, before):
        longest = 3 * max(before, self.base)
        return min(self.cap, self.base + chance * (longest - self.base))


@dataclass(frozen=True)
class Retries:
    """Up to `attempts` tries in all, `backoff` apart in seconds; the outcome is that of the last.

    A retry takes a token. Each first try brings `budget` of them (0.1: one retry for ten requests); at most `reserve`
    are saved up, as many as there are at the start. Defaults as in AWS SDKs (data/platform_defaults.csv,
    aws_sdk_max_attempts), but for the budget.
    """

    design: Any
    attempts: int = 3
    backoff: Any = Immediate()
    budget: float = inf
    reserve: float = 20

    def __post_init__(self):
        if self.attempts % 1 != 0:
            raise ValueError(f"attempts must be a whole number, got {self.attempts}")
        for name, least in (("attempts", 1), ("budget", 0), ("reserve", 1)):
            if not getattr(self, name) >= least:
                raise ValueError(f"{name} must be at least {least}, got {getattr(self, name)}")

    def deploy(self, env):
        inner = self.design.deploy(env)
        most = tokens = self.reserve if self.budget < inf else inf

        def handle(request):
            nonlocal tokens
            tokens = min(most, tokens + self.budget)
            outcome, pause = (yield from outcome_of(inner.handle(again(request, 1)))), 0.0
            for number in range(2, self.attempts + 1):
                if outcome is None or tokens < ALMOST:
                    break
                tokens -= 1
                pause = self.backoff.pause(number - 1, request.chance("backoff", number), pause)
                yield env.timeout(pause)
                outcome = yield from outcome_of(inner.handle(again(request, number)))
            return outcome

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)


def again(request, number):
    """The try with that number, whose luck is its own: a balancer chooses anew, and a call on the way may get there."""
    return request._replace(luck=request.chance("try", number))
