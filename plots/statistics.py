"""The numbers that figures are made of: distribution functions, quantiles, windows.

A quantile is type 7 of Hyndman and Fan, as in points.csv (sim/stats/quantiles.hpp).
"""

import numpy as np

# A curve of so many points is exact to less than the width of its line.
MOST_STEPS = 1000


def ecdf(values, most=MOST_STEPS):
    """(x, share of values <= x), at every value, or at `most` evenly spaced ranks of them."""
    ordered = np.sort(np.asarray(values, dtype=float))
    n = len(ordered)
    if n == 0:
        return np.array([]), np.array([])
    ranks = np.arange(n) if n <= most else np.unique(np.linspace(0, n - 1, most).round().astype(int))
    x = np.unique(ordered[ranks])
    return x, np.searchsorted(ordered, x, side="right") / n


def quantiles(values, at):
    return np.quantile(np.asarray(values, dtype=float), at)


STATISTICS = {
    "mean": np.mean,
    "median": np.median,
    "max": np.max,
    "min": np.min,
    "sum": np.sum,
    "count": len,
}


def standard_error(values):
    """Of the mean; 0 where one value says nothing about it."""
    values = np.asarray(values, dtype=float)
    return float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0


def windows(ended, latencies, width, end):
    """Of each window [i * width, (i + 1) * width): operations that ended in it, p50 and p99 of their latency.

    The last window may be shorter than the others; what ends at `end` belongs to it.
    """
    count = max(1, int(np.ceil(end / width - 1e-9)))
    place = np.minimum((np.asarray(ended) / width).astype(int), count - 1)
    order = np.argsort(place, kind="stable")
    place, latencies = place[order], np.asarray(latencies, dtype=float)[order]
    edges = np.searchsorted(place, np.arange(count + 1))
    p50, p99 = np.full(count, np.nan), np.full(count, np.nan)
    for i in range(count):
        inside = latencies[edges[i]:edges[i + 1]]
        if len(inside):
            p50[i], p99[i] = np.quantile(inside, [0.5, 0.99])
    return np.arange(count) * width, np.diff(edges), p50, p99
