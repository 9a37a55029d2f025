#!/usr/bin/env python3
"""Sweeps that are interrupted, damaged, or left to others go on to the same bytes.

resume.py PROGRAM
"""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time

from common import NAME, ROOT, RUNS, SMALL, STORY, TABLES, Checks, Program, files, one_line, scratch, whole_sweep
from support import answer_of, end, in_parallel, program_from_arguments

LONG = (ROOT / "scenarios/raft/paper_wan_elections.json", "--set", "sweep.repeat=3000", "--quiet")
LONG_NAME = "raft-paper_wan_elections"
PATIENCE_SECONDS = 60


def shard_files(folder):
    return sorted((folder / "shards").glob("*.csv"))


def killed(program, folder, at_least, how, out):
    """A sweep that was sent a signal when so many shards were there; False when it was faster."""
    process = program.start("sweep", *LONG, "--out", out)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(shard_files(folder)) < at_least and process.poll() is None:
        if time.monotonic() > deadline:
            end(process)
        time.sleep(0.002)
    process.send_signal(how)
    # Workers have its stdout: that this ends says that they do.
    return answer_of(process, PATIENCE_SECONDS).code in (-how, 130)


def status(program, *words):
    answer = program.run("sweep", *words, "--status", "--json")
    return answer.code, answer.json()


def check_killed(checks, program):
    with scratch() as place:
        program.run("sweep", *LONG, "--out", place / "whole")
        expected = files(place / "whole" / LONG_NAME)
        checks.equal(set(expected), TABLES, "a sweep that nothing disturbs")
        folder = place / "killed" / LONG_NAME
        for at_least, how in ((1, signal.SIGKILL), (60, signal.SIGKILL), (120, signal.SIGINT)):
            if not killed(program, folder, at_least, how, place / "killed"):
                print(f"the sweep was over before {how.name} came")
                checks.that(files(folder) == expected, "to the same bytes")
                return
            there = len(shard_files(folder))
            checks.that(not (folder / "runs.csv").exists(), f"{how.name}: no whole table")
            code, told = status(program, *LONG[:-1], "--out", place / "killed")
            checks.equal((code, told.get("done"), told.get("missing"), told.get("failed")),
                         (2, there, 256 - there, {}), f"{how.name}: --status counts files", told)
            checks.that(0 < told.get("runs_done", 0) < told.get("runs", 0), "some runs are done", told)
            by_folder = status(program, folder)
            checks.equal(by_folder, (code, told), "--status of the folder says the same")
        before = len(shard_files(folder))
        # From elsewhere, by its folder alone.
        resumed = program.run("sweep", folder, cwd=place)
        checks.equal(resumed.code, 0, "it goes on", resumed)
        checks.that(f"{before} of 256 shards were there already" in resumed.out,
                    "and what was there is not run again", resumed)
        checks.that(files(folder) == expected, "to the same bytes, and nothing else is left",
                    sorted(files(folder)))
        code, told = status(program, folder)
        checks.equal((code, told.get("state"), told.get("runs_done")), (0, "finished", 9000),
                     "--status says that it is finished", told)


def submitted(program, place, out, *more):
    """A sweep whose shards are left to others: sbatch of a cluster that does nothing."""
    programs = place / "programs"
    if not programs.exists():
        programs.mkdir()
        for name, text in (("sbatch", f'printf "%s\\n" "$@" >{place}/words\ncat >{place}/script\necho 7'),
                           ("squeue", "echo PENDING"), ("scancel", "true")):
            (programs / name).write_text(f"#!/bin/sh\n{text}\n")
            (programs / name).chmod(0o755)
    env = {"PATH": f"{programs}:/usr/bin:/bin"}
    answer = program.run("sweep", *SMALL, "--engine", "slurm", "--no-wait", "--out", out, *more, env=env)
    return answer, env


def check_any_order(checks, program, expected):
    with scratch() as place:
        answer, env = submitted(program, place, place / "out")
        folder = place / "out" / NAME
        checks.that(answer.code == 0 and "left to slurm job 7" in answer.out, "sbatch gets it", answer)
        checks.that("--array=1-64\n" in (place / "words").read_text(), "as an array, a task a shard")
        told = program.run("sweep", folder, "--status", env=env)
        checks.that(told.code == 2 and "slurm job 7: 1 PENDING" in told.out, "--status asks squeue", told)
        order = list(range(1, RUNS + 1))
        random.Random(1).shuffle(order)
        answers = in_parallel(lambda shard: subprocess.run(
            ["sh", place / "script"], env={**os.environ, "SLURM_ARRAY_TASK_ID": str(shard)},
            stdin=subprocess.DEVNULL, capture_output=True, timeout=60), order)
        checks.that(all(one.returncode == 0 and not one.stdout + one.stderr for one in answers),
                    "the script of a task performs its shard and says nothing", answers[0])
        told = program.run("sweep", folder, "--status", env=env)
        checks.that(told.code == 0 and "makes its tables" in told.out, "--status: all is done", told)
        checks.equal(program.run("sweep", folder, "--quiet").code, 0, "the tables are made")
        checks.that(files(folder) == expected, "they are the bytes of one machine")


def check_damaged(checks, program, expected):
    with scratch() as place:
        folder = place / "out" / NAME
        submitted(program, place, place / "out")
        for shard in range(1, 11):
            program.run("sweep", folder, "--shard", f"{shard}/64")
        shards = shard_files(folder)
        checks.equal(len(shards), 10, "ten of them are there")
        shards[0].write_bytes(shards[0].read_bytes()[:-3])
        shards[1].write_bytes(b"")
        shards[2].write_bytes(shards[3].read_bytes())
        (folder / "shards" / "000020.csv.elsewhere-1.partial").write_text("half of it")
        code, told = status(program, folder)
        checks.equal((code, told.get("done"), told.get("missing")), (2, 7, 57),
                     "what is torn or of another place counts as missing", told)
        answer = program.run("sweep", *SMALL, "--out", place / "out")
        checks.that(answer.code == 0 and "7 of 64 shards were there already" in answer.out,
                    "only what is whole is kept", answer)
        checks.that(files(folder) == expected, "damage changes no byte of the tables")


def check_failed(checks, program):
    with scratch() as place:
        folder = place / "out" / NAME
        submitted(program, place, place / "out")
        plan = folder / "shards" / "plan.json"
        whole = plan.read_text()
        plan.write_text(whole.replace('"commit": "', '"commit": "x'))
        one_line(checks, program.run("sweep", folder, "--shard", "3/64"), 73, "version", "--afresh")
        one_line(checks, program.run("sweep", folder, "--status"), 73, "version")
        plan.write_text(whole)
        told = program.run("sweep", folder, "--status")
        checks.that(told.code == 2 and "failed:  1 shards" in told.out
                    and f"shard 3: {folder}: holds an unfinished sweep with version" in told.out,
                    "a shard that failed is told with why", told)
        checks.equal(program.run("sweep", folder, "--quiet").code, 0, "and is run again")
        checks.equal(set(files(folder)), TABLES, "to whole tables")
    check_too_large(checks, program)


def check_too_large(checks, program):
    """A run that gets no memory costs itself alone, and is run again."""
    def little_memory():
        resource.setrlimit(resource.RLIMIT_AS, (140_000_000, 140_000_000))

    large = (STORY, "--set", 'sweep={"nodes": [3, 6000]}', "--set", "faults=[]", "--set", "expect={}",
             "--set", "duration=1 ms")
    with scratch() as place:
        folder = place / NAME
        answer = program.run("sweep", *large, "--out", place, preexec_fn=little_memory)
        checks.that(answer.code == 70 and "run 1: " in answer.err and "1 of 2 shards are missing" in answer.err,
                    "a run that fails: exit 70, and which one", answer)
        code, told = status(program, folder)
        checks.equal((code, told.get("done"), told.get("missing"), list(told.get("failed", {}))), (2, 1, 0, ["2"]),
                     "--status tells which shard failed", told)
        answer = program.run("sweep", folder)
        checks.that(answer.code in (0, 1) and "1 of 2 shards were there already" in answer.out,
                    "with more memory it goes on", answer)


def check_refused(checks, program):
    with scratch() as place:
        folder, out = place / "out" / NAME, ("--out", place / "out")
        one_line(checks, program.run("sweep", *SMALL, *out, "--status"), 66, str(folder), "not begun")
        one_line(checks, program.run("sweep", place, "--status"), 66, str(place), "no sweep")
        _, env = submitted(program, place, place / "out")
        for words, why in (((*SMALL, "--seed", "5"), "other seeds"),
                           ((*SMALL, "--set", "duration=9 s"), "another scenario"),
                           ((*SMALL, "--set", "sweep.repeat=17"), "another scenario"),
                           ((*SMALL, "--shards", "8"), "64 shards, not 8")):
            one_line(checks, program.run("sweep", *words, *out), 73, str(folder), why, "--afresh")
            one_line(checks, program.run("sweep", *words, *out, "--status"), 73, str(folder), why)
        if program.has_simgrid:
            one_line(checks, program.run("sweep", *SMALL, *out, "--fabric", "simgrid"), 73, "fabric")
        for words in ((folder, "--seed", "5"), (folder, *out), (folder, "--shards", "8"), (folder, "--afresh"),
                      (*SMALL, "--no-wait"), (*SMALL, "--sshlogin", ":"), (*SMALL, "--json"),
                      (*SMALL, "--shard", "1/2", "--engine", "slurm"), (*SMALL, "--status", "--jobs", "1"),
                      (*SMALL, "--engine", "carrier"), (*SMALL, "--shards", "0")):
            checks.equal(program.run("sweep", *words).code, 64, f"{words[1:]}: means nothing")
        one_line(checks, program.run("sweep", folder, "--shard", "1/8"), 73, "64 shards, not 8")
        shutil.copy(program.path, place / "built again")
        with open(place / "built again", "ab") as copy:
            copy.write(b"changed")
        answer = Program(place / "built again").run("sweep", *SMALL, *out, "--status", env=env)
        commit = json.loads((folder / "shards" / "plan.json").read_text())["manifest"]["commit"]
        if commit.endswith("-dirty") or commit == "unknown":
            one_line(checks, answer, 73, "a program")
        else:
            checks.equal(answer.code, 2, "a commit says by itself what was built", answer)
        answer = program.run("sweep", *SMALL, *out, "--seed", "5", "--afresh", "--quiet")
        checks.equal(answer.code, 0, "--afresh forgets the other one", answer)
        one_line(checks, program.run("sweep", *SMALL, *out, "--status"), 73, "other seeds")
        submitted(program, place, place / "out")
        program.run("sweep", folder, "--shard", "1/64")
        answer = program.run("sweep", *SMALL, *out, "--afresh", env=env)
        checks.that(answer.code == 0 and "there already" not in answer.out, "--afresh runs everything again", answer)
        submitted(program, place, place / "out")
        (folder / "shards" / "plan.json").write_text("{")
        one_line(checks, program.run("sweep", *SMALL, *out), 73, "plan.json", "--afresh")
        checks.equal(program.run("sweep", *SMALL, *out, "--afresh", "--quiet").code, 0, "and a broken plan")
        for engine, package in (("parallel", "'parallel'"), ("slurm", "'slurm-client'")):
            one_line(checks, program.run("sweep", *SMALL, *out, "--engine", engine, env={"PATH": str(place)}),
                     70, engine, "not installed", package)
        (place / "programs" / "sbatch").write_text("#!/bin/sh\necho 'no such partition' >&2\nexit 1\n")
        one_line(checks, program.run("sweep", *SMALL, *out, "--engine", "slurm", env=env), 70,
                 "no such partition", "MaxArraySize")


def check_two_at_once(checks, program):
    with scratch() as place:
        folder = place / LONG_NAME
        first = program.start("sweep", *LONG, "--jobs", 1, "--out", place)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not shard_files(folder) and first.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        first.send_signal(signal.SIGSTOP)
        try:
            one_line(checks, program.run("sweep", *LONG, "--out", place), 73, "another lockstep sweep", "--status")
        finally:
            first.send_signal(signal.SIGCONT)
        checks.equal(answer_of(first).code, 0, "the first one is not disturbed")


def main():
    program, checks = program_from_arguments(__doc__), Checks()
    with scratch() as place:
        expected = whole_sweep(checks, program, place)
    manifest = json.loads(expected["manifest.json"])
    checks.equal(manifest["runs"], RUNS, "its manifest counts the runs")
    check_killed(checks, program)
    check_any_order(checks, program, expected)
    check_damaged(checks, program, expected)
    check_failed(checks, program)
    check_refused(checks, program)
    check_two_at_once(checks, program)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
