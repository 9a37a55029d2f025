#!/usr/bin/env python3
"""The fuzzer from outside.

fuzz.py PROGRAM [SECONDS]    SECONDS (default 12): how long fresh seeds are tried, over both protocols

Fixed seeds of every protocol break nothing, and neither do fresh ones, which are printed. What is
drawn is accepted by the schema. A run that dies or hangs is a finding with its scenario, and the
campaign goes on. The same seeds give the same answer with one process and with two.
"""

import json
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))

from support import SCENARIOS, Checks, in_parallel, program_from_arguments  # noqa: E402

try:
    import jsonschema
except ImportError:
    jsonschema = None

PROTOCOLS = ("raft", "bully")
FIXED = {"raft": 1500, "bully": 3000}


def campaign(program, protocol, *more, limit=120):
    return program.run("fuzz", protocol, "--no-write", "--json", *more, limit=limit)


def describe(answer):
    return "; ".join(f"seed {f['seed']}: {f['rule']}: {f['text']}"
                     for f in answer.json().get("firsts", [])) or str(answer)


def fixed_seeds(program, checks):
    for protocol, count in FIXED.items():
        answer = campaign(program, protocol, "--seeds", f"1..{count}", "--jobs", 2)
        told = answer.json()
        checks.equal(answer.code, 0, f"{protocol}: seeds 1..{count} break nothing", describe(answer))
        checks.equal(told.get("runs"), count, f"{protocol}: every seed is run once")
        checks.that(0.02 * count < told.get("twice", 0) < 0.08 * count,
                    f"{protocol}: about 5 % are run twice", told.get("twice"))
        checks.that(told.get("undecided", count) <= count / 50, f"{protocol}: few are undecided",
                    told.get("undecided"))
        checks.equal(told.get("coverage", {}).get("never_reached"), [],
                     f"{protocol}: every fault meets every role, every witness is seen")


def fresh_seeds(program, checks, seconds):
    for protocol in PROTOCOLS:
        minutes = seconds / 60 / len(PROTOCOLS)
        answer = campaign(program, protocol, "--minutes", f"{minutes:.3f}", "--jobs", 2,
                          limit=seconds * 4 + 60)
        told = answer.json()
        print(f"{protocol}: fresh seeds {told.get('first_seed')}..{told.get('last_seed')}, "
              f"{told.get('runs_per_s', 0):.0f} runs/s", flush=True)
        checks.equal(answer.code, 0, f"{protocol}: fresh seeds break nothing", describe(answer))
        checks.that(told.get("runs", 0) > 0, f"{protocol}: some were run")


def drawn_scenarios(program, checks):
    schema = json.loads((SCENARIOS / "scenario.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft7Validator(schema) if jsonschema else None
    cases = [(p, seed, b) for p in PROTOCOLS for seed in range(1, 41) for b in ("majority", "none")]

    def draw(case):
        protocol, seed, budget = case
        return program.run("fuzz", protocol, "--print", seed, "--budget", budget)

    for case, answer in zip(cases, in_parallel(draw, cases)):
        if not checks.equal(answer.code, 0, f"{case}: a scenario is printed", answer):
            continue
        if validator:
            errors = [error.message for error in validator.iter_errors(answer.json())]
            checks.equal(errors, [], f"{case}: the schema accepts what is drawn")
    if not validator:
        print("skipped: python3-jsonschema is not installed")


def deaths(program, checks):
    with tempfile.TemporaryDirectory() as folder:
        answer = program.run("fuzz", "raft", "--seeds", "1..60", "--jobs", 2, "--dies-at", 7,
                             "--hangs-at", 20, "--patience", 2, "--out", folder)
        checks.equal(answer.code, 1, "a run that dies or hangs is a finding", answer)
        checks.that("seed 7: died: signal 6" in answer.out, "a death is told", answer.out)
        checks.that("seed 20: hung" in answer.out, "a hang is told", answer.out)
        checks.that("raft: 60 runs" in answer.out, "the campaign goes on", answer.out)
        for seed in (7, 20):
            path = pathlib.Path(folder) / "raft" / f"seed-{seed}.json"
            again = f"./lockstep run {path} --fabric loop"
            checks.that(again in answer.out, f"seed {seed}: the line that repeats it is printed")
            checks.equal(program.run("validate", path).code, 0, f"seed {seed}: it is a scenario")


def findings(program, checks):
    """Around a scenario whose disks lie, rules break; the file that is saved breaks them again."""
    with tempfile.TemporaryDirectory() as folder:
        answer = program.run("fuzz", "raft", "--from", SCENARIOS / "raft" / "lying_disks.json",
                             "--seeds", "1..20", "--out", folder, "--stop-at", 1)
        checks.equal(answer.code, 1, "lying disks break a rule", answer)
        files = sorted((pathlib.Path(folder) / "raft").glob("*.json"))
        if checks.that(files, "the finding is saved"):
            again = program.run("run", files[0], "--fabric", "loop", "--no-write", "--quiet")
            checks.equal(again.code, 1, "the saved scenario breaks it again", again)


def shrinking(program, checks):
    """Known-bad files become small, keep their rule, and do not become smaller again."""
    with tempfile.TemporaryDirectory() as folder:
        for name, rule in (("stale_leader_answers", "linearizability"),
                           ("lying_disks", "linearizability"),
                           ("more_than_once", "linearizability")):
            small, again = pathlib.Path(folder) / "small.json", pathlib.Path(folder) / "again.json"
            story = SCENARIOS / "raft" / f"{name}.json"
            answer = program.run("shrink", story, "--out", small, "--json")
            told = answer.json()
            checks.equal(answer.code, 0, f"{name}: it is shrunk", answer)
            checks.equal(told.get("rule"), rule, f"{name}: the same rule breaks")
            checks.that(told.get("faults", 9) <= 2 and 0 < told.get("operations", 99) <= 4,
                        f"{name}: little is left", told)
            run = program.run("run", small, "--fabric", "loop", "--no-write", "--quiet")
            checks.equal(run.code, 0, f"{name}: what is written expects the rule to break", run)
            program.run("shrink", small, "--out", again, "--jobs", 2)
            checks.equal(again.read_text(), small.read_text(), f"{name}: it cannot be shrunk again")
        sound = SCENARIOS / "raft" / "leader_partitioned.json"
        checks.equal(program.run("shrink", sound, "--out", small).code, 2,
                     "where nothing goes wrong there is nothing to shrink")
        checks.equal(program.run("shrink", story, "--out", small, "--rule", "vote changed").code, 2,
                     "where the rule does not break there is nothing to shrink")
        checks.equal(program.run("shrink", story, "--out", f"{folder}/no/small.json").code, 73,
                     "a place that cannot be written is refused")


REGIONS = {"format": 1, "title": "Two regions", "regions": ["a", "b"], "inside": "1 ms",
           "round_trip": {"a": {"b": "40 ms"}}}
SPREAD = {"format": 1, "title": "Disks that lie in two regions", "protocol": "raft", "nodes": 3,
          "duration": "12 s", "network": {"regions": "here.json", "placement": ["a", "b", "b"]},
          "config": {"election_timeout": "500..900 ms"},
          "disk": {"latency": "200 ms", "lies": True},
          "workload": {"clients": 2, "rate": "20 /s", "keys": 2},
          "faults": [{"at": "4 s", "crash": "all", "for": "1 s"}]}


def places(program, checks):
    """Regions beside the scenario are found from wherever it is shrunk; a platform is refused."""
    with tempfile.TemporaryDirectory() as folder:
        here = pathlib.Path(folder)
        story, small = here / "story.json", here / "small.json"
        (here / "here.json").write_text(json.dumps(REGIONS))
        story.write_text(json.dumps(SPREAD))
        answer = program.run("shrink", story, "--rule", "linearizability", "--out", small)
        checks.equal(answer.code, 0, "regions beside the scenario: it is shrunk", answer)
        checks.that("regions" not in small.read_text(), "regions that play no part are left out")
        answer = program.run("fuzz", "raft", "--from", story, "--seeds", "1..20", "--out", folder,
                             "--stop-at", 1)
        checks.equal(answer.code, 1, "around a scenario with regions rules break", answer)
        checks.that("error" not in answer.out, "the regions are found", answer.out)
        for found in sorted((here / "raft").glob("*.json")):
            checks.equal(program.run("validate", found).code, 0, "the finding finds its regions")

        (here / "star.xml").write_text("<platform/>")
        story.write_text(json.dumps(SPREAD | {"network": {"platform": "star.xml"}}))
        for words in (["shrink", story, "--out", small], ["fuzz", "raft", "--from", story]):
            answer = program.run(*words)
            checks.equal(answer.code, 65, f"{words[0]}: a platform is refused", answer)
            checks.that("network.platform: only SimGrid" in answer.err,
                        f"{words[0]}: the platform is named", answer.err)


def same_answer(program, checks):
    def told(jobs):
        answer = campaign(program, "raft", "--seeds", "1..200", "--jobs", jobs).json()
        return {key: answer.get(key) for key in ("runs", "undecided", "coverage")}

    checks.equal(told(1), told(2), "one process and two see the same")


def bad_usage(program, checks):
    for words in (["fuzz"], ["fuzz", "paxos"], ["fuzz", "raft", "--seeds", "5..4"],
                  ["fuzz", "raft", "--seeds", "x"], ["fuzz", "raft", "--jobs", "0"]):
        checks.equal(program.run(*words).code, 64, f"{' '.join(words)} is refused")
    story = SCENARIOS / "bully" / "highest_dies.json"
    checks.equal(program.run("fuzz", "raft", "--from", story).code, 65,
                 "a scenario of another protocol is refused")


def main():
    program = program_from_arguments("fuzz.py PROGRAM [SECONDS]")
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 12.0
    checks = Checks()
    bad_usage(program, checks)
    drawn_scenarios(program, checks)
    deaths(program, checks)
    findings(program, checks)
    shrinking(program, checks)
    places(program, checks)
    same_answer(program, checks)
    fixed_seeds(program, checks)
    fresh_seeds(program, checks, seconds)
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
