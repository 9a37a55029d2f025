"""A heat map: regions by regions from a file of regions, or two columns of a table."""

import numpy as np
import pandas as pd

from .. import spec as specs
from .. import statistics, style, tables, units
from ..errors import BadSpec
from . import Drawn, common

MOST_NUMBERS = 14


def data(spec, sources):
    if len(sources) == 1 and str(sources[0]).endswith(".json"):
        return regions(sources[0])
    missing = [key for key in ("rows", "columns") if spec[key] is None]
    if missing:
        raise BadSpec(f"{spec.file or 'heat'}: {missing[0]}: is missing; name the column of a table, "
                      "or give a file of regions")
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


def regions(path):
    content = specs.parse_json(path)
    try:
        names, inside = content["regions"], content.get("inside", "0 s")
        found = {(name, name): units.number(inside) for name in names}
        for a, others in content["round_trip"].items():
            for b, text in others.items():
                found[a, b] = units.number(text)
                found.setdefault((b, a), found[a, b])
    except (KeyError, TypeError, AttributeError):
        raise BadSpec(f"{path}: is no file of regions; docs/scenarios.md shows one") from None
    if None in found.values():
        raise BadSpec(f"{path}: a round trip is no duration; write it as in \"112 ms\"")
    return drawn(names, names, found, f"Round trips as configured in {content.get('title', path)}",
                 "round trip (ms)")


def drawn(rows, columns, found, caption, label):
    table = [[r, c, found.get((r, c), np.nan)] for r in rows for c in columns]
    return Drawn(pd.DataFrame(table, columns=["row", "column", "value"]), caption, {"label": label})


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
    if spec["numbers"] and max(len(rows), len(columns)) <= MOST_NUMBERS:
        for r, c in np.argwhere(~np.isnan(cells)):
            dark = image.norm(cells[r, c]) < 0.6
            axes.text(c, r, f"{cells[r, c]:.3g}", ha="center", va="center", fontsize=6,
                      color="white" if dark else "black")
    bar = figure.colorbar(image, ax=axes, pad=0.02)
    bar.set_label(drawn.extra["label"])
    bar.outline.set_visible(False)
    if spec["rows"] is not None:
        axes.set_ylabel(spec["rows"].label or spec["rows"].column)
        axes.set_xlabel(spec["columns"].label or spec["columns"].column)
