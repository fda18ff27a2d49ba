"""Experiments on setting up: what a team has to get right until functions run, and until machines do."""

from dataclasses import dataclass, fields

import numpy as np

from ..patterns.monolith import Monolith
from ..patterns.serverless import Serverless
from ..policies.autoscaler import Autoscaled
from .claim import Sides

# what has to be right, and whether a test on one's own computer shows it
FUNCTION = (("the code", True), ("memory and time limit", False), ("what triggers it", False),
            ("what it may call", False), ("what may call it", False))
MACHINE = (("the code", True), ("operating system and its patches", True), ("language and libraries", True),
           ("supervisor of the process", True), ("sort of machine", False), ("least and most machines", False),
           ("rule to add machines", False), ("load balancer", False), ("health check", True),
           ("network rules", False), ("certificate", False), ("who may log in", False))
BY_THE_PLATFORM = {"full_speed_gb", "cold_start", "keep_alive", "reuse", "ramp", "calls", "boot"}
DESIGNS = {"design", "pool"}


@dataclass(frozen=True)
class SettingUp:
    """Steps until a system runs, with those that are repeated because they went wrong; the knob is the functions in it.

    Each function has its own steps, and a further one for each that it calls: they call one another in a row.
    Compared with one application on machines. Each trace has many systems.
    """

    first_time_right: float = 0.99
    function: tuple[tuple[str, bool], ...] = FUNCTION
    machine: tuple[tuple[str, bool], ...] = MACHINE
    systems: int = 400

    def sides(self, knob, traces):
        return Sides(self.steps(self.of_functions(int(knob)), traces), self.steps(len(self.machine), traces))

    def others(self, traces):
        choices, unseen = ("numbers that the team chooses in the course's own models",
                           "percent of the steps that no test on one's own computer shows")
        chosen = len(by_the_team(Serverless)), len(by_the_team(Autoscaled)) + len(by_the_team(Monolith))
        hidden = self.hidden(self.function), self.hidden(self.machine)
        return [("hold", "2 functions, against 4 services on machines of their own",
                 Sides(self.steps(self.of_functions(2), traces), self.steps(4 * len(self.machine), traces))),
                ("hold", "a function, against a monolith with an autoscaler", counted(chosen, choices, traces)),
                ("fail", "a function, against one application on machines", counted(hidden, unseen, traces))]

    def of_functions(self, number: int) -> int:
        """Steps for so many functions in a row."""
        return number * len(self.function) + number - 1

    def steps(self, right: int, traces: int) -> list[float]:
        """Mean tries until so many steps are right, on each trace."""
        tries = np.random.default_rng(107).geometric(self.first_time_right, (traces, self.systems, max(240, right)))
        return tries[:, :, :right].sum(axis=2).mean(axis=1).tolist()

    @staticmethod
    def hidden(steps: tuple[tuple[str, bool], ...]) -> float:
        """Percent of the steps that a test at home does not show."""
        return 100 * float(np.mean([not shown for _, shown in steps]))


def by_the_team(design: type) -> set[str]:
    """The knobs of a design that nobody else turns, read from its code."""
    return {field.name for field in fields(design)} - BY_THE_PLATFORM - DESIGNS


def counted(both: tuple[float, float], metric: str, traces: int) -> Sides:
    """A count has no chance in it: the same on every trace."""
    own, other = both
    return Sides([own] * traces, [other] * traces, metric)
