"""One box or violin for each value of a column: quartiles, 5 to 95 %, mean."""

import numpy as np
import pandas as pd

from .. import statistics, style, tables
from ..errors import BadSpec
from . import Drawn, common

AT = (0.05, 0.25, 0.5, 0.75, 0.95)
SLICES = 60


def data(spec, sources):
    table = common.load(spec, sources, spec["value"], spec["by"])
    values = tables.numbers(table, spec["value"])
    rows, shapes, drawn = [], {}, 0
    for name, mask in tables.groups(table, spec["by"]):
        own = common.finite(values[mask])
        if not len(own):
            continue
        drawn += len(own)
        shown = spec["by"].name(name)
        rows.append([shown, len(own), own.mean(), *statistics.quantiles(own, AT)])
        if spec["style"] == "violin":
            shapes[shown] = shape(own)
    whole = pd.DataFrame(rows, columns=["box", "n", "mean", "q0.05", "q0.25", "q0.5", "q0.75", "q0.95"])
    for name in spec["published"]:
        if name not in set(whole["box"]):
            raise BadSpec(f"{spec.file}: published.{name}: no box has this name; "
                          f"there are {', '.join(whole['box'])}")
    whiskers = "Violin: 1 to 99 %; box: quartiles" if shapes else "Box: quartiles; whiskers: 5 to 95 %"
    return Drawn(whole, f"{tables.caption(table, drawn)}. {whiskers}; dot: mean", {"shapes": shapes})


def shape(values):
    """Height of the histogram over the middle 98 %, and the middles of its slices; 1 is the widest."""
    low, high = statistics.quantiles(values, (0.01, 0.99))
    if low == high:
        low, high = low - 0.5, high + 0.5
    heights, edges = np.histogram(values, SLICES, (low, high))
    smooth = np.convolve(heights, [0.25, 0.5, 0.25], "same")
    return (edges[:-1] + edges[1:]) / 2, smooth / max(smooth.max(), 1)


def draw(figure, spec, drawn):
    axes = figure.subplots()
    boxes = drawn.table
    for place, row in enumerate(boxes.itertuples(index=False)):
        _, n, mean, low, first, median, third, high = row
        colour = style.COLOURS[0]
        if row.box in drawn.extra["shapes"]:
            at, wide = drawn.extra["shapes"][row.box]
            axes.fill_betweenx(at, place - 0.4 * wide, place + 0.4 * wide, color=colour, alpha=0.3,
                               linewidth=0)
            width = 0.06
        else:
            axes.plot([place, place], [low, first], color=colour, linewidth=1)
            axes.plot([place, place], [third, high], color=colour, linewidth=1)
            width = 0.28
        axes.fill_between([place - width, place + width], first, third, facecolor="white",
                          edgecolor=colour, linewidth=1, zorder=3)
        axes.plot([place - width, place + width], [median] * 2, color=colour, linewidth=2, zorder=4,
                  solid_capstyle="butt")
        axes.plot(place, mean, "o", color=colour, markersize=3, zorder=5)
        for published in spec["published"].get(row.box, []):
            axes.plot(place, published, "D", color=style.COLOURS[1], markersize=4,
                      markerfacecolor="white", zorder=6)
    if spec["published"]:
        axes.plot([], [], "D", color=style.COLOURS[1], markerfacecolor="white", label="published")
    axes.set_xticks(range(len(boxes)), boxes["box"])
    if sum(len(name) for name in boxes["box"]) > 45:
        axes.tick_params("x", rotation=25)
        for label in axes.get_xticklabels():
            label.set_horizontalalignment("right")
    axes.grid(False, axis="x")
    axes.set_xlabel(spec["by"].label or spec["by"].column)
    common.axis(axes, "y", spec["value"])
    common.legend(axes, None)
