#!/usr/bin/env python3
"""One scenario, one seed, one digest: in another process, traced or not, written or not, and
whatever the memory held before.

determinism.py PROGRAM
"""

import json
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))

from support import ROOT, Checks, in_parallel, program_from_arguments, stories  # noqa: E402

# malloc fills new memory with this byte, and freed memory with its complement: whatever is read
# before it is written is another value in every run.
OTHER_MEMORY = {"MALLOC_PERTURB_": "165"}
OTHER_PLACE = {"MALLOC_PERTURB_": "90", "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8",
               "PADDING": "moves the stack " * 500}


def digests(program, story, out):
    """Digests of the same run in several ways, by what was different."""
    loop = ["--fabric", "loop"]
    plain = ["--no-write", "--quiet"]
    found = {}
    found["quiet"] = program.run("run", story, *loop, *plain).verdict().get("digest")
    found["as JSON, with other memory"] = program.run(
        "run", story, *loop, "--no-write", "--json", env=OTHER_MEMORY).json().get("digest")
    found["traced"] = program.run(
        "run", story, *loop, *plain, "--trace").verdict().get("digest")
    answer = program.run("run", ROOT / story, *loop, "--json", "--twice", "--out", out, cwd=out,
                         env=OTHER_PLACE)
    written = answer.json()
    found["written, from another folder"] = written.get("digest")
    if answer.code != 0:
        found["a second time (--twice)"] = f"none, {answer}"
    if written.get("path"):
        folder = pathlib.Path(out, written["path"])
        for name in ("manifest.json", "summary.json"):
            found[f"in {name}"] = json.loads((folder / name).read_text())["digest"]
    return found


def check_story(program, story, out):
    checks = Checks()
    found = digests(program, story, out)
    expected = found["quiet"]
    checks.that(expected, f"{story}: a run prints its digest")
    for what, digest in found.items():
        checks.equal(digest, expected, f"{story}: the digest is the same {what}")
    other = program.run("run", story, "--fabric", "loop", "--no-write", "--quiet",
                        "--seed", 987654321)
    checks.that(other.verdict().get("digest") not in (expected, None),
                f"{story}: another seed has another digest", other)
    return checks


def check_twice(program, story):
    """On SimGrid, where a run costs more, only some stories."""
    checks = Checks()
    answer = program.run("run", story, "--fabric", "simgrid", "--no-write", "--quiet", "--twice")
    checks.that(answer.code == 0 and answer.verdict().get("twice") == "same",
                f"{story}: SimGrid computes the same in another process", answer)
    return checks


def main():
    program = program_from_arguments("determinism.py PROGRAM")
    total = Checks()
    with tempfile.TemporaryDirectory() as out:
        parts = in_parallel(lambda story: check_story(program, story, out), stories())
    if program.has_simgrid:
        parts += in_parallel(lambda story: check_twice(program, story), stories()[::4])
    for checks in parts:
        total.held += checks.held
        total.failed += checks.failed
    return total.finish()


if __name__ == "__main__":
    sys.exit(main())
