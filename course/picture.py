"""A picture that can also be read: the image, its words, and the numbers it was drawn from."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from textwrap import fill, wrap
from typing import TYPE_CHECKING, NamedTuple

from numpy import format_float_positional, isfinite, ndarray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

BLACK, BLUE, VERMILLION, GREEN, PURPLE = "#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7"
GREY, TEXT, PAPER = "#767676", "#333333", "#FFFFFF"
WIDTH = 7.2         # inches, of 100 points on the page
SHARPNESS = 144     # dots per inch
LABEL = 19          # letters in a line of a label


class Look(NamedTuple):
    """How one series looks: never by colour alone."""

    colour: str
    marker: str
    dashes: str | tuple[int, tuple[int, ...]]
    hatch: str


LOOKS = (Look(BLACK, "o", "-", ""), Look(BLUE, "s", "--", "//"), Look(VERMILLION, "^", "-.", ".."),
         Look(GREEN, "D", ":", "xx"), Look(PURPLE, "v", (0, (8, 2, 1, 2)), "--"))
PATTERNS = dict(zip(("Monolith", "Microservices", "EventDriven", "LambdaArchitecture", "Serverless"), LOOKS))


def looks(names: Iterable[str]) -> dict[str, Look]:
    """A look for each name: a pattern keeps its own through the whole course, the others take what is left."""
    names = list(names)
    left = [look for look in LOOKS if look not in [PATTERNS.get(name) for name in names]] or list(LOOKS)
    others = [name for name in names if name not in PATTERNS]
    return {**{name: left[place % len(left)] for place, name in enumerate(others)},
            **{name: PATTERNS[name] for name in names if name in PATTERNS}}


@dataclass(frozen=True)
class Picture:
    """A figure for the page; `caption` is the finding, `note` what must be known to read it."""

    png: bytes
    alt: str
    caption: str
    table: DataFrame
    note: str = ""

    def _repr_html_(self) -> str:
        numbers = self.table.to_html(index=False, border=0, float_format=number, max_rows=60)
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        return (f"<figure><figcaption><strong>{escape(self.caption)}</strong></figcaption>"
                f"{image(self.png, self.alt)}{note}</figure>"
                f"<details><summary>The numbers in this figure</summary>{numbers}</details>")

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": f"{self.caption}\n{self.alt}\n{self.note}".strip()}


def image(png: bytes, alt: str) -> str:
    """An HTML image that carries its own bytes and its words."""
    width = int.from_bytes(png[16:20], "big") * 100 // SHARPNESS
    return f'<img alt="{escape(alt)}" width="{width}" src="data:image/png;base64,{b64encode(png).decode()}">'


def canvas(height: float = 3.4, left: float = 0.1, right: float = 0.76) -> tuple[Figure, Axes]:
    """A figure of the page's width and its axes, from `left` to `right`; beyond is room for labels."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), dpi=SHARPNESS, facecolor=PAPER)
    axes = figure.add_axes((left, 0.55 / height, right - left, 1 - 0.7 / height))
    plain(axes)
    return figure, axes


def plain(axes: Axes) -> None:
    """Two axis lines, dark text, and nothing that is not data."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GREY)
    axes.tick_params(colors=TEXT, labelsize=9)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set_color(TEXT)
        label.set_fontsize(9.5)


def label_ends(axes: Axes, ends: Mapping[str, tuple[float, Look]]) -> None:
    """Each line's name beside its end, with a piece of the line; names that would touch move apart."""
    low, high = axes.get_ylim()
    places = {name: min(1.0, max(0.0, (y - low) / (high - low))) for name, (y, _) in ends.items() if isfinite(y)}
    for name, place in apart(axes, places).items():
        look = ends[name][1]
        axes.plot([1.015, 1.04, 1.065], [place] * 3, transform=axes.transAxes, clip_on=False, color=look.colour,
                  linestyle=look.dashes, marker=look.marker, markevery=[1], markersize=5, linewidth=1.6)
        write_beside(axes, name, place)


def label_boxes(axes: Axes, boxes: Mapping[str, Look]) -> None:
    """The names of kinds of bars, at the right, each with a piece of the bar."""
    from matplotlib.patches import Rectangle

    places = {name: 1.0 - line_height(axes) * (row + 0.5) for row, name in enumerate(boxes)}
    for name, place in apart(axes, places).items():
        look = boxes[name]
        edge = GREY if look.colour == PAPER else PAPER
        axes.add_patch(Rectangle((1.02, place - 0.5 * line_height(axes)), 0.04, 0.85 * line_height(axes), clip_on=False,
                                 transform=axes.transAxes, facecolor=look.colour, edgecolor=edge, hatch=look.hatch))
        write_beside(axes, name, place)


def write_beside(axes: Axes, name: str, place: float) -> None:
    """A name to the right of the axes at a height between 0 and 1."""
    axes.text(1.075, place, fill(name, LABEL), transform=axes.transAxes, va="center", color=TEXT, fontsize=9)


def line_height(axes: Axes) -> float:
    """The height of a line of text, as a share of the axes."""
    return 13 * SHARPNESS / 72 / axes.get_window_extent().height


def apart(axes: Axes, places: Mapping[str, float]) -> dict[str, float]:
    """The same places between 0 and 1, moved so that no two names touch."""
    names = sorted(places, key=places.__getitem__)
    heights = [line_height(axes) * len(wrap(name, LABEL)) for name in names]
    moved, floor = [], -1.0
    for name, height in zip(names, heights):
        moved.append(max(places[name], floor + height / 2))
        floor = moved[-1] + height / 2
    ceiling = 1.0 + line_height(axes) / 2
    for row in reversed(range(len(names))):
        moved[row] = min(moved[row], ceiling - heights[row] / 2)
        ceiling = moved[row] - heights[row] / 2
    return dict(zip(names, moved))


def encode(figure: Figure) -> bytes:
    """The figure as a small PNG of at most 64 colours."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    agg = FigureCanvasAgg(figure)
    agg.draw()
    drawn = Image.frombuffer("RGBA", agg.get_width_height(), agg.buffer_rgba(), "raw", "RGBA", 0, 1)
    file = io.BytesIO()
    drawn.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(file, "png", optimize=True)
    return file.getvalue()


def number(value: float) -> str:
    """A number as a reader wants it: three figures, or a whole number with thousands."""
    if not isfinite(value):
        return "unknown" if value != value else "unbounded"
    return f"{value:,.0f}" if abs(value) >= 1000 else format_float_positional(value, 3, fractional=False, trim="-")


def percent(share: float) -> str:
    """A share in percent, with two figures behind the point."""
    return f"{100 * share:.2f} %"


def trend(values) -> str:
    """The last third of the values against the first: "rises", "falls", "goes up and down" or "stays level"."""
    third, little = max(1, len(values) // 3), 0.1 * max(abs(value) for value in values)
    first, last = sum(values[:third]) / third, sum(values[-third:]) / third
    if abs(last - first) > little:
        return "rises" if last > first else "falls"
    return "goes up and down" if max(values) - min(values) > little else "stays level"


def in_words(name: str, x: ndarray, values: ndarray) -> str:
    """Ends, extremes and trend of one line."""
    finite = isfinite(values)
    if not finite.any():
        return f"{name}: no finite value."
    x, values = x[finite], values[finite]
    low, high = int(values.argmin()), int(values.argmax())
    return (f"{name}: {trend(values)}, from {number(values[0])} to {number(values[-1])}; "
            f"lowest {number(values[low])} at {number(x[low])}, highest {number(values[high])} at {number(x[high])}.")
