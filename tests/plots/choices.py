"""Which figure is drawn of results that come without a spec."""

from plots import choose, spec

from plotting import ROOT, RUN, SWEEP, call


def chosen(made):
    name, fields = made
    return name, spec.read("", fields)


def table(scratch, axis, values, repeat=3):
    path = scratch / "raft-x/runs.csv"
    path.parent.mkdir(exist_ok=True)
    rows = [f"run,point,{axis}seed,verdict,digest,stable_leader_ms,messages_sent"]
    for value in values:
        rows += [f"0,0,{value}{seed},pass,d,{seed * 1.5},{seed}" for seed in range(repeat)]
    path.write_text("\n".join(rows) + "\n")
    return path


def check_tables(checks, scratch, program):
    for axis, values, kind in (("", [""], "ecdf"), ("nodes,", ["3,", "5,"], "ecdf"),
                               ("nodes,", ["3,", "5,", "7,", "9,"], "bands"),
                               ("network.latency,", [f"{i} ms," for i in range(1, 9)], "bands"),
                               ("config.x,", [f"a{i}," for i in range(9)], "box")):
        path = table(scratch, axis, values)
        name, found = chosen(choose.for_tables([path], None, None))
        checks.equal((name, found.kind), ("raft-x-stable_leader_ms", kind), f"{values[:2]} {len(values)}")
        answer = call(path.parent, "--out", scratch / "out")
        checks.equal(answer.code, 0, f"a {kind} chosen", answer)
    path.write_text(path.read_text().replace(".5,", ".0,").replace("1.0,", "3.0,").replace("0.0,", "3.0,"))
    _, found = chosen(choose.for_tables([path], None, None))
    checks.equal(found["value"].column, "messages_sent", "what never varies is passed over")


def check_others(checks, scratch, program):
    checks.equal(chosen(choose.for_run(RUN, None))[1].kind, "over_time", "a run with clients")
    quiet = scratch / "quiet"
    quiet.mkdir()
    for name in ("manifest.json", "summary.json", "trace.ndjson"):
        (quiet / name).write_bytes((RUN / name).read_bytes())
    (quiet / "history.ndjson").write_text("")
    checks.equal(chosen(choose.for_run(quiet, None))[1].kind, "roles", "a run without clients")
    regions = ROOT / "scenarios/platforms/aws9.json"
    checks.equal(choose.what_is(regions), "matrix", "a file of regions")
    checks.equal(chosen(choose.for_matrix(regions))[1].kind, "heat", "is a heat map")


CHECKS = (check_tables, check_others)
