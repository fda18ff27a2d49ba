"""The choice map as a figure: a place for each request rate and burstiness, with the name of the cheapest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby, product
from typing import TYPE_CHECKING

from ..picture import PAPER, PATTERNS, TEXT, Picture, canvas, encode, number
from ..prices import Prices
from .choice_map import NOBODY, NOT_THERE, UNDECIDED, Cell

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

NAMES = {"EventDriven": "Event-driven", "LambdaArchitecture": "Lambda"}     # where a place is narrow


def drawn(cells: Sequence[Cell], operations: float) -> Picture:
    """The figure of one sheet."""
    rates, peaks = edges(cells)
    figure, axes = canvas(height=0.9 + 0.46 * len(rates), right=0.98)
    for cell in cells:
        draw_place(axes, cell, operations, peaks.index(cell.burstiness), rates.index(cell.rate))
    for rate, peak in {*product(rates, peaks)} - {(cell.rate, cell.burstiness) for cell in cells}:
        axes.text(peaks.index(peak), rates.index(rate), NOT_THERE, ha="center", va="center", color=TEXT, fontsize=8)
    axes.set(xlabel="peak over mean", ylabel="requests a second, on average", xlim=(-0.5, len(peaks) - 0.5),
             ylim=(-0.5, len(rates) - 0.5), xticks=range(len(peaks)), xticklabels=[f"{peak:g}" for peak in peaks],
             yticks=range(len(rates)), yticklabels=[f"{rate:g}" for rate in rates])
    return Picture(encode(figure), words(cells, operations), finding(cells, operations), table(cells, operations),
                   note(cells, operations))


def edges(cells: Iterable[Cell]) -> tuple[list[float], list[float]]:
    """The rates and the burstinesses of a sheet."""
    return sorted({cell.rate for cell in cells}), sorted({cell.burstiness for cell in cells})


def draw_place(axes: Axes, cell: Cell, operations: float, x: int, y: int) -> None:
    """The colour and the marker of the cheapest, of two where nobody can tell, and how far it is ahead."""
    from matplotlib.patches import Rectangle

    first_two = cell.ranked(operations)[:2 if cell.answer(operations) == UNDECIDED else 1]
    decided = len(first_two) == 1
    colour = PATTERNS[first_two[0].pattern].colour if decided else PAPER
    axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=colour, alpha=0.25, linewidth=0))
    for place, row in enumerate(first_two):
        look, part = PATTERNS[row.pattern], 1 / len(first_two)
        axes.add_patch(Rectangle((x - 0.5, y - 0.5 + part * place), 0.06, part, facecolor=look.colour, linewidth=0))
        axes.plot(x - 0.37 + 0.12 * place, y, marker=look.marker, color=look.colour, markersize=6,
                  markerfacecolor=PAPER if cell.close(operations) else look.colour)
    axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, fill=False, edgecolor=PAPER, linewidth=2))
    axes.text(x + (0.08 if decided else 0.14), y, label(cell, operations), ha="center", va="center", color=TEXT,
              fontsize=8)


def label(cell: Cell, operations: float) -> str:
    """The name in the place, and below it how far ahead."""
    answer, more = cell.answer(operations), cell.difference(operations)
    return NAMES.get(answer, answer) + (f"\nby {more.mean:,.0f} USD" if more and answer != UNDECIDED else "")


def finding(cells: Sequence[Cell], operations: float) -> str:
    """The title: who is cheapest in how many places."""
    counts = Counter(cell.answer(operations) for cell in cells)
    named = [f"{NAMES.get(name, name)} is cheapest in {count}" for name, count in counts.most_common()
             if name not in (NOBODY, UNDECIDED)]
    open_ones = [f"{what} in {counts[name]}" for name, what in
                 ((UNDECIDED, "nobody can tell"), (NOBODY, "none passes")) if counts[name]]
    return (f"Of {len(cells)} places with a promise of {cells[0].promise:g} s and operations of {number(operations)} "
            f"USD a unit, {', '.join([*named, *open_ones])}")


def words(cells: Sequence[Cell], operations: float) -> str:
    """What the figure shows, row by row."""
    rates, peaks = edges(cells)
    rows = ((rate, sorted((cell for cell in cells if cell.rate == rate), key=lambda cell: cell.burstiness))
            for rate in rates)
    return (f"A map of {len(cells)} places, a row for each request rate, for peaks of {peaks[0]:g} to {peaks[-1]:g} "
            "times the mean. " + " ".join(f"At {rate:g} requests a second: {stretches(row, operations)}."
                                          for rate, row in rows))


def stretches(row: Iterable[Cell], operations: float) -> str:
    """Neighbours with the same answer, from peak to peak, and how far ahead it is."""
    told = []
    for answer, group in groupby(row, lambda cell: cell.answer(operations)):
        found = list(group)
        more = [one.mean for one in (cell.difference(operations) for cell in found) if one]
        ahead = f", by {span(more)} USD" if more and answer != UNDECIDED else ""
        told.append(f"{NAMES.get(answer, answer)} at {span([cell.burstiness for cell in found])}{ahead}")
    return "; ".join(told)


def span(values: Iterable[float]) -> str:
    """From the least to the most, or the one that there is."""
    values = list(values)
    return " to ".join(dict.fromkeys(number(end) for end in (min(values), max(values))))


def table(cells: Sequence[Cell], operations: float) -> DataFrame:
    """A row for each place: the answer, the first and the second, and the paired difference with its ends."""
    from pandas import DataFrame

    return DataFrame([row(cell, operations) for cell in cells])


def row(cell: Cell, operations: float) -> dict[str, object]:
    """The row of a place."""
    first, second = ([one.pattern for one in cell.ranked(operations)] + ["", ""])[:2]
    more = cell.difference(operations)
    mean, low, high = (round(end, 2) for end in more[:3]) if more else ("", "", "")
    return {"requests a second": cell.rate, "peak over mean": cell.burstiness, "answer": cell.answer(operations),
            "first": first, "second": second, "second costs more (USD a month)": mean, "low": low, "high": high}


def note(cells: Sequence[Cell], operations: float) -> str:
    """What must be known to read it."""
    prices, hollow = Prices.read(), sum(cell.close(operations) for cell in cells)
    traces = max(len(row.bills) for cell in cells for row in cell.rows)
    return (f"Each pattern tuned with the same budget on {traces} traces; USD: what the second costs more a month. "
            f"Hollow, in {hollow} places: less than a machine ({prices.server_month:.0f} USD) ahead. Undecided: the "
            f"95 % interval of the paired difference holds zero. Prices of {prices.date}.")


