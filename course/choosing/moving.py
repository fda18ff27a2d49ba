"""What a hand can move: the choice map with its two sliders, and the chooser's form."""

from html import escape
from math import inf, log10
from typing import Any

import ipywidgets as widgets

from .. import explore
from ..explore import Explorer, Slider, in_a_sentence, name_of
from . import choice_map
from .chooser import Advice, recommend
from .nearest import Requirements

ANY = 100_000.0         # US dollars a month: a budget of so much is no budget
NUMBERS = {
    "rate": Slider("mean rate", "requests a second", 0.01, 1000.0, 0.1, 1.0),
    "peak": Slider("peak over mean", "times", 1.0, 300.0, 0.5, 10.0),
    "promise": Slider("promise for 99 %", "s", 0.05, 600.0, 0.1, 0.5),
    "work": Slider("work of a request", "s", 0.001, 60.0, 0.01, round(sum(choice_map.WORK), 3)),
    "budget": Slider("budget for the cloud", f"USD a month; {ANY:,.0f}: any", 10.0, ANY, 10.0, ANY),
    "operations": Slider("operations", "USD a unit and month", 0.0, 1000.0, 10.0, 100.0),
}
LETTERS = max(len(name_of(slider)) for slider in NUMBERS.values())
FLAGS = {"nothing_lost": "nothing may get lost", "exact": "some data come late, and final numbers must be right",
         "gpu": "inference needs a GPU",
         "talks": "each request waits for a language model, whose first word is promised"}


def moving_map() -> Explorer:
    """The choice map with sliders for the sheet and for the price of operations."""
    promises = choice_map.stored().promises
    sheets = ", ".join(f"{place}: {promise:g} s" for place, promise in enumerate(promises, 1))
    return explore.explore(sheet, promise=Slider("promise", sheets, 1, len(promises), 1, 1),
                   operations=Slider("operations", "USD a unit and month", 0, 500, 10, 100))


def sheet(promise: int, operations: float) -> tuple[bytes, str, str]:
    """The figure of the sheet with this place among the promises."""
    stored = choice_map.stored()
    found = stored.picture(stored.promises[promise - 1], operations)
    return found.png, found.alt, f"{found.caption}. {found.note}"


class Chooser:
    """A form of requirements above the advice; where widgets do not run, the advice for those at the start."""

    def __init__(self):
        self.bars = {name: bar(slider) for name, slider in NUMBERS.items()}
        self.boxes = {name: explore.box(slider) for name, slider in NUMBERS.items()}
        self.flags = {name: widgets.Checkbox(description=label, value=False, indent=False, layout={"width": "auto"})
                      for name, label in FLAGS.items()}
        self.page = widgets.HTML()
        rows = [widgets.HBox([self.bars[name], self.boxes[name]]) for name in NUMBERS]
        self.widget = widgets.VBox([*rows, *self.flags.values(), self.page])
        for name in NUMBERS:
            widgets.link((self.bars[name], "value"), (self.boxes[name], "value"))
        for field in (*self.boxes.values(), *self.flags.values()):
            field.observe(self.refresh, "value")
        self.refresh()

    def refresh(self, _: Any = None) -> None:
        """Show the advice for what the form says now; a failure becomes a sentence."""
        try:
            self.page.value = as_html(recommend(self.requirements))
        except Exception as error:
            self.page.value = f'<p role="alert">No advice for these values. {escape(in_a_sentence(error))}</p>'

    @property
    def requirements(self) -> Requirements:
        """What the form says now."""
        numbers = {name: field.value for name, field in self.boxes.items()}
        flags = {name: field.value for name, field in self.flags.items()}
        return Requirements(**{**numbers, "budget": inf if numbers["budget"] >= ANY else numbers["budget"]}, **flags)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        live = self.widget._repr_mimebundle_()
        return {**live, "text/html": self.page.value, "text/plain": recommend(self.requirements).text}


def bar(slider: Slider) -> widgets.Widget:
    """A slider with its name before it, over powers of ten unless it begins at 0."""
    if slider.low == 0:
        return explore.bar(slider, LETTERS)
    return widgets.FloatLogSlider(description=name_of(slider), min=log10(slider.low), max=log10(slider.high),
                                  step=0.05, value=slider.value, readout=False,
                                  style={"description_width": f"{0.6 * LETTERS:.0f}em"},
                                  layout={"width": f"{0.6 * LETTERS + 20:.0f}em"})


def as_html(advice: Advice) -> str:
    """The advice, to be read aloud whenever it changes."""
    sentences = [f"Evidence: {advice.evidence}.", *advice.changes, *advice.against, *advice.computing]
    points = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return (f'<section role="status" aria-live="polite" aria-label="Advice"><p><strong>{escape(advice.answer)}'
            f"</strong></p><ul>{points}</ul></section>")
