"""The capstone: twelve briefs without a pattern in their name, and what is seen of a design that is tried on one."""

from .briefs import NUMBERS, brief
from .trying import Result, Results, difference, picked, tried, tried_all, what_if

__all__ = ["NUMBERS", "Result", "Results", "brief", "difference", "picked", "tried", "tried_all", "what_if"]
