"""Proves the real pipeline: its data are made by its recipe, two programs disagree as counted by hand, one does not."""

from collections import Counter

import pandas as pd
import pytest

from course import data, pipeline

DAY = 86_400
EVENTS = data.table("events")
ROWS = [{name: int(value) for name, value in row.items()} for row in data.rows("events")]


def payments(*rows):
    """A table of (came, paid, cents)."""
    came, paid, cents = zip(*rows)
    return pd.DataFrame({"arrival_time": came, "event_time": paid, "user": 1, "amount_cents": cents})


# The second is paid before midnight and comes after it; the third is of the second day.
THREE = payments((10, 9, 199), (DAY + 5, DAY - 5, 250), (DAY + 9, DAY + 8, 1000))


def test_the_file_is_what_the_recipe_makes():
    assert data.path("events").read_bytes() == pipeline.recipe().encode()
    assert data.path("events").stat().st_size < 300_000


def test_it_is_a_week_in_which_one_payment_of_thirty_is_late():
    assert [row["arrival_time"] for row in ROWS] == sorted(row["arrival_time"] for row in ROWS)
    ways = [row["arrival_time"] - row["event_time"] for row in ROWS]
    assert min(ways) == 1 and 11 * 3600 < max(ways) <= 12 * 3600 + 1
    assert sum(way > 1 for way in ways) / len(ways) == pytest.approx(1 / 30, abs=3 * (1 / 30 / len(ways)) ** 0.5)
    assert {row["event_time"] // DAY for row in ROWS} == set(range(7))
    assert min(row["amount_cents"] for row in ROWS) >= 1


def test_the_two_programs_by_hand():
    """One goes by when it was paid, to the cent; the other by when it came, in whole dollars."""
    assert pipeline.batch(THREE).to_dict() == {0: 1.99 + 2.50, 1: 10.00}
    assert pipeline.stream(pipeline.speed, THREE) == {0: 1, 1: 2 + 10}


def test_the_shared_definition_by_hand():
    assert pipeline.batch_shared(THREE).to_dict() == {0: 199 + 250, 1: 1000}
    assert pipeline.stream(pipeline.speed_shared, THREE) == {0: 199 + 250, 1: 1000}


def test_on_the_data_each_does_what_a_loop_does():
    paid, dashboard = Counter(), Counter()
    for row in ROWS:
        paid[row["event_time"] // DAY] += row["amount_cents"]
        dashboard[row["arrival_time"] // DAY] += row["amount_cents"] // 100
    assert pipeline.batch(EVENTS).to_dict() == pytest.approx({day: cents / 100 for day, cents in paid.items()})
    assert pipeline.stream(pipeline.speed, EVENTS) == dashboard
    assert pipeline.batch_shared(EVENTS).to_dict() == paid


def test_the_two_disagree_on_every_day_and_that_has_two_causes():
    """The days differ by what came on another day, and by the cents that the dashboard leaves out."""
    exact, rough = pipeline.batch(EVENTS), pd.Series(pipeline.stream(pipeline.speed, EVENTS))
    found = rough.sub(exact, fill_value=0)
    left_out, moved = Counter(), Counter()
    for row in ROWS:
        paid, came = row["event_time"] // DAY, row["arrival_time"] // DAY
        left_out[came] += row["amount_cents"] % 100 / 100
        moved[paid] -= row["amount_cents"] / 100
        moved[came] += row["amount_cents"] / 100
    assert found.to_dict() == pytest.approx({day: moved[day] - left_out[day] for day in range(8)}, abs=1e-6)
    assert all(abs(found) > 1) and set(rough.index) - set(exact.index) == {7}      # a day on which nobody paid


@pytest.mark.parametrize("count", [1, 2, 1000, 2500, len(ROWS)])
def test_with_one_definition_they_agree_to_the_cent_after_any_number_of_payments(count):
    some = EVENTS.head(count)
    assert pipeline.batch_shared(some).to_dict() == pipeline.stream(pipeline.speed_shared, some)


def test_both_ways_to_follow_are_measured():
    assert all(seconds > 0 for seconds in pipeline.seconds_to_follow(EVENTS.head(10)))
