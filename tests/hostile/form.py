"""What a hostile submission is, and the small course that all of them are handed in to."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

from nbformat import NotebookNode

LESSON = "01-attacked"
# Nobody hands in predictions.json, so one point is missing; None: a person gives these points.
FULL = {"1P": 1.0, "1C": 4.0, "1M": 5.0, "1E-answer": None}
ERROR = "error"
SCRIPT = '''\
# %% [markdown]
# # A lesson to attack

# %%
import math

import simpy

from course.checks import check, predict, reveal

# %% answer="1P-prediction"
mean = p99 = None
### BEGIN SOLUTION
mean = ("B", "D", 3, "the queue grows faster as the spare time shrinks")
p99 = ("C", "E", 2, "a long wait hits the unlucky requests hardest")
### END SOLUTION
predict("1P", {"mean": mean, "p99": p99})

# %%
reveal("1P", lambda utilisation: [])

# %% answer="1P-reconcile"
reconcile = None
### BEGIN SOLUTION
reconcile = ("My p99 was furthest off: I said more than 12 times and saw 10.15 times. "
             "Mean and p99 grow alike, because both follow the spare capacity.")
### END SOLUTION

# %% check="1P" points=2
check("1P", reconcile)

# %% answer="1C-answer"
def mm1_response(arrival_rate, service_rate):
    ### BEGIN SOLUTION
    if arrival_rate >= service_rate:
        return math.inf, math.inf, math.inf
    mean = 1 / (service_rate - arrival_rate)
    return mean, mean * math.log(100), arrival_rate * mean
    ### END SOLUTION

# %% check="1C" points=4
check("1C", mm1_response)

# %% answer="1M-answer"
def response_times(arrival_times, service_times, workers):
    ### BEGIN SOLUTION
    env = simpy.Environment()
    pool = simpy.Resource(env, capacity=workers)
    answer = [None] * len(arrival_times)
    def life(number):
        yield env.timeout(arrival_times[number])
        with pool.request() as worker:
            yield worker
            yield env.timeout(service_times[number])
        answer[number] = env.now - arrival_times[number]
    for number in range(len(arrival_times)):
        env.process(life(number))
    env.run()
    return answer
    ### END SOLUTION

# %% check="1M" points=5
check("1M", response_times)

# %% [markdown] manual="1E-answer" points=2
# Because a queue grows without end.
'''
RIGHT = '''\
def mm1_response(arrival_rate, service_rate):
    if arrival_rate >= service_rate:
        return math.inf, math.inf, math.inf
    mean = 1 / (service_rate - arrival_rate)
    return mean, mean * math.log(100), arrival_rate * mean
'''
WRONG = '''\
def mm1_response(arrival_rate, service_rate):
    return 1.0, 1.0, 1.0
'''
ESCAPED = '''
if escaped:
    mm1_response = right
'''


class Handout(NamedTuple):
    """What an attacker has in hand, or can know: both notebooks, and where the class and the course are."""

    released: NotebookNode
    solved: NotebookNode
    places: dict[str, str]      # words in a source and what stands for them


class Attack(NamedTuple):
    """One submission: `name` is also its student."""

    name: str
    make: Callable[[Handout], dict[str, bytes]]     # the files that are handed in
    marks: dict[str, float | None] | str            # the points of each item, or "error"
    says: str                                       # words that the verdict must have


def but(**points: float | None) -> dict[str, float | None]:
    """Full points but for some items; an underscore stands for a hyphen."""
    return FULL | {item.replace("_", "-"): value for item, value in points.items()}


def written(notebook: Any) -> bytes:
    """A notebook as a file, whether it is valid or not."""
    return json.dumps(notebook, indent=1).encode()


def handed_in(notebook: Any) -> dict[str, bytes]:
    """The usual single file."""
    return {f"{LESSON}.ipynb": written(notebook)}


def cell(notebook: NotebookNode, id_: str) -> NotebookNode:
    """The cell with the id."""
    return next(cell for cell in notebook.cells if cell.id == id_)


def answer(name: str, source: str, says: str = "", item: str = "1C", points: float = 0.0,
           marks: dict[str, float | None] | None = None) -> Attack:
    """The solved notebook, with one answer replaced."""
    def make(handout):
        text = source
        for word, place in handout.places.items():
            text = text.replace(word, place)
        return edited(handout, lambda notebook: cell(notebook, f"{item}-answer").update(source=text))

    return Attack(name, make, marks or FULL | {item: points}, says)


def edited(handout: Handout, edit: Callable[[NotebookNode], Any]) -> dict[str, bytes]:
    """The solved notebook after an edit in place."""
    notebook = deepcopy(handout.solved)
    edit(notebook)
    return handed_in(notebook)


def edit(name: str, change: Callable[[NotebookNode], Any], says: str = "",
         marks: dict[str, float | None] | str = FULL) -> Attack:
    """The solved notebook after an edit of its cells or metadata."""
    return Attack(name, lambda handout: edited(handout, change), marks, says)


def escape(name: str, source: str, says: str = "") -> Attack:
    """An answer that is right only if the attack has set `escaped`, so that its points tell of a breach."""
    wrong = WRONG + RIGHT.replace("mm1_response", "right") + "import os, sys\nfrom pathlib import Path\n"
    return answer(name, f"{wrong}escaped = False\n{source}{ESCAPED}", says)
