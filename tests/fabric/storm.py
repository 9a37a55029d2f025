#!/usr/bin/env python3
"""Chunks that share a thin link keep heartbeats waiting as long as the sharing says.

storm.py PROGRAM

At 10 Mbps a chunk alone takes 52 ms, less than any election timeout: on the loop, where nothing
shares a link, the leader stays. On SimGrid eight chunks at a time share it, and the leader is lost.
A fat link, or connections that heartbeats do not share with chunks, and it stays there as well.

Exit 77 (skipped) where the program was built without SimGrid.
"""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))

from support import SCENARIOS, Checks, in_parallel, program_from_arguments  # noqa: E402

STORY = SCENARIOS / "mixed" / "chunk_storm_beside_raft.json"
THIN = ("--set", "network.bandwidth=10 Mbps", "--set", 'expect.sometimes=["fetched"]')
FAT = ("--set", "network.bandwidth=1 Gbps", "--set", 'expect.sometimes=["fetched"]')
APART = (*THIN, "--set", "network.ordering=any")
SEEDS = (1, 2, 3)
FILES = 20


def check_seed(program, seed):
    checks = Checks()

    def figures(fabric, settings):
        answer = program.run("run", STORY, "--fabric", fabric, "--seed", seed, "--json",
                             "--no-write", *settings)
        found = answer.json().get("figures", {})
        checks.equal(answer.json().get("verdict"), "pass", f"{fabric}, {settings}: it passes", answer)
        checks.equal(found.get("files_fetched"), FILES, f"{fabric}, {settings}: every file arrives")
        return found

    storm = figures("simgrid", THIN)
    checks.that(storm.get("candidacies", 0) > 1, f"seed {seed}: shared links cost the leader",
                storm)
    for fabric, settings in (("loop", THIN), ("simgrid", FAT), ("simgrid", APART)):
        calm = figures(fabric, settings)
        checks.equal(calm.get("candidacies"), 1, f"seed {seed}, {fabric} {settings}: it stays", calm)
        checks.that(calm.get("latency_p99_ms", 1e9) * 5 < storm.get("latency_p99_ms", 0),
                    f"seed {seed}: clients wait for shared links, not on {fabric} {settings}",
                    f"{calm.get('latency_p99_ms')} and {storm.get('latency_p99_ms')} ms")
    return checks


def main():
    program = program_from_arguments("storm.py PROGRAM")
    if not program.has_simgrid:
        print("skipped: this build has no SimGrid")
        return 77
    total = Checks()
    for checks in in_parallel(lambda seed: check_seed(program, seed), SEEDS):
        total.held += checks.held
        total.failed += checks.failed
    return total.finish()


if __name__ == "__main__":
    sys.exit(main())
