"""The picture of three views behind the sliders: what each knows of the truth, and how old the batch view is."""

from collections.abc import Mapping

import numpy as np

from .live import LEGEND, MONTH, Panels, snapped
from .picture import BLACK, BLUE, GREY, VERMILLION, number
from .run import Run
from .views import Answers

HOUR = 3600
VIEWS = {"batch": (GREY, "-"), "speed": (BLUE, "--"), "merged": (VERMILLION, "-.")}


class LiveViews:
    """What the views miss at each question, in percent of the truth; it keeps its axes from run to run."""

    def __init__(self) -> None:
        self.panels = Panels(("hours since the first question", "wrong (%)"),
                             ("hours since the first question", "age of the batch view (h)"))
        self.wrong = {name: self.panels.left.axes.plot([], [], color=colour, linestyle=dashes, label=name)[0]
                      for name, (colour, dashes) in VIEWS.items()}
        self.age, = self.panels.right.axes.plot([], [], color=BLACK, linewidth=1.2)
        self.panels.left.axes.legend(handles=list(self.wrong.values()), loc="upper left", ncols=3, **LEGEND)
        self.panels.animate(*self.wrong.values(), self.age)

    def draw(self, run: Run, times: np.ndarray, found: Answers, bill: Mapping[str, float]) -> tuple[bytes, str, str]:
        """A PNG of the answers to questions at `times`, in seconds, what it shows in words, and a caption."""
        hours, ages = (times - times[0]) / HOUR, found.staleness / HOUR
        for name, line in self.wrong.items():
            line.set_data(hours, wrong(found, name))
        self.age.set_data(hours, ages)
        self.panels.left.limit(hours[-1], snapped(1.3 * max(wrong(found, name).max() for name in VIEWS) + 1))
        self.panels.right.limit(hours[-1], snapped(1.05 * ages.max()))
        errors = ", ".join(f"{name} {found.error(name):.2f} %" for name in VIEWS)
        alt = (f"How wrong each view is, at {len(times)} moments of {number(hours[-1])} hours; on average {errors}. "
               f"The batch view is {number(ages.min())} to {number(ages.max())} hours old.")
        a_month = number(sum(bill.values()) / run.end * MONTH)
        caption = f"Wrong on average: {errors}. Batch view {ages.mean():.1f} h old. {a_month} USD a month."
        return self.panels.png(), alt, caption


def wrong(found: Answers, view: str) -> np.ndarray:
    """How far a view is from the truth at each question, in percent of the truth."""
    return 100 * np.abs(getattr(found, view) - found.truth) / np.maximum(found.truth, 1)
