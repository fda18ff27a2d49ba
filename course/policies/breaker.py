"""CircuitBreaker: after too many failures, calls are refused for a while, then tried out."""

from collections import deque
from dataclasses import dataclass
from typing import Any

from ..simulation import outcome_of


@dataclass(frozen=True)
class CircuitBreaker:
    """Opens when at least a share `failures` of the last `window` calls failed: calls are "dropped" for `open_for` s.

    Then it is half open: `trials` calls pass and the rest are dropped. One failing trial opens it again; when all have
    succeeded it closes and starts a new window. Wrap a Timeout: a trial that never ends leaves it half open.
    Defaults as in resilience4j (data/platform_defaults.csv, circuit_*), which weighs the trials by their share.
    """

    design: Any
    failures: float = 0.5
    window: int = 100
    open_for: float = 60
    trials: int = 10

    def __post_init__(self):
        if not 0 < self.failures <= 1:
            raise ValueError(f"failures must be a share above 0 and at most 1, got {self.failures}")
        for name in ("window", "trials"):
            calls = getattr(self, name)
            if not (calls >= 1 and calls % 1 == 0):
                raise ValueError(f"{name} must be a whole number of at least 1, got {calls}")
        if not self.open_for >= 0:
            raise ValueError(f"open_for must be at least 0 seconds, got {self.open_for}")

    def deploy(self, env):
        inner = self.design.deploy(env)
        circuit = Circuit(self, env)

        def handle(request):
            if not circuit.passes():
                return "dropped"
            recent = circuit.recent
            outcome = yield from outcome_of(inner.handle(request))
            if recent is circuit.recent:            # else the state it was sent in is over, and it proves nothing
                circuit.learn(outcome is not None)
            return outcome

        return inner._replace(handle=handle)

    def bill(self, run, prices):
        return self.design.bill(run, prices)


class Circuit:
    """Closed, open or half open, since when, and how its latest calls went."""

    def __init__(self, breaker, env):
        self.breaker, self.env = breaker, env
        self.turn("closed")

    def turn(self, state):
        self.state, self.since, self.sent = state, self.env.now, 0
        self.recent = deque(maxlen=self.breaker.window if state == "closed" else self.breaker.trials)

    def passes(self):
        """Whether a call may go through now."""
        if self.state == "open" and self.env.now >= self.since + self.breaker.open_for:
            self.turn("half open")
        self.sent += 1
        return self.state == "closed" or (self.state == "half open" and self.sent <= self.breaker.trials)

    def learn(self, failed):
        """Take note of a call, and change state when there is reason to."""
        self.recent.append(failed)
        full = len(self.recent) == self.recent.maxlen
        if self.state == "half open":
            if failed or full:
                self.turn("open" if failed else "closed")
        elif full and sum(self.recent) >= self.breaker.failures * self.breaker.window:
            self.turn("open")
