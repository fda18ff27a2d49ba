"""Experiments on how much there is to know: what two layers are made of, and one path, counted in the course's code."""

from ast import For, If, IfExp, While, With, Yield, YieldFrom, comprehension, parse, stmt, walk
from dataclasses import dataclass, replace
from inspect import getsource

from .. import pipeline
from ..environment import Environment
from ..patterns.event_driven import Consumers, EventDriven
from ..patterns.lambda_architecture import LambdaArchitecture
from .duplication import counted, readers

BRANCHES = (If, IfExp, While, For, With, comprehension)
ONE_PATH = (EventDriven, Consumers)


@dataclass(frozen=True)
class TwoPaths:
    """Parts that have to run, counted in the course's models; the knob is the groups of consumers of the one path.

    A group for each thing that is done with an event, such as a mail, an invoice, a recommendation.
    """

    by_platform: int = 0        # parts of the two layers that somebody else runs

    def sides(self, knob, traces):
        return counted(parts(LambdaArchitecture()) - self.by_platform, parts(one_path(round(knob))), "", traces)

    def others(self, traces):
        layers = (LambdaArchitecture,)
        written, shared = ((pipeline.batch, pipeline.speed), (pipeline.batch_shared, pipeline.speed_shared))
        definitions = "functions that say what a number is, in the course's own pipeline"
        one = len(readers(pipeline.speed))
        return [("hold", "two layers, against one stream", counted(len(readers(*written)), one, definitions, traces)),
                ("hold", "the code of two layers, against that of one path",
                 counted(waits(layers), waits(ONE_PATH), "waits", traces)),
                ("fail", "the code of two layers, against that of one path",
                 counted(branches(layers), branches(ONE_PATH), "branches and loops", traces)),
                ("fail", "the code of two layers, against that of one path",
                 counted(statements(layers), statements(ONE_PATH), "statements", traces)),
                ("fail", "one definition that runs in both modes, against one stream",
                 counted(len(readers(*shared)), one, definitions, traces))]


def one_path(groups: int) -> EventDriven:
    """A bus and so many groups of consumers, each of which gets every event."""
    first, *others = (replace(Consumers(), name=f"consumers of {number}") for number in range(groups))
    return EventDriven(first, tuple(others))


def parts(design) -> int:
    """The pools of a design."""
    return len(design.deploy(Environment()).pools)


def nodes(designs, *wanted) -> int:
    """How many nodes of these kinds the code of some designs has."""
    return sum(isinstance(node, wanted) for design in designs for node in walk(parse(getsource(design))))


def waits(designs) -> int:
    """Places in the code where something waits."""
    return nodes(designs, Yield, YieldFrom)


def branches(designs) -> int:
    """Places in the code where it may go more than one way."""
    return nodes(designs, *BRANCHES)


def statements(designs) -> int:
    """Statements of the code."""
    return nodes(designs, stmt)
