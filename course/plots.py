"""Figures from runs and tables: each says its finding, draws it, describes it in words, and keeps its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, nan
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
    in_words,
    label_boxes,
    label_ends,
    looks,
    number,
    percent,
    trend,
)
from .run import Interval, Levels, Run

if TYPE_CHECKING:
    from pandas import DataFrame

P50, P95 = Look(BLUE, "o", "-", ""), Look(VERMILLION, "^", "--", "")
LEVELS, SLOTS = ("waiting", "in service", "servers"), 60
DOTTED, DASHED = Look(GREY, "", ":", ""), Look(GREY, "", (0, (6, 3)), "")


def response_histogram(run: Run, title: str = "") -> Picture:
    """How many requests took how long, with the 50th and 95th percentile."""
    if not len(run.response_times):
        raise ValueError("no request of this run was completed, so there are no response times to draw")
    p50, p95 = run.percentile(50), run.percentile(95)
    title = title or f"Half of the requests take at most {number(p50)} s, one in twenty more than {number(p95)} s"
    picture = histogram(run.response_times, {"p50": p50, "p95": p95}, title, "response time (s)", "requests")
    return Picture(picture.png, f"{picture.alt} {unfinished(run)}", title, picture.table, unfinished(run))


def histogram(values: Sequence[float] | np.ndarray, marks: Mapping[str, float], title: str, x_label: str,
              y_label: str) -> Picture:
    """How often each range of `values` occurs; `marks` are named places on the x axis."""
    from pandas import DataFrame

    values = np.asarray(values, float)
    edges = round_edges(values)
    counts, _ = np.histogram(values, edges)
    figure, axes = canvas(right=0.96)
    axes.stairs(counts, edges, fill=True, color=GREY)
    axes.locator_params(axis="y", integer=True)
    height = 1.2 * counts.max()
    axes.set(xlim=(min(edges[0], *marks.values(), inf), max(edges[-1], *marks.values(), -inf)), ylim=(0, height),
             xlabel=x_label, ylabel=y_label)
    for place, (name, at) in enumerate(marks.items()):
        look, top = (P50, P95, *LOOKS)[place], height * (0.98 - 0.09 * place)
        axes.plot([at, at], [0, top], color=look.colour, linestyle=look.dashes, linewidth=2)
        axes.annotate(f"{name} {number(at)}", (at, top), xytext=(5, 0), textcoords="offset points", va="top",
                      color=TEXT, fontsize=9.5, bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1})
    tallest = int(counts.argmax())
    words = "".join(f" {name} is {number(at)}." for name, at in marks.items())
    alt = (f"Histogram of {len(values):,} values of {x_label}, from {number(values.min())} to {number(values.max())}."
           f"{words} The tallest bar holds {counts[tallest]:,}, from {number(edges[tallest])} to "
           f"{number(edges[tallest + 1])}; the long tail is on the {long_tail(values)}.")
    table = DataFrame({f"from {x_label}": edges[:-1], "to": edges[1:], y_label: counts})
    return Picture(encode(figure), alt, title, table)


def levels_over_time(run: Run, pool: str, title: str = "") -> Picture:
    """How many requests wait and are served in a pool as time goes by, and how many servers there are.

    Of a long run, lines are means over sixtieths of it, and the shade reaches to the most that waited.
    """
    from pandas import DataFrame

    levels = since(run.levels(pool), run.start)
    edges, means, most = (by_change if len(levels.time) <= SLOTS * 5 else by_slot)(levels, run.end)
    styles = dict(zip(means, (Look(VERMILLION, "", "-", ""), Look(BLUE, "", "-", ""), DOTTED)))
    figure, axes = canvas()
    axes.stairs(most, edges, baseline=means["waiting"], fill=True, color=VERMILLION, alpha=0.25, linewidth=0)
    for name, values in means.items():
        look = styles[name]
        axes.stairs(values, edges, baseline=None, color=look.colour, linestyle=look.dashes, linewidth=1.5)
    axes.set(xlim=(run.start, run.end), ylim=(0, 1.08 * max(most.max(), *(values.max() for values in means.values()))),
             xlabel="time (s)", ylabel="requests")
    label_ends(axes, {name: (values[-1], styles[name]) for name, values in means.items()})
    peak = int(levels.waiting.argmax())
    title = title or f"At most {levels.waiting[peak]:,} requests wait at once, at {number(levels.time[peak])} s"
    alt = (f"Step lines of the pool {pool} from {number(run.start)} to {number(run.end)} s. "
           f"At most {levels.waiting[peak]:,} wait. ") + " ".join(
        f"{name.capitalize()}: {trend(values)}, from {number(values[0])} to {number(values[-1])}."
        for name, values in means.items())
    note = unfinished(run) if most is means["waiting"] else (
        f"Lines: means over {number(edges[1] - edges[0])} s; shade: up to the most that waited. {unfinished(run)}")
    return Picture(encode(figure), f"{alt} {note}", title,
                   DataFrame({"from time (s)": edges[:-1], **means, "most waiting": most}), note)


def since(levels: Levels, start: float) -> Levels:
    """The levels from a time on; the first is the one in force then."""
    first = max(0, int(np.searchsorted(levels.time, start, side="right")) - 1)
    return Levels(np.maximum(levels.time[first:], start), *(values[first:] for values in levels[1:]))


def by_change(levels: Levels, end: float) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """Edges in time and the levels between them, as recorded, and the most that waited."""
    return np.append(levels.time, end), dict(zip(LEVELS, levels[1:])), levels.waiting


def by_slot(levels: Levels, end: float) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]:
    """Edges in time and the time averages between them, and the most that waited."""
    edges = np.linspace(levels.time[0], end, SLOTS + 1)
    times = np.append(levels.time, end)
    areas = [np.append(0, np.cumsum(values * np.diff(times))) for values in levels[1:]]
    means = {name: np.diff(np.interp(edges, times, area)) / np.diff(edges) for name, area in zip(LEVELS, areas)}
    first = np.searchsorted(levels.time, edges[:-1], side="right") - 1      # the level in force when the slot begins
    return edges, means, np.maximum.reduceat(levels.waiting, first)


def response_against_load(table: DataFrame, title: str = "",
                          formulas: Mapping[str, Sequence[float]] | None = None) -> Picture:
    """p50 and p95 with their intervals over a sweep: a table of `tables.summary` with numbers as its index.

    `formulas` holds named lines of theory, a value in seconds for each row.
    """
    series = {"p50": table["p50 (s)"], "p95": table["p95 (s)"], **(formulas or {})}
    styles = dict(zip(series, (P50, P95, DASHED, DOTTED)))
    bands = {name: (table[f"{name} low (s)"], table[f"{name} high (s)"]) for name in ("p50", "p95")}
    first, last = table["p95 (s)"].iloc[0], table["p95 (s)"].iloc[-1]
    title = title or f"The p95 goes from {number(first)} s to {number(last)} s along this sweep"
    picture = draw_lines(table.index, series, styles, title, str(table.index.name), "response time (s)", bands)
    note = (f"At most {percent(table['unfinished'].max())} of the requests unfinished. "
            f"Bands: 95 % intervals, {table['runs'].min()} runs.")
    return Picture(picture.png, f"{picture.alt} {note}", title, table.reset_index().assign(**(formulas or {})), note)


def lines(x: Sequence[float] | np.ndarray, series: Mapping[str, Sequence[float] | np.ndarray], title: str, x_label: str,
          y_label: str, bands: Mapping[str, tuple] | None = None) -> Picture:
    """A line for each named series; `bands` gives lows and highs around some of them."""
    return draw_lines(x, series, looks(series), title, x_label, y_label, bands or {})


def draw_lines(x, series, styles, title, x_label, y_label, bands) -> Picture:
    """`lines` with given looks."""
    from pandas import DataFrame

    x, series = np.asarray(x, float), {name: np.asarray(values, float) for name, values in series.items()}
    for name, values in series.items():
        if len(values) != len(x):
            raise ValueError(f"the line '{name}' has {len(values)} values for {len(x)} places on the x axis")
    figure, axes = canvas()
    for name, (lows, highs) in bands.items():
        axes.fill_between(x, lows, np.where(np.isfinite(highs), highs, series[name]), color=styles[name].colour,
                          alpha=0.2, linewidth=0)
    for name, values in series.items():
        look = styles[name]
        axes.plot(x, values, color=look.colour, marker=look.marker, markevery=max(1, len(x) // 12), markersize=5,
                  linestyle=look.dashes, linewidth=1.6)
    axes.set(xlabel=x_label, ylabel=y_label)
    if not any((values < 0).any() for values in series.values()):
        axes.set_ylim(bottom=0)
    label_ends(axes, {name: (last_finite(values), styles[name]) for name, values in series.items()})
    alt = f"Lines over {x_label} from {number(x[0])} to {number(x[-1])}; {y_label}. " + " ".join(
        in_words(name, x, values) for name, values in series.items())
    return Picture(encode(figure), alt, title, DataFrame({x_label: x, **series}))


def waterfall(run: Run, request_ids: Sequence[int], title: str = "") -> Picture:
    """The journeys of a few requests: where each waited, and where it was served."""
    from pandas import DataFrame

    spans = run.spans[run.spans.request.isin(request_ids)]
    for request in request_ids:
        if request not in set(spans.request):
            raise ValueError(f"this run has no job of request {request}; its requests are 0 to {len(run.outcomes) - 1}")
    spans = spans.assign(started=spans.started.fillna(spans.finished).fillna(run.end),
                         finished=spans.finished.fillna(run.end))
    wait, serve = spans.started - spans.arrived, spans.finished - spans.started
    styles = dict(zip(dict.fromkeys(spans.pool), (*LOOKS[1:], LOOKS[0])))
    rows = [list(request_ids).index(request) for request in spans.request]
    figure, axes = canvas(height=1.2 + 0.34 * len(request_ids), left=0.15)
    axes.barh(rows, wait, 0.5, spans.arrived, facecolor=PAPER, edgecolor=GREY, hatch="////", linewidth=1)
    for name, look in styles.items():
        here = np.array(spans.pool == name)
        axes.barh(np.array(rows)[here], serve[here], 0.5, spans.started[here], facecolor=look.colour, edgecolor=PAPER,
                  hatch=look.hatch, linewidth=0.5)
    axes.set(xlabel="time (s)", yticks=range(len(request_ids)), yticklabels=[f"request {id}" for id in request_ids])
    axes.set_xlim(left=max(0, spans.arrived.min() - 0.02 * np.ptp([spans.arrived.min(), spans.finished.max()])))
    axes.invert_yaxis()
    label_boxes(axes, {"waiting": Look(PAPER, "", "-", "////"), **styles})
    longest = int(np.argmax(wait))
    title = title or (f"Request {spans.request.iloc[longest]} waits longest, {number(wait.iloc[longest])} s before "
                      f"{number(serve.iloc[longest])} s of service")
    table = DataFrame({"request": spans.request, "pool": spans.pool, "arrives (s)": spans.arrived, "waits (s)": wait,
                       "is served (s)": serve, "leaves (s)": spans.finished})
    alt = "Bars over time, a row for each request. " + ". ".join(
        f"Request {request} comes to {pool} at {number(came)} s, waits {number(waited)} s, is served {number(served)} s"
        for request, pool, came, waited, served, _ in table.itertuples(index=False)) + "."
    return Picture(encode(figure), alt, title, table, unfinished(run))


def bill_bars(bills: Mapping[str, Mapping[str, float]], prices: Any, title: str = "", unit: str = "USD") -> Picture:
    """What each design costs, by line item; `prices` gives the date that stands below."""
    from pandas import DataFrame

    items = list(dict.fromkeys(item for bill in bills.values() for item in bill))
    table = DataFrame([[name, *(bill.get(item, 0.0) for item in items), sum(bill.values())]
                       for name, bill in bills.items()], columns=["design", *items, "total"])
    figure, axes = canvas(height=1.2 + 0.42 * len(bills), left=0.22, right=0.8)
    styles = dict(zip(items, (*LOOKS[1:], LOOKS[0])))
    left = np.zeros(len(table))
    for item, look in styles.items():
        axes.barh(table["design"], table[item], 0.55, left, facecolor=look.colour, edgecolor=PAPER, hatch=look.hatch)
        left = left + table[item].to_numpy()
    for row, total in enumerate(table["total"]):
        axes.annotate(number(total), (total, row), xytext=(5, 0), textcoords="offset points", va="center", color=TEXT,
                      fontsize=9.5)
    axes.set(xlabel=f"cost ({unit})", xlim=(0, 1.15 * table["total"].max() or 1), yticks=range(len(table)),
             yticklabels=[fill(name, 20) for name in table["design"]])
    axes.invert_yaxis()
    label_boxes(axes, styles)
    usd, cheapest = min(zip(table["total"], table["design"]))
    title = title or f"{cheapest} costs least: {number(usd)} {unit}"
    alt = f"Bars of cost in {unit}. " + " ".join(
        f"{name}: {number(sum(bill.values()))}, of which " + ", ".join(
            f"{item} {number(usd)}" for item, usd in bill.items()) + "." for name, bill in bills.items())
    return Picture(encode(figure), alt, title, table, f"Prices of {prices.date}, {prices.source}.")


def paired_differences(arms: Mapping[str, Interval], title: str, x_label: str) -> Picture:
    """The difference in each arm of an experiment with its 95 % interval, against zero."""
    from pandas import DataFrame

    names = [fill(name, 24) for name in arms]
    tall = 0.25 + 0.15 * max(2, *(name.count("\n") + 1 for name in names))
    figure, axes = canvas(height=0.8 + tall * len(arms), left=0.25, right=0.74)
    axes.axvline(0, color=GREY, linewidth=1)
    for row, (difference, look) in enumerate(zip(arms.values(), looks(arms).values())):
        axes.plot([difference.low, difference.high], [row, row], color=look.colour, linewidth=2)
        axes.plot(difference.mean, row, marker=look.marker, markersize=7, color=look.colour,
                  markerfacecolor=look.colour if difference.clear else PAPER)
        axes.annotate(verdict(difference), (1.02, row), xycoords=axes.get_yaxis_transform(), va="center", color=TEXT,
                      fontsize=9)
    axes.set(xlabel=x_label, ylim=(len(arms) - 0.5, -0.5), yticks=range(len(arms)), yticklabels=names)
    table = DataFrame([[name, *difference, difference.clear] for name, difference in arms.items()],
                      columns=["arm", "difference", "low", "high", "n", "clear of zero"])
    alt = f"Intervals of {x_label}, against zero. " + " ".join(
        f"{name}: {verdict(difference)}." for name, difference in arms.items()).replace("\n", ", ")
    least = min(difference.n for difference in arms.values())
    return Picture(encode(figure), alt, title, table, f"Lines: 95 % intervals of the paired difference, n = {least}.")


def verdict(difference: Interval) -> str:
    """The interval in figures, and whether it tells the arms apart."""
    figures = f"{number(difference.mean)} [{number(difference.low)}, {number(difference.high)}]"
    if not difference.clear:
        return f"{figures}\nholds zero: no ranking"
    return f"{figures}\nclearly {'more' if difference.mean > 0 else 'less'}"


def unfinished(run: Run) -> str:
    """The share that no response time shows, in words."""
    return f"Unfinished when the run ended: {percent(run.share('unfinished'))} of {requests(run):,} requests."


def requests(run: Run) -> int:
    """How many requests the run counts."""
    return int(np.sum(run.arrival_times >= run.start))


def round_edges(values: np.ndarray) -> np.ndarray:
    """About forty bins with round edges that hold all values."""
    low, high = float(values.min()), float(values.max())
    wide = (high - low) / 40 or max(abs(high), 1) / 40
    scale = 10 ** np.floor(np.log10(wide))
    step = scale * next(nice for nice in (1, 2, 2.5, 5, 10) if nice * scale >= wide * 0.999)
    return np.arange(np.floor(low / step), np.floor(high / step) + 2) * step


def long_tail(values: np.ndarray) -> str:
    """The side on which values lie further from the middle."""
    return "right" if np.mean(values) >= np.median(values) else "left"


def last_finite(values: np.ndarray) -> float:
    """The last value that can be drawn, to put the line's name beside."""
    finite = values[np.isfinite(values)]
    return float(finite[-1]) if len(finite) else nan
