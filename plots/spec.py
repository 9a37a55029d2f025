"""A plot spec: a small JSON file that says what to draw. docs/experiments.md has every key.

Every error names the file and the key, and says what to do; unknown keys are refused.
"""

import dataclasses
import difflib
import json
import math
import pathlib
import re

from . import closed_forms, units
from .errors import BadSpec, NoInput, why

SIZES = ("column", "page")


@dataclasses.dataclass(frozen=True)
class Quantity:
    """A column as it is drawn: (column - subtract) / divide, or 1 where that is above `above`, else 0."""

    column: str
    subtract: float = 0.0
    divide: float = 1.0
    above: float | None = None
    label: str = ""
    unit: str = ""
    log: bool = False
    low: float | None = None   # ends of the axis
    high: float | None = None

    def axis_label(self):
        return f"{self.label} ({self.unit})" if self.unit else self.label


@dataclasses.dataclass(frozen=True)
class Series:
    """One line or box for each value of a column, named as `names` says."""

    column: str
    names: dict
    label: str = ""

    def name(self, value):
        return self.names.get(str(value), str(value))


@dataclasses.dataclass(frozen=True)
class Spec:
    file: str   # "" of a figure that was chosen
    kind: str
    title: str
    fields: dict  # the other keys, read; those that were left out have their defaults

    def __getitem__(self, key):
        return self.fields[key]


class Reader:
    """One JSON object whose keys are taken one by one; what is left at the end is unknown."""

    def __init__(self, file, value, path=""):
        self.file, self.path = file, path
        if not isinstance(value, dict):
            raise BadSpec(f"{file}: {path or 'the file'}: expected an object, as in {{\"key\": …}}")
        self.left, self.known = dict(value), []

    def fail(self, key, what):
        where = f"{self.path}.{key}" if self.path and key else self.path or key
        raise BadSpec(f"{self.file}: {where}: {what}")

    def take(self, key, default=None, required=False):
        self.known.append(key)
        if key not in self.left:
            if required:
                self.fail(key, "is missing; add it")
            return default
        return self.left.pop(key)

    def text(self, key, default="", required=False, among=None):
        value = self.take(key, default, required)
        if not isinstance(value, str):
            self.fail(key, f"expected a text, not {json.dumps(value)}")
        if among is not None and value not in among:
            self.fail(key, f"no '{value}' here{meant(value, among)}; one of {', '.join(among)}")
        return value

    def number(self, key, default=None):
        value = self.take(key, default)
        if value is not default and not is_number(value):
            self.fail(key, f"expected a number, not {json.dumps(value)}")
        return value

    def boolean(self, key, default=False):
        value = self.take(key, default)
        if not isinstance(value, bool):
            self.fail(key, f"expected true or false, not {json.dumps(value)}")
        return value

    def object(self, key):
        value = self.take(key, {})
        if not isinstance(value, dict):
            self.fail(key, "expected an object, as in {\"key\": …}")
        return value

    def list(self, key, default=()):
        value = self.take(key, list(default))
        if not isinstance(value, list):
            self.fail(key, "expected a list, as in […]")
        return value

    def below(self, key, value):
        return Reader(self.file, value, f"{self.path}.{key}" if self.path else key)

    def finish(self):
        for key in self.left:
            self.fail(key, f"unknown key{meant(key, self.known)}; known here: {', '.join(self.known)}")


def is_number(value):
    """JSON's own numbers; Python reads NaN and Infinity as well, and takes true for 1."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def meant(word, known):
    close = difflib.get_close_matches(word, known, 1)
    return f"; did you mean '{close[0]}'?" if close else ""


def of_column(reader, key, value):
    """The reader of what is said of a column: an object, or its name alone."""
    if isinstance(value, str):
        value = {"column": value}
    if not isinstance(value, dict):
        reader.fail(key, "expected the name of a column, or an object with \"column\"")
    return reader.below(key, value)


def quantity(reader, key, required=True):
    value = reader.take(key, None, required)
    if value is None:
        return None
    inner = of_column(reader, key, value)
    column = inner.text("column", required=True)
    label, unit = units.of_column(column)
    found = Quantity(
        column=column, subtract=inner.number("subtract", 0.0), divide=inner.number("divide", 1.0),
        above=inner.number("above"), label=inner.text("label", label), unit=inner.text("unit", unit),
        log=inner.boolean("log"), low=inner.number("from"), high=inner.number("to"))
    inner.finish()
    if found.divide == 0:
        inner.fail("divide", "is 0; give another number")
    if found.low is not None and found.high is not None and found.low >= found.high:
        inner.fail("to", f"is not above from, {found.low:g}; make it larger")
    if found.log and found.low is not None and found.low <= 0:
        inner.fail("from", "a log axis has no 0 and nothing below; make it larger")
    return found


def series(reader, key, required=False):
    value = reader.take(key, None, required)
    if value is None:
        return None
    inner = of_column(reader, key, value)
    found = Series(inner.text("column", required=True), inner.object("names"), inner.text("label"))
    inner.finish()
    for name, shown in found.names.items():
        if not isinstance(shown, str):
            inner.fail(f"names.{name}", "expected a text")
    return found


def bands(reader):
    found = []
    for i, pair in enumerate(reader.list("bands", [[0.05, 0.95], [0.25, 0.75]])):
        if not (isinstance(pair, list) and len(pair) == 2 and
                all(is_number(q) and 0 <= q <= 1 for q in pair) and pair[0] < pair[1]):
            reader.fail(f"bands[{i}]", "expected two quantiles, as in [0.05, 0.95]")
        found.append(tuple(pair))
    return sorted(found, key=lambda pair: pair[0] - pair[1])  # the widest first


def values(reader, key):
    """{box: [value, …]}"""
    found = reader.object(key)
    for name, own in found.items():
        if not (isinstance(own, list) and own and all(is_number(v) for v in own)):
            reader.fail(f"{key}.{name}", "expected numbers, as in [287]")
    return found


def points(reader, key):
    """{series: [[x, share], …]}"""
    found = reader.object(key)
    for name, pairs in found.items():
        if not (isinstance(pairs, list) and pairs and all(
                isinstance(p, list) and len(p) == 2 and all(is_number(v) for v in p)
                for p in pairs)):
            reader.fail(f"{key}.{name}", "expected pairs of numbers, as in [[409.5, 0.5]]")
    return found


def curves(reader):
    found = []
    for i, item in enumerate(reader.list("curves")):
        inner = reader.below(f"curves[{i}]", item)
        form = inner.text("form", required=True)
        known = closed_forms.curve(form)
        if known is None:
            inner.fail("form", f"no closed form is called '{form}'; one of "
                       f"{', '.join(closed_forms.CURVES)}, split_vote NODES AVAILABLE")
        found.append((form, known[0], inner.text("label", known[1])))
        inner.finish()
    return found


def ecdf_keys(reader):
    return {"value": quantity(reader, "value"), "by": series(reader, "by"),
            "published": points(reader, "published")}


def bands_keys(reader):
    return {"x": quantity(reader, "x"), "value": quantity(reader, "value"),
            "by": series(reader, "by"), "bands": bands(reader)}


def box_keys(reader):
    return {"value": quantity(reader, "value"), "by": series(reader, "by", required=True),
            "style": reader.text("style", "box", among=("box", "violin")),
            "published": values(reader, "published")}


def over_time_keys(reader):
    window = reader.number("window")
    if window is not None and window <= 0:
        reader.fail("window", "is not above 0; give seconds, as in 0.5")
    return {"window": window, "log": reader.boolean("log")}


def roles_keys(reader):
    """{what: seconds after the first crash}"""
    found = reader.object("published")
    for name, at in found.items():
        if not (is_number(at) and at >= 0):
            reader.fail(f"published.{name}", "expected seconds after the first crash, as in 5")
    return {"published": found}


def heat_keys(reader):
    return {"rows": series(reader, "rows"), "columns": series(reader, "columns"),
            "value": quantity(reader, "value", required=False),
            "statistic": reader.text("statistic", "mean", among=("mean", "median", "max", "min", "sum", "count")),
            "numbers": reader.boolean("numbers", True), "log": reader.boolean("log")}


def lines_keys(reader):
    return {"x": quantity(reader, "x"), "value": quantity(reader, "value"),
            "by": series(reader, "by"), "curves": curves(reader),
            "statistic": reader.text("statistic", "mean", among=("mean", "median", "max", "min")),
            "bars": reader.text("bars", "none", among=("none", "standard_error", "quartiles"))}


KEYS = {"ecdf": ecdf_keys, "bands": bands_keys, "box": box_keys, "over_time": over_time_keys,
        "roles": roles_keys, "heat": heat_keys, "lines": lines_keys}


def read(file, value):
    reader = Reader(file, value)
    kind = reader.text("kind", required=True, among=tuple(KEYS))
    title, data = reader.text("title"), reader.list("data")
    for i, path in enumerate(data):
        if not isinstance(path, str):
            reader.fail(f"data[{i}]", "expected a path, beside the spec")
    where = reader.object("where")
    fields = {"data": data, "where": where, "size": reader.text("size", "column", among=SIZES),
              "note": reader.text("note"), **KEYS[kind](reader)}
    reader.finish()
    return Spec(file, kind, title, fields)


# Texts are kept, comments become blanks, so that lines and columns stay what they are.
COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)


def blank(match):
    return match[1] or re.sub(r"[^\n]", " ", match[0])


def parse_json(path):
    """JSON with comments, as scenarios are."""
    try:
        text = pathlib.Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadSpec(f"{path}: not UTF-8 text; name a plot spec or results") from None
    except OSError as error:
        raise NoInput(f"{path}: cannot be read: {why(error)}") from None
    try:
        return json.loads(COMMENT.sub(blank, text))
    except json.JSONDecodeError as error:
        raise BadSpec(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg.lower()}") from None
    except RecursionError:
        raise BadSpec(f"{path}: nested too deep; a plot spec is a small file") from None
