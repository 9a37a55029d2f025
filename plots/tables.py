"""Tidy tables: runs.csv of a sweep, or any other CSV with a header; and what a caption says of them."""

import csv
import dataclasses
import json
import pathlib

import numpy as np
import pandas as pd

from . import units
from .errors import BadSpec, NoInput, why
from .spec import meant


@dataclasses.dataclass
class Table:
    frame: pd.DataFrame
    files: list
    of_runs: bool  # runs.csv, with a seed and a verdict a row


def files_of(path):
    """The tables of a result: itself, or runs.csv of a sweep's folder."""
    path = pathlib.Path(path)
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise NoInput(f"{path}: is not there; name a runs.csv, a sweep's folder or a run's folder")
    found = [path / "runs.csv"] if (path / "runs.csv").is_file() else sorted(path.glob("*/runs.csv"))
    if not found:
        hint = "; runs.incomplete.csv is there: name it to plot an interrupted sweep" \
            if list(path.glob("**/runs.incomplete.csv")) else ""
        raise NoInput(f"{path}: has no runs.csv{hint or '; make one with ./lockstep sweep FILE'}")
    return found


def header_of(path):
    try:
        with open(path, newline="", encoding="utf-8") as file:
            header = next(csv.reader(file), None)
    except (UnicodeDecodeError, csv.Error):
        raise BadSpec(f"{path}: is no CSV text; name a runs.csv or a plot spec") from None
    except OSError as error:
        raise NoInput(f"{path}: cannot be read: {why(error)}") from None
    if not header:
        raise NoInput(f"{path}: is empty; run the sweep again")
    return header


def read(paths, wanted):
    """The columns `wanted` (and seed and verdict, where they are) of all tables, one below the other."""
    files = [file for path in paths for file in files_of(path)]
    frames, of_runs = [], True
    for file in files:
        header = header_of(file)
        for column in wanted:
            if column not in header:
                raise BadSpec(f"{file}: has no column '{column}'{meant(column, header)}; "
                              f"it has {', '.join(header)}")
        of_runs = of_runs and {"run", "seed", "verdict"} <= set(header)
        columns = set(wanted) | ({"seed", "verdict"} if of_runs else set())
        frames.append(_read_one(file, [c for c in header if c in columns]))
    frame = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    if frame.empty:
        raise NoInput(f"{', '.join(map(str, files))}: no rows; run the sweep again")
    return Table(frame, files, of_runs)


def _read_one(file, columns):
    try:
        # A value of an axis is a text here, whatever it looks like; numbers() makes numbers of it.
        return pd.read_csv(file, usecols=columns, keep_default_na=False, na_values=[""],
                           dtype={"verdict": "category"}, low_memory=False)
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        said = str(error).strip().splitlines()[-1]
        raise BadSpec(f"{file}: is no whole CSV table: {said}; run the sweep again") from None
    except OSError as error:
        raise NoInput(f"{file}: cannot be read: {why(error)}") from None


def read_whole(file):
    """A runs.csv with the axes as texts, as they stand in the file, but for whole numbers."""
    header = header_of(file)
    return _read_one(file, header[:header.index("digest")] + header[header.index("digest") + 1:])


def where(table, conditions, spec_file):
    frame = table.frame
    for column, allowed in conditions.items():
        allowed = allowed if isinstance(allowed, list) else [allowed]
        frame = frame[texts(frame[column]).isin([as_text(value) for value in allowed])]
    if frame.empty:
        raise BadSpec(f"{spec_file}: where: no row is left; {values_of(table.frame, conditions)}")
    return dataclasses.replace(table, frame=frame)


def values_of(frame, columns):
    return "; ".join(f"{c} has {', '.join(sorted(set(texts(frame[c])))[:12])}" for c in columns)


def as_text(value):
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, separators=(",", ":"))


def texts(column):
    """A column as its values stand in the file."""
    if pd.api.types.is_integer_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        return column.astype(str)
    return column.map(lambda v: as_text(float(v)) if pd.notna(v) else "")


def numbers(table, quantity):
    """A column as the numbers that are drawn; NaN where there is none."""
    column = table.frame[quantity.column]
    if not pd.api.types.is_numeric_dtype(column):
        known = {}
        for text in column.dropna().unique():
            known[text] = units.number(text)
            if known[text] is None:
                raise BadSpec(f"{table.files[0]}: {quantity.column}: '{text}' is no number; "
                              "name another column, or use it under \"by\"")
        column = column.map(known)
    values = column.to_numpy(dtype=float)
    if quantity.above is not None:
        return np.where(np.isnan(values), np.nan, (values > quantity.above).astype(float))
    return (values - quantity.subtract) / quantity.divide


def groups(table, series):
    """[(value as text, rows of it as a mask)]: those of `names` first and in that order, then as in the
    table; one of all rows without a series."""
    if series is None:
        return [("", np.ones(len(table.frame), dtype=bool))]
    column = texts(table.frame[series.column])
    codes, names = pd.factorize(column)
    order = {name: place for place, name in enumerate(series.names)}
    places = sorted(range(len(names)), key=lambda i: order.get(names[i], len(order)))
    return [(names[i], codes == i) for i in places]


def caption(table, drawn):
    """How many runs and which seeds, and what was left out. `drawn`: rows that have the value."""
    rows = len(table.frame)
    if not table.of_runs:
        return f"{count(drawn)} rows"
    seeds = table.frame["seed"]
    said = f"{count(drawn)} runs, seeds {count(seeds.min())} to {count(seeds.max())}"
    if drawn < rows:
        said += f"; {count(rows - drawn)} runs have no value"
    failed = int((table.frame["verdict"] != "pass").sum())
    if failed:
        said += f"; {count(failed)} runs did not pass"
    return said


def count(n):
    return f"{n:,}".replace(",", "\u202f") if n >= 10_000 else str(n)
