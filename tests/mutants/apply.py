#!/usr/bin/env python3
"""The planted bugs are whole and apply to these sources; known-bad patches are told apart.

  tests/mutants/apply.py
"""

import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from mutants import PATCHES, Patch, PatchError, read_patches  # noqa: E402

ONE = "Title: t\nKind: safety\nRule: log matching\nSource: s\n\nwhat is wrong,\nin two lines.\n\n"
DIFF = """diff --git a/a.txt b/a.txt
--- a/a.txt
+++ b/a.txt
@@ -1,2 +1,2 @@
-one
+uno
 two
"""
# What is wrong with it, and a part of what is said.
BAD = {
    "no diff": (ONE, "no diff"),
    "no source": (ONE.replace("Source: s\n", "") + DIFF, "Source"),
    "an unknown kind": (ONE.replace("safety", "speed") + DIFF, "Kind"),
    "an unknown rule": (ONE.replace("log matching", "log munching") + DIFF, "log munching"),
    "an unknown protocol": (ONE.replace("Rule", "Protocol: paxos\nRule") + DIFF, "Protocol"),
    "a rule of another protocol": (ONE.replace("Rule", "Protocol: advanced_bully\nRule") + DIFF,
                                   "advanced_bully_format.cpp"),
    "nothing said": (ONE.replace("what is wrong,\nin two lines.\n", "") + DIFF, "two lines"),
    "another text": (ONE + DIFF.replace("-one", "-eins"), "does not apply"),
    "a file that is not there": (ONE + DIFF.replace("a.txt", "b.txt"), "does not apply"),
}


def refusal(folder, text):
    path = folder / "one.patch"
    path.write_text(text, encoding="utf-8")
    try:
        Patch(path).apply(folder, check_only=True)
    except PatchError as error:
        return str(error)
    return None


def main():
    failures = []
    for patch in read_patches(PATCHES):
        try:
            patch.apply(ROOT, check_only=True)
        except PatchError as error:
            failures.append(str(error))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "a.txt").write_text("one\ntwo\n", encoding="utf-8")
        if said := refusal(folder, ONE + DIFF):
            failures.append(f"a good patch is refused: {said}")
        other = ONE.replace("log matching", "vote changed").replace("Rule", "Protocol: advanced_bully\nRule")
        if said := refusal(folder, other + DIFF):
            failures.append(f"a good patch of another protocol is refused: {said}")
        for label, (text, part) in BAD.items():
            said = refusal(folder, text)
            if said is None or part not in said:
                failures.append(f"{label}: expected a refusal that names '{part}', got {said}")
        if (folder / "a.txt").read_text(encoding="utf-8") != "one\ntwo\n":
            failures.append("checking a patch applies it")
    for failure in failures:
        print(failure)
    print(f"mutants: {len(read_patches(PATCHES))} patches, {len(BAD)} bad cases, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
