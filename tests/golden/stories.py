#!/usr/bin/env python3
"""Every scenario file passes: with its own seed and three others on the loop, and on SimGrid.

stories.py PROGRAM

A story that holds for one seed only is an anecdote. Those that expect a violation pass when it is
found.
"""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))

from support import Checks, in_parallel, program_from_arguments, stories  # noqa: E402

OTHER_SEEDS = (2, 3, 4)
FEWEST = {"raft": 16, "bully": 4, "lamport": 6}


def runs(program):
    for story in stories():
        yield story, ["--fabric", "loop"]
        for seed in OTHER_SEEDS:
            yield story, ["--fabric", "loop", "--seed", str(seed)]
        if program.has_simgrid:
            yield story, ["--fabric", "simgrid"]


def main():
    program = program_from_arguments("stories.py PROGRAM")
    checks = Checks()
    for protocol, fewest in FEWEST.items():
        count = sum(story.startswith(f"scenarios/{protocol}/") for story in stories())
        checks.that(count >= fewest, f"there are at least {fewest} stories of {protocol}", count)

    def perform(run):
        story, flags = run
        return program.run("run", story, *flags, "--no-write", "--quiet")

    wanted = list(runs(program))
    for (story, flags), answer in zip(wanted, in_parallel(perform, wanted)):
        checks.that(answer.code == 0 and answer.verdict().get("verdict") == "pass",
                    f"lockstep run {story} {' '.join(flags)}", answer)
    if not program.has_simgrid:
        print("not run on SimGrid: this build has none")
    return checks.finish()


if __name__ == "__main__":
    sys.exit(main())
