"""Proves that the environment uses an event again when nobody holds it any more, and never before."""

import pytest

from course.environment import Environment
from course.simulation import Pool


def waits(env, note, count=50):
    """So many timeouts and visits, one after the other; `note` gets each event that was waited for."""
    pool = Pool(env, "servers", 1)

    def life():
        for _ in range(count):
            for event in (env.timeout(1), pool.serve(2)):
                note(event)
                yield event
                del event

    env.start(life())
    env.run()


def test_events_that_nobody_holds_are_used_again():
    env, seen = Environment(), set()
    waits(env, lambda event: seen.add(id(event)))
    assert len(seen) <= 4 and env.now == 50 * 2
    assert all(event.callbacks == [] for event in env.spare)


def test_events_that_somebody_holds_stay_as_they_were():
    env, held = Environment(), []
    waits(env, held.append)
    assert len({id(event) for event in held}) == len(held) == 100
    assert all(event.processed for event in held) and not set(map(id, env.spare)) & set(map(id, held))


@pytest.mark.parametrize("hold", [lambda event: [event], lambda event: {"event": event}, lambda event: event.succeed])
def test_a_timeout_that_is_over_is_over_however_it_is_held(hold):
    env = Environment()

    def life():
        first = env.timeout(1)
        kept = hold(first)
        yield first
        del first
        second = env.timeout(1)
        assert not second.processed and kept
        yield second
        assert second.processed

    env.run(env.process(life()))
    assert env.now == 2


def test_a_timeout_that_lost_a_race_still_fires_once():
    env, rings = Environment(), []

    def life():
        slow = env.timeout(5)
        slow.callbacks.append(lambda _: rings.append(env.now))
        yield env.timeout(1) | slow
        for _ in range(20):
            yield env.timeout(0.5)

    env.start(life())
    env.run()
    assert rings == [5] and env.now == 11
