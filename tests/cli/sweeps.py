"""Sweeps: shards and processes change nothing, and an interruption keeps what was finished."""

import csv
import signal
import time

from support import ROOT, answer_of

STORY = ROOT / "scenarios/raft/split_votes.json"
SWEEP = ('sweep={"config.election_timeout": ["150..155 ms", "150..200 ms"], '
         '"network.latency": ["uniform 8..12 ms", "9 ms"], "repeat": 5}')
SMALL = (STORY, "--set", SWEEP, "--set", "duration=8 s",
         "--set", 'faults=[{"at": "3 s", "crash": "leader", "for": "1 s"}]',
         "--set", 'expect={}', "--quiet")
RUNS = 20
LONG = (ROOT / "scenarios/raft/paper_wan_elections.json", "--quiet")


def tables(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*.csv")}


def check_whole(context):
    checks, program = context.checks, context.program
    with context.scratch() as folder:
        answer = program.run("sweep", *SMALL, "--out", "out", cwd=folder)
        checks.equal(answer.code, 0, "a sweep", answer)
        found = tables(folder / "out")
        checks.equal(set(found), {"runs.csv", "points.csv"}, "its tables")
        rows = list(csv.DictReader(found["runs.csv"].decode().splitlines()))
        checks.equal([row["run"] for row in rows], [str(i) for i in range(RUNS)], "a row a run")
        checks.equal([row["point"] for row in rows], [str(i // 5) for i in range(RUNS)],
                     "repeat runs a point")
        checks.equal([row["seed"] for row in rows], [str(1 + i % 5) for i in range(RUNS)],
                     "seeds count up from the scenario's")
        checks.equal([row["network.latency"] for row in rows[::5]],
                     ["uniform 8..12 ms", "9 ms"] * 2, "the last axis is the fastest")
        check_points(checks, rows, list(csv.DictReader(found["points.csv"].decode().splitlines())))
        row = rows[7]
        alone = program.run("run", STORY, *SMALL[1:], "--no-write", "--fabric", "loop", "--seed",
                            row["seed"], "--set", "network.latency=" + row["network.latency"],
                            "--set", "config.election_timeout=" + row["config.election_timeout"])
        checks.equal(alone.verdict().get("digest"), row["digest"],
                     "a run of a sweep is the run of its point and seed", alone)
        failing = program.run("sweep", STORY, "--quiet", "--out", "failing", "--set",
                              'expect.sometimes=["records_lost"]', "--set", "sweep={}", cwd=folder)
        checks.equal(failing.code, 1, "a run that does not pass: exit 1", failing)


def check_points(checks, rows, points):
    checks.equal(list(points[0]), "point,figure,n,mean,p1,p10,p50,p90,p99,max".split(","),
                 "columns of points.csv")
    for point in points:
        values = sorted(float(row[point["figure"]]) for row in rows
                        if row["point"] == point["point"] and row[point["figure"]])
        mean = sum(values) / len(values)
        what = f"point {point['point']}, {point['figure']}"
        checks.equal(int(point["n"]), len(values), f"{what}: n")
        checks.that(abs(float(point["mean"]) - mean) <= 1e-5 * abs(mean), f"{what}: mean",
                    f"{point['mean']} for {values}")
        checks.that(abs(float(point["max"]) - values[-1]) <= 1e-5 * abs(values[-1]),
                    f"{what}: max", f"{point['max']} for {values}")
        quantiles = [float(point[name]) for name in ("p1", "p10", "p50", "p90", "p99", "max")]
        checks.equal(quantiles, sorted(quantiles), f"{what}: quantiles go up")


def check_same_bytes(context):
    checks, program = context.checks, context.program
    with context.scratch() as folder:
        ways = [("one process", ["--jobs", 1]), ("two processes", ["--jobs", 2]),
                ("more processes than runs", ["--jobs", 30])]
        if program.has_simgrid:
            ways.append(("SimGrid", ["--fabric", "simgrid"]))
        expected = None
        for what, flags in ways:
            answer = program.run("sweep", *SMALL, *flags, "--out", folder / what)
            found = tables(folder / what)
            expected = expected or found
            checks.that(answer.code == 0 and len(found) == 2, f"{what}: a sweep", answer)
            checks.that(found == expected, f"{what}: the same bytes in both tables")
        shards = []
        for number in (1, 2, 3):
            answer = program.run("sweep", *SMALL, "--shard", f"{number}/3", "--out",
                                 folder / "shards")
            checks.equal(answer.code, 0, f"shard {number}/3", answer)
            shards += (folder / "shards").rglob(f"runs.{number}-of-3.csv")
        checks.equal(len(list((folder / "shards").rglob("*.csv"))), 3, "a table a shard")
        sizes = [len(shard.read_text().splitlines()) - 1 for shard in shards]
        checks.equal(sizes, [7, 7, 6], "every third run belongs to a shard")
        for order in (shards, shards[::-1]):
            merged = program.run("merge", "--out", folder / "merged", *order)
            checks.equal(merged.code, 0, "merge", merged)
            checks.that(tables(folder / "merged") == expected,
                        "merged shards are the same bytes as the whole sweep")
        check_bad_merges(checks, program, folder, shards)


def check_bad_merges(checks, program, folder, shards):
    (folder / "other.csv").write_text("run,point,other\n0,0,1\n")
    (folder / "rubbish.csv").write_bytes(bytes(range(256)))
    (folder / "empty.csv").write_text("")
    (folder / "torn.csv").write_text(shards[0].read_text()[:-20])
    for what, tables_given in (("a shard twice", [shards[0], shards[0]]),
                               ("tables of two sweeps", [shards[0], folder / "other.csv"]),
                               ("rubbish", [folder / "rubbish.csv"]),
                               ("an empty table", [folder / "empty.csv"]),
                               ("a torn table", [folder / "torn.csv"]),
                               ("no file", [folder / "nowhere.csv"]), ("a folder", [folder])):
        answer = program.run("merge", "--out", folder / "bad", *tables_given)
        checks.that(answer.code in (64, 65, 73) and len(answer.err.splitlines()) == 1,
                    f"merge of {what}: refused in one line", answer)
        checks.that(not (folder / "bad" / "runs.csv").exists(), f"merge of {what}: writes nothing")


def check_interrupted(context):
    """Interrupted later and later, until at least one run is finished."""
    checks = context.checks
    for attempt in range(8):
        with context.scratch() as folder:
            process = context.program.start("sweep", *LONG, "--out", folder)
            time.sleep(0.3 * 1.6 ** attempt)
            process.send_signal(signal.SIGINT)
            answer = answer_of(process, 10)
            if "no run finished" in answer.err and attempt < 7:
                checks.equal(answer.code, 130, "interrupted before the first run: exit 130")
                continue
            checks.equal(answer.code, 130, "an interrupted sweep: exit 130", answer)
            found = {path.name: path.read_bytes() for path in folder.glob("*/*.csv")}
            checks.equal(set(found), {"runs.incomplete.csv"}, "what stays says that it is not all")
            lines = found.get("runs.incomplete.csv", b"\n").decode().splitlines()
            widths = {len(row) for row in csv.reader(lines)}
            checks.that(len(lines) > 1 and len(widths) == 1 and len(lines) < 30_000,
                        "finished runs are kept whole", f"{len(lines)} lines")
            checks.that(f"the {len(lines) - 1} runs that were finished" in answer.err
                        and "runs.incomplete.csv" in answer.err, "it says how many and where",
                        answer)
            left = {path.name for path in folder.glob("*/*")}
            checks.equal(left, {"runs.incomplete.csv", "shards"},
                         "and the shards it goes on with are left, nothing else")
            return


CHECKS = (check_whole, check_same_bytes, check_interrupted)
