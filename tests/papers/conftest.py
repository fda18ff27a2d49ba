"""One table for every published target: published, ours with its interval, verdict."""

from math import sqrt

import numpy as np
import pytest

from course.run import STUDENT_T, Interval


@pytest.fixture(autouse=True)
def uncovered(no_cover):
    """Coverage is not measured here: it would take three times the time, and other tests run the same lines."""


@pytest.fixture
def judge():
    """A function of rows (what, published, ours, met): prints them, then fails if one is not met."""
    def judge(rows):
        lines = [f"{'met' if met else 'MISSED':6}  {what:39}  published {published:<9g}  ours {ours}"
                 for what, published, ours, met in rows]
        print("\n".join(lines))
        missed = [line for line in lines if line.startswith("MISSED")]
        assert rows and not missed, "\n".join(missed)

    return judge


@pytest.fixture
def at_known_load():
    """A function: the interval of a measure at the load that theory knows, from runs that met a bit more or less.

    Both move with the luck of arrivals and work, so a line through the replications takes that luck out: control
    variates, as in Law, Simulation Modeling and Analysis, chapter 11.
    """
    def at_known_load(values, loads, known):
        beside, count = np.asarray(loads) - known, len(values)
        slope, level = np.polyfit(beside, values, 1)
        scatter = np.sum((values - level - slope * beside) ** 2) / (count - 2)
        far = beside.mean() ** 2 / np.sum((beside - beside.mean()) ** 2)
        half = STUDENT_T[count - 3] * sqrt(scatter * (1 / count + far))
        return Interval(level, level - half, level + half, count)

    return at_known_load
