"""What the tests of the program share: running it, the stories, and a list of failed checks.

Every run has a time limit, so a program that hangs is a failed check and not a hanging test.
"""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCENARIOS = ROOT / "scenarios"
LIMIT_SECONDS = 60
TIMED_OUT = -1000


class Answer:
    """What a run printed and its exit code; TIMED_OUT when it had to be ended."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def last_line(self):
        lines = self.out.rstrip("\n").split("\n")
        return lines[-1]

    def verdict(self):
        """The fields of the last line: verdict, digest, seed, fabric, steps and perhaps twice."""
        fields = {}
        for field in self.last_line.split("  "):
            name, colon, value = field.partition(": ")
            if colon:
                fields[name] = value
        return fields

    def json(self):
        try:
            return json.loads(self.out)
        except ValueError:
            return {}

    def __str__(self):
        shown = (self.err or self.out).strip().replace("\n", " | ")
        return f"exit {self.code}: {shown[:300]}"


class Program:
    def __init__(self, path):
        self.path = str(pathlib.Path(path).resolve())
        shown = self.run("run", "--help").out
        self.has_simgrid = "{simgrid,loop}=simgrid" in shown

    def start(self, *arguments, cwd=ROOT, env=None, **more):
        """In a session of its own, so that end() reaches whatever it started."""
        return subprocess.Popen([self.path, *map(str, arguments)], cwd=cwd,
                                env={**os.environ, **(env or {})}, start_new_session=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, **more)

    def run(self, *arguments, limit=LIMIT_SECONDS, **more):
        return answer_of(self.start(*arguments, **more), limit)


def end(process):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def answer_of(process, limit=LIMIT_SECONDS):
    """Waits for the program; when it takes too long, it is ended and TIMED_OUT is its code."""
    try:
        out, err = process.communicate(timeout=limit)
        code = process.returncode
    except subprocess.TimeoutExpired:
        end(process)
        out, err = process.communicate()
        code, err = TIMED_OUT, f"no answer within {limit} s\n".encode() + err
    return Answer(code, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"))


class Checks:
    """Counts what held and prints what did not; finish() is the exit code."""

    def __init__(self):
        self.held, self.failed = 0, 0

    def that(self, holds, what, detail=""):
        if holds:
            self.held += 1
        else:
            self.failed += 1
            print(f"FAILED {what}" + (f"\n       {detail}" if detail else ""), flush=True)
        return bool(holds)

    def equal(self, got, expected, what, detail=""):
        return self.that(got == expected, what,
                         f"expected {expected!r}, got {got!r}" + (f"; {detail}" if detail else ""))

    def finish(self):
        print(f"{self.held} checks held, {self.failed} failed")
        if self.held + self.failed == 0:
            print("nothing was checked")
            return 1
        return 1 if self.failed else 0


def stories():
    """Every scenario file, by its path from the root."""
    found = sorted(SCENARIOS.glob("*/*.json"))
    return [str(path.relative_to(ROOT)) for path in found if path.parent.name != "platforms"]


def program_from_arguments(usage):
    if len(sys.argv) < 2:
        sys.exit(f"usage: {usage}")
    return Program(sys.argv[1])


def in_parallel(function, items):
    """function(item) of every item, two at a time, in the order of the items."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return list(pool.map(function, items))
