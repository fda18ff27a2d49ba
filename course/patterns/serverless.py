"""Serverless: a platform gives each request an instance of its own, and starts one when none is idle."""

from dataclasses import dataclass
from typing import Any

from ..laws import LogNormalLaw
from ..simulation import Deployment, Pool, outcome_of, outcome_within


@dataclass(frozen=True)
class Serverless:
    """An instance has one request at a time, and goes when it has been idle for `keep_alive` seconds."""

    memory_gb: float = 1.769                # brings processor time in proportion,
    full_speed_gb: float = 1.769            # up to so much: with more, work takes no less
    calls: Any = None                       # a design that it calls after its own work, and waits for
    time_limit: float = 900                 # seconds for a request, without the cold start
    cold_start: Any = LogNormalLaw(0.0887, 0.14)
    keep_alive: float = 600
    reuse: Any = reversed                   # the newest idle instance is used first; iter: the oldest
    concurrency_limit: int = 1000           # requests at once; one more is throttled
    ramp: int = 1000                        # cold starts in any 10 seconds; one more is throttled

    def __post_init__(self):
        for name in ("memory_gb", "full_speed_gb", "time_limit", "keep_alive", "concurrency_limit", "ramp"):
            if not getattr(self, name) >= 0.001:
                raise ValueError(f"{name} must be at least 0.001, got {getattr(self, name)}")

    def deploy(self, env):
        starts, instances = Pool(env, "cold starts", self.concurrency_limit), Pool(env, "instances", 1)
        instances.resize(0)
        idle = {}                           # number of an instance: since when it is idle, in that order
        calls = self.calls and self.calls.deploy(env)

        def handle(request, provisioned=None):
            if provisioned:
                return (yield from work(request, provisioned))
            if starts.busy + instances.busy >= self.concurrency_limit:
                return "throttled"
            if idle:
                instance = next(self.reuse(idle))
                del idle[instance]
            elif len(starts.arrived) >= self.ramp and starts.arrived[-self.ramp] > env.now - 10:
                return "throttled"
            else:
                instance = len(starts.arrived)
                yield starts.serve(self.cold_start.quantile(request.chance("cold start")))
                instances.resize(instances.planned + 1)
                env.process(expire(instance))
            outcome = yield from outcome_of(work(request, instances))
            idle[instance] = env.now
            return outcome

        def work(request, pool):
            seconds = sum(request.work) * max(1, self.full_speed_gb / self.memory_gb)
            if not calls or seconds > self.time_limit:
                yield pool.serve(min(seconds, self.time_limit))
                return "timed_out" if seconds > self.time_limit else None
            with pool.request():            # kept, and paid, while it waits
                yield env.timeout(seconds)
                return (yield from outcome_within(env, self.time_limit - seconds, calls.handle(request)))

        def expire(instance):
            due, later = env.now, env.now + self.keep_alive
            while due < later:
                due = later
                yield env.timeout(due - env.now)
                later = idle.get(instance, env.now) + self.keep_alive
            del idle[instance]
            instances.resize(instances.planned - 1)

        return Deployment(handle, (starts, instances, *(calls.pools if calls else ())))

    def bill(self, run, prices):
        second = self.memory_gb * prices.usd("lambda_duration_x86")
        return {"requests": len(run.waiting_times("instances")) * prices.usd("lambda_request") / 1e6,
                "duration": run.busy_seconds("instances") * second,
                "initialisation": run.busy_seconds("cold starts") * second,
                **(self.calls.bill(run, prices) if self.calls else {})}
