"""Answers to exercise 7I: what learners get wrong, and ways to be right."""

import numpy as np
from bank.form import Bank

from course.checks.incidents import FIXES

DOCUMENTED = {name: list(actions) for name, actions in FIXES.items()}
OTHERS = {
    "retry storm": [("queue limit", 20)], "backoff without jitter": [("queue limit", 500)],
    "noisy neighbour": [("reports at once", 1)], "cold-start storm": [("keep alive", 120)],
    "poison message": [("redeliver after", 60)], "stale batch view": [("restart after", 300)]}
THIRD = {
    "retry storm": [("breaker opens for", 5)], "backoff without jitter": [("wake up within", 8)],
    "noisy neighbour": [("servers", 3), ("parts of a report", 50)], "cold-start storm": [("cold start", 1)],
    "poison message": [("check at the door", 1)], "stale batch view": [("speed workers", 4)]}
MORE_RETRIES = {
    "retry storm": [("attempts", 8)], "backoff without jitter": [("attempts", 15)],
    "noisy neighbour": [("attempts", 3)], "cold-start storm": [("attempts", 5), ("pause", 0.2)],
    "poison message": [("redeliver after", 0)], "stale batch view": [("serving workers", 2)]}
MORE_SERVERS = {
    "retry storm": [("servers", 50)], "backoff without jitter": [("servers", 40)], "noisy neighbour": [("servers", 20)],
    "cold-start storm": [("provision", 200)], "poison message": [("consumers", 20)],
    "stale batch view": [("speed workers", 20)]}
WITHIN_BUDGET = {
    "retry storm": [("servers", 8)], "backoff without jitter": [("servers", 8)], "noisy neighbour": [("servers", 3)],
    "cold-start storm": [("concurrency limit", 100)], "poison message": [("consumers", 5)],
    "stale batch view": [("batch machines", 16)]}
BESIDE_IT = {
    "retry storm": [("timeout", 2)], "backoff without jitter": [("rate limit", 200)],
    "noisy neighbour": [("reports at once", 2)], "cold-start storm": [("attempts", 3), ("pause", 0)],
    "poison message": [("remember what is done", 1)], "stale batch view": [("batch machines", 16)]}


def but(**changes):
    """The documented runbook with other actions in one place; names with underscores for spaces."""
    return DOCUMENTED | {name.replace("_", " "): actions for name, actions in changes.items()}


def first(count, runbook=DOCUMENTED):
    """The actions for so many of the incidents."""
    return dict(list(runbook.items())[:count])


WRONG = (
    ("7I-W1", {}), ("7I-W1", {name: [] for name in DOCUMENTED}), ("7I-W1", first(5)),
    ("7I-W1", but(retry_storm=[("attempts", 3)])),
    ("7I-W2", MORE_RETRIES), ("7I-W2", but(noisy_neighbour=[("report limit", 0.2)])),
    ("7I-W2", but(backoff_without_jitter=[("pause", 5)])),
    ("7I-W3", MORE_SERVERS), ("7I-W3", but(stale_batch_view=[("speed workers", 10)])),
    ("7I-W3", but(**{"cold-start storm": [("memory", 3.5)]})),
    ("7I-W4", BESIDE_IT), ("7I-W4", but(retry_storm=[("servers", 8)])), ("7I-W4", MORE_RETRIES),
    ("7I-W5", but(noisy_neighbour=[("jitter", 1.0)])), ("7I-W5", dict(zip(DOCUMENTED, [*DOCUMENTED.values()][::-1]))),
    ("7I-W5", but(poison_message=[("dead letter after", 0)])), ("7I-W5", but(poison_message=["dead letter after", 3])),
    ("7I-W5", but(poison_message=[("dead letter after", 2.5)])),
    ("7I-W5", but(poison_message=[("dead letter after", "3")])),
    ("7I-W5", but(poison_message=3)), ("7I-W5", but(poison_message=[("dead letter after", True)])),
    ("7I-W6", WITHIN_BUDGET), ("7I-W6", but(noisy_neighbour=[("servers", 3)])),
    ("7I-LUCKY", but(poison_message=[("redeliver after", 14)])),
    ("7I-NAMES", {"retries": [("retry budget", 0.1)]}), ("7I-NAMES", [("retry budget", 0.1)]),
    ("7I-NAMES", "add servers"),
)
ACCEPTED = (
    ("7I-A1 the documented fixes", DOCUMENTED), ("7I-A2 other fixes", OTHERS), ("7I-A3 third ones", THIRD),
    ("7I-A4 dicts", {name: dict(actions) for name, actions in DOCUMENTED.items()}),
    ("7I-A5 numbers of NumPy", {name: tuple((action, np.float64(value)) for action, value in actions)
                                for name, actions in DOCUMENTED.items()}),
    ("7I-A6 two at once", but(retry_storm=[("retry budget", 0.1), ("queue limit", 20)])),
)
PATH = (None, {}, first(1, WITHIN_BUDGET), first(1), first(2), {**first(2), **{"noisy neighbour": [("servers", 3)]}},
        first(3), first(4), first(5), DOCUMENTED)
HARD_CODED = (MORE_SERVERS,)
# Every way on every set has a test of its own.
BANK = Bank("7I", DOCUMENTED, 6, WRONG, ACCEPTED, PATH, sets=0, hard_coded=HARD_CODED,
            secrets=('("retry budget", 0.1)', "every 900", "16 ready", "after 3"))
