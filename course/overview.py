"""The picture of all five patterns on one load: how long, on the left, and how dear, on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .picture import GREY, LOOKS, PAPER, PATTERNS, SHARPNESS, TEXT, WIDTH, Picture, encode, number, percent, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame


def overview(table: DataFrame, date: str, title: str = "The same requests on all five patterns") -> Picture:
    """The table of `five.side_by_side`; `date` is that of the prices."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, 3.5), dpi=SHARPNESS, facecolor=PAPER)
    draw_times(figure.add_axes((0.2, 0.17, 0.36, 0.8)), table)
    draw_bills(figure.add_axes((0.6, 0.17, 0.34, 0.8)), table)
    note = (f"Points: p50 and, hollow, p95, with 95 % intervals; prices of {date}. Unfinished at the end: at most "
            f"{percent(table['unfinished'].max())}.")
    return Picture(encode(figure), words(table), title, table.reset_index(), note)


def draw_times(axes: Axes, table: DataFrame) -> None:
    """p50 and p95 with their intervals, a row for each design."""
    for place, (name, row) in enumerate(by_name(table)):
        look = PATTERNS.get(name, LOOKS[0])
        for measure, fill in (("p50", look.colour), ("p95", PAPER)):
            axes.plot([row[f"{measure} low"], row[f"{measure} high"]], [place] * 2, color=look.colour, linewidth=2)
            axes.plot(row[measure], place, look.marker, color=look.colour, markerfacecolor=fill, markersize=7)
    plain(axes)
    axes.set(xlabel="response time (s)", xlim=(0, None), ylim=(len(table) - 0.5, -0.5), yticks=range(len(table)),
             yticklabels=[spaced(name) for name in table.index])


def draw_bills(axes: Axes, table: DataFrame) -> None:
    """The bill of a million requests, item after item; their names stand below, in the same order."""
    for place, (name, row) in enumerate(by_name(table)):
        left, colour = 0.0, PATTERNS.get(name, LOOKS[0]).colour
        for usd, shade in zip(items(row).values(), (1.0, 0.7, 0.45, 0.25)):
            axes.barh(place, usd, 0.4, left, facecolor=colour, alpha=shade, edgecolor=PAPER)
            left += usd
        axes.annotate(number(left), (left, place), xytext=(4, 0), textcoords="offset points", va="center", color=TEXT,
                      fontsize=9)
        axes.text(0.01, place + 0.4, ", ".join(items(row)), transform=axes.get_yaxis_transform(), va="center",
                  color=TEXT, fontsize=7.5)
    plain(axes)
    axes.spines["left"].set_color(GREY)
    axes.set(xlabel="USD for a million requests", ylim=(len(table) - 0.5, -0.5), yticks=[],
             xlim=(0, 1.2 * table["USD a million"].max()))


def by_name(table: DataFrame) -> list[tuple[str, Any]]:
    """The rows, each with its name."""
    return [(str(name), row) for name, row in table.iterrows()]


def items(row) -> dict[str, float]:
    """What the bill of a row is made of, the largest item first."""
    found = {name.removeprefix("of which "): usd for name, usd in row.items()
             if name.startswith("of which ") and not np.isnan(usd)}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def words(table: DataFrame) -> str:
    """What the picture shows."""
    return "Points and bars, a row for each design. " + " ".join(
        f"{spaced(name)}: p50 {number(row['p50'])} s, p95 {number(row['p95'])} s, {number(row['USD a million'])} USD a "
        f"million requests, of which {', '.join(f'{item} {number(usd)}' for item, usd in items(row).items())}."
        for name, row in by_name(table))


def spaced(name: str) -> str:
    """`EventDriven` as a reader writes it: Event driven."""
    letters = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
    return letters[:1].upper() + letters[1:]
