"""Distribution functions: what share of the runs has at most so much."""

import numpy as np
import pandas as pd

from .. import statistics, tables
from ..errors import BadSpec
from . import Drawn, common


def data(spec, sources):
    table = common.load(spec, sources, spec["value"], spec["by"])
    values = tables.numbers(table, spec["value"])
    parts, drawn = [], 0
    for name, rows in tables.groups(table, spec["by"]):
        own = common.finite(values[rows])
        drawn += len(own)
        x, share = statistics.ecdf(own)
        shown = spec["by"].name(name) if spec["by"] else ""
        parts.append(pd.DataFrame({"series": shown, "x": x, "share": share, "n": len(own)}))
    whole = pd.concat(parts, ignore_index=True)
    known = list(dict.fromkeys(whole["series"]))
    for name in spec["published"]:
        if name not in known:
            raise BadSpec(f"{spec.file}: published.{name}: no series has this name; "
                          f"there are {', '.join(known)}")
    return Drawn(whole, tables.caption(table, drawn))


def draw(figure, spec, drawn):
    axes = figure.subplots()
    names = list(dict.fromkeys(drawn.table["series"]))
    for name, (colour, dash, _) in common.looks(names).items():
        own = drawn.table[drawn.table["series"] == name]
        x = np.concatenate([own["x"].iloc[:1], own["x"]])
        share = np.concatenate([[0.0], own["share"]])
        axes.step(x, share, where="post", color=colour, linestyle=dash, label=name)
        for at, published in spec["published"].get(name, []):
            axes.plot(at, published, "o", color=colour, markerfacecolor="white", zorder=4)
    if spec["published"]:
        axes.plot([], [], "o", color="#666666", markerfacecolor="white", label="published")
    common.axis(axes, "x", spec["value"])
    axes.set_ylabel("share of runs")
    axes.set_ylim(0, 1.02)
    if not spec["value"].log and spec["value"].low is None:
        axes.set_xlim(left=max(0, axes.get_xlim()[0]) if drawn.table["x"].min() >= 0 else None)
    common.legend(axes, spec["by"], loc="lower right")
