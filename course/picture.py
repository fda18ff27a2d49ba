"""A picture that can also be read: the image, its words, and the numbers it was drawn from."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

BLACK, BLUE, VERMILLION, GREEN, PURPLE = "#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7"
GREY, TEXT, PAPER = "#767676", "#333333", "#FFFFFF"
WIDTH = 7.2         # inches, of 100 points on the page
SHARPNESS = 144     # dots per inch


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
        return (f"<figure><figcaption><strong>{escape(self.caption)}</strong></figcaption>{image(self.png, self.alt)}"
                f"<figcaption>{escape(self.note)}</figcaption></figure>"
                f"<details><summary>The numbers in this figure</summary>{numbers}</details>")

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": f"{self.caption}\n{self.alt}\n{self.note}".strip()}


def image(png: bytes, alt: str) -> str:
    """An HTML image that carries its own bytes and its words."""
    width = int.from_bytes(png[16:20], "big") * 100 // SHARPNESS
    return f'<img alt="{escape(alt)}" width="{width}" src="data:image/png;base64,{b64encode(png).decode()}">'


def canvas(height: float = 3.4, right: float = 0.8) -> tuple[Figure, Axes]:
    """A figure of the page's width and its axes, with room for labels from `right` on."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), dpi=SHARPNESS, facecolor=PAPER)
    axes = figure.add_axes((0.1, 0.55 / height, right - 0.1, 1 - 0.7 / height))
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
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def trend(values) -> str:
    """One of "rises", "falls" and "stays level": the last third of the values against the first."""
    third = max(1, len(values) // 3)
    first, last = sum(values[:third]) / third, sum(values[-third:]) / third
    if abs(last - first) <= 0.1 * max(abs(value) for value in values):
        return "stays level"
    return "rises" if last > first else "falls"
