"""A heat map: of what is rows by columns by itself (matrices.py), or of two columns of a table."""

import numpy as np
import pandas as pd

from .. import matrices, statistics, style, tables
from ..errors import BadSpec
from . import Drawn, common

MOST_NUMBERS = 40  # rows; a cell of a column more than 14 is too narrow
MOST_NUMBERS_ACROSS = 14


def data(spec, sources):
    matrix = matrices.of(sources[0]) if len(sources) == 1 else None
    if matrix is not None:
        return drawn(*matrix)
    missing = [key for key in ("rows", "columns") if spec[key] is None]
    if missing:
        raise BadSpec(f"{spec.file or 'heat'}: {missing[0]}: is missing; name the column of a table, "
                      "or give a file of regions, a run or a campaign")
    if spec["value"] is None and spec["statistic"] != "count":
        raise BadSpec(f"{spec.file}: value: is missing; add it, or \"statistic\": \"count\"")
    table = common.load(spec, sources, spec["rows"], spec["columns"], spec["value"])
    values = tables.numbers(table, spec["value"]) if spec["value"] else np.ones(len(table.frame))
    rows = tables.texts(table.frame[spec["rows"].column]).map(spec["rows"].name)
    columns = tables.texts(table.frame[spec["columns"].column]).map(spec["columns"].name)
    usable = ~np.isnan(values)
    found = {}
    frame = pd.DataFrame({"row": rows, "column": columns, "value": values})[usable]
    for key, own in frame.groupby(["row", "column"], sort=False):
        found[key] = float(statistics.STATISTICS[spec["statistic"]](own["value"].to_numpy()))
    return drawn(list(dict.fromkeys(rows)), list(dict.fromkeys(columns)), found,
                 f"{tables.caption(table, int(usable.sum()))}. Cells: {spec['statistic']}; blank: none",
                 spec["value"].axis_label() if spec["value"] else "rows")


def drawn(rows, columns, found, caption, label):
    table = [[r, c, found.get((r, c), np.nan)] for r in rows for c in columns]
    return Drawn(pd.DataFrame(table, columns=["row", "column", "value"]), caption, {"label": label})


def height(spec, drawn, width):
    rows = drawn.table["row"].nunique()
    return max(0.62 * width, 0.8 + 0.17 * rows) if rows > 9 else 0.62 * width


def short(value):
    """Three digits that say something, and no powers of ten."""
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}" if abs(value) < 100_000 else f"{value / 1000:.0f}k"


def draw(figure, spec, drawn):
    axes = figure.subplots()
    rows, columns = (list(dict.fromkeys(drawn.table[key])) for key in ("row", "column"))
    cells = drawn.table["value"].to_numpy().reshape(len(rows), len(columns))
    positive = spec["log"] and np.nanmin(cells) > 0
    image = axes.imshow(cells, cmap=style.HEAT, norm="log" if positive else "linear", aspect="auto")
    axes.set_xticks(range(len(columns)), columns, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(rows)), rows)
    axes.grid(False)
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    if spec["numbers"] and len(rows) <= MOST_NUMBERS and len(columns) <= MOST_NUMBERS_ACROSS:
        for r, c in np.argwhere(~np.isnan(cells)):
            dark = image.norm(cells[r, c]) < 0.6
            axes.text(c, r, short(cells[r, c]), ha="center", va="center", fontsize=6,
                      color="white" if dark else "black")
    bar = figure.colorbar(image, ax=axes, pad=0.02, aspect=40 if len(rows) > 14 else 20)
    bar.set_label(drawn.extra["label"])
    bar.outline.set_visible(False)
    if spec["rows"] is not None:
        axes.set_ylabel(spec["rows"].label or spec["rows"].column)
        axes.set_xlabel(spec["columns"].label or spec["columns"].column)
