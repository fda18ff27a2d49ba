"""Answers to exercise 2M: what learners get wrong, and ways to be right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import simpy
from bank.form import Bank

from course.policies.breaker import CircuitBreaker
from course.policies.bulkhead import Bulkhead
from course.policies.failing import Failing
from course.policies.fallback import Fallback
from course.policies.retries import Retries
from course.policies.timeout import Timeout
from course.simulation import Deployment, Pool, Refused, outcome_of

PLENTY = 1000


@dataclass(frozen=True)
class Protected:
    design: Any

    def deploy(self, env):
        inner = self.design.deploy(env)
        fallback = Pool(env, "fallback", PLENTY)

        def handle(request):
            call = env.process(outcome_of(inner.handle(request)))
            yield call | env.timeout(0.1)
            if not call.triggered or call.value:
                yield fallback.serve(0)

        return Deployment(handle, pools=(*inner.pools, fallback))

    def bill(self, run, prices):
        return self.design.bill(run, prices)


@dataclass(frozen=True)
class Skeleton:
    """The policy of the page around one `life(env, inner, fallback)`, which makes the handle."""

    design: Any
    life: Callable
    places: int = 0

    def deploy(self, env):
        inner = self.design.deploy(env)
        fallback = Pool(env, "fallback", PLENTY)
        own = [Pool(env, "places", self.places)] if self.places else []
        return Deployment(self.life(env, inner.handle, fallback, *own), pools=(*inner.pools, *own, fallback))

    def bill(self, run, prices):
        return self.design.bill(run, prices)


def policy(life, places=0):
    """An answer: a policy that has this life of a request, and so many places in a pool of its own."""
    return lambda design: Skeleton(design, life, places)


def late(seconds):
    """Gives up, and marks a stand-in, after so long."""
    def life(env, call, fallback):
        def handle(request):
            answer = env.process(outcome_of(call(request)))
            yield answer | env.timeout(seconds)
            if not answer.triggered or answer.value:
                yield fallback.serve(0)
        return handle
    return life


def place_kept(env, call, fallback, places):
    def handle(request):
        if places.busy == places.capacity:
            yield fallback.serve(0)
            return
        place = places.request()
        yield place
        answer = env.process(outcome_of(call(request)))
        yield answer | env.timeout(0.1)
        if answer.triggered:
            places.release(place)
        if not answer.triggered or answer.value:
            yield fallback.serve(0)
    return handle


def place_given_back(env, call, fallback, places):
    def handle(request):
        if places.busy == places.capacity:
            yield fallback.serve(0)
            return
        with places.request() as place:
            yield place
            answer = env.process(outcome_of(call(request)))
            yield answer | env.timeout(0.1)
        if not answer.triggered or answer.value:
            yield fallback.serve(0)
    return handle


def count_kept_when_late(env, call, fallback):
    inside = 0

    def handle(request):
        nonlocal inside
        if inside < 10:
            inside += 1
            answer = env.process(outcome_of(call(request)))
            yield answer | env.timeout(0.1)
            if answer.triggered:
                inside -= 1
                if not answer.value:
                    return
        yield fallback.serve(0)
    return handle


def count_kept_on_failure(env, call, fallback):
    inside = 0

    def handle(request):
        nonlocal inside
        if inside >= 10:
            yield fallback.serve(0)
            return
        inside += 1
        try:
            yield from call(request)
            inside -= 1
        except Refused:
            yield fallback.serve(0)
    return handle


def counted(env, call, fallback):
    inside = 0

    def handle(request):
        nonlocal inside
        if inside >= 12:
            yield fallback.serve(0)
            return
        inside += 1
        failure = yield from outcome_of(call(request))
        inside -= 1
        if failure:
            yield fallback.serve(0)
    return handle


def silent(env, call, fallback):
    def handle(request):
        try:
            answer = env.process(call(request))
            yield answer | env.timeout(0.1)
        except Exception:
            pass
    return handle


def silent_bulkhead(env, call, fallback):
    """Refuses beyond twelve calls, and marks it where nobody looks."""
    return counted(env, call, Pool(env, "out of sight", PLENTY))


def refusing(env, call, fallback):
    def handle(request):
        answer = env.process(outcome_of(call(request)))
        yield answer | env.timeout(0.1)
        if not answer.triggered:
            raise Refused("timed_out")
        return answer.value
    return handle


def at_once_again(env, call, fallback):
    def handle(request):
        for _ in range(3):
            answer = env.process(outcome_of(call(request)))
            yield answer | env.timeout(0.06)
            if answer.triggered and not answer.value:
                return
        yield fallback.serve(0)
    return handle


def again_for_ever(env, call, fallback):
    def handle(request):
        while (yield from outcome_of(call(request))):
            pass
    return handle


def always_slow(env, call, fallback):
    quick = late(0.1)(env, call, fallback)

    def handle(request):
        yield from quick(request)
        yield env.timeout(0.001)
    return handle


def deadline(env, call, fallback):
    """A4: the call reports to an event, which a clock may trigger first."""
    def handle(request):
        news = env.event()
        env.process(tell(news, request))
        env.process(remind(news))
        if (yield news):
            yield fallback.serve(0)

    def tell(news, request):
        outcome = yield from outcome_of(call(request))
        if not news.triggered:
            news.succeed(outcome or "")

    def remind(news):
        yield env.timeout(0.12)
        if not news.triggered:
            news.succeed("too late")
    return handle


def interrupted(env, call, fallback):
    """A4: the call is a process that is told to stop."""
    def wait(request):
        try:
            return (yield from outcome_of(call(request)))
        except simpy.Interrupt:
            return "stopped"

    def handle(request):
        waiting = env.process(wait(request))
        yield env.any_of([waiting, env.timeout(0.15)])
        if waiting.is_alive:
            waiting.interrupt()
            yield waiting
        if waiting.value:
            yield fallback.serve(0.001)
    return handle


def breaker(env, call, fallback):
    """A3: after five late or failed calls in a row nobody calls for a second, then one tries."""
    bad, shut = 0, 0.0

    def handle(request):
        nonlocal bad, shut
        if env.now < shut:
            yield fallback.serve(0)
            return
        answer = env.process(outcome_of(call(request)))
        yield answer | env.timeout(0.1)
        well = answer.triggered and not answer.value
        bad = 0 if well else bad + 1
        if bad >= 5:
            shut = env.now + 1
        if not well:
            yield fallback.serve(0)
    return handle


def changed_log(design):
    """Right, and its first call was made before its request came."""
    def life(env, call, fallback):
        quick = late(0.1)(env, call, fallback)

        def handle(request):
            yield from quick(request)
            design.log[0] = (0, 0.0)
        return handle
    return Skeleton(design, life)


WRONG = (
    ("2M-W1", policy(late(2))), ("2M-W1", lambda design: Fallback(Timeout(design, 1.2))),
    ("2M-THREADS", policy(late(0.5))), ("2M-THREADS", lambda design: Fallback(Timeout(design, 0.9))),
    ("2M-W2", policy(place_kept, places=10)), ("2M-W2", policy(place_kept, places=PLENTY)),
    ("2M-W2", policy(count_kept_when_late)), ("2M-W2", lambda design: Fallback(CircuitBreaker(Timeout(design, 0.1)))),
    ("2M-W3", lambda design: Fallback(Failing(design, 1))), ("2M-W3", policy(late(0.01))),
    ("2M-W3", lambda design: Fallback(Bulkhead(design, 5))),
    ("2M-W4", policy(silent)), ("2M-W4", policy(silent_bulkhead)),
    ("2M-W5", policy(at_once_again)), ("2M-W5", lambda design: Fallback(Retries(Timeout(design, 0.05)))),
    ("2M-W5", lambda design: Retries(Timeout(design, 0.1))), ("2M-W5", policy(again_for_ever)),
    ("2M-W6", policy(count_kept_on_failure)),
    ("2M-W7", lambda design: Timeout(design, 0.1)), ("2M-W7", policy(refusing)),
    ("2M-W7", lambda design: Bulkhead(design, 12)),
    ("2M-HANG", lambda design: design), ("2M-HANG", policy(late(30))),
    ("2M-HANG", lambda design: Fallback(Bulkhead(design, 20))),
    ("2M-HEALTHY", policy(always_slow)), ("2M-FORM", lambda design: 0.1), ("2M-NOTAFUNCTION", 0.1),
    ("2M-ERROR", lambda design: Timeout(design, -1)), ("2M-LOG", changed_log),
)
ACCEPTED = (
    ("2M-A1", Protected), ("2M-A2", policy(counted)),
    ("2M-A2 of the course's parts", lambda design: Fallback(Bulkhead(design, 15))), ("2M-A3", policy(breaker)),
    ("2M-A3 of the course's parts",
     lambda design: Fallback(CircuitBreaker(Timeout(design, 0.1), window=20, open_for=1))),
    ("2M-A4", policy(deadline)), ("2M-A4 by interruption", policy(interrupted)),
    ("2M-A1 and A2", policy(place_given_back, places=12)),
    ("2M-A1 with a budget of retries", lambda design: Fallback(Retries(Timeout(design, 0.08), budget=0.1))),
)
PATH = (None, lambda design: design, policy(late(2)), policy(at_once_again), Protected)
HARD_CODED = (lambda design: Fallback(Failing(design, 1)), lambda design: Failing(design, 0),
              lambda design: Failing(design, 1))
SECRETS = ("outcome_of(", "env.timeout", "env.process", "triggered", "0.1 s", "0.18")
BANK = Bank("2M", Protected, 7, WRONG, ACCEPTED, PATH, sets=6, hard_coded=HARD_CODED, secrets=SECRETS)
