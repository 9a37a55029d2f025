#!/usr/bin/env python3
"""Sweeps by GNU Parallel, with this machine as the only host: the bytes of a sweep without it.

parallel.py PROGRAM    77 where Debian's package `parallel` is not installed
"""

import re
import shutil
import signal
import subprocess
import sys
import time

from common import NAME, SMALL, Checks, files, one_line, scratch, whole_sweep
from support import answer_of, program_from_arguments


def is_gnu_parallel():
    if shutil.which("parallel") is None:
        return False
    said = subprocess.run(["parallel", "--version"], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False)
    return said.stdout.startswith("GNU parallel")


def check_same_bytes(checks, program, expected):
    with scratch() as place:
        (place / "hosts").write_text("2/:\n")
        # In place of ssh and another host: what follows `host --`, in a shell, as sshd runs them.
        (place / "ssh").write_text('#!/bin/sh\nshift 2\nexec sh -c "$*"\n')
        (place / "ssh").chmod(0o755)
        # A folder whose name a shell would take apart, a caller's profile that would end everything, and an
        # account whose shell is none.
        for name, words in (("plain", ()), ("two at a time", ("--jobs", 2)),
                            ("it's $HOME; {x}", ("--sshlogin", "2/:")), ("file", ("--sshloginfile", place / "hosts")),
                            ("it's a remote $HOME", ("--sshlogin", f"2/{place}/ssh host")),
                            ("few", ("--shards", 5))):
            answer = program.run("sweep", *SMALL, "--engine", "parallel", *words, "--quiet", "--out",
                                 place / name, env={"PARALLEL": "--halt now,done=1", "HOME": str(place),
                                            "SHELL": "/bin/false"})
            checks.that(answer.code == 0 and not answer.err, f"{name}: a sweep", answer)
            checks.that(files(place / name / NAME) == expected, f"{name}: the same bytes")


def check_simgrid(checks, program, expected):
    with scratch() as place:
        answer = program.run("sweep", *SMALL, "--fabric", "simgrid", "--engine", "parallel", "--shards", 4, "--quiet",
                             "--out", place)
        checks.equal(answer.code, 0, "a sweep on SimGrid", answer)
        found = files(place / NAME)
        for name in ("runs.csv", "points.csv"):
            checks.that(found.get(name) == expected[name], f"on SimGrid: the same bytes in {name}")


def check_interrupted(checks, program, expected, how):
    with scratch() as place:
        folder = place / "out" / NAME
        process = program.start("sweep", *SMALL, "--engine", "parallel", "--jobs", 1, "--quiet", "--out",
                                place / "out")
        deadline = time.monotonic() + 60
        while not list(folder.glob("shards/*.csv")) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(how)
        answer = answer_of(process, 60)
        checks.equal(answer.code, 130 if how == signal.SIGINT else -how, f"{how.name} ends it", answer)
        there = len(list(folder.glob("shards/*.csv")))
        checks.that(0 < there < 64, f"{how.name}: some shards are there", there)
        answer = program.run("sweep", folder)
        # Parallel lets the shard at hand end, which then is one more.
        said = re.search(r"(\d+) of 64 shards were there already", answer.out)
        checks.that(answer.code == 0 and said and there <= int(said[1]) <= there + 1,
                    f"{how.name}: this machine alone goes on with what parallel left", answer)
        checks.that(files(folder) == expected, f"{how.name}: to the same bytes")


def check_no_host(checks, program, expected):
    with scratch() as place:
        folder = place / NAME
        answer = program.run("sweep", *SMALL, "--engine", "parallel", "--sshlogin", "nobody@host.invalid",
                             "--shards", 2, "--out", place)
        checks.that(answer.code == 70 and "2 of 2 shards are missing" in answer.err + answer.out or
                    "no run finished" in answer.err, "no host can be reached: exit 70", answer)
        answer = program.run("sweep", folder, "--engine", "parallel")
        checks.equal(answer.code, 0, "another host goes on", answer)
        checks.that(files(folder) == expected, "to the same bytes")
        (place / "other").mkdir()
        (place / "other" / "parallel").write_text("#!/bin/sh\necho parallel from moreutils\n")
        (place / "other" / "parallel").chmod(0o755)
        one_line(checks, program.run("sweep", *SMALL, "--engine", "parallel", "--out", place,
                                     env={"PATH": f"{place}/other:/usr/bin:/bin"}), 70, "moreutils", "'parallel'")


def main():
    program, checks = program_from_arguments(__doc__), Checks()
    if not is_gnu_parallel():
        print("skipped: GNU Parallel is not here; apt-get install parallel")
        return 77
    with scratch() as place:
        expected = whole_sweep(checks, program, place)
    check_same_bytes(checks, program, expected)
    if program.has_simgrid:
        check_simgrid(checks, program, expected)
    for how in (signal.SIGINT, signal.SIGKILL):
        check_interrupted(checks, program, expected, how)
    check_no_host(checks, program, expected)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
