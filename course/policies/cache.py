"""Cached: an answer is kept for a while, and given again to whoever asks the same."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from ..simulation import Pool


@dataclass(frozen=True)
class Cached:
    """Answers a kind and key that was completed in the last `keep` seconds: a hit, `seconds` long, in pool `name`.

    It has `room` for so many answers; the one that was used least recently makes way. Nothing but completed answers is
    kept. Misses of one key that come before its answer all go through.
    """

    design: Any
    keep: float
    room: int = 1000
    seconds: float = 0.0
    name: str = "cache"

    def __post_init__(self):
        for name, least in (("keep", 0), ("room", 1), ("seconds", 0)):
            if not getattr(self, name) >= least:
                raise ValueError(f"{name} must be at least {least}, got {getattr(self, name)}")

    def deploy(self, env):
        inner = self.design.deploy(env)
        memory = Pool(env, self.name, 1_000_000)        # nobody waits for it
        answers = OrderedDict()                         # question: when it was answered; latest use last

        def handle(request):
            question = request.kind, request.key
            if question in answers and env.now - answers[question] <= self.keep:
                answers.move_to_end(question)
                yield memory.serve(self.seconds)
                return None
            outcome = yield from inner.handle(request)
            if outcome is None:
                answers[question] = env.now
                answers.move_to_end(question)
                if len(answers) > self.room:
                    answers.popitem(last=False)
            return outcome

        return inner._replace(handle=handle, pools=(*inner.pools, memory))

    def bill(self, run, prices):
        return self.design.bill(run, prices)
