"""P19: HyperLogLog counts different keys with a standard error of 1.04 / sqrt(registers)."""

from math import sqrt

import numpy as np
import pytest
from policies.laws import spread_interval

from course.sketch import Sketch


def error(registers, stream):
    """The relative error for keys that no other stream has: twenty for each register, where the law is reached."""
    sketch, count = Sketch(registers), 20 * registers
    for first in range(0, count, 2**14):
        part = np.arange(first, min(first + 2**14, count))
        sketch.add(part + stream * count)
    return sketch.count() / count - 1


@pytest.mark.parametrize("power, streams", [(10, 400), (12, 200), (14, 200)])
def test_the_standard_error_is_the_published_one(judge, power, streams):
    registers = 2**power
    published = 1.04 / sqrt(registers)
    errors = [error(registers, stream) for stream in range(streams)]
    found = spread_interval(errors)
    judge([(f"P19 standard error, {registers:,} registers", published, found, abs(found.mean / published - 1) <= 0.15)])
    assert abs(np.mean(errors)) < 4 * published / sqrt(streams)      # no lean to either side
