#!/usr/bin/env python3
"""One scenario in both worlds.

worlds.py PROGRAM         eight seconds of killed_every_second, fourteen of fittest_returns and the six steps of the files
                          against real nodes and in the simulator, then both side by side; and what processes cannot do is
                          refused before anything starts
worlds.py PROGRAM --all   every story of Raft and of the files that is over within 30 s, and of the advanced Bully within
                          60 s, with two seeds, in both; `./lockstep test both_worlds` calls this. Exit 1 if one that both can do fails
                          in one of them.
"""

import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# A story, cut short, and a word that stands in the comparison of its two runs.
SHORT = [
    ("raft/killed_every_second", "availability",
     ["--set", "duration=8 s", "--set", 'faults=[{"every":"1 s","from":"1 s","until":"5 s","crash":"random","for":"400 ms"}]']),
    ("advanced_bully/fittest_returns", "next election won",
     ["--set", "duration=14 s", "--set", 'faults=[{"at":"3 s","crash":"n4","for":"3 s"}]']),
    ("flood/six_steps", "files fetched", []),
]
LONGEST = {"raft": 30, "advanced_bully": 60, "flood": 30}  # seconds of a story
# What real nodes do by chance only, since they do not start at one instant.
BY_CHANCE = {"half_is_no_quorum": "whether two halves elect in one epoch"}
REFUSED = {"raft/lying_disks": "disk.lies", "advanced_bully/forged_score": "faults[0].traitor",
           "flood/liars": "config.query_rate"}
failed = []


def check(holds, what, detail=""):
    print(f"{'ok' if holds else 'FAILED'}  {what}{'' if holds else ': ' + str(detail)}", flush=True)
    if not holds:
        failed.append(what)


def run(program, *words):
    return subprocess.run([program, *map(str, words)], cwd=ROOT, capture_output=True, text=True, timeout=120)


def both(program, name, seed):
    """The exit codes and last words in the two worlds; nothing of the simulator where the other one refuses."""
    with tempfile.TemporaryDirectory(prefix="lockstep-worlds-") as folder:
        real = run(program, "run", name, "--on", "processes", "--seed", seed, "--out", folder, "--json")
    if real.returncode == 65:
        return real, None
    return real, run(program, "run", name, "--fabric", "loop", "--seed", seed, "--no-write", "--json")


def run_all(program):
    """Three at a time: a story asks little of the machine, and takes its own time."""
    passed, refused, jobs = 0, set(), []
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        for story in sorted(path for folder in LONGEST for path in (ROOT / "scenarios" / folder).glob("*.json")):
            name = str(story.relative_to(ROOT))
            longest = LONGEST[story.parent.name]
            if story.stem in BY_CHANCE:
                print(f"--  {name}: by chance, {BY_CHANCE[story.stem]}")
                continue
            if seconds(json.loads(run(program, "show", name).stdout).get("duration", "10 s")) > longest:
                print(f"--  {name}: longer than {longest} s")
                continue
            jobs += [(name, seed, pool.submit(both, program, name, seed)) for seed in (1, 2)]
        for name, seed, job in jobs:
            real, simulated = job.result()
            if simulated is None:
                if name not in refused:
                    print(f"--  {real.stderr.strip().splitlines()[-1]}", flush=True)
                refused.add(name)
                continue
            good = real.returncode == simulated.returncode == 0
            passed += good
            check(good, f"{name} --seed {seed}", f"processes: exit {real.returncode} {real.stdout[-700:]} {real.stderr[-300:]}; "
                  f"simulator: exit {simulated.returncode} {simulated.stdout[-300:]}")
    print(f"both worlds: {passed} runs passed, {len(failed)} failed, {len(refused)} stories are the simulator's alone")
    return 1 if failed or passed == 0 else 0


def side_by_side(program, folder, story, word, settings):
    paths = []
    for world in (["--on", "processes"], ["--fabric", "loop"]):
        ended = run(program, "run", f"scenarios/{story}.json", *world, *settings, "--out", folder + "/" + world[1], "--json")
        answer = json.loads(ended.stdout) if ended.stdout.startswith("{") else {}
        check(ended.returncode == 0 and answer.get("verdict") == "pass", f"{story}, {world[1]}: pass",
              f"exit {ended.returncode} {ended.stdout[-600:]} {ended.stderr[-600:]}")
        paths.append(answer.get("path", ""))
    ended = run(program, "compare", *paths)
    check(ended.returncode == 0 and word in ended.stdout, f"{story}: both side by side", ended.stdout + ended.stderr)


def seconds(text):
    number, unit = re.fullmatch(r"([0-9.]+) *(ms|s|min|h)", text).groups()
    return float(number) * {"ms": 0.001, "s": 1, "min": 60, "h": 3600}[unit]


def main():
    program = sys.argv[1]
    if sys.argv[2:] == ["--all"]:
        return run_all(program)
    with tempfile.TemporaryDirectory(prefix="lockstep-worlds-") as folder:
        for story, word, settings in SHORT:
            side_by_side(program, folder, story, word, settings)
        for story, path in REFUSED.items():
            ended = run(program, "run", f"scenarios/{story}.json", "--on", "processes", "--out", folder)
            check(ended.returncode == 65 and path in ended.stderr, f"{story}: what processes cannot do is refused", ended)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
