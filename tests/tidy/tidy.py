#!/usr/bin/env python3
"""Checks the manners of the tree that no compiler checks, and prints `file:line: rule: what to do`.

  tests/tidy/tidy.py              check the tree; exit 1 if a rule is broken
  tests/tidy/tidy.py --self-test  check the rules themselves against known-bad and known-good files

Every exception is in ALLOWED with its reason; one that is no longer needed is an error as well.
"""

import os
import sys

sys.dont_write_bytecode = True

from rules import FILE_RULES, TREE_RULES, name_of  # noqa: E402
from source import SCRIPT_NAMES, TEXT, Source  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# (rule, path) -> reason.
ALLOWED = {
    ("floating point", "core/base/time.hpp"):
        "milliseconds() and seconds() are for reports only; no decision reads them",
    ("header length", "core/base/machine.hpp"):
        "the contract of every protocol, its events and its effects, is read as one page",
    ("header length", "core/raft/raft.hpp"):
        "one class; each of its bodies names the part of it that it holds",
    ("header length", "core/advanced_bully/advanced_bully.hpp"):
        "one class; each of its bodies names the part of it that it holds",
    ("header length", "core/lamport/lamport.hpp"):
        "one class; each of its bodies names the part of it that it holds",
    ("header length", "core/raft/cluster_for_tests.hpp"):
        "a whole cluster in bad weather, read from top to bottom",
    ("header length", "core/raft/server_for_tests.hpp"):
        "short makers of events and effects, used by every handler test",
    ("header length", "net/http/server_for_tests.hpp"):
        "a server and a raw client, read together by every test of HTTP",
    ("header length", "sim/world/world.hpp"):
        "one class, declared on one page; its bodies are in world_*.ipp",
}
# Known-bad texts live here.
SKIPPED_FILES = ("tests/tidy/cases.py",)
SKIPPED_FOLDERS = (".git", "node_modules", "__pycache__")
SKIPPED_AT_ROOT = ("build", "results")


def is_text(name):
    return name.endswith(TEXT) or name in SCRIPT_NAMES


def read_tree(root):
    sources = []
    for folder, folders, names in os.walk(root):
        inside = os.path.relpath(folder, root)
        folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS)
        if inside == ".":
            folders[:] = [f for f in folders
                          if f not in SKIPPED_AT_ROOT and not f.startswith("build-")]
        for name in sorted(names):
            path = name if inside == "." else f"{inside}/{name}".replace(os.sep, "/")
            if not is_text(name) or path in SKIPPED_FILES:
                continue
            with open(os.path.join(folder, name), encoding="utf-8", errors="surrogateescape",
                      newline="") as file:
                sources.append(Source(path, file.read()))
    return sources


def findings(sources):
    """(path, line, rule, what to do), in order."""
    found = []
    for source in sources:
        for check in FILE_RULES:
            found += [(source.path, line, name_of(check), text) for line, text in check(source)]
    for check in TREE_RULES:
        found += [(source.path, line, name_of(check), text) for source, line, text in check(sources)]
    return sorted(found)


def without_allowed(found, allowed):
    """What is left, with an error for every exception that excepts nothing."""
    used = {(rule, path) for path, _, rule, _ in found}
    left = [item for item in found if (item[2], item[0]) not in allowed]
    for rule, path in allowed:
        if (rule, path) not in used:
            left.append((path, 1, "stale exception",
                         f"`{rule}` holds here: remove the entry from ALLOWED in tests/tidy/tidy.py"))
    return left


def check_tree():
    sources = read_tree(ROOT)
    left = without_allowed(findings(sources), ALLOWED)
    for path, line, rule, text in left:
        print(f"{path}:{line}: {rule}: {text}".encode("utf-8", "backslashreplace").decode())
    print(f"tidy: {len(sources)} files, {len(left)} findings")
    return 1 if left or not sources else 0


def self_test():
    from cases import BAD, BAD_TREES, GOOD
    rules = {name_of(check) for check in FILE_RULES + TREE_RULES}
    failures = []

    def expect(label, files, wanted):
        seen = {rule for _, _, rule, _ in findings([Source(p, t) for p, t in files.items()])}
        # A header alone is included by nobody; only its own cases are about that.
        if "dead header" not in wanted:
            seen.discard("dead header")
        if seen != wanted:
            failures.append(f"{label}: expected {sorted(wanted)}, found {sorted(seen)}\n  {files}")

    for rule, path, text in BAD:
        expect(f"bad case of `{rule}`", {path: text}, {rule})
    for rule, files in BAD_TREES:
        expect(f"bad tree of `{rule}`", files, {rule})
    for path, text in GOOD:
        expect("good case", {path: text}, set())
    covered = {case[0] for case in BAD + BAD_TREES}
    failures += [f"rule `{rule}` has no bad case in cases.py" for rule in sorted(rules - covered)]

    bad = [("a.hpp", 1, "tab", "")]
    if without_allowed(bad, {("tab", "a.hpp"): ""}) or len(without_allowed([], {("tab", "a"): ""})) != 1:
        failures.append("exceptions: an allowed finding is left, or a stale one is not reported")
    for failure in failures:
        print(failure)
    print(f"tidy --self-test: {len(rules)} rules, {len(BAD) + len(BAD_TREES)} bad and "
          f"{len(GOOD)} good cases, {len(failures)} failures")
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    if arguments:
        print(__doc__.strip(), file=sys.stderr)
        return 64
    return check_tree()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
