#!/usr/bin/env python3
"""Planted bugs against the default fuzzer: each patch of property_tests/mutants is applied to a
scratch copy of the sources, built, attacked, and the first finding is shrunk. Called by
`./lockstep mutants`; docs/fuzzing.md says what a patch is and how to read the table.

Exit codes: 0 every mutant was killed in every campaign, 1 one lives, does not apply or does not
build, 64 usage, 70 the unmutated program does not build or run, 130 interrupted.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True

from mutants_report import protocol_of, write_report  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
PATCHES = ROOT / "property_tests" / "mutants"
FORMATS = ROOT / "sim" / "protocols"
SCRATCH = ROOT / "build" / "mutants"
SOURCES = ("CMakeLists.txt", "core", "sim")  # what the program is built from
FIELDS = ("Title", "Kind", "Rule", "Source")
OPTIONAL = {"Protocol": "raft"}  # which `lockstep fuzz` attacks it, and whose rules are checked
KINDS = ("safety", "liveness")
CAMPAIGNS_APART = 1_000_000  # seeds of campaign k begin behind k times this many


class PatchError(Exception):
    """A patch that is not whole or does not apply."""


class SetUpError(Exception):
    """The sources do not build, or the program does not answer."""


class Patch:
    """One planted bug: the header's fields, two lines that say what is wrong, and the diff."""

    def __init__(self, path):
        self.path, self.name = path, path.stem
        head, found, _ = path.read_text(encoding="utf-8").partition("\ndiff --git ")
        if not found:
            raise PatchError(f"{path}: no diff; make it with git diff, below the header")
        self.fields, what = dict(OPTIONAL), []
        for line in head.splitlines():
            name, colon, value = line.partition(": ")
            if colon and (name in FIELDS or name in OPTIONAL) and not what:
                self.fields[name] = value.strip()
            elif line.strip():
                what.append(line.strip())
        self.what = " ".join(what)
        self._check(what)

    def _check(self, what):
        for name in FIELDS:
            if not self.fields.get(name):
                raise PatchError(f"{self.path}: the field '{name}:' is missing; write it above the diff")
        if self.fields["Kind"] not in KINDS:
            raise PatchError(f"{self.path}: Kind is one of {', '.join(KINDS)}")
        protocols = [path.name.removesuffix("_format.cpp") for path in FORMATS.glob("*_format.cpp")]
        if self.protocol not in protocols:
            raise PatchError(f"{self.path}: Protocol is one of {', '.join(sorted(protocols))}")
        rules = FORMATS / f"{self.protocol}_format.cpp"
        if f'"{self.fields["Rule"]}"' not in rules.read_text(encoding="utf-8"):
            raise PatchError(f"{self.path}: no rule is named '{self.fields['Rule']}'; "
                             f"{rules.relative_to(ROOT)} lists them")
        if len(what) != 2:
            raise PatchError(f"{self.path}: two lines between header and diff say what is wrong, "
                             f"not {len(what)}")

    @property
    def protocol(self):
        return self.fields["Protocol"]

    def apply(self, folder, check_only=False):
        """To the tree at `folder`, with no regard to a checkout that it may lie in."""
        if shutil.which("git"):
            command = ["git", "apply"] + (["--check"] if check_only else []) + [str(self.path)]
        else:
            command = ["patch", "-p1", "--fuzz=0", "--batch", "--forward", f"--input={self.path}"]
            command += ["--dry-run"] if check_only else []
        env = {**os.environ, "GIT_CEILING_DIRECTORIES": str(pathlib.Path(folder).parent)}
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
        if done.returncode != 0:
            raise PatchError(f"{self.path}: does not apply; make it anew against these sources: "
                             f"{(done.stderr or done.stdout).strip()}")


def read_patches(folder, names=()):
    paths = sorted(folder.glob("*.patch"))
    unknown = set(names) - {path.stem for path in paths}
    if unknown:
        raise PatchError(f"{folder}: no mutant is named {', '.join(sorted(unknown))}")
    if not paths:
        raise PatchError(f"{folder}: there are no patches")
    return [Patch(path) for path in paths if not names or path.stem in names]


def same_file(one, other):
    a, b = one.stat(), other.stat()
    return a.st_size == b.st_size and a.st_mtime_ns == b.st_mtime_ns


def mirror(source, target, only=None):
    """Makes `target` equal to `source` with its times, so that ninja sees what differs only."""
    wanted = set()
    for path in sorted(source.rglob("*")) if only is None else only:
        if path.is_dir():
            continue
        copy = target / path.relative_to(source)
        wanted.add(copy)
        if not copy.exists() or not same_file(path, copy):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy)
    for path in target.rglob("*"):
        if not path.is_dir() and path not in wanted:
            path.unlink()


def tracked():
    if (ROOT / ".git").exists() and shutil.which("git"):
        out = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z",
                              "--", *SOURCES], cwd=ROOT, check=True, capture_output=True, text=True)
        return [ROOT / name for name in out.stdout.split("\0") if name and (ROOT / name).exists()]
    return [path for name in SOURCES for path in [ROOT / name, *(ROOT / name).rglob("*")]]


class Workshop:
    """A copy of the sources and its build, to which one patch at a time is applied. Both are put
    back from copies, so a mutant costs the files that it changes and the link."""

    def __init__(self, jobs):
        self.jobs = jobs
        self.tree, self.build = SCRATCH / "tree", SCRATCH / "build"
        self.plain = SCRATCH / "plain"
        SCRATCH.mkdir(parents=True, exist_ok=True)

    @property
    def program(self):
        return self.build / "lockstep"

    def _ninja(self):
        log = SCRATCH / "build.log"
        with open(log, "w", encoding="utf-8") as out:
            code = subprocess.run(["ninja", "-C", str(self.build), "-j", str(self.jobs), "lockstep"],
                                  stdout=out, stderr=subprocess.STDOUT).returncode
        return code == 0, log

    def prepare(self):
        if self.plain.exists():
            mirror(self.plain, self.build)
        mirror(ROOT, self.tree, tracked())
        if not (self.build / "build.ninja").exists():
            subprocess.run(["cmake", "-S", str(self.tree), "-B", str(self.build), "-G", "Ninja",
                            "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_COMPILER=g++",
                            "-DLOCKSTEP_TESTS=OFF", "-DLOCKSTEP_NODE=OFF", "-DLOCKSTEP_SIMGRID=OFF"],
                           check=True, stdout=subprocess.DEVNULL)
        good, log = self._ninja()
        if not good:
            raise SetUpError(f"the sources do not build; see {log}")
        mirror(self.build, self.plain)

    def mutate(self, patch):
        """None, or why it is no mutant."""
        patch.apply(self.tree)
        good, log = self._ninja()
        if good:
            return None
        kept = SCRATCH / f"{patch.name}.log"
        shutil.copy2(log, kept)
        return f"does not build; see {kept}"

    def restore(self):
        mirror(ROOT, self.tree, tracked())
        mirror(self.plain, self.build)


def campaign(workshop, name, protocol, number, flags):
    first = number * CAMPAIGNS_APART + 1
    command = [str(workshop.program), "fuzz", protocol, "--seeds",
               f"{first}..{first + flags.seeds - 1}", "--jobs", str(flags.jobs), "--stop-at", "1", "--json",
               "--out", str(SCRATCH / "found" / name)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):
        raise SetUpError(f"{name}: fuzz ends with {done.returncode}: {done.stderr.strip()}")
    told = json.loads(done.stdout)
    found = told["lowest_seed_found"]
    row = {"first_seed": first, "runs": told["runs"], "wall_seconds": told["wall_seconds"],
           "simulated_seconds": told["simulated_seconds"], "seeds_to_kill": None}
    if found is not None:
        # The lowest may look like one that was told before it.
        finding = next((one for one in told["firsts"] if one["seed"] == found), told["firsts"][0])
        row.update(seeds_to_kill=found - first + 1, rule=finding["rule"], end=finding["end"],
                   text=finding["text"], file=finding["file"])
    return row


def shrunk(workshop, file, flags):
    """Of the scenario that shrinking leaves: rule, faults, operations, seconds it took."""
    done = subprocess.run([str(workshop.program), "shrink", file, "--json", "--jobs", str(flags.jobs),
                           "--seconds", str(flags.shrink_seconds)], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        return {"error": done.stderr.strip() or f"shrink ends with {done.returncode}"}
    told = json.loads(done.stdout)
    return {key: told[key] for key in ("rule", "nodes", "faults", "operations", "generated_load",
                                       "seconds", "runs", "complete")}


def measure(workshop, patch, flags):
    start = time.monotonic()
    row = {"name": patch.name, "protocol": patch.protocol, "title": patch.fields["Title"],
           "kind": patch.fields["Kind"],
           "rule_expected": patch.fields["Rule"], "source": patch.fields["Source"],
           "what": patch.what, "seed_limit": flags.seeds, "campaigns": []}
    try:
        row["error"] = workshop.mutate(patch)
        row["build_seconds"] = time.monotonic() - start
        if row["error"] is None:
            row["campaigns"] = [campaign(workshop, patch.name, patch.protocol, number, flags)
                                for number in range(flags.campaigns)]
            files = [one["file"] for one in row["campaigns"] if one.get("file")]
            if files and flags.shrink_seconds > 0:
                row["shrunk"] = shrunk(workshop, files[0], flags)
    finally:
        workshop.restore()
    killed = [one for one in row["campaigns"] if one["seeds_to_kill"] is not None]
    row["killed"] = bool(row["campaigns"]) and len(killed) == len(row["campaigns"])
    row["wall_seconds"] = time.monotonic() - start
    for one in row["campaigns"]:  # where it is kept differs from machine to machine
        one.pop("file", None)
    return row


def control(workshop, protocol, flags):
    """The same seeds against the sources as they are: whatever is found there is no kill."""
    rows = [{"protocol": protocol} | campaign(workshop, "unmutated", protocol, number, flags)
            for number in range(flags.campaigns)]
    for one in rows:
        one.pop("file", None)
        if one["seeds_to_kill"] is not None:
            seed = one["first_seed"] + one["seeds_to_kill"] - 1
            raise SetUpError(f"the unmutated {protocol} breaks a rule with seed {seed}: "
                             f"{one['rule']}: {one['text']}; mend that first")
    return rows


def line_of(row):
    if row["error"]:
        return f"{row['name']}: {row['error']}"
    seeds = ", ".join(str(one["seeds_to_kill"] or f"> {row['seed_limit']}") for one in row["campaigns"])
    rules = sorted({one["rule"] for one in row["campaigns"] if "rule" in one})
    small = row.get("shrunk", {})
    size = (f"; shrunk to {small['faults']} faults, {small['operations']} operations in "
            f"{small['seconds']:.0f} s") if "faults" in small else ""
    return (f"{row['name']}: {'killed' if row['killed'] else 'NOT ALWAYS KILLED' if rules else 'ALIVE'} after {seeds} seeds"
            f"{' by ' + ', '.join(rules) if rules else ''}{size} ({row['wall_seconds']:.0f} s)")


def run(flags):
    patches = read_patches(PATCHES, flags.names)
    for patch in patches:
        patch.apply(ROOT, check_only=True)
    if flags.check:
        print(f"mutants: {len(patches)} patches apply")
        return 0
    start = time.monotonic()
    workshop = Workshop(flags.jobs)
    workshop.prepare()
    print(f"the unmutated program is built after {time.monotonic() - start:.0f} s", flush=True)
    out = pathlib.Path(flags.out)
    out.mkdir(parents=True, exist_ok=True)
    if flags.names and (out / "mutants.json").exists():  # the others stay as they were measured
        earlier = json.loads((out / "mutants.json").read_text(encoding="utf-8"))
        rows = {row["name"]: row for row in earlier["mutants"]}
        unmutated = earlier["unmutated"]
    else:
        rows, unmutated = {}, []
    for protocol in sorted({patch.protocol for patch in patches} - set(map(protocol_of, unmutated))):
        survived = control(workshop, protocol, flags)
        unmutated += survived
        print(f"the unmutated {protocol} survives {sum(one['runs'] for one in survived)} seeds", flush=True)
    for patch in patches:
        rows[patch.name] = measure(workshop, patch, flags)
        print(line_of(rows[patch.name]), flush=True)
        write_report(out, [rows[name] for name in sorted(rows)], unmutated)
    alive = [patch.name for patch in patches if not rows[patch.name]["killed"]]
    print(f"{len(patches) - len(alive)} of {len(patches)} killed in {time.monotonic() - start:.0f} s: "
          f"{out / 'mutants.md'}{'; alive: ' + ', '.join(alive) if alive else ''}")
    return 1 if alive else 0


def main(arguments):
    parser = argparse.ArgumentParser(prog="lockstep mutants", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these; default: all")
    parser.add_argument("--seeds", type=int, default=3000, help="seeds a campaign gives up after (%(default)s)")
    parser.add_argument("--campaigns", type=int, default=5, help="disjoint ranges of seeds (%(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (%(default)s)")
    parser.add_argument("--shrink-seconds", type=int, default=60, help="0: findings are not shrunk (%(default)s)")
    parser.add_argument("--out", default=str(ROOT / "results"), help="folder for mutants.md and mutants.json")
    parser.add_argument("--check", action="store_true", help="only whether every patch is whole and applies")
    try:
        flags = parser.parse_args(arguments)
    except SystemExit as end:
        return 64 if end.code else 0
    if min(flags.seeds, flags.campaigns, flags.jobs) < 1 or flags.seeds > CAMPAIGNS_APART:
        parser.print_usage(sys.stderr)
        print("mutants: seeds, campaigns and jobs are at least 1", file=sys.stderr)
        return 64
    try:
        return run(flags)
    except PatchError as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 1
    except (SetUpError, subprocess.CalledProcessError) as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 70
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
