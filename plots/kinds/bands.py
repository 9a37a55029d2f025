"""The median of a value along x, with bands between its quantiles."""

import numpy as np
import pandas as pd

from .. import statistics, tables
from . import Drawn, common


def data(spec, sources):
    table = common.load(spec, sources, spec["x"], spec["value"], spec["by"])
    x, values = tables.numbers(table, spec["x"]), tables.numbers(table, spec["value"])
    at = sorted({0.5, *(q for pair in spec["bands"] for q in pair)})
    rows, drawn = [], 0
    for name, mask in tables.groups(table, spec["by"]):
        shown = spec["by"].name(name) if spec["by"] else ""
        usable = mask & ~np.isnan(x) & ~np.isnan(values)
        drawn += int(usable.sum())
        for place in np.unique(x[usable]):
            own = values[usable & (x == place)]
            rows.append([shown, place, len(own), *statistics.quantiles(own, at)])
    names = ["series", "x", "n", *(f"q{q:g}" for q in at)]
    shares = ", ".join(f"{100 * low:g} to {100 * high:g} %" for low, high in spec["bands"])
    return Drawn(pd.DataFrame(rows, columns=names),
                 f"{tables.caption(table, drawn)}. Line: median; bands: {shares}")


def draw(figure, spec, drawn):
    axes = figure.subplots()
    names = list(dict.fromkeys(drawn.table["series"]))
    for name, (colour, dash, marker) in common.looks(names).items():
        own = drawn.table[drawn.table["series"] == name]
        for i, (low, high) in enumerate(spec["bands"]):
            axes.fill_between(own["x"], own[f"q{low:g}"], own[f"q{high:g}"], color=colour,
                              alpha=0.15 + 0.12 * i, linewidth=0)
        axes.plot(own["x"], own["q0.5"], color=colour, linestyle=dash, marker=marker, label=name)
    common.axis(axes, "x", spec["x"])
    common.axis(axes, "y", spec["value"])
    common.legend(axes, spec["by"])
