"""Statistics of results: groups, intervals and distances as Python computes them, and what is refused."""

import csv
import io
import json
import statistics

from support import ROOT

STORY = ROOT / "scenarios/raft/paper_wan_elections.json"
SMALL = ("sweep", STORY, "--set", "sweep.repeat=40", "--quiet", "--out")


def table(answer):
    return list(csv.DictReader(io.StringIO(answer.out)))


def near(a, b):
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1e-300)


def share(values, x):
    return sum(value <= x for value in values) / len(values)


def check_sweep(context):
    checks, program = context.checks, context.program
    with context.scratch() as folder:
        for out, seed in (("a", 1), ("b", 1000)):
            checks.equal(program.run(*SMALL, folder / out, "--seed", seed).code, 0, "a sweep")
        first, second = (folder / out / "raft-paper_wan_elections" for out in "ab")
        runs = list(csv.DictReader((first / "runs.csv").open()))
        answer = program.run("stats", first, "--csv")
        checks.that(answer.code == 0 and not answer.err, "stats of a sweep", answer)
        rows = table(answer)
        figures = list(runs[0])[list(runs[0]).index("digest") + 1:]
        checks.equal([row["column"] for row in rows], figures * 3, "a row a point and figure")
        for row in rows:
            values = sorted(float(run[row["column"]]) for run in runs
                            if run["down"] == row["down"] and run[row["column"]])
            what = f"{row['down']} {row['column']}"
            checks.equal(int(row["n"]), len(values), f"{what}: n")
            if not values:
                continue
            checks.that(near(float(row["mean"]), statistics.fmean(values)), f"{what}: mean", row)
            checks.that(near(float(row["p50"]), statistics.median(values)), f"{what}: p50", row)
            checks.equal((float(row["min"]), float(row["max"])), (values[0], values[-1]),
                         f"{what}: min and max")
            low, mean, high = (float(row[name]) for name in ("mean_low", "mean", "mean_high"))
            checks.that(values[0] <= low <= mean <= high <= values[-1], f"{what}: interval", row)
        checks.equal(program.run("stats", first / "runs.csv", "--csv").out, answer.out,
                     "a table is what its folder is")
        checks.equal(program.run("stats", first, "--csv").out, answer.out, "twice the same bytes")
        checks.that(program.run("stats", first, "--csv", "--seed", 2).out != answer.out,
                    "another seed, other intervals")
        check_distance(checks, program, first, second)
        checks.equal(program.run("stats", first / "points.csv").code, 0, "stats of points.csv")


def check_distance(checks, program, first, second):
    flags = ("--column", "stable_leader_ms", "--by", "")
    answer = program.run("stats", first, second, *flags, "--json")
    checks.that(answer.code == 0 and len(answer.out.splitlines()) == 1, "--json is a line", answer)
    rows = answer.json().get("rows", [])
    checks.equal([(row["group"], row["n"]) for row in rows], [({}, 120)] * 2,
                 "--by '' makes one group of a result")
    a, b = ([float(run["stable_leader_ms"]) for run in csv.DictReader((of / "runs.csv").open())]
            for of in (first, second))
    expected = max(abs(share(a, x) - share(b, x)) for x in a + b)
    checks.that(rows and rows[0]["ks"] is None and near(rows[1]["ks"], expected),
                "two results: how far their distributions are apart", f"{expected}: {answer}")
    shown = program.run("stats", first, second, *flags)
    checks.equal(len(shown.out.splitlines()), 4, "a table: header, two rows, and how", shown)


def check_run(context):
    checks, program = context.checks, context.program
    with context.scratch() as folder:
        made = program.run("run", ROOT / "scenarios/raft/leader_partitioned.json", "--fabric",
                           "loop", "--quiet", "--out", folder)
        checks.equal(made.code, 0, "a run", made)
        run = folder / "raft-leader_partitioned" / "latest"
        begun, took = {}, {}
        for line in (run / "history.ndjson").read_text().splitlines():
            event = json.loads(line)
            if event["event"] == "invoke":
                begun[event["id"]] = event
            elif event["event"] == "ok":
                start = begun[event["id"]]
                took.setdefault(start["verb"], []).append((event["t"] - start["t"]) / 1e6)
        rows = table(program.run("stats", run, "--csv"))
        checks.equal({row["verb"]: int(row["n"]) for row in rows},
                     {verb: len(values) for verb, values in took.items()}, "operations by verb")
        for row in rows:
            checks.that(near(float(row["mean"]), statistics.fmean(took[row["verb"]])),
                        f"{row['verb']}: mean latency", row)
        windows = table(program.run("stats", run, "--window", "500 ms", "--csv"))
        checks.equal(sum(int(row["n"]) for row in windows), sum(map(len, took.values())),
                     "every operation is in one window")
        starts = [float(row["from_s"]) for row in windows]
        checks.equal(starts, [starts[0] + i / 2 for i in range(len(starts))], "a row a window")
        checks.equal(program.run("stats", run / "metrics.csv").code, 0, "stats of metrics.csv")
        column = table(program.run("stats", run, "--column", "operations_ok", "--csv"))
        checks.equal([row["column"] for row in column], ["operations_ok"],
                     "a column of metrics.csv by its name")


def check_refused(context):
    checks, program = context.checks, context.program
    with context.scratch() as folder:
        (folder / "good.csv").write_text("who,ms\na,1\nb,2\n")
        (folder / "torn.csv").write_text("who,ms\na,1\nb\n")
        (folder / "words.csv").write_text("who\na\n")
        (folder / "empty.csv").write_text("")
        (folder / "rubbish.csv").write_bytes(bytes(range(256)) * 8)
        (folder / "rubbish.ndjson").write_bytes(bytes(range(256)) * 8)
        (folder / "nothing").mkdir()
        for code, words in (
                (66, ["nowhere"]), (66, ["nothing"]), (66, ["good.csv", "nowhere.csv"]),
                (65, ["torn.csv"]), (65, ["words.csv"]), (65, ["empty.csv"]),
                (65, ["rubbish.csv"]), (65, ["rubbish.ndjson"]),
                (65, ["good.csv", "--column", "s"]), (65, ["good.csv", "--column", "who"]),
                (65, ["good.csv", "--by", "s"]), (65, ["good.csv", "--window", "1 s"]),
                (64, []), (64, ["good.csv", "--csv", "--json"]),
                (64, ["good.csv", "--resamples", "0"]), (64, ["good.csv", "--seed", "-1"]),
                (64, ["good.csv", "--window", "0 s"]), (64, ["good.csv", "--window", "soon"])):
            answer = program.run("stats", *words, cwd=folder)
            checks.that(answer.code == code and len(answer.err.splitlines()) == 1
                        and not answer.out, f"stats {' '.join(words)}: exit {code}, one line",
                        answer)
            if code != 64:
                at_fault = words[1] if len(words) == 2 else words[0]
                checks.that(answer.err.startswith(at_fault), f"stats {' '.join(words)}: the file",
                            answer)


CHECKS = (check_sweep, check_run, check_refused)
