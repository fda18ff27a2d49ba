"""What tests of several files share: the rule for parts of the system that may be missing, and time for long runs."""

import os
import signal
import sys
from contextlib import contextmanager

import pytest

from course.environment import Environment

# Here the engine and the models are what is tested, so coverage sees them run.
MODELS = ("policies", "test_environment", "test_event_driven", "test_faults", "test_lambda_architecture",
          "test_microservices", "test_reuse", "test_run", "test_serverless", "test_simulation", "test_workload")


signal.signal(signal.SIGINT, signal.default_int_handler)    # a shell's background ignores it, and tests press Ctrl-C


def need(found, why: str) -> None:
    """Skip the test if a part of the system is missing; under CI=true that is a failure."""
    if not found:
        pytest.fail(why) if os.environ.get("CI") == "true" else pytest.skip(why)


def pytest_collection_modifyitems(config, items):
    """Files with slow tests come first, so that no worker idles at the end; coverage stays out of nbval's kernels."""
    config.option.cov_source = None
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@contextmanager
def rest():
    """Coverage sees nothing of what runs inside, for long work on lines that quick tests show: it costs four times."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)


@pytest.fixture(autouse=True, scope="module")
def clock(request):
    """Outside the tests of models, coverage rests while the clock runs."""
    run_before = Environment._run_before
    if not any(part in request.node.nodeid for part in MODELS):
        Environment._run_before = rest()(run_before)
    yield
    Environment._run_before = run_before
