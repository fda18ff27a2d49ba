"""Lambda architecture: a speed layer answers at once, and a batch layer computes everything anew every so often."""

from contextlib import suppress
from dataclasses import dataclass
from math import inf

from ..simulation import Deployment, Pool, Refused


@dataclass(frozen=True)
class LambdaArchitecture:
    """A log keeps every event; the serving layer puts the batch view and what the speed layer has seen since together.

    A batch run reads the whole log, so it takes longer from run to run; one that takes longer than the interval delays
    the next. A request of kind "query" only reads.
    """

    speed: int = 2                          # workers that look at each event as it comes
    serving: int = 1                        # workers that answer
    batch_interval: float = 300.0           # seconds from the start of a run to the start of the next
    batch_machines: int = 4                 # that share a run; paid while it lasts
    batch_fixed: float = 20.0               # seconds of any run,
    batch_work: float = 0.001               # and seconds of one machine for each event in the log
    history: int = 0                        # events that are in the log before the first comes
    append_time: float = 0.005              # seconds: data/service_times.csv, kafka_end_to_end
    brokers: int = 3                        # machines of the log, each of which keeps the event
    broker: str = "kafka_broker_msk_t3.small"
    machine: str = "vm_m5.large_2vcpu_8gib"

    def __post_init__(self):
        for name, least in (("batch_interval", 0.001), ("batch_machines", 1), ("history", 0)):
            if not getattr(self, name) >= least:
                raise ValueError(f"{name} must be at least {least}, got {getattr(self, name)}")

    def deploy(self, env):
        log, batch = Pool(env, "log", 1_000), Pool(env, "batch", 1)
        speed, serving = Pool(env, "speed", self.speed), Pool(env, "serving", self.serving)

        def handle(request):
            if request.kind != "query":
                yield log.serve(self.append_time)               # nothing is ever changed there
                yield speed.serve(request.work.prepare + request.work.infer)
            yield serving.serve(request.work.respond)

        def recompute():
            read = 0
            while env.peek() < inf or read < len(log.arrived):  # until nothing else happens, and all is read
                due, read = env.now + self.batch_interval, len(log.arrived)
                with suppress(Refused):                         # a run that a crash ends is for nothing
                    yield batch.serve(self.run_time(self.history + read))
                yield env.timeout(max(0, due - env.now))        # the batch view now holds all until it began

        env.process(recompute())
        return Deployment(handle, (log, speed, batch, serving))

    def run_time(self, events: int) -> float:
        """Seconds of a batch run over so many events."""
        return self.batch_fixed + self.batch_work * events / self.batch_machines

    def bill(self, run, prices):
        second = prices.per_second(self.machine)
        return {"log": self.brokers * (run.end - run.start) * prices.per_second(self.broker),
                "speed": run.server_seconds("speed") * second,
                "batch": run.busy_seconds("batch") * self.batch_machines * second,
                "serving": run.server_seconds("serving") * second}
