#!/usr/bin/env python3
"""One scenario in both worlds: worlds.py PROGRAM.

Eight seconds of killed_every_second against real nodes and in the simulator, then both side by side; and what
processes cannot do is refused before anything starts.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SHORT = ["--set", "duration=8 s", "--set", 'faults=[{"every":"1 s","from":"1 s","until":"5 s","crash":"random","for":"400 ms"}]']
failed = []


def check(holds, what, detail=""):
    print(f"{'ok' if holds else 'FAILED'}  {what}{'' if holds else ': ' + str(detail)}", flush=True)
    if not holds:
        failed.append(what)


def run(program, *words):
    return subprocess.run([program, *map(str, words)], cwd=ROOT, capture_output=True, text=True, timeout=120)


def main():
    program = sys.argv[1]
    story = "scenarios/raft/killed_every_second.json"
    with tempfile.TemporaryDirectory(prefix="lockstep-worlds-") as folder:
        paths = []
        for world in (["--on", "processes"], ["--fabric", "loop"]):
            ended = run(program, "run", story, *world, *SHORT, "--out", folder + "/" + world[1], "--json")
            answer = json.loads(ended.stdout) if ended.stdout.startswith("{") else {}
            check(ended.returncode == 0 and answer.get("verdict") == "pass", f"{world[1]}: pass",
                  f"exit {ended.returncode} {ended.stdout[-600:]} {ended.stderr[-600:]}")
            paths.append(answer.get("path", ""))
        ended = run(program, "compare", *paths)
        check(ended.returncode == 0 and "availability" in ended.stdout, "both side by side", ended.stdout + ended.stderr)
        refused = run(program, "run", "scenarios/raft/lying_disks.json", "--on", "processes", "--out", folder)
        check(refused.returncode == 65 and "disk.lies" in refused.stderr, "what processes cannot do is refused", refused)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
