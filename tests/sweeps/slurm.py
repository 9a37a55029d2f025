#!/usr/bin/env python3
"""Sweeps by a Slurm cluster that is started here: the bytes of a sweep without it.

slurm.py PROGRAM    77 where Debian's package `slurm-wlm` is not installed, or cannot run here
"""

import signal
import sys
import time

from common import NAME, SMALL, Checks, files, scratch, whole_sweep
from little_slurm import LittleSlurm, NoCluster, missing_programs
from support import answer_of, program_from_arguments

BY_SLURM = ("sweep", *SMALL, "--engine", "slurm", "--quiet")
PATIENCE_SECONDS = 120


def until(holds):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.1)
    return holds()


def check_same_bytes(checks, program, cluster, expected):
    with scratch() as place:
        answer = program.run(*BY_SLURM, "--out", place, env=cluster.env, limit=PATIENCE_SECONDS)
        checks.equal(answer.code, 0, "a sweep of 64 runs, a task each", f"{answer}\n{cluster.logs()}")
        checks.that(files(place / NAME) == expected, "the same bytes as on this machine alone",
                    sorted(files(place / NAME)))


def check_no_wait(checks, program, cluster, expected):
    with scratch() as place:
        folder = place / NAME
        answer = program.run(*BY_SLURM, "--no-wait", "--shards", 4, "--jobs", 2, "--slurm-option=--time=10",
                             "--out", place, env=cluster.env)
        checks.that(answer.code == 0 and "4 of 4 shards left to slurm job" in answer.out, "--no-wait leaves",
                    answer)
        done = until(lambda: program.run("sweep", folder, "--status", env=cluster.env).code == 0)
        checks.that(done, "--status tells when all is done", cluster.logs())
        checks.that(not (folder / "runs.csv").exists(), "nobody made tables meanwhile")
        checks.equal(program.run("sweep", folder, "--quiet", env=cluster.env).code, 0, "the tables are made")
        checks.that(files(folder) == expected, "with the same bytes")


def interrupted(checks, program, cluster, place, how):
    """What it said first when it began to wait, or when it was over; and whether that was before the signal."""
    process = program.start(*BY_SLURM[:-1], "--out", place, env=cluster.env)
    said = process.stdout.readline().decode()
    while said.endswith("were there already\n"):
        said = process.stdout.readline().decode()
    process.send_signal(how)
    answer = answer_of(process)
    checks.that(answer.code in (0, 130 if how == signal.SIGINT else -how), f"{how.name} ends it", answer)
    return said, answer.code == 0


def check_interrupted(checks, program, cluster, expected):
    with scratch() as place:
        folder = place / NAME
        first, over = interrupted(checks, program, cluster, place, signal.SIGKILL)
        checks.that(first.startswith("waiting for slurm job "), "it says what it waits for", first)
        again, over = interrupted(checks, program, cluster, place, signal.SIGINT)
        if not over:
            # The tasks went on when the first one was killed, unless all had ended.
            checks.equal(again.split(",")[0], first.split(",")[0], "no second job is submitted")
            gone = until(lambda: not cluster.ask("squeue", "--noheader").stdout.strip())
            checks.that(gone, "what was interrupted leaves no job behind", cluster.ask("squeue").stdout)
        answer = program.run("sweep", folder, "--quiet", env=cluster.env)
        checks.equal(answer.code, 0, "this machine alone goes on", answer)
        checks.that(files(folder) == expected, "to the same bytes")


def main():
    program, checks = program_from_arguments(__doc__), Checks()
    missing = missing_programs()
    if missing:
        print(f"skipped: no {', '.join(missing)} here; apt-get install slurm-wlm")
        return 77
    with scratch() as place:
        expected = whole_sweep(checks, program, place)
    with scratch() as place:
        try:
            cluster = LittleSlurm(place)
            with cluster:
                check_same_bytes(checks, program, cluster, expected)
                check_no_wait(checks, program, cluster, expected)
                check_interrupted(checks, program, cluster, expected)
        except NoCluster as error:
            print(f"skipped: Slurm does not start here: {error}")
            return 77
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
