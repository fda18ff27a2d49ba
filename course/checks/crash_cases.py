"""The plans of exercise 3M: payments, crashes and duplicates."""

from typing import Any

import numpy as np

from ..asking.crash_runs import FEW, Case

NAMES = "Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hal", "Ida"


def planned(place: int) -> list[Case]:
    """The cases of one set, from a calm day to a long one with everything."""
    one, other = NAMES[place], NAMES[place - 1]
    few = [[(one, other)[9 + 5 * place >> turn & 1], 10**(turn * 5 % FEW)] for turn in range(FEW)]
    spoilt = [[other, None], few[0], [one, None], few[1], [one, None], few[2], [other, None]]
    return [case("calm", few), case("equal", [[one, 40], [other, 40], [one, 40], *few, [one, 40], [other, 7]]),
            case("again", few, again=[[turn, turn % 3 + 1] for turn in range(1, FEW + 1)]), case("every", few),
            case("poison", spoilt, crashes=[[3, [1]], [5, [2]], [7, [3]]]),
            case("others", few, again=[[turn, 2] for turn in range(1, FEW + 1)], consumers=2), *many(place)]


def case(about: str, messages: list[list[Any]], window: int = 20, behind: int = FEW, crashes=(), again=(),
         consumers: int = 1) -> Case:
    """A plan in plain values; the messages are rows of account and amount."""
    return {"about": about, "messages": messages, "window": window, "behind": behind, "crashes": [*crashes],
            "again": [*again], "consumers": consumers}


def many(place: int) -> list[Case]:
    """Messages that come again late but within the window; and many of them, with several crashes each."""
    rng, names, window = np.random.default_rng(300 + place), (NAMES * 2)[place:place + 3], 30 + place
    messages = [[names[rng.integers(3)], int(rng.integers(1, 100))] for _ in range(600 + 5 * place)]
    crashes = [[number, [int(point) for point in rng.integers(1, 6, kind)]]
               for number, kind in enumerate(rng.choice(3, len(messages), p=(0.65, 0.25, 0.1)), 1) if kind]
    again = [[int(number), int(rng.integers(1, 9))] for number in rng.choice(len(messages), 90, replace=False) + 1]
    late = [[number, int(0.85 * window)] for number in range(1, 90, 9)]
    return [case("late", messages[:90], window, 4, again=late),
            case("long", messages, window, 4, crashes, again, consumers=2)]
