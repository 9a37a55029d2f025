"""What is a table of rows by columns without being a CSV: regions by regions, as configured or as measured in
a run; faults by phases, as a campaign of `lockstep fuzz --json` met them.

Each returns (rows, columns, {(row, column): value}, caption, label of the values).
"""

import pathlib
import re

import numpy as np

from . import run_folder, units
from .errors import BadSpec
from .spec import parse_json

NODE = re.compile(r"[nc]\d+")
ROOT = pathlib.Path(__file__).resolve().parent.parent


def of(path):
    """None where the path is none of these."""
    path = pathlib.Path(path)
    if (path / "manifest.json").is_file():
        return of_run(run_folder.RunFolder(path))
    if path.suffix != ".json":
        return None
    content = parse_json(path)
    if isinstance(content, dict) and "coverage" in content:
        return of_campaign(path, content)
    return of_regions(path, content)


def of_regions(path, content):
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
    return names, names, found, "Round trips as configured", "round trip (ms)"


def of_campaign(path, content):
    found = {}
    try:
        for met in content["coverage"]["struck"]:
            key = (met["kind"].replace("_", " "), met["phase"])
            found[key] = found.get(key, 0) + met["times"]
        said = (f"{content['protocol']}, {content['runs']} runs, seeds {content['first_seed']} to "
                f"{content['last_seed']}")
    except (KeyError, TypeError, AttributeError):
        raise BadSpec(f"{path}: is no campaign; make one with ./lockstep fuzz raft --json") from None
    rows, columns = (list(dict.fromkeys(key[i] for key in found)) for i in (0, 1))
    return rows, columns, found, f"{said}. Cells: how often the fault struck; blank: never", "times"


def of_run(run):
    """Medians from node to node, or from region to region where the scenario has any."""
    samples = {}
    place = placement(run)
    for (sender, receiver), delays in run.delays().items():
        samples.setdefault((place(sender), place(receiver)), []).append(delays)
    found = {key: float(np.median(np.concatenate(parts))) for key, parts in samples.items()}
    names = list(dict.fromkeys(name for key in found for name in key))
    if all(NODE.fullmatch(name) for name in names):
        names.sort(key=lambda name: (name[0] != "n", int(name[1:])))  # clients last
    else:
        nodes = [place(f"n{i + 1}") for i in range(run.scenario.get("nodes", 3))]
        names.sort(key=lambda name: nodes.index(name) if name in nodes else len(nodes))
    count = sum(len(part) for parts in samples.values() for part in parts)
    return (names, names, found, f"1 run, seed {run.seed}, verdict {run.verdict}; {count} messages. Cells: "
            "median one way, row to column; blank: no message", "one way (ms)")


def placement(run):
    """A function from a node or client to its region, or to itself."""
    network = run.scenario.get("network", {})
    regions = network.get("placement")
    if regions is None and "regions" in network:
        for folder in (ROOT / pathlib.Path(run.manifest["scenario_file"]).parent, ROOT / "scenarios"):
            if (folder / network["regions"]).is_file():
                regions = parse_json(folder / network["regions"])["regions"]
                break
    if not regions:
        return lambda name: name
    return lambda name: regions[(int(name[1:]) - 1) % len(regions)]
