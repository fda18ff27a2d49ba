"""Proves lateness: each event has its own time on the way, by chance, and may be overtaken."""

from policies.laws import BUSY, Leaf, inject, lawful, outcomes

from course.laws import LogNormalLaw, Sometimes, UniformLaw
from course.patterns.microservices import Service
from course.policies.late import Late
from course.simulation import simulate


def test_the_time_on_the_way_is_a_quantile_of_its_law():
    law, trace = UniformLaw(10, 30), inject((0, 5, 6), (1, 1, 1), luck=(0.1, 0.5, 0.9))
    run = simulate(Late(Leaf(), law), trace)
    ways = [10 + 20 * event.chance("way") for event in trace.requests()]
    assert list(run.jobs["leaf"].request) == sorted(range(3), key=lambda event: (0, 5, 6)[event] + ways[event])
    assert list(run.response_times) == [way + 1 for way in ways]
    assert len(set(ways)) == 3


def test_a_fixed_way_shifts_everything():
    run = simulate(Late(Leaf(ends=lambda request, call: "lost"), LogNormalLaw(4)), inject((0, 5), (1, 2)))
    assert (outcomes(run), list(run.departure_times)) == (["lost", "lost"], [5, 11])


def test_a_share_is_late():
    """A tenth by 100 s; of 600 within four standard errors, and all others at once."""
    run = simulate(Late(Leaf(), Sometimes(0.1, LogNormalLaw(100))), BUSY)
    late = run.share("unfinished")
    assert abs(late - 0.1) < 4 * (0.1 * 0.9 / len(run.outcomes)) ** 0.5 + 0.01
    assert run.response_times.max() < 1


def test_laws():
    lawful(Late(Service("infer", 2)), BUSY)


def test_the_bill_is_that_of_the_design():
    assert Late(Leaf()).bill(None, None) == {"leaf": 7.0}
