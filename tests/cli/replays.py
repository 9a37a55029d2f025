"""A run again: the same digest, what had happened by then, and where two runs part."""

import json

from support import ROOT

STORY = ROOT / "scenarios/raft/leader_partitioned.json"


def run_into(context, folder, *more):
    answer = context.program.run("run", STORY, "--fabric", "loop", "--out", "out", "--json",
                                 *more, cwd=folder)
    context.checks.equal(answer.code, 0, "a run", answer)
    return folder / answer.json().get("path", "nothing")


def trace_of(run):
    return [json.loads(line) for line in (run / "trace.ndjson").read_text().splitlines()]


def under_way(trace, step):
    """The ids of the messages that had not arrived after that step."""
    waiting = set()
    for line in trace:
        if line["type"] == "step":
            waiting.discard(line.get("message"))
            waiting.update(s["id"] for s in line.get("sent", []) if not s.get("lost"))
            if line["step"] == step:
                return waiting
        elif line["type"] == "drop":
            waiting.discard(line["message"])
    return None


def check_same_digest(context):
    checks, program = context.checks, context.program
    with context.scratch() as folder:
        run = run_into(context, folder)
        answer = program.run("replay", run, cwd=folder)
        checks.equal(answer.code, 0, "a run has the same digest again", answer)
        checks.that("  same  " in answer.out, "and says so", answer)
        manifest = json.loads((run / "manifest.json").read_text())
        told = program.run("replay", run, "--json", cwd=folder).json()
        checks.equal(told.get("digest"), manifest["digest"], "--json has the digest")
        manifest["digest"] = "0123456789abcdef"
        (run / "manifest.json").write_text(json.dumps(manifest))
        answer = program.run("replay", run, cwd=folder)
        checks.equal(answer.code, 3, "another digest is exit 3", answer)
        checks.that("DIFFERENT" in answer.out, "and says so", answer)
    answer = program.run("replay", STORY)
    checks.equal(answer.code, 0, "a file is run twice", answer)


def check_until(context):
    checks, program = context.checks, context.program
    with context.scratch() as folder:
        run = run_into(context, folder)
        trace = trace_of(run)
        steps = [line for line in trace if line["type"] == "step"]
        number = len(steps) // 2
        told = program.run("replay", run, "--until", number, "--json", cwd=folder).json()
        then = told.get("until") or {}
        checks.equal(told.get("same"), True, "the digest is compared all the same")
        checks.equal(then.get("step"), number, "it stops at the step")
        checks.equal({m["id"] for m in then.get("messages", [])}, under_way(trace, number),
                     "the messages under way are those of the trace")
        states = {}
        for line in steps[:number]:
            states[line["node"]] = line.get("state", "")
        checks.equal({n["node"]: n["state"] for n in then.get("nodes", [])}, states,
                     "the states are those of the trace")
        answer = program.run("replay", run, "--until", "5 s", cwd=folder)
        checks.that(all(f"\nn{n} " in answer.out for n in range(1, 6)), "every node is shown",
                    answer)
        checks.that("messages under way" in answer.out, "and the messages", answer)
        told = program.run("replay", run, "--until", "5 s", "--json", cwd=folder).json()
        last = max(line["step"] for line in steps if line["t"] <= 5 * 10**9)
        checks.equal(told["until"]["step"], last, "what happens at the instant is in")


def check_diff(context):
    checks, program = context.checks, context.program
    with context.scratch() as folder:
        run, same = run_into(context, folder), run_into(context, folder)
        other = run_into(context, folder, "--set", "network.latency=2 ms")
        answer = program.run("replay", "--diff", run, same, cwd=folder)
        checks.equal(answer.code, 0, "two equal runs do not part", answer)
        told = program.run("replay", "--diff", run, other, "--json", cwd=folder)
        checks.equal(told.code, 1, "two seeds part", told)
        for place, (a, b) in enumerate(zip(trace_of(run), trace_of(other)), 1):
            if a != b:
                checks.equal(told.json().get("line"), place, "at the first line that is another")
                break
        lines = (same / "trace.ndjson").read_text().splitlines()
        place, line = next((i, json.loads(text)) for i, text in enumerate(lines)
                           if json.loads(text).get("step") == 100)
        line["state"] = "another"
        lines[place] = json.dumps(line)
        (same / "trace.ndjson").write_text("\n".join(lines) + "\n")
        told = program.run("replay", "--diff", run, same, "--json", cwd=folder).json()
        checks.equal((told.get("step"), told.get("keys")), (100, ["state"]),
                     "one changed state is found")
        (same / "trace.ndjson").write_text("\n".join(
            (run / "trace.ndjson").read_text().splitlines()[:50]) + "\n")
        answer = program.run("replay", "--diff", run, same, cwd=folder)
        checks.that(answer.code == 1 and f"{same}: ends" in answer.out, "a trace that ends is named",
                    answer)


def check_refusals(context):
    checks, program = context.checks, context.program
    with context.scratch() as folder:
        for words, code in (([folder], 65), ([STORY, "--until", "soon"], 64), ([STORY, STORY], 64),
                            (["--diff", STORY], 64), (["--diff", folder, folder], 65), ([], 64),
                            ([folder / "nothing.json"], 65)):
            answer = program.run("replay", *words)
            checks.equal(answer.code, code, f"replay {' '.join(map(str, words))} is refused", answer)


CHECKS = (check_same_digest, check_until, check_diff, check_refusals)
