"""A figure for results that came without a spec: what most people would ask of them first."""

import csv
import pathlib

from . import run_folder, spec, tables, units
from .errors import BadSpec, NoInput

# What a sweep is usually about, the first that varies.
FIGURES = ("stable_leader_ms", "last_coordinator_ms", "recovery_ms", "latency_p50_ms", "first_leader_ms",
           "election_messages", "throughput_per_s", "messages_sent")
MOST_CURVES = 6  # more points are boxes


def what_is(path):
    """run, matrix, spec or table."""
    path = pathlib.Path(path)
    if path.is_dir():
        return "run" if (path / "manifest.json").is_file() else "table"
    if path.suffix != ".json":
        return "table"
    content = spec.parse_json(path)
    if isinstance(content, dict):
        if "kind" in content:
            return "spec"
        if "round_trip" in content or "coverage" in content:
            return "matrix"
        if "protocol" in content:
            raise BadSpec(f"{path}: a scenario; run it first: ./lockstep sweep {path}")
    raise BadSpec(f"{path}: kind: is missing; a plot spec names one of {', '.join(spec.KEYS)}")


def for_run(folder, kind):
    run = run_folder.RunFolder(folder)
    if kind is None:
        history = run.path / "history.ndjson"
        kind = "over_time" if history.is_file() and history.stat().st_size else "roles"
    if kind not in ("over_time", "roles", "heat"):
        raise BadSpec(f"{folder}: a run is drawn as over_time, roles or heat, not as {kind}")
    name = f"{run.scenario['protocol']}-{pathlib.Path(run.manifest['scenario_file']).stem}"
    few = kind == "heat" and "regions" in run.scenario.get("network", {})
    return f"{name}-{kind}", {"kind": kind, "title": run.scenario["title"],
                              "size": "column" if few else "page"}


def for_matrix(path):
    content = spec.parse_json(path)
    wide = len(content.get("regions", ())) > 5
    return f"{pathlib.Path(path).stem}-heat", {
        "kind": "heat", "title": content.get("title", "Faults by phase"), "log": "coverage" in content,
        "size": "page" if wide else "column"}


def for_tables(paths, kind, value):
    file = tables.files_of(paths[0])[0]
    header = tables.header_of(file)
    if header[:2] != ["run", "point"] or "digest" not in header:
        raise BadSpec(f"{file}: no runs.csv; write a plot spec for it (docs/experiments.md)")
    axes, figures = header[2:header.index("seed")], header[header.index("digest") + 1:]
    value = value or varying(file, figures)
    if value not in figures:
        raise BadSpec(f"{file}: has no figure '{value}'{spec.meant(value, figures)}; "
                      f"it has {', '.join(figures)}")
    by = by_axis(file, axes)
    name = f"{file.parent.name or 'runs'}-{value}"
    chosen = {"kind": kind, "title": file.parent.name, "value": value}
    if by is None:
        return name, chosen | {"kind": kind or "ecdf"}
    axis, values = by
    along = all(units.number(v) is not None for v in values) and len(values) > 3
    chosen["kind"] = kind or ("bands" if along else "ecdf" if len(values) <= MOST_CURVES else "box")
    if chosen["kind"] in ("bands", "lines"):
        chosen["x"] = {"column": axis, "unit": unit_of(values)}
    else:
        chosen["by"] = {"column": axis, "label": axis}
    return name, chosen


def varying(file, figures):
    """The first of FIGURES with more than one value, in the first rows."""
    with open(file, newline="", encoding="utf-8") as lines:
        rows = [row for row, _ in zip(csv.DictReader(lines), range(1000))]
    if not rows:
        raise NoInput(f"{file}: no rows; run the sweep again")
    here = [figure for figure in FIGURES if figure in figures] or figures
    return next((f for f in here if len({row[f] for row in rows} - {""}) > 1), here[0])


def by_axis(file, axes):
    """The axis with most values, and these; None where nothing but the seed varies."""
    found = [(axis, tables.read([file], [axis]).frame[axis]) for axis in axes]
    several = [(axis, list(dict.fromkeys(tables.texts(column)))) for axis, column in found
               if column.nunique() > 1]
    return max(several, key=lambda pair: len(pair[1])) if several else None


def unit_of(values):
    """Durations become milliseconds; nothing else changes its unit."""
    match = units.QUANTITY.match(values[0])
    return "ms" if match and match[2] in units.DURATIONS else ""
