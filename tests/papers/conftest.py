"""One table for every published target: published, ours with its interval, verdict."""

import pytest


@pytest.fixture
def judge():
    """A function of rows (what, published, ours, met): prints them, then fails if one is not met."""
    def judge(rows):
        lines = [f"{'met' if met else 'MISSED':6}  {what:36}  published {published:<9g}  ours {ours}"
                 for what, published, ours, met in rows]
        print("\n".join(lines))
        missed = [line for line in lines if line.startswith("MISSED")]
        assert rows and not missed, "\n".join(missed)

    return judge
