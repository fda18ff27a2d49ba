"""The shelf of policies: small designs that wrap a design, or a service of one, and change how it is called."""

from .asynchronous import Asynchronous
from .autoscaler import Autoscaled
from .balancing import Balanced, LeastLoaded, RandomChoice, RoundRobin, TwoChoices
from .batching import Batched
from .breaker import CircuitBreaker
from .bulkhead import Bulkhead
from .cache import Cached
from .failing import Failing
from .fallback import Fallback
from .fan_out import Always, FanOut, Quantiles, TwoPoint
from .front_end import FrontEnd
from .hedge import Hedged
from .language_model import LanguageModel
from .provisioned import Provisioned
from .queued import Queued
from .rate_limit import RateLimited
from .release import BigBang, Canary, Released, Rolling
from .retries import Decorrelated, EqualJitter, Exponential, FullJitter, Immediate, Retries
from .routing import Routed
from .scheduled import Scheduled
from .shedding import Shedding
from .store import Store
from .timeout import Timeout
from .training import TrainedApart, TrainedBeside

__all__ = [
    "Always", "Asynchronous", "Autoscaled", "Balanced", "Batched", "BigBang", "Bulkhead", "Cached", "Canary",
    "CircuitBreaker", "Decorrelated", "EqualJitter", "Exponential", "Failing", "Fallback", "FanOut", "FrontEnd",
    "FullJitter", "Hedged", "Immediate", "LanguageModel", "LeastLoaded", "Provisioned", "Quantiles", "Queued",
    "RandomChoice", "RateLimited", "Released", "Retries", "Rolling", "RoundRobin", "Routed", "Scheduled",
    "Shedding", "Store", "Timeout", "TrainedApart", "TrainedBeside", "TwoChoices", "TwoPoint",
]
