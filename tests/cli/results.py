"""What a run leaves: a complete folder or one named .partial, and nothing outside of --out."""

import json
import os
import resource
import signal
import time

from support import LIMIT_SECONDS, ROOT, answer_of

STORY = ROOT / "scenarios/raft/figure_8_committed.json"
FILES = {"manifest.json", "summary.json", "trace.ndjson", "history.ndjson", "metrics.csv",
         "trace.shiviz", "report.html"}
# Runs for a minute and more, so that an interruption comes in time.
LONG = (ROOT / "scenarios/raft/leader_partitioned.json", "--set", "duration=10 h", "--set",
        "workload.rate=500 /s", "--fabric", "loop")


def tree(folder):
    """Every path below a folder; a file with its size and time of change."""
    found = {}
    for path in folder.rglob("*"):
        facts = path.lstat()
        found[str(path.relative_to(folder))] = (
            (facts.st_size, facts.st_mtime_ns) if path.is_file() else "")
    return found


def check_complete(context):
    checks = context.checks
    with context.scratch() as folder:
        answer = context.program.run("run", STORY, "--out", "out", cwd=folder)
        checks.equal(answer.code, 0, "a run", answer)
        runs = folder / "out" / "raft-figure_8_committed"
        latest = runs / "latest"
        checks.that(latest.is_symlink() and latest.is_dir(), "latest points at the run")
        checks.equal({path.name for path in latest.iterdir()}, FILES, "the files of a run")
        checks.that(f"report: out/raft-figure_8_committed/{latest.resolve().name}/report.html"
                    in answer.out, "the report's path is printed", answer)
        summary = json.loads((latest / "summary.json").read_text())
        manifest = json.loads((latest / "manifest.json").read_text())
        checks.equal(summary["digest"], answer.verdict()["digest"], "summary.json has the digest")
        for key in ("lockstep", "commit", "compiler", "command", "seed", "effective_scenario",
                    "digest"):
            checks.that(manifest.get(key) not in (None, ""), f"manifest.json has {key}")
        steps = [line for line in (latest / "trace.ndjson").read_text().splitlines()
                 if json.loads(line)["type"] == "step"]
        checks.equal(len(steps), summary["steps"], "trace.ndjson has a line a step")
        again = context.program.run("run", STORY, "--out", "out", "--quiet", cwd=folder)
        checks.equal(again.code, 0, "a second run", again)
        kept = [path for path in runs.iterdir() if not path.is_symlink()]
        checks.equal(len(kept), 2, "a run within the same second has a folder of its own")
        checks.that(latest.resolve() != sorted(kept)[0].resolve(), "latest is the second run")
        checks.that(not list(folder.rglob("*.partial")), "nothing is left half-written")
        checks.equal(sorted(os.listdir(runs)), sorted([path.name for path in kept] + ["latest"]),
                     "and nothing else stays")


def check_nothing_outside(context):
    """Files elsewhere stay as they are, whatever the command."""
    checks = context.checks
    with context.scratch() as folder:
        here = folder / "here"
        here.mkdir()
        (here / "story.json").write_bytes(STORY.read_bytes())
        (here / "bad.json").write_text("{")
        before = tree(folder)
        for arguments in (["run", "story.json", "--no-write"], ["run", "bad.json"],
                          ["run", "story.json", "--no-write", "--json", "--twice"],
                          ["run", "story.json", "--no-write", "--trace", "--fabric", "loop"],
                          ["validate", "story.json", "bad.json"], ["show", "story.json"],
                          ["list", "."], ["sweep", "bad.json"], ["run", "--help"],
                          ["merge", "--out", "x", "nowhere.csv"]):
            context.program.run(*arguments, cwd=here)
            checks.equal(tree(folder), before, f"{' '.join(arguments)}: nothing is written")
        for arguments in (["run", "story.json"], ["run", "story.json", "--twice"],
                          ["sweep", "story.json"]):
            answer = context.program.run(*arguments, "--out", "../out", cwd=here)
            checks.equal(answer.code, 0, f"{' '.join(arguments)} --out ../out", answer)
            after = {path: facts for path, facts in tree(folder).items()
                     if path != "out" and not path.startswith("out/")}
            checks.equal(after, before, f"{' '.join(arguments)}: nothing outside of --out")
        context.program.run("run", "story.json", "--quiet", cwd=here)
        checks.equal(sorted(os.listdir(here)), ["bad.json", "results", "story.json"],
                     "without --out everything is below results/")
        checks.equal(os.listdir(here / "results"), ["runs"], "namely results/runs/")


def check_unwritable(context):
    """Noticed before the run: the story would take minutes."""
    checks = context.checks
    with context.scratch() as folder:
        (folder / "file").write_text("x")
        (folder / "occupied").mkdir()
        (folder / "occupied" / "raft-leader_partitioned").write_text("x")
        outs = ["file", "file/below", "occupied", "/dev/null/out", "/proc/out"]
        if os.geteuid() != 0:
            (folder / "locked").mkdir(mode=0o555)
            outs += ["locked", "locked/below"]
        before = tree(folder)
        for out in outs:
            for command in (["run", *LONG], ["sweep", LONG[0]]):
                answer = context.program.run(*command, "--out", out, cwd=folder, limit=5)
                what = f"{command[0]} --out {out}"
                checks.equal(answer.code, 73, f"{what}: exit 73 before the run", answer)
                checks.that(len(answer.err.splitlines()) == 1 and out in answer.err
                            and "--out" in answer.err and not answer.out,
                            f"{what}: one line that names the folder and --out", answer)
        checks.equal(tree(folder), before, "and nothing is left behind")


def check_full_disk(context):
    """A file may not grow beyond 20 kB here, as if the disk were full."""
    def full():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    with context.scratch() as folder:
        answer = context.program.run("run", STORY, "--out", "out", cwd=folder, preexec_fn=full)
        context.checks.equal(answer.code, 73, "a full disk: exit 73", answer)
        context.checks.that(".partial" in answer.err and len(answer.err.splitlines()) == 1,
                            "a full disk: one line that names the folder", answer)
        runs = folder / "out" / "raft-figure_8_committed"
        context.checks.that(all(name.endswith(".partial") for name in os.listdir(runs)),
                            "a full disk: what is there is named .partial", os.listdir(runs))


def interrupted(context, sign, folder, *more):
    """Starts a long run, waits for its folder, sends a signal; the answer."""
    process = context.program.start("run", *LONG, *more, cwd=folder)
    deadline = time.monotonic() + LIMIT_SECONDS
    while not list(folder.rglob("*.partial")) and process.poll() is None:
        if time.monotonic() > deadline:
            break
        time.sleep(0.01)
    process.send_signal(sign)
    return answer_of(process, 5)


def check_interrupted(context):
    checks = context.checks
    for sign in (signal.SIGINT, signal.SIGTERM):
        with context.scratch() as folder:
            answer = interrupted(context, sign, folder, "--out", folder / "out")
            checks.equal(answer.code, 130, f"{sign.name}: exit 130", answer)
            left = os.listdir(folder / "out" / "raft-leader_partitioned")
            checks.that(len(left) == 1 and left[0].endswith(".partial"),
                        f"{sign.name}: what stays is named .partial", left)
            checks.that(left[0] in answer.err and "interrupted" in answer.err,
                        f"{sign.name}: it says so", answer)
            checks.that("verdict" not in answer.out, f"{sign.name}: there is no verdict", answer)
    with context.scratch() as folder:
        process = context.program.start("run", *LONG, "--no-write", cwd=folder)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        # A shell shows 130 for a program that a SIGINT ended as well.
        answer = answer_of(process, 5)
        checks.that(answer.code in (130, -signal.SIGINT), "SIGINT without a folder: 130", answer)
    with context.scratch() as folder:
        answer = interrupted(context, signal.SIGKILL, folder, "--out", folder / "out")
        left = os.listdir(folder / "out" / "raft-leader_partitioned")
        checks.that(answer.code == -signal.SIGKILL and left
                    and all(name.endswith(".partial") for name in left),
                    "killed: what stays is named .partial", left)


CHECKS = (check_complete, check_nothing_outside, check_unwritable, check_full_disk,
          check_interrupted)
