"""Cold-start storm: a crowd comes at once, and nobody is awake."""

from ..laws import LogNormalLaw
from ..patterns.serverless import Serverless
from ..policies.provisioned import Provisioned
from ..policies.retries import Exponential, Retries
from ..policies.timeout import Timeout
from ..workload import Diurnal, LogNormal, Work, Workload
from .incident import Action, Incident, Settings

DURATION, FIRST, EVERY, LASTS = 242, 30, 40, 8      # seconds
QUIET, CROWD = 2, 40                                # calls a second


def design(settings: Settings):
    """A function, perhaps with instances that are always ready, and players who give up after ten seconds."""
    function = Serverless(settings["memory"], cold_start=LogNormalLaw(settings["cold start"], 0.1),
                          keep_alive=settings["keep alive"], concurrency_limit=settings["concurrency limit"])
    ready = Provisioned(function, settings["provision"]) if settings["provision"] else function
    return Retries(Timeout(ready, 10), settings["attempts"], Exponential(settings["pause"], 60))


def workload(seed: int, shift: float):
    """A quiz: every 40 s a question, to which all answer at once."""
    rates = [CROWD if (second - FIRST - shift) % EVERY < LASTS and second >= FIRST + shift else QUIET
             for second in range(DURATION)]
    return Workload(sum(rates) / DURATION, DURATION, Work(0, 0.2, 0), seed, Diurnal(tuple(rates), DURATION),
                    LogNormal(0.3), "player")


def faults(settings: Settings, shift: float):
    """Nothing breaks: the trouble is in what arrives."""
    return ()


INCIDENT = Incident(
    "cold-start storm",
    "A quiz on a function: 2 calls a second, and every 40 s a question that brings 40 a second for 8 s. An instance "
    "takes 5 s to start, answers in 0.2 s, and goes when it has been idle for 15 s. At most 60 run at once; one more "
    "call is refused. Each question meets a platform that has gone to sleep.",
    "90 % of the players have their answer within 2 s.",
    0.90, {"player": 2.0}, 1.30, 20, 230, (
        Action("provision", 0, 0, 1000, "instances that are always ready, and always paid"),
        Action("keep alive", 15.0, 1.0, 3600.0, "seconds for which an idle instance stays"),
        Action("cold start", 5.0, 0.8, 60.0, "seconds to start an instance: a smaller package starts sooner"),
        Action("memory", 1.769, 1.769, 10.0, "GB of an instance; its work takes no less time with more"),
        Action("concurrency limit", 60, 1, 1000, "instances at once, those always ready aside"),
        Action("attempts", 1, 1, 10, "how often a player's device tries, the first time included"),
        Action("pause", 1.0, 0.0, 60.0, "seconds before the first retry; each further pause is twice as long"),
    ), design, workload, faults)
