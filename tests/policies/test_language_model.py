"""Proves the language model: the first token, the others, chance by request, and the measured defaults."""

import numpy as np
import pytest
from policies.laws import BUSY, inject, lawful

from course import data
from course.laws import LogNormalLaw
from course.policies.language_model import LanguageModel
from course.prices import Prices
from course.simulation import simulate
from course.workload import Work, Workload


def test_an_answer_is_its_first_token_and_the_others():
    """0.5 s, and three more tokens of 0.25 s; nobody waits for anybody."""
    run = simulate(LanguageModel(LogNormalLaw(0.5), 0.25, LogNormalLaw(4)), inject((0, 0), (9, 9)))
    assert list(run.response_times) == [1.25, 1.25]
    assert list(run.jobs["first token"].finished) == [0.5, 0.5]
    assert run.busy_seconds("other tokens") == 1.5


@pytest.mark.parametrize("tokens", [0, 0.4, 1])
def test_the_shortest_answer_is_one_token(tokens):
    run = simulate(LanguageModel(LogNormalLaw(2), 1, LogNormalLaw(tokens)), inject((0,), (1,)))
    assert list(run.response_times) == [2]


def test_answers_are_as_long_as_chance_says():
    """The median of many is that of the law, for tokens are whole numbers within half a token."""
    design = LanguageModel(LogNormalLaw(0.3, 0.5), 0.001, LogNormalLaw(100, 0.6))
    run = simulate(design, Workload(10, 400, Work(0, 0, 0)))
    first, others = (run.jobs[pool].finished - run.jobs[pool].started for pool in ("first token", "other tokens"))
    assert np.nanmedian(first) == pytest.approx(0.3, rel=0.05)
    assert np.nanmedian(others) == pytest.approx(0.099, rel=0.05)
    assert np.nanstd(np.log(others[others > 0])) == pytest.approx(0.6, rel=0.1)
    assert len(others) > 3900
    first = first[np.searchsorted(run.jobs["first token"].request, run.jobs["other tokens"].request)]
    done = others > 0       # not those that the end of the run cuts off
    assert abs(np.corrcoef(np.log(first[done]), np.log(others[done]))[0, 1]) < 0.05


def test_the_defaults_are_measured():
    median, sigma = data.first_token("llama3.1_8b_h100_vllm_ttft")
    model = LanguageModel()
    assert (model.first_token.median, model.first_token.sigma) == pytest.approx((median, sigma), rel=3e-3)
    assert model.per_token == pytest.approx(data.per_token("llama3.1_8b_h100_vllm_tpot"), rel=3e-3)
    tokens = data.output_tokens("azure_llm_2023_conv")
    assert (model.tokens.median, model.tokens.sigma) == pytest.approx(tokens, rel=3e-3)


def test_the_law_of_the_first_token_has_the_p50_and_p99_of_its_row():
    row = data.row("service_times", "llama3.1_8b_l40s_vllm_ttft")
    law = LogNormalLaw(*data.first_token(row["id"]))
    assert [1000 * law.quantile(p) for p in (0.5, 0.99)] == pytest.approx(
        [float(row["p50_ms"]), float(row["p99_ms"])], rel=1e-4)


def test_a_trace_without_tokens_is_refused():
    with pytest.raises(ValueError, match=r"data/traffic_models\.csv has no output tokens of 'nab_elb'"):
        data.output_tokens("nab_elb")


def test_it_has_no_bill_and_a_pace():
    run = simulate(LanguageModel(), BUSY)
    assert LanguageModel().bill(run, Prices.read()) == {}
    with pytest.raises(ValueError, match="per_token must be at least 0 seconds, got -1"):
        LanguageModel(per_token=-1)


def test_laws():
    lawful(LanguageModel(LogNormalLaw(0.1, 1), 0.001, LogNormalLaw(50, 1)), BUSY)
