"""Who had which role when: a lane for each node of one run."""

import re

import pandas as pd
from matplotlib.patches import Patch

from .. import run_folder, style
from ..errors import BadSpec
from . import Drawn
from .common import ABOVE
from .over_time import SHADES, dotted, one_run

COLOURS = {"leader": style.COLOURS[0], "coordinator": style.COLOURS[0],
           "candidate": style.COLOURS[4], "electing": style.COLOURS[4],
           "pre_candidate": "#F3D08A", "waiting": style.COLOURS[5], "follower": "#cfcfcf"}
OTHER = style.COLOURS[3]
MOST_LANES = 64
LONG_ENOUGH = 0.06  # of the whole, for the term to be written on it


def data(spec, sources):
    run = one_run(spec, sources)
    roles = run.roles()
    if not roles:
        raise BadSpec(f"{run.path / 'trace.ndjson'}: no step names a role; run the scenario again")
    # A node that never started has a lane as well.
    names = set(roles) | {f"n{i + 1}" for i in range(run.scenario.get("nodes", 3))}
    nodes = sorted(names, key=lambda node: int(re.sub(r"\D", "", node) or 0))
    if len(nodes) > MOST_LANES:
        raise BadSpec(f"{run.path}: {len(nodes)} nodes; roles are drawn of {MOST_LANES} at most")
    rows = [[node, *span] for node in nodes for span in roles.get(node, [])]
    faults = run.faults()
    spans, instants = run_folder.troubles(faults, run.end)
    crash = next((fault["at"] for fault in faults if fault["kind"] == "crash"), None)
    if spec["published"] and crash is None:
        raise BadSpec(f"{spec.file}: published: nobody crashed in {run.path}; leave it out, or name another run")
    circles = "; circles: published, " + ", ".join(
        f"{what} {at:g} s" for what, at in spec["published"].items()) + " after the crash" if spec["published"] else ""
    caption = (f"1 run, seed {run.seed}, verdict {run.verdict}. Numbers: terms of the leaders; blank: down"
               f"{circles}{dotted(instants)}")
    return Drawn(pd.DataFrame(rows, columns=["node", "from_s", "until_s", "role", "term"]), caption,
                 {"spans": [s for s in spans if s[0] != "down"], "instants": instants, "end": run.end,
                  "nodes": nodes, "published": [crash + at for at in spec["published"].values()]})


def height(spec, drawn, width):
    return 0.8 + 0.24 * len(drawn.extra["nodes"])


def draw(figure, spec, drawn):
    axes = figure.subplots()
    table, end = drawn.table, drawn.extra["end"]
    nodes = drawn.extra["nodes"]
    for place, node in enumerate(nodes):
        own = table[table["node"] == node]
        for role, spans in own.groupby("role", sort=False):
            axes.broken_barh([(a, b - a) for a, b in zip(spans["from_s"], spans["until_s"])],
                             (place - 0.32, 0.64), color=COLOURS.get(role, OTHER), linewidth=0)
        leads = own[own["role"].isin(("leader", "coordinator")) & (own["term"] > 0)]
        for begun, until, term in zip(leads["from_s"], leads["until_s"], leads["term"]):
            if until - begun >= LONG_ENOUGH * end:
                axes.text((begun + until) / 2, place, str(term), color="white", fontsize=7,
                          ha="center", va="center")
    axes.set_yticks(range(len(nodes)), nodes)
    axes.set_ylim(len(nodes) - 0.4, -0.6)
    axes.grid(False, axis="y")
    axes.set_xlim(0, end)
    axes.set_xlabel("time (s)")
    for what, begun, until in drawn.extra["spans"]:
        axes.axvspan(begun, until, color=SHADES[what][0], alpha=0.15, linewidth=0, zorder=0)
    for _, at in drawn.extra["instants"]:
        axes.axvline(at, color=style.QUIET, linewidth=0.7, linestyle=":", zorder=0)
    for at in drawn.extra["published"]:
        axes.axvline(at, color=style.INK, linewidth=0.7, zorder=2)
        axes.plot(at, len(nodes) - 0.55, "o", color=style.INK, markerfacecolor="white", clip_on=False, zorder=4)
    handles = [Patch(color=COLOURS.get(role, OTHER), label=role.replace("_", " "))
               for role in sorted(set(table["role"]), key=lambda r: list(COLOURS).index(r)
                                  if r in COLOURS else len(COLOURS))]
    handles += [Patch(color=SHADES[what][0], alpha=0.15, label=SHADES[what][1])
                for what in dict.fromkeys(span[0] for span in drawn.extra["spans"])]
    axes.legend(handles=handles, ncols=len(handles), handlelength=1.2, **ABOVE)
