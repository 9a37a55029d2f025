#!/usr/bin/env python3
"""Both fabrics compute the same digest wherever no two messages compete for a link.

agree.py PROGRAM

Exit 77 (skipped) where the program was built without SimGrid.
"""

import json
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))

from support import Checks, in_parallel, program_from_arguments, stories  # noqa: E402

SEEDS = ("1", "77")
# A story needs a bandwidth to contend for, and messages large enough to be flows.
MOST_BYTES_OF_SMALL_VALUES = 1000


def may_contend(effective):
    network = effective.get("network", {})
    if "platform" in network:
        return "it has a platform of its own"
    values = effective.get("workload", {}).get("value_bytes", 8)
    chunks = effective["protocol"] == "flood" and effective.get("setup", {}).get("files")
    if "bandwidth" in network and ("bulk_from" in network or chunks or values > MOST_BYTES_OF_SMALL_VALUES):
        return "its large messages share bandwidth"
    return ""


def check_story(program, story):
    checks = Checks()
    shown = program.run("show", story)
    if not checks.equal(shown.code, 0, f"{story}: show prints it", shown):
        return checks
    reason = may_contend(json.loads(shown.out))
    if reason:
        print(f"not compared: {story}: {reason}")
        return checks
    for seed in SEEDS:
        flags = ["run", story, "--seed", seed, "--no-write", "--quiet", "--fabric"]
        loop, simgrid = program.run(*flags, "loop"), program.run(*flags, "simgrid")
        digest = loop.verdict().get("digest")
        checks.that(digest, f"{story}: a digest on the loop with seed {seed}", loop)
        checks.equal(simgrid.verdict().get("digest"), digest,
                     f"{story}: SimGrid and the loop agree with seed {seed}",
                     f"steps {simgrid.verdict().get('steps')} and {loop.verdict().get('steps')}; "
                     "compare the outputs of --trace to find the first step")
    return checks


def main():
    program = program_from_arguments("agree.py PROGRAM")
    if not program.has_simgrid:
        print("skipped: this build has no SimGrid")
        return 77
    total = Checks()
    for checks in in_parallel(lambda story: check_story(program, story), stories()):
        total.held += checks.held
        total.failed += checks.failed
    return total.finish()


if __name__ == "__main__":
    sys.exit(main())
