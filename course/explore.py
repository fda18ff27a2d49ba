"""Sliders: a picture that a plain function draws anew whenever a number is moved."""

from base64 import b64encode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from threading import Event, Lock
from typing import Any

import ipywidgets as widgets

Drawn = tuple[bytes, str] | tuple[bytes, str, str]      # a PNG, what it shows in words, and perhaps a caption
KEPT = 200                      # pictures that come back at once; some 10 megabytes


@dataclass(frozen=True)
class Slider:
    """One number to move: what it is, its unit, its ends, a step of the keyboard, and where it starts.

    Whole numbers make a slider of whole numbers.
    """

    label: str
    unit: str
    low: float
    high: float
    step: float
    value: float

    def __post_init__(self):
        if not self.low <= self.value <= self.high:
            raise ValueError(f"the slider '{self.label}' starts at {self.value}, outside {self.low} to {self.high}")
        if not 0 < self.step <= self.high - self.low:
            raise ValueError(f"the slider '{self.label}' cannot step by {self.step} from {self.low} to {self.high}")


class Explorer:
    """Sliders above a picture; where widgets do not run, the picture at the starting values."""

    def __init__(self, draw: Callable[..., Drawn], sliders: dict[str, Slider]):
        self.draw = draw
        widest = max((len(name_of(slider)) for slider in sliders.values()), default=0)
        self.bars = {name: bar(slider, widest) for name, slider in sliders.items()}
        self.boxes = {name: box(slider) for name, slider in sliders.items()}
        self.page = widgets.HTML()
        self.kept: OrderedDict[tuple, str] = OrderedDict()
        self.drawing, self.moved = Lock(), Event()
        rows = [widgets.HBox([self.bars[name], self.boxes[name]]) for name in sliders]
        self.widget = widgets.VBox([*rows, self.page])
        for name in sliders:
            widgets.link((self.bars[name], "value"), (self.boxes[name], "value"))
            self.bars[name].observe(self.refresh, "value")
        self.refresh()

    def refresh(self, _: Any = None) -> None:
        """Show the picture of the latest values; a move that comes while one is drawn is seen to by who draws."""
        self.moved.set()
        while self.moved.is_set() and self.drawing.acquire(blocking=False):
            try:
                self.moved.clear()
                self.page.value = self.picture({name: bar.value for name, bar in self.bars.items()})
            finally:
                self.drawing.release()

    def picture(self, values: dict[str, float]) -> str:
        """HTML for these values: kept from the last time, or drawn; a failure becomes a sentence."""
        key = tuple(values.values())
        if key not in self.kept:
            try:
                self.kept[key] = as_html(*self.draw(**values))
            except Exception as error:
                return f'<p role="alert">No picture for these values. {escape(in_a_sentence(error))}</p>'
        self.kept.move_to_end(key)
        if len(self.kept) > KEPT:
            self.kept.popitem(last=False)
        return self.kept[key]

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, Any]:
        live = self.widget._repr_mimebundle_()
        return {**live, "text/html": self.page.value, "text/plain": "Sliders: " + ", ".join(
            bar.description for bar in self.bars.values())}


def explore(draw: Callable[..., Drawn], **sliders: Slider) -> Explorer:
    """Sliders for the arguments of `draw`, which returns a PNG, its words and, if it likes, a caption."""
    return Explorer(draw, sliders)


def name_of(slider: Slider) -> str:
    """The label, and the unit if there is one."""
    return f"{slider.label} ({slider.unit})" if slider.unit else slider.label


def bar(slider: Slider, letters: int) -> widgets.Widget:
    """The slider itself, with its name before it in a column of so many letters."""
    kind = widgets.IntSlider if whole(slider) else widgets.FloatSlider
    return kind(description=name_of(slider), min=slider.low, max=slider.high, step=slider.step, value=slider.value,
                readout=False, style={"description_width": f"{0.6 * letters:.0f}em"},
                layout={"width": f"{0.6 * letters + 20:.0f}em"})


def box(slider: Slider) -> widgets.Widget:
    """The same number to type in."""
    kind = widgets.BoundedIntText if whole(slider) else widgets.BoundedFloatText
    return kind(min=slider.low, max=slider.high, step=slider.step, value=slider.value,
                tooltip=name_of(slider), layout={"width": "6em"})


def whole(slider: Slider) -> bool:
    """Whether the slider moves in whole numbers."""
    return all(isinstance(number, int) for number in (slider.low, slider.high, slider.step, slider.value))


def as_html(png: bytes, alt: str, caption: str = "") -> str:
    """A picture on the page that can also be read aloud; its size stands there, so that the page does not jump."""
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    return (f'<figure><img alt="{escape(alt)}" width="{width}" height="{height}" '
            f'src="data:image/png;base64,{b64encode(png).decode()}"><figcaption>{escape(caption)}</figcaption></figure>')


def in_a_sentence(error: Exception) -> str:
    """The message of a ValueError, which is meant for the reader; of others their kind as well."""
    return str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
