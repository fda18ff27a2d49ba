"""The shelf of policies: small designs that wrap a design, or a service of one, and change how it is called."""

from .asynchronous import Asynchronous
from .autoscaler import Autoscaled
from .balancing import Balanced, LeastLoaded, RandomChoice, RoundRobin, TwoChoices
from .batching import Batched
from .breaker import CircuitBreaker
from .bulkhead import Bulkhead
from .cache import Cached
from .chained import Chained
from .crashing import Crashing
from .failing import Failing
from .fallback import Fallback
from .fan_out import Always, FanOut, Quantiles, TwoPoint
from .front_end import FrontEnd
from .hedge import Hedged
from .language_model import LanguageModel
from .late import Late
from .once import Once
from .poison import Poisoned
from .polled import Polled
from .provisioned import Provisioned
from .queued import Queued
from .rate_limit import RateLimited
from .redelivery import Redelivered
from .release import BigBang, Canary, Released, Rolling
from .replay import Replayed
from .retries import Decorrelated, EqualJitter, Exponential, FullJitter, Immediate, Retries
from .routing import Routed
from .scaled_on_lag import ScaledOnLag
from .scheduled import Scheduled
from .shedding import Shedding
from .store import Store
from .timeout import Timeout
from .training import TrainedApart, TrainedBeside

__all__ = [
    "Always", "Asynchronous", "Autoscaled", "Balanced", "Batched", "BigBang", "Bulkhead", "Cached", "Canary", "Chained",
    "CircuitBreaker", "Crashing", "Decorrelated", "EqualJitter", "Exponential", "Failing", "Fallback", "FanOut",
    "FrontEnd", "FullJitter", "Hedged", "Immediate", "LanguageModel", "Late", "LeastLoaded", "Once", "Poisoned",
    "Polled", "Provisioned", "Quantiles", "Queued", "RandomChoice", "RateLimited", "Redelivered", "Released",
    "Replayed", "Retries", "Rolling", "RoundRobin", "Routed", "ScaledOnLag", "Scheduled", "Shedding", "Store",
    "Timeout", "TrainedApart", "TrainedBeside", "TwoChoices", "TwoPoint",
]
