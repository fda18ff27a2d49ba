"""A brief: what a team can know of a use case before it builds anything, as plain numbers."""

from math import inf
from typing import Any

from ..claims.hardware import BOX, SERVER
from ..patterns.lambda_architecture import LambdaArchitecture
from ..patterns.serverless import Serverless
from ..policies.queued import Queued
from ..prices import HOURS_IN_A_MONTH, Prices
from ..scenario import Scenario
from ..scenarios import SCENARIOS
from .families import BROKERS, talks
from .winners import OPERATIONS


def brief(scenario: Scenario, operations_price: float = OPERATIONS) -> dict[str, Any]:
    """Numbers and booleans of a use case; `operations_price` is US dollars a month for each unit that is operated.

    Rates in requests a second; work and what is promised in seconds; budget in US dollars a month, for the cloud alone;
    `most_lost` and `late_share` as shares; `most_error` in percent, None where nobody cares.
    """
    return {
        "mean_rate": scenario.mean_rate, "peak_rate": scenario.peak_rate, **scenario.mean_work._asdict(),
        "seconds": scenario.slo.seconds, "percentile": scenario.slo.percentile, "budget": scenario.budget,
        "most_lost": scenario.most_lost, "late_share": scenario.late.share if scenario.late else 0.0,
        "most_error": None if scenario.most_error == inf else scenario.most_error, "gb_per_day": scenario.gb_per_day,
        "gpu": bool(scenario.gpu), "talks": talks(scenario), "several_models": bool(scenario.models),
        "teams": scenario.teams, "changes_per_week": scenario.changes_per_week, "operations_price": operations_price,
    }


def price_list() -> dict[str, float]:
    """What the parts of designs cost, in US dollars; by the month where nothing else is said."""
    prices = Prices.read()
    usd = prices.usd
    return {"server, 2 processors": prices.server_month,
            "box with a GPU and 4 processors": HOURS_IN_A_MONTH * usd(BOX),
            "server with 4 processors, beside GPUs": HOURS_IN_A_MONTH * usd(SERVER),
            "million seconds of a function": 1e6 * Serverless.full_speed_gb * usd("lambda_duration_x86"),
            "million calls of a function": usd("lambda_request"),
            "million requests through a hosted queue": Queued.messages * usd("sqs_standard_request"),
            "bus of events, or log of two layers": HOURS_IN_A_MONTH * BROKERS * usd(LambdaArchitecture.broker),
            "database beside a bus": HOURS_IN_A_MONTH * usd("rds_mysql_db.t3.large_single_az")}


def fifteen() -> dict[str, dict[str, Any]]:
    """The briefs of the course's use cases, by their ids."""
    return {scenario.id: brief(scenario) for scenario in SCENARIOS}
