"""Throughput and latency of one run over time, with what was broken shaded."""

import numpy as np
import pandas as pd

from .. import run_folder, statistics, style
from ..errors import BadSpec, NoInput
from . import Drawn
from .common import ABOVE

SHADES = {"cut": (style.COLOURS[1], "links cut"), "down": (style.COLOURS[6], "a node down"),
          "paused": (style.COLOURS[3], "a node paused"), "weather": (style.COLOURS[4], "slow or lossy")}


def one_run(spec, sources):
    if len(sources) != 1:
        raise BadSpec(f"{spec.file or spec.kind}: {len(sources)} results for one run; name one folder")
    return run_folder.RunFolder(sources[0])


def data(spec, sources):
    run = one_run(spec, sources)
    ended, took, succeeded = run.operations()
    if not len(ended):
        raise NoInput(f"{run.path}: no operation ended; draw \"kind\": \"roles\" of a run without clients")
    width = spec["window"] or nice(run.end / 60)
    begins, ok, p50, p99 = statistics.windows(ended[succeeded], took[succeeded], width, run.end)
    rate = ok / np.minimum(width, run.end - begins).clip(min=1e-9)
    failed = statistics.windows(ended[~succeeded], took[~succeeded], width, run.end)[1]
    spans, instants = run_folder.troubles(run.faults(), run.end)
    table = pd.DataFrame({"from_s": begins, "operations_ok": ok, "operations_failed": failed,
                          "ok_per_s": rate, "latency_p50_ms": p50, "latency_p99_ms": p99})
    caption = (f"1 run, seed {run.seed}, verdict {run.verdict}; {int(succeeded.sum())} operations ok, "
               f"{int((~succeeded).sum())} failed. Windows of {width:g} s{dotted(instants)}")
    return Drawn(table, caption, {"spans": spans, "instants": instants, "end": run.end, "width": width})


def dotted(instants):
    return "; dotted: clocks, orders, damage" if instants else ""


def nice(width):
    """The next of 0.1, 0.2, 0.5, 1, 2, 5, … s."""
    ten = 10 ** np.floor(np.log10(max(width, 0.1)))
    return float(next(step * ten for step in (1, 2, 5, 10) if step * ten >= width * (1 - 1e-9) or step == 10))


def height(spec, drawn, width):
    return width * (0.8 if spec["size"] == "column" else 0.5)


def draw(figure, spec, drawn):
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1, 1.3))
    table = drawn.table
    middle = table["from_s"] + drawn.extra["width"] / 2
    above.stairs(table["ok_per_s"], [*table["from_s"], drawn.extra["end"]], baseline=None,
                 color=style.COLOURS[0])
    above.set_ylabel("throughput\n(ok per s)")
    above.set_ylim(bottom=0)
    below.plot(middle, table["latency_p50_ms"], color=style.COLOURS[0], label="p50")
    below.plot(middle, table["latency_p99_ms"], color=style.COLOURS[2], linestyle=style.DASHES[1],
               label="p99")
    if spec["log"]:
        below.set_yscale("log")
    else:
        below.set_ylim(bottom=0)
    below.set_ylabel("latency (ms)")
    below.set_xlabel("time (s)")
    below.set_xlim(0, drawn.extra["end"])
    shade((above, below), drawn.extra)
    handles, labels = below.get_legend_handles_labels()
    above.legend(handles, labels, ncols=len(labels), handlelength=1.8, **ABOVE)


def shade(panels, extra):
    named = set()
    for what, begun, until in extra["spans"]:
        colour, label = SHADES[what]
        for axes in panels:
            axes.axvspan(begun, until, color=colour, alpha=0.15, linewidth=0, zorder=0,
                         label="" if what in named else label)
        named.add(what)
    for _, at in extra["instants"]:
        for axes in panels:
            axes.axvline(at, color=style.QUIET, linewidth=0.7, linestyle=":", zorder=0)
