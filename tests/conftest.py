"""What tests of several files share: the rule for parts of the system that may be missing."""

import os

import pytest


def need(found, why: str) -> None:
    """Skip the test if a part of the system is missing; under CI=true that is a failure."""
    if not found:
        pytest.fail(why) if os.environ.get("CI") == "true" else pytest.skip(why)
