"""Figures from runs and tables: each says its finding, draws it, describes it in words, and keeps its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from .picture import (
    BLUE,
    GREY,
    LOOKS,
    PAPER,
    TEXT,
    VERMILLION,
    Look,
    Picture,
    canvas,
    encode,
    looks,
    number,
    trend,
)
from .run import Interval, Run

if TYPE_CHECKING:
    from pandas import DataFrame

P50, P95 = Look(BLUE, "o", "-", ""), Look(VERMILLION, "^", "--", "")


def response_histogram(run: Run, title: str = "") -> Picture:
    """How many requests took how long, with the 50th and 95th percentile."""
    times = run.response_times
    if not len(times):
        raise ValueError("no request of this run was completed, so there are no response times to draw")
    p50, p95 = run.percentile(50), run.percentile(95)
    title = title or f"Half of the requests take at most {number(p50)} s, one in twenty more than {number(p95)} s"
    picture = histogram(times, {"p50": p50, "p95": p95}, title, "response time (s)", "requests")
    return Picture(picture.png, f"{picture.alt} {unfinished(run)}.", title, picture.table, unfinished(run))


def histogram(values: Sequence[float], marks: Mapping[str, float], title: str, x_label: str, y_label: str) -> Picture:
    """How often each range of `values` occurs; `marks` are named places on the x axis."""
    from pandas import DataFrame

    values = np.asarray(values, float)
    edges = nice_edges(values)
    counts, _ = np.histogram(values, edges)
    figure, axes = canvas(right=0.95)
    axes.stairs(counts, edges, fill=True, color=GREY)
    top = counts.max() * 1.25
    for place, (name, at) in enumerate(marks.items()):
        look = (P50, P95, *LOOKS)[place]
        axes.plot([at, at], [0, top * (0.97 - 0.09 * place)], color=look.colour, linestyle=look.dashes, linewidth=2)
        axes.annotate(f"{name} {number(at)}", (at, top * (0.97 - 0.09 * place)), xytext=(5, 0), color=TEXT, fontsize=9.5,
                      textcoords="offset points", va="top", bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1})
    axes.set(xlim=(edges[0], max(edges[-1], *marks.values()) if marks else edges[-1]), ylim=(0, top), xlabel=x_label,
             ylabel=y_label)
    tallest = int(counts.argmax())
    words = "".join(f" {name} is {number(at)}." for name, at in marks.items())
    alt = (f"Histogram of {len(values):,} values of {x_label}, from {number(values.min())} to {number(values.max())}."
           f"{words} The tallest bar holds {counts[tallest]:,}, between {number(edges[tallest])} and "
           f"{number(edges[tallest + 1])}; the bars on its {longer_side(counts)} reach further.")
    table = DataFrame({f"{x_label} from": edges[:-1], "to": edges[1:], y_label: counts})
    return Picture(encode(figure), alt, title, table)


def levels_over_time(run: Run, pool: str, title: str = "") -> Picture:
    """How many requests wait and are served in a pool as time goes by, and how many servers there are."""
    from pandas import DataFrame

    levels = run.levels(pool)
    parts = {"waiting": (levels.waiting, LOOKS[2]), "in service": (levels.in_service, LOOKS[1]),
             "servers": (levels.capacity, Look(GREY, "", ":", ""))}
    figure, axes = canvas()
    for values, look in parts.values():
        axes.step(np.append(levels.time, run.end), np.append(values, values[-1]), where="post", color=look.colour,
                  linestyle="-" if look.marker else ":", linewidth=1.4)
    axes.set(xlim=(0, run.end), ylim=(0, 1.08 * max(1, *(values.max() for values, _ in parts.values()))),
             xlabel="time (s)", ylabel="requests")
    label_ends(axes, {name: (values[-1], look) for name, (values, look) in parts.items()})
    peak = int(levels.waiting.argmax())
    title = title or f"At most {levels.waiting[peak]:,} requests wait at once, at {number(levels.time[peak])} s"
    moments = np.linspace(0, run.end, 21)
    rows = np.searchsorted(levels.time, moments, side="right") - 1
    table = DataFrame({"time (s)": moments, **{name: np.where(rows < 0, 0, values[rows])
                                               for name, (values, _) in parts.items()}})
    alt = (f"Step lines over {number(run.end)} s for the pool {pool}. " + " ".join(
        f"{name.capitalize()} {trend(table[name].tolist())}, at most {values.max():,}, {values[-1]:,} at the end."
        for name, (values, _) in parts.items()))
    return Picture(encode(figure), f"{alt} {unfinished(run)}.", title, table, unfinished(run))


def response_against_load(table: DataFrame, title: str = "",
                          formulas: Mapping[str, Sequence[float]] | None = None) -> Picture:
    """p50 and p95 with their intervals over a sweep: a table of `tables.summary` with numbers as its index.

    `formulas` holds named lines of theory, a value in seconds for each row.
    """
    x, formulas = np.asarray(table.index, float), formulas or {}
    parts = {**{name: (table[f"{name} (s)"].to_numpy(), look) for name, look in (("p50", P50), ("p95", P95))},
             **{name: (np.asarray(values, float), Look(GREY, "", dashes, ""))
                for (name, values), dashes in zip(formulas.items(), (":", "-."))}}
    figure, axes = canvas()
    for name in ("p50", "p95"):
        axes.fill_between(x, table[f"{name} low (s)"], table[f"{name} high (s)"].replace(np.inf, np.nan),
                          color=parts[name][1].colour, alpha=0.2, linewidth=0)
    for values, look in parts.values():
        axes.plot(x, values, color=look.colour, marker=look.marker, linestyle=look.dashes, markersize=5, linewidth=1.6)
    highest = max(table["p95 (s)"].max(), *(np.max(values[np.isfinite(values)]) for values, _ in parts.values()))
    axes.set(ylim=(0, 1.1 * highest), xlabel=table.index.name, ylabel="response time (s)")
    label_ends(axes, {name: (values[-1], look) for name, (values, look) in parts.items()})
    p95 = parts["p95"][0]
    title = title or f"From {number(x[0])} to {number(x[-1])} {unit_of(table.index.name)} the p95 grows {number(p95[-1] / p95[0])}-fold"
    alt = describe(x, {name: values for name, (values, _) in parts.items()}, table.index.name, "response time (s)")
    note = f"Unfinished: {table['unfinished'].max():.2%} of the requests at most. Bands: 95 % intervals, {table['runs'].min()} runs each."
    return Picture(encode(figure), f"{alt} {note}", title, table.reset_index(), note)
