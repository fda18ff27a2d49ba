"""What tests of several files share: the rule for parts of the system that may be missing, and time for long runs."""

import os
import sys

import pytest

from course.environment import Environment

# Here the engine and the models are what is tested, so coverage sees them run.
MODELS = ("policies", "test_environment", "test_faults", "test_microservices", "test_reuse", "test_run",
          "test_serverless", "test_simulation", "test_workload")


def need(found, why: str) -> None:
    """Skip the test if a part of the system is missing; under CI=true that is a failure."""
    if not found:
        pytest.fail(why) if os.environ.get("CI") == "true" else pytest.skip(why)


def pytest_collection_modifyitems(config):
    """Coverage stays out of the kernels that nbval starts, where lessons would take four times the time."""
    config.option.cov_source = None


@pytest.fixture(autouse=True, scope="module")
def clock(request):
    """Outside the tests of models, coverage rests while the clock runs: simulations would take four times the time."""
    if any(part in request.node.nodeid for part in MODELS):
        yield
        return
    run_before = Environment._run_before

    def untraced(env, end):
        tracer = sys.gettrace()
        sys.settrace(None)
        try:
            run_before(env, end)
        finally:
            sys.settrace(tracer)

    Environment._run_before = untraced
    yield
    Environment._run_before = run_before
