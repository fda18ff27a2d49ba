"""The picture behind the sliders: one figure that is kept, in which only what has changed is drawn again."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .picture import BLACK, BLUE, GREY, PAPER, TEXT, VERMILLION, number, percent, plain, trend
from .run import Run

if TYPE_CHECKING:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

NICE = (1, 1.5, 2, 3, 5, 7.5, 10)
BINS, MOMENTS = 40, 240
KEPT = 40               # halves of pictures, of 0.4 megabytes each
LEGEND: dict[str, Any] = {"frameon": False, "fontsize": 9, "labelcolor": TEXT}
BUSY = 0.85             # above this share a little more load means much more waiting
MONTH = 730 * 3600      # seconds


class Panels:
    """One figure with two panels; artists that move are drawn anew, all else is kept."""

    def __init__(self, left: tuple[str, str], right: tuple[str, str]) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7.6, 2.7), dpi=100, facecolor=PAPER)
        self.canvas = FigureCanvasAgg(figure)
        self.left, self.right = Panel(figure, 0.0, *left), Panel(figure, 0.5, *right)
        self.moving: list[Any] = []

    def animate(self, *artists: Any) -> None:
        """Draw these anew in every picture."""
        for artist in artists:
            artist.set_animated(True)
        self.moving += artists

    def png(self) -> bytes:
        """What stands still, with the moving artists on it."""
        from PIL import Image

        for region in [panel.still(self.canvas) for panel in (self.left, self.right)]:
            self.canvas.restore_region(region)
        for artist in self.moving:
            artist.draw(self.canvas.get_renderer())
        file = io.BytesIO()
        drawn = Image.frombuffer("RGBA", self.canvas.get_width_height(), self.canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
        few = drawn.convert("RGB").quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(file, "png", compress_level=1)
        return file.getvalue()


class LiveFigure:
    """Response times and requests in the system of a run; it keeps its axes from run to run."""

    def __init__(self) -> None:
        self.panels = Panels(("response time (s), slowest 0.5 % left out", "requests"),
                             ("time (s)", "requests in the system"))
        times, inside = self.panels.left.axes, self.panels.right.axes
        self.bars = times.stairs([0], [0, 1], fill=True, color=GREY)
        self.p50, = times.plot([], [], color=BLUE, linewidth=2, label="p50")
        self.p95, = times.plot([], [], color=VERMILLION, linestyle="--", linewidth=2, label="p95")
        self.line, = inside.plot([], [], color=BLACK, linewidth=1.2)
        times.legend(handles=[self.p50, self.p95], loc="upper right", **LEGEND)
        self.panels.animate(self.bars, self.p50, self.p95, self.line)

    def draw(self, run: Run, bill: Mapping[str, float]) -> tuple[bytes, str, str]:
        """A PNG of the run, what it shows in words, and the figures of the run as a caption.

        `bill` holds the US dollars of the run by item.
        """
        times = run.response_times if len(run.response_times) else np.zeros(1)
        p50, p95, most = np.percentile(times, [50, 95, 99.5])
        edges = np.linspace(0, snapped(most), BINS + 1)
        counts, _ = np.histogram(times, edges)
        moments, inside = in_system(run)
        self.panels.left.limit(edges[-1], snapped(1.05 * counts.max()))
        self.panels.right.limit(snapped(run.end), snapped(1.05 * inside.max()))
        self.bars.set_data(counts, edges)
        self.p50.set_data([p50, p50], [0, self.panels.left.limits[1]])
        self.p95.set_data([p95, p95], [0, self.panels.left.limits[1]])
        self.line.set_data(moments, inside)
        alt = (f"Histogram of {len(run.response_times):,} response times, p50 {number(p50)} s and p95 {number(p95)} s, "
               f"and the requests in the system over {number(run.end)} s: {trend(inside)}, at most {inside.max():,}.")
        return self.panels.png(), alt, caption(run, bill, p50, p95, inside)


class Panel:
    """Axes in one half of a figure; what stands still in them is drawn once for each pair of limits."""

    def __init__(self, figure: Figure, left: float, x_label: str, y_label: str) -> None:
        from matplotlib.ticker import MaxNLocator
        from matplotlib.transforms import Bbox, TransformedBbox

        self.axes = figure.add_axes((left + 0.085, 0.18, 0.385, 0.77))
        self.half = TransformedBbox(Bbox.from_bounds(left, 0, 0.5, 1), figure.transFigure)
        self.limits = (1.0, 1.0)
        self.kept: dict[tuple[float, float], Any] = {}
        plain(self.axes)
        self.axes.set(xlabel=x_label, ylabel=y_label)
        self.axes.xaxis.set_label_coords(0.5, -0.13)
        self.axes.yaxis.set_label_coords(-0.16, 0.5)
        for axis in (self.axes.xaxis, self.axes.yaxis):
            axis.set_major_locator(MaxNLocator(4))

    def limit(self, right: float, top: float) -> None:
        """Show x from 0 to `right` and y from 0 to `top`."""
        self.limits = (right, top)
        self.axes.set(xlim=(0, right), ylim=(0, top))

    def still(self, canvas: FigureCanvasAgg) -> Any:
        """The pixels of this half without its moving artists, as kept or drawn; the canvas is overwritten."""
        if self.limits not in self.kept:
            if len(self.kept) == KEPT:
                self.kept.clear()
            self.axes.figure.patch.draw(canvas.get_renderer())
            self.axes.draw(canvas.get_renderer())
            self.kept[self.limits] = canvas.copy_from_bbox(self.half)
        return self.kept[self.limits]


def snapped(value: float) -> float:
    """The next of 1, 1.5, 2, 3, 5, 7.5 times a power of ten, so that neighbouring runs share their axes."""
    scale = 10 ** np.floor(np.log10(max(value, 1e-6)))
    return float(scale * next(nice for nice in NICE if nice * scale >= value * 0.999999))


def in_system(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Moments of the run, and how many requests have arrived and not left by then."""
    moments = np.linspace(run.start, run.end, MOMENTS)
    left = np.sort(run.departure_times)         # not a number sorts last
    return moments, (np.searchsorted(run.arrival_times, moments, side="right")
                     - np.searchsorted(left, moments, side="right"))


def caption(run: Run, bill: Mapping[str, float], p50: float, p95: float, inside: np.ndarray) -> str:
    """How slow, busy, complete and dear the run was, after what must not be overlooked."""
    facts = (f"p50 {number(p50)} s", f"p95 {number(p95)} s", f"busy {100 * busiest(run):.0f} %",
             f"unfinished {percent(run.share('unfinished'))}",
             *([f"turned away {percent(run.refused)}"] if run.refused else []),
             f"{number(sum(bill.values()) / run.end * MONTH)} USD a month")
    return f"{warning(run, inside)} {', '.join(facts)}.".strip()


def busiest(run: Run) -> float:
    """The utilisation of the busiest pool."""
    return max((run.utilisation(pool) for pool in run.jobs), default=0.0)


def warning(run: Run, inside: np.ndarray) -> str:
    """A sentence about overload, or about load that is near it; empty when all is calm."""
    third = len(inside) // 3
    if run.share("unfinished") > 0.02 and inside[-third:].mean() > 1.3 * inside[third:-third].mean():
        return (f"WARNING: overload. The queue still grows when the run stops at {number(run.end)} s: "
                "no percentile is final.")
    if busiest(run) > BUSY:
        return f"WARNING: above {100 * BUSY:.0f} % load a little more load means much more waiting."
    return ""
