#!/usr/bin/env python3
"""Wide-area elections of Ongaro's dissertation, chapter 9: the sweep reproduces what was published.

paper.py PROGRAM
"""

import csv
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "cli"), str(TESTS.parent)]

# What was published needs nothing that draws.
from plots.papers.raft_wan_elections import FIGURE, PUBLISHED  # noqa: E402
from support import Checks, program_from_arguments  # noqa: E402

STORY = "scenarios/raft/paper_wan_elections.json"
ELECTIONS = 10_000


def main():
    program = program_from_arguments("paper.py PROGRAM")
    checks = Checks()
    with tempfile.TemporaryDirectory() as out:
        answer = program.run("sweep", STORY, "--out", out, "--quiet", limit=240)
        print(answer.last_line.replace(out, "OUT"))
        if not checks.equal(answer.code, 0, "the sweep passes", answer):
            return checks.finish()
        with open(next(pathlib.Path(out).glob("*/points.csv")), newline="") as file:
            points = {int(row["point"]): row for row in csv.DictReader(file)
                      if row["figure"] == FIGURE}
    checks.equal(sorted(points), [0, 1, 2], "the sweep has three points")
    print(f"{'servers down':<14}{'figure':<8}{'published':>10}{'ours':>10}{'off by':>9}{'limit':>8}")
    for point in sorted(points):
        checks.equal(points[point]["n"], str(ELECTIONS), f"elections at point {point}")
        for figure, (published, limit) in PUBLISHED.items():
            ours = float(points[point][figure])
            off = ours / published[point] - 1
            print(f"{point:<14}{figure:<8}{published[point]:>10.1f}{ours:>10.1f}"
                  f"{off:>+9.2%}{limit:>6} %")
            checks.that(abs(off) <= limit / 100, f"{figure} with {point} servers down",
                        f"published {published[point]} ms, ours {ours} ms")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
