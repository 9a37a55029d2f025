#!/usr/bin/env python3
"""Compares transcripts of runs with those kept in results/golden/.

golden.py PROGRAM             compare all; exit 1 if one differs
golden.py PROGRAM --rewrite   write them anew; commit the difference once it is understood
                 NAME…        only these, as raft_figure_8_committed

The first line of a file is the command that makes it: a new transcript begins as a file with that
line alone, and --rewrite fills it in. `# first N lines` at its end keeps the beginning only; the
last line, with verdict and digest, is always kept.
"""

import pathlib
import shlex
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))

from support import ROOT, Program, in_parallel  # noqa: E402

GOLDEN = ROOT / "results" / "golden"
FEWEST = 8
MOST_BYTES = 200_000
SHOWN_BEFORE = 3
SHOWN_WIDTH = 160


def transcript(program, header):
    """The lines that the command in `header` prints, or a text that says why there are none."""
    command, _, comment = header.partition(" # ")
    words = shlex.split(command)
    if words[:2] != ["lockstep", "run"]:
        return f"its first line is not a command `lockstep run …`: {header[:100]}"
    answer = program.run(*words[1:], "--no-write", "--trace", "--quiet")
    if answer.code not in (0, 1, 2):
        return f"the run failed: {answer}"
    lines = answer.out.rstrip("\n").split("\n")
    if comment:
        first = int(comment.removeprefix("first ").removesuffix(" lines"))
        if len(lines) > first:
            lines = [*lines[:first], f"({len(lines) - 1 - first} more lines)", lines[-1]]
    return [header, *lines]


def first_unequal(one, other):
    at = 0
    while at < min(len(one), len(other)) and one[at] == other[at]:
        at += 1
    return at


def window(line, column):
    """The part of a long line around a column."""
    start = max(0, min(column - SHOWN_WIDTH // 2, len(line) - SHOWN_WIDTH))
    end = start + SHOWN_WIDTH
    return ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")


def first_difference(name, expected, got):
    at = first_unequal(expected, got)
    end = ["(end of the transcript)"]
    expected_line, got_line = (expected[at:] or end)[0], (got[at:] or end)[0]
    column = first_unequal(expected_line, got_line)
    shown = [f"results/golden/{name}.txt:{at + 1}:{column + 1}: the transcript differs"]
    shown += ["  as before " + window(line, 0) for line in expected[max(1, at - SHOWN_BEFORE):at]]
    shown.append("  expected  " + window(expected_line, column))
    shown.append("  got       " + window(got_line, column))
    shown.append(f"  {len(expected)} lines expected, {len(got)} lines got; digest: "
                 f"{'the same' if expected[-1:] == got[-1:] else 'another'}")
    return "\n".join(shown)


def compare(program, path):
    """A text that says what is wrong, or nothing."""
    expected = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    got = transcript(program, expected[0])
    if isinstance(got, str):
        return f"results/golden/{path.name}: {got}"
    return first_difference(path.stem, expected, got) if got != expected else ""


def rewrite(program, path):
    before = path.read_text(encoding="utf-8")
    lines = transcript(program, before.split("\n")[0])
    if isinstance(lines, str):
        return f"results/golden/{path.name}: {lines}"
    text = "\n".join(lines) + "\n"
    if len(text.encode()) > MOST_BYTES:
        return (f"results/golden/{path.name}: {len(text.encode())} bytes, more than {MOST_BYTES}; "
                "shorten the run or end its first line in `# first N lines`")
    if text != before:
        path.write_text(text, encoding="utf-8")
        print(f"results/golden/{path.name}: rewritten, {len(lines)} lines")
    return ""


def main(arguments):
    names = [word for word in arguments[1:] if word != "--rewrite"]
    paths = sorted(GOLDEN.glob("*.txt"))
    unknown = set(names) - {path.stem for path in paths}
    if not arguments or unknown:
        print("usage: golden.py PROGRAM [--rewrite] [NAME…]")
        print("\n".join(f"there is no results/golden/{name}.txt" for name in sorted(unknown)))
        return 2
    if len(paths) < FEWEST:
        print(f"results/golden/ holds {len(paths)} transcripts; at least {FEWEST} belong there")
        return 1
    paths = [path for path in paths if not names or path.stem in names]
    program = Program(arguments[0])
    perform = rewrite if "--rewrite" in arguments else compare
    wrong = [text for text in in_parallel(lambda path: perform(program, path), paths) if text]
    print("\n\n".join(wrong))
    if wrong and perform is compare:
        print(f"\nIf these changes are meant:\n  tests/golden/golden.py {arguments[0]} --rewrite\n"
              "and commit what you understand.")
    print(f"{len(paths) - len(wrong)} of {len(paths)} transcripts are right")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
