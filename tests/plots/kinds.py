"""Each kind of figure from small tables: what is drawn, against the table read by hand."""

import json
import math

from plotting import DATA, ROOT, RUN, SWEEP, draw, rows_of, runs
from twins import naive_quantile

VALUE = "stable_leader_ms"
DOWN = {"column": "down", "label": "down", "names": {"[]": "none", '["n5"]': "one"}}


def close(got, expected):
    return math.isclose(float(got), expected, rel_tol=1e-9, abs_tol=1e-12)


def numbers(column, **same):
    return [float(row[column]) for row in runs(**same) if row[column]]


def check_ecdf(checks, scratch, program):
    answer, drawn = draw(scratch, {"kind": "ecdf", "value": VALUE, "by": DOWN,
                                   "published": {"one": [[423.3, 0.5]]}}, SWEEP)
    checks.equal(answer.code, 0, "an ECDF", answer)
    checks.equal(list(dict.fromkeys(row["series"] for row in drawn)), ["none", "one", '["n4","n5"]'],
                 "series by their names, or as they are")
    own = numbers(VALUE, down='["n5"]')
    for row in (row for row in drawn if row["series"] == "one"):
        checks.that(close(row["share"], sum(v <= float(row["x"]) + 1e-6 for v in own) / len(own)),
                    f"share at {row['x']}")
    answer, drawn = draw(scratch, {"kind": "ecdf", "where": {"down": '["n5"]'},
                                   "value": {"column": VALUE, "subtract": 100, "divide": 2}}, SWEEP)
    checks.that(close(drawn[0]["x"], (min(own) - 100) / 2), "a value is shifted and scaled", answer)
    answer, drawn = draw(scratch, {"kind": "ecdf", "value": {"column": "highest_term", "above": 1}}, SWEEP)
    share = sum(v > 1 for v in numbers("highest_term")) / 60
    checks.that(drawn and close(drawn[0]["share"], 1 - share), "above: 1 or 0", answer)


def check_bands(checks, scratch, program):
    spec = {"kind": "bands", "x": {"column": "nodes", "log": True}, "value": "messages",
            "bands": [[0.1, 0.9]], "by": "detector"}
    answer, drawn = draw(scratch, spec, DATA / "nodes.csv")
    checks.equal(answer.code, 0, "bands", answer)
    checks.equal(len(drawn), 8, "a row for each x of each series")
    table = rows_of(DATA / "nodes.csv")
    for row in drawn:
        own = [float(r["messages"]) for r in table
               if (r["nodes"], r["detector"]) == (row["x"], row["series"]) and r["messages"]]
        for q in (0.1, 0.5, 0.9):
            checks.that(close(row[f"q{q}"], naive_quantile(own, q)), f"q{q} at {row['x']}", f"{row} {own}")


def check_box(checks, scratch, program):
    for style in ("box", "violin"):
        answer, drawn = draw(scratch, {"kind": "box", "value": VALUE, "by": DOWN, "style": style,
                                       "published": {"none": [430.0]}}, SWEEP)
        checks.equal((answer.code, len(drawn)), (0, 3), f"a {style} a value", answer)
        own = numbers(VALUE, down="[]")
        checks.equal(drawn[0]["n"], str(len(own)), f"{style}: n without the run that has no value")
        checks.that(close(drawn[0]["mean"], sum(own) / len(own)), f"{style}: mean")
        for q in (0.05, 0.25, 0.5, 0.75, 0.95):
            checks.that(close(drawn[0][f"q{q}"], naive_quantile(own, q)), f"{style}: q{q}")
    answer, _ = draw(scratch, {"kind": "box", "style": "violin", "value": "entries_committed",
                               "by": "down"}, SWEEP)
    checks.equal(answer.code, 0, "violins of one value each", answer)


def check_lines(checks, scratch, program):
    spec = {"kind": "lines", "x": {"column": "nodes", "log": True}, "bars": "standard_error",
            "value": {"column": "messages", "log": True}, "by": "detector",
            "curves": [{"form": "bully_worst"}, {"form": "bully_best", "label": "least"},
                       {"form": "split_vote 5 4"}]}
    answer, drawn = draw(scratch, spec, DATA / "nodes.csv")
    checks.equal((answer.code, len(drawn)), (0, 8), "lines with closed forms", answer)
    table = rows_of(DATA / "nodes.csv")
    for statistic, of in (("mean", lambda v: sum(v) / len(v)), ("max", max), ("min", min),
                          ("median", lambda v: naive_quantile(v, 0.5))):
        _, drawn = draw(scratch, spec | {"statistic": statistic, "bars": "none"}, DATA / "nodes.csv")
        for row in drawn:
            own = [float(r["messages"]) for r in table
                   if (r["nodes"], r["detector"]) == (row["x"], row["series"]) and r["messages"]]
            checks.that(close(row["y"], of(own)), f"{statistic} at {row['x']}", row)


def check_heat(checks, scratch, program):
    spec = {"kind": "heat", "rows": "fault", "columns": "phase", "value": "times", "statistic": "max"}
    answer, drawn = draw(scratch, spec, DATA / "coverage.csv")
    checks.equal((answer.code, len(drawn)), (0, 9), "a cell for each pair", answer)
    for row in drawn:
        own = [float(r["times"]) for r in rows_of(DATA / "coverage.csv")
               if (r["fault"], r["phase"]) == (row["row"], row["column"])]
        checks.equal(row["value"], f"{max(own):.10g}" if own else "", f"cell {row['row']} {row['column']}")
    counted = {**spec, "statistic": "count"}
    del counted["value"]
    answer, drawn = draw(scratch, counted, DATA / "coverage.csv")
    checks.equal(sum(float(row["value"] or 0) for row in drawn), 16, "rows counted", answer)
    answer, drawn = draw(scratch, {"kind": "heat"}, ROOT / "scenarios/platforms/gcp3.json")
    cells = {(row["row"], row["column"]): row["value"] for row in drawn}
    checks.equal(cells.get(("Iowa", "Belgium")), cells.get(("Belgium", "Iowa")), "both ways", answer)
    checks.equal(len(cells), 9, "three regions by three")


def check_matrices(checks, scratch, program):
    made = program.run("run", ROOT / "scenarios/raft/three_continents.json", "--fabric", "loop", "--out",
                       scratch / "runs", "--set", "duration=5 s", "--set", "faults=[]", "--set", "expect={}")
    folder = next((scratch / "runs").glob("*/latest"))
    answer, drawn = draw(scratch, {"kind": "heat"}, folder)
    checks.equal((answer.code, len(drawn)), (0, 9), "one way between three regions", f"{answer}; {made}")
    place = ["Iowa", "Belgium", "Taiwan", "Iowa", "Belgium"]
    own = {}
    for line in (folder / "trace.ndjson").read_text().splitlines():
        step = json.loads(line)
        for sent in step.get("sent", []):
            if "arrives" in sent:
                key = (place[int(step["node"][1:]) - 1], place[int(sent["to"][1:]) - 1])
                own.setdefault(key, []).append((sent["arrives"] - step["t"]) / 1e6)
    for row in drawn:
        values = own[row["row"], row["column"]]
        checks.that(close(row["value"], naive_quantile(values, 0.5)), f"{row['row']} to {row['column']}", row)
    campaign = scratch / "campaign.json"
    campaign.write_text(json.dumps({"protocol": "raft", "runs": 2, "first_seed": 1, "last_seed": 2, "coverage": {
        "struck": [{"kind": "slow_disk", "role": "leader", "phase": "idle", "times": 2},
                   {"kind": "slow_disk", "role": "follower", "phase": "idle", "times": 3},
                   {"kind": "crash", "role": "leader", "phase": "writing", "times": 1}]}}))
    answer, drawn = draw(scratch, {"kind": "heat"}, campaign)
    checks.equal([(row["row"], row["column"], row["value"]) for row in drawn],
                 [("slow disk", "idle", "5"), ("slow disk", "writing", ""), ("crash", "idle", ""),
                  ("crash", "writing", "1")], "faults by phase", answer)


def check_run(checks, scratch, program):
    answer, drawn = draw(scratch, {"kind": "over_time", "window": 1, "log": True}, RUN)
    checks.equal(answer.code, 0, "a run over time", answer)
    metrics = rows_of(RUN / "metrics.csv")
    checks.equal([row["operations_ok"] for row in drawn], [row["operations_ok"] for row in metrics],
                 "operations a second")
    answer, drawn = draw(scratch, {"kind": "roles"}, RUN)
    checks.equal(answer.code, 0, "roles", answer)
    checks.equal([(row["node"], row["term"]) for row in drawn if row["role"] == "leader"],
                 [("n1", "1"), ("n2", "2"), ("n2", "3")], "leaders")
    answer, drawn = draw(scratch, {"kind": "roles", "published": {"a leader": 0.2, "again": 3}}, RUN)
    checks.equal(answer.code, 0, "roles beside published times", answer)
    checks.that("published, a leader 0.2 s, again 3 s after the crash" in (scratch / "out/figure.svg").read_text(),
                "which its caption names")
    # A run that the program has just made, with its whole trace.
    made = program.run("run", ROOT / "scenarios/bully/highest_dies.json", "--fabric", "loop",
                       "--out", scratch / "runs")
    folder = next((scratch / "runs").glob("*/latest"))
    answer, drawn = draw(scratch, {"kind": "roles"}, folder)
    checks.equal(answer.code, 0, "roles of a Bully election", f"{answer}; {made}")
    checks.equal([row["node"] for row in drawn if row["role"] == "coordinator"][-2:], ["n4", "n5"],
                 "n5 coordinated, then n4")


CHECKS = (check_ecdf, check_bands, check_box, check_lines, check_heat, check_matrices,
          check_run)
