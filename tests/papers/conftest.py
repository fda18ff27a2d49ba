"""One table for every published target: published, ours with its interval, verdict."""

from math import lgamma, log, sqrt

import numpy as np
import pytest

from course.run import Interval, student_t


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
def at_known():
    """A function: the interval of a measure where its controls are as theory says, from runs that met them otherwise.

    All move with the luck of arrivals and work, so a plane through the replications takes that luck out: control
    variates, as in Law, Simulation Modeling and Analysis, chapter 11.
    """
    def at_known(values, controls, known):
        beside = np.column_stack([np.ones(len(values)), np.asarray(controls) - known])
        parts = np.linalg.lstsq(beside, values, rcond=None)[0]
        free = len(values) - len(parts)
        scatter = np.sum((values - beside @ parts) ** 2) / free
        half = student_t(free) * sqrt(scatter * np.linalg.inv(beside.T @ beside)[0, 0])
        return Interval(parts[0], parts[0] - half, parts[0] + half, len(values))

    return at_known


@pytest.fixture
def controls():
    """A function of a run and its workers: how many are busy on average; and, if each request had a worker at once, the
    share that would come when no place is left, and the mean square of how many places they lack.
    """
    def controls(run, workers):
        jobs = run.jobs["workers"]
        left = np.sort(jobs.arrived + np.nan_to_num(jobs.finished - jobs.started, nan=np.inf))
        there = 1 + np.arange(len(left)) - np.searchsorted(left, jobs.arrived, side="right")
        lack = np.maximum(0, there - workers)[jobs.arrived >= run.start]
        return run.utilisation("workers") * workers, np.mean(lack > 0), np.mean(lack ** 2)

    return controls


@pytest.fixture
def known_controls():
    """A function of the offered load and the workers: these three in theory, where infinitely many servers hold a
    Poisson number of jobs.
    """
    def known_controls(load, workers):
        there = np.arange(round(load + 30 * sqrt(load)) + 30)
        share = np.exp(there * log(load) - load - np.array([lgamma(number + 1) for number in there]))
        lack = np.maximum(0, there + 1 - workers)
        return load, share @ (lack > 0), share @ lack ** 2

    return known_controls
