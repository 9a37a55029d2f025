"""What is refused: one line that names the file, the key and what to do; never a traceback."""

import json

from plotting import DATA, RUN, SWEEP, call, call_apart, draw

ECDF = {"kind": "ecdf", "value": "stable_leader_ms"}
LINES = {"kind": "lines", "x": "nodes", "value": "messages"}
SPECS = (
    ({}, "kind: is missing"),
    ({"kind": "pie"}, "kind: no 'pie' here; one of ecdf, bands"),
    ({"kind": "ecfd", "value": "x"}, "did you mean 'ecdf'?"),
    ({"kind": "ecdf"}, "value: is missing"),
    (ECDF | {"valeu": 1}, "valeu: unknown key; did you mean 'value'?"),
    (ECDF | {"x": "nodes"}, "x: unknown key"),
    (ECDF | {"value": 5}, "value: expected the name of a column"),
    (ECDF | {"value": {"colunm": "a"}}, "value.column: is missing"),
    (ECDF | {"value": {"column": "a", "colour": "red"}}, "value.colour: unknown key"),
    (ECDF | {"value": {"column": "a", "divide": 0}}, "value.divide: is 0"),
    (ECDF | {"value": {"column": "a", "subtract": "2 s"}}, "value.subtract: expected a number"),
    (ECDF | {"value": {"column": "a", "subtract": True}}, "value.subtract: expected a number"),
    (ECDF | {"value": {"column": "a", "from": 2, "to": 1}}, "value.to: is not above from"),
    (ECDF | {"value": {"column": "a", "from": 0, "log": True}}, "value.from: a log axis"),
    (ECDF | {"value": "stable_leader"}, "has no column 'stable_leader'; did you mean 'stable_leader_ms'?"),
    (ECDF | {"value": "down"}, "down: '[]' is no number"),
    (ECDF | {"by": {"column": "down", "names": {"[]": 0}}}, "by.names.[]: expected a text"),
    (ECDF | {"by": "dwon"}, "did you mean 'down'?"),
    (ECDF | {"by": "down", "published": {"[]": [400]}}, "published.[]: expected pairs"),
    (ECDF | {"by": "down", "published": {"none": [[400, 0.5]]}}, "published.none: no series"),
    (ECDF | {"where": {"down": "n7"}}, "where: no row is left; down has"),
    (ECDF | {"where": {"nowhere": 1}}, "has no column 'nowhere'"),
    (ECDF | {"size": "poster"}, "size: no 'poster' here"),
    (ECDF | {"title": 5}, "title: expected a text"),
    (ECDF | {"data": "runs.csv"}, "data: expected a list"),
    (ECDF | {"data": [1]}, "data[0]: expected a path"),
    ({"kind": "box", "value": "seed"}, "by: is missing"),
    ({"kind": "box", "value": "seed", "by": "down", "style": "bar"}, "style: no 'bar' here"),
    ({"kind": "box", "value": "seed", "by": "down", "published": {"a": [1]}}, "published.a: no box"),
    ({"kind": "bands", "x": "seed", "value": "seed", "bands": [[0.9, 0.1]]}, "bands[0]: expected two"),
    ({"kind": "bands", "x": "seed", "value": "seed", "bands": [0.5]}, "bands[0]: expected two"),
    (LINES | {"curves": [{"form": "parabola"}]}, "curves[0].form: no closed form"),
    (LINES | {"curves": [{"form": "split_vote 5 2"}]}, "curves[0].form: no closed form"),
    (LINES | {"curves": [5]}, "curves[0]: expected an object"),
    (LINES | {"bars": "error"}, "bars: no 'error' here"),
    ({"kind": "heat"}, "rows: is missing"),
    ({"kind": "heat", "rows": "down", "columns": "seed"}, "value: is missing"),
    ({"kind": "roles", "published": {"a leader": "7 s"}}, "published.a leader: expected seconds"),
    ({"kind": "over_time", "window": 0}, "window: is not above 0"),
    ({"kind": "over_time", "window": "1 s"}, "window: expected a number"),
)


def refused(checks, answer, code, what, *says):
    checks.equal(answer.code, code, what, answer)
    checks.that(len(answer.err.splitlines()) == 1 and "Traceback" not in answer.err,
                f"{what}: one line", answer)
    for words in says:
        checks.that(words in answer.err, f"{what}: says '{words}'", answer)


def check_specs(checks, scratch, program):
    for spec, says in SPECS:
        answer, _ = draw(scratch, spec, SWEEP)
        refused(checks, answer, 65, json.dumps(spec), says)
        checks.that(not (scratch / "out").exists(), f"{spec}: nothing is written")
    for text in ("{", "[]", "5", '{"kind": "ecdf", "value": "seed",}', "[" * 100_000, '{"a": NaN}', "\0"):
        (scratch / "bad.json").write_text(text)
        refused(checks, call(scratch / "bad.json", SWEEP), 65, f"a spec of {text[:20]!r}", "bad.json")
    (scratch / "bad.json").write_bytes(b"\xff\xfe")
    refused(checks, call(scratch / "bad.json", SWEEP), 65, "no text", "not UTF-8")
    (scratch / "good.json").write_text('{ // a comment\n "kind": "ecdf", /* "x": 1, */ "value": "seed", '
                                       '"title": "a // b" }')
    checks.equal(call(scratch / "good.json", SWEEP, "--out", scratch).code, 0, "comments are allowed")


def check_results(checks, scratch, program):
    spec = scratch / "spec.json"
    spec.write_text(json.dumps(ECDF))
    (scratch / "empty.csv").write_text("")
    (scratch / "header.csv").write_text(SWEEP.read_text().split("\n")[0] + "\n")
    (scratch / "torn.csv").write_text(SWEEP.read_text() + "1,2,\"3")
    (scratch / "binary.csv").write_bytes(bytes(range(256)))
    (scratch / "folder").mkdir()
    for name, code in (("empty.csv", 66), ("header.csv", 66), ("torn.csv", 65), ("binary.csv", 65),
                       ("folder", 66), ("nowhere", 66)):
        refused(checks, call(spec, scratch / name, "--out", scratch / "out"), code, name, name)
        refused(checks, call(scratch / name, "--out", scratch / "out"), code, f"{name} alone", name)
    (scratch / "folder/raft-x").mkdir()
    (scratch / "folder/raft-x/runs.incomplete.csv").write_text("run\n")
    refused(checks, call(scratch / "folder"), 66, "an interrupted sweep", "runs.incomplete.csv is there")
    refused(checks, call(spec), 66, "no results", "data: names no results")
    refused(checks, call(DATA / "nodes.csv"), 65, "another table", "write a plot spec")
    refused(checks, call(RUN, RUN), 65, "two runs", "one run at a time")
    refused(checks, call(RUN, "--kind", "ecdf"), 65, "a run as an ECDF", "over_time, roles or heat")
    for text in ('{"coverage": 5}', '{"coverage": {"struck": [{"kind": "crash"}]}}', '{"round_trip": 5}',
                 '{"regions": ["a", "b"], "round_trip": {"a": {"b": "far"}}}'):
        (scratch / "matrix.json").write_text(text)
        refused(checks, call(scratch / "matrix.json", "--out", scratch / "out"), 65, text, "matrix.json")
    refused(checks, call(DATA.parent.parent.parent / "scenarios/raft/split_votes.json"), 65, "a scenario",
            "run it first: ./lockstep sweep")
    refused(checks, call(SWEEP, spec), 64, "a spec after results", "a plot spec comes first")


def check_run_folders(checks, scratch, program):
    spec = scratch / "spec.json"
    spec.write_text('{"kind": "over_time"}')
    for name in ("manifest.json", "summary.json", "history.ndjson", "trace.ndjson"):
        for what, change in (("without", None), ("empty", b""), ("torn", b'{"t": 5, "cli')):
            folder = scratch / f"{what} {name}"
            folder.mkdir()
            for file in RUN.iterdir():
                (folder / file.name).write_bytes(file.read_bytes())
            if change is None:
                (folder / name).unlink()
            elif change and name == "trace.ndjson":
                (folder / name).write_bytes(b'{"type":"fault","t":5,"ki')
            else:
                (folder / name).write_bytes(change)
            answer = call(spec, folder, "--out", scratch / "out")
            if (what, name) == ("empty", "trace.ndjson"):
                checks.equal(answer.code, 0, "a trace without faults", answer)
            else:
                refused(checks, answer, 66 if what == "without" or name == "history.ndjson" and not change
                        else 65, f"{what} {name}", str(folder))


def check_usage(checks, scratch, program):
    for words in ((), ("--format", "gif", SWEEP), (SWEEP, "--kind", "pie"), (SWEEP, "--nothing")):
        refused(checks, call_apart(*words), 64, f"words {words}", "--help says more")
    checks.equal(call("--help").code, 0, "--help")
    refused(checks, call(SWEEP, "--value", "nothing"), 65, "no such figure", "has no figure 'nothing'")
    (scratch / "file").write_text("")
    refused(checks, call(SWEEP, "--out", scratch / "file"), 73, "a file for a folder", "--out")
    refused(checks, call(SWEEP, "--out", "/proc/nowhere"), 73, "where nobody can write", "--out")


CHECKS = (check_specs, check_results, check_run_folders, check_usage)
