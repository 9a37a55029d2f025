"""How every figure looks: sizes of a printed column, fonts that travel with the file, colours that
people with any colour vision tell apart (Okabe and Ito, 2008; viridis for heat maps)."""

import itertools

import matplotlib

COLUMN_MM, PAGE_MM = 88, 180
INK, QUIET = "#222222", "#666666"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
# Lines differ in print without colour as well.
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
HEAT = "viridis"


def use():
    matplotlib.use("agg")
    matplotlib.rcParams.update({
        "font.family": "DejaVu Sans", "font.size": 8, "axes.titlesize": 9, "legend.fontsize": 7,
        "axes.labelsize": 8, "xtick.labelsize": 7, "ytick.labelsize": 7,
        "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": QUIET,
        "xtick.color": QUIET, "ytick.color": QUIET, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
        "axes.linewidth": 0.6, "lines.linewidth": 1.4, "lines.markersize": 4,
        "axes.spines.top": False, "axes.spines.right": False,
        "axes.grid": True, "grid.color": "#dddddd", "grid.linewidth": 0.5, "axes.axisbelow": True,
        "legend.frameon": False, "figure.dpi": 100, "savefig.dpi": 200, "figure.facecolor": "white",
        "axes.formatter.useoffset": False,
        # Fonts are embedded whole in a PDF, and drawn in an SVG, which then looks the same everywhere.
        "pdf.fonttype": 42, "svg.fonttype": "path",
        # The ids in an SVG follow from this and not from chance.
        "svg.hashsalt": "lockstep",
    })


def series_looks():
    """Endless (colour, dash, marker), no two of the first 32 alike."""
    for i in itertools.count():
        yield (COLOURS[i % len(COLOURS)], DASHES[(i + i // len(COLOURS)) % len(DASHES)],
               MARKERS[i % len(MARKERS)])
