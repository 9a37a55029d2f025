"""Exit codes, --help, --json, colours and progress: what scripts and people see of a command."""

import json
import os
import pty
import re
import select
import subprocess
import time

from support import LIMIT_SECONDS, ROOT, answer_of, end, stories

STORY = "scenarios/raft/figure_8_committed.json"
COMMANDS = ("run", "validate", "list", "show", "sweep", "merge", "replay", "bench", "lin", "stats",
            "report")
VERDICT = re.compile(
    r"^verdict: (pass|violated|undecided)  digest: [0-9a-f]{16}  seed: \d+  fabric: (loop|simgrid)"
    r"  steps: \d+$")
QUICK = ("--fabric", "loop", "--no-write", "--quiet")


def check_help(context):
    checks, program = context.checks, context.program
    top = program.run("--help")
    checks.equal(top.code, 0, "--help leaves with 0")
    for command in COMMANDS:
        checks.that(re.search(rf"^  {command}\b", top.out, re.M), f"--help names {command}")
        answer = program.run(command, "--help")
        checks.that(answer.code == 0 and "Usage:" in answer.out and not answer.err,
                    f"{command} --help prints its usage", answer)
    for what in ("sim", "fuzz", "predict", "advanced_bully"):
        checks.equal(program.run("bench", what, "--help").code, 0,
                     f"bench {what} --help leaves with 0")


def check_bench_fuzz(context):
    answer = context.program.run("bench", "fuzz", "--json", "--batches", 1, "--runs", 4)
    told = answer.json()
    context.checks.equal(answer.code, 0, "bench fuzz", answer)
    for speeds in (told, told.get("per_core_with_2_jobs", {})):
        for name in ("runs_per_s", "sim_seconds_per_s", "messages_per_s"):
            context.checks.that(speeds.get(name, 0) > 0, f"bench fuzz tells {name}", told)
    context.checks.that(
        abs(told.get("sim_seconds_per_s", 0) / max(told.get("runs_per_s", 0), 1e-9) - 20) < 0.01,
        "a run takes 20 simulated seconds", told)


def check_bench_predict(context):
    answer = context.program.run("bench", "predict", "--json", "--seeds", 4, "--hours", 2)
    told = answer.json()
    context.checks.equal(answer.code, 0, "bench predict", answer)
    for profile in ("wan", "lan"):
        ailments = told.get(profile, {}).get("ailments", [])
        context.checks.equal(len(ailments), 4, f"bench predict tells of four ailments on {profile}",
                             told)
        for ailment in ailments:
            context.checks.that(0 <= ailment.get("foreseen", -1) <= ailment.get("seeds", 0) == 4,
                                "bench predict tells how many crashes were foreseen", ailment)
        context.checks.that(told.get(profile, {}).get("healthy", {}).get("beats", 0) > 1000,
                            "bench predict watches a healthy node", told)
    for name in ("train_ms", "observe_us", "observe_with_training_us", "step_us",
                 "step_with_training_us"):
        context.checks.that(told.get("cost", {}).get(name, 0) > 0, f"bench predict tells {name}",
                            told)


def check_bench_advanced_bully(context):
    answer = context.program.run("bench", "advanced_bully", "--json", "--seeds", 4, "--hours", 2,
                                 "--nodes", 40, "--runs", 1)
    told = answer.json()
    context.checks.equal(answer.code, 0, "bench advanced_bully", answer)
    for profile in ("wan", "lan"):
        ailments = told.get(profile, {}).get("ailments", [])
        context.checks.equal(len(ailments), 4,
                             f"bench advanced_bully tells of four ailments on {profile}", told)
        for ailment in ailments:
            context.checks.that(
                0 <= ailment.get("handed_over", -1) <= ailment.get("seeds", 0) == 4,
                "bench advanced_bully tells how many were handed over in time", ailment)
        context.checks.that("false_hand_overs" in told.get(profile, {}).get("healthy", {}),
                            "bench advanced_bully counts false hand-overs", told)
    crowd = told.get("crowd", {})
    context.checks.equal(crowd.get("nodes"), 40, "bench advanced_bully gathers many nodes", told)
    context.checks.that(0 < crowd.get("elected_s", 0) < 30 and crowd.get("wall_s", 0) > 0,
                        "bench advanced_bully tells how long they take", crowd)


def check_usage_errors(context):
    for arguments in ([], ["rnu", STORY], ["run"], ["run", STORY, "--sed", "1"],
                      ["run", STORY, "another"], ["run", STORY, "--seed", "x"],
                      ["run", STORY, "--seed", "-1"], ["run", STORY, "--seed", "1.5"],
                      ["run", STORY, "--seed", "18446744073709551616"],
                      ["run", STORY, "--trace-steps", "-1"],
                      ["run", STORY, "--fabric", "carrier pigeons"], ["validate"], ["merge"],
                      ["bench"], ["bench", "nothing"], ["sweep", STORY, "--jobs", "0"],
                      ["sweep", STORY, "--jobs", "-1"],
                      ["sweep", STORY, "--shard", "4/3"], ["sweep", STORY, "--shard", "0/3"],
                      ["sweep", STORY, "--shard", "1/-1"], ["sweep", STORY, "--shard", "half"],
                      ["sweep", STORY, "--shard", "1/2/3"], ["sweep", STORY, "--shard", ""]):
        with context.scratch() as folder:
            words = [str(ROOT / word) if word == STORY else word for word in arguments]
            answer = context.program.run(*words, cwd=folder)
            lines = answer.err.splitlines()
            context.checks.that(
                answer.code == 64 and len(lines) == 1 and lines[0].startswith("lockstep: "),
                f"{' '.join(arguments) or 'no command'}: exit 64 and one line", answer)
            context.checks.equal(os.listdir(folder), [],
                                 f"{' '.join(arguments) or 'no command'}: nothing is written")


def check_verdicts(context):
    bully = "scenarios/bully/highest_dies.json"
    for verdict, code, arguments in (
            ("pass", 0, [STORY]),
            ("violated", 1, [STORY, "--set", 'expect.sometimes=["message_duplicated"]']),
            ("violated", 1, ["scenarios/raft/stale_leader_answers.json", "--set",
                             'expect={"linearizable":true}']),
            ("violated", 1, [STORY, "--set", 'expect.violates=log matching']),
            ("undecided", 2, [bully, "--set", "duration=5100 ms"])):
        answer = context.program.run("run", *arguments, *QUICK)
        what = f"run {' '.join(arguments)}"
        context.checks.equal(answer.code, code, f"{what}: exit {code}", answer)
        context.checks.that(VERDICT.match(answer.last_line), f"{what}: the last line is the verdict",
                            answer.last_line)
        context.checks.equal(answer.verdict().get("verdict"), verdict, what)
        # Whoever is told that something is wrong is told what.
        context.checks.equal(len(answer.out.splitlines()) > 1, verdict != "pass",
                             f"{what}: reasons come before the verdict", answer)


def check_not_deterministic(context):
    """The file changes between the two runs of --twice, once the first has read it."""
    with context.scratch() as folder:
        text = (ROOT / "scenarios/raft/all_crash_at_once.json").read_text(encoding="utf-8")
        story, other = folder / "story.json", folder / "other.json"
        story.write_text(text)
        other.write_text(text.replace('"seed": 1', '"seed": 2'))
        process = context.program.start("run", story, "--fabric", "loop", "--twice", "--quiet",
                                        "--set", "duration=90 s", "--trace-steps", 1,
                                        "--out", folder / "out")
        while process.poll() is None and not list(folder.glob("out/*/*.partial")):
            time.sleep(0.001)
        os.replace(other, story)
        answer = answer_of(process)
        context.checks.equal(answer.code, 3, "runs that differ: exit 3", answer)
        context.checks.equal(answer.verdict().get("twice"), "DIFFERENT",
                             "runs that differ: it says so", answer)


def check_json(context):
    checks = context.checks
    for arguments, verdict in (([STORY], "pass"),
                               (["scenarios/raft/stale_leader_answers.json", "--set",
                                 'expect={"linearizable":true}'], "violated")):
        with context.scratch() as folder:
            answer = context.program.run("run", *arguments, "--fabric", "loop", "--json", "--out",
                                         folder)
            checks.equal(len(answer.out.splitlines()), 1, "--json prints one line", answer)
            found = answer.json()
            for key, kind in (("verdict", str), ("digest", str), ("seed", int), ("fabric", str),
                              ("violations", list), ("figures", dict), ("path", str)):
                checks.that(isinstance(found.get(key), kind), f"--json has {key}", found.get(key))
            checks.equal(found.get("verdict"), verdict, "--json has the verdict")
            checks.that(os.path.isfile(os.path.join(found.get("path", ""), "report.html")),
                        "--json names the folder of the run", found.get("path"))
            checks.that(all(isinstance(value, (int, float, type(None)))
                            for value in found.get("figures", {}).values()), "figures are numbers")
            checks.equal(bool(found.get("violations")), verdict == "violated",
                         "violations are there when something is broken")
            for violation in found.get("violations", []):
                checks.equal(set(violation), {"rule", "text", "node", "t_ns"}, "a violation's keys")
    silent = context.program.run("run", STORY, "--fabric", "loop", "--json", "--no-write").json()
    checks.equal(silent.get("path"), "", "--json --no-write names no folder")


def on_terminal(context, arguments, env):
    """What a command prints with both outputs on a terminal."""
    parent, child = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    process = subprocess.Popen([context.program.path, *arguments], cwd=ROOT, stdin=child,
                               stdout=child, stderr=child, env={**environment, **env},
                               start_new_session=True)
    os.close(child)
    text, deadline = b"", time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline:
        ready, _, _ = select.select([parent], [], [], 1)
        if not ready:
            continue
        try:
            text += os.read(parent, 65536)
        except OSError:  # the other side was closed: the program ended
            break
    os.close(parent)
    if time.monotonic() >= deadline:
        end(process)
    process.wait()
    return text.decode("utf-8", "replace")


def check_terminal(context):
    checks = context.checks
    try:
        for end_of_pair in pty.openpty():
            os.close(end_of_pair)
    except OSError as error:  # a bare root without /dev/pts
        print(f"skipped: there is no terminal to be had here ({error})")
        return
    run = ["run", STORY, *QUICK]
    colour = "\x1b[32mpass"
    checks.that(colour in on_terminal(context, run, {}), "a terminal gets colours")
    checks.that(colour in on_terminal(context, run, {"NO_COLOR": ""}),
                "an empty NO_COLOR changes nothing")
    checks.that("\x1b" not in on_terminal(context, run, {"NO_COLOR": "1"}), "NO_COLOR is honoured")
    piped = context.program.run("run", STORY, "--fabric", "loop", "--no-write")
    checks.that("\x1b" not in piped.out + piped.err, "a pipe gets no colours")
    with context.scratch() as folder:
        sweep = ["sweep", "scenarios/raft/paper_wan_elections.json", "--set", "sweep.repeat=1500",
                 "--out", str(folder), "--quiet"]
        shown = on_terminal(context, sweep, {})
        checks.that(re.search(r"runs \d+/4500, \d+ s left", shown),
                    "a sweep shows its progress on a terminal", shown[-200:])
        hidden = context.program.run(*sweep)
        checks.that(hidden.code == 0 and not hidden.err, "and nowhere else", hidden)


def check_list_show_validate(context):
    checks, program = context.checks, context.program
    listed = program.run("list")
    missing = [story for story in stories() if story not in listed.out]
    checks.that(listed.code == 0 and not missing, "list names every story", missing)
    checks.equal(len(listed.out.splitlines()), len(stories()), "list has a line a story")
    valid = program.run("validate", *stories())
    checks.that(valid.code == 0 and len(valid.out.splitlines()) == len(stories()),
                "every story is valid", valid)
    mixed = program.run("validate", stories()[0], "nowhere.json", stories()[1])
    checks.that(mixed.code == 65 and len(mixed.out.splitlines()) == 2
                and len(mixed.err.splitlines()) == 1, "validate goes on after a bad file", mixed)
    flags = ["--seed", "5", "--set", "config.heartbeat=20 ms"]
    shown = program.run("show", STORY, *flags)
    effective = json.loads(shown.out)
    checks.equal((effective["seed"], effective["config"]["heartbeat"]), (5, "20 ms"),
                 "show prints the scenario with --set and --seed applied")
    with context.scratch() as folder:
        (folder / "shown.json").write_text(shown.out)
        again = program.run("run", folder / "shown.json", *QUICK).verdict().get("digest")
        first = program.run("run", STORY, *flags, *QUICK).verdict().get("digest")
        checks.equal(again, first, "what show prints runs to the same digest")


CHECKS = (check_help, check_bench_fuzz, check_bench_predict, check_bench_advanced_bully,
          check_usage_errors, check_verdicts,
          check_not_deterministic, check_json, check_terminal, check_list_show_validate)
