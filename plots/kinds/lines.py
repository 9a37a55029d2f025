"""A statistic of a value along x, a line for each series, with closed forms beside it."""

import numpy as np
import pandas as pd

from .. import statistics, style, tables
from . import Drawn, common

CURVE_POINTS = 200


def data(spec, sources):
    table = common.load(spec, sources, spec["x"], spec["value"], spec["by"])
    x, values = tables.numbers(table, spec["x"]), tables.numbers(table, spec["value"])
    rows, drawn = [], 0
    for name, mask in tables.groups(table, spec["by"]):
        shown = spec["by"].name(name) if spec["by"] else ""
        usable = mask & ~np.isnan(x) & ~np.isnan(values)
        drawn += int(usable.sum())
        for place in np.unique(x[usable]):
            own = values[usable & (x == place)]
            middle = statistics.STATISTICS[spec["statistic"]](own)
            rows.append([shown, place, len(own), middle, *ends(own, middle, spec["bars"])])
    whole = pd.DataFrame(rows, columns=["series", "x", "n", "y", "low", "high"])
    said = {"none": "", "standard_error": "; bars: one standard error",
            "quartiles": "; bars: quartiles"}[spec["bars"]]
    caption = f"{tables.caption(table, drawn)}. Points: {spec['statistic']}{said}"
    curves = [(label, *along(form, whole["x"], spec["x"].log)) for _, form, label in spec["curves"]]
    return Drawn(whole, caption, {"curves": curves})


def ends(values, middle, bars):
    if bars == "standard_error":
        return middle - statistics.standard_error(values), middle + statistics.standard_error(values)
    return tuple(statistics.quantiles(values, (0.25, 0.75))) if bars == "quartiles" else (middle, middle)


def along(form, x, log):
    """The closed form over the range of x; at whole numbers where x has no others."""
    low, high = x.min(), x.max()
    if (x == x.round()).all():
        at = np.unique(np.geomspace(max(low, 1), high, CURVE_POINTS).round() if log
                       else np.linspace(low, high, CURVE_POINTS).round())
        return at, np.array([float(form(int(v))) for v in at])
    at = np.geomspace(low, high, CURVE_POINTS) if log else np.linspace(low, high, CURVE_POINTS)
    return at, np.array([float(form(v)) for v in at])


def draw(figure, spec, drawn):
    axes = figure.subplots()
    for (label, at, y), dash in zip(drawn.extra["curves"], style.DASHES * 3):
        axes.plot(at, y, color=style.QUIET, linestyle=dash, linewidth=0.9, label=label, zorder=2)
    names = list(dict.fromkeys(drawn.table["series"]))
    joined = "" if drawn.extra["curves"] else None
    for name, (colour, dash, marker) in common.looks(names).items():
        own = drawn.table[drawn.table["series"] == name]
        if spec["bars"] != "none":
            axes.vlines(own["x"], own["low"], own["high"], color=colour, linewidth=1)
        axes.plot(own["x"], own["y"], color=colour, linestyle=dash if joined is None else "none",
                  marker=marker, label=name or spec["value"].label, zorder=3)
    common.axis(axes, "x", spec["x"])
    common.axis(axes, "y", spec["value"])
    common.legend(axes, spec["by"])
