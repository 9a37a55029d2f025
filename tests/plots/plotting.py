"""Calls the plotter, and reads what it leaves."""

import contextlib
import csv
import io
import json
import os
import pathlib
import subprocess
import sys

from plots.command import perform
from support import Answer

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DATA = HERE / "data"
SWEEP, RUN = DATA / "sweep/runs.csv", DATA / "run"


def call(*words, command="plot"):
    """In this process: a figure takes a tenth of the time that Python needs to start."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = perform(command, [str(word) for word in words])
        except SystemExit as left:  # of --help and words that cannot be
            code = left.code
    return Answer(code, out.getvalue(), err.getvalue())


def call_apart(*words, command="plot", cwd=ROOT, limit=120):
    """As ./lockstep does."""
    done = subprocess.run([sys.executable, "-B", "-m", "plots", command, *map(str, words)], cwd=cwd,
                          env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
                          timeout=limit, stdin=subprocess.DEVNULL)
    return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())


def draw(scratch, spec, *results, formats="svg"):
    """(answer, rows of the data that was drawn) of a spec given as a dictionary."""
    file = scratch / "figure.json"
    file.write_text(json.dumps(spec))
    answer = call(file, *results, "--out", scratch / "out", "--format", formats)
    return answer, rows_of(scratch / "out/figure.csv") if answer.code == 0 else []


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def runs(**same):
    return [row for row in rows_of(SWEEP) if all(row[k] == v for k, v in same.items())]
