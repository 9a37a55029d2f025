"""What several kinds do alike."""

import numpy as np
from matplotlib import ticker

from .. import style, tables

# Where a legend stands that no part of the figure leaves room for.
ABOVE = {"loc": "lower right", "bbox_to_anchor": (1, 1), "borderaxespad": 0.2, "columnspacing": 1.2}


def columns(spec, *quantities):
    """The names of the columns that a spec reads."""
    return list(dict.fromkeys([q.column for q in quantities if q is not None] + list(spec["where"])))


def load(spec, sources, *quantities):
    table = tables.read(sources, columns(spec, *quantities))
    return tables.where(table, spec["where"], spec.file) if spec["where"] else table


def looks(names):
    return dict(zip(names, style.series_looks()))


def axis(axes, which, quantity):
    """Label, scale and ends of an axis."""
    getattr(axes, f"set_{which}label")(quantity.axis_label())
    if quantity.log:
        getattr(axes, f"set_{which}scale")("log")
        plain_ticks(getattr(axes, f"{which}axis"))
    ends = {("left" if which == "x" else "bottom"): quantity.low,
            ("right" if which == "x" else "top"): quantity.high}
    getattr(axes, f"set_{which}lim")(**{k: v for k, v in ends.items() if v is not None})


def plain_ticks(axis):
    """1, 2, 5, 10, … in place of powers of ten, where there is room for them."""
    low, high = axis.get_data_interval()
    if low > 0 and high / low < 1000:
        axis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(ticker.NullFormatter())


def legend(axes, series, **more):
    handles, labels = axes.get_legend_handles_labels()
    if any(labels):
        axes.legend(handles, labels, title=series.label or None if series else None,
                    title_fontsize=7, handlelength=2.2, **more)


def finite(values):
    return values[~np.isnan(values)]
