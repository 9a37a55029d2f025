"""Units: of columns, from the ends of their names, and of values such as "10 ms"."""

import re

SUFFIXES = (("_per_s", "per s"), ("_ms", "ms"), ("_us", "µs"), ("_ns", "ns"), ("_s", "s"),
            ("_bytes", "bytes"))
# In milliseconds, as the figures of runs are.
DURATIONS = {"ns": 1e-6, "us": 1e-3, "ms": 1.0, "s": 1e3, "min": 6e4, "h": 3.6e6}
RATES = {"/s": 1.0, "/min": 1 / 60}
QUANTITY = re.compile(r"^(?:constant )?(-?\d+(?:\.\d+)?) ?(\S+)$")
RATIO = re.compile(r"^(\d+)/(\d+)$")


def of_column(name):
    """(label, unit) of a column such as latency_p99_ms."""
    for suffix, unit in SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix).replace("_", " "), unit
    return name.replace("_", " ").replace(".", " "), ""


def number(text):
    """A number, a duration in ms, a ratio or a rate; None where the text is none of them."""
    try:
        return float(text)
    except (TypeError, ValueError):
        pass
    if not isinstance(text, str):
        return None
    if match := RATIO.match(text):
        return int(match[1]) / int(match[2]) if int(match[2]) else None
    if match := QUANTITY.match(text):
        value, unit = float(match[1]), match[2]
        if unit == "%":
            return value / 100
        scale = DURATIONS.get(unit, RATES.get(unit))
        return None if scale is None else value * scale
    return None
