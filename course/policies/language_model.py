"""LanguageModel: a hosted model writes an answer, word by word; the caller waits."""

from dataclasses import dataclass
from typing import Any

from ..laws import LogNormalLaw
from ..simulation import Deployment, Pool


@dataclass(frozen=True)
class LanguageModel:
    """`first_token` seconds to the first token, in pool "first token", then `per_token` for each further one.

    Laws of seconds and of tokens. Defaults: Llama 3.1 8B on an H100 (data/service_times.csv, llama3.1_8b_h100_vllm),
    conversations on Azure (data/traffic_models.csv, azure_llm_2023_conv). Whoever calls it pays the same: no bill here.
    """

    first_token: Any = LogNormalLaw(0.224, 0.922)
    per_token: float = 0.0236
    tokens: Any = LogNormalLaw(151, 0.859)

    def __post_init__(self):
        if not self.per_token >= 0:
            raise ValueError(f"per_token must be at least 0 seconds, got {self.per_token}")

    def deploy(self, env):
        first, others = (Pool(env, name, 1_000_000) for name in ("first token", "other tokens"))

        def handle(request):
            tokens = round(self.tokens.quantile(request.chance("tokens")))
            yield first.serve(self.first_token.quantile(request.chance("first token")))
            yield others.serve(max(0, tokens - 1) * self.per_token)

        return Deployment(handle, (first, others))

    def bill(self, run, prices):
        return {}
